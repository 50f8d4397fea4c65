//! The definitions that a user names: of built-in rules, of job files, and of a filter pattern.

use super::{AuditError, RuleRequest};
use crate::job::filters::DefinedFilter;
use crate::job::{DefinedAlarm, Definitions, read_all_definitions};
use crate::plan::{Job, JobAlarm, Rule};

impl RuleRequest {
    /// Returns the metric filters, alarms and mute rules: those of the built-in rules, in the order
    /// of their table, then those of job files and of the custom rule. If none is requested, they
    /// are those of the default rule.
    ///
    /// # Errors
    ///
    /// Returns an error if a job file cannot be read or is invalid, or a name is unknown.
    pub fn definitions(&self) -> Result<Definitions, AuditError> {
        let files = self.definitions_of_files()?;
        let names = files.filters.iter().map(|filter| filter.name.as_str());
        let choice = self.choice(names)?;
        let mut definitions = Definitions::default();
        for job in self.built_in_jobs(&choice.built_in)? {
            add_job(&mut definitions, &job);
        }
        definitions.extend(files.with_filters(|filter| choice.includes(filter)));
        if let Some(job) = &self.custom {
            add_custom(&mut definitions, job);
        }
        Ok(definitions)
    }

    /// Returns the definitions in the job files. A log group that no filter names is the one to
    /// deploy to, and chooses nothing.
    fn definitions_of_files(&self) -> Result<Definitions, AuditError> {
        let mut definitions = read_all_definitions(&self.job_files, &self.definitions.parameters)?;
        // An error leaves the definitions as they were.
        let _ = self.definitions.choose(&mut definitions);
        Ok(definitions)
    }

    /// Returns the jobs of built-in rules, or that of the default one if nothing is requested.
    fn built_in_jobs(&self, names: &[&'static str]) -> Result<Vec<Job>, AuditError> {
        let requests_others = !self.job_files.is_empty() || self.custom.is_some();
        if names.is_empty() && requests_others {
            return Ok(Vec::new());
        }
        let named = Self {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            ..Self::default()
        };
        named.jobs(None, &|_| ())
    }
}

/// Adds the metric filters and the alarms of a job.
fn add_job(definitions: &mut Definitions, job: &Job) {
    let filters = job.rules.iter().map(defined_filter);
    definitions.filters.extend(filters);
    let alarms = job.alarms.iter().map(defined_alarm);
    definitions.alarms.extend(alarms);
}

fn defined_filter(rule: &Rule) -> DefinedFilter {
    DefinedFilter {
        name: rule.name.clone(),
        filter: rule.filter.clone(),
        log_group: None,
    }
}

fn defined_alarm(alarm: &JobAlarm) -> DefinedAlarm {
    DefinedAlarm {
        configuration: alarm.configuration.clone(),
        state: None,
        place: None,
    }
}

/// Adds the metric filter and the alarm of a filter pattern.
fn add_custom(definitions: &mut Definitions, job: &Job) {
    let first = definitions.filters.len();
    add_job(definitions, job);
    // The name of the rule is the same for every pattern, and a filter is kept for long.
    for filter in definitions.filters.iter_mut().skip(first) {
        filter.name.clone_from(&filter.filter.metric_name);
    }
}
