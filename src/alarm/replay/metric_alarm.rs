//! A series to the history of an alarm.

use jiff::Timestamp;

use crate::alarm::aws::reason::{Evaluated, Judged, reason};
use crate::alarm::definition::composite::StateChange;
use crate::alarm::definition::configuration::{AlarmConfiguration, AlarmState};
use crate::alarm::definition::watched::Observed;
use crate::alarm::replay::evaluate::{Evaluation, PrematureBreach, evaluate};
use crate::alarm::replay::windows::{Schedule, Windows};
use crate::time::period::timestamp;

/// How much a number of samples that is computed from a percentage may be off, as a share of it.
const ROUNDING: f64 = 1e-9;

/// The stretch of time that an alarm is replayed over: evaluations from the first step of the clock
/// at or after `start` up to, but not including, `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplayRange {
    /// When the alarm is created. It sees the data before its creation.
    pub start: Timestamp,
    /// When the replay stops.
    pub end: Timestamp,
}

/// What a replay stands on beside the alarm, where AWS is silent or the alarm has a past.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ReplayOptions {
    /// The state before the first evaluation; INSUFFICIENT_DATA for a new alarm.
    pub initial_state: AlarmState,
    /// How long after a step of the clock each evaluation runs, in milliseconds; that of the alarm
    /// where there is none.
    pub evaluation_offset_milliseconds: Option<i64>,
    /// How many datapoints are fetched for one evaluation; that of the alarm where there is none.
    pub evaluation_range: Option<u32>,
    /// The state that a premature breach leads to.
    pub premature_breach: PrematureBreach,
}

/// A change of the state of an alarm.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    /// The state before.
    pub old_state: AlarmState,
    /// The evaluation that changed it.
    pub verdict: Verdict,
}

impl Transition {
    /// When the state changed, and to what.
    pub fn change(&self) -> StateChange {
        StateChange {
            time: self.verdict.time,
            state: self.verdict.state,
        }
    }
}

/// What one evaluation says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    /// When it ran.
    pub time: Timestamp,
    /// The state that follows.
    pub state: AlarmState,
    /// Why, in the words of AWS.
    pub reason: String,
    /// The beginning of the oldest datapoint that was judged; nothing when there was none.
    pub window_start: Option<Timestamp>,
    /// The values from the oldest to the newest datapoint that was judged, nothing for gaps between
    /// them.
    pub recent: Vec<Option<f64>>,
    /// The slots that decided, newest first.
    pub evaluated: Vec<Evaluated>,
}

/// Replays an alarm over a series.
///
/// Only the evaluations are computed before which a sample came into sight, moved to an older
/// window or went out of sight: between them the windows hold the same, and an evaluation of the
/// same datapoints keeps the state that the last one came to. Metric math that asks for the time
/// itself is computed at every evaluation. [`replay_plainly`] computes all and is what this is
/// tested against.
pub fn replay<'a>(
    alarm: &AlarmConfiguration,
    observed: impl Into<Observed<'a>>,
    range: ReplayRange,
    options: &ReplayOptions,
) -> Vec<Transition> {
    let (schedule, observed) = (Schedule::new(alarm, options), observed.into());
    let steps = evaluated_steps(alarm, observed, range, &schedule);
    let steps = schedule.steps_that_matter(&observed.together(), steps);
    transitions(alarm, observed, options, steps.into_iter())
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
) -> Vec<Transition> {
    let observed = observed.into();
    let steps = evaluated_steps(alarm, observed, range, &Schedule::new(alarm, options));
    transitions(alarm, observed, options, steps)
}

/// Evaluates an alarm once, at this moment.
pub fn evaluate_at<'a>(
    alarm: &AlarmConfiguration,
    observed: impl Into<Observed<'a>>,
    now: Timestamp,
    options: &ReplayOptions,
) -> Verdict {
    let windows = Schedule::new(alarm, options).windows(now);
    let run = Run {
        alarm,
        observed: observed.into(),
        options,
    };
    let (datapoints, evaluation) = run.evaluate(&windows, options.initial_state);
    run.verdict(&windows, &datapoints, &evaluation)
}

/// The steps of a range at which the alarm is evaluated: those after its warm-up period, if it has
/// one.
fn evaluated_steps(
    alarm: &AlarmConfiguration,
    observed: Observed<'_>,
    range: ReplayRange,
    schedule: &Schedule,
) -> std::ops::Range<i64> {
    let steps = schedule.steps(range);
    let Some(warm_up) = alarm.warm_up else {
        return steps;
    };
    let seconds = i64::from(warm_up.minutes) * 60;
    let end = timestamp(range.start.as_second().saturating_add(seconds));
    let is_over = |step: &i64| {
        let time = schedule.time(*step);
        let is_filled = || schedule.windows(time).are_filled(alarm, observed);
        time >= end || !warm_up.waits_to_the_end && is_filled()
    };
    let first = steps.clone().find(is_over).unwrap_or(steps.end);
    first..steps.end
}

fn transitions(
    alarm: &AlarmConfiguration,
    observed: Observed<'_>,
    options: &ReplayOptions,
    steps: impl Iterator<Item = i64>,
) -> Vec<Transition> {
    let schedule = Schedule::new(alarm, options);
    let run = Run {
        alarm,
        observed,
        options,
    };
    let mut state = options.initial_state;
    let mut transitions = Vec::new();
    for step in steps {
        let windows = schedule.windows(schedule.time(step));
        let (datapoints, evaluation) = run.evaluate(&windows, state);
        if evaluation.state != state {
            let verdict = run.verdict(&windows, &datapoints, &evaluation);
            transitions.push(Transition {
                old_state: state,
                verdict,
            });
            state = evaluation.state;
        }
    }
    transitions
}

/// An alarm over what it sees.
struct Run<'a> {
    alarm: &'a AlarmConfiguration,
    observed: Observed<'a>,
    options: &'a ReplayOptions,
}

impl Run<'_> {
    /// The datapoints of the windows, and what they mean after this state.
    fn evaluate(&self, windows: &Windows, state: AlarmState) -> (Vec<Option<Judged>>, Evaluation) {
        let datapoints = windows.datapoints(&self.alarm.watched, self.observed);
        let values: Vec<Option<f64>> = datapoints
            .iter()
            .map(|point| point.as_ref().map(|point| point.value))
            .collect();
        let mut evaluation = evaluate(self.alarm, state, &values, self.options.premature_breach);
        if self.has_too_few_samples(&datapoints, &evaluation) {
            evaluation.state = state;
        }
        (datapoints, evaluation)
    }

    /// Returns whether a percentile has so few samples that the alarm keeps its state. AWS does not
    /// say whether it counts those of each datapoint or of all; here, those of all judged
    /// datapoints are added up (sources, E16).
    fn has_too_few_samples(&self, datapoints: &[Option<Judged>], evaluation: &Evaluation) -> bool {
        let Some(needed) = self
            .alarm
            .samples_needed()
            .filter(|_| !evaluation.used.is_empty())
        else {
            return false;
        };
        let count = |age: &u32| (*datapoints.get(*age as usize - 1)?)?.sample_count;
        let counted: f64 = evaluation.used.iter().filter_map(count).sum();
        counted < needed * (1.0 - ROUNDING)
    }

    fn verdict(
        &self,
        windows: &Windows,
        datapoints: &[Option<Judged>],
        evaluation: &Evaluation,
    ) -> Verdict {
        let slot = |age: &u32| Evaluated {
            start: timestamp(windows.start(*age)),
            datapoint: datapoints.get(*age as usize - 1).copied().flatten(),
        };
        let evaluated: Vec<Evaluated> = evaluation.decisive.iter().map(slot).collect();
        let (newest, oldest) = (
            evaluation.used.first().copied(),
            evaluation.used.last().copied(),
        );
        let value = |age: u32| {
            datapoints
                .get(age as usize - 1)
                .copied()
                .flatten()
                .map(|point| point.value)
        };
        Verdict {
            time: windows.time(),
            state: evaluation.state,
            reason: reason(self.alarm, evaluation.state, &evaluated),
            window_start: oldest.map(|age| timestamp(windows.start(age))),
            recent: newest
                .zip(oldest)
                .map(|(newest, oldest)| (newest..=oldest).rev().map(value).collect())
                .unwrap_or_default(),
            evaluated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::{Sample, Series};

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
            .map(|change| (change.verdict.time.as_second(), change.verdict.state))
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
    fn events_closer_than_the_range_make_one_stretch() {
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
        assert_eq!(changes[0].verdict.time, timestamp(30));
        assert_eq!(changes[0].verdict.window_start, Some(timestamp(-300)));
    }
}
