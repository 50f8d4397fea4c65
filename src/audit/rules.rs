//! The rules of an audit, as a user names them.

use std::path::PathBuf;

use super::AuditError;
use crate::job::{self, read_all_definitions};
use crate::ledger::Scope;
use crate::pattern::{parse, warnings};
use crate::plan::built_in::RULES;
use crate::plan::{BuiltInRule, Rule};

/// The rule that is looked for when none is named.
const DEFAULT_RULE: &str = "secrets";

/// The rules to look for.
#[derive(Clone, Debug, Default)]
pub struct RuleRequest {
    /// The names of built-in rules.
    pub built_in: Vec<&'static str>,
    /// The files with metric filters and alarms.
    pub job_files: Vec<PathBuf>,
    /// The rule for a filter pattern.
    pub custom: Option<Rule>,
}

impl RuleRequest {
    /// Returns the rules: the built-in ones each once, in the order of their table, then those of
    /// job files and the custom one. If none is requested, they are those of a ledger that is
    /// reported on alone, or else the default. Warnings about job files go to `warn`.
    ///
    /// # Errors
    ///
    /// Returns an error if a job file cannot be read, is invalid, or has no metric filter, or if
    /// the rules of the ledger are not all built in.
    pub fn rules(
        &self,
        recorded: Option<&Scope>,
        warn: &dyn Fn(&[String]),
    ) -> Result<Vec<Rule>, AuditError> {
        if self.is_empty() {
            return match recorded {
                Some(scope) => recorded_rules(scope),
                None => Ok(built_in(|rule| rule.name == DEFAULT_RULE)),
            };
        }
        // The order of the table, and not of the options, so that reports can be compared.
        let mut rules = built_in(|rule| self.built_in.contains(&rule.name));
        rules.extend(self.job_rules(warn)?);
        rules.extend(self.custom.clone());
        Ok(rules)
    }

    /// Returns the rule, if there is exactly one.
    ///
    /// # Errors
    ///
    /// Those of [`RuleRequest::rules`], and if there are more.
    pub fn only_rule(
        &self,
        recorded: Option<&Scope>,
        warn: &dyn Fn(&[String]),
    ) -> Result<Rule, AuditError> {
        let rules = self.rules(recorded, warn)?;
        let [rule] = rules.as_slice() else {
            let names: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
            return Err(AuditError::SeveralRules(names.join(", ")));
        };
        Ok(rule.clone())
    }

    /// Returns what to know about the filter pattern before relying on its numbers. Each warning
    /// has several lines, so an empty one follows.
    pub fn pattern_warnings(&self) -> Vec<String> {
        let Some(rule) = &self.custom else {
            return Vec::new();
        };
        let text = &rule.filter.pattern;
        // A pattern that is invalid is an error of the plan.
        let Ok(pattern) = parse(text) else {
            return Vec::new();
        };
        let warnings = warnings(&pattern, text);
        warnings
            .iter()
            .map(|warning| format!("{warning}\n"))
            .collect()
    }

    fn is_empty(&self) -> bool {
        self.built_in.is_empty() && self.job_files.is_empty() && self.custom.is_none()
    }

    fn job_rules(&self, warn: &dyn Fn(&[String])) -> Result<Vec<Rule>, AuditError> {
        if self.job_files.is_empty() {
            return Ok(Vec::new());
        }
        let definitions = read_all_definitions(&self.job_files)?;
        let defined = job::rules(&definitions);
        warn(&definitions.warnings);
        warn(&defined.warnings);
        if defined.rules.is_empty() {
            return Err(AuditError::NoMetricFilter);
        }
        Ok(defined.rules)
    }
}

/// Returns the built-in rules that are selected, in the order of their table.
fn built_in(is_selected: impl Fn(&BuiltInRule) -> bool) -> Vec<Rule> {
    let selected = RULES.iter().filter(|rule| is_selected(rule));
    selected.map(BuiltInRule::rule).collect()
}

/// Returns the rules that a ledger was scanned for.
fn recorded_rules(scope: &Scope) -> Result<Vec<Rule>, AuditError> {
    let rules = built_in(|rule| scope.rules.iter().any(|own| own.rule == rule.name));
    for own in &scope.rules {
        if !rules.iter().any(|rule| rule.name == own.rule) {
            return Err(AuditError::RecordedRule {
                rule: own.rule.clone(),
                pattern: own.pattern.clone(),
            });
        }
    }
    Ok(rules)
}
