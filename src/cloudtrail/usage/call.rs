//! The calls that may use a secret or key.

/// A service that keeps secrets or keys, and deletes them after a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UseService {
    /// Secrets Manager.
    SecretsManager,
    /// KMS.
    Kms,
    /// Private CA.
    PrivateCa,
    /// Payment Cryptography. Its control plane and its data plane share one event source.
    PaymentCryptography,
}

/// A call that may use a secret or key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UseCall {
    /// The service that was called.
    pub service: UseService,
    /// The kind of call.
    pub kind: UseKind,
}

/// A kind of call that may use a secret or key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UseKind {
    /// A use, however it was answered.
    Use,
    /// A use of several secrets. Its record does not say how each was answered.
    Batch,
    /// Any other call, which counts only if it was refused because of a deletion.
    Other,
}

impl UseService {
    /// Every service.
    pub const ALL: [Self; 4] = [
        Self::SecretsManager,
        Self::Kms,
        Self::PrivateCa,
        Self::PaymentCryptography,
    ];

    /// Returns the event source.
    pub fn event_source(self) -> &'static str {
        match self {
            Self::SecretsManager => "secretsmanager.amazonaws.com",
            Self::Kms => "kms.amazonaws.com",
            Self::PrivateCa => "acm-pca.amazonaws.com",
            Self::PaymentCryptography => "payment-cryptography.amazonaws.com",
        }
    }

    /// Returns the service of an event source.
    #[inline]
    pub fn from_event_source(event_source: &str) -> Option<Self> {
        // Every record comes by here, and a match on texts compares their lengths first.
        match event_source {
            "secretsmanager.amazonaws.com" => Some(Self::SecretsManager),
            "kms.amazonaws.com" => Some(Self::Kms),
            "acm-pca.amazonaws.com" => Some(Self::PrivateCa),
            "payment-cryptography.amazonaws.com" => Some(Self::PaymentCryptography),
            _ => None,
        }
    }

    fn kind(self, event_name: &str) -> UseKind {
        let is_use = match self {
            Self::SecretsManager if event_name == "BatchGetSecretValue" => return UseKind::Batch,
            Self::SecretsManager => event_name == "GetSecretValue",
            Self::Kms => is_use_of_key(event_name),
            Self::PrivateCa => is_use_of_authority(event_name),
            Self::PaymentCryptography => is_use_of_payment_key(event_name),
        };
        match is_use {
            true => UseKind::Use,
            false => UseKind::Other,
        }
    }
}

impl UseCall {
    /// Returns the call that an event is, if it may use a secret or key (sources, L12).
    #[inline]
    pub fn from_event(event_source: &str, event_name: &str) -> Option<Self> {
        let service = UseService::from_event_source(event_source)?;
        Some(Self::new(service, event_name))
    }

    /// Returns the call of a service.
    #[inline]
    pub fn new(service: UseService, event_name: &str) -> Self {
        Self {
            service,
            kind: service.kind(event_name),
        }
    }
}

/// Returns whether a call of KMS is a cryptographic operation, or hands out a public key.
fn is_use_of_key(event_name: &str) -> bool {
    matches!(
        event_name,
        "Decrypt"
            | "Encrypt"
            | "GenerateDataKey"
            | "GenerateDataKeyWithoutPlaintext"
            | "GenerateDataKeyPair"
            | "GenerateDataKeyPairWithoutPlaintext"
            | "ReEncrypt"
            | "Sign"
            | "Verify"
            | "GenerateMac"
            | "VerifyMac"
            | "DeriveSharedSecret"
            | "GetPublicKey"
    )
}

// `SignCertificate` is left out: it is an event that the service writes for each
// `IssueCertificate`, and would count each one twice.
fn is_use_of_authority(event_name: &str) -> bool {
    matches!(
        event_name,
        "IssueCertificate"
            | "GetCertificate"
            | "GetCertificateAuthorityCertificate"
            | "RevokeCertificate"
    )
}

/// Returns whether a call of Payment Cryptography is one of its data plane.
fn is_use_of_payment_key(event_name: &str) -> bool {
    matches!(
        event_name,
        "DecryptData"
            | "EncryptData"
            | "GenerateCardValidationData"
            | "GenerateMac"
            | "GeneratePinData"
            | "ReEncryptData"
            | "TranslatePinData"
            | "VerifyAuthRequestCryptogram"
            | "VerifyCardValidationData"
            | "VerifyMac"
            | "VerifyPinData"
    )
}
