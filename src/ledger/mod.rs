//! Ledgers: the saved findings of scans, in a folder that grows with each scan.
//!
//! ```text
//! DIR/plan.json                what was looked for; every part was scanned for it
//! DIR/parts/part-…/part.json   the files of a part, with their rows and hashes
//! DIR/parts/part-…/*.parquet   objects, attempts, lifecycle, problems, counts
//! DIR/lock                     held by the scan that writes
//! ```
//!
//! A part is written under another name and renamed when it is complete, so that a scan that is
//! stopped at any moment loses the part in progress and nothing else. Parts are never changed. An
//! object that was read again, since its content changed or its source had failed, is in several
//! parts, and its latest reading counts.

pub mod check;
mod claim;
pub mod contents;
mod error;
mod folder;
mod index;
pub mod info;
pub mod merge;
mod part;
mod scanned;
pub mod scope;
mod tables;
pub mod writer;

pub use check::{LedgerCheck, check};
pub use claim::ClaimedLedger;
pub use contents::{Contents, RequestedObjects};
pub use error::LedgerError;
pub use folder::Ledger;
pub use info::{Info, info};
pub use merge::merge;
pub use scanned::{Identity, ScannedObject};
pub use scope::{Purpose, Scope};
pub use writer::{ScanRun, Writer};

/// The file with what was looked for.
const PLAN: &str = "plan.json";

/// The folder of the parts.
const PARTS: &str = "parts";

/// The folder that damaged parts are moved to.
const DAMAGED: &str = "damaged";

/// The file whose lock is held by the scan that writes.
const LOCK: &str = "lock";
