//! Definitions of alarms, metric filters and mute rules: what AWS prints of them, or a job file in
//! the same field names.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::alarms::{AlarmError, DefinedAlarm, WrittenAlarm};
use super::cloudformation::read_template;
use super::composites::{DefinedComposite, WrittenComposite};
use super::filters::{DefinedFilter, WrittenFilter};
use super::mutes::WrittenMuteRule;
use super::yaml::read_yaml;
use super::{JobError, read, wrong};
use crate::alarm::definition::mute::MuteRule;

/// What files define.
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
    /// What was left out or not understood, for a person.
    pub warnings: Vec<String>,
}

impl Definitions {
    /// Adds what another file defines.
    pub fn extend(&mut self, other: Self) {
        self.filters.extend(other.filters);
        self.alarms.extend(other.alarms);
        self.composites.extend(other.composites);
        self.mute_rules.extend(other.mute_rules);
        self.warnings.extend(other.warnings);
    }

    /// Whether nothing is defined.
    fn is_empty(&self) -> bool {
        let is_without_alarm = self.alarms.is_empty() && self.composites.is_empty();
        is_without_alarm && self.filters.is_empty() && self.mute_rules.is_empty()
    }

    /// The definitions as a job file.
    ///
    /// # Errors
    ///
    /// When a text cannot be written as TOML.
    pub fn job(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(&Job {
            filters: self.filters.iter().map(WrittenFilter::of).collect(),
            alarms: self
                .alarms
                .iter()
                .map(|alarm| WrittenAlarm::of(&alarm.configuration))
                .collect(),
            composites: self
                .composites
                .iter()
                .map(|alarm| WrittenComposite::of(&alarm.alarm))
                .collect(),
            mute_rules: self.mute_rules.iter().map(WrittenMuteRule::of).collect(),
        })
    }
}

/// A job file.
#[derive(Debug, Serialize)]
struct Job {
    #[serde(rename = "metric-filter", skip_serializing_if = "Vec::is_empty")]
    filters: Vec<WrittenFilter>,
    #[serde(rename = "alarm", skip_serializing_if = "Vec::is_empty")]
    alarms: Vec<WrittenAlarm>,
    #[serde(rename = "composite-alarm", skip_serializing_if = "Vec::is_empty")]
    composites: Vec<WrittenComposite>,
    #[serde(rename = "mute-rule", skip_serializing_if = "Vec::is_empty")]
    mute_rules: Vec<WrittenMuteRule>,
}

/// Reads what a file defines: JSON as `describe-alarms`, `describe-metric-filters` or
/// `get-alarm-mute-rule` prints it, a list of metric alarms, one alarm, a CloudFormation template
/// in JSON or YAML, or a job file in TOML.
///
/// # Errors
///
/// When the file cannot be read, or a definition in it is wrong; says where, and which field. When
/// nothing in it can be replayed; a single alarm that cannot be is a warning.
pub fn read_definitions(path: &Path) -> Result<Definitions, JobError> {
    let text = read(path)?;
    let document = match form(&text) {
        Form::Toml => toml_document(&text),
        Form::Json => json_document(&text),
        Form::Yaml => read_yaml(&text).and_then(|template| read_template(&template)),
    };
    document
        .and_then(Document::definitions)
        .map_err(|detail| wrong(path, detail))
}

/// The forms of a file of definitions.
enum Form {
    Json,
    Toml,
    /// A CloudFormation template.
    Yaml,
}

/// JSON begins with an object, or with a list of objects; `[[alarm]]` begins a table of TOML; a
/// template in YAML has resources.
fn form(text: &str) -> Form {
    let start = text.trim_start();
    let list = start.strip_prefix('[').map(str::trim_start);
    let is_json =
        start.starts_with('{') || list.is_some_and(|inside| inside.starts_with(['{', ']']));
    let has_resources = || text.lines().any(|line| line.trim_end() == "Resources:");
    match is_json {
        true => Form::Json,
        false if has_resources() => Form::Yaml,
        false => Form::Toml,
    }
}

/// What a file of definitions holds.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Document {
    #[serde(rename = "MetricAlarms", alias = "alarm", default)]
    pub(super) alarms: Vec<WrittenAlarm>,
    #[serde(rename = "metricFilters", alias = "metric-filter", default)]
    pub(super) filters: Vec<WrittenFilter>,
    #[serde(rename = "CompositeAlarms", alias = "composite-alarm", default)]
    pub(super) composites: Vec<WrittenComposite>,
    #[serde(rename = "mute-rule", default)]
    pub(super) mute_rules: Vec<WrittenMuteRule>,
    #[serde(rename = "LogAlarms", default)]
    log_alarms: Vec<Value>,
    /// The paths of fields that mean nothing here.
    #[serde(skip)]
    pub(super) unknown: Vec<String>,
}

fn toml_document(text: &str) -> Result<Document, String> {
    let mut unknown = Vec::new();
    let deserializer = toml::Deserializer::parse(text).map_err(|error| error.to_string())?;
    let document: Document =
        serde_ignored::deserialize(deserializer, |path| unknown.push(path.to_string()))
            .map_err(|error| error.to_string())?;
    Ok(Document {
        unknown,
        ..document
    })
}

fn json_document(text: &str) -> Result<Document, String> {
    if matches!(kind(text), Kind::Template) {
        let template: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        return read_template(&template);
    }
    let mut unknown = Vec::new();
    let mut note = |path: serde_ignored::Path<'_>| unknown.push(path.to_string());
    let json = &mut serde_json::Deserializer::from_str(text);
    let document = match kind(text) {
        Kind::List => serde_ignored::deserialize(&mut *json, &mut note).map(|alarms| Document {
            alarms,
            ..Document::default()
        }),
        Kind::Described | Kind::Template => serde_ignored::deserialize(&mut *json, &mut note),
        Kind::Alarm => serde_ignored::deserialize(&mut *json, &mut note).map(|alarm| Document {
            alarms: vec![alarm],
            ..Document::default()
        }),
        Kind::Composite => {
            serde_ignored::deserialize(&mut *json, &mut note).map(|alarm| Document {
                composites: vec![alarm],
                ..Document::default()
            })
        }
        Kind::MuteRule => serde_ignored::deserialize(&mut *json, &mut note).map(|rule| Document {
            mute_rules: vec![rule],
            ..Document::default()
        }),
    };
    let document = document.and_then(|document| json.end().map(|()| document));
    document
        .map(|document| Document {
            unknown,
            ..document
        })
        .map_err(|error| error.to_string())
}

/// What a JSON text is.
enum Kind {
    /// A list of metric alarms.
    List,
    /// Lists under their names, as AWS describes them.
    Described,
    /// A CloudFormation template.
    Template,
    /// A single metric alarm.
    Alarm,
    /// A single composite alarm.
    Composite,
    /// A single mute rule, as `get-alarm-mute-rule` prints it.
    MuteRule,
}

fn kind(text: &str) -> Kind {
    let members = crate::json::members(text).unwrap_or_default();
    let has = |member: &str| members.iter().any(|(name, _)| name == member);
    match (has("AlarmName"), has("AlarmRule")) {
        _ if text.trim_start().starts_with('[') => Kind::List,
        (true, true) => Kind::Composite,
        (true, false) => Kind::Alarm,
        _ if has("Resources") => Kind::Template,
        _ if has("Name") && has("Rule") => Kind::MuteRule,
        _ => Kind::Described,
    }
}

impl Document {
    fn definitions(self) -> Result<Definitions, String> {
        let mut definitions = Definitions {
            warnings: self.unknown_fields(),
            ..Definitions::default()
        };
        let mut left_out: Vec<String> = self.log_alarms.iter().map(log_alarm).collect();
        for alarm in self.alarms {
            match alarm.define() {
                Ok(alarm) => definitions.alarms.push(alarm),
                Err(AlarmError::Wrong(detail)) => return Err(detail),
                Err(AlarmError::OtherKind(detail)) => left_out.push(detail),
            }
        }
        definitions.filters = self
            .filters
            .into_iter()
            .map(WrittenFilter::define)
            .collect::<Result<_, _>>()?;
        definitions.composites = self
            .composites
            .into_iter()
            .map(WrittenComposite::define)
            .collect::<Result<_, _>>()?;
        definitions.mute_rules = self
            .mute_rules
            .into_iter()
            .map(WrittenMuteRule::define)
            .collect::<Result<_, _>>()?;
        if definitions.is_empty() {
            return Err(left_out
                .into_iter()
                .next()
                .unwrap_or_else(|| NOTHING.to_owned()));
        }
        definitions.warnings.extend(left_out);
        Ok(definitions)
    }

    fn unknown_fields(&self) -> Vec<String> {
        let is_descriptive = |path: &&String| {
            let field = path.rsplit('.').next().unwrap_or(path);
            DESCRIPTIVE
                .iter()
                .any(|known| known.eq_ignore_ascii_case(field))
                || path.contains("ResponseMetadata")
        };
        let unknown = self.unknown.iter().filter(|path| !is_descriptive(path));
        unknown
            .map(|path| {
                format!(
                    "unknown field `{path}`; the fields of an alarm are those of PutMetricAlarm"
                )
            })
            .collect()
    }
}

/// Why a log alarm is left out.
fn log_alarm(alarm: &Value) -> String {
    let name = alarm
        .get("AlarmName")
        .and_then(Value::as_str)
        .unwrap_or("without a name");
    format!(
        "alarm `{name}`: a log alarm cannot be replayed: it stands on queries of CloudWatch Logs Insights"
    )
}

/// Why a file without definitions is refused.
const NOTHING: &str = "there is no alarm, no metric filter and no mute rule: expected what `aws cloudwatch \
    describe-alarms` or `aws logs describe-metric-filters` prints, a CloudFormation template, or `[[alarm]]` and \
    `[[metric-filter]]`";

/// What describes an alarm, a filter or a mute rule on AWS and does not define it.
const DESCRIPTIVE: [&str; 22] = [
    "applyOnTransformedLogs",
    "creationTime",
    "emitSystemFieldDimensions",
    "fieldSelectionCriteria",
    "nextToken",
    "ActionsSuppressedBy",
    "ActionsSuppressedReason",
    "AlarmConfigurationUpdatedTimestamp",
    "AlarmMuteRuleArn",
    "AlarmType",
    "Description",
    "EvaluationInterval",
    "EvaluationState",
    "LastUpdatedTimestamp",
    "MuteType",
    "NextToken",
    "StateReason",
    "StateReasonData",
    "StateTransitionedTimestamp",
    "StateUpdatedTimestamp",
    "Status",
    "Tags",
];
