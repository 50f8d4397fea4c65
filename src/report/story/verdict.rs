//! The verdict of a story: the result that a person needs.

use std::fmt;

use jiff::Timestamp;

use crate::language::Message;

/// The verdict of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is pending at the end of the archive, and callers still ask for it.
    PendingInUse {
        /// The time until which it can be undone.
        until: Option<Timestamp>,
        /// The number of callers.
        callers: u64,
    },
    /// It is pending at the end of the archive.
    Pending {
        /// The time until which it can be undone.
        until: Option<Timestamp>,
    },
    /// It is deleted once its replicas are.
    AwaitsReplicas {
        /// The number of callers.
        callers: u64,
    },
    /// Its window ended, and the archive does not show its deletion.
    WindowEnded {
        /// The end of the window.
        until: Timestamp,
        /// The number of callers.
        callers: u64,
    },
    /// It was deleted, and callers asked for it.
    DeletedInUse {
        /// The number of callers.
        callers: u64,
    },
    /// It was deleted, and nothing asked for it.
    Deleted,
    /// It was deleted without a window.
    Forced {
        /// The number of callers.
        callers: u64,
    },
    /// A replica was deleted at once.
    ReplicaDeleted {
        /// The number of callers.
        callers: u64,
    },
    /// It was restored after callers had asked for it.
    RestoredInUse {
        /// The number of refused calls, or else of others that needed it.
        attempts: u64,
        /// The days in which it was pending, rounded up.
        days: Option<u64>,
    },
    /// It was restored, and nothing had asked for it.
    Restored {
        /// The days in which it was pending, rounded up.
        days: Option<u64>,
    },
    /// Callers were refused, and the archive has no step of its deletion.
    Unscheduled {
        /// The number of callers.
        callers: u64,
    },
    /// The archive lacks the step that ended it.
    EndMissing {
        /// The number of callers.
        callers: u64,
    },
}

/// The urgency of a story, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// It is needed and can perhaps still be saved.
    Now,
    /// It was needed and is lost.
    Lost,
    /// It was needed.
    Needed,
    /// Nobody asked for it.
    Quiet,
}

impl Verdict {
    /// Returns the name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::PendingInUse { .. } => "pending-in-use",
            Self::Pending { .. } => "pending",
            Self::AwaitsReplicas { .. } => "awaits-replicas",
            Self::WindowEnded { .. } => "window-ended",
            Self::DeletedInUse { .. } => "deleted-in-use",
            Self::Deleted => "deleted",
            Self::Forced { .. } => "forced",
            Self::ReplicaDeleted { .. } => "replica-deleted",
            Self::RestoredInUse { .. } => "restored-in-use",
            Self::Restored { .. } => "restored",
            Self::Unscheduled { .. } => "unscheduled",
            Self::EndMissing { .. } => "end-missing",
        }
    }

    /// Returns its urgency.
    pub fn urgency(self) -> Urgency {
        match self {
            Self::PendingInUse { .. } => Urgency::Now,
            Self::AwaitsReplicas { callers } | Self::WindowEnded { callers, .. } => {
                if_asked(callers, Urgency::Now)
            }
            Self::DeletedInUse { .. } => Urgency::Lost,
            Self::Forced { callers } | Self::ReplicaDeleted { callers } => {
                if_asked(callers, Urgency::Lost)
            }
            Self::RestoredInUse { .. } => Urgency::Needed,
            Self::Unscheduled { callers } | Self::EndMissing { callers } => {
                if_asked(callers, Urgency::Needed)
            }
            Self::Pending { .. } | Self::Deleted | Self::Restored { .. } => Urgency::Quiet,
        }
    }

    /// Returns true if nobody asked for what was scheduled.
    pub fn is_quiet(self) -> bool {
        self.urgency() == Urgency::Quiet
    }
}

fn if_asked(callers: u64, urgency: Urgency) -> Urgency {
    match callers {
        0 => Urgency::Quiet,
        _ => urgency,
    }
}

/// A verdict shows as its English text.
impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().fmt(formatter)
    }
}

impl Verdict {
    /// Returns the verdict in words.
    pub fn message(self) -> Message {
        match self {
            Self::PendingInUse { until, callers } => pending_in_use(until, callers),
            Self::Pending { until } => pending(until),
            Self::AwaitsReplicas { callers } => and_asked("verdict-awaits-replicas", callers),
            Self::WindowEnded { until, callers } => {
                and_asked("verdict-window-ended", callers).with("until", until)
            }
            Self::DeletedInUse { callers } => {
                Message::new("verdict-deleted-in-use").with("callers", callers)
            }
            Self::Deleted => Message::new("verdict-deleted"),
            Self::Forced { callers: 0 } => Message::new("verdict-forced"),
            Self::Forced { callers } => and_asked("verdict-forced-in-use", callers),
            Self::ReplicaDeleted { callers: 0 } => Message::new("verdict-replica-deleted"),
            Self::ReplicaDeleted { callers } => {
                and_asked("verdict-replica-deleted-in-use", callers)
            }
            Self::RestoredInUse { attempts, days } => restored_in_use(attempts, days),
            Self::Restored { days } => restored(days),
            Self::Unscheduled { callers } => {
                Message::new("verdict-unscheduled").with("callers", callers)
            }
            Self::EndMissing { callers } => and_asked("verdict-end-missing", callers),
        }
    }
}

fn pending_in_use(until: Option<Timestamp>, callers: u64) -> Message {
    let message = match until {
        Some(until) => Message::new("verdict-pending-in-use-until").with("until", until),
        None => Message::new("verdict-pending-in-use"),
    };
    message.with("callers", callers)
}

fn pending(until: Option<Timestamp>) -> Message {
    match until {
        Some(until) => Message::new("verdict-pending-until").with("until", until),
        None => Message::new("verdict-pending"),
    }
}

fn restored_in_use(attempts: u64, days: Option<u64>) -> Message {
    let message = match days {
        Some(days) => Message::new("verdict-restored-in-use-in-days").with("days", days),
        None => Message::new("verdict-restored-in-use"),
    };
    message.with("attempts", attempts)
}

fn restored(days: Option<u64>) -> Message {
    match days {
        Some(days) => Message::new("verdict-restored-in-days").with("days", days),
        None => Message::new("verdict-restored"),
    }
}

/// Returns a result, and how many callers asked for the secret or key.
fn and_asked(id: &'static str, callers: u64) -> Message {
    let asked = Message::new("verdict-asked").with("callers", callers);
    Message::new(id).with("asked", asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_sentences() {
        let until = Some(Timestamp::UNIX_EPOCH);
        for (verdict, text) in [
            (
                Verdict::PendingInUse { until, callers: 1 },
                "pending at the end of the archive until 1970-01-01T00:00:00Z, while 1 caller \
                 still asks for it",
            ),
            (
                Verdict::Pending { until: None },
                "pending at the end of the archive; nothing asked for it",
            ),
            (
                Verdict::DeletedInUse { callers: 2 },
                "deleted while 2 callers still asked for it",
            ),
            (Verdict::Forced { callers: 0 }, "force-deleted, no way back"),
            (
                Verdict::Forced { callers: 1 },
                "force-deleted, no way back; 1 caller asked for it",
            ),
            (
                Verdict::RestoredInUse {
                    attempts: 33,
                    days: Some(1),
                },
                "still in use when scheduled; restored after 33 attempts in 1 day",
            ),
            (
                Verdict::Restored { days: Some(3) },
                "restored in 3 days; nothing asked for it",
            ),
        ] {
            assert_eq!(verdict.to_string(), text);
        }
    }

    #[test]
    fn what_can_still_be_saved_is_most_urgent() {
        let until = Some(Timestamp::UNIX_EPOCH);
        let urgent = Verdict::PendingInUse { until, callers: 1 }.urgency();
        assert!(urgent < Verdict::DeletedInUse { callers: 1 }.urgency());
        assert!(urgent < Verdict::Pending { until }.urgency());
        assert!(Verdict::Forced { callers: 0 }.is_quiet());
    }
}
