//! The outcome of a use.

/// The outcome of a use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UseOutcome {
    /// It succeeded.
    Succeeded,
    /// It was refused because the secret or key is pending deletion.
    PendingDeletion,
    /// It was refused because there is no such secret or key.
    NotFound,
    /// It was refused because the caller lacks a permission.
    AccessDenied,
    /// It was refused for another reason.
    OtherError,
    /// The record does not say.
    Unknown,
}

/// The texts with which services refuse calls on what is pending deletion, of every time (sources,
/// L6, L7, L13 and L16). The apostrophe in some of the messages, which has several spellings, is in
/// none of these parts of them.
const PENDING_TEXTS: [&str; 7] = [
    "because it was marked for deletion",
    "because it was deleted",
    "is already scheduled for deletion",
    "currently marked deleted",
    " is pending deletion",
    " is pending replica deletion",
    "is in the DELETED state",
];

impl UseOutcome {
    /// Every outcome.
    pub const ALL: [Self; 6] = [
        Self::Succeeded,
        Self::PendingDeletion,
        Self::NotFound,
        Self::AccessDenied,
        Self::OtherError,
        Self::Unknown,
    ];

    /// Returns the outcome of a call with this error code and error message.
    pub fn from_error(code: Option<&str>, message: Option<&str>) -> Self {
        if code.is_none() && message.is_none() {
            return Self::Succeeded;
        }
        // A denial quotes names that the caller chose, and these may be any text.
        let code = code.unwrap_or_default();
        if code.starts_with("AccessDenied") || code.ends_with("UnauthorizedOperation") {
            return Self::AccessDenied;
        }
        let message = message.unwrap_or_default();
        if PENDING_TEXTS.iter().any(|text| message.contains(text)) {
            return Self::PendingDeletion;
        }
        match code {
            "ResourceNotFoundException" | "NotFoundException" => Self::NotFound,
            _ => Self::OtherError,
        }
    }

    /// Returns the name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::PendingDeletion => "pending-deletion",
            Self::NotFound => "not-found",
            Self::AccessDenied => "access-denied",
            Self::OtherError => "other-error",
            Self::Unknown => "unknown",
        }
    }
}
