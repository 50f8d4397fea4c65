//! A replayed history beside the one that AWS recorded.

use jiff::Timestamp;

use crate::alarm::definition::configuration::{AlarmConfiguration, AlarmState};
use crate::alarm::definition::watched::Observed;
use crate::alarm::replay::metric_alarm::{ReplayOptions, ReplayRange, Transition, replay};

/// How far two values may be apart that are the same, as a share of the recorded one.
const ROUNDING: f64 = 1e-9;

/// A change of state that AWS recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedChange {
    /// When the evaluation ran, or the state was set.
    pub time: Timestamp,
    /// The state before.
    pub old_state: AlarmState,
    /// The state after.
    pub new_state: AlarmState,
    /// What decided, newest first; nothing where no evaluation did: the state was set by hand.
    pub evaluated: Option<Vec<RecordedDatapoint>>,
}

/// A datapoint, or an empty slot, that decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecordedDatapoint {
    /// The beginning of its window.
    pub start: Timestamp,
    /// The value; nothing for an empty slot.
    pub value: Option<f64>,
}

/// How a replay and a record differ.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// AWS changed the state, the replay did not.
    OnlyRecorded(RecordedChange),
    /// The replay changed the state, AWS did not.
    OnlyReplayed(Transition),
    /// Both changed the state, and other datapoints decided.
    Datapoints(RecordedChange, Transition),
}

/// How faithful a replay is to a record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// How many changes both made, to the same state in the same step of the clock.
    pub agreeing: usize,
    /// How many of these the same datapoints decided.
    pub agreeing_in_datapoints: usize,
    /// How many changes only AWS made.
    pub only_recorded: usize,
    /// How many changes only the replay made.
    pub only_replayed: usize,
    /// How many changes were set by hand; the replay takes them over.
    pub set_by_hand: usize,
    /// How long after a step of the clock the evaluations ran, in milliseconds.
    pub evaluation_offset_milliseconds: i64,
    /// The first difference in time.
    pub first_difference: Option<Difference>,
}

impl Comparison {
    /// How many of all changes agree, from 0 to 1; nothing when there was none.
    pub fn score(&self) -> Option<f64> {
        let count = self.agreeing + self.only_recorded + self.only_replayed;
        (count > 0).then(|| self.agreeing as f64 / count as f64)
    }

    fn note(&mut self, difference: Difference) {
        self.first_difference.get_or_insert(difference);
    }
}

/// Replays an alarm from its first recorded change to its last, and compares.
///
/// The record gives the state before the first change, and the evaluation offset, which is constant
/// for an alarm (sources, E3 and W6), unless the options have one. The changes are sorted by time.
pub fn compare<'a>(
    alarm: &AlarmConfiguration,
    observed: impl Into<Observed<'a>>,
    recorded: &[RecordedChange],
    options: &ReplayOptions,
) -> Comparison {
    let (clock, observed) = (Clock::new(alarm, recorded, options), observed.into());
    let mut comparison = Comparison {
        evaluation_offset_milliseconds: clock.evaluation_offset_milliseconds,
        ..Comparison::default()
    };
    // The alarm has a past before the record, so that its warm-up period is over.
    let alarm = &AlarmConfiguration {
        warm_up: None,
        ..alarm.clone()
    };
    for stretch in stretches(recorded, clock) {
        let options = ReplayOptions {
            initial_state: stretch.initial_state,
            evaluation_offset_milliseconds: Some(clock.evaluation_offset_milliseconds),
            ..*options
        };
        let replayed = replay(alarm, observed, stretch.range, &options);
        comparison.add(stretch.recorded, &replayed, clock);
    }
    comparison.set_by_hand = recorded
        .iter()
        .filter(|change| change.evaluated.is_none())
        .count();
    comparison
}

/// The evaluations of an alarm in time.
#[derive(Clone, Copy)]
struct Clock {
    step_milliseconds: i64,
    evaluation_offset_milliseconds: i64,
}

impl Clock {
    fn new(
        alarm: &AlarmConfiguration,
        recorded: &[RecordedChange],
        options: &ReplayOptions,
    ) -> Self {
        let step_milliseconds = i64::from(alarm.step_seconds()) * 1000;
        let evaluated = recorded.iter().find(|change| change.evaluated.is_some());
        let recorded =
            evaluated.map(|change| change.time.as_millisecond().rem_euclid(step_milliseconds));
        let evaluation_offset = options
            .evaluation_offset_milliseconds
            .or(recorded)
            .unwrap_or(alarm.evaluation_offset_seconds() * 1000);
        Self {
            step_milliseconds,
            evaluation_offset_milliseconds: evaluation_offset.rem_euclid(step_milliseconds),
        }
    }

    /// The step of the clock whose evaluation is nearest to this moment, moved by a number of
    /// steps.
    fn nearest_step(self, moment: Timestamp, steps: i64) -> Timestamp {
        let half = self.step_milliseconds / 2;
        let number = (moment.as_millisecond() - self.evaluation_offset_milliseconds + half)
            .div_euclid(self.step_milliseconds);
        self.step(number + steps)
    }

    /// The step of the first evaluation after this moment.
    fn next_step(self, moment: Timestamp) -> Timestamp {
        self.step(
            (moment.as_millisecond() - self.evaluation_offset_milliseconds)
                .div_euclid(self.step_milliseconds)
                + 1,
        )
    }

    fn step(self, number: i64) -> Timestamp {
        Timestamp::from_millisecond(number.saturating_mul(self.step_milliseconds))
            .unwrap_or(Timestamp::MAX)
    }

    fn is_same_step(self, a: Timestamp, b: Timestamp) -> bool {
        a.as_millisecond().abs_diff(b.as_millisecond()) * 2 < self.step_milliseconds.unsigned_abs()
    }
}

/// Recorded changes that evaluations made, with nothing set by hand between them.
struct RecordedStretch<'a> {
    initial_state: AlarmState,
    range: ReplayRange,
    recorded: &'a [RecordedChange],
}

/// Cuts a record where a state was set by hand. The replay begins with the step of the first
/// change, since the alarm may not have existed before.
fn stretches(recorded: &[RecordedChange], clock: Clock) -> Vec<RecordedStretch<'_>> {
    let (Some(first), Some(last)) = (recorded.first(), recorded.last()) else {
        return Vec::new();
    };
    let mut initial_state = first.old_state;
    let mut start = clock.nearest_step(first.time, 0);
    let end = clock.nearest_step(last.time, 1);
    let mut found = Vec::new();
    for stretch in recorded.split_inclusive(|change| change.evaluated.is_none()) {
        let set = stretch.last().filter(|change| change.evaluated.is_none());
        let evaluated = &stretch[..stretch.len() - usize::from(set.is_some())];
        let range = ReplayRange {
            start,
            end: set.map_or(end, |set| clock.next_step(set.time)),
        };
        found.push(RecordedStretch {
            initial_state,
            range,
            recorded: evaluated,
        });
        if let Some(set) = set {
            (initial_state, start) = (set.new_state, range.end);
        }
    }
    found
}

impl Comparison {
    /// Walks along both histories in time.
    fn add(&mut self, recorded: &[RecordedChange], replayed: &[Transition], clock: Clock) {
        let (mut recorded, mut replayed) = (recorded.iter().peekable(), replayed.iter().peekable());
        loop {
            match (recorded.peek(), replayed.peek()) {
                (Some(change), Some(transition)) if is_same(change, transition, clock) => {
                    self.agree(change, transition);
                    recorded.next();
                    replayed.next();
                }
                (Some(change), other)
                    if other.is_none_or(|transition| change.time <= transition.verdict.time) =>
                {
                    self.only_recorded += 1;
                    self.note(Difference::OnlyRecorded((*change).clone()));
                    recorded.next();
                }
                (_, Some(transition)) => {
                    self.only_replayed += 1;
                    self.note(Difference::OnlyReplayed((*transition).clone()));
                    replayed.next();
                }
                (_, None) => return,
            }
        }
    }

    fn agree(&mut self, change: &RecordedChange, transition: &Transition) {
        self.agreeing += 1;
        match has_same_datapoints(change, transition) {
            true => self.agreeing_in_datapoints += 1,
            false => self.note(Difference::Datapoints(change.clone(), transition.clone())),
        }
    }
}

fn is_same(change: &RecordedChange, transition: &Transition, clock: Clock) -> bool {
    change.new_state == transition.verdict.state
        && clock.is_same_step(change.time, transition.verdict.time)
}

fn has_same_datapoints(change: &RecordedChange, transition: &Transition) -> bool {
    let recorded = change.evaluated.as_deref().unwrap_or_default();
    let replayed = &transition.verdict.evaluated;
    let is_close = |a: f64, b: f64| (a - b).abs() <= ROUNDING * a.abs();
    recorded.len() == replayed.len()
        && recorded.iter().zip(replayed).all(|(recorded, replayed)| {
            let values = (recorded.value, replayed.datapoint.map(|point| point.value));
            let has_same_value = match values {
                (Some(a), Some(b)) => is_close(a, b),
                (a, b) => a.is_none() && b.is_none(),
            };
            recorded.start == replayed.start && has_same_value
        })
}
