//! The notifications that an alarm would have sent, each with its SNS message and the email made
//! from it.

use serde::Serialize;

use crate::alarm::aws::announcement::Announcement;
use crate::alarm::aws::email::email;
use crate::alarm::aws::message::NotificationMessage;
use crate::alarm::aws::reason::reason;
use crate::alarm::replay::action::{ActionRun, Restraints, action_runs};
use crate::alarm::replay::change::{Change, ReplayedAlarm};
use crate::alarm::replay::timeline::StateChange;
use crate::text::printable;
use crate::time::aws::aws_time;

/// The longest subject of an email, in characters.
const SUBJECT_LIMIT: usize = 100;

/// The end of a name that is shortened.
const ELLIPSIS: &str = "...";

/// One notification, as its topic would have delivered it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Notification {
    /// The moment at which it was sent.
    pub timestamp: String,
    /// The actions that it was sent to.
    pub topics: Vec<String>,
    /// The subject of its email.
    pub subject: String,
    /// The message, as JSON in a text.
    pub message: String,
    /// The body of its email.
    pub email: String,
}

/// The error of notifications of an alarm whose account or region is not known. It contains the
/// name of the alarm.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the account and region of alarm `{}` are not known, and notifications contain them",
    printable(.0)
)]
pub struct UnknownPlace(pub String);

/// Returns the notifications of an alarm: one for each change to a state that has actions, if
/// actions are enabled and nothing holds them back.
///
/// # Errors
///
/// Returns an error if the place of the alarm is not known.
pub fn notifications(
    replayed: &ReplayedAlarm<'_>,
    restraints: Restraints<'_>,
) -> Result<Vec<Notification>, UnknownPlace> {
    let alarm = replayed.alarm;
    let Some(place) = &replayed.place else {
        return Err(UnknownPlace(alarm.name().to_owned()));
    };
    let runs = action_runs(&state_changes(replayed), restraints);
    let mut notifications = Vec::new();
    for (change, run) in with_changes(runs, &replayed.changes) {
        notifications.extend(notification(&Announcement {
            alarm,
            place,
            change,
            reason: reason(alarm, change, Some(place)),
            run,
        }));
    }
    Ok(notifications)
}

fn state_changes(replayed: &ReplayedAlarm<'_>) -> Vec<StateChange> {
    replayed.changes.iter().map(StateChange::from).collect()
}

fn with_changes(
    runs: Vec<ActionRun>,
    changes: &[Change],
) -> impl Iterator<Item = (&Change, ActionRun)> {
    let runs = runs.into_iter();
    runs.filter_map(|run| Some((changes.get(run.change)?, run)))
}

/// Returns a notification, unless the state has no actions or they are disabled.
fn notification(announcement: &Announcement<'_>) -> Option<Notification> {
    let actions = announcement.alarm.actions();
    let topics = actions.on_change_to(announcement.change.new_state);
    if !actions.enabled || topics.is_empty() {
        return None;
    }
    let message = NotificationMessage::new(announcement);
    Some(Notification {
        timestamp: aws_time(announcement.run.time),
        topics: topics.to_vec(),
        subject: subject(announcement),
        // Texts and numbers can always be written as JSON.
        message: serde_json::to_string(&message).unwrap_or_default(),
        email: email(announcement),
    })
}

/// Returns the subject of the email, `STATE: "name" in Region`, with at most 100 characters: a long
/// name is shortened.
fn subject(announcement: &Announcement<'_>) -> String {
    let name = ascii(announcement.alarm.name());
    let whole = subject_with(announcement, &name);
    let excess = whole.chars().count().saturating_sub(SUBJECT_LIMIT);
    if excess == 0 {
        return whole;
    }
    // The name is ASCII, so it can be cut at any byte.
    let kept = name.len().saturating_sub(excess + ELLIPSIS.len());
    let start = name.get(..kept).unwrap_or_default();
    subject_with(announcement, &format!("{start}{ELLIPSIS}"))
}

fn subject_with(announcement: &Announcement<'_>, name: &str) -> String {
    let state = announcement.change.new_state;
    let region = announcement.region_name();
    format!("{state}: \"{name}\" in {region}")
}

/// Returns a name with each run of characters beyond ASCII replaced by one `_`.
fn ascii(name: &str) -> String {
    let mut ascii = String::new();
    let mut is_in_run = false;
    for character in name.chars() {
        if character.is_ascii() {
            ascii.push(character);
        } else if !is_in_run {
            ascii.push('_');
        }
        is_in_run = !character.is_ascii();
    }
    ascii
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::definition::any::AnyAlarm;
    use crate::alarm::definition::configuration::AlarmConfiguration;
    use crate::alarm::definition::place::AlarmPlace;
    use crate::alarm::definition::vocabulary::AlarmState;
    use crate::alarm::replay::change::{Cause, EvaluatedData};
    use crate::time::period::timestamp;

    fn subject_of(name: &str) -> String {
        let alarm = AlarmConfiguration::on_sum(name, Default::default());
        let place = AlarmPlace {
            account: "111122223333".into(),
            region: "us-east-1".into(),
        };
        let change = Change {
            time: timestamp(0),
            old_state: AlarmState::Ok,
            new_state: AlarmState::Alarm,
            cause: Cause::Datapoints(EvaluatedData::default()),
        };
        subject(&Announcement {
            alarm: AnyAlarm::Metric(&alarm),
            place: &place,
            change: &change,
            reason: String::new(),
            run: ActionRun {
                change: 0,
                time: change.time,
                is_after_mute_window: false,
            },
        })
    }

    #[test]
    fn a_subject_has_a_hundred_characters_at_most() {
        assert_eq!(
            subject_of("root-login-seen"),
            "ALARM: \"root-login-seen\" in US East (N. Virginia)"
        );
        assert_eq!(
            subject_of("größe日本x"),
            "ALARM: \"gr_e_x\" in US East (N. Virginia)"
        );
        assert_eq!(
            subject_of("my_é_日本"),
            "ALARM: \"my____\" in US East (N. Virginia)"
        );
        let long = subject_of(&"x".repeat(200));
        assert_eq!(long.chars().count(), SUBJECT_LIMIT);
        assert!(long.ends_with("...\" in US East (N. Virginia)"), "{long}");
    }
}
