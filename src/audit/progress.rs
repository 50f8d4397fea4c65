//! The progress of an audit.

use crate::ledger::LedgerError;
use crate::source::s3::{RequestCounts, RequestMeter};

/// Takes the events of an audit, from any thread.
pub type Progress<'a> = dyn Fn(ProgressEvent<'_>) + Sync + 'a;

/// A step of an audit.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ProgressEvent<'a> {
    /// The scan begins.
    Begun {
        /// The number of objects to read.
        objects: usize,
        /// The size of those whose size is known, in bytes.
        bytes: u64,
    },
    /// Objects are read from S3. The meter shows the requests under way until the scan ends.
    Requesting(&'a RequestMeter),
    /// An object has been scanned.
    Scanned {
        /// The size in bytes, if it was listed.
        bytes: u64,
    },
    /// The scan has ended.
    Ended,
    /// Some objects were not read again, because the ledger has their findings.
    Known {
        /// The number of these objects.
        known: usize,
        /// The number of all objects.
        listed: usize,
    },
    /// A damaged part of the ledger is moved out of the way. Its objects are read again.
    SetAside(&'a LedgerError),
    /// Requests to S3 failed and were repeated.
    Repeated(RequestCounts),
}
