//! The moments at which the actions of an alarm run: at each change of its state, unless something
//! holds them back (user guide, "Alarm actions", "Alarm suppression" and "How alarm mute rules
//! work").

use jiff::{SignedDuration, Timestamp};

use crate::alarm::definition::composite::Suppressor;
use crate::alarm::definition::mute::{MuteRule, Muting, muting};
use crate::alarm::definition::vocabulary::AlarmState;
use crate::alarm::replay::timeline::{StateChange, StateTimeline};

/// The suppressor and the mute rules that hold back the actions of an alarm.
#[derive(Clone, Copy, Debug, Default)]
pub struct Restraints<'a> {
    /// The suppressor of a composite alarm, and its states.
    pub suppression: Option<(&'a Suppressor, &'a StateTimeline)>,
    /// The rules that mute the alarm.
    pub muted_by: &'a [&'a MuteRule],
}

/// The run of the actions of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionRun {
    /// The number of the change.
    pub change: usize,
    /// The moment of the run.
    pub time: Timestamp,
    /// True if the actions had to wait for the end of a mute window.
    pub is_after_mute_window: bool,
}

/// Returns the runs of the actions of changes, in the order of the changes. An alarm and its
/// suppressor are taken to keep their last states.
pub fn action_runs(changes: &[StateChange], restraints: Restraints<'_>) -> Vec<ActionRun> {
    let mut runs = Vec::new();
    for (number, change) in changes.iter().enumerate() {
        let next = changes.get(number + 1).map(|next| next.time);
        if let Some((time, is_after_mute_window)) = run(change.time, next, restraints) {
            runs.push(ActionRun {
                change: number,
                time,
                is_after_mute_window,
            });
        }
    }
    runs
}

/// Returns the moment at which the actions of a change run, and whether they had to wait for the
/// end of a mute window; `None` if the next change is before that.
fn run(
    change: Timestamp,
    next: Option<Timestamp>,
    restraints: Restraints<'_>,
) -> Option<(Timestamp, bool)> {
    // Actions that have to wait until the next change never run.
    let is_in_force = |time: Timestamp| next.is_none_or(|next| time < next);
    let mut time = change;
    if let Some((suppressor, timeline)) = restraints.suppression {
        time = release(change, suppressor, timeline)?;
        if !is_in_force(time) {
            return None;
        }
    }
    match muting(restraints.muted_by, time) {
        Muting::No => Some((time, false)),
        Muting::Until(end) => is_in_force(end).then_some((end, true)),
        Muting::Endless => None,
    }
}

/// Returns the moment at which a suppressor releases the actions of a change that happened at
/// `change`, if the alarm does not change again before; `None` if the suppressor stays in ALARM.
///
/// The actions wait for the suppressor to go off. If that happens, they wait until it has left
/// ALARM, and for the extension after that (user guide, "Alarm suppression", examples 1 to 6).
fn release(
    change: Timestamp,
    suppressor: &Suppressor,
    timeline: &StateTimeline,
) -> Option<Timestamp> {
    let mut is_suppressing = timeline.state(change) == AlarmState::Alarm;
    let mut release = later(change, suppressor.wait_seconds);
    for next in timeline.changes_after(change) {
        // The suppressor goes off too late if the wait or the extension is over at that moment.
        if !is_suppressing && release <= next.time {
            break;
        }
        let suppresses = next.state == AlarmState::Alarm;
        if is_suppressing && !suppresses {
            release = later(next.time, suppressor.extension_seconds);
        }
        is_suppressing = suppresses;
    }
    (!is_suppressing).then_some(release)
}

fn later(time: Timestamp, seconds: u32) -> Timestamp {
    time.saturating_add(SignedDuration::from_secs(seconds.into()))
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::AlarmState::{Alarm, InsufficientData, Ok as Fine};
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
        let timeline = StateTimeline {
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
        assert_eq!(
            suppressed(&[(20, Alarm)], &[(30, InsufficientData)]),
            [(0, 40)],
            "another state than ALARM has no extension"
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
