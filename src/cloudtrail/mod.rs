//! CloudTrail: its log files by their keys, its records, and what a record is evidence of.

pub mod evidence;
pub mod key;
pub mod lifecycle;
pub mod record;

pub use evidence::Evidence;
pub use key::{ObjectKey, ObjectKind};
pub use record::Record;
