//! The plan of a scan, made again from the scope that it was recorded as.

use crate::metric::{MetricFilter, MetricValue, SystemDimension};
use crate::plan::{Job, Plan, Rule, Selection};

use super::Scope;
use super::scope::ScopeRule;

/// A namespace and a metric name that AWS would accept. No scan looks at them.
const UNRECORDED: &str = "unrecorded";

impl Scope {
    /// Returns a plan that finds what the recorded one does: its rules in the order of their names,
    /// without alarms.
    ///
    /// # Errors
    ///
    /// Returns an error if this version of the program makes another plan of it; the error is a
    /// message.
    pub fn scan_plan(&self) -> Result<Plan, String> {
        let mut job = Job::default();
        for rule in &self.rules {
            job.rules.extend(rule.rules()?);
        }
        let plan = Plan::new(vec![job], self.selection()?);
        let plan = plan.map_err(|error| error.to_string())?;
        let plan = plan.observing_from(self.known_from);
        match Self::from_plan(&plan, &self.limits())?.fingerprint == self.fingerprint {
            true => Ok(plan),
            false => Err("this version of backtrail would look for something else".to_owned()),
        }
    }

    fn selection(&self) -> Result<Selection, String> {
        let mut selection = Selection {
            range: self.range(),
            accounts: self.accounts.clone(),
            regions: self.regions.clone(),
            ..Selection::default()
        };
        if let Some(clock) = &self.clock {
            selection.clock = clock.parse().map_err(in_words)?;
        }
        Ok(selection)
    }
}

impl ScopeRule {
    /// Returns the rule, with what a scan does not look at as that of any pattern.
    fn rules(&self) -> Result<Vec<Rule>, String> {
        let mut job = Job::custom(&self.pattern);
        for rule in &mut job.rules {
            rule.name.clone_from(&self.rule);
            rule.filter = self.filter()?;
        }
        Ok(job.rules)
    }

    fn filter(&self) -> Result<MetricFilter, String> {
        let mut filter = MetricFilter::counting(&self.pattern, UNRECORDED, UNRECORDED);
        filter.metric_value = self.metric_value.parse::<MetricValue>().map_err(in_words)?;
        if let Some(value) = &self.default_value {
            filter.default_value = Some(value.parse().map_err(in_words)?);
        }
        if let Some(criteria) = &self.field_selection_criteria {
            filter.field_selection_criteria = Some(criteria.parse().map_err(in_words)?);
        }
        for dimension in &self.dimensions {
            match dimension.parse::<SystemDimension>() {
                Ok(system) => filter.system_dimensions.push(system),
                Err(_) => filter.dimensions.push(dimension.parse().map_err(in_words)?),
            }
        }
        Ok(filter)
    }
}

fn in_words(error: impl std::error::Error) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::Limits;
    use crate::plan::built_in::RULES;
    use crate::plan::{BuiltInRule, Clock};
    use crate::time::period::{TimeRange, timestamp};

    fn assert_same(jobs: Vec<Job>, selection: Selection) {
        let plan = Plan::new(jobs, selection).expect("a plan");
        let scope = Scope::from_plan(&plan, &Limits::default()).expect("a scope");
        let again = scope.scan_plan().expect("a plan");
        let again_scope = Scope::from_plan(&again, &Limits::default()).expect("a scope");
        assert_eq!(again_scope, scope);
        assert_eq!(again.observed_range(), plan.observed_range());
    }

    #[test]
    fn the_plan_of_every_rule_is_made_again_from_its_scope() {
        let jobs = RULES.iter().map(BuiltInRule::job).collect();
        let range = TimeRange {
            start: Some(timestamp(1_000_000)),
            end: Some(timestamp(2_000_000)),
        };
        assert_same(
            jobs,
            Selection {
                range,
                accounts: ["111122223333".to_owned()].into(),
                ..Selection::default()
            },
        );
    }

    #[test]
    fn the_plan_of_a_filter_with_everything_is_made_again_from_its_scope() {
        let mut job = Job::custom("{ $.eventName = \"G*t*\" }");
        for rule in &mut job.rules {
            let filter = &mut rule.filter;
            filter.metric_value = "$.requestParameters.maxResults".parse().expect("a value");
            filter.dimensions = vec!["Name=$.eventName".parse().expect("a dimension")];
            filter.system_dimensions = vec![SystemDimension::Account];
            let criteria = "@aws.region = \"eu-west-1\"";
            filter.field_selection_criteria = Some(criteria.parse().expect("criteria"));
        }
        assert_same(vec![job], Selection::default());
        let mut job = Job::custom("{ $.eventName = \"G*t*\" }");
        for rule in &mut job.rules {
            rule.filter.default_value = Some(0.25);
        }
        let clock: Clock = "shift=90s".parse().expect("a clock");
        assert_same(
            vec![job],
            Selection {
                clock,
                ..Selection::default()
            },
        );
    }

    #[test]
    fn a_scope_that_means_something_else_now_is_refused() {
        let plan = Plan::new(vec![Job::custom("x")], Selection::default()).expect("a plan");
        let mut scope = Scope::from_plan(&plan, &Limits::default()).expect("a scope");
        scope.fingerprint = "other".to_owned();
        let error = scope.scan_plan().expect_err("another plan");
        assert!(error.contains("something else"), "{error}");
        scope.rules[0].pattern = "{".to_owned();
        assert!(scope.scan_plan().is_err());
    }
}
