//! JSON as it was written: numbers keep their characters, and the last of two equal names counts.
//!
//! The filter language compares some values by their characters in the event (`1.0` is not `"1"`),
//! which a parser that turns numbers into floating point would lose.
//!
//! - [`Json`] and [`Shallow`] are values, taken apart whole or one level deep.
//! - [`walk_log_file`] reads CloudTrail log files in one fast pass.
//! - [`read_document`] reads any document, and finds the place of an error.
//! - [`beginnings`](beginnings()) finds where values may begin after damage.

mod beginnings;
mod log_file;
mod members;
mod open_objects;
mod raw_record;
mod record_members;
pub(crate) mod valid;
mod value;
mod walk;
mod whole;

pub use beginnings::{beginnings, is_member_value};
pub use log_file::{Pass, walk_log_file};
pub use members::{Member, Members, members};
pub(crate) use members::{member_name, members_of_valid};
pub use open_objects::OpenObjects;
pub use raw_record::RawRecord;
pub use record_members::RecordMembers;
pub use value::{Json, Shallow, unescaped};
pub use walk::{
    BrokenDocument, DocumentKind, DocumentVisitor, WholeDocument, read_document, read_value,
};
pub use whole::NESTING_LIMIT;
