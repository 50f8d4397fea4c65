//! The content of a ledger, in numbers.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::contents::{Contents, RequestedObjects};
use super::part::Part;
use super::scanned::ScannedObject;
use super::{Ledger, LedgerError};
use crate::findings::{RecordCounts, StoredRequest};
use crate::time::period::TimeSpan;

/// The content of a ledger, in numbers. Each object counts once, with its latest reading.
#[derive(Clone, Debug, Default)]
pub struct Info {
    /// The paths that the scans were given.
    pub sources: Vec<String>,
    /// The versions of the program that wrote it.
    pub versions: Vec<String>,
    /// The number of parts.
    pub parts: usize,
    /// Their size, in bytes.
    pub bytes: u64,
    /// The number of objects, including the files of archives.
    pub objects: u64,
    /// The number of objects that the source did not deliver, so that a scan tries again.
    pub to_read_again: u64,
    /// The number of records by their outcome, copies included.
    pub records: RecordCounts,
    /// The number of records of steps in the life of a secret or key, copies included.
    pub lifecycle: u64,
    /// The number of problems.
    pub problems: u64,
    /// The times of the records.
    pub events: TimeSpan,
    /// The start of the first scan.
    pub first_scan: Option<Timestamp>,
    /// The start of the last scan that found something to read.
    pub last_scan: Option<Timestamp>,
}

/// Sums up a ledger.
///
/// # Errors
///
/// Returns an error if a part is damaged.
pub fn info(ledger: &Ledger) -> Result<Info, LedgerError> {
    let contents = Contents::read(ledger)?.whole()?;
    let mut info = Info::from_parts(&contents);
    let request = StoredRequest::from_scope(ledger.scope());
    let mut scans = TimeSpan::default();
    contents.each(&RequestedObjects::All, &request, |scanned| {
        scans.include(scanned.identity.read_at);
        info.add(&scanned);
    })?;
    (info.first_scan, info.last_scan) = (scans.first(), scans.last());
    Ok(info)
}

fn versions(contents: &Contents) -> Vec<String> {
    let versions = contents.parts().map(|part| &part.manifest.version);
    let versions: BTreeSet<&String> = versions.collect();
    versions.into_iter().cloned().collect()
}

impl Info {
    /// Returns the numbers for which the objects need not be read.
    fn from_parts(contents: &Contents) -> Self {
        Self {
            sources: contents.sources(),
            versions: versions(contents),
            parts: contents.parts().count(),
            bytes: contents.parts().map(Part::bytes_of_tables).sum(),
            ..Self::default()
        }
    }

    fn add(&mut self, ScannedObject { identity, findings }: &ScannedObject) {
        self.objects += findings.objects.len() as u64;
        self.to_read_again += u64::from(!identity.is_final());
        self.records.merge(&findings.records());
        self.lifecycle += findings.lifecycle.len() as u64;
        self.problems += findings.problems.len() as u64;
        self.events.merge(&findings.time_span());
    }
}
