//! A caller in a story, and the reasons for which AWS's metric misses calls.

use jiff::Timestamp;

use super::{Calls, Who};
use crate::cloudtrail::lifecycle::Phase;
use crate::cloudtrail::usage::UseOutcome;
use crate::language::Message;

/// Calls of one caller, with one program from one address, in one phase. They were refused, or
/// succeeded although the deletion was scheduled.
#[derive(Clone, Debug, PartialEq)]
pub struct StoryCaller {
    /// The accountable identity.
    pub principal: Option<String>,
    /// The address of the caller.
    pub source_ip_address: Option<String>,
    /// The program of the caller.
    pub user_agent: Option<String>,
    /// The call, as in `GetSecretValue`.
    pub event_name: String,
    /// The outcome.
    pub outcome: UseOutcome,
    /// The reason for which AWS's metric does not count the calls; `None` if it counts them.
    pub missed: Option<Missed>,
    /// The phase of the deletion.
    pub phase: Phase,
    /// The first of the calls.
    pub first: Option<Timestamp>,
    /// The last of the calls.
    pub last: Option<Timestamp>,
    /// The days that were left at the last of them until the date of the deletion.
    pub days_left: Option<f64>,
    /// The number of calls.
    pub count: u64,
}

impl StoryCaller {
    /// Returns the principal as a report names it.
    pub fn name(&self) -> &str {
        self.principal.as_deref().unwrap_or("not named")
    }

    /// Returns who called.
    pub fn who(&self) -> Who<'_> {
        Who {
            principal: self.principal.as_deref(),
            source_ip_address: self.source_ip_address.as_deref(),
            user_agent: self.user_agent.as_deref(),
        }
    }

    /// Returns the calls.
    pub fn calls(&self) -> Calls {
        Calls {
            first: self.first,
            last: self.last,
            count: self.count,
        }
    }

    /// Returns true for calls that AWS's metric counts.
    pub fn is_attempt(&self) -> bool {
        self.missed.is_none()
    }

    /// Returns true if the caller needed the secret or key itself, and was allowed to have it.
    pub fn asks(&self) -> bool {
        self.missed.is_none_or(Missed::asks)
    }
}

/// A reason for which AWS's metric does not count a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missed {
    /// It came after the deletion, so the error was another.
    AfterDeletion,
    /// The caller had no permission, which is checked first.
    AccessDenied,
    /// Another operation was refused with the same text.
    OtherOperation,
    /// The text of the refusal is another.
    OtherText,
    /// A read of several secrets, whose record does not say how each was answered.
    Batch,
    /// AWS documents no alarm for the service.
    OtherService,
    /// It succeeded: states take effect some time after they are set.
    Succeeded,
}

impl Missed {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::AfterDeletion,
        Self::AccessDenied,
        Self::OtherOperation,
        Self::OtherText,
        Self::Batch,
        Self::OtherService,
        Self::Succeeded,
    ];

    /// Returns the name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::AfterDeletion => "after-deletion",
            Self::AccessDenied => "access-denied",
            Self::OtherOperation => "other-operation",
            Self::OtherText => "other-text",
            Self::Batch => "batch",
            Self::OtherService => "other-service",
            Self::Succeeded => "succeeded",
        }
    }

    /// Returns the words after a number of calls.
    pub fn message(self) -> Message {
        Message::new(match self {
            Self::AfterDeletion => "missed-after-deletion",
            Self::AccessDenied => "missed-access-denied",
            Self::OtherOperation => "missed-other-operation",
            Self::OtherText => "missed-other-text",
            Self::Batch => "missed-batch",
            Self::OtherService => "missed-other-service",
            Self::Succeeded => "missed-succeeded",
        })
    }

    /// Returns true if such a call needed the secret or key itself. A caller without permission
    /// would not have got it anyway, and other operations change or describe it.
    pub fn asks(self) -> bool {
        match self {
            Self::AfterDeletion
            | Self::OtherText
            | Self::Batch
            | Self::OtherService
            | Self::Succeeded => true,
            Self::AccessDenied | Self::OtherOperation => false,
        }
    }
}
