//! The clock of an alarm: its evaluations, numbered by their steps since the epoch.

use std::ops::Range;

use jiff::Timestamp;

use crate::alarm::definition::configuration::AlarmConfiguration;
use crate::alarm::replay::options::{ReplayOptions, ReplayRange};

/// The milliseconds of a second.
pub(super) const MILLISECONDS: i64 = 1000;

/// The clock of an alarm. Step `n` begins `n` step lengths after the epoch, and its evaluation runs
/// an offset later.
#[derive(Clone, Copy, Debug)]
pub(super) struct EvaluationClock {
    step_milliseconds: i64,
    offset_milliseconds: i64,
}

impl EvaluationClock {
    /// Creates the clock of an alarm, with the offset of the options if they have one.
    pub(super) fn new(alarm: &AlarmConfiguration, options: &ReplayOptions) -> Self {
        let step_milliseconds = i64::from(alarm.step_seconds()) * MILLISECONDS;
        let own_offset = alarm.evaluation_offset_seconds() * MILLISECONDS;
        let offset = options.evaluation_offset_milliseconds.unwrap_or(own_offset);
        Self {
            step_milliseconds,
            // An offset of a whole step or more would only number the steps differently.
            offset_milliseconds: offset.rem_euclid(step_milliseconds),
        }
    }

    pub(super) fn step_milliseconds(self) -> i64 {
        self.step_milliseconds
    }

    pub(super) fn offset_milliseconds(self) -> i64 {
        self.offset_milliseconds
    }

    /// Returns the steps that begin in a range, and whose evaluations run in it.
    pub(super) fn steps(self, range: ReplayRange) -> Range<i64> {
        let start = self.first_step_from(milliseconds(range.start));
        // What runs after the end is not part of the replay, even if its step begins before it.
        let end = self.first_step_at(ceil_milliseconds(range.end));
        start..end.max(start)
    }

    /// Returns the first step that begins at this moment or after it.
    pub(super) fn first_step_from(self, milliseconds: i64) -> i64 {
        div_ceil(milliseconds, self.step_milliseconds)
    }

    /// Returns the beginning of a step.
    pub(super) fn step_start(self, step: i64) -> Timestamp {
        moment(step.saturating_mul(self.step_milliseconds))
    }

    /// Returns the moment at which the evaluation of a step runs.
    pub(super) fn evaluation_time(self, step: i64) -> Timestamp {
        let start = step.saturating_mul(self.step_milliseconds);
        moment(start.saturating_add(self.offset_milliseconds))
    }

    /// Returns the first step whose evaluation runs at this moment or after it.
    pub(super) fn first_step_at(self, milliseconds: i64) -> i64 {
        self.first_step_from(milliseconds.saturating_sub(self.offset_milliseconds))
    }

    /// Returns the first step whose evaluation runs after this moment.
    pub(super) fn first_step_after(self, moment: Timestamp) -> i64 {
        self.last_step_at(milliseconds(moment)) + 1
    }

    /// Returns the step whose evaluation is nearest to this moment.
    pub(super) fn nearest_step(self, moment: Timestamp) -> i64 {
        // The nearest is the last that runs up to half a step later.
        self.last_step_at(milliseconds(moment) + self.step_milliseconds / 2)
    }

    /// Returns the last step whose evaluation runs at this moment or before it.
    fn last_step_at(self, milliseconds: i64) -> i64 {
        let since_offset = milliseconds.saturating_sub(self.offset_milliseconds);
        since_offset.div_euclid(self.step_milliseconds)
    }

    /// Returns whether two moments can be the time of one evaluation: they are less than half a
    /// step apart. AWS's evaluations are late by some milliseconds, never by a step (sources, E3).
    pub(super) fn is_same_step(self, one: Timestamp, other: Timestamp) -> bool {
        let apart = milliseconds(one).abs_diff(milliseconds(other));
        apart * 2 < self.step_milliseconds.unsigned_abs()
    }
}

fn milliseconds(moment: Timestamp) -> i64 {
    moment.as_millisecond()
}

/// Returns a moment in milliseconds, rounded up.
pub(super) fn ceil_milliseconds(moment: Timestamp) -> i64 {
    let milliseconds = moment.as_millisecond();
    let whole = Timestamp::from_millisecond(milliseconds);
    milliseconds + i64::from(whole.is_ok_and(|whole| whole < moment))
}

/// Returns a moment, held within what a timestamp can express.
fn moment(milliseconds: i64) -> Timestamp {
    let nearest = match milliseconds {
        ..0 => Timestamp::MIN,
        0.. => Timestamp::MAX,
    };
    Timestamp::from_millisecond(milliseconds).unwrap_or(nearest)
}

/// Divides, and rounds up.
fn div_ceil(number: i64, divisor: i64) -> i64 {
    number.div_euclid(divisor) + i64::from(number.rem_euclid(divisor) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The clock of an alarm that is evaluated 30 seconds after each full minute.
    fn clock() -> EvaluationClock {
        let alarm = AlarmConfiguration::on_sum("a", Default::default());
        EvaluationClock::new(&alarm, &ReplayOptions::default())
    }

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).unwrap()
    }

    #[test]
    fn a_step_is_evaluated_an_offset_after_it_begins() {
        assert_eq!(clock().step_milliseconds(), 60_000);
        assert_eq!(clock().offset_milliseconds(), 30_000);
        assert_eq!(clock().step_start(2), at(120_000));
        assert_eq!(clock().evaluation_time(2), at(150_000));
        assert_eq!(clock().evaluation_time(-1), at(-30_000));
    }

    #[test]
    fn a_step_beyond_all_time_is_at_its_end_or_its_beginning() {
        for (step, expected) in [(i64::MIN, Timestamp::MIN), (i64::MAX, Timestamp::MAX)] {
            assert_eq!(clock().step_start(step), expected);
            assert_eq!(clock().evaluation_time(step), expected);
        }
        assert!(clock().first_step_at(i64::MIN) < clock().first_step_at(i64::MAX));
    }

    #[test]
    fn a_range_has_the_steps_that_begin_and_are_evaluated_in_it() {
        let steps = |start, end| {
            let (start, end) = (at(start), at(end));
            clock().steps(ReplayRange { start, end })
        };
        assert_eq!(steps(0, 120_000), 0..2);
        assert_eq!(steps(1, 120_001), 1..2);
        assert_eq!(steps(-60_000, -1), -1..0);
        // The evaluation of step 2 runs at millisecond 150,000.
        assert_eq!(steps(0, 150_000), 0..2);
        assert_eq!(steps(0, 150_001), 0..3);
        assert!(steps(120_000, 130_000).is_empty());
        let end = at(150_000) + jiff::SignedDuration::from_nanos(1);
        let range = ReplayRange { start: at(0), end };
        assert_eq!(clock().steps(range), 0..3);
    }

    #[test]
    fn steps_are_found_by_the_time_of_their_evaluation() {
        assert_eq!(clock().first_step_at(150_000), 2);
        assert_eq!(clock().first_step_at(150_001), 3);
        assert_eq!(clock().first_step_after(at(149_999)), 2);
        assert_eq!(clock().first_step_after(at(150_000)), 3);
        assert_eq!(clock().nearest_step(at(179_999)), 2);
        assert_eq!(clock().nearest_step(at(180_000)), 3);
        assert_eq!(clock().nearest_step(at(120_000)), 2);
        assert_eq!(clock().nearest_step(at(119_999)), 1);
    }

    #[test]
    fn moments_less_than_half_a_step_apart_are_of_one_evaluation() {
        for (milliseconds, expected) in [(0, true), (29_999, true), (30_000, false)] {
            let (one, other) = (at(150_000), at(150_000 + milliseconds));
            assert_eq!(clock().is_same_step(one, other), expected);
            assert_eq!(clock().is_same_step(other, one), expected);
        }
    }
}
