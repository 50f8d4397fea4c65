//! Which step of the life of a secret or key a record tells.

/// A step on the way of a secret or key to its deletion, or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Its deletion was scheduled.
    Scheduled,
    /// Its deletion was cancelled.
    Restored,
    /// The service began to delete it.
    DeletionStarted,
    /// The service deleted it.
    Deleted,
}

/// The events that are steps (sources, L3, L4 and L5). A secret is deleted version by version, so
/// several events may belong to one step.
const STEPS: [(&str, &str, Step); 8] = [
    (SECRETS_MANAGER, "DeleteSecret", Step::Scheduled),
    (SECRETS_MANAGER, "RestoreSecret", Step::Restored),
    (SECRETS_MANAGER, "CancelSecretVersionDelete", Step::Restored),
    (
        SECRETS_MANAGER,
        "StartSecretVersionDelete",
        Step::DeletionStarted,
    ),
    (SECRETS_MANAGER, "EndSecretVersionDelete", Step::Deleted),
    (KMS, "ScheduleKeyDeletion", Step::Scheduled),
    (KMS, "CancelKeyDeletion", Step::Restored),
    (KMS, "DeleteKey", Step::Deleted),
];

const SECRETS_MANAGER: &str = "secretsmanager.amazonaws.com";
const KMS: &str = "kms.amazonaws.com";

impl Step {
    /// Every step.
    pub const ALL: [Self; 4] = [
        Self::Scheduled,
        Self::Restored,
        Self::DeletionStarted,
        Self::Deleted,
    ];

    /// The step that an event tells, refused ones included: whether a call was refused, its error
    /// says.
    pub fn from_event(event_source: &str, event_name: &str) -> Option<Self> {
        let is_it = |(source, name, _): &&(&str, &str, Self)| {
            *source == event_source && *name == event_name
        };
        STEPS.iter().find(is_it).map(|(_, _, step)| *step)
    }

    /// The name that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Restored => "restored",
            Self::DeletionStarted => "deletion-started",
            Self::Deleted => "deleted",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_steps_of_their_own_service_only() {
        assert_eq!(
            Step::from_event(SECRETS_MANAGER, "DeleteSecret"),
            Some(Step::Scheduled)
        );
        assert_eq!(Step::from_event(KMS, "DeleteKey"), Some(Step::Deleted));
        // A version that is no longer used is cleaned up; that deletes no secret.
        assert_eq!(
            Step::from_event(SECRETS_MANAGER, "SecretVersionDeletion"),
            None
        );
        assert_eq!(
            Step::from_event("payment-cryptography.amazonaws.com", "DeleteKey"),
            None
        );
        assert_eq!(Step::from_event(KMS, "DeleteImportedKeyMaterial"), None);
    }
}
