//! Time ranges, and the periods that metrics are counted in.

use jiff::Timestamp;

/// The seconds of a day.
pub const DAY_SECONDS: i64 = 86_400;

/// A half-open range of time: it includes `start` and excludes `end`. A missing bound is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeRange {
    /// The first moment in the range.
    pub start: Option<Timestamp>,
    /// The first moment after the range.
    pub end: Option<Timestamp>,
}

/// A range that ends before it starts, or when it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the time range is empty: its start {start} is not before its end {end}")]
pub struct EmptyRange {
    /// The start.
    pub start: Timestamp,
    /// The end.
    pub end: Timestamp,
}

impl TimeRange {
    /// Returns whether `moment` is in the range.
    pub fn contains(&self, moment: Timestamp) -> bool {
        self.start.is_none_or(|start| start <= moment) && self.end.is_none_or(|end| moment < end)
    }

    /// Checks that the range is not empty.
    ///
    /// # Errors
    ///
    /// Returns an error if it is.
    pub fn check(self) -> Result<(), EmptyRange> {
        match (self.start, self.end) {
            (Some(start), Some(end)) if start >= end => Err(EmptyRange { start, end }),
            _ => Ok(()),
        }
    }

    /// Returns the range with an earlier start, as far as timestamps reach.
    pub fn starting_earlier_by(self, seconds: i64) -> Self {
        let earlier = |start: Timestamp| timestamp(start.as_second().saturating_sub(seconds));
        Self {
            start: self.start.map(earlier),
            ..self
        }
    }
}

/// The earliest and the latest moment so far; empty until the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeSpan {
    bounds: Option<(Timestamp, Timestamp)>,
}

impl TimeSpan {
    /// Returns the earliest moment.
    pub fn first(&self) -> Option<Timestamp> {
        self.bounds.map(|(first, _)| first)
    }

    /// Returns the latest moment.
    pub fn last(&self) -> Option<Timestamp> {
        self.bounds.map(|(_, last)| last)
    }

    /// Extends the span to `moment`.
    pub fn include(&mut self, moment: Timestamp) {
        self.bounds = Some(match self.bounds {
            None => (moment, moment),
            Some((first, last)) => (first.min(moment), last.max(moment)),
        });
    }

    /// Extends the span to both moments of `other`.
    pub fn merge(&mut self, other: &Self) {
        for moment in [other.first(), other.last()].into_iter().flatten() {
            self.include(moment);
        }
    }
}

/// Returns the start of the period that a moment is in: the last multiple of `period_seconds` since
/// the epoch that is not after it. A datapoint has the time of the start of its period, which
/// includes its start and excludes its end (CloudWatch API, `GetMetricData`).
pub fn floor_to_period(moment_seconds: i64, period_seconds: u32) -> i64 {
    moment_seconds - moment_seconds.rem_euclid(i64::from(period_seconds.max(1)))
}

/// Returns the timestamp of a number of seconds since the epoch, or the nearest possible one.
pub fn timestamp(seconds: i64) -> Timestamp {
    let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(seconds.clamp(first, last)).unwrap_or_default()
}

/// Truncates a moment to microseconds, as tables do, so that it is the same after it was written
/// and read back.
pub fn to_microsecond(moment: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(moment.as_microsecond()).unwrap_or(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_begin_at_multiples_since_the_epoch() {
        assert_eq!(floor_to_period(899, 300), 600);
        assert_eq!(floor_to_period(900, 300), 900);
        assert_eq!(floor_to_period(-1, 300), -300);
    }

    #[test]
    fn a_range_holds_its_start_and_not_its_end() {
        let range = TimeRange {
            start: Some(timestamp(10)),
            end: Some(timestamp(20)),
        };
        assert!(range.contains(timestamp(10)));
        assert!(!range.contains(timestamp(20)));
        assert!(range.starting_earlier_by(5).contains(timestamp(5)));
        assert!(TimeRange::default().contains(Timestamp::MIN));
    }

    #[test]
    fn a_span_grows_in_both_directions() {
        let mut span = TimeSpan::default();
        assert_eq!(span.first(), None);
        span.include(timestamp(5));
        let mut other = TimeSpan::default();
        other.include(timestamp(-5));
        span.merge(&other);
        assert_eq!(
            (span.first(), span.last()),
            (Some(timestamp(-5)), Some(timestamp(5)))
        );
    }
}
