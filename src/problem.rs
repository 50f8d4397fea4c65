//! Problems: things that could not be read, and their location.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// A location in an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The key or path of the object, which records of one object share.
    pub object: Arc<str>,
    /// The position of the record among all values in the object, from zero.
    pub record: Option<u64>,
    /// The offset of the first byte concerned, after decompression.
    pub byte: Option<u64>,
}

/// Something that could not be read. A problem never stops a scan. It is counted and reported.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The location.
    pub origin: Origin,
    /// The kind of problem.
    pub kind: ProblemKind,
    /// A description.
    pub detail: String,
}

impl Origin {
    /// Returns the location of a whole object.
    pub fn of_object(object: impl Into<Arc<str>>) -> Self {
        Self {
            object: object.into(),
            ..Self::default()
        }
    }
}

impl Problem {
    /// Returns a problem of a whole object, or of a place that was listed.
    pub fn of_object(object: impl Into<Arc<str>>, kind: ProblemKind, detail: String) -> Self {
        Self {
            origin: Origin::of_object(object),
            kind,
            detail,
        }
    }
}

/// The kinds of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The object could not be opened or read from its source.
    Unreadable,
    /// The source did not deliver the object, or the list of what is below a prefix, this time: it
    /// asked to slow down, broke off or did not answer, or the credentials had expired.
    Unavailable,
    /// Access to the object or folder was denied.
    AccessDenied,
    /// The object is in an archive storage class of S3 and was not restored.
    Archived,
    /// The object was listed but does not exist.
    Missing,
    /// A digest lists a log file that is not in the archive.
    MissingLogFile,
    /// The object was replaced after it was listed.
    Replaced,
    /// The object has no bytes.
    Empty,
    /// The object is neither compressed nor JSON.
    NotCloudTrail,
    /// The object is in a container that may hold records and cannot be read.
    UnsupportedContainer,
    /// The object shows signs of records of CloudTrail, in a form that is not known.
    UnrecognizedRecords,
    /// The compressed bytes are truncated or damaged.
    DamagedCompression,
    /// The object, or a record in it, exceeds the size limit.
    TooLarge,
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The JSON is truncated or invalid.
    DamagedJson,
    /// The table of records is truncated or invalid.
    DamagedTable,
    /// A value where a record is expected is not a CloudTrail record.
    NotARecord,
    /// A record names two values for one field, or copies of an event disagree.
    Contradictory,
    /// A selected record has no event time, so it does not belong to any period.
    NoEventTime,
    /// An object that was listed, or a record that was found, has no outcome.
    Unaccounted,
}

/// Something that may make a problem go away while the bytes stay the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ProblemRemedy {
    AnotherAttempt,
    LaterVersion,
    None,
}

impl ProblemKind {
    /// Every kind.
    pub const ALL: [Self; 20] = [
        Self::Unreadable,
        Self::Unavailable,
        Self::AccessDenied,
        Self::Archived,
        Self::Missing,
        Self::MissingLogFile,
        Self::Replaced,
        Self::Empty,
        Self::NotCloudTrail,
        Self::UnsupportedContainer,
        Self::UnrecognizedRecords,
        Self::DamagedCompression,
        Self::TooLarge,
        Self::NotUtf8,
        Self::DamagedJson,
        Self::DamagedTable,
        Self::NotARecord,
        Self::Contradictory,
        Self::NoEventTime,
        Self::Unaccounted,
    ];

    /// Returns whether the source failed to deliver the bytes. Another attempt may succeed, whereas
    /// all other problems recur with the same bytes.
    pub fn is_of_source(self) -> bool {
        self.remedy() == ProblemRemedy::AnotherAttempt
    }

    /// Returns whether another attempt a little later may succeed, without anything else being
    /// changed.
    pub fn is_transient(self) -> bool {
        self == Self::Unavailable
    }

    /// Returns whether the form of the bytes is not known. A later version may read them.
    pub fn is_of_form(self) -> bool {
        self.remedy() == ProblemRemedy::LaterVersion
    }

    // Every kind is named, so that the compiler asks for the remedy of a new one.
    fn remedy(self) -> ProblemRemedy {
        match self {
            Self::Unreadable
            | Self::Unavailable
            | Self::AccessDenied
            | Self::Archived
            | Self::Missing
            // The digest is read again, in case the log file was fetched meanwhile.
            | Self::MissingLogFile
            | Self::Replaced => ProblemRemedy::AnotherAttempt,
            Self::UnsupportedContainer | Self::UnrecognizedRecords => ProblemRemedy::LaterVersion,
            Self::Empty
            | Self::NotCloudTrail
            | Self::DamagedCompression
            | Self::TooLarge
            | Self::NotUtf8
            | Self::DamagedJson
            | Self::DamagedTable
            | Self::NotARecord
            | Self::Contradictory
            | Self::NoEventTime
            | Self::Unaccounted => ProblemRemedy::None,
        }
    }

    /// Returns the name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Unavailable => "unavailable",
            Self::AccessDenied => "access-denied",
            Self::Archived => "archived",
            Self::Missing => "missing",
            Self::MissingLogFile => "missing-log-file",
            Self::Replaced => "replaced",
            Self::Empty => "empty",
            Self::NotCloudTrail => "not-cloudtrail",
            Self::UnsupportedContainer => "unsupported-container",
            Self::UnrecognizedRecords => "unrecognized-records",
            Self::DamagedCompression => "damaged-compression",
            Self::TooLarge => "too-large",
            Self::NotUtf8 => "not-utf8",
            Self::DamagedJson => "damaged-json",
            Self::DamagedTable => "damaged-table",
            Self::NotARecord => "not-a-record",
            Self::Contradictory => "contradictory",
            Self::NoEventTime => "no-event-time",
            Self::Unaccounted => "unaccounted",
        }
    }
}

/// A kind is its name.
impl Serialize for ProblemKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
