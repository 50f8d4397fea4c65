//! What could not be read, and where.

use std::fmt;

/// Where something stands in an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The key or path of the object.
    pub object: String,
    /// The position of the record among all values found in the object, counted from zero.
    pub record: Option<u64>,
    /// The offset of the first byte concerned, in the bytes of the object after decompression.
    pub byte: Option<u64>,
}

/// Something that could not be read. A problem never stops a scan; it is counted and reported.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where it was met.
    pub origin: Origin,
    /// What kind it is.
    pub kind: ProblemKind,
    /// What exactly was wrong, for a person.
    pub detail: String,
}

/// The kinds of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// The object could not be opened or read from its source.
    Unreadable,
    /// It may not be read or listed.
    AccessDenied,
    /// It is in an archive class of S3 and was not restored.
    Archived,
    /// It was listed and is not there.
    Missing,
    /// It was replaced after it was listed.
    Replaced,
    /// The object has no bytes.
    Empty,
    /// The object is neither compressed nor JSON.
    NotCloudTrail,
    /// The compressed bytes end early or are damaged.
    DamagedCompression,
    /// The object is larger after decompression than the limit, or a record is.
    TooLarge,
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The JSON ends early or is wrong.
    DamagedJson,
    /// A table of records ends early or is wrong.
    DamagedTable,
    /// A record is not a JSON object, or no record of CloudTrail.
    NotARecord,
    /// A selected record has no event time, so it belongs to no period.
    NoEventTime,
    /// An object was listed, or a record was found, and nothing says what became of it.
    Unaccounted,
}

impl ProblemKind {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::Unreadable,
        Self::AccessDenied,
        Self::Archived,
        Self::Missing,
        Self::Replaced,
        Self::Empty,
        Self::NotCloudTrail,
        Self::DamagedCompression,
        Self::TooLarge,
        Self::NotUtf8,
        Self::DamagedJson,
        Self::DamagedTable,
        Self::NotARecord,
        Self::NoEventTime,
        Self::Unaccounted,
    ];

    /// Whether the source did not give the bytes, so that another time it may; any other problem
    /// comes again with the same bytes.
    pub fn is_of_source(self) -> bool {
        match self {
            Self::Unreadable
            | Self::AccessDenied
            | Self::Archived
            | Self::Missing
            | Self::Replaced => true,
            Self::Empty
            | Self::NotCloudTrail
            | Self::DamagedCompression
            | Self::TooLarge
            | Self::NotUtf8
            | Self::DamagedJson
            | Self::DamagedTable
            | Self::NotARecord
            | Self::NoEventTime
            | Self::Unaccounted => false,
        }
    }

    /// The name that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::AccessDenied => "access-denied",
            Self::Archived => "archived",
            Self::Missing => "missing",
            Self::Replaced => "replaced",
            Self::Empty => "empty",
            Self::NotCloudTrail => "not-cloudtrail",
            Self::DamagedCompression => "damaged-compression",
            Self::TooLarge => "too-large",
            Self::NotUtf8 => "not-utf8",
            Self::DamagedJson => "damaged-json",
            Self::DamagedTable => "damaged-table",
            Self::NotARecord => "not-a-record",
            Self::NoEventTime => "no-event-time",
            Self::Unaccounted => "unaccounted",
        }
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
