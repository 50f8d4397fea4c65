//! The metric or expression that an alarm watches.

use std::fmt;

use crate::metric::{MetricFilter, MetricMath, MetricStat, Statistic};

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

    /// Returns whether a filter publishes one of the metrics, whatever the dimensions and the unit.
    pub fn is_published_by(&self, filter: &MetricFilter) -> bool {
        let mut metrics = self.metrics().into_iter();
        metrics.any(|stat| filter.publishes(&stat.metric))
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
