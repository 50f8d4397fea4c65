//! The steps in the life of a secret or key, and the events that are steps.

use crate::cloudtrail::usage::UseService;

/// A step in the life of a secret or key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// It was created.
    Created,
    /// Its deletion was scheduled.
    Scheduled,
    /// Its deletion was cancelled.
    Restored,
    /// The service began to delete it.
    DeletionStarted,
    /// The service deleted it.
    Deleted,
    /// Its replicas in other regions were deleted at once. The secret itself lives on.
    ReplicasDeleted,
    /// A key was disabled.
    Disabled,
    /// A key was enabled.
    Enabled,
    /// The material of a key was deleted. The key itself lives on.
    MaterialDeleted,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 9] = [
        Self::Created,
        Self::Scheduled,
        Self::Restored,
        Self::DeletionStarted,
        Self::Deleted,
        Self::ReplicasDeleted,
        Self::Disabled,
        Self::Enabled,
        Self::MaterialDeleted,
    ];

    /// Returns the step that an event is, including calls that were refused, which have an error
    /// code (sources, L3, L4, L5, L10 and L11). A secret is deleted version by version, so several
    /// events may belong to one step.
    pub fn from_event(event_source: &str, event_name: &str) -> Option<Self> {
        Self::from_call(UseService::from_event_source(event_source)?, event_name)
    }

    /// Returns the step that an event of a service is.
    pub fn from_call(service: UseService, event_name: &str) -> Option<Self> {
        // Each service has names of its own: `DeleteKey` deletes a key of KMS, and only schedules
        // the deletion of one of Payment Cryptography.
        Some(match (service, event_name) {
            (UseService::SecretsManager, "CreateSecret")
            | (UseService::Kms | UseService::PaymentCryptography, "CreateKey")
            | (UseService::PrivateCa, "CreateCertificateAuthority") => Self::Created,
            (UseService::SecretsManager, "DeleteSecret")
            | (UseService::Kms, "ScheduleKeyDeletion")
            | (UseService::PrivateCa, "DeleteCertificateAuthority")
            | (UseService::PaymentCryptography, "DeleteKey") => Self::Scheduled,
            (UseService::SecretsManager, "RestoreSecret" | "CancelSecretVersionDelete")
            | (UseService::Kms, "CancelKeyDeletion")
            | (UseService::PrivateCa, "RestoreCertificateAuthority")
            | (UseService::PaymentCryptography, "RestoreKey") => Self::Restored,
            (UseService::SecretsManager, "StartSecretVersionDelete") => Self::DeletionStarted,
            (UseService::SecretsManager, "EndSecretVersionDelete")
            | (UseService::Kms, "DeleteKey") => Self::Deleted,
            (UseService::SecretsManager, "RemoveRegionsFromReplication") => Self::ReplicasDeleted,
            (UseService::Kms, "DisableKey") => Self::Disabled,
            (UseService::Kms, "EnableKey") => Self::Enabled,
            (UseService::Kms, "DeleteImportedKeyMaterial" | "DeleteExpiredKeyMaterial") => {
                Self::MaterialDeleted
            }
            _ => return None,
        })
    }

    /// Returns the name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Scheduled => "scheduled",
            Self::Restored => "restored",
            Self::DeletionStarted => "deletion-started",
            Self::Deleted => "deleted",
            Self::ReplicasDeleted => "replicas-deleted",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::MaterialDeleted => "material-deleted",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRETS_MANAGER: &str = "secretsmanager.amazonaws.com";
    const KMS: &str = "kms.amazonaws.com";
    const PAYMENT_CRYPTOGRAPHY: &str = "payment-cryptography.amazonaws.com";

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
            Step::from_event(PAYMENT_CRYPTOGRAPHY, "DeleteKey"),
            Some(Step::Scheduled)
        );
        assert_eq!(Step::from_event(KMS, "DeleteSecret"), None);
        assert_eq!(Step::from_event(SECRETS_MANAGER, "CreateKey"), None);
        assert_eq!(Step::from_event(PAYMENT_CRYPTOGRAPHY, "DisableKey"), None);
    }
}
