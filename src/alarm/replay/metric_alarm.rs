//! The replay of a metric alarm: a series to the changes of its state.

use std::ops::Range;

use jiff::Timestamp;

use crate::alarm::definition::configuration::{AlarmConfiguration, WarmUp};
use crate::alarm::definition::vocabulary::AlarmState;
use crate::alarm::replay::change::{Cause, Change, EvaluatedData, EvaluatedDatapoint};
use crate::alarm::replay::evaluate::{Decision, decides, evaluate, is_too_few};
use crate::alarm::replay::observed::Observed;
use crate::alarm::replay::options::{ReplayOptions, ReplayRange};
use crate::alarm::replay::schedule::Schedule;
use crate::alarm::replay::windows::{MeasuredWindow, Windows};
use crate::time::period::timestamp;

/// Replays an alarm over a series.
///
/// Only the evaluations are computed before which a sample came into sight, moved to an older
/// window or went out of sight: between them the windows hold the same, and an evaluation of the
/// same datapoints keeps the state. An expression that depends on the time itself is computed at
/// every evaluation. [`replay_plainly`] computes all evaluations; tests compare the two.
pub fn replay<'a>(
    alarm: &AlarmConfiguration,
    observed: impl Into<Observed<'a>>,
    range: ReplayRange,
    options: &ReplayOptions,
) -> Vec<Change> {
    let replay = MetricReplay::new(alarm, observed.into(), options);
    replay.changes(replay.steps_that_matter(range))
}

/// Replays an alarm over a series by computing every evaluation.
///
/// The newest window ends at the step of the clock that the evaluation belongs to, the others step
/// back by the period (user guide, "Evaluating an alarm"; recorded histories). They are not aligned
/// to the epoch: an alarm of five minutes looks at minutes 1 to 5, then at minutes 2 to 6.
pub fn replay_plainly<'a>(
    alarm: &AlarmConfiguration,
    observed: impl Into<Observed<'a>>,
    range: ReplayRange,
    options: &ReplayOptions,
) -> Vec<Change> {
    let replay = MetricReplay::new(alarm, observed.into(), options);
    replay.changes(replay.evaluated_steps(range))
}

/// Evaluates an alarm once, at this moment, and returns the change to the initial state, which may
/// be the same.
pub fn evaluate_at<'a>(
    alarm: &AlarmConfiguration,
    observed: impl Into<Observed<'a>>,
    now: Timestamp,
    options: &ReplayOptions,
) -> Change {
    let replay = MetricReplay::new(alarm, observed.into(), options);
    let windows = replay.schedule.windows(now);
    let evaluation = replay.evaluate(windows, options.initial_state);
    evaluation.change(alarm, options.initial_state)
}

/// An alarm over the samples that it sees.
pub(super) struct MetricReplay<'a> {
    alarm: &'a AlarmConfiguration,
    observed: Observed<'a>,
    options: ReplayOptions,
    schedule: Schedule,
}

/// One evaluation.
struct Evaluation {
    windows: Windows,
    /// The datapoints of the windows, newest first.
    datapoints: Vec<Option<MeasuredWindow>>,
    decision: Decision,
}

impl<'a> MetricReplay<'a> {
    pub(super) fn new(
        alarm: &'a AlarmConfiguration,
        observed: Observed<'a>,
        options: &ReplayOptions,
    ) -> Self {
        Self {
            alarm,
            observed,
            options: *options,
            schedule: Schedule::new(alarm, options),
        }
    }

    /// Returns the moment at which the evaluation of a step runs.
    pub(super) fn time(&self, step: i64) -> Timestamp {
        self.schedule.time(step)
    }

    /// Returns the steps of a range at which the state can change, in order.
    pub(super) fn steps_that_matter(&self, range: ReplayRange) -> Vec<i64> {
        let samples = self.observed.together();
        let steps = self.evaluated_steps(range);
        self.schedule.steps_that_matter(&samples, steps)
    }

    /// Returns the steps of a range at which the alarm is evaluated: those after its warm-up
    /// period, if it has one.
    pub(super) fn evaluated_steps(&self, range: ReplayRange) -> Range<i64> {
        let mut steps = self.schedule.steps(range);
        if let Some(warm_up) = self.alarm.warm_up {
            let end = end_of_warm_up(warm_up, range);
            // Once begun, evaluations go on, even if data becomes sparse again.
            while !steps.is_empty() && self.is_warming_up(steps.start, warm_up, end) {
                steps.start += 1;
            }
        }
        steps
    }

    fn is_warming_up(&self, step: i64, warm_up: WarmUp, end: Timestamp) -> bool {
        let is_before_end = self.schedule.time(step) < end;
        is_before_end && (warm_up.waits_to_the_end || !self.has_filled_windows(step))
    }

    fn has_filled_windows(&self, step: i64) -> bool {
        let windows = self.schedule.windows_of_step(step);
        windows.are_filled(self.alarm, self.observed)
    }

    /// Returns the changes that the evaluations of these steps make.
    fn changes(&self, steps: impl IntoIterator<Item = i64>) -> Vec<Change> {
        let mut state = self.options.initial_state;
        let mut changes = Vec::new();
        for step in steps {
            let evaluation = self.evaluate(self.schedule.windows_of_step(step), state);
            let new_state = evaluation.decision.state;
            // Most evaluations keep the state, so the details are only gathered for a change.
            if new_state != state {
                changes.push(evaluation.change(self.alarm, state));
                state = new_state;
            }
        }
        changes
    }

    /// Returns the value farthest beyond the threshold that the evaluations of these steps judged.
    pub(super) fn most_extreme(&self, steps: &[i64]) -> Option<f64> {
        let more_extreme = match self.alarm.comparison_operator.is_rising() {
            true => f64::max,
            false => f64::min,
        };
        let values = steps.iter().flat_map(|step| self.judged_values(*step));
        values.reduce(more_extreme)
    }

    fn judged_values(&self, step: i64) -> Vec<f64> {
        // Which datapoints are judged does not depend on the state.
        let windows = self.schedule.windows_of_step(step);
        let evaluation = self.evaluate(windows, AlarmState::Alarm);
        if self.has_too_few_samples(&evaluation) {
            return Vec::new();
        }
        evaluation.judged_values().collect()
    }

    /// Evaluates the datapoints of windows after this state.
    fn evaluate(&self, windows: Windows, state: AlarmState) -> Evaluation {
        let datapoints = windows.datapoints(&self.alarm.watched, self.observed);
        let mut evaluation = Evaluation {
            windows,
            decision: self.decide(&datapoints, state),
            datapoints,
        };
        // After the decision, which says what datapoints were judged: their samples are counted.
        if self.has_too_few_samples(&evaluation) {
            evaluation.decision.state = state;
        }
        evaluation
    }

    fn decide(&self, datapoints: &[Option<MeasuredWindow>], state: AlarmState) -> Decision {
        let values = datapoints.iter().copied().map(MeasuredWindow::value_of);
        let values: Vec<Option<f64>> = values.collect();
        evaluate(self.alarm, state, &values, self.options.premature_breach)
    }

    /// Returns whether a percentile has so few samples that the alarm keeps its state.
    fn has_too_few_samples(&self, evaluation: &Evaluation) -> bool {
        // Without any datapoint, the treatment of missing data has decided, not the percentile.
        let is_of_percentile = !evaluation.decision.judged_ages.is_empty();
        match self.alarm.samples_needed() {
            Some(needed) if is_of_percentile => is_too_few(evaluation.sample_count(), needed),
            _ => false,
        }
    }
}

fn end_of_warm_up(warm_up: WarmUp, range: ReplayRange) -> Timestamp {
    let seconds = i64::from(warm_up.minutes) * 60;
    timestamp(range.start.as_second().saturating_add(seconds))
}

impl Evaluation {
    /// Returns the change to this state.
    fn change(&self, alarm: &AlarmConfiguration, old_state: AlarmState) -> Change {
        Change {
            time: self.windows.time(),
            old_state,
            new_state: self.decision.state,
            cause: Cause::Datapoints(self.data(alarm)),
        }
    }

    fn data(&self, alarm: &AlarmConfiguration) -> EvaluatedData {
        EvaluatedData {
            judged: self.decision.judged_ages.len(),
            deciding_datapoints: self.deciding_datapoints(alarm),
            window_start: self.oldest_age().map(|age| self.start(age)),
            recent_datapoints: self.recent_datapoints(),
            evaluated_datapoints: self.evaluated_datapoints(),
        }
    }

    /// Returns the values from the oldest to the newest judged datapoint.
    fn recent_datapoints(&self) -> Vec<Option<f64>> {
        let newest_age = self.decision.judged_ages.first();
        let (Some(newest), Some(oldest)) = (newest_age, self.oldest_age()) else {
            return Vec::new();
        };
        // Ages grow into the past, so the order is reversed for the oldest to come first.
        let ages = (*newest..=oldest).rev();
        ages.map(|age| MeasuredWindow::value_of(self.datapoint(age)))
            .collect()
    }

    /// Returns the judged datapoints on the side that decided.
    fn deciding_datapoints(&self, alarm: &AlarmConfiguration) -> Vec<EvaluatedDatapoint> {
        let state = self.decision.state;
        let ages = self.decision.judged_ages.iter();
        let judged = ages.map(|age| self.evaluated_datapoint(*age));
        let decides = |value| decides(alarm, state, value);
        judged
            .filter(|one| one.value.is_some_and(decides))
            .collect()
    }

    fn evaluated_datapoints(&self) -> Vec<EvaluatedDatapoint> {
        let ages = self.decision.deciding_ages.iter();
        ages.map(|age| self.evaluated_datapoint(*age)).collect()
    }

    fn evaluated_datapoint(&self, age: u32) -> EvaluatedDatapoint {
        let datapoint = self.datapoint(age);
        EvaluatedDatapoint {
            start: self.start(age),
            value: MeasuredWindow::value_of(datapoint),
            sample_count: datapoint.and_then(|datapoint| datapoint.sample_count),
        }
    }

    /// Returns the number of samples in the judged datapoints. AWS does not document whether it
    /// counts those of each datapoint or of all; here, those of all are added up (sources, E16).
    fn sample_count(&self) -> f64 {
        let ages = self.decision.judged_ages.iter();
        ages.filter_map(|age| self.datapoint(*age)?.sample_count)
            .sum()
    }

    fn judged_values(&self) -> impl Iterator<Item = f64> {
        let ages = self.decision.judged_ages.iter();
        ages.filter_map(|age| MeasuredWindow::value_of(self.datapoint(*age)))
    }

    fn datapoint(&self, age: u32) -> Option<MeasuredWindow> {
        *self.datapoints.get(age as usize - 1)?
    }

    fn oldest_age(&self) -> Option<u32> {
        self.decision.judged_ages.last().copied()
    }

    fn start(&self, age: u32) -> Timestamp {
        timestamp(self.windows.start(age))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::definition::vocabulary::LowSamples;
    use crate::alarm::definition::watched::Watched;
    use crate::metric::math::Query;
    use crate::metric::{MetricMath, MetricStat, Sample, Series};

    fn alarm(
        period_seconds: u32,
        evaluation_periods: u32,
        datapoints_to_alarm: u32,
    ) -> AlarmConfiguration {
        AlarmConfiguration {
            period_seconds,
            evaluation_periods,
            datapoints_to_alarm: Some(datapoints_to_alarm),
            ..AlarmConfiguration::on_sum("a", Default::default())
        }
    }

    fn history(alarm: &AlarmConfiguration, minutes: &[i64]) -> Vec<(i64, AlarmState)> {
        let sample = |&minute: &i64| Sample::once(timestamp(minute * 60), 1.0);
        let series = Series::new(minutes.iter().map(sample).collect());
        let range = ReplayRange {
            start: timestamp(0),
            end: timestamp(7200),
        };
        replay(alarm, &series, range, &ReplayOptions::default())
            .iter()
            .map(|change| (change.time.as_second(), change.new_state))
            .collect()
    }

    #[test]
    fn one_event_keeps_a_one_of_one_alarm_on_for_the_whole_range() {
        // Three windows of five minutes: the sample of minute 10 is seen from minute 11 to minute
        // 25.
        let expected = [
            (11 * 60 + 30, AlarmState::Alarm),
            (26 * 60 + 30, AlarmState::InsufficientData),
        ];
        assert_eq!(history(&alarm(300, 1, 1), &[10]), expected);
        // Six windows of one minute.
        let expected = [
            (11 * 60 + 30, AlarmState::Alarm),
            (17 * 60 + 30, AlarmState::InsufficientData),
        ];
        assert_eq!(history(&alarm(60, 1, 1), &[10]), expected);
    }

    #[test]
    fn events_closer_than_the_range_make_one_episode() {
        let expected = [
            (11 * 60 + 30, AlarmState::Alarm),
            (39 * 60 + 30, AlarmState::InsufficientData),
        ];
        assert_eq!(history(&alarm(300, 1, 1), &[10, 23]), expected);
    }

    #[test]
    fn data_from_before_the_creation_counts() {
        let early = Series::new(vec![Sample::once(timestamp(-300), 1.0)]);
        let range = ReplayRange {
            start: timestamp(0),
            end: timestamp(600),
        };
        let changes = replay(&alarm(300, 1, 1), &early, range, &ReplayOptions::default());
        assert_eq!(changes[0].time, timestamp(30));
        assert_eq!(
            changes[0].data().expect("datapoints").window_start,
            Some(timestamp(-300))
        );
    }

    fn replayed(alarm: &AlarmConfiguration, samples: Vec<Sample>) -> Vec<Change> {
        let range = ReplayRange {
            start: timestamp(0),
            end: timestamp(1800),
        };
        let series = Series::new(samples);
        replay(alarm, &series, range, &ReplayOptions::default())
    }

    fn states(changes: &[Change]) -> Vec<(i64, AlarmState)> {
        let state = |change: &Change| (change.time.as_second(), change.new_state);
        changes.iter().map(state).collect()
    }

    #[test]
    fn a_change_holds_the_datapoints_from_the_oldest_to_the_newest_that_was_judged() {
        let samples = [(0, 1.0), (120, 2.0)];
        let samples = samples.map(|(second, value)| Sample::once(timestamp(second), value));
        let changes = replayed(&alarm(60, 3, 3), samples.to_vec());
        let data = changes[0].data().expect("datapoints");
        assert_eq!(changes[0].new_state, AlarmState::Alarm);
        assert_eq!(data.window_start, Some(timestamp(0)));
        assert_eq!(data.recent_datapoints, [Some(1.0), None, Some(2.0)]);
    }

    #[test]
    fn a_warm_up_period_ends_with_filled_windows_or_its_last_minute() {
        let minutely = (0..30).map(|minute| Sample::once(timestamp(minute * 60), 1.0));
        let minutely: Vec<Sample> = minutely.collect();
        let warm = |waits_to_the_end| AlarmConfiguration {
            warm_up: Some(WarmUp {
                minutes: 10,
                waits_to_the_end,
            }),
            ..alarm(60, 3, 3)
        };
        let filled = [(3 * 60 + 30, AlarmState::Alarm)];
        assert_eq!(states(&replayed(&warm(false), minutely.clone())), filled);
        let waited = [(10 * 60 + 30, AlarmState::Alarm)];
        assert_eq!(states(&replayed(&warm(true), minutely.clone())), waited);
        // An evaluation at the very end of the period is after it.
        let sharp = ReplayOptions {
            evaluation_offset_milliseconds: Some(0),
            ..ReplayOptions::default()
        };
        let range = ReplayRange {
            start: timestamp(0),
            end: timestamp(1800),
        };
        let changes = replay(&warm(true), &Series::new(minutely), range, &sharp);
        assert_eq!(states(&changes), [(10 * 60, AlarmState::Alarm)]);
    }

    #[test]
    fn a_warm_up_period_does_not_end_while_the_newest_window_is_empty() {
        let warm = AlarmConfiguration {
            warm_up: Some(WarmUp {
                minutes: 10,
                waits_to_the_end: false,
            }),
            ..alarm(60, 3, 3)
        };
        // From minute 3 on, data reaches back over three periods.
        let samples = [0, 60, 420].map(|second| Sample::once(timestamp(second), 1.0));
        let first = replayed(&warm, samples.to_vec())[0].time;
        assert_eq!(first, timestamp(8 * 60 + 30));
    }

    #[test]
    fn metric_math_sees_the_datapoints_of_the_windows() {
        let queries = vec![
            Query::metric("m1", MetricStat::default()),
            Query::expression("e", "m1 * 2").unwrap(),
        ];
        let doubled = AlarmConfiguration {
            threshold: 2.0,
            ..AlarmConfiguration::on("a", Watched::Math(MetricMath::new(queries, 1).unwrap()))
        };
        let expected = [
            (11 * 60 + 30, AlarmState::Alarm),
            (26 * 60 + 30, AlarmState::InsufficientData),
        ];
        assert_eq!(history(&doubled, &[10]), expected);
    }

    #[test]
    fn metric_math_sees_the_times_of_the_windows() {
        let queries = vec![
            Query::metric("m1", MetricStat::default()),
            Query::expression("e", "m1 * MINUTE(m1)").unwrap(),
        ];
        let late = AlarmConfiguration {
            threshold: 8.0,
            ..AlarmConfiguration::on("a", Watched::Math(MetricMath::new(queries, 1).unwrap()))
        };
        // The newest window has the sample while it begins in minutes 6 to 10. Where `m1` has no
        // datapoint, it counts as 0, since MINUTE has one.
        let expected = [
            (30, AlarmState::Ok),
            (13 * 60 + 30, AlarmState::Alarm),
            (16 * 60 + 30, AlarmState::Ok),
        ];
        assert_eq!(history(&late, &[10]), expected);
    }

    #[test]
    fn a_percentile_over_exactly_enough_samples_is_evaluated() {
        let median = |samples| {
            let stat = MetricStat::new(Default::default(), "p50".parse().unwrap());
            let alarm = AlarmConfiguration {
                period_seconds: 60,
                low_samples: LowSamples::Ignore,
                ..AlarmConfiguration::on("a", Watched::Metric(stat))
            };
            let sample = Sample::times(timestamp(600), 1.0, samples);
            replayed(&alarm, vec![sample]).len()
        };
        // It goes off, and has no data later; or it keeps its first state.
        assert_eq!(median(20.0), 2);
        assert_eq!(median(19.0), 0);
    }

    #[test]
    fn a_sample_that_is_not_visible_yet_hides_no_other() {
        let seen = Sample::once(timestamp(600), 1.0);
        let late = Sample {
            visible_at: timestamp(3000),
            ..Sample::once(timestamp(610), 1.0)
        };
        let expected = [
            (11 * 60 + 30, AlarmState::Alarm),
            (26 * 60 + 30, AlarmState::InsufficientData),
        ];
        let changes = replayed(&alarm(300, 1, 1), vec![seen, late]);
        assert_eq!(states(&changes), expected);
    }

    /// Sparse samples, so that few steps matter, one of them visible a fraction of a millisecond
    /// after an evaluation.
    #[test]
    fn a_late_sample_is_seen_by_the_first_evaluation_after_it_is_visible() {
        let visible = |nanoseconds: i64| {
            let mut sample = Sample::once(timestamp(600), 1.0);
            let evaluation = timestamp(14 * 60 + 30);
            sample.visible_at = evaluation + jiff::SignedDuration::from_nanos(nanoseconds);
            replayed(&alarm(300, 1, 1), vec![sample])
        };
        let at = |minute: i64| (minute * 60 + 30, AlarmState::Alarm);
        let gone = (26 * 60 + 30, AlarmState::InsufficientData);
        assert_eq!(states(&visible(0)), [at(14), gone]);
        assert_eq!(states(&visible(1)), [at(15), gone]);
        assert_eq!(states(&visible(-1)), [at(14), gone]);
    }
}
