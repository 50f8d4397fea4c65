//! The evaluations of an alarm, and those of them that can change its state.

use std::ops::Range;

use jiff::Timestamp;

use crate::alarm::definition::configuration::AlarmConfiguration;
use crate::alarm::definition::evaluation_window::{EvaluationWindow, WallClock};
use crate::alarm::definition::time_zone::OFFSET_GRID_SECONDS;
use crate::alarm::replay::clock::{EvaluationClock, MILLISECONDS, ceil_milliseconds};
use crate::alarm::replay::options::{ReplayOptions, ReplayRange};
use crate::alarm::replay::windows::{Edges, Windows};
use crate::metric::{Sample, Series};

/// The time by which the periods of a range can be longer together than their nominal length:
/// clocks are set back by an hour or two, and once a territory repeated a day.
const CALENDAR_SLACK_SECONDS: i64 = 2 * 86_400;

/// The evaluations of an alarm.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    clock: EvaluationClock,
    period_seconds: u32,
    /// The number of datapoints that are fetched.
    range: u32,
    data_delay_milliseconds: i64,
    /// The grid that the end of the newest window lies on.
    grid_milliseconds: i64,
    evaluation_window: EvaluationWindow,
    /// True if datapoints change with the time, and not only with samples.
    depends_on_time: bool,
}

impl Schedule {
    pub(super) fn new(alarm: &AlarmConfiguration, options: &ReplayOptions) -> Self {
        let range = options.evaluation_range;
        Self {
            clock: EvaluationClock::new(alarm, options),
            period_seconds: alarm.period_seconds,
            range: range.unwrap_or_else(|| alarm.evaluation_range()),
            data_delay_milliseconds: alarm.data_delay_seconds() * MILLISECONDS,
            grid_milliseconds: i64::from(alarm.grid_seconds()) * MILLISECONDS,
            evaluation_window: alarm.evaluation_window.clone(),
            depends_on_time: alarm.watched.depends_on_time(),
        }
    }

    /// Returns the steps of a range.
    pub(super) fn steps(&self, range: ReplayRange) -> Range<i64> {
        self.clock.steps(range)
    }

    /// Returns the moment at which the evaluation of a step runs.
    pub(super) fn time(&self, step: i64) -> Timestamp {
        self.clock.evaluation_time(step)
    }

    /// Returns the windows of the evaluation of a step.
    pub(super) fn windows_of_step(&self, step: i64) -> Windows {
        self.windows(self.time(step))
    }

    /// Returns the windows of an evaluation that runs at this moment.
    pub(super) fn windows(&self, now: Timestamp) -> Windows {
        let seen = now.as_millisecond() - self.data_delay_milliseconds;
        let end = (seen - seen.rem_euclid(self.grid_milliseconds)) / MILLISECONDS;
        Windows::new(now, self.range, self.period_seconds, self.edges(end))
    }

    /// Returns the edges of windows of which the newest ends at this second, or before it.
    fn edges(&self, end: i64) -> Edges {
        match &self.evaluation_window {
            EvaluationWindow::Sliding => Edges::Even {
                end,
                period_seconds: self.period_seconds,
            },
            EvaluationWindow::WallClock(clock) => Edges::Calendar(self.calendar(clock, end)),
        }
    }

    /// Returns the edges of the periods that are complete at this second, newest first.
    fn calendar(&self, clock: &WallClock, end: i64) -> Vec<i64> {
        let mut edge = clock.period_start(end, self.period_seconds);
        let mut edges = vec![edge];
        // AWS does not document the datapoints that it fetches beyond N for a wall clock. Here,
        // they are older periods of the same calendar.
        for _ in 0..self.range {
            edge = clock.period_start(edge.saturating_sub(1), self.period_seconds);
            edges.push(edge);
        }
        edges
    }

    /// Returns the steps at which the state can change; the others need not be evaluated.
    ///
    /// An evaluation depends on the datapoints in its windows and on the state before, and a second
    /// evaluation of the same datapoints keeps the state of the first: each outcome is either one
    /// state, whatever was before, or the state before. So a step matters only if its windows hold
    /// other samples than those of the step before. The first step matters, too, because nothing
    /// was evaluated before it.
    pub(super) fn steps_that_matter(&self, series: &Series, steps: Range<i64>) -> Vec<i64> {
        // An expression on the time changes without a sample. And a search for the steps does not
        // pay off if the samples touch as many as there are.
        if self.depends_on_time || self.is_dense(series, &steps) {
            return steps.collect();
        }
        let found = match self.evaluation_window {
            EvaluationWindow::Sliding => self.steps_of_sliding_windows(series),
            EvaluationWindow::WallClock(_) => self.steps_of_calendar(series, &steps),
        };
        in_order(steps, found)
    }

    /// Returns whether there are about as many steps at which a sample moves as there are steps.
    fn is_dense(&self, series: &Series, steps: &Range<i64>) -> bool {
        let samples = series.samples().len() as u64;
        samples * self.moves_of_sample() >= steps.end.abs_diff(steps.start)
    }

    /// Returns the number of steps at which a sample enters, changes or leaves a sliding window,
    /// and one for the step at which it becomes visible.
    fn moves_of_sample(&self) -> u64 {
        u64::from(self.range) + 2
    }

    /// Returns the steps before which a sample entered, changed or left a sliding window.
    fn steps_of_sliding_windows(&self, series: &Series) -> Vec<i64> {
        let mut found = Vec::new();
        for sample in series.samples() {
            // The windows of an evaluation are adjacent, each one period long. A sample enters the
            // newest when its end has passed the sample, moves to the next older one with every
            // period, and leaves the oldest after as many periods as there are windows.
            for age in 0..=i64::from(self.range) {
                let second = sample.timestamp.as_second() + age * i64::from(self.period_seconds);
                found.push(self.first_step_past(second));
            }
            // A sample that is visible late enters the window that it is in at that moment.
            found.push(self.first_step_that_sees(sample));
        }
        found
    }

    /// Returns the steps at which a period of any calendar may end while a sample is in the range,
    /// and those before which one became visible.
    fn steps_of_calendar(&self, series: &Series, steps: &Range<i64>) -> Vec<i64> {
        let mut found = Vec::new();
        // The steps before this one are found already: samples near each other share theirs.
        let mut next = steps.start;
        for sample in series.samples() {
            let in_sight = self.steps_in_sight(sample);
            let end = in_sight.end.min(steps.end);
            found.extend(self.ends_of_periods(in_sight.start.max(next)..end));
            found.push(self.first_step_that_sees(sample));
            next = next.max(end);
        }
        found
    }

    /// Returns the steps of a range at which a period of any calendar may end.
    fn ends_of_periods(&self, steps: Range<i64>) -> impl Iterator<Item = i64> + use<> {
        // The exact ends depend on the rules of the time zone. They are multiples of the period in
        // local time, and the offsets of all zones lie on a grid, so the ends do in UTC, too.
        let grid_seconds = self.period_seconds.min(OFFSET_GRID_SECONDS);
        let stride = i64::from(grid_seconds) * MILLISECONDS / self.clock.step_milliseconds();
        let stride = stride.max(1);
        let first = steps.start + (-steps.start).rem_euclid(stride);
        (first..steps.end).step_by(stride as usize)
    }

    /// Returns the steps at which a sample can be in a period of a calendar.
    fn steps_in_sight(&self, sample: &Sample) -> Range<i64> {
        let second = sample.timestamp.as_second();
        // The sample waits for the end of its period, is in the range for as many periods as there
        // are windows, and one more evaluation has to see that it left.
        let periods = i64::from(self.range) + 2;
        let seconds = i64::from(self.period_seconds) * periods + CALENDAR_SLACK_SECONDS;
        let first_step_from = |second: i64| self.clock.first_step_from(second * MILLISECONDS);
        first_step_from(second)..first_step_from(second + seconds)
    }

    /// Returns the first step whose newest window ends after this second, and so contains a sample
    /// of this second.
    fn first_step_past(&self, second: i64) -> i64 {
        let milliseconds = second * MILLISECONDS;
        let since_grid = milliseconds.rem_euclid(self.grid_milliseconds);
        let end = milliseconds - since_grid + self.grid_milliseconds;
        self.clock.first_step_at(end + self.data_delay_milliseconds)
    }

    /// Returns the first step whose evaluation runs when a sample is visible.
    fn first_step_that_sees(&self, sample: &Sample) -> i64 {
        self.clock
            .first_step_at(ceil_milliseconds(sample.visible_at))
    }
}

/// Returns the first of these steps and those that were found among them, in order, each once.
fn in_order(steps: Range<i64>, mut found: Vec<i64>) -> Vec<i64> {
    found.push(steps.start);
    found.retain(|step| steps.contains(step));
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::definition::watched::Watched;
    use crate::metric::math::Query;
    use crate::metric::{MetricMath, MetricStat};
    use crate::time::period::timestamp;

    fn alarm(period_seconds: u32, evaluation_periods: u32) -> AlarmConfiguration {
        AlarmConfiguration {
            period_seconds,
            evaluation_periods,
            ..AlarmConfiguration::on_sum("a", Default::default())
        }
    }

    fn on_wall_clock(alarm: AlarmConfiguration) -> AlarmConfiguration {
        AlarmConfiguration {
            evaluation_window: EvaluationWindow::WallClock(WallClock::new(None).unwrap()),
            ..alarm
        }
    }

    fn steps_of(alarm: &AlarmConfiguration, samples: &[Sample], steps: Range<i64>) -> Vec<i64> {
        let schedule = Schedule::new(alarm, &ReplayOptions::default());
        schedule.steps_that_matter(&Series::new(samples.to_vec()), steps)
    }

    fn samples(seconds: &[i64]) -> Vec<Sample> {
        let sample = |second: &i64| Sample::once(timestamp(*second), 1.0);
        seconds.iter().map(sample).collect()
    }

    #[test]
    fn the_steps_of_sliding_windows_are_those_at_which_a_sample_moves() {
        // The first step, the one that sees the sample, and those at which it enters a window,
        // moves to an older one, or leaves the oldest.
        let rows: [(u32, i64, &[i64]); 6] = [
            (300, 600, &[-100, 10, 11, 16, 21, 26]),
            (300, 599, &[-100, 10, 15, 20, 25]),
            (300, -601, &[-100, -10, -5, 0, 5]),
            (60, 600, &[-100, 10, 11, 12, 13, 14, 15, 16, 17]),
            (30, 100, &[-100, 10, 13, 16, 19, 22]),
            (10, 100, &[-100, 10, 12, 13, 14, 15, 16, 17, 18, 19]),
        ];
        for (period, second, expected) in rows {
            let found = steps_of(&alarm(period, 1), &samples(&[second]), -100..100);
            assert_eq!(found, expected, "{period} {second}");
        }
    }

    #[test]
    fn the_step_that_sees_a_late_sample_is_the_first_after_it_is_visible() {
        for (nanoseconds, step) in [(0, 39), (1, 40)] {
            let sample = Sample {
                visible_at: timestamp(39 * 60 + 30) + jiff::SignedDuration::from_nanos(nanoseconds),
                ..Sample::once(timestamp(600), 1.0)
            };
            let found = steps_of(&alarm(300, 1), &[sample], 0..100);
            assert_eq!(found, [0, 11, 16, 21, 26, step]);
        }
    }

    #[test]
    fn the_steps_of_a_calendar_are_those_at_which_any_period_may_end() {
        // With period and N: the steps in sight of a sample of 02:00, and those between two ends.
        let rows = [
            ((60, 1), 120..120 + 8 + 2 * 1440, 1),
            ((300, 1), 120..120 + 25 + 2 * 1440, 5),
            ((3600, 1), 120..120 + 300 + 2 * 1440, 5),
            // This alarm is evaluated every hour.
            ((86_400, 2), 2..2 + 6 * 24 + 2 * 24, 1),
        ];
        for ((period, n), in_sight, stride) in rows {
            let alarm = on_wall_clock(alarm(period, n));
            let ends: Vec<i64> = in_sight.step_by(stride).collect();
            for first in [-4, -3] {
                let found = steps_of(&alarm, &samples(&[7200]), first..5000);
                assert_eq!((found[0], &found[1..]), (first, &*ends), "{period}");
            }
        }
    }

    #[test]
    fn samples_near_each_other_share_the_ends_of_periods() {
        let alarm = on_wall_clock(alarm(300, 1));
        let found = steps_of(&alarm, &samples(&[600, 900]), 12..5000);
        let shared = (15..15 + 25 + 2 * 1440).step_by(5);
        assert_eq!(found, [12].into_iter().chain(shared).collect::<Vec<_>>());
        // The range may end while a sample is in sight.
        let found = steps_of(&alarm, &samples(&[600]), 12..21);
        assert_eq!(found, [12, 15, 20]);
    }

    #[test]
    fn the_newest_window_ends_on_the_grid_before_data_is_old_enough() {
        let edges = |period_seconds: u32| {
            let schedule = Schedule::new(&alarm(period_seconds, 1), &ReplayOptions::default());
            let windows = schedule.windows(Timestamp::from_millisecond(124_500).unwrap());
            [0, 1, 2].map(|age| windows.start(age))
        };
        assert_eq!(edges(10), [110, 100, 90]);
        assert_eq!(edges(30), [90, 60, 30]);
        assert_eq!(edges(60), [120, 60, 0]);
        assert_eq!(edges(300), [120, -180, -480]);
    }

    #[test]
    fn all_steps_are_taken_where_samples_touch_as_many() {
        // A sample touches five steps: it becomes visible, enters, moves twice and leaves.
        let alarm = alarm(300, 1);
        assert_eq!(steps_of(&alarm, &samples(&[6000]), 3..8), [3, 4, 5, 6, 7]);
        assert_eq!(steps_of(&alarm, &samples(&[6000]), 3..9), [3]);
        let two = samples(&[6000, 6001]);
        assert_eq!(steps_of(&alarm, &two, 3..13).len(), 10);
        assert_eq!(steps_of(&alarm, &two, 3..14), [3]);
    }

    #[test]
    fn all_steps_are_taken_where_an_expression_depends_on_the_time() {
        let expression = |text: &str| {
            let queries = vec![
                Query::metric("m1", MetricStat::default()),
                Query::expression("e", text).unwrap(),
            ];
            let watched = Watched::Math(MetricMath::new(queries, 1).unwrap());
            let alarm = AlarmConfiguration::on("a", watched);
            steps_of(&alarm, &samples(&[600]), 0..100).len()
        };
        assert_eq!(expression("MINUTE(m1)"), 100);
        assert!(expression("m1 + 1") < 10);
    }
}
