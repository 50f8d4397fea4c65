//! The content of a ledger, in numbers.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rayon::prelude::*;

use super::contents::LedgerContents;
use super::counted::CountedPart;
use super::part::Part;
use super::{Ledger, LedgerError, tables};
use crate::findings::{LIFECYCLE, ObjectDays, PROBLEMS, RecordCounts};
use crate::problem::ProblemKind;
use crate::time::period::{TimeRange, TimeSpan};

/// The content of a ledger, in numbers. Each object counts once, with its latest reading.
#[derive(Clone, Debug, Default)]
pub struct Info {
    /// The paths that the scans were given.
    pub sources: Vec<String>,
    /// Those of them of which the ledger lacks objects that were listed.
    pub unfinished: Vec<String>,
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

/// The readings of a part that count, in numbers.
#[derive(Default)]
struct PartInfo {
    days: ObjectDays,
    to_read_again: u64,
    lifecycle: u64,
    problems: u64,
    scans: TimeSpan,
}

/// Sums up a ledger.
///
/// # Errors
///
/// Returns an error if a part is damaged.
pub fn info(ledger: &Ledger) -> Result<Info, LedgerError> {
    let contents = LedgerContents::read(ledger)?.whole()?;
    let mut info = Info::from_parts(ledger, &contents)?;
    let range = ledger.scope().range();
    let counted = contents.select_all()?;
    let parts = counted.parts.par_iter();
    // All of them, so that of several errors it is always the first that is returned.
    let parts: Vec<_> = parts.map(|part| PartInfo::new(part, range)).collect();
    let (mut days, mut scans) = (ObjectDays::default(), TimeSpan::default());
    for part in parts {
        let part = part?;
        info.add(&part);
        scans.merge(&part.scans);
        days.merge(part.days);
    }
    (info.first_scan, info.last_scan) = (scans.first(), scans.last());
    info.objects = days.count(|_| true);
    info.records = days.records();
    info.events = days.events();
    Ok(info)
}

fn versions(contents: &LedgerContents) -> Vec<String> {
    let versions = contents.parts().map(|part| &part.manifest.version);
    let versions: BTreeSet<&String> = versions.collect();
    versions.into_iter().cloned().collect()
}

/// Returns the paths of which the ledger lacks objects that were listed, each once, in order.
fn unfinished(ledger: &Ledger) -> Result<Vec<String>, LedgerError> {
    let lacks = ledger.lacks()?.into_iter();
    let paths: BTreeSet<String> = lacks.map(|lack| lack.origin.object.to_string()).collect();
    Ok(paths.into_iter().collect())
}

impl Info {
    /// Returns the numbers for which the readings need not be compared.
    fn from_parts(ledger: &Ledger, contents: &LedgerContents) -> Result<Self, LedgerError> {
        Ok(Self {
            sources: ledger.sources(contents.parts())?,
            versions: versions(contents),
            parts: contents.parts().count(),
            bytes: contents.parts().map(Part::bytes_of_tables).sum(),
            unfinished: unfinished(ledger)?,
            problems: ledger.listing_problems()?.len() as u64,
            ..Self::default()
        })
    }

    fn add(&mut self, part: &PartInfo) {
        self.to_read_again += part.to_read_again;
        self.lifecycle += part.lifecycle;
        self.problems += part.problems;
    }
}

impl PartInfo {
    fn new(counted: &CountedPart, range: TimeRange) -> Result<Self, LedgerError> {
        if counted.is_empty() {
            return Ok(Self::default());
        }
        let mut info = Self {
            days: counted.days(range)?,
            ..Self::default()
        };
        match counted.is_whole() {
            true => info.add_whole(counted),
            false => info.add_some(counted)?,
        }
        Ok(info)
    }

    /// Adds the numbers of a part of which every reading counts.
    fn add_whole(&mut self, counted: &CountedPart) {
        let (part, readings) = (&counted.contents.part, &counted.contents.readings);
        let is_of_this_version = part.manifest.is_of_this_version();
        for (name, number) in &readings.failed {
            let mut kinds = ProblemKind::ALL.into_iter();
            let kind = kinds.find(|kind| kind.name() == name);
            // This version would fail again for the form of the bytes.
            if !is_of_this_version || kind.is_none_or(|kind| !kind.is_of_form()) {
                self.to_read_again += *number as u64;
            }
        }
        // Without a tag, nothing shows that the content is still the same.
        self.to_read_again += readings.without_tag as u64;
        self.lifecycle = part.rows(LIFECYCLE) as u64;
        self.problems = part.rows(PROBLEMS) as u64;
        self.scans.include(readings.scans.0);
        self.scans.include(readings.scans.1);
    }

    /// Adds the numbers of the readings of a part that count.
    fn add_some(&mut self, counted: &CountedPart) -> Result<(), LedgerError> {
        let part = &counted.contents.part;
        let identities = tables::identities(part)?;
        for (stored, is_wanted) in identities.iter().zip(&counted.wanted) {
            if *is_wanted {
                self.to_read_again += u64::from(!stored.identity.is_final());
                self.scans.include(stored.identity.read_at);
            }
        }
        self.lifecycle = tables::count_rows(part, LIFECYCLE, &counted.wanted)?;
        self.problems = tables::count_rows(part, PROBLEMS, &counted.wanted)?;
        Ok(())
    }
}
