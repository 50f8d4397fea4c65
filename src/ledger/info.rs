//! What a ledger holds, in numbers.

use jiff::Timestamp;

use super::contents::{Contents, RequestedObjects};
use super::tables::Taken;
use super::{Ledger, LedgerError};
use crate::findings::RecordCounts;
use crate::time::period::TimeSpan;

/// What a ledger holds, in numbers. Each object counts once, with the reading that was made last.
#[derive(Clone, Debug)]
pub struct Info {
    /// What the scans were asked to read.
    pub sources: Vec<String>,
    /// The versions of the program that wrote it.
    pub versions: Vec<String>,
    /// How many parts.
    pub parts: usize,
    /// Their size, in bytes.
    pub bytes: u64,
    /// How many objects, the files of archives included.
    pub objects: u64,
    /// How many of them the source did not give, so that a scan tries again.
    pub to_read_again: u64,
    /// Which way the records went, copies included.
    pub records: RecordCounts,
    /// How many records tell a step of the life of a secret or key, copies included.
    pub lifecycle: u64,
    /// How many problems.
    pub problems: u64,
    /// The times of the records.
    pub events: TimeSpan,
    /// When the first scan began.
    pub first_scan: Option<Timestamp>,
    /// When the last scan began that found something to read.
    pub last_scan: Option<Timestamp>,
}

/// Sums up what a ledger holds.
///
/// # Errors
///
/// Returns an error if a part is damaged.
pub fn info(ledger: &Ledger) -> Result<Info, LedgerError> {
    let contents = Contents::of_ledger(ledger)?.whole()?;
    let mut versions: Vec<String> = contents
        .parts()
        .map(|part| part.facts.version.clone())
        .collect();
    versions.sort();
    versions.dedup();
    let tables = contents.parts().flat_map(|part| part.facts.tables.values());
    let mut info = Info {
        sources: contents.sources(),
        versions,
        parts: contents.parts().count(),
        bytes: tables.map(|table| table.bytes as u64).sum(),
        objects: 0,
        to_read_again: 0,
        records: RecordCounts::default(),
        lifecycle: 0,
        problems: 0,
        events: TimeSpan::default(),
        first_scan: None,
        last_scan: None,
    };
    let mut scans = TimeSpan::default();
    contents.each(
        &RequestedObjects::All,
        &Taken::whole(ledger.scope()),
        |read| {
            scans.include(read.identity.read_at);
            info.objects += read.tally.objects.len() as u64;
            info.to_read_again += u64::from(!read.identity.is_final());
            info.records.merge(&read.tally.records());
            info.lifecycle += read.tally.lifecycle.len() as u64;
            info.problems += read.tally.problems.len() as u64;
            info.events.merge(&read.tally.time_span());
        },
    )?;
    (info.first_scan, info.last_scan) = (scans.first(), scans.last());
    Ok(info)
}
