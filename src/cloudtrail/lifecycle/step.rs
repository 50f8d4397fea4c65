//! The steps in the life of a secret or key, and the events that are steps.

/// A step of a secret or key towards its deletion, or back.
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

/// The events that are steps (sources, L3, L4 and L5): their source, name and step. A secret is
/// deleted version by version, so several events may belong to one step.
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

    /// Returns the step that an event is, including calls that were refused, which have an error
    /// code.
    pub fn from_event(event_source: &str, event_name: &str) -> Option<Self> {
        for (source, name, step) in &STEPS {
            if *source == event_source && *name == event_name {
                return Some(*step);
            }
        }
        None
    }

    /// Returns the name in reports.
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
        // An unused version was cleaned up, which does not delete the secret.
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
