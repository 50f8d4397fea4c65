//! The phase of a deletion in which a secret or key is used.

use jiff::Timestamp;

use super::state::DeletionState;

const TENTH_OF_DAY_SECONDS: i64 = 8_640;

/// The phase of a deletion in which a secret or key is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Its deletion was not scheduled yet.
    Before,
    /// Its deletion is scheduled, and the service has not removed it yet.
    Pending,
    /// Its deletion was undone.
    Restored,
    /// It was deleted.
    AfterDeletion,
    /// The archive does not show it.
    Unknown,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Self; 5] = [
        Self::Before,
        Self::Pending,
        Self::Restored,
        Self::AfterDeletion,
        Self::Unknown,
    ];

    /// Returns the phase that a deletion state belongs to.
    pub fn from_state(state: DeletionState) -> Self {
        match state {
            DeletionState::Live => Self::Before,
            DeletionState::Pending { .. }
            | DeletionState::PendingReplicas
            | DeletionState::DeletionStarted => Self::Pending,
            DeletionState::Restored => Self::Restored,
            // What is deleted at once cannot be used from then on, although the service removes it
            // seconds later.
            DeletionState::DeletedAtOnce | DeletionState::Deleted => Self::AfterDeletion,
            DeletionState::Unknown => Self::Unknown,
        }
    }

    /// Returns the name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Pending => "pending",
            Self::Restored => "restored",
            Self::AfterDeletion => "after-deletion",
            Self::Unknown => "unknown",
        }
    }
}

/// Returns the days from a time until a date, in tenths and rounded down; none are left after it.
pub fn days_left(time: Timestamp, until: Timestamp) -> f64 {
    let seconds = until.as_second().saturating_sub(time.as_second()).max(0);
    (seconds / TENTH_OF_DAY_SECONDS) as f64 / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_in_tenths() {
        let time = |seconds| Timestamp::from_second(seconds).expect("a time");
        assert_eq!(days_left(time(0), time(7 * 86_400)), 7.0);
        assert_eq!(days_left(time(1), time(7 * 86_400)), 6.9);
        assert_eq!(days_left(time(8 * 86_400), time(7 * 86_400)), 0.0);
        assert!(days_left(Timestamp::MIN, Timestamp::MAX) > 0.0);
    }
}
