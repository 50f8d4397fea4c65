//! The metric or expression that an alarm watches.

use std::fmt;

use crate::metric::{MetricMath, MetricStat, Statistic};

/// The metric or expression that an alarm watches.
#[derive(Clone, Debug, PartialEq)]
pub enum Watched {
    /// A statistic of a metric.
    Metric(MetricStat),
    /// Metric math.
    Math(MetricMath),
}

impl Watched {
    /// Returns the metrics, in the order in which the alarm names them.
    pub fn metrics(&self) -> Vec<&MetricStat> {
        match self {
            Self::Metric(metric) => vec![metric],
            Self::Math(math) => math.metrics().collect(),
        }
    }

    /// Returns the metric; `None` for metric math.
    pub fn metric(&self) -> Option<&MetricStat> {
        match self {
            Self::Metric(metric) => Some(metric),
            Self::Math(_) => None,
        }
    }

    /// Returns the statistic of the metric; `None` for metric math.
    pub fn statistic(&self) -> Option<Statistic> {
        self.metric().map(|metric| metric.statistic)
    }

    /// Returns whether this is a statistic of the metric of this name.
    pub fn is_of(&self, namespace: &str, metric_name: &str) -> bool {
        self.metric().is_some_and(|stat| {
            stat.metric.namespace == namespace && stat.metric.metric_name == metric_name
        })
    }

    /// Returns whether datapoints depend on the time itself, and not on samples alone.
    pub fn depends_on_time(&self) -> bool {
        match self {
            Self::Metric(_) => false,
            Self::Math(math) => math.depends_on_time(),
        }
    }
}

/// The statistic and the metric, or the expression that is returned.
impl fmt::Display for Watched {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Metric(metric) => write!(formatter, "{metric}"),
            Self::Math(math) => {
                let text = math.returned().map_or("", |query| query.text());
                formatter.write_str(text)
            }
        }
    }
}
