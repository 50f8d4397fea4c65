//! The gaps of chains.

use std::fmt;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::ChainName;

/// A time for which a chain proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Gap {
    /// The chain.
    pub chain: ChainName,
    /// The kind of gap.
    pub kind: GapKind,
    /// The beginning.
    pub from: Timestamp,
    /// The end.
    pub to: Timestamp,
    /// True if a digest accounts for it: logging or validation was off.
    pub explained: bool,
}

/// The kinds of gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GapKind {
    /// Digests are missing between others.
    Missing,
    /// Digests are there but not valid.
    Invalid,
    /// The chain begins later than the archive.
    Start,
    /// The chain ends earlier than the archive.
    End,
    /// Logging or validation was off, as the first digest after it says.
    Restart,
}

impl GapKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Missing,
        Self::Invalid,
        Self::Start,
        Self::End,
        Self::Restart,
    ];

    /// Returns the name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Invalid => "invalid",
            Self::Start => "start",
            Self::End => "end",
            Self::Restart => "restart",
        }
    }
}

impl fmt::Display for GapKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Serialize for GapKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
