//! How the bytes of an object are wrapped: from stored bytes to the text of each record.
//!
//! [`mod@unpack`] goes through compressions and archives to the parts of an object, [`json`] walks
//! over the documents in a part, and [`envelope`] finds the records in documents of other services
//! and tools.

mod blocks;
mod columns;
mod compression;
pub mod csv;
pub mod envelope;
mod gzip;
pub mod head;
pub mod json;
pub mod limits;
pub mod log_file;
mod log_line;
mod parquet;
mod parquet_schema;
mod places;
mod salvage;
pub mod unpack;

use std::borrow::Cow;

use jiff::Timestamp;

pub use self::csv::{is_table, walk_table};
pub use head::{Assessment, HEAD_BYTES, assess, is_json};
pub use json::{WalkOutcome, walk};
pub use limits::Limits;
pub use log_file::{Pass, walk_log_file};
pub use unpack::{Piece, unpack};

use crate::problem::ProblemKind;

/// A value that stands in the place of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordText<'a> {
    /// The JSON text of the value.
    pub text: Cow<'a, str>,
    /// Where it begins in the content of the object; nothing when it was unwrapped from a string.
    pub byte: Option<u64>,
    /// The time at which a log group had it, where the container says.
    pub log_time: Option<Timestamp>,
}

/// Something in an object that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// What kind of problem it is.
    pub kind: ProblemKind,
    /// What was wrong, for a person.
    pub detail: String,
    /// Where, in the content of the object.
    pub byte: Option<u64>,
}

impl Damage {
    /// The damage of content that is larger than [`Limits::content_bytes`].
    fn beyond_content(limits: &Limits) -> Self {
        Self {
            kind: ProblemKind::TooLarge,
            detail: format!(
                "the object holds more than {} bytes; `--max-content` sets the limit",
                limits.content_bytes
            ),
            byte: Some(limits.content_bytes),
        }
    }
}
