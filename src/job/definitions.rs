//! Definitions of alarms, metric filters and mute rules: as AWS prints them, or as a job file in
//! the same field names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::alarms::{DefinedAlarm, WrittenAlarm};
use super::composites::{DefinedComposite, WrittenComposite};
use super::fault::{DefinitionError, Fault};
use super::file::{JobError, read_text};
use super::filters::{DefinedFilter, WrittenFilter};
use super::formats::{DefinitionContent, parse_definitions};
use super::found::{Absent, Checked, FileDefinitions};
use super::mutes::WrittenMuteRule;
use super::parameters::{GivenParameters, TemplateParameters};
use super::written::{WrittenDefinitions, WrittenJob, warn_of_unknown_fields};
use crate::alarm::definition::composite::{CompositeAlarm, retain_whole};
use crate::alarm::definition::mute::MuteRule;
use crate::metric::MetricFilter;

/// The message for a file without definitions.
const NOTHING: &str = "there is no alarm, no metric filter and no mute rule: expected the output \
    of `aws cloudwatch describe-alarms`, `aws logs describe-metric-filters` or `terraform show \
    -json`, a CloudFormation template, or `[[alarm]]` and `[[metric-filter]]`";

/// The most reasons that the message for a file without usable definitions lists.
const REASONS_LIMIT: usize = 10;

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

/// Reads the definitions in a file: the output of `describe-alarms`, `describe-metric-filters` or
/// `get-alarm-mute-rule`, a list of them or a single one, a CloudFormation template, all in JSON or
/// YAML; the output of `terraform show -json` or a state of Terraform; or a job file in TOML.
///
/// # Errors
///
/// Returns an error if the file cannot be read or is of another kind, if a job file is wrong, or if
/// nothing in the file can be used; a definition that cannot be used beside others is a warning.
/// Returns an error if a parameter is given that no template has.
pub fn read_definitions(
    path: &Path,
    parameters: &TemplateParameters,
) -> Result<Definitions, JobError> {
    read_all_definitions(&[path.to_owned()], parameters)
}

/// Reads the definitions in several files.
///
/// # Errors
///
/// Those of [`read_definitions`].
pub fn read_all_definitions(
    paths: &[PathBuf],
    parameters: &TemplateParameters,
) -> Result<Definitions, JobError> {
    let given = parameters.read()?;
    let contents = parse_files(paths, &given)?;
    // Before anything is checked, since a parameter with a wrong name leaves out what needs it.
    given.check(&declared_parameters(&contents))?;
    let mut definitions = Definitions::default();
    for (path, content) in contents {
        let defined = Definitions::from_content(content);
        definitions.extend(defined.map_err(|fault| JobError::wrong(path, fault))?);
    }
    Ok(definitions)
}

fn parse_files<'p>(
    paths: &'p [PathBuf],
    given: &GivenParameters,
) -> Result<Vec<(&'p PathBuf, DefinitionContent)>, JobError> {
    let mut contents = Vec::new();
    for path in paths {
        let text = read_text(path)?;
        let content = parse_definitions(&text, path, given);
        contents.push((path, content.map_err(|fault| JobError::wrong(path, fault))?));
    }
    Ok(contents)
}

fn declared_parameters(contents: &[(&PathBuf, DefinitionContent)]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (_, content) in contents {
        if let DefinitionContent::Found(found) = content {
            names.extend(found.parameters.iter().cloned());
        }
    }
    names
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

    /// Keeps the metric filters with these names, the alarms on their metrics, and the other
    /// filters that publish to the same metrics. Composite alarms that lose a child go.
    #[must_use]
    pub fn with_filters(mut self, is_named: impl Fn(&str) -> bool) -> Self {
        let named = self.filters.iter().filter(|filter| is_named(&filter.name));
        let named: Vec<MetricFilter> = named.map(|filter| filter.filter.clone()).collect();
        // Without a choice, alarms on metrics that no filter publishes are kept as well.
        if named.len() == self.filters.len() {
            return self;
        }
        self.alarms
            .retain(|alarm| named.iter().any(|filter| watches(alarm, filter)));
        let alarms = &self.alarms;
        self.filters.retain(|filter| {
            let is_watched = alarms.iter().any(|alarm| watches(alarm, &filter.filter));
            is_watched || is_named(&filter.name)
        });
        self.retain_whole_composites();
        self
    }

    /// Keeps the composite alarms whose children and suppressors are defined.
    fn retain_whole_composites(&mut self) {
        let mut whole = self.composite_alarms();
        let alarms = self.alarms.iter();
        let names = alarms.map(|alarm| alarm.configuration.alarm_name.clone());
        retain_whole(&mut whole, &names.collect());
        self.composites
            .retain(|composite| whole.contains(&composite.alarm));
    }

    fn composite_alarms(&self) -> Vec<CompositeAlarm> {
        let composites = self.composites.iter();
        composites
            .map(|composite| composite.alarm.clone())
            .collect()
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

    fn from_content(content: DefinitionContent) -> Result<Self, Fault> {
        match content {
            DefinitionContent::Job(written) => Self::from_written(written),
            DefinitionContent::Found(found) => Self::from_found(*found),
        }
    }

    /// Checks the definitions of a job file. The user wrote them, so one that is wrong is an error.
    fn from_written(written: WrittenDefinitions) -> Result<Self, Fault> {
        let mut left_out = Vec::new();
        let definitions = Self {
            warnings: warn_of_unknown_fields(&written.unknown),
            alarms: define_replayable(written.alarms, &mut left_out, WrittenAlarm::define)?,
            filters: define_replayable(written.filters, &mut left_out, WrittenFilter::define)?,
            composites: define(written.composites, WrittenComposite::define)?,
            mute_rules: define(written.mute_rules, WrittenMuteRule::define)?,
        };
        definitions.with_left_out(&left_out, &[])
    }

    /// Checks definitions one by one. A file of AWS or Terraform may hold alarms of every kind, and
    /// those that can be replayed are worth having.
    fn from_found(found: FileDefinitions) -> Result<Self, Fault> {
        let mut definitions = Self::default();
        let (mut unknown, mut left_out) = (found.unknown, found.left_out);
        for entry in found.entries {
            match entry.check(&mut unknown) {
                Ok(checked) => definitions.add(checked),
                Err(fault) => left_out.push(fault),
            }
        }
        definitions.warnings = warn_of_unknown_fields(&unknown);
        definitions.warnings.extend(found.notes);
        definitions.with_left_out(&left_out, &found.absent)
    }

    fn add(&mut self, checked: Checked) {
        match checked {
            Checked::Alarm(alarm) => self.alarms.push(alarm),
            Checked::Composite(composite) => self.composites.push(composite),
            Checked::Filter(filter) => self.filters.push(filter),
            Checked::MuteRule(rule) => self.mute_rules.push(rule),
        }
    }

    /// Adds a warning for each definition that was left out; they follow the unknown fields, which
    /// may be the reason. Returns the reasons as an error if nothing else is there.
    fn with_left_out(mut self, left_out: &[Fault], absent: &[Absent]) -> Result<Self, Fault> {
        if self.is_empty() {
            return Err(nothing_usable(left_out, absent));
        }
        for filter in &self.filters {
            self.warnings.extend(WrittenFilter::warnings(filter));
        }
        self.warnings.extend(left_out.iter().map(Fault::left_out));
        self.warnings.extend(Absent::warnings(absent));
        Ok(self)
    }

    fn is_empty(&self) -> bool {
        self.alarms.is_empty()
            && self.composites.is_empty()
            && self.filters.is_empty()
            && self.mute_rules.is_empty()
    }
}

fn watches(alarm: &DefinedAlarm, filter: &MetricFilter) -> bool {
    alarm.configuration.watched.is_published_by(filter)
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

/// Checks definitions and converts them. Those that cannot be replayed are left out.
fn define_replayable<W, T>(
    written: Vec<W>,
    left_out: &mut Vec<Fault>,
    define_one: impl Fn(W) -> Result<T, DefinitionError>,
) -> Result<Vec<T>, Fault> {
    let mut defined = Vec::new();
    for definition in written {
        match define_one(definition) {
            Ok(definition) => defined.push(definition),
            Err(DefinitionError::NotReplayable(fault)) => left_out.push(fault),
            Err(DefinitionError::Wrong(fault)) => return Err(fault),
        }
    }
    Ok(defined)
}

fn nothing_usable(left_out: &[Fault], absent: &[Absent]) -> Fault {
    let mut reasons: Vec<String> = left_out.iter().map(Fault::to_string).collect();
    reasons.extend(absent.iter().map(Absent::to_string));
    join_reasons(&reasons).into()
}

/// Returns the message for a file in which nothing can be used.
fn join_reasons(reasons: &[String]) -> String {
    match reasons {
        [] => NOTHING.to_owned(),
        [only] => only.clone(),
        several => several_reasons(several),
    }
}

fn several_reasons(reasons: &[String]) -> String {
    let mut lines = vec!["nothing in it can be used".to_owned()];
    lines.extend(reasons.iter().take(REASONS_LIMIT).cloned());
    if let more @ 1.. = reasons.len().saturating_sub(REASONS_LIMIT) {
        lines.push(format!("and {more} more"));
    }
    lines.join("\n  ")
}
