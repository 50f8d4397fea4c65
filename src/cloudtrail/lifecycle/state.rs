//! The deletion state of a secret or key, and the one function that changes it.

use jiff::Timestamp;

use super::transition::Transition;

/// The deletion state of a secret or key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeletionState {
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
    pub state: DeletionState,
    /// The agreement of the change with the state before it.
    pub fit: Fit,
}

impl DeletionState {
    /// Returns the state after a change.
    ///
    /// The service accepted the change, so even one that does not fit is believed: the archive may
    /// lack a step before it.
    pub fn after(self, change: Transition) -> After {
        let (state, fit) = match change {
            Transition::Created => (Self::Live, self.fit_of_creation()),
            Transition::Restored => (Self::Restored, self.fit_of_restoration()),
            Transition::VersionRestored => (Self::Restored, self.fit_of_version_restored()),
            Transition::Scheduled { until } => self.after_scheduling(Self::Pending { until }),
            Transition::ScheduledAfterReplicas => self.after_scheduling(Self::PendingReplicas),
            Transition::Forced => self.after_force(),
            Transition::DeletionStarted { .. } => (Self::DeletionStarted, self.fit_of_start()),
            Transition::Deleted { .. } => (Self::Deleted, self.fit_of_deletion()),
            Transition::Other => (self, Fit::Usual),
        };
        After { state, fit }
    }

    fn fit_of_creation(self) -> Fit {
        match self {
            Self::Unknown => Fit::Usual,
            // A name may be used again where the archive does not have the ARN.
            Self::DeletedAtOnce | Self::Deleted => Fit::Possible,
            Self::Live
            | Self::Pending { .. }
            | Self::PendingReplicas
            | Self::Restored
            | Self::DeletionStarted => Fit::Gap,
        }
    }

    fn fit_of_restoration(self) -> Fit {
        match self {
            Self::Pending { .. } | Self::PendingReplicas => Fit::Usual,
            Self::Unknown | Self::Restored => Fit::Possible,
            Self::Live | Self::DeletedAtOnce | Self::DeletionStarted | Self::Deleted => Fit::Gap,
        }
    }

    fn fit_of_version_restored(self) -> Fit {
        match self {
            Self::Restored => Fit::Usual,
            Self::Unknown | Self::Pending { .. } | Self::PendingReplicas => Fit::Possible,
            Self::Live | Self::DeletedAtOnce | Self::DeletionStarted | Self::Deleted => Fit::Gap,
        }
    }

    fn after_scheduling(self, pending: Self) -> (Self, Fit) {
        match self {
            Self::Unknown | Self::Live | Self::Restored => (pending, Fit::Usual),
            Self::Pending { .. } => (pending, Fit::Possible),
            // A forced deletion cannot be undone, not even by scheduling another.
            Self::DeletedAtOnce => (self, Fit::Possible),
            Self::PendingReplicas | Self::DeletionStarted | Self::Deleted => (pending, Fit::Gap),
        }
    }

    fn after_force(self) -> (Self, Fit) {
        match self {
            Self::Unknown | Self::Live | Self::Restored | Self::Pending { .. } => {
                (Self::DeletedAtOnce, Fit::Usual)
            }
            Self::PendingReplicas | Self::DeletedAtOnce => (Self::DeletedAtOnce, Fit::Possible),
            // Forcing the deletion of something that is gone is not an error (sources, L20).
            Self::DeletionStarted | Self::Deleted => (self, Fit::Possible),
        }
    }

    fn fit_of_start(self) -> Fit {
        match self {
            Self::Pending { .. } | Self::DeletedAtOnce | Self::DeletionStarted | Self::Deleted => {
                Fit::Usual
            }
            Self::Unknown | Self::PendingReplicas => Fit::Possible,
            Self::Live | Self::Restored => Fit::Gap,
        }
    }

    fn fit_of_deletion(self) -> Fit {
        match self {
            Self::DeletionStarted | Self::Deleted => Fit::Usual,
            Self::Unknown | Self::Pending { .. } | Self::PendingReplicas | Self::DeletedAtOnce => {
                Fit::Possible
            }
            Self::Live | Self::Restored => Fit::Gap,
        }
    }

    /// Returns the state before the first change that an archive has, as far as the change proves
    /// it; `None` if there was nothing before.
    pub fn before(change: Transition) -> Option<Self> {
        match change {
            Transition::Created => None,
            Transition::Scheduled { .. } | Transition::ScheduledAfterReplicas => Some(Self::Live),
            Transition::Restored
            | Transition::VersionRestored
            | Transition::DeletionStarted { is_forced: false }
            | Transition::Deleted { is_forced: false } => Some(Self::Pending { until: None }),
            // A forced deletion works on what is pending, too.
            Transition::Forced
            | Transition::DeletionStarted { is_forced: true }
            | Transition::Deleted { is_forced: true }
            | Transition::Other => Some(Self::Unknown),
        }
    }

    /// Returns the time until which a deletion that is pending can be undone, if it is known.
    pub fn until(self) -> Option<Timestamp> {
        match self {
            Self::Pending { until } => until,
            Self::Unknown
            | Self::Live
            | Self::PendingReplicas
            | Self::Restored
            | Self::DeletedAtOnce
            | Self::DeletionStarted
            | Self::Deleted => None,
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
}
