//! The containers of records: from stored bytes to the text of each record.
//!
//! [`assess`] decides by the first bytes how much of an object is worth reading, and [`unpack()`]
//! goes through compressions and archives to the pieces of its content. [`walk`] visits the records
//! in a piece of JSON, which documents of other services and tools may wrap, [`walk_log_file`] does
//! the same in one fast pass over what CloudTrail writes itself, and [`walk_table`] visits the rows
//! of a CSV table.

mod archive;
mod compression;
mod content;
mod damage;
mod envelope;
mod head;
mod limits;
mod record_text;
mod remarks;
mod schema;
mod signs;
mod unpack;
mod unsupported;
mod whole;
mod wrapping;

pub use compression::gzip::ContentChecksum;
pub use content::ContentBytes;
pub use damage::Damage;
pub use envelope::documents::{walk, walk_log_file};
pub use head::{Assessment, HEAD_BYTES, assess, is_json};
pub use limits::Limits;
pub use record_text::{RecordText, TextDamage, WalkOutcome};
pub use remarks::{CountedRemarks, Remarks};
pub use schema::csv::{is_table, walk_table};
pub use schema::parquet::check_footer as check_parquet_footer;
pub use signs::{resembles_cloudtrail, shows_cloudtrail};
pub use unpack::{Piece, unpack};
pub use whole::{check_whole, give_back, whole_content};

pub use crate::json::Pass;
