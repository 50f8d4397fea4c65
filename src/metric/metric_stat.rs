//! A statistic of a metric.

use std::fmt;

use super::{MetricIdentity, Statistic, Unit};

/// A statistic of a metric (API, `MetricStat`).
#[derive(Clone, Debug, PartialEq)]
pub struct MetricStat {
    /// The metric.
    pub metric: MetricIdentity,
    /// The unit of the samples that count; any when there is none.
    pub unit: Option<Unit>,
    /// The statistic.
    pub statistic: Statistic,
}

impl MetricStat {
    /// A statistic of a metric in any unit.
    pub fn new(metric: MetricIdentity, statistic: Statistic) -> Self {
        Self {
            metric,
            unit: None,
            statistic,
        }
    }
}

/// The sum of a metric without a name.
impl Default for MetricStat {
    fn default() -> Self {
        Self::new(MetricIdentity::default(), Statistic::Sum)
    }
}

impl fmt::Display for MetricStat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} of {}/{}",
            self.statistic, self.metric.namespace, self.metric.metric_name
        )
    }
}
