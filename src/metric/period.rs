//! Periods: the equal pieces of time that samples are aggregated over.

use jiff::Timestamp;

use super::sample::Sample;
use super::statistic_set::StatisticSet;
use crate::time::period::timestamp;

/// The samples of one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Period<'a> {
    /// The beginning of the period, which stamps its datapoint.
    pub start: Timestamp,
    /// The samples of the period, at least one.
    pub samples: &'a [Sample],
}

impl<'a> Period<'a> {
    /// Creates a period from its samples, of which there must be at least one.
    // All samples of a period have the same start, so any of them would do.
    pub(super) fn new(samples: &'a [Sample], period_seconds: u32) -> Self {
        let start = timestamp(samples[0].period_start(period_seconds));
        Self { start, samples }
    }

    /// Returns the count, sum and bounds of the samples.
    pub(super) fn statistics(&self) -> Option<StatisticSet> {
        StatisticSet::merged(self.samples.iter().map(Sample::statistics))
    }
}

/// A text that is not the length of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a period is 1, 5, 10, 20, 30 or a multiple of 60 seconds")]
pub struct InvalidPeriod;

/// Parses the length of a period for which statistics can be retrieved (API,
/// `GetMetricStatistics`).
///
/// # Errors
///
/// Returns an error if CloudWatch has no such period.
pub fn parse_period_seconds(text: &str) -> Result<u32, InvalidPeriod> {
    let seconds = text.parse().ok();
    seconds.filter(is_period).ok_or(InvalidPeriod)
}

// Periods of less than a minute exist for metrics of high resolution only; whether a metric is one,
// a file of samples does not say.
fn is_period(seconds: &u32) -> bool {
    matches!(seconds, 1 | 5 | 10 | 20 | 30) || *seconds > 0 && seconds.is_multiple_of(60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_those_of_cloudwatch() {
        for seconds in [1, 5, 10, 20, 30, 60, 300, 86_400] {
            assert_eq!(parse_period_seconds(&seconds.to_string()), Ok(seconds));
        }
        for wrong in ["", "0", "7", "15", "61", "-60", "60.0"] {
            assert_eq!(parse_period_seconds(wrong), Err(InvalidPeriod), "{wrong}");
        }
    }
}
