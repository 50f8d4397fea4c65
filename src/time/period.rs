//! Time ranges and the grid of periods that metrics are counted on.

use jiff::Timestamp;

/// A half-open stretch of time: `start` belongs to it, `end` does not. A missing bound is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeRange {
    /// The first moment inside.
    pub start: Option<Timestamp>,
    /// The first moment behind.
    pub end: Option<Timestamp>,
}

impl TimeRange {
    /// Whether `moment` lies inside.
    pub fn contains(&self, moment: Timestamp) -> bool {
        self.start.is_none_or(|start| start <= moment) && self.end.is_none_or(|end| moment < end)
    }

    /// The same range with its start moved back by `seconds`, as far as timestamps reach.
    pub fn starting_earlier_by(self, seconds: i64) -> Self {
        let earlier = |start: Timestamp| timestamp(start.as_second().saturating_sub(seconds));
        Self {
            start: self.start.map(earlier),
            end: self.end,
        }
    }
}

/// The earliest and the latest moment seen so far; empty until the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeSpan {
    bounds: Option<(Timestamp, Timestamp)>,
}

impl TimeSpan {
    /// The earliest moment seen.
    pub fn first(&self) -> Option<Timestamp> {
        self.bounds.map(|(first, _)| first)
    }

    /// The latest moment seen.
    pub fn last(&self) -> Option<Timestamp> {
        self.bounds.map(|(_, last)| last)
    }

    /// Widens the span to `moment`.
    pub fn include(&mut self, moment: Timestamp) {
        self.bounds = Some(match self.bounds {
            None => (moment, moment),
            Some((first, last)) => (first.min(moment), last.max(moment)),
        });
    }

    /// Widens the span to everything that `other` saw.
    pub fn merge(&mut self, other: &Self) {
        for moment in [other.first(), other.last()].into_iter().flatten() {
            self.include(moment);
        }
    }
}

/// The start of the period that `moment` falls into: the multiple of `period_seconds` since the
/// epoch that is not after it. A datapoint is stamped with the beginning of its period, start
/// inclusive and end exclusive (CloudWatch API, `GetMetricData`).
pub fn floor_to_period(moment_seconds: i64, period_seconds: u32) -> i64 {
    moment_seconds - moment_seconds.rem_euclid(i64::from(period_seconds.max(1)))
}

/// The timestamp of a number of seconds since the epoch, held within what a timestamp can express.
pub fn timestamp(seconds: i64) -> Timestamp {
    let bounded = seconds.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(bounded).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The moment held to the microsecond, as tables hold it, so that what was written and read back is
/// the same.
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
