//! The severity of a finding, by its verdict.

use crate::report::Subject;
use crate::report::story::Verdict;

/// The severity of a finding. No report shows more than [`Severity::High`]: it says that something
/// was needed, and not how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nobody needed it, or the rule does not look for needs.
    Low,
    /// It was needed, and can be had again or was had all the time.
    Medium,
    /// It is needed, and is lost or about to be.
    High,
}

impl Severity {
    /// Returns the severity of a story with this verdict.
    pub fn from_verdict(verdict: Verdict) -> Self {
        match verdict {
            Verdict::AwaitsReplicas { callers: 0 }
            | Verdict::WindowEnded { callers: 0, .. }
            | Verdict::Forced { callers: 0 }
            | Verdict::ReplicaDeleted { callers: 0 }
            | Verdict::Unscheduled { callers: 0 }
            | Verdict::EndMissing { callers: 0 }
            | Verdict::Pending { .. }
            | Verdict::Deleted
            | Verdict::Restored { .. } => Self::Low,
            Verdict::RestoredInUse { .. }
            | Verdict::ReplicaDeleted { .. }
            | Verdict::Unscheduled { .. }
            | Verdict::EndMissing { .. } => Self::Medium,
            Verdict::PendingInUse { .. }
            | Verdict::AwaitsReplicas { .. }
            | Verdict::WindowEnded { .. }
            | Verdict::DeletedInUse { .. }
            | Verdict::Forced { .. } => Self::High,
        }
    }

    /// Returns the severity of matches that belong to no story.
    pub fn from_subject(subject: Option<&Subject>) -> Self {
        match subject {
            Some(Subject::Attempts(_)) => Self::Medium,
            Some(Subject::Matches(_)) | None => Self::Low,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_or_about_to_be_is_high() {
        let severity = Severity::from_verdict;
        assert_eq!(
            severity(Verdict::DeletedInUse { callers: 1 }),
            Severity::High
        );
        let pending = Verdict::PendingInUse {
            until: None,
            callers: 1,
        };
        assert_eq!(severity(pending), Severity::High);
        let restored = Verdict::RestoredInUse {
            attempts: 1,
            days: None,
        };
        assert_eq!(severity(restored), Severity::Medium);
        assert_eq!(severity(Verdict::Forced { callers: 0 }), Severity::Low);
        assert_eq!(severity(Verdict::Forced { callers: 1 }), Severity::High);
    }
}
