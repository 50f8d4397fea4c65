//! The replay of composite alarms over the states of other alarms (user guide, "Composite alarms").
//!
//! A composite alarm is evaluated when it is created and whenever one of its children changes its
//! state, at the very moment of the change; AWS takes some milliseconds more. It is in ALARM while
//! its rule is true, and in OK while it is not; INSUFFICIENT_DATA only before its creation.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::alarm::definition::composite::CompositeAlarm;
use crate::alarm::definition::vocabulary::AlarmState;
use crate::alarm::replay::change::{Cause, Change, ChildState};
use crate::alarm::replay::timeline::{StateChange, StateTimeline};
use crate::text::printable;

/// The reason that a composite alarm cannot be replayed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompositeError {
    /// An alarm in its rule, or its suppressor, does not exist.
    #[error("it needs alarm `{}`, which is not defined or cannot be replayed", printable(.0))]
    UnknownAlarm(String),
    /// It watches itself, through others or not, or one that does; AWS stops evaluating such
    /// alarms.
    #[error(
        "it watches itself by way of `{}`, and AWS does not evaluate such alarms",
        printable(.0)
    )]
    Cycle(String),
}

/// Replays composite alarms over the states of other alarms. The results are in the order of the
/// alarms.
///
/// `timelines` holds the states of the metric alarms by their names, and receives those of the
/// composite alarms. All are created at `start`, in `initial_state`.
pub fn replay_composites(
    alarms: &[CompositeAlarm],
    timelines: &mut BTreeMap<String, StateTimeline>,
    start: Timestamp,
    initial_state: AlarmState,
) -> Vec<Result<Vec<Change>, CompositeError>> {
    let mut replayed: Vec<Option<Vec<Change>>> = vec![None; alarms.len()];
    // Each round replays the alarms whose children are replayed. A round without any leaves those
    // that need an unknown alarm or each other.
    let mut is_done = false;
    while !is_done {
        is_done = true;
        for (alarm, changes) in alarms.iter().zip(&mut replayed) {
            if changes.is_none() {
                *changes = replay_if_ready(alarm, timelines, start, initial_state);
                is_done &= changes.is_none();
            }
        }
    }
    let mut results = Vec::with_capacity(alarms.len());
    for (alarm, changes) in alarms.iter().zip(replayed) {
        results.push(match missing(alarm, alarms, timelines) {
            Some(error) => Err(error),
            None => Ok(changes.unwrap_or_default()),
        });
    }
    results
}

/// Replays an alarm if the timelines of its children are known, and adds its own.
fn replay_if_ready(
    alarm: &CompositeAlarm,
    timelines: &mut BTreeMap<String, StateTimeline>,
    start: Timestamp,
    initial_state: AlarmState,
) -> Option<Vec<Change>> {
    let children = timelines_of_children(alarm, timelines)?;
    let changes = replay(alarm, &children, start, initial_state);
    let timeline = StateTimeline::new(initial_state, &changes);
    timelines.insert(alarm.alarm_name.clone(), timeline);
    Some(changes)
}

/// Returns the timelines of the children of an alarm, in the order of its rule; `None` if one of
/// them is missing.
fn timelines_of_children<'t>(
    alarm: &CompositeAlarm,
    timelines: &'t BTreeMap<String, StateTimeline>,
) -> Option<Vec<&'t StateTimeline>> {
    let children = alarm.rule.children().iter();
    children.map(|child| timelines.get(child)).collect()
}

/// Returns the reason that an alarm has not been replayed or not in full, after all that could be
/// replayed were.
fn missing(
    alarm: &CompositeAlarm,
    alarms: &[CompositeAlarm],
    timelines: &BTreeMap<String, StateTimeline>,
) -> Option<CompositeError> {
    let mut in_cycle = None;
    for name in alarm.needed_alarms() {
        if timelines.contains_key(name) {
            continue;
        }
        // An unknown alarm is the better reason: a cycle may only wait for it.
        if !alarms.iter().any(|alarm| alarm.alarm_name == name) {
            return Some(CompositeError::UnknownAlarm(name.to_owned()));
        }
        in_cycle.get_or_insert(name);
    }
    in_cycle.map(|name| CompositeError::Cycle(name.to_owned()))
}

/// Replays one composite alarm. `children` are in the order of the rule.
fn replay(
    alarm: &CompositeAlarm,
    children: &[&StateTimeline],
    start: Timestamp,
    initial_state: AlarmState,
) -> Vec<Change> {
    let mut state = initial_state;
    let mut changes = Vec::new();
    for time in evaluation_times(children, start) {
        let new_state = state_at(alarm, children, time);
        if new_state != state {
            let states = child_states(alarm, children, time, start);
            changes.push(Change {
                time,
                old_state: state,
                new_state,
                cause: cause(states, time, start),
            });
            state = new_state;
        }
    }
    changes
}

/// Returns the moments at which an alarm is evaluated: its creation, and each change of a child
/// after it. Children that change together make one evaluation, so that the alarm does not flicker.
fn evaluation_times(children: &[&StateTimeline], start: Timestamp) -> Vec<Timestamp> {
    let mut times = vec![start];
    for child in children {
        let changes = child.changes.iter().map(|change| change.time);
        times.extend(changes.filter(|time| *time > start));
    }
    times.sort_unstable();
    times.dedup();
    times
}

fn state_at(alarm: &CompositeAlarm, children: &[&StateTimeline], time: Timestamp) -> AlarmState {
    let states: Vec<AlarmState> = children.iter().map(|child| child.state(time)).collect();
    if alarm.rule.holds(&states) {
        AlarmState::Alarm
    } else {
        AlarmState::Ok
    }
}

/// Returns the states of the children at a moment. A child that has not changed is in its state
/// since the creation of the alarm.
fn child_states(
    alarm: &CompositeAlarm,
    children: &[&StateTimeline],
    time: Timestamp,
    start: Timestamp,
) -> Vec<ChildState> {
    let children = alarm.rule.children().iter().zip(children);
    children
        .map(|(name, child)| child_state(name, child, time, start))
        .collect()
}

fn child_state(name: &str, child: &StateTimeline, time: Timestamp, start: Timestamp) -> ChildState {
    let unchanged = StateChange {
        time: start,
        state: child.initial_state,
    };
    let last = child.last_change(time).unwrap_or(unchanged);
    ChildState {
        alarm_name: name.to_owned(),
        state: last.state,
        since: last.time,
    }
}

fn cause(mut children: Vec<ChildState>, time: Timestamp, start: Timestamp) -> Cause {
    if time == start {
        return Cause::Creation(children);
    }
    // Only children that changed at this very moment can have caused the evaluation.
    children.retain(|child| child.since == time);
    Cause::Children(children)
}

#[cfg(test)]
mod tests {
    use super::AlarmState::{Alarm, InsufficientData, Ok as Fine};
    use super::*;
    use crate::alarm::definition::actions::Actions;
    use crate::alarm::definition::composite::Suppressor;
    use crate::time::period::timestamp;

    fn composite(name: &str, rule: &str) -> CompositeAlarm {
        CompositeAlarm {
            alarm_name: name.into(),
            alarm_description: None,
            rule: rule.parse().expect(rule),
            actions: Actions::default(),
            suppressor: None,
        }
    }

    fn timelines(rows: &[(&str, &[(i64, AlarmState)])]) -> BTreeMap<String, StateTimeline> {
        let timeline = |(name, changes): &(&str, &[(i64, AlarmState)])| {
            let change = |&(second, state): &(i64, AlarmState)| StateChange {
                time: timestamp(second),
                state,
            };
            let changes = changes.iter().map(change).collect();
            (
                (*name).to_owned(),
                StateTimeline {
                    initial_state: InsufficientData,
                    changes,
                },
            )
        };
        rows.iter().map(timeline).collect()
    }

    fn replayed(
        alarms: &[CompositeAlarm],
        rows: &[(&str, &[(i64, AlarmState)])],
    ) -> Vec<Vec<Change>> {
        let histories =
            replay_composites(alarms, &mut timelines(rows), timestamp(0), InsufficientData);
        histories
            .into_iter()
            .map(|history| history.expect("replayed"))
            .collect()
    }

    fn states(history: &[Change]) -> Vec<(i64, AlarmState)> {
        history
            .iter()
            .map(|change| (change.time.as_second(), change.new_state))
            .collect()
    }

    #[test]
    fn a_composite_follows_its_children_from_its_creation_on() {
        let rows: &[(&str, &[_])] = &[
            ("a", &[(10, Alarm), (40, Fine)]),
            ("b", &[(10, Fine), (20, Alarm)]),
        ];
        let alarms = [composite("both", "ALARM(a) AND ALARM(b)")];
        let histories = replayed(&alarms, rows);
        assert_eq!(states(&histories[0]), [(0, Fine), (20, Alarm), (40, Fine)]);
        let child = |name: &str, state: AlarmState, second: i64| ChildState {
            alarm_name: name.into(),
            state,
            since: timestamp(second),
        };
        let all = vec![
            child("a", InsufficientData, 0),
            child("b", InsufficientData, 0),
        ];
        assert_eq!(histories[0][0].cause, Cause::Creation(all));
        let changed = vec![child("b", Alarm, 20)];
        assert_eq!(histories[0][1].cause, Cause::Children(changed));
    }

    #[test]
    fn composites_of_composites_change_at_the_same_moment_without_a_flicker() {
        let rows: &[(&str, &[_])] = &[("a", &[(10, Alarm), (20, Fine)])];
        let alarms = [
            composite("outer", "ALARM(a) AND OK(inner)"),
            composite("inner", "ALARM(a)"),
        ];
        let histories = replayed(&alarms, rows);
        assert_eq!(
            states(&histories[0]),
            [(0, Fine)],
            "inner goes off together with its child"
        );
        assert_eq!(states(&histories[1]), [(0, Fine), (10, Alarm), (20, Fine)]);
    }

    #[test]
    fn circles_and_unknown_alarms_are_left_out_by_name() {
        let errors = |alarms: &[CompositeAlarm]| {
            let histories = replay_composites(alarms, &mut BTreeMap::new(), timestamp(0), Fine);
            let error = |history: Result<Vec<_>, CompositeError>| {
                history.err().map(|error| error.to_string())
            };
            histories.into_iter().map(error).collect::<Vec<_>>()
        };
        let circle = |name: &str| {
            Some(format!(
                "it watches itself by way of `{name}`, and AWS does not evaluate such alarms"
            ))
        };
        let alarms = [
            composite("a", "ALARM(b)"),
            composite("b", "OK(a)"),
            composite("c", "TRUE"),
        ];
        assert_eq!(errors(&alarms), [circle("b"), circle("a"), None]);
        let unknown = |name: &str| {
            Some(format!(
                "it needs alarm `{name}`, which is not defined or cannot be replayed"
            ))
        };
        assert_eq!(
            errors(&[composite("a", "ALARM(x) OR ALARM(y)")]),
            [unknown("x")]
        );
        let suppressor = Suppressor {
            alarm_name: "s".into(),
            wait_seconds: 0,
            extension_seconds: 0,
        };
        let suppressed = CompositeAlarm {
            suppressor: Some(suppressor),
            ..composite("a", "TRUE")
        };
        assert_eq!(errors(&[suppressed]), [unknown("s")]);
    }
}
