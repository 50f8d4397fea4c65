//! The part that a property plays in a definition: it decides what happens where its value is known
//! only after deployment.

/// The part that a property plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It does not change what an alarm does. A placeholder is kept in silence.
    Indifferent,
    /// It names a definition. A placeholder is as good a name as any, and is reported.
    Name,
    /// It names a metric. The placeholder of a parameter is the same wherever the metric is named,
    /// so filters and alarms still meet; other placeholders are not.
    Metric,
    /// It changes what an alarm does.
    Essential,
}

/// Properties that do not change what an alarm does.
const INDIFFERENT: [&str; 10] = [
    "AccountId",
    "ActionConfiguration",
    "AlarmActions",
    "AlarmDescription",
    "Description",
    "InsufficientDataActions",
    "Label",
    // An archive has no log groups, so the name only serves to choose among filters.
    "LogGroupName",
    "OKActions",
    "Tags",
];

/// Properties that name definitions.
const NAMES: [&str; 6] = [
    "ActionsSuppressor",
    "AlarmName",
    "AlarmNames",
    "AlarmRule",
    "FilterName",
    "Name",
];

/// Properties that name metrics.
const METRICS: [&str; 3] = ["MetricName", "MetricNamespace", "Namespace"];

impl Role {
    /// Returns the part that the property with this name plays.
    pub(super) fn from_name(name: &str) -> Self {
        if INDIFFERENT.contains(&name) {
            Self::Indifferent
        } else if NAMES.contains(&name) {
            Self::Name
        } else if METRICS.contains(&name) {
            Self::Metric
        } else {
            // A property that is on no list may do anything, so nothing in it may be guessed.
            Self::Essential
        }
    }
}
