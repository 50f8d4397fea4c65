//! The times at which an alarm is evaluated, and how far back it looks.

use crate::alarm::definition::configuration::{AlarmConfiguration, ONE_DAY_SECONDS};
use crate::alarm::definition::evaluation_window::EvaluationWindow;
use crate::alarm::definition::watched::Watched;

/// The time between two evaluations of an alarm with a period of a minute or more (user guide,
/// "Evaluating an alarm").
const STEP_SECONDS: u32 = 60;

/// The time between two evaluations of a high-resolution alarm, with a period under a minute.
const HIGH_RESOLUTION_STEP_SECONDS: u32 = 10;

/// The time between two evaluations of an alarm over more than a day.
const MULTI_DAY_STEP_SECONDS: u32 = 3600;

/// The time from a full minute to the evaluation. Each alarm has an offset of its own, constant
/// over days, which AWS does not publish (sources, E3).
pub const EVALUATION_OFFSET_SECONDS: i64 = 30;

/// The time from a full hour to the evaluation of an alarm over more than a day. The documented
/// example runs at three minutes past.
const MULTI_DAY_EVALUATION_OFFSET_SECONDS: i64 = 180;

/// The age that data must have for an evaluation of a high-resolution alarm (sources, E5).
const HIGH_RESOLUTION_DATA_DELAY_SECONDS: i64 = 10;

/// The shortest time from the last effect of a sample until the end of a replay.
const MARGIN_SECONDS: i64 = 60;

/// The time covered by the extra datapoints of an evaluation range.
const EXTRA_SECONDS: u32 = 300;

/// The longest day of a calendar is this much longer than 24 hours.
const LONG_DAY_SECONDS: i64 = 3600;

impl AlarmConfiguration {
    /// Returns the number of datapoints that are fetched for one evaluation: R, more than N, so
    /// that late ones still count. AWS does not publish it; this formula agrees with the documented
    /// tables and every recorded history (sources, E6).
    pub fn evaluation_range(&self) -> u32 {
        let period = self.period_seconds.max(1);
        let extra = match period {
            STEP_SECONDS.. => EXTRA_SECONDS.div_ceil(period).max(2),
            _ => STEP_SECONDS / period,
        };
        self.evaluation_periods.saturating_add(extra)
    }

    /// Returns the time between two evaluations, in seconds.
    pub fn step_seconds(&self) -> u32 {
        if self.evaluated_seconds() > ONE_DAY_SECONDS {
            MULTI_DAY_STEP_SECONDS
        } else if self.is_high_resolution() {
            HIGH_RESOLUTION_STEP_SECONDS
        } else {
            STEP_SECONDS
        }
    }

    /// Returns how long after a step of the clock an evaluation runs, in seconds.
    pub fn evaluation_offset_seconds(&self) -> i64 {
        match self.step_seconds() {
            MULTI_DAY_STEP_SECONDS => MULTI_DAY_EVALUATION_OFFSET_SECONDS,
            // Evaluations every ten seconds are assumed to run at the full ten seconds.
            step => EVALUATION_OFFSET_SECONDS % i64::from(step),
        }
    }

    /// Returns the age that data must have for an evaluation, in seconds: ten for a period under a
    /// minute, unless the alarm is on metric math; otherwise zero (sources, E5).
    pub fn data_delay_seconds(&self) -> i64 {
        match &self.watched {
            Watched::Metric(_) if self.is_high_resolution() => HIGH_RESOLUTION_DATA_DELAY_SECONDS,
            Watched::Metric(_) | Watched::Math(_) => 0,
        }
    }

    /// Returns the grid that the end of the newest window lies on, in seconds.
    pub(in crate::alarm) fn grid_seconds(&self) -> u32 {
        if self.is_high_resolution() {
            self.period_seconds
        } else {
            self.step_seconds()
        }
    }

    /// Returns the longest time for which a datapoint affects the alarm, in seconds: the evaluation
    /// range and one step.
    pub fn memory_seconds(&self) -> i64 {
        self.memory_seconds_over(self.evaluation_range())
    }

    /// Returns the time after the last sample at which a replay can end with the whole of the last
    /// episode, in seconds.
    pub fn replayed_seconds(&self) -> i64 {
        self.replayed_seconds_over(self.evaluation_range())
    }

    /// Returns the same for an evaluation range of this many datapoints.
    pub fn replayed_seconds_over(&self, evaluation_range: u32) -> i64 {
        // The evaluation that no longer sees the sample runs up to a step after the alarm has
        // forgotten it.
        let margin_seconds = i64::from(self.step_seconds()).max(MARGIN_SECONDS);
        self.memory_seconds_over(evaluation_range) + margin_seconds
    }

    /// Returns the memory over an evaluation range of this many datapoints, in seconds.
    fn memory_seconds_over(&self, evaluation_range: u32) -> i64 {
        let range_seconds = i64::from(evaluation_range) * i64::from(self.period_seconds);
        let until_evaluated = i64::from(self.step_seconds()) + self.data_delay_seconds();
        range_seconds + self.waiting_seconds() + until_evaluated
    }

    /// Returns the longest time before an event is in a complete period. Sliding windows need none,
    /// because the newest one ends with the evaluation.
    fn waiting_seconds(&self) -> i64 {
        match self.evaluation_window {
            EvaluationWindow::Sliding => 0,
            EvaluationWindow::WallClock(_) => i64::from(self.period_seconds) + LONG_DAY_SECONDS,
        }
    }

    /// Returns the length of N periods, in seconds.
    pub(super) fn evaluated_seconds(&self) -> u64 {
        u64::from(self.evaluation_periods) * u64::from(self.period_seconds)
    }

    fn is_high_resolution(&self) -> bool {
        self.period_seconds < STEP_SECONDS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::definition::evaluation_window::WallClock;
    use crate::metric::math::Query;
    use crate::metric::{MetricMath, MetricStat};

    fn alarm(period_seconds: u32, evaluation_periods: u32) -> AlarmConfiguration {
        AlarmConfiguration {
            period_seconds,
            evaluation_periods,
            ..AlarmConfiguration::on_sum("a", Default::default())
        }
    }

    fn on_math(alarm: AlarmConfiguration) -> AlarmConfiguration {
        let queries = vec![Query::metric("m1", MetricStat::default())];
        AlarmConfiguration {
            watched: Watched::Math(MetricMath::new(queries, 0).unwrap()),
            ..alarm
        }
    }

    /// The clock of an alarm and how far back it looks, by its period and N.
    #[test]
    fn period_and_datapoints_decide_the_clock_and_the_range() {
        // Period and N; step and offset; delay and grid; datapoints that are fetched; memory.
        let rows = [
            ((10, 1), (10, 0), (10, 10), 7, 7 * 10 + 20),
            ((20, 1), (10, 0), (10, 20), 4, 4 * 20 + 20),
            ((30, 2), (10, 0), (10, 30), 4, 4 * 30 + 20),
            ((60, 1), (60, 30), (0, 60), 6, 6 * 60 + 60),
            ((120, 1), (60, 30), (0, 60), 4, 4 * 120 + 60),
            ((300, 3), (60, 30), (0, 60), 5, 5 * 300 + 60),
            ((3600, 24), (60, 30), (0, 60), 26, 26 * 3600 + 60),
            ((3600, 25), (3600, 180), (0, 3600), 27, 27 * 3600 + 3600),
        ];
        for ((period, n), (step, offset), (delay, grid), range, memory) in rows {
            let alarm = alarm(period, n);
            assert_eq!(alarm.step_seconds(), step, "{period} {n}");
            assert_eq!(alarm.evaluation_offset_seconds(), offset, "{period} {n}");
            assert_eq!(alarm.data_delay_seconds(), delay, "{period} {n}");
            assert_eq!(alarm.grid_seconds(), grid, "{period} {n}");
            assert_eq!(alarm.evaluation_range(), range, "{period} {n}");
            assert_eq!(alarm.memory_seconds(), memory, "{period} {n}");
        }
    }

    #[test]
    fn data_for_metric_math_needs_no_age() {
        assert_eq!(on_math(alarm(10, 1)).data_delay_seconds(), 0);
    }

    #[test]
    fn an_event_on_the_wall_clock_waits_for_the_end_of_the_longest_period() {
        let sliding = alarm(86_400, 1);
        let on_wall_clock = AlarmConfiguration {
            evaluation_window: EvaluationWindow::WallClock(WallClock::new(None).unwrap()),
            ..sliding.clone()
        };
        let waiting = on_wall_clock.memory_seconds() - sliding.memory_seconds();
        assert_eq!(waiting, 25 * 3600);
    }
}
