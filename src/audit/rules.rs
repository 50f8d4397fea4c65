//! The rules of an audit, as a user names them.

use std::path::PathBuf;

use super::AuditError;
use crate::job::{self, DefinitionOptions};
use crate::ledger::Scope;
use crate::pattern::{parse, warnings};
use crate::plan::built_in::RULES;
use crate::plan::{BuiltInRule, Job};

/// The rule that is looked for when none is named.
const DEFAULT_RULE: &str = "secrets";

/// The rules to look for.
#[derive(Clone, Debug, Default)]
pub struct RuleRequest {
    /// The names of built-in rules.
    pub built_in: Vec<&'static str>,
    /// The files with metric filters and alarms.
    pub job_files: Vec<PathBuf>,
    /// The definitions to use of those in the files.
    pub definitions: DefinitionOptions,
    /// The job for a filter pattern.
    pub custom: Option<Job>,
}

impl RuleRequest {
    /// Returns the jobs: one for each built-in rule, in the order of their table, then that of all
    /// job files and the custom one. If none is requested, they are those of a ledger that is
    /// reported on alone, or else the default. Warnings about job files go to `warn`.
    ///
    /// # Errors
    ///
    /// Returns an error if a job file cannot be read, is invalid, or has no metric filter, or if
    /// the rules of the ledger are not all built in.
    pub fn jobs(
        &self,
        recorded: Option<&Scope>,
        warn: &dyn Fn(&[String]),
    ) -> Result<Vec<Job>, AuditError> {
        if self.is_empty() {
            return match recorded {
                Some(scope) => recorded_jobs(scope),
                None => Ok(built_in(|rule| rule.name == DEFAULT_RULE)),
            };
        }
        // The order of the table, and not of the options, so that reports can be compared.
        let mut jobs = built_in(|rule| self.built_in.contains(&rule.name));
        jobs.extend(self.job_of_files(warn)?);
        jobs.extend(self.custom.clone());
        Ok(jobs)
    }

    /// Returns the job, if there is exactly one, and it has one alarm.
    ///
    /// # Errors
    ///
    /// Those of [`RuleRequest::jobs`], and if there are more.
    pub fn only_job(
        &self,
        recorded: Option<&Scope>,
        warn: &dyn Fn(&[String]),
    ) -> Result<Job, AuditError> {
        let jobs = self.jobs(recorded, warn)?;
        let mut alarms = jobs.iter().flat_map(|job| &job.alarms);
        match (jobs.as_slice(), alarms.next(), alarms.next()) {
            ([job], Some(_), None) => Ok(job.clone()),
            _ => {
                let rules = jobs.iter().flat_map(|job| &job.rules);
                let names: Vec<&str> = rules.map(|rule| rule.name.as_str()).collect();
                Err(AuditError::SeveralRules(names.join(", ")))
            }
        }
    }

    /// Returns what to know about the filter pattern before relying on its numbers. Each warning
    /// has several lines, so an empty one follows.
    pub fn pattern_warnings(&self) -> Vec<String> {
        let rule = self.custom.as_ref().and_then(|job| job.rules.first());
        let Some(rule) = rule else {
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

    /// Returns the job of all files: together they describe one log group, whose filters and alarms
    /// may be in files of their own.
    fn job_of_files(&self, warn: &dyn Fn(&[String])) -> Result<Option<Job>, AuditError> {
        if self.job_files.is_empty() {
            return Ok(None);
        }
        let definitions = self.definitions.read(&self.job_files)?;
        let defined = job::job(&definitions);

        warn(&definitions.warnings);
        warn(&defined.warnings);
        if defined.job.rules.is_empty() {
            return Err(AuditError::NoMetricFilter);
        }
        Ok(Some(defined.job))
    }
}

/// Returns the jobs of the built-in rules that are selected, in the order of their table.
fn built_in(is_selected: impl Fn(&BuiltInRule) -> bool) -> Vec<Job> {
    let selected = RULES.iter().filter(|rule| is_selected(rule));
    selected.map(BuiltInRule::job).collect()
}

/// Returns the jobs of the built-in rules that a ledger was scanned for.
fn recorded_jobs(scope: &Scope) -> Result<Vec<Job>, AuditError> {
    let jobs = built_in(|rule| scope.rules.iter().any(|own| own.rule == rule.name));
    for own in &scope.rules {
        let mut rules = jobs.iter().flat_map(|job| &job.rules);
        if !rules.any(|rule| rule.name == own.rule) {
            return Err(AuditError::RecordedRule {
                rule: own.rule.clone(),
                pattern: own.pattern.clone(),
            });
        }
    }
    Ok(jobs)
}
