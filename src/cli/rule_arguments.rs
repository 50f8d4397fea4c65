//! Options that name the rules to look for.

use std::error::Error;
use std::path::PathBuf;

use clap::Args;

use super::arguments::{self, NamedRules};
use super::output;
use crate::audit::recorded_rules;
use crate::job::{self, Definitions, read_definitions};
use crate::ledger::Scope;
use crate::metric::{Dimension, MetricValue, Unit};
use crate::pattern::{parse, warnings};
use crate::plan::built_in::RULES;
use crate::plan::{BuiltInRule, Rule};

/// The rule that is looked for when none is named.
const DEFAULT_RULE: &str = "secrets";

/// The rules to look for.
#[derive(Args, Debug)]
#[command(next_help_heading = "Rules")]
pub struct RuleArguments {
    /// Look for a rule or group of rules (repeatable): secrets, kms, all for both, cis,
    /// aws-root-activity, …; `backtrail rules list` lists them [default: secrets]
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = arguments::named_rules)]
    rule: Vec<NamedRules>,

    /// Look for matches of this CloudWatch Logs filter pattern, alone or in addition to --rule
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true)]
    pattern: Option<String>,

    /// Look for the metric filters of a job file, of the output of `aws logs
    /// describe-metric-filters`, or of a CloudFormation template, with the alarms on their metrics
    /// (repeatable)
    #[arg(long, value_name = "FILE")]
    job: Vec<PathBuf>,

    /// Value that each match of --pattern adds to its metric: a number, or the field that contains
    /// it, as $.a.b
    #[arg(
        long,
        value_name = "VALUE",
        requires = "pattern",
        default_value = "1",
        allow_hyphen_values = true
    )]
    metric_value: MetricValue,

    /// Value that each event adds to the metric if --pattern does not match it
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "pattern",
        allow_negative_numbers = true
    )]
    default_value: Option<f64>,

    /// Dimension of the metric of --pattern, and the field that contains its value (up to three
    /// times)
    #[arg(long, value_name = "NAME=$.FIELD", requires = "pattern")]
    dimension: Vec<Dimension>,

    /// Unit of the metric of --pattern
    #[arg(
        long,
        value_name = "UNIT",
        requires = "pattern",
        default_value = "None"
    )]
    unit: Unit,
}

impl RuleArguments {
    /// Returns the rules to look for: the built-in ones each once, in the order of their table,
    /// then those of job files and that of the pattern.
    ///
    /// # Errors
    ///
    /// When a job file cannot be read or is invalid, or no rule is named and those of the ledger
    /// that is reported on alone are not built in.
    pub fn rules(&self, recorded: Option<&Scope>) -> Result<Vec<Rule>, Box<dyn Error>> {
        let names_nothing = self.names_nothing();
        if let Some(scope) = recorded.filter(|_| names_nothing) {
            return Ok(recorded_rules(scope)?);
        }
        let built_in = RULES.iter().filter(|rule| match names_nothing {
            true => rule.name == DEFAULT_RULE,
            false => self.names(rule),
        });
        let mut rules: Vec<Rule> = built_in.map(BuiltInRule::rule).collect();
        rules.extend(self.job_rules()?);
        if let Some(pattern) = &self.pattern {
            rules.push(self.custom_rule(pattern));
        }
        Ok(rules)
    }

    /// Returns the only rule to look for.
    ///
    /// # Errors
    ///
    /// As [`RuleArguments::rules`], or when there are more.
    pub fn only_rule(&self, recorded: Option<&Scope>) -> Result<Rule, Box<dyn Error>> {
        let mut rules = self.rules(recorded)?;
        match rules.pop() {
            Some(rule) if rules.is_empty() => Ok(rule),
            last => {
                rules.extend(last);
                let names: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
                Err(format!("one rule at a time: choose among {}", names.join(", ")).into())
            }
        }
    }

    fn job_rules(&self) -> Result<Vec<Rule>, Box<dyn Error>> {
        let mut definitions = Definitions::default();
        for file in &self.job {
            definitions.extend(read_definitions(file)?);
        }
        let defined = job::rules(&definitions);
        output::warn(&definitions.warnings);
        output::warn(&defined.warnings);
        if !self.job.is_empty() && defined.rules.is_empty() {
            return Err("the job has no metric filter, so there is nothing to look for".into());
        }
        Ok(defined.rules)
    }

    fn custom_rule(&self, pattern: &str) -> Rule {
        let mut rule = Rule::custom(pattern);
        rule.filter.metric_value = self.metric_value.clone();
        rule.filter.default_value = self.default_value;
        rule.filter.dimensions = self.dimension.clone();
        rule.filter.unit = self.unit;
        rule
    }

    fn names_nothing(&self) -> bool {
        self.rule.is_empty() && self.pattern.is_none() && self.job.is_empty()
    }

    fn names(&self, rule: &BuiltInRule) -> bool {
        let mut named = self.rule.iter().flat_map(|named| &named.rules);
        named.any(|named| named.name == rule.name)
    }

    /// Prints what to know about the pattern before relying on its numbers.
    pub fn warn(&self) {
        let Some(text) = &self.pattern else { return };
        // A pattern that is invalid is an error of the plan.
        let Ok(pattern) = parse(text) else { return };
        for warning in warnings(&pattern, text) {
            output::warn(&[format!("{warning}\n")]);
        }
    }
}
