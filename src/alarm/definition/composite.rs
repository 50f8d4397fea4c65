//! Composite alarms: alarms on the states of other alarms (user guide, "Composite alarms").
//!
//! A composite alarm is evaluated when it is created and whenever one of its children changes its
//! state, at the very moment of the change; AWS takes some milliseconds more. It is in ALARM while
//! its rule is true, and in OK while it is not; INSUFFICIENT_DATA only right after its creation.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::alarm::definition::alarm_rule::AlarmRule;
use crate::alarm::definition::configuration::{Actions, AlarmState};
use crate::alarm::definition::place::AlarmPlace;
use crate::time::aws::aws_long_time;

/// A composite alarm (API, `PutCompositeAlarm`).
#[derive(Clone, Debug, PartialEq)]
pub struct CompositeAlarm {
    /// The name of the alarm.
    pub alarm_name: String,
    /// What the alarm is for, in the words of its owner.
    pub alarm_description: Option<String>,
    /// Which states of its children make it go off.
    pub rule: AlarmRule,
    /// What the alarm does when its state changes.
    pub actions: Actions,
    /// What keeps it from doing so.
    pub suppressor: Option<Suppressor>,
}

/// An alarm that keeps the actions of a composite alarm back while it is in ALARM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressor {
    /// The name of the suppressor alarm.
    pub alarm_name: String,
    /// How long the composite alarm waits for the suppressor to go off, in seconds.
    pub wait_seconds: u32,
    /// How long it waits after the suppressor left ALARM, in seconds.
    pub extension_seconds: u32,
}

/// The states of an alarm over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// The state before the first change.
    pub initial_state: AlarmState,
    /// The changes, oldest first.
    pub changes: Vec<StateChange>,
}

/// A change of state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateChange {
    /// When it happened.
    pub time: Timestamp,
    /// The state from then on.
    pub state: AlarmState,
}

impl Timeline {
    /// The last change at this moment or before it.
    fn last_change(&self, time: Timestamp) -> Option<StateChange> {
        let count = self.changes.partition_point(|change| change.time <= time);
        self.changes.get(count.checked_sub(1)?).copied()
    }

    /// The state at this moment, changes at it included.
    pub fn state(&self, time: Timestamp) -> AlarmState {
        self.last_change(time)
            .map_or(self.initial_state, |change| change.state)
    }
}

/// A change of the state of a composite alarm.
#[derive(Clone, Debug, PartialEq)]
pub struct CompositeTransition {
    /// When it happened.
    pub time: Timestamp,
    /// The state before.
    pub old_state: AlarmState,
    /// The state that followed.
    pub state: AlarmState,
    /// Whether the alarm was created then; else its children changed.
    pub is_creation: bool,
    /// The children that changed, or all at the creation, in the order of the rule.
    pub children: Vec<ChildState>,
}

/// The state of a child.
#[derive(Clone, Debug, PartialEq)]
pub struct ChildState {
    /// The name of the child.
    pub alarm_name: String,
    /// Its state.
    pub state: AlarmState,
    /// Since when it is in it.
    pub since: Timestamp,
}

impl CompositeTransition {
    /// When the state changed, and to what.
    pub fn change(&self) -> StateChange {
        StateChange {
            time: self.time,
            state: self.state,
        }
    }

    /// Why the state changed, in the words of AWS (recorded events). Without a place, alarms are
    /// named without ARN.
    pub fn reason(&self, alarm: &CompositeAlarm, place: Option<&AlarmPlace>) -> String {
        let arn = |name: &str| place.map_or_else(|| name.to_owned(), |place| place.arn(name));
        match self.children.first().filter(|_| !self.is_creation) {
            Some(child) => {
                format!(
                    "{} transitioned to {} at {}",
                    arn(&child.alarm_name),
                    child.state,
                    aws_long_time(child.since)
                )
            }
            None => {
                format!(
                    "{} was created and its alarm rule evaluates to {}",
                    arn(&alarm.alarm_name),
                    self.state
                )
            }
        }
    }
}

/// Why a composite alarm cannot be replayed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompositeError {
    /// Its rule or its suppressor is an alarm that is not there.
    #[error("it needs alarm `{0}`, which is not defined or cannot be replayed")]
    UnknownAlarm(String),
    /// It watches itself, through others or not, or one that does; AWS stops evaluating such.
    #[error("it watches itself by way of {0}, and AWS does not evaluate such alarms")]
    Cycle(String),
}

/// Replays composite alarms over the states of other alarms. The histories come in the order of the
/// alarms, each with the reason where there is none.
///
/// `timelines` holds the states of the metric alarms by their names, and receives those of the
/// composite alarms. All are created at `start`, in `initial_state`.
pub fn replay_composites(
    alarms: &[CompositeAlarm],
    timelines: &mut BTreeMap<String, Timeline>,
    start: Timestamp,
    initial_state: AlarmState,
) -> Vec<Result<Vec<CompositeTransition>, CompositeError>> {
    let mut histories: Vec<Option<Vec<CompositeTransition>>> = vec![None; alarms.len()];
    loop {
        let is_ready = |alarm: &CompositeAlarm| {
            alarm
                .rule
                .children()
                .iter()
                .all(|child| timelines.contains_key(child))
        };
        let waiting = alarms
            .iter()
            .zip(&mut histories)
            .filter(|(_, history)| history.is_none());
        let ready: Vec<_> = waiting.filter(|(alarm, _)| is_ready(alarm)).collect();
        if ready.is_empty() {
            break;
        }
        for (alarm, history) in ready {
            let children: Vec<&Timeline> = alarm
                .rule
                .children()
                .iter()
                .filter_map(|child| timelines.get(child))
                .collect();
            let transitions = replay(alarm, &children, start, initial_state);
            let changes = transitions
                .iter()
                .map(CompositeTransition::change)
                .collect();
            timelines.insert(
                alarm.alarm_name.clone(),
                Timeline {
                    initial_state,
                    changes,
                },
            );
            *history = Some(transitions);
        }
    }
    let missing = |alarm: &CompositeAlarm| missing(alarm, alarms, timelines);
    let histories = histories.into_iter().zip(alarms);
    histories
        .map(|(history, alarm)| match missing(alarm) {
            None => Ok(history.unwrap_or_default()),
            Some(error) => Err(error),
        })
        .collect()
}

/// What a composite alarm lacks after all that could be replayed were.
fn missing(
    alarm: &CompositeAlarm,
    alarms: &[CompositeAlarm],
    timelines: &BTreeMap<String, Timeline>,
) -> Option<CompositeError> {
    let suppressor = alarm
        .suppressor
        .iter()
        .map(|suppressor| &suppressor.alarm_name);
    let needed = alarm.rule.children().iter().chain(suppressor);
    let missing: Vec<&String> = needed
        .filter(|name| !timelines.contains_key(*name))
        .collect();
    let is_defined = |name: &&&String| alarms.iter().any(|alarm| alarm.alarm_name == ***name);
    match missing.iter().find(|name| !is_defined(name)) {
        Some(unknown) => Some(CompositeError::UnknownAlarm((*unknown).clone())),
        None => missing
            .first()
            .map(|name| CompositeError::Cycle(format!("`{name}`"))),
    }
}

/// Replays one composite alarm. `children` are the states of its children, in the order of the
/// rule.
fn replay(
    alarm: &CompositeAlarm,
    children: &[&Timeline],
    start: Timestamp,
    initial_state: AlarmState,
) -> Vec<CompositeTransition> {
    let changes = children
        .iter()
        .flat_map(|child| child.changes.iter().map(|change| change.time));
    let mut moments: Vec<Timestamp> = changes
        .filter(|time| *time > start)
        .chain([start])
        .collect();
    moments.sort_unstable();
    moments.dedup();
    let mut state = initial_state;
    let mut transitions = Vec::new();
    for time in moments {
        let states: Vec<AlarmState> = children.iter().map(|child| child.state(time)).collect();
        let new = if alarm.rule.holds(&states) {
            AlarmState::Alarm
        } else {
            AlarmState::Ok
        };
        if new != state {
            let is_creation = time == start;
            let child = |(name, child): (&String, &&Timeline)| {
                let last = child.last_change(time);
                let since = last.map_or(start, |change| change.time);
                let state = last.map_or(child.initial_state, |change| change.state);
                (is_creation || since == time).then(|| ChildState {
                    alarm_name: name.clone(),
                    state,
                    since,
                })
            };
            let children = alarm
                .rule
                .children()
                .iter()
                .zip(children)
                .filter_map(child)
                .collect();
            transitions.push(CompositeTransition {
                time,
                old_state: state,
                state: new,
                is_creation,
                children,
            });
            state = new;
        }
    }
    transitions
}

#[cfg(test)]
mod tests {
    use super::AlarmState::{Alarm, InsufficientData, Ok as Fine};
    use super::*;
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

    fn timelines(rows: &[(&str, &[(i64, AlarmState)])]) -> BTreeMap<String, Timeline> {
        let timeline = |(name, changes): &(&str, &[(i64, AlarmState)])| {
            let change = |&(second, state): &(i64, AlarmState)| StateChange {
                time: timestamp(second),
                state,
            };
            let changes = changes.iter().map(change).collect();
            (
                (*name).to_owned(),
                Timeline {
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
    ) -> Vec<Vec<CompositeTransition>> {
        let histories =
            replay_composites(alarms, &mut timelines(rows), timestamp(0), InsufficientData);
        histories
            .into_iter()
            .map(|history| history.expect("replayed"))
            .collect()
    }

    fn states(history: &[CompositeTransition]) -> Vec<(i64, AlarmState)> {
        history
            .iter()
            .map(|change| (change.time.as_second(), change.state))
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
        assert_eq!(
            histories[0][0].children.len(),
            2,
            "all children at the creation"
        );
        let child = ChildState {
            alarm_name: "b".into(),
            state: Alarm,
            since: timestamp(20),
        };
        assert_eq!(histories[0][1].children, [child], "then those that changed");
        let place = AlarmPlace {
            account: "111122223333".into(),
            region: "us-east-1".into(),
        };
        assert_eq!(
            histories[0][1].reason(&alarms[0], Some(&place)),
            "arn:aws:cloudwatch:us-east-1:111122223333:alarm:b transitioned to ALARM at Thursday 01 January, 1970 00:00:20 UTC"
        );
        assert_eq!(
            histories[0][0].reason(&alarms[0], None),
            "both was created and its alarm rule evaluates to OK"
        );
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
