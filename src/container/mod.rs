//! How the bytes of an object are wrapped: from stored bytes to the text of each record.

pub mod compression;
pub mod envelope;
pub mod json;
mod log_line;

use std::borrow::Cow;

use jiff::Timestamp;

pub use compression::decompress;
pub use json::{Content, walk};
pub use log_line::is_log;

use crate::problem::ProblemKind;

/// A value that stands in the place of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<'a> {
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
