//! The deletion state of a secret or key, and the one function that changes it.

use jiff::Timestamp;

use super::transition::Transition;

/// The deletion state of a secret or key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// The archive does not show it.
    Unknown,
    /// It exists, and its deletion is not scheduled.
    Live,
    /// Its deletion is scheduled and can be undone.
    Pending {
        /// The time until which it can be undone for sure, as far as it is known.
        until: Option<Timestamp>,
    },
    /// Its deletion is scheduled, and its window begins when its replicas are gone.
    PendingReplicas,
    /// Its deletion was undone. A key is disabled until someone enables it.
    Restored,
    /// It was deleted without a window, and the service is about to remove it.
    DeletedAtOnce,
    /// The service removes it.
    DeletionStarted,
    /// The service removed it.
    Deleted,
}

/// The agreement of a change with the state before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// The change usually follows this state.
    Usual,
    /// The change can follow this state.
    Possible,
    /// The change cannot follow this state, so the archive lacks a step between them.
    Gap,
}

/// The state after a change, and its agreement with the state before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// The state after the change.
    pub state: State,
    /// The agreement of the change with the state before it.
    pub fit: Fit,
}

impl State {
    /// Returns the state after a change.
    ///
    /// The service accepted the change, so even one that does not fit is believed: the archive may
    /// lack a step before it.
    pub fn after(self, change: Transition) -> After {
        use Fit::{Gap, Possible, Usual};
        use State::{
            Deleted, DeletedAtOnce, DeletionStarted, Live, Pending, PendingReplicas, Restored,
            Unknown,
        };
        let (state, fit) = match (change, self) {
            (Transition::Created, Unknown) => (Live, Usual),
            // A name may be used again where the archive does not have the ARN.
            (Transition::Created, DeletedAtOnce | Deleted) => (Live, Possible),
            (
                Transition::Created,
                Live | Pending { .. } | PendingReplicas | Restored | DeletionStarted,
            ) => (Live, Gap),

            (Transition::Restored, Pending { .. } | PendingReplicas) => (Restored, Usual),
            (Transition::Restored, Unknown | Restored) => (Restored, Possible),
            (Transition::VersionRestored, Restored) => (Restored, Usual),
            (Transition::VersionRestored, Unknown | Pending { .. } | PendingReplicas) => {
                (Restored, Possible)
            }
            (
                Transition::Restored | Transition::VersionRestored,
                Live | DeletedAtOnce | DeletionStarted | Deleted,
            ) => (Restored, Gap),

            (Transition::Scheduled { until }, Unknown | Live | Restored) => {
                (Pending { until }, Usual)
            }
            (Transition::Scheduled { until }, Pending { .. }) => (Pending { until }, Possible),
            (Transition::Scheduled { until }, PendingReplicas | DeletionStarted | Deleted) => {
                (Pending { until }, Gap)
            }
            (Transition::ScheduledAfterReplicas, Unknown | Live | Restored) => {
                (PendingReplicas, Usual)
            }
            (
                Transition::ScheduledAfterReplicas,
                Pending { .. } | PendingReplicas | DeletionStarted | Deleted,
            ) => (PendingReplicas, Gap),
            // A forced deletion cannot be undone, not even by scheduling another.
            (Transition::Scheduled { .. } | Transition::ScheduledAfterReplicas, DeletedAtOnce) => {
                (DeletedAtOnce, Possible)
            }

            (Transition::Forced, Unknown | Live | Restored | Pending { .. }) => {
                (DeletedAtOnce, Usual)
            }
            (Transition::Forced, PendingReplicas | DeletedAtOnce) => (DeletedAtOnce, Possible),
            // Forcing the deletion of what is gone is not an error (sources, L12).
            (Transition::Forced, DeletionStarted) => (DeletionStarted, Possible),
            (Transition::Forced, Deleted) => (Deleted, Possible),

            (
                Transition::DeletionStarted,
                Pending { .. } | DeletedAtOnce | DeletionStarted | Deleted,
            ) => (DeletionStarted, Usual),
            (Transition::DeletionStarted, Unknown | PendingReplicas) => (DeletionStarted, Possible),
            (Transition::DeletionStarted, Live | Restored) => (DeletionStarted, Gap),

            (Transition::Deleted, DeletionStarted | Deleted) => (Deleted, Usual),
            (Transition::Deleted, Unknown | Pending { .. } | PendingReplicas | DeletedAtOnce) => {
                (Deleted, Possible)
            }
            (Transition::Deleted, Live | Restored) => (Deleted, Gap),

            (
                Transition::Other,
                Unknown
                | Live
                | Pending { .. }
                | PendingReplicas
                | Restored
                | DeletedAtOnce
                | DeletionStarted
                | Deleted,
            ) => (self, Usual),
        };
        After { state, fit }
    }

    /// Returns the state before the first change that an archive has, as far as the change proves
    /// it; `None` if there was nothing before.
    pub fn before(change: Transition) -> Option<Self> {
        match change {
            Transition::Created => None,
            Transition::Scheduled { .. } | Transition::ScheduledAfterReplicas => Some(Self::Live),
            Transition::Restored
            | Transition::VersionRestored
            | Transition::DeletionStarted
            | Transition::Deleted => Some(Self::Pending { until: None }),
            // A forced deletion works on what is pending, too.
            Transition::Forced | Transition::Other => Some(Self::Unknown),
        }
    }

    /// Returns the name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Live => "live",
            Self::Pending { .. } => "pending",
            Self::PendingReplicas => "pending-replicas",
            Self::Restored => "restored",
            Self::DeletedAtOnce => "deleted-at-once",
            Self::DeletionStarted => "deletion-started",
            Self::Deleted => "deleted",
        }
    }

    /// Returns true if its deletion is scheduled and was not yet completed.
    pub fn is_pending(self) -> bool {
        match self {
            Self::Pending { .. } | Self::PendingReplicas | Self::DeletionStarted => true,
            Self::Unknown | Self::Live | Self::Restored | Self::DeletedAtOnce | Self::Deleted => {
                false
            }
        }
    }
}
