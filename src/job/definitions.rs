//! Definitions of alarms, metric filters and mute rules: as AWS prints them, or as a job file in
//! the same field names.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::alarms::{AlarmError, DefinedAlarm, WrittenAlarm};
use super::composites::{DefinedComposite, WrittenComposite};
use super::fault::Fault;
use super::file::{JobError, read_text};
use super::filters::{DefinedFilter, NotAFilter, WrittenFilter};
use super::mutes::WrittenMuteRule;
use super::text_format::parse_definitions;
use super::written::{WrittenDefinitions, WrittenJob};
use crate::alarm::definition::composite::{CompositeAlarm, retain_whole};
use crate::alarm::definition::mute::MuteRule;
use crate::metric::MetricFilter;
use crate::text::printable;

/// The message for a file without definitions.
const NOTHING: &str = "there is no alarm, no metric filter and no mute rule: expected the output \
    of `aws cloudwatch describe-alarms` or `aws logs describe-metric-filters`, a CloudFormation \
    template, or `[[alarm]]` and `[[metric-filter]]`";

const ON_LOGS_INSIGHTS: &str = "a log alarm cannot be replayed: it watches queries of CloudWatch \
    Logs Insights";

/// The definitions in files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definitions {
    /// The metric filters.
    pub filters: Vec<DefinedFilter>,
    /// The metric alarms that can be replayed.
    pub alarms: Vec<DefinedAlarm>,
    /// The composite alarms.
    pub composites: Vec<DefinedComposite>,
    /// The mute rules.
    pub mute_rules: Vec<MuteRule>,
    /// A message for each definition that was left out and each field that was not understood.
    pub warnings: Vec<String>,
}

/// Reads the definitions in a file: JSON as `describe-alarms`, `describe-metric-filters` or
/// `get-alarm-mute-rule` prints it, a list of metric alarms, one alarm, a CloudFormation template
/// in JSON or YAML, or a job file in TOML.
///
/// # Errors
///
/// Returns an error if the file cannot be read, or a definition in it is wrong; names its position
/// and the field.
/// Returns an error if nothing in it can be replayed; a single alarm that cannot be is a warning.
pub fn read_definitions(path: &Path) -> Result<Definitions, JobError> {
    let text = read_text(path)?;
    parse_definitions(&text)
        .and_then(Definitions::from_written)
        .map_err(|fault| JobError::wrong(path, fault))
}

/// Reads the definitions in several files.
///
/// # Errors
///
/// Returns an error if a file cannot be read, or a definition in it is wrong.
pub fn read_all_definitions(paths: &[PathBuf]) -> Result<Definitions, JobError> {
    let mut definitions = Definitions::default();
    for path in paths {
        definitions.extend(read_definitions(path)?);
    }
    Ok(definitions)
}

impl Definitions {
    /// Adds the definitions in another file.
    pub fn extend(&mut self, other: Self) {
        self.filters.extend(other.filters);
        self.alarms.extend(other.alarms);
        self.composites.extend(other.composites);
        self.mute_rules.extend(other.mute_rules);
        self.warnings.extend(other.warnings);
    }

    /// Keeps the metric filters with these names, the alarms on their metrics, and the other filters
    /// that publish to the same metrics. Composite alarms that lose a child go.
    #[must_use]
    pub fn with_filters(mut self, is_named: impl Fn(&str) -> bool) -> Self {
        let named = self.filters.iter().filter(|filter| is_named(&filter.name));
        let named: Vec<MetricFilter> = named.map(|filter| filter.filter.clone()).collect();
        if named.len() == self.filters.len() {
            return self;
        }
        let is_on = |alarm: &DefinedAlarm, filter: &MetricFilter| {
            alarm.configuration.watched.is_published_by(filter)
        };
        self.alarms
            .retain(|alarm| named.iter().any(|filter| is_on(alarm, filter)));
        let alarms = &self.alarms;
        self.filters.retain(|filter| {
            let is_watched = alarms.iter().any(|alarm| is_on(alarm, &filter.filter));
            is_watched || is_named(&filter.name)
        });
        self.retain_whole_composites();
        self
    }

    /// Keeps the composite alarms whose children and suppressors are defined.
    fn retain_whole_composites(&mut self) {
        let alarms = self.alarms.iter();
        let names = alarms.map(|alarm| alarm.configuration.alarm_name.clone());
        let mut composites: Vec<CompositeAlarm> = self
            .composites
            .iter()
            .map(|composite| composite.alarm.clone())
            .collect();
        retain_whole(&mut composites, &names.collect());
        self.composites
            .retain(|composite| composites.contains(&composite.alarm));
    }

    /// Returns the definitions as the text of a job file.
    ///
    /// # Errors
    ///
    /// Returns an error if a text cannot be written as TOML.
    pub fn job(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(&WrittenJob {
            filters: write(&self.filters, WrittenFilter::from_defined),
            alarms: write(&self.alarms, |alarm| {
                WrittenAlarm::from_configuration(&alarm.configuration)
            }),
            composites: write(&self.composites, |composite| {
                WrittenComposite::from_alarm(&composite.alarm)
            }),
            mute_rules: write(&self.mute_rules, WrittenMuteRule::from_rule),
        })
    }

    /// Checks definitions and converts them.
    fn from_written(written: WrittenDefinitions) -> Result<Self, Fault> {
        let mut left_out: Vec<String> = written.log_alarms.iter().map(log_alarm).collect();
        let mut definitions = Self {
            warnings: written.unknown_fields(),
            alarms: define_alarms(written.alarms, &mut left_out)?,
            filters: define_filters(written.filters, &mut left_out)?,
            composites: define(written.composites, WrittenComposite::define)?,
            mute_rules: define(written.mute_rules, WrittenMuteRule::define)?,
        };
        if definitions.is_empty() {
            // A file with a single alarm that cannot be replayed is refused for that reason.
            let first = left_out.into_iter().next();
            return Err(first.unwrap_or_else(|| NOTHING.to_owned()).into());
        }
        for filter in &definitions.filters {
            definitions.warnings.extend(WrittenFilter::warnings(filter));
        }
        // What was left out follows the unknown fields, which may be the reason for it.
        definitions.warnings.extend(left_out);
        Ok(definitions)
    }

    fn is_empty(&self) -> bool {
        self.alarms.is_empty()
            && self.composites.is_empty()
            && self.filters.is_empty()
            && self.mute_rules.is_empty()
    }
}

fn write<T, W>(defined: &[T], write_one: impl Fn(&T) -> W) -> Vec<W> {
    defined.iter().map(write_one).collect()
}

fn define<W, T>(
    written: Vec<W>,
    define_one: impl Fn(W) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    written.into_iter().map(define_one).collect()
}

/// Checks alarms and converts them. Those that cannot be replayed are left out: a file that AWS
/// printed may hold alarms of every kind, and the others are worth replaying.
fn define_alarms(
    written: Vec<WrittenAlarm>,
    left_out: &mut Vec<String>,
) -> Result<Vec<DefinedAlarm>, Fault> {
    let mut alarms = Vec::new();
    for alarm in written {
        match alarm.define() {
            Ok(alarm) => alarms.push(alarm),
            Err(AlarmError::NotReplayable(detail)) => left_out.push(detail),
            Err(AlarmError::Wrong(fault)) => return Err(fault),
        }
    }
    Ok(alarms)
}

/// Checks metric filters and converts them. Those that cannot be replayed are left out, as alarms
/// are.
fn define_filters(
    written: Vec<WrittenFilter>,
    left_out: &mut Vec<String>,
) -> Result<Vec<DefinedFilter>, Fault> {
    let mut filters = Vec::new();
    for filter in written {
        match filter.define() {
            Ok(filter) => filters.push(filter),
            Err(NotAFilter::NotReplayable(detail)) => left_out.push(detail),
            Err(NotAFilter::Wrong(fault)) => return Err(fault),
        }
    }
    Ok(filters)
}

/// Returns the message that a log alarm is left out.
fn log_alarm(alarm: &Value) -> String {
    let name = alarm["AlarmName"].as_str().unwrap_or("without a name");
    format!("alarm `{}`: {ON_LOGS_INSIGHTS}", printable(name))
}
