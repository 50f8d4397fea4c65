//! Ledgers: the saved findings of scans, in a folder that grows with each scan.
//!
//! ```text
//! DIR/plan.json                what was looked for; every part was scanned for it
//! DIR/parts/part-…/part.json   the files of a part, with their rows and hashes
//! DIR/parts/part-…/*.parquet   objects, days, attempts, lifecycle, problems, counts
//! DIR/listings/listing-….json  the paths of a scan, and the places that it could not list
//! DIR/lock                     held by the scan that writes
//! ```
//!
//! A part is written under another name and renamed when it is complete, so that a scan that is
//! stopped at any moment loses the part in progress and nothing else. Parts are never changed. An
//! object that was read again, since its content changed or its source had failed, is in several
//! parts, and its latest reading counts.

mod check;
mod claim;
mod contents;
mod counted;
mod days;
mod error;
mod folder;
mod index;
mod info;
mod listings;
mod merge;
mod open_part;
mod opened;
mod ordered;
mod part;
mod proof;
mod reading;
mod recorded_plan;
mod rows;
mod scanned;
mod scope;
mod sums;
mod superseded;
mod tables;
mod working_folder;
mod writer;

pub use check::{LedgerCheck, check};
pub use claim::ClaimedLedger;
pub use contents::LedgerContents;
pub use counted::{CountedObjects, CountedReadings};
pub use error::LedgerError;
pub use folder::{Ledger, check_free, part_names};
pub use index::{ContentDigest, ContentSet, ContentsHash};
pub use info::{Info, info};
pub use listings::ListingRecord;
pub use merge::{adopt_parts, merge};
pub use ordered::{OrderedParts, OrderedWriter};
pub use part::PART_MANIFEST;
pub use proof::{PartProof, check_part, check_sizes, files_of_tables, prove_part};
pub use reading::Reading;
pub use scanned::{Identity, ScannedObject};
pub use scope::{Purpose, Scope};
pub use working_folder::{WorkingFolder, parent_folder};
pub use writer::{ScanRun, Writer};

/// The file with what was looked for.
const PLAN: &str = "plan.json";

/// The folder of the parts.
const PARTS: &str = "parts";

/// The folder of the listings.
const LISTINGS: &str = "listings";

/// The folder that damaged parts are moved to.
const DAMAGED: &str = "damaged";

/// The file whose lock is held by the scan that writes.
const LOCK: &str = "lock";
