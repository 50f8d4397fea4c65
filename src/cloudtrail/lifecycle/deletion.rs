//! The deletion that a record schedules.

use jiff::Timestamp;

use super::Step;
use super::deletion_date;
use crate::cloudtrail::record::Record;
use crate::json::Json;
use crate::time::period::DAY_SECONDS;

/// The members with the recovery window that a caller requests, by the services' names for it.
const REQUESTED_WINDOWS: [&[&str]; 4] = [
    &["requestParameters", "recoveryWindowInDays"],
    &["requestParameters", "pendingWindowInDays"],
    &["requestParameters", "permanentDeletionTimeInDays"],
    &["requestParameters", "deleteKeyInDays"],
];

const ANSWERED_WINDOW: &[&str] = &["responseElements", "pendingWindowInDays"];
const KEY_STATE: &[&str] = &["responseElements", "keyState"];
const FORCED: &[&str] = &["requestParameters", "forceDeleteWithoutRecovery"];

/// The members with the date of the deletion.
const DATES: [&[&str]; 2] = [
    &["responseElements", "deletionDate"],
    &["responseElements", "key", "deletePendingTimestamp"],
];

/// A deletion, as the record that schedules it describes it. The service's own events of a deletion
/// say whether it was forced, and those of other steps nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deletion {
    /// The time until which it can be undone; `None` if the record has none that can be read.
    pub date: Option<Timestamp>,
    /// The same time, as the record writes it.
    pub date_text: Option<String>,
    /// The days between the call and the deletion: those of the request, or else the default of
    /// the service. `None` for a forced deletion, which has no window.
    pub recovery_window_days: Option<u64>,
    /// True if the deletion cannot be undone; `None` if the record does not say.
    pub forced: Option<bool>,
    /// True for a multi-Region key with replicas. Its window begins when the last one is gone.
    pub awaits_replicas: bool,
}

impl Deletion {
    /// Reads the deletion that a record of a step schedules.
    pub fn from_record(step: Step, record: &Record<'_>) -> Self {
        match step {
            Step::Scheduled => Self::scheduled(record),
            Step::DeletionStarted | Step::Deleted => Self::ended(record),
            Step::Created
            | Step::Restored
            | Step::ReplicasDeleted
            | Step::Disabled
            | Step::Enabled
            | Step::MaterialDeleted => Self::default(),
        }
    }

    /// Reads whether a deletion was forced that the service carries out (sources, L26).
    fn ended(record: &Record<'_>) -> Self {
        Self {
            forced: was_forced(record).then_some(true),
            ..Self::default()
        }
    }

    fn scheduled(record: &Record<'_>) -> Self {
        let date_text = DATES.iter().find_map(|path| record.text(path));
        let forced = record.text(FORCED);
        let is_forced = forced.is_some_and(|forced| forced.eq_ignore_ascii_case("true"));
        Self {
            date: date_text.as_deref().and_then(deletion_date::parse),
            date_text,
            recovery_window_days: match is_forced {
                true => None,
                false => window(record),
            },
            forced: Some(is_forced),
            awaits_replicas: record.text(KEY_STATE).as_deref() == Some("PendingReplicaDeletion"),
        }
    }

    /// Returns the time until which a deletion that was scheduled then can be undone: the date that
    /// the service answered, or else the end of the window.
    pub fn until(&self, scheduled: Timestamp) -> Option<Timestamp> {
        if self.awaits_replicas {
            return None;
        }
        self.date.or_else(|| self.end_of_window(scheduled))
    }

    // Private CA answers no date, so its window is all that is known.
    fn end_of_window(&self, scheduled: Timestamp) -> Option<Timestamp> {
        let days = i64::try_from(self.recovery_window_days?).ok()?;
        let seconds = days.checked_mul(DAY_SECONDS)?;
        let end = scheduled.as_second().checked_add(seconds)?;
        Timestamp::from_second(end).ok()
    }

    /// Returns the column `forced`, written as records write booleans.
    pub fn forced_text(&self) -> Option<&'static str> {
        Some(match self.forced? {
            true => "true",
            false => "false",
        })
    }
}

fn was_forced(record: &Record<'_>) -> bool {
    let request = record.text(&["requestID"]).unwrap_or_default();
    request.starts_with("SecretDeleteMessage:") && request.ends_with(":Forced")
}

fn window(record: &Record<'_>) -> Option<u64> {
    let requested = REQUESTED_WINDOWS.iter().find_map(|path| record.text(path));
    let written = requested.or_else(|| record.text(ANSWERED_WINDOW));
    match written {
        Some(days) => whole_number(&days),
        None => default_window(record),
    }
}

/// Returns a whole number, which some pipelines write as `7.0`.
fn whole_number(text: &str) -> Option<u64> {
    let digits = match text.split_once('.') {
        Some((digits, zeros)) if zeros.bytes().all(|digit| digit == b'0') => digits,
        _ => text,
    };
    digits.parse().ok()
}

/// Returns the window of a request that names none (sources, L8 and L11).
fn default_window(record: &Record<'_>) -> Option<u64> {
    // Only a request that is present names no window. One that CloudTrail left out may have named
    // any.
    let request = record.at(&["requestParameters"])?;
    let is_present = matches!(request, Json::Object(_)) && request.member("omitted").is_none();
    if !is_present || record.text(&["errorCode"]).is_some() {
        return None;
    }
    let source = record.text(&["eventSource"])?;
    match source.starts_with("payment-cryptography.") {
        true => Some(7),
        false => Some(30),
    }
}
