//! A series to the history of an alarm.

use jiff::Timestamp;

use super::configuration::{AlarmConfiguration, AlarmState};
use super::evaluate::{Evaluation, evaluate};
use super::reason::{Judged, reason};
use crate::metric::Series;
use crate::period::{floor_to_period, timestamp};

/// The stretch of time that an alarm is replayed over: evaluations from the first step of the clock at or after
/// `start` up to, but not including, `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplayRange {
    /// When the alarm is created. It starts in INSUFFICIENT_DATA and sees the data before its creation.
    pub start: Timestamp,
    /// When the replay stops.
    pub end: Timestamp,
}

/// A change of the state of an alarm.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    /// When the evaluation ran that changed the state.
    pub time: Timestamp,
    /// The state before.
    pub old_state: AlarmState,
    /// The state after.
    pub new_state: AlarmState,
    /// Why, in the words of AWS.
    pub reason: String,
    /// The beginning of the oldest datapoint that was judged; nothing when there was none.
    pub window_start: Option<Timestamp>,
    /// The datapoints that were judged, newest first.
    pub judged: Vec<Judged>,
}

/// Replays an alarm over a series: every evaluation, on windows that slide with the clock.
///
/// The newest window ends at the step of the clock that the evaluation belongs to, the others step back by the
/// period (user guide, "Evaluating an alarm"; recorded histories). They are not aligned to the epoch: an alarm of
/// five minutes looks at minutes 1 to 5, then at minutes 2 to 6.
pub fn replay(alarm: &AlarmConfiguration, series: &Series, range: ReplayRange) -> Vec<Transition> {
    let step = i64::from(alarm.step_seconds());
    let first = floor_to_period(range.start.as_second() + step - 1, alarm.step_seconds());
    let mut state = AlarmState::InsufficientData;
    let mut transitions = Vec::new();
    let mut moment = first;
    while moment < range.end.as_second() {
        let windows = Windows::at(alarm, moment);
        let datapoints = windows.datapoints(series);
        let values: Vec<Option<f64>> =
            datapoints.iter().map(|point| point.as_ref().map(|point| point.value)).collect();
        let evaluation = evaluate(alarm, state, &values);
        if evaluation.state != state {
            transitions.push(windows.transition(state, &evaluation, &datapoints));
            state = evaluation.state;
        }
        moment += step;
    }
    transitions
}

/// The windows of one evaluation.
struct Windows<'a> {
    alarm: &'a AlarmConfiguration,
    /// The step of the clock that the evaluation belongs to.
    moment: i64,
    /// The end of the newest window.
    end: i64,
}

impl<'a> Windows<'a> {
    fn at(alarm: &'a AlarmConfiguration, moment: i64) -> Self {
        let now = moment + alarm.phase_seconds();
        let grid = if alarm.lag_seconds() > 0 { alarm.period_seconds } else { alarm.step_seconds() };
        Self { alarm, moment, end: floor_to_period(now - alarm.lag_seconds(), grid) }
    }

    /// The beginning of the window with this age; the newest has age 1.
    fn start(&self, age: u32) -> i64 {
        self.end - i64::from(age) * i64::from(self.alarm.period_seconds)
    }

    fn datapoints(&self, series: &Series) -> Vec<Option<Judged>> {
        let period = i64::from(self.alarm.period_seconds);
        let datapoint = |age: u32| {
            let start = self.start(age);
            let samples = series.window(start, start + period);
            let value = self.alarm.statistic.of(samples)?;
            let sample_count = samples.iter().map(|sample| sample.count).sum();
            Some(Judged { start: timestamp(start), value, sample_count })
        };
        (1..=self.alarm.evaluation_range()).map(datapoint).collect()
    }

    fn transition(
        &self,
        old_state: AlarmState,
        evaluation: &Evaluation,
        datapoints: &[Option<Judged>],
    ) -> Transition {
        let judged: Vec<Judged> =
            evaluation.used.iter().filter_map(|&age| *datapoints.get(age as usize - 1)?).collect();
        Transition {
            time: timestamp(self.moment + self.alarm.phase_seconds()),
            old_state,
            new_state: evaluation.state,
            reason: reason(self.alarm, evaluation, &judged),
            window_start: judged.last().map(|judged| judged.start),
            judged,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::configuration::{ComparisonOperator, TreatMissingData};
    use super::*;
    use crate::metric::{Sample, Statistic};

    fn alarm(period_seconds: u32, evaluation_periods: u32, datapoints_to_alarm: u32) -> AlarmConfiguration {
        AlarmConfiguration {
            alarm_name: "a".into(),
            statistic: Statistic::Sum,
            period_seconds,
            evaluation_periods,
            datapoints_to_alarm,
            comparison_operator: ComparisonOperator::GreaterThanOrEqualToThreshold,
            threshold: 1.0,
            treat_missing_data: TreatMissingData::Missing,
        }
    }

    fn history(alarm: &AlarmConfiguration, minutes: &[i64]) -> Vec<(i64, AlarmState)> {
        let sample = |&minute: &i64| Sample::once(timestamp(minute * 60), 1.0);
        let series = Series::new(minutes.iter().map(sample).collect());
        let range = ReplayRange { start: timestamp(0), end: timestamp(7200) };
        replay(alarm, &series, range)
            .iter()
            .map(|change| (change.time.as_second(), change.new_state))
            .collect()
    }

    #[test]
    fn one_event_keeps_a_one_of_one_alarm_on_for_the_whole_range() {
        // Three windows of five minutes: the sample of minute 10 is seen from minute 11 to minute 25.
        let expected = [(11 * 60 + 30, AlarmState::Alarm), (26 * 60 + 30, AlarmState::InsufficientData)];
        assert_eq!(history(&alarm(300, 1, 1), &[10]), expected);
        // Six windows of one minute.
        let expected = [(11 * 60 + 30, AlarmState::Alarm), (17 * 60 + 30, AlarmState::InsufficientData)];
        assert_eq!(history(&alarm(60, 1, 1), &[10]), expected);
    }

    #[test]
    fn events_closer_than_the_range_make_one_stretch() {
        let expected = [(11 * 60 + 30, AlarmState::Alarm), (39 * 60 + 30, AlarmState::InsufficientData)];
        assert_eq!(history(&alarm(300, 1, 1), &[10, 23]), expected);
    }

    #[test]
    fn data_from_before_the_creation_counts() {
        let early = Series::new(vec![Sample::once(timestamp(-300), 1.0)]);
        let range = ReplayRange { start: timestamp(0), end: timestamp(600) };
        let changes = replay(&alarm(300, 1, 1), &early, range);
        assert_eq!(changes[0].time, timestamp(30));
        assert_eq!(changes[0].window_start, Some(timestamp(-300)));
    }
}
