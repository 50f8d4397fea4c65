//! The metric filter: which records count, and as what.

use jiff::Timestamp;

use super::series::Sample;
use crate::period::{floor_to_period, timestamp};

/// The resolution of metrics that filters publish, in seconds: the datapoint of a log event carries the event's time
/// floored to the minute (recorded on AWS, `alarm-recorded` 4).
pub const RESOLUTION_SECONDS: u32 = 60;

/// A metric filter of CloudWatch Logs, with one transformation (API, `PutMetricFilter`).
#[derive(Clone, Debug, PartialEq)]
pub struct MetricFilter {
    /// The filter pattern, as written.
    pub pattern: String,
    /// The namespace of the metric.
    pub namespace: String,
    /// The name of the metric.
    pub metric_name: String,
    /// The number that each matching event adds to the metric.
    pub metric_value: f64,
}

impl MetricFilter {
    /// The sample that a matching event of this time contributes.
    pub fn sample(&self, event_time: Timestamp) -> Sample {
        let minute = floor_to_period(event_time.as_second(), RESOLUTION_SECONDS);
        Sample { timestamp: timestamp(minute), value: self.metric_value }
    }
}
