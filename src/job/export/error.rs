//! The reasons for which definitions cannot be exported.

use crate::alarm::definition::configuration::AlarmConfigurationError;
use crate::metric::FilterError;
use crate::text::printable;

/// The reason for which definitions cannot be exported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// AWS would refuse a metric filter.
    #[error("metric filter `{}`: {error}", printable(name))]
    Filter {
        /// The name of the filter.
        name: String,
        /// The reason.
        error: FilterError,
    },
    /// AWS would refuse an alarm.
    #[error("alarm `{}`: {error}", printable(name))]
    Alarm {
        /// The name of the alarm.
        name: String,
        /// The reason.
        error: AlarmConfigurationError,
    },
    /// AWS would refuse a name.
    #[error("{kind} `{}`: {rule}", printable(name))]
    Name {
        /// The kind of the definition.
        kind: &'static str,
        /// The name.
        name: String,
        /// The rule that the name breaks.
        rule: &'static str,
    },
    /// An alarm on an expression has no statistic of its own.
    #[error(
        "alarm `{}` watches an expression, whose metrics have statistics of their own: export it \
         without --statistic",
        printable(.0)
    )]
    StatisticOfMath(String),
    /// There is nothing that the format can express. Each message says why.
    #[error("nothing can be exported{}", reasons(.0))]
    Nothing(Vec<String>),
    /// A value cannot be written.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

fn reasons(messages: &[String]) -> String {
    match messages {
        [] => ": there is no definition".to_owned(),
        messages => format!(": {}", messages.join("; ")),
    }
}
