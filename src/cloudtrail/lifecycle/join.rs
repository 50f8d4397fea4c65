//! The reasons for which names are taken for those of one secret or key.

use super::names::ArnSource;

/// The reason for which a name in a record is taken for that of a secret or key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JoinReason {
    /// The record has its full ARN where the caller names it.
    FullArn,
    /// The answer in the same record has its ARN.
    Answer,
    /// An event of the service itself gives its ARN and name.
    ServiceEvent,
    /// The ARN lacks only the random suffix, and no other secret has that name.
    PartialArn,
    /// No other secret in the archive has the name.
    Name,
    /// Several secrets had the name one after another, and this one had it then.
    NameAtTime,
    /// The ARN of the key ends with the ID.
    KeyId,
    /// Records give the alias together with the ARN of the key.
    Alias,
    /// A primary secret has the same ARN in its own region.
    Replica,
    /// Not joined: no record gives the ARN.
    NameOnly,
    /// Not joined: an earlier secret had the name then, whose ARN is not in the archive.
    EarlierName,
    /// Not joined: several could be meant, and the archive does not show which.
    Ambiguous,
}

impl JoinReason {
    /// Every reason.
    pub const ALL: [Self; 12] = [
        Self::FullArn,
        Self::Answer,
        Self::ServiceEvent,
        Self::PartialArn,
        Self::Name,
        Self::NameAtTime,
        Self::KeyId,
        Self::Alias,
        Self::Replica,
        Self::NameOnly,
        Self::EarlierName,
        Self::Ambiguous,
    ];

    /// Returns the reason for an ARN that a part of the same record gives.
    pub fn from_source(source: ArnSource) -> Self {
        match source {
            ArnSource::Answer => Self::Answer,
            ArnSource::Service => Self::ServiceEvent,
        }
    }

    /// Returns the name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::FullArn => "full-arn",
            Self::Answer => "answer",
            Self::ServiceEvent => "service-event",
            Self::PartialArn => "partial-arn",
            Self::Name => "name",
            Self::NameAtTime => "name-at-time",
            Self::KeyId => "key-id",
            Self::Alias => "alias",
            Self::Replica => "replica",
            Self::NameOnly => "name-only",
            Self::EarlierName => "earlier-name",
            Self::Ambiguous => "ambiguous",
        }
    }

    /// Returns true if the name was joined to an ARN.
    pub fn is_joined(self) -> bool {
        match self {
            Self::FullArn
            | Self::Answer
            | Self::ServiceEvent
            | Self::PartialArn
            | Self::Name
            | Self::NameAtTime
            | Self::KeyId
            | Self::Alias
            | Self::Replica => true,
            Self::NameOnly | Self::EarlierName | Self::Ambiguous => false,
        }
    }
}
