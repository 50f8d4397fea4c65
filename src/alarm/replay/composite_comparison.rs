//! The rule of a composite alarm compared with the changes that AWS recorded.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::alarm::definition::composite::CompositeAlarm;
use crate::alarm::replay::change::Change;
use crate::alarm::replay::comparison::{HistoryComparison, RecordedChange};
use crate::alarm::replay::composite_alarm::{CompositeError, replay_composites};
use crate::alarm::replay::timeline::StateTimeline;
use crate::text::printable;

/// The longest time from the change of a child to that of its composite alarm. AWS takes
/// milliseconds, but the two times are measured in different places.
const DELAY_LIMIT: SignedDuration = SignedDuration::from_secs(60);

/// The reason for which a composite alarm cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UncomparableError {
    /// No change of the alarm itself is recorded.
    #[error("no change of its state is recorded")]
    Unrecorded,
    /// No state of a child is recorded.
    #[error("no state of its child `{}` is recorded", printable(.0))]
    UnrecordedChild(String),
    /// The rule cannot be replayed.
    #[error(transparent)]
    Rule(CompositeError),
}

impl From<CompositeError> for UncomparableError {
    fn from(error: CompositeError) -> Self {
        match error {
            CompositeError::UnknownAlarm(child) => Self::UnrecordedChild(child),
            other => Self::Rule(other),
        }
    }
}

/// Replays the rule of a composite alarm over the recorded states of its children, from the first
/// of its own recorded changes to the last, and compares. The changes are in the order of time.
///
/// # Errors
///
/// Returns an error if no change is recorded, the states of a child are not recorded, or the rule
/// cannot be replayed.
pub fn compare_composite(
    alarm: &CompositeAlarm,
    states: &BTreeMap<String, StateTimeline>,
    recorded: &[RecordedChange],
) -> Result<HistoryComparison, UncomparableError> {
    let (Some(first), Some(last)) = (recorded.first(), recorded.last()) else {
        return Err(UncomparableError::Unrecorded);
    };
    let mut replayed = replayed_rule(alarm, states, first)?;
    let end = last.time.saturating_add(DELAY_LIMIT).unwrap_or(last.time);
    // Later changes have no recorded ones that they could agree with.
    replayed.retain(|change| change.time <= end);
    let mut comparison = HistoryComparison::default();
    comparison.add(recorded, &replayed, &is_same);
    Ok(comparison)
}

fn replayed_rule(
    alarm: &CompositeAlarm,
    states: &BTreeMap<String, StateTimeline>,
    first: &RecordedChange,
) -> Result<Vec<Change>, CompositeError> {
    // A suppressor holds back actions, and has no influence on the state.
    let alarm = CompositeAlarm {
        suppressor: None,
        ..alarm.clone()
    };
    let mut states = states.clone();
    // Its own recorded states must not take the place of the replayed ones.
    states.remove(&alarm.alarm_name);
    // The change of the child that caused the first recorded one may have an earlier time.
    let start = first.time.saturating_sub(DELAY_LIMIT).unwrap_or(first.time);
    let results = replay_composites(&[alarm], &mut states, start, first.old_state);
    results.into_iter().next().unwrap_or(Ok(Vec::new()))
}

fn is_same(recorded: &RecordedChange, replayed: &Change) -> bool {
    recorded.new_state == replayed.new_state
        && distance(recorded.time, replayed.time) <= DELAY_LIMIT
}

fn distance(one: Timestamp, other: Timestamp) -> SignedDuration {
    one.duration_since(other).abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::definition::actions::Actions;
    use crate::alarm::definition::vocabulary::AlarmState::{self, Alarm, Ok as Fine};
    use crate::alarm::replay::timeline::StateChange;
    use crate::time::period::timestamp;

    fn alarm() -> CompositeAlarm {
        CompositeAlarm {
            alarm_name: "both".into(),
            alarm_description: None,
            rule: "ALARM(a) AND ALARM(b)".parse().expect("a rule"),
            actions: Actions::default(),
            suppressor: None,
        }
    }

    fn states(rows: &[(&str, &[(i64, AlarmState)])]) -> BTreeMap<String, StateTimeline> {
        let mut states = BTreeMap::new();
        for (name, changes) in rows {
            let change = |&(second, state): &(i64, AlarmState)| StateChange {
                time: timestamp(second),
                state,
            };
            let timeline = StateTimeline {
                initial_state: Fine,
                changes: changes.iter().map(change).collect(),
            };
            states.insert((*name).to_owned(), timeline);
        }
        states
    }

    fn recorded(rows: &[(i64, AlarmState, AlarmState)]) -> Vec<RecordedChange> {
        let change = |&(second, old_state, new_state): &_| RecordedChange {
            time: timestamp(second),
            old_state,
            new_state,
            evaluated: None,
        };
        rows.iter().map(change).collect()
    }

    #[test]
    fn a_rule_is_compared_over_the_recorded_states_of_its_children() {
        let states = states(&[
            ("a", &[(1000, Alarm), (2000, Fine), (3000, Alarm)]),
            ("b", &[(1100, Alarm)]),
        ]);
        let same = recorded(&[(1101, Fine, Alarm), (2001, Alarm, Fine)]);
        let compared = compare_composite(&alarm(), &states, &same).expect("compared");
        assert_eq!((compared.agreeing, compared.first_difference), (2, None));
        let other = recorded(&[
            (1101, Fine, Alarm),
            (2900, Alarm, Fine),
            (3001, Fine, Alarm),
        ]);
        let compared = compare_composite(&alarm(), &states, &other).expect("compared");
        let counts = (
            compared.agreeing,
            compared.only_recorded,
            compared.only_replayed,
        );
        assert_eq!(counts, (2, 1, 1));
    }

    #[test]
    fn a_change_and_its_record_are_at_most_a_minute_apart() {
        let states = states(&[
            ("a", &[(1000, Alarm), (2000, Fine)]),
            ("b", &[(500, Alarm)]),
        ]);
        for (second, agreeing) in [(1939, 1), (1940, 2), (2060, 2), (2061, 1)] {
            let recorded = recorded(&[(1000, Fine, Alarm), (second, Alarm, Fine)]);
            let compared = compare_composite(&alarm(), &states, &recorded).expect("compared");
            assert_eq!(compared.agreeing, agreeing, "{second}");
            assert_eq!(compared.only_recorded, 2 - agreeing, "{second}");
        }
    }

    #[test]
    fn a_child_may_have_changed_a_minute_before_the_first_record() {
        let states = states(&[("a", &[(1000, Alarm)]), ("b", &[(500, Alarm)])]);
        let recorded = recorded(&[(1060, Fine, Alarm)]);
        let compared = compare_composite(&alarm(), &states, &recorded).expect("compared");
        assert_eq!((compared.agreeing, compared.first_difference), (1, None));
    }

    #[test]
    fn a_child_without_states_is_named() {
        let states = states(&[("a", &[(1000, Alarm)])]);
        let recorded = recorded(&[(1000, Fine, Alarm)]);
        let error = compare_composite(&alarm(), &states, &recorded).expect_err("no state of b");
        assert_eq!(error, UncomparableError::UnrecordedChild("b".into()));
    }
}
