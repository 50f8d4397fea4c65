//! When the actions of an alarm run: at each change of its state, unless something keeps them back
//! (user guide, "Alarm actions", "Alarm suppression" and "How alarm mute rules work").

use jiff::{SignedDuration, Timestamp};

use crate::alarm::definition::composite::{StateChange, Suppressor, Timeline};
use crate::alarm::definition::configuration::AlarmState;
use crate::alarm::definition::mute::{MuteRule, Muting, muting};

/// What keeps the actions of an alarm back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Restraints<'a> {
    /// The suppressor of a composite alarm, and its states.
    pub suppression: Option<(&'a Suppressor, &'a Timeline)>,
    /// The rules that mute the alarm.
    pub muted_by: &'a [&'a MuteRule],
}

/// A moment at which the actions of a change run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionRun {
    /// Which change.
    pub change: usize,
    /// When they run.
    pub time: Timestamp,
    /// Whether they were muted when their turn came.
    pub is_after_mute_window: bool,
}

/// When the actions of changes run, in the order of the changes. An alarm and its suppressor are
/// taken to keep their last states.
pub fn action_runs(changes: &[StateChange], restraints: Restraints<'_>) -> Vec<ActionRun> {
    let nexts = changes
        .iter()
        .skip(1)
        .map(|next| Some(next.time))
        .chain([None]);
    let runs = changes.iter().zip(nexts).enumerate().filter_map(
        |(change, (StateChange { time, .. }, next))| {
            let is_in_force = |time: &Timestamp| next.is_none_or(|next| *time < next);
            let time = match restraints.suppression {
                Some((suppressor, timeline)) => {
                    release(*time, suppressor, timeline).filter(is_in_force)?
                }
                None => *time,
            };
            match muting(restraints.muted_by, time) {
                Muting::No => Some(ActionRun {
                    change,
                    time,
                    is_after_mute_window: false,
                }),
                Muting::Until(end) if is_in_force(&end) => Some(ActionRun {
                    change,
                    time: end,
                    is_after_mute_window: true,
                }),
                Muting::Until(_) | Muting::Endless => None,
            }
        },
    );
    runs.collect()
}

/// When a suppressor lets the actions of a change go that happened at `time`, if the alarm does not
/// change again before; nothing when it stays in ALARM.
///
/// A change waits for the suppressor to go off. If that happens, it waits until the suppressor has
/// left ALARM, and for the extension after it (user guide, "Alarm suppression", examples 1 to 6).
fn release(time: Timestamp, suppressor: &Suppressor, timeline: &Timeline) -> Option<Timestamp> {
    let after = |time: Timestamp, seconds: u32| {
        time.saturating_add(SignedDuration::from_secs(seconds.into()))
            .unwrap_or(Timestamp::MAX)
    };
    let mut is_suppressing = timeline.state(time) == AlarmState::Alarm;
    let mut until = after(time, suppressor.wait_seconds);
    for change in timeline.changes.iter().filter(|change| change.time > time) {
        if !is_suppressing && until <= change.time {
            break;
        }
        let suppresses = change.state == AlarmState::Alarm;
        if is_suppressing && !suppresses {
            until = after(change.time, suppressor.extension_seconds);
        }
        is_suppressing = suppresses;
    }
    (!is_suppressing).then_some(until)
}

#[cfg(test)]
mod tests {
    use super::AlarmState::{Alarm, Ok as Fine};
    use super::*;
    use crate::alarm::definition::mute::MuteTimeZone;
    use crate::time::period::timestamp;

    fn changes(rows: &[(i64, AlarmState)]) -> Vec<StateChange> {
        rows.iter()
            .map(|&(second, state)| StateChange {
                time: timestamp(second),
                state,
            })
            .collect()
    }

    /// The runs of a composite alarm whose suppressor is waited for 20 seconds, and 30 after it.
    fn suppressed(
        own: &[(i64, AlarmState)],
        suppressor: &[(i64, AlarmState)],
    ) -> Vec<(usize, i64)> {
        let waits = Suppressor {
            alarm_name: "s".into(),
            wait_seconds: 20,
            extension_seconds: 30,
        };
        let timeline = Timeline {
            initial_state: Fine,
            changes: changes(suppressor),
        };
        let restraints = Restraints {
            suppression: Some((&waits, &timeline)),
            muted_by: &[],
        };
        action_runs(&changes(own), restraints)
            .iter()
            .map(|run| (run.change, run.time.as_second()))
            .collect()
    }

    #[test]
    fn the_six_documented_examples_of_suppression() {
        assert_eq!(
            suppressed(&[(20, Alarm)], &[]),
            [(0, 40)],
            "not suppressed after the wait"
        );
        assert_eq!(
            suppressed(&[(20, Alarm)], &[(30, Alarm)]),
            [],
            "suppressed before the wait is over"
        );
        assert_eq!(
            suppressed(&[(20, Alarm), (30, Fine)], &[]),
            [(1, 50)],
            "a change begins a new wait"
        );
        assert_eq!(
            suppressed(&[(20, Alarm)], &[(10, Alarm)]),
            [],
            "suppressed from the beginning"
        );
        let (off, on) = ((30, Alarm), (60, Fine));
        assert_eq!(
            suppressed(&[(20, Alarm)], &[off, on]),
            [(0, 90)],
            "not suppressed after the extension"
        );
        let back = [(20, Alarm), (70, Fine)];
        assert_eq!(
            suppressed(&back, &[off, on]),
            [(1, 90)],
            "a change in the extension begins a new wait"
        );
    }

    #[test]
    fn a_suppressor_that_comes_too_late_or_again() {
        assert_eq!(
            suppressed(&[(20, Alarm)], &[(40, Alarm)]),
            [(0, 40)],
            "the wait is over"
        );
        let again = [(30, Alarm), (60, Fine), (80, Alarm), (100, Fine)];
        assert_eq!(
            suppressed(&[(20, Alarm)], &again),
            [(0, 130)],
            "off again within the extension"
        );
    }

    #[test]
    fn muted_actions_run_when_the_window_ends_if_the_state_is_still_in_force() {
        let rule = MuteRule {
            name: "quiet".into(),
            schedule: "at(1970-01-01T00:01)".parse().expect("a schedule"),
            duration: "PT5M".parse().expect("a duration"),
            timezone: MuteTimeZone::new(None).expect("UTC"),
            alarm_names: Vec::new(),
            start_date: None,
            expire_date: None,
        };
        let runs = |rows: &[(i64, AlarmState)]| {
            let restraints = Restraints {
                suppression: None,
                muted_by: &[&rule],
            };
            let runs = action_runs(&changes(rows), restraints);
            runs.iter()
                .map(|run| (run.change, run.time.as_second(), run.is_after_mute_window))
                .collect::<Vec<_>>()
        };
        assert_eq!(runs(&[(120, Alarm)]), [(0, 360, true)]);
        assert_eq!(runs(&[(120, Alarm), (240, Fine)]), [(1, 360, true)]);
        assert_eq!(
            runs(&[(5, Alarm), (360, Fine)]),
            [(0, 5, false), (1, 360, false)]
        );
        assert_eq!(runs(&[(60, Alarm), (360, Fine)]), [(1, 360, false)]);
    }
}
