//! A metric together with the statistic that is computed of it.

use std::fmt;

use super::filter::MetricFilter;
use super::identity::MetricIdentity;
use super::statistic::Statistic;
use super::unit::Unit;

/// A statistic of a metric (API, `MetricStat`).
#[derive(Clone, Debug, PartialEq)]
pub struct MetricStat {
    /// The metric.
    pub metric: MetricIdentity,
    /// The unit of the samples that count; without one, samples of any unit do.
    pub unit: Option<Unit>,
    /// The statistic.
    pub statistic: Statistic,
}

impl MetricStat {
    /// Creates a statistic of a metric in any unit.
    pub fn new(metric: MetricIdentity, statistic: Statistic) -> Self {
        Self {
            metric,
            unit: None,
            statistic,
        }
    }

    /// Returns whether the statistic counts samples of a filter: those of its dimensions, if the
    /// filter publishes the metric in its unit (sources, M12).
    pub fn counts_samples_of(&self, filter: &MetricFilter) -> bool {
        let has_unit = self.unit.is_none_or(|unit| unit == filter.unit);
        has_unit && filter.publishes(&self.metric)
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
        write!(formatter, "{} of {}", self.statistic, self.metric)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statistic_counts_the_samples_of_its_metric_in_its_unit() {
        let filter = MetricFilter::counting("x", "N", "M");
        let own = MetricStat::new(filter.metric(), Statistic::Sum);
        let in_unit = |unit| MetricStat {
            unit: Some(unit),
            ..own.clone()
        };
        assert!(own.counts_samples_of(&filter));
        assert!(in_unit(Unit::NONE).counts_samples_of(&filter));
        assert!(!in_unit("Count".parse().unwrap()).counts_samples_of(&filter));
        assert!(!MetricStat::default().counts_samples_of(&filter));
    }

    #[test]
    fn a_statistic_is_shown_with_its_metric() {
        let filter = MetricFilter::counting("x", "N", "M");
        let stat = MetricStat::new(filter.metric(), Statistic::Sum);
        assert_eq!(stat.to_string(), format!("Sum of {}", filter.metric()));
    }
}
