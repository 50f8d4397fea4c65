//! CloudTrail: the keys of its objects, its records, and the evidence in a record.

pub mod deliveries;
pub mod evidence;
pub mod key;
pub mod lifecycle;
pub mod other_log;
pub mod place;
pub mod record;
pub mod usage;

pub use deliveries::Deliveries;
pub use evidence::Evidence;
pub use key::{ObjectKey, ObjectKind};
pub use other_log::OtherLog;
pub use record::Record;
