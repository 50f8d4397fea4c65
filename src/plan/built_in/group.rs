//! Groups of built-in rules, and the names of rules and groups.

use super::edition::Edition;
use super::rule::{BuiltInRule, RuleSource};
use super::table::RULES;

/// Several rules under one name.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleGroup {
    /// The name.
    pub name: String,
    /// A description of the rules.
    pub about: String,
    /// The rules, in the order of the table.
    pub rules: Vec<&'static BuiltInRule>,
}

impl RuleGroup {
    fn new(name: &str, about: &str, is_member: impl Fn(&BuiltInRule) -> bool) -> Self {
        Self {
            name: name.to_owned(),
            about: about.to_owned(),
            rules: RULES.iter().filter(|rule| is_member(rule)).collect(),
        }
    }

    fn from_edition(edition: Edition) -> Self {
        let name = edition.name();
        let about = format!("the CIS AWS Foundations Benchmark {name}");
        Self::new(&format!("cis-{name}"), &about, |rule| rule.is_in(edition))
    }
}

/// Returns the groups of rules: those on resources pending deletion, AWS's other ones, and each
/// edition of the benchmark.
pub fn groups() -> Vec<RuleGroup> {
    let newest = Edition::newest();
    let about_newest = format!(
        "the CIS AWS Foundations Benchmark, newest edition ({})",
        newest.name()
    );
    let mut groups = vec![
        RuleGroup::new(
            "all",
            "attempts to use secrets and KMS keys that are pending deletion",
            is_on_pending_deletion,
        ),
        RuleGroup::new(
            "deletion",
            "the same, and what AWS's patterns miss: other calls, words of 2018, Private CA",
            is_on_deletion,
        ),
        RuleGroup::new(
            "aws",
            "the other examples of AWS's documentation",
            is_other_example,
        ),
        RuleGroup::new("cis", &about_newest, |rule| rule.is_in(newest)),
    ];
    groups.extend(Edition::ALL.map(RuleGroup::from_edition));
    groups
}

// The two rules that this program is about come from the same documentation as the other examples,
// so only their names tell them apart.
fn is_on_pending_deletion(rule: &BuiltInRule) -> bool {
    matches!(rule.name, "secrets" | "kms")
}

fn is_on_deletion(rule: &BuiltInRule) -> bool {
    let is_own = matches!(rule.source, RuleSource::Own(_));
    is_own || is_on_pending_deletion(rule) || rule.name == "secrets-2018"
}

fn is_other_example(rule: &BuiltInRule) -> bool {
    matches!(rule.source, RuleSource::Aws(_)) && !is_on_deletion(rule)
}

/// Returns the rules that a name selects: one rule, or the rules of a group.
pub fn select(name: &str) -> Option<Vec<&'static BuiltInRule>> {
    // No rule is called like a group, so either may be looked up first.
    if let Some(rule) = RULES.iter().find(|rule| rule.name == name) {
        return Some(vec![rule]);
    }
    let group = groups().into_iter().find(|group| group.name == name)?;
    Some(group.rules)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::plan::{Job, Plan, Selection};

    #[test]
    fn every_rule_is_one_that_aws_takes_and_names_are_unique() {
        let jobs: Vec<Job> = RULES.iter().map(BuiltInRule::job).collect();
        assert!(Plan::new(jobs, Selection::default()).is_ok());
        let names = RULES.iter().map(|rule| rule.name.to_owned());
        let names: Vec<String> = names
            .chain(groups().into_iter().map(|group| group.name))
            .collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }

    /// Edition 1.2 has 14 metric filters, every later one 15.
    #[test]
    fn each_edition_has_each_control_once() {
        for edition in Edition::ALL {
            let mut controls: Vec<u8> = RULES
                .iter()
                .filter(|rule| rule.is_in(edition))
                .filter_map(|rule| match rule.source {
                    RuleSource::Cis { control, .. } => Some(control),
                    RuleSource::Aws(_) | RuleSource::Own(_) => None,
                })
                .collect();
            controls.sort_unstable();
            let last = if edition == Edition::V1_2 { 14 } else { 15 };
            assert_eq!(
                controls,
                (1..=last).collect::<Vec<u8>>(),
                "{}",
                edition.name()
            );
        }
    }

    #[test]
    fn names_stand_for_rules_and_groups() {
        let names =
            |name| select(name).map(|rules| rules.iter().map(|rule| rule.name).collect::<Vec<_>>());
        assert_eq!(names("all"), Some(vec!["secrets", "kms"]));
        assert_eq!(names("kms"), Some(vec!["kms"]));
        assert_eq!(names("aws").map(|rules| rules.len()), Some(6));
        assert_eq!(
            names("deletion"),
            Some(vec![
                "secrets",
                "kms",
                "secrets-2018",
                "secrets-writes",
                "acm-pca"
            ])
        );
        assert_eq!(names("cis-2.0").map(|rules| rules.len()), Some(15));
        assert!(
            names("cis-2.0").is_some_and(|rules| rules.contains(&"cis-1.2-route-table-changes"))
        );
        assert!(names("cis").is_some_and(|rules| rules.contains(&"cis-route-table-changes")));
        assert_eq!(names("cis-9.0"), None);
    }
}
