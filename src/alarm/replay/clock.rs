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
        let offset_milliseconds = options
            .evaluation_offset_milliseconds
            .unwrap_or_else(|| alarm.evaluation_offset_seconds() * MILLISECONDS);
        Self {
            step_milliseconds,
            offset_milliseconds: offset_milliseconds.rem_euclid(step_milliseconds),
        }
    }

    pub(super) fn step_milliseconds(self) -> i64 {
        self.step_milliseconds
    }

    pub(super) fn offset_milliseconds(self) -> i64 {
        self.offset_milliseconds
    }

    /// Returns the steps that begin in a range.
    pub(super) fn steps(self, range: ReplayRange) -> Range<i64> {
        let start = div_ceil(range.start.as_millisecond(), self.step_milliseconds);
        let end = div_ceil(range.end.as_millisecond(), self.step_milliseconds);
        start..end
    }

    /// Returns the beginning of a step.
    pub(super) fn step_start(self, step: i64) -> Timestamp {
        let milliseconds = step.saturating_mul(self.step_milliseconds);
        Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX)
    }

    /// Returns the moment at which the evaluation of a step runs.
    pub(super) fn evaluation_time(self, step: i64) -> Timestamp {
        let milliseconds = step * self.step_milliseconds + self.offset_milliseconds;
        Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX)
    }

    /// Returns the first step whose evaluation runs at this moment or after it.
    pub(super) fn first_step_at(self, milliseconds: i64) -> i64 {
        let since_offset = milliseconds - self.offset_milliseconds;
        div_ceil(since_offset, self.step_milliseconds)
    }

    /// Returns the first step whose evaluation runs after this moment.
    pub(super) fn first_step_after(self, moment: Timestamp) -> i64 {
        let since_offset = moment.as_millisecond() - self.offset_milliseconds;
        since_offset.div_euclid(self.step_milliseconds) + 1
    }

    /// Returns the step whose evaluation is nearest to this moment.
    pub(super) fn nearest_step(self, moment: Timestamp) -> i64 {
        let since_offset = moment.as_millisecond() - self.offset_milliseconds;
        (since_offset + self.step_milliseconds / 2).div_euclid(self.step_milliseconds)
    }

    /// Returns whether two moments are less than half a step apart, so that they can be the time of
    /// one evaluation.
    pub(super) fn is_same_step(self, one: Timestamp, other: Timestamp) -> bool {
        let apart = one.as_millisecond().abs_diff(other.as_millisecond());
        apart * 2 < self.step_milliseconds.unsigned_abs()
    }
}

/// Divides, and rounds up.
pub(super) fn div_ceil(number: i64, divisor: i64) -> i64 {
    number.div_euclid(divisor) + i64::from(number.rem_euclid(divisor) != 0)
}
