//! A replay compared with the history that AWS recorded.

use jiff::Timestamp;

use crate::alarm::definition::configuration::AlarmConfiguration;
use crate::alarm::definition::vocabulary::AlarmState;
use crate::alarm::replay::change::{Change, EvaluatedDatapoint};
use crate::alarm::replay::clock::EvaluationClock;
use crate::alarm::replay::metric_alarm::replay;
use crate::alarm::replay::observed::Observed;
use crate::alarm::replay::options::{ReplayOptions, ReplayRange};

/// The largest difference between two equal values, as a share of the recorded one.
const ROUNDING: f64 = 1e-9;

/// A change of state that AWS recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedChange {
    /// The moment at which the evaluation ran, or the state was set.
    pub time: Timestamp,
    /// The state before.
    pub old_state: AlarmState,
    /// The state after.
    pub new_state: AlarmState,
    /// The slots that decided, newest first; `None` if the state was set by hand, or the alarm is a
    /// composite one.
    pub evaluated: Option<Vec<RecordedDatapoint>>,
}

/// A slot that decided: a datapoint, or an empty slot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecordedDatapoint {
    /// The beginning of its window.
    pub start: Timestamp,
    /// The value; `None` for an empty slot.
    pub value: Option<f64>,
}

/// A difference between a replay and a record.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// AWS changed the state, the replay did not.
    OnlyRecorded(RecordedChange),
    /// The replay changed the state, AWS did not.
    OnlyReplayed(Change),
    /// Both changed the state, because of different datapoints.
    Datapoints(RecordedChange, Change),
}

/// The agreement of a replay with a record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistoryComparison {
    /// The number of changes that both made, to the same state in the same step of the clock.
    pub agreeing: usize,
    /// The number of these that the same datapoints decided; zero for a composite alarm.
    pub agreeing_in_datapoints: usize,
    /// The number of changes that only AWS made.
    pub only_recorded: usize,
    /// The number of changes that only the replay made.
    pub only_replayed: usize,
    /// The number of changes that were set by hand, which the replay takes over.
    pub set_by_hand: usize,
    /// The time from a step of the clock to the evaluation, in milliseconds; `None` for a composite
    /// alarm, which is evaluated whenever a child changes.
    pub evaluation_offset_milliseconds: Option<i64>,
    /// The first difference in time.
    pub first_difference: Option<Difference>,
}

/// Replays an alarm from its first recorded change to its last, and compares. The changes are in
/// the order of time.
///
/// The record gives the state before the first change. It also gives the evaluation offset, which
/// is constant for an alarm (sources, E3 and W6), unless the options have one.
pub fn compare<'a>(
    alarm: &AlarmConfiguration,
    observed: impl Into<Observed<'a>>,
    recorded: &[RecordedChange],
    options: &ReplayOptions,
) -> HistoryComparison {
    // The alarm has a past before the record, so its warm-up period is over.
    let alarm = &AlarmConfiguration {
        warm_up: None,
        ..alarm.clone()
    };
    let options = with_recorded_offset(alarm, recorded, options);
    let clock = EvaluationClock::new(alarm, &options);
    let observed = observed.into();
    let mut comparison = HistoryComparison {
        evaluation_offset_milliseconds: Some(clock.offset_milliseconds()),
        set_by_hand: count_set_by_hand(recorded),
        ..HistoryComparison::default()
    };
    let is_same = |change: &RecordedChange, other: &Change| change.is_same(other, clock);
    for segment in segments(recorded, clock) {
        let options = ReplayOptions {
            initial_state: segment.initial_state,
            ..options
        };
        let replayed = replay(alarm, observed, segment.range, &options);
        comparison.add(segment.recorded, &replayed, &is_same);
    }
    comparison
}

fn count_set_by_hand(recorded: &[RecordedChange]) -> usize {
    let set_by_hand = recorded.iter().filter(|change| change.is_set_by_hand());
    set_by_hand.count()
}

/// Returns the options with the evaluation offset of the record, unless they have one.
fn with_recorded_offset(
    alarm: &AlarmConfiguration,
    recorded: &[RecordedChange],
    options: &ReplayOptions,
) -> ReplayOptions {
    let offset = options.evaluation_offset_milliseconds;
    ReplayOptions {
        evaluation_offset_milliseconds: offset.or_else(|| recorded_offset(alarm, recorded)),
        ..*options
    }
}

/// Returns the evaluation offset of the first change that an evaluation made.
fn recorded_offset(alarm: &AlarmConfiguration, recorded: &[RecordedChange]) -> Option<i64> {
    let step_milliseconds = i64::from(alarm.step_seconds()) * 1000;
    // A state may be set by hand at any time, which says nothing about the evaluations.
    let evaluated = recorded.iter().find(|change| !change.is_set_by_hand())?;
    Some(
        evaluated
            .time
            .as_millisecond()
            .rem_euclid(step_milliseconds),
    )
}

impl RecordedChange {
    fn is_set_by_hand(&self) -> bool {
        self.evaluated.is_none()
    }

    /// Returns whether a replayed change is to the same state in the same step of the clock.
    fn is_same(&self, replayed: &Change, clock: EvaluationClock) -> bool {
        self.new_state == replayed.new_state && clock.is_same_step(self.time, replayed.time)
    }

    fn has_same_datapoints(&self, replayed: &Change) -> bool {
        let recorded = self.evaluated.as_deref().unwrap_or_default();
        let replayed = replayed.evaluated_datapoints();
        let mut pairs = recorded.iter().zip(replayed);
        recorded.len() == replayed.len() && pairs.all(|(one, other)| one.is_same(other))
    }
}

impl RecordedDatapoint {
    fn is_same(&self, replayed: &EvaluatedDatapoint) -> bool {
        self.start == replayed.start && self.has_same_value(replayed.value)
    }

    fn has_same_value(&self, replayed: Option<f64>) -> bool {
        match (self.value, replayed) {
            // AWS adds up the samples in an order that is not known.
            (Some(recorded), Some(replayed)) => {
                (recorded - replayed).abs() <= ROUNDING * recorded.abs()
            }
            (recorded, replayed) => recorded.is_none() && replayed.is_none(),
        }
    }
}

/// Recorded changes that evaluations made, with none between them that was set by hand.
struct RecordedSegment<'a> {
    initial_state: AlarmState,
    range: ReplayRange,
    recorded: &'a [RecordedChange],
}

/// Divides a record at the changes that were set by hand.
fn segments(recorded: &[RecordedChange], clock: EvaluationClock) -> Vec<RecordedSegment<'_>> {
    let (Some(first), Some(last)) = (recorded.first(), recorded.last()) else {
        return Vec::new();
    };
    let mut segments = Vec::new();
    let mut initial_state = first.old_state;
    // The alarm may not have existed before its first change, so its own step is the first.
    let mut start = clock.step_start(clock.nearest_step(first.time));
    let last_end = clock.step_start(clock.nearest_step(last.time) + 1);
    for changes in recorded.split_inclusive(RecordedChange::is_set_by_hand) {
        let (recorded, by_hand) = without_set_by_hand(changes);
        let end = by_hand.map_or(last_end, |change| {
            clock.step_start(clock.first_step_after(change.time))
        });
        segments.push(RecordedSegment {
            initial_state,
            range: ReplayRange { start, end },
            recorded,
        });
        // The next evaluation begins with the state that was set.
        initial_state = by_hand.map_or(initial_state, |change| change.new_state);
        start = end;
    }
    segments
}

/// Divides changes into those of evaluations and the last one, if it was set by hand.
fn without_set_by_hand(changes: &[RecordedChange]) -> (&[RecordedChange], Option<&RecordedChange>) {
    match changes.split_last() {
        Some((last, evaluated)) if last.is_set_by_hand() => (evaluated, Some(last)),
        _ => (changes, None),
    }
}

impl HistoryComparison {
    /// Returns the share of all changes that agree, from 0 to 1; `None` if there was no change.
    pub fn score(&self) -> Option<f64> {
        let count = self.agreeing + self.only_recorded + self.only_replayed;
        (count > 0).then(|| self.agreeing as f64 / count as f64)
    }

    /// Compares the changes of a segment, in the order of time.
    pub(super) fn add(
        &mut self,
        recorded: &[RecordedChange],
        replayed: &[Change],
        is_same: &dyn Fn(&RecordedChange, &Change) -> bool,
    ) {
        let (mut recorded, mut replayed) = (recorded.iter().peekable(), replayed.iter().peekable());
        loop {
            match (recorded.peek(), replayed.peek()) {
                (Some(change), Some(other)) if is_same(change, other) => {
                    self.agree(change, other);
                    recorded.next();
                    replayed.next();
                }
                // Of two that differ the earlier one is noted: the other may agree with a
                // later one.
                (Some(change), other) if other.is_none_or(|other| change.time <= other.time) => {
                    self.note_only_recorded(change);
                    recorded.next();
                }
                (_, Some(change)) => {
                    self.note_only_replayed(change);
                    replayed.next();
                }
                (_, None) => return,
            }
        }
    }

    fn note_only_recorded(&mut self, change: &RecordedChange) {
        self.only_recorded += 1;
        self.note(Difference::OnlyRecorded(change.clone()));
    }

    fn note_only_replayed(&mut self, change: &Change) {
        self.only_replayed += 1;
        self.note(Difference::OnlyReplayed(change.clone()));
    }

    fn agree(&mut self, recorded: &RecordedChange, replayed: &Change) {
        self.agreeing += 1;
        if self.evaluation_offset_milliseconds.is_none() {
            // A composite alarm follows other alarms, so no datapoints decide.
            return;
        }
        if recorded.has_same_datapoints(replayed) {
            self.agreeing_in_datapoints += 1;
        } else {
            let (recorded, replayed) = (recorded.clone(), replayed.clone());
            self.note(Difference::Datapoints(recorded, replayed));
        }
    }

    /// Keeps a difference if it is the first.
    fn note(&mut self, difference: Difference) {
        self.first_difference.get_or_insert(difference);
    }
}

#[cfg(test)]
mod tests {
    use super::AlarmState::{Alarm, InsufficientData, Ok as Fine};
    use super::*;
    use crate::alarm::replay::change::Cause;
    use crate::metric::{Sample, Series};
    use crate::time::period::timestamp;

    #[test]
    fn values_are_the_same_up_to_rounding() {
        let is_same = |recorded, replayed| {
            let recorded = RecordedDatapoint {
                start: timestamp(0),
                value: recorded,
            };
            recorded.has_same_value(replayed)
        };
        for value in [0.0, 0.25, -4.0, 1e12] {
            assert!(is_same(Some(value), Some(value)), "{value}");
            assert!(!is_same(Some(value), Some(value + 1e5)), "{value}");
            assert!(!is_same(Some(value), None), "{value}");
            assert!(!is_same(None, Some(value)), "{value}");
        }
        assert!(is_same(None, None));
        assert!(is_same(Some(0.3), Some(0.1 + 0.2)));
        assert!(is_same(Some(1e12), Some(1e12 + 100.0)));
        assert!(!is_same(Some(1.0), Some(1.000_001)));
    }

    fn recorded(second: i64, new_state: AlarmState) -> RecordedChange {
        RecordedChange {
            time: timestamp(second),
            old_state: Fine,
            new_state,
            evaluated: None,
        }
    }

    fn replayed(second: i64, new_state: AlarmState) -> Change {
        Change {
            time: timestamp(second),
            old_state: Fine,
            new_state,
            cause: Cause::Creation(Vec::new()),
        }
    }

    /// The changes of an alarm that one sample of minute 10 makes, as AWS would have recorded them:
    /// to ALARM after minute 11, and to INSUFFICIENT_DATA after minute 26.
    fn record() -> Vec<RecordedChange> {
        let range = ReplayRange {
            start: timestamp(0),
            end: timestamp(7200),
        };
        let changes = replay(&alarm(), &series(), range, &ReplayOptions::default());
        let mut record = Vec::new();
        for change in changes {
            let mut datapoints = Vec::new();
            for slot in change.evaluated_datapoints() {
                datapoints.push(RecordedDatapoint {
                    start: slot.start,
                    value: slot.value,
                });
            }
            record.push(RecordedChange {
                time: change.time,
                old_state: change.old_state,
                new_state: change.new_state,
                evaluated: Some(datapoints),
            });
        }
        record
    }

    fn alarm() -> AlarmConfiguration {
        AlarmConfiguration::on_sum("a", Default::default())
    }

    fn series() -> Series {
        Series::new(vec![Sample::once(timestamp(600), 1.0)])
    }

    /// Compares a record with the replay of the sample. Returns how many changes agree, and how
    /// many of them in their datapoints.
    fn agreeing(record: &[RecordedChange]) -> (usize, usize) {
        let options = ReplayOptions {
            evaluation_offset_milliseconds: Some(30_000),
            ..ReplayOptions::default()
        };
        let found = compare(&alarm(), &series(), record, &options);
        (found.agreeing, found.agreeing_in_datapoints)
    }

    #[test]
    fn changes_agree_in_state_and_step_and_then_in_datapoints() {
        let first_is = |change: &dyn Fn(&mut RecordedChange)| {
            let mut record = record();
            change(&mut record[0]);
            agreeing(&record)
        };
        let datapoint_is = |edit: &dyn Fn(&mut RecordedDatapoint)| {
            first_is(&|change| edit(&mut change.evaluated.as_mut().unwrap()[0]))
        };
        assert_eq!(first_is(&|_| ()), (2, 2));
        assert_eq!(first_is(&|change| change.new_state = Fine), (1, 1));
        assert_eq!(datapoint_is(&|slot| slot.value = Some(2.0)), (2, 1));
        assert_eq!(datapoint_is(&|slot| slot.start = timestamp(0)), (2, 1));
        let none = first_is(&|change| change.evaluated = Some(Vec::new()));
        assert_eq!(none, (2, 1));
    }

    #[test]
    fn changes_half_a_step_apart_do_not_agree() {
        // The replay begins with the step of the first change, so the last one is moved.
        for (second, expected) in [(1590, 2), (1619, 2), (1620, 1), (1561, 2), (1560, 1)] {
            let mut record = record();
            record[1].time = timestamp(second);
            assert_eq!(agreeing(&record).0, expected, "{second}");
        }
    }

    #[test]
    fn a_state_that_was_set_by_hand_lasts_until_the_next_evaluation() {
        let by_hand = RecordedChange {
            old_state: Alarm,
            ..recorded(700, Fine)
        };
        let back = RecordedChange {
            evaluated: Some(Vec::new()),
            ..recorded(750, Alarm)
        };
        let [first, last] = record().try_into().unwrap();
        let record = [first, by_hand, back, last];
        let found = compare(&alarm(), &series(), &record, &ReplayOptions::default());
        assert_eq!(found.evaluation_offset_milliseconds, Some(30_000));
        assert_eq!((found.agreeing, found.set_by_hand), (3, 1));
        assert_eq!((found.only_recorded, found.only_replayed), (0, 0));
    }

    #[test]
    fn of_two_different_changes_at_one_moment_the_recorded_one_comes_first() {
        let (aws, own) = (recorded(60, Alarm), replayed(60, InsufficientData));
        let mut comparison = HistoryComparison::default();
        comparison.add(std::slice::from_ref(&aws), &[own], &|_, _| false);
        assert_eq!((comparison.only_recorded, comparison.only_replayed), (1, 1));
        assert_eq!(
            comparison.first_difference,
            Some(Difference::OnlyRecorded(aws))
        );
    }

    #[test]
    fn the_score_is_the_share_of_the_changes_that_agree() {
        let score = |agreeing, only_recorded, only_replayed| {
            let comparison = HistoryComparison {
                agreeing,
                only_recorded,
                only_replayed,
                ..HistoryComparison::default()
            };
            comparison.score()
        };
        assert_eq!(score(0, 0, 0), None);
        assert_eq!(score(0, 1, 0), Some(0.0));
        assert_eq!(score(3, 0, 0), Some(1.0));
        assert_eq!(score(4, 1, 3), Some(0.5));
    }
}
