//! What an alarm watches: a metric, or an expression over several.

use std::borrow::Cow;
use std::fmt;

use crate::metric::{MetricIdentity, MetricMath, MetricStat, Series, Statistic};

/// What an alarm watches.
#[derive(Clone, Debug, PartialEq)]
pub enum Watched {
    /// A statistic of a metric.
    Metric(MetricStat),
    /// Metric math.
    Math(MetricMath),
}

/// The series that an alarm sees.
#[derive(Clone, Copy, Debug)]
pub enum Observed<'a> {
    /// Every metric of the alarm has these samples.
    One(&'a Series),
    /// The metrics of the alarm have these, in their order.
    Each(&'a [Series]),
}

impl Watched {
    /// The metrics, in the order in which the alarm names them.
    pub fn metrics(&self) -> Vec<&MetricStat> {
        match self {
            Self::Metric(metric) => vec![metric],
            Self::Math(math) => math.metrics().collect(),
        }
    }

    /// The metric, where there is one and nothing is computed from it.
    pub fn metric(&self) -> Option<&MetricStat> {
        match self {
            Self::Metric(metric) => Some(metric),
            Self::Math(_) => None,
        }
    }

    /// The statistic of the metric, where there is one and nothing is computed from it.
    pub fn statistic(&self) -> Option<Statistic> {
        self.metric().map(|metric| metric.statistic)
    }

    /// Whether this is a statistic of this metric.
    pub fn is_of(&self, namespace: &str, metric_name: &str) -> bool {
        let is_it = |metric: &MetricIdentity| {
            metric.namespace == namespace && metric.metric_name == metric_name
        };
        self.metric().is_some_and(|metric| is_it(&metric.metric))
    }

    /// Whether its datapoints depend on the time itself, and not on samples alone.
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
                formatter.write_str(math.returned().map_or("", |query| query.text()))
            }
        }
    }
}

impl<'a> Observed<'a> {
    /// The series of the metric with this number.
    pub(in crate::alarm) fn of(self, number: usize) -> Option<&'a Series> {
        match self {
            Self::One(series) => Some(series),
            Self::Each(series) => series.get(number),
        }
    }

    /// The samples of all metrics together.
    pub(in crate::alarm) fn together(self) -> Cow<'a, Series> {
        match self {
            Self::One(series) | Self::Each([series]) => Cow::Borrowed(series),
            Self::Each(several) => {
                let samples = several
                    .iter()
                    .flat_map(|series| series.samples().iter().copied());
                Cow::Owned(Series::new(samples.collect()))
            }
        }
    }
}

impl<'a> From<&'a Series> for Observed<'a> {
    fn from(series: &'a Series) -> Self {
        Self::One(series)
    }
}

impl<'a> From<&'a [Series]> for Observed<'a> {
    fn from(series: &'a [Series]) -> Self {
        Self::Each(series)
    }
}
