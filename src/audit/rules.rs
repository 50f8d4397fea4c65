//! The rules of an audit, as a user names them.

use std::path::PathBuf;

use super::{AuditError, NamedRules, UnknownRule};
use crate::job::{self, DefinitionOptions};
use crate::ledger::Scope;
use crate::metric::{Dimension, MetricFilter, MetricValue, Unit};
use crate::pattern::{parse, warnings};
use crate::plan::built_in::RULES;
use crate::plan::{BuiltInRule, Job};

/// The rule that is looked for when none is named.
const DEFAULT_RULE: &str = "secrets";

/// The rules to look for.
#[derive(Clone, Debug, Default)]
pub struct RuleRequest {
    /// The names of metric filters of the job files, and of built-in rules and their groups. If no
    /// filter is named, all of them are looked for.
    pub names: Vec<String>,
    /// The files with metric filters and alarms.
    pub job_files: Vec<PathBuf>,
    /// The definitions to use of those in the files.
    pub definitions: DefinitionOptions,
    /// The job for a filter pattern.
    pub custom: Option<Job>,
}

/// The rules that names choose.
#[derive(Debug, Default)]
pub(super) struct RuleChoice {
    /// The names of built-in rules.
    pub(super) built_in: Vec<&'static str>,
    /// The names of metric filters of job files; all filters if empty.
    filters: Vec<String>,
}

impl RuleRequest {
    /// Returns the jobs: one for each built-in rule, in the order of their table, then that of all
    /// job files and the custom one. If none is requested, they are those of a ledger that is
    /// reported on alone, or else the default. Warnings about job files go to `warn`.
    ///
    /// # Errors
    ///
    /// Returns an error if a job file cannot be read, is invalid, or has no metric filter, if a
    /// name is unknown, or if the rules of the ledger are not all built in.
    pub fn jobs(
        &self,
        recorded: Option<&Scope>,
        warn: &dyn Fn(&[String]),
    ) -> Result<Vec<Job>, AuditError> {
        // Built-in rules are on no log group, so the option would silently do nothing.
        if self.job_files.is_empty() && !self.definitions.log_group.is_empty() {
            return Err(AuditError::LogGroupWithoutJob);
        }
        if self.is_empty() {
            return match recorded {
                Some(scope) => recorded_jobs(scope),
                None => Ok(built_in(|rule| rule.name == DEFAULT_RULE)),
            };
        }
        let mut defined = self.job_of_files(warn)?;
        let rules = defined.iter().flat_map(|job| &job.rules);
        let choice = self.choice(rules.map(|rule| rule.name.as_str()))?;
        if let Some(job) = &mut defined {
            job.retain_rules(|rule| choice.includes(rule));
        }
        // The order of the table, and not of the options, so that reports can be compared.
        let mut jobs = built_in(|rule| choice.built_in.contains(&rule.name));
        jobs.extend(defined);
        jobs.extend(self.custom.clone());
        Ok(jobs)
    }

    /// Returns the rules that the names choose, given the names of the metric filters of the job
    /// files. A name that a filter has is that of the filter.
    ///
    /// # Errors
    ///
    /// Returns an error if a name is neither that of a filter nor built in.
    pub(super) fn choice<'f>(
        &self,
        filters: impl Iterator<Item = &'f str> + Clone,
    ) -> Result<RuleChoice, UnknownRule> {
        let mut choice = RuleChoice::default();
        for name in &self.names {
            if filters.clone().any(|filter| is_of_filter(filter, name)) {
                choice.filters.push(name.clone());
                continue;
            }
            match name.parse::<NamedRules>() {
                Ok(rules) => choice.built_in.extend(NamedRules::names(&[rules])),
                Err(unknown) => return Err(unknown.among(filters)),
            }
        }
        Ok(choice)
    }

    /// Returns the arguments by which `backtrail job export` finds a rule of this name.
    pub(super) fn export_arguments(&self, rule: &str) -> Vec<[String; 2]> {
        let mut custom = self.custom.iter().flat_map(|job| &job.rules);
        if let Some(custom) = custom.find(|custom| custom.name == rule) {
            return filter_arguments(&custom.filter);
        }
        let files = self.job_files.iter();
        let files = files.map(|file| argument("--job", file.to_string_lossy()));
        files.chain([argument("--rule", rule)]).collect()
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
        let has_no_job = self.job_files.is_empty() && self.definitions.parameters.is_empty();
        self.names.is_empty() && has_no_job && self.custom.is_none()
    }

    /// Returns the job of all files: together they describe one log group, whose filters and alarms
    /// may be in files of their own.
    fn job_of_files(&self, warn: &dyn Fn(&[String])) -> Result<Option<Job>, AuditError> {
        // Parameters without a file are refused where the files are read.
        if self.job_files.is_empty() && self.definitions.parameters.is_empty() {
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

impl RuleChoice {
    /// Returns whether the rule of a metric filter is chosen.
    pub(super) fn includes(&self, rule: &str) -> bool {
        let mut filters = self.filters.iter();
        self.filters.is_empty() || filters.any(|filter| is_of_filter(rule, filter))
    }
}

/// Returns whether a rule is that of a metric filter of this name. Filters of the same name, of
/// several log groups, have a number after it.
fn is_of_filter(rule: &str, filter: &str) -> bool {
    let further = rule.strip_prefix(filter);
    further.is_some_and(|further| further.is_empty() || further.starts_with(" ("))
}

/// Returns the arguments that make a metric filter.
fn filter_arguments(filter: &MetricFilter) -> Vec<[String; 2]> {
    let mut arguments = vec![argument("--pattern", &filter.pattern)];
    if filter.metric_value != MetricValue::Number(1.0) {
        arguments.push(argument("--metric-value", filter.metric_value.to_string()));
    }
    if let Some(value) = filter.default_value {
        arguments.push(argument("--default-value", value.to_string()));
    }
    arguments.extend(dimension_arguments(filter));
    if filter.unit != Unit::NONE {
        arguments.push(argument("--unit", filter.unit.to_string()));
    }
    arguments
}

fn dimension_arguments(filter: &MetricFilter) -> Vec<[String; 2]> {
    let mut arguments = Vec::new();
    for Dimension { name, value } in &filter.dimensions {
        arguments.push(argument("--dimension", format!("{name}={value}")));
    }
    for dimension in &filter.system_dimensions {
        arguments.push(argument("--system-dimension", dimension.name()));
    }
    arguments
}

fn argument(name: &str, value: impl Into<String>) -> [String; 2] {
    [name.to_owned(), value.into()]
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
        // A ledger keeps the pattern of a rule, but not the alarm on its metric.
        if !rules.any(|rule| rule.name == own.rule) {
            return Err(AuditError::RecordedRule {
                rule: own.rule.clone(),
                pattern: own.pattern.clone(),
            });
        }
    }
    Ok(jobs)
}
