//! The grades of objects.

use std::fmt;

use serde::{Serialize, Serializer};

/// The answer of the digests about an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// A signature of CloudTrail proves it: its own, or for a log file that of its digest.
    Signed,
    /// A digest that is proven records its hash.
    Chained,
    /// It agrees with the digests at hand, of which none is proven.
    HashOnly,
    /// A log file that no digest lists, of an hour whose digest is at hand.
    Unreferenced,
    /// Its content is another than the one that was delivered.
    Modified,
    /// A digest names it, and it is nowhere.
    Missing,
    /// Nothing at hand could prove it.
    Unverifiable,
    /// It is outside of the requested range, or of a kind that no digest covers.
    NotChecked,
}

impl Grade {
    /// Every grade.
    pub const ALL: [Self; 8] = [
        Self::Signed,
        Self::Chained,
        Self::HashOnly,
        Self::Unreferenced,
        Self::Modified,
        Self::Missing,
        Self::Unverifiable,
        Self::NotChecked,
    ];

    /// Returns the name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Chained => "chained",
            Self::HashOnly => "hash-only",
            Self::Unreferenced => "unreferenced",
            Self::Modified => "modified",
            Self::Missing => "missing",
            Self::Unverifiable => "unverifiable",
            Self::NotChecked => "not-checked",
        }
    }

    /// Returns true if the content is the one that CloudTrail delivered.
    pub fn is_proven(self) -> bool {
        matches!(self, Self::Signed | Self::Chained)
    }

    /// Returns true if nothing speaks against the object.
    pub fn is_consistent(self) -> bool {
        self.is_proven() || self == Self::HashOnly
    }

    /// Returns how much speaks for the content: the higher, the more.
    pub fn weight(self) -> usize {
        match self {
            Self::Signed | Self::Chained => 3,
            Self::HashOnly => 2,
            Self::Unverifiable | Self::NotChecked => 1,
            Self::Unreferenced | Self::Modified | Self::Missing => 0,
        }
    }

    /// Returns true if something is wrong.
    pub fn is_wrong(self) -> bool {
        matches!(self, Self::Unreferenced | Self::Modified | Self::Missing)
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Serialize for Grade {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
