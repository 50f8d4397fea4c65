//! The content of a job file, before it is checked, and the fields that define nothing.

use serde::{Deserialize, Serialize};

use super::alarms::WrittenAlarm;
use super::coercion::is_one_of;
use super::composites::WrittenComposite;
use super::filters::WrittenFilter;
use super::mutes::WrittenMuteRule;
use crate::text::printable;

/// Definitions as a job file has them.
#[derive(Debug, Default, Deserialize)]
pub(super) struct WrittenDefinitions {
    #[serde(rename = "MetricAlarms", alias = "alarm", default)]
    pub(super) alarms: Vec<WrittenAlarm>,
    #[serde(rename = "metricFilters", alias = "metric-filter", default)]
    pub(super) filters: Vec<WrittenFilter>,
    #[serde(rename = "CompositeAlarms", alias = "composite-alarm", default)]
    pub(super) composites: Vec<WrittenComposite>,
    #[serde(rename = "mute-rule", default)]
    pub(super) mute_rules: Vec<WrittenMuteRule>,
    /// The paths of fields that mean nothing here.
    #[serde(skip)]
    pub(super) unknown: Vec<String>,
}

/// A job file.
#[derive(Debug, Serialize)]
pub(super) struct WrittenJob {
    #[serde(rename = "metric-filter", skip_serializing_if = "Vec::is_empty")]
    pub(super) filters: Vec<WrittenFilter>,
    #[serde(rename = "alarm", skip_serializing_if = "Vec::is_empty")]
    pub(super) alarms: Vec<WrittenAlarm>,
    #[serde(rename = "composite-alarm", skip_serializing_if = "Vec::is_empty")]
    pub(super) composites: Vec<WrittenComposite>,
    #[serde(rename = "mute-rule", skip_serializing_if = "Vec::is_empty")]
    pub(super) mute_rules: Vec<WrittenMuteRule>,
}

// AWS prints them with each definition. A warning about each would hide the one about a typing
// error.
/// Fields that describe an alarm, a filter or a mute rule on AWS without defining it.
const DESCRIPTIVE: [&str; 20] = [
    "creationTime",
    "nextToken",
    "ActionConfiguration",
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

/// Returns a warning for each field that is not known, since it may be a typing error.
pub(super) fn warn_of_unknown_fields(paths: &[String]) -> Vec<String> {
    let unknown = paths.iter().filter(|path| !is_descriptive(path));
    unknown.map(|path| warn_of_unknown(path)).collect()
}

fn warn_of_unknown(path: &str) -> String {
    let is_account = path.ends_with(".AccountId");
    let path = printable(path);
    if is_account {
        return format!("`{path}` is not used: an alarm sees the samples of every account");
    }
    format!("unknown field `{path}`; the fields of an alarm are those of PutMetricAlarm")
}

fn is_descriptive(path: &str) -> bool {
    let field = path.rsplit('.').next().unwrap_or(path);
    is_one_of(&DESCRIPTIVE, field) || path.contains("ResponseMetadata")
}
