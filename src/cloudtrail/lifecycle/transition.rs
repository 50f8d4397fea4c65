//! The changes of the deletion state of a secret or key.

use jiff::Timestamp;

use super::{Deletion, Step};

/// A change of the deletion state of a secret or key.
///
/// The order is the one in which changes of one second are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transition {
    /// It was created.
    Created,
    /// The service cancelled the deletion of a version, which follows a restoration.
    VersionRestored,
    /// A caller cancelled its deletion.
    Restored,
    /// Its deletion was scheduled for when its replicas are gone.
    ScheduledAfterReplicas,
    /// Its deletion was scheduled.
    Scheduled {
        /// The time until which it can be undone, as far as it is known.
        until: Option<Timestamp>,
    },
    /// It was deleted without a window.
    Forced,
    /// The service began to delete it, or a version of it.
    DeletionStarted {
        /// True if that follows a forced deletion.
        is_forced: bool,
    },
    /// The service deleted it, or a version of it.
    Deleted {
        /// True if that follows a forced deletion.
        is_forced: bool,
    },
    /// Something else happened that does not change its deletion state.
    Other,
}

impl Transition {
    /// The number of kinds of changes.
    pub const KINDS: usize = 9;

    /// Returns the change of a step. Refused calls are not steps and must be left out.
    pub fn from_step(step: Step, event_name: &str, deletion: &Deletion, at: Timestamp) -> Self {
        let is_forced = deletion.forced == Some(true);
        match step {
            Step::Created => Self::Created,
            Step::Scheduled if is_forced => Self::Forced,
            Step::Scheduled if deletion.awaits_replicas => Self::ScheduledAfterReplicas,
            Step::Scheduled => Self::Scheduled {
                until: deletion.until(at),
            },
            Step::Restored if event_name == "CancelSecretVersionDelete" => Self::VersionRestored,
            Step::Restored => Self::Restored,
            Step::DeletionStarted => Self::DeletionStarted { is_forced },
            Step::Deleted => Self::Deleted { is_forced },
            // The record of deleted replicas names the secret that lives on.
            Step::ReplicasDeleted | Step::Disabled | Step::Enabled | Step::MaterialDeleted => {
                Self::Other
            }
        }
    }

    /// Returns true for the end of a deletion.
    pub fn is_end(self) -> bool {
        matches!(self, Self::Deleted { .. })
    }

    /// Returns the number of the kind of change, below [`KINDS`](Self::KINDS).
    pub fn kind(self) -> usize {
        match self {
            Self::Created => 0,
            Self::VersionRestored => 1,
            Self::Restored => 2,
            Self::ScheduledAfterReplicas => 3,
            Self::Scheduled { .. } => 4,
            Self::Forced => 5,
            Self::DeletionStarted { .. } => 6,
            Self::Deleted { .. } => 7,
            Self::Other => 8,
        }
    }
}
