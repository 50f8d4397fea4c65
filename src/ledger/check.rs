//! The check of a ledger: is it as it was written, and does it agree with itself?

use std::path::PathBuf;

use super::contents::{Contents, PartContents};
use super::tables;
use super::{DAMAGED, Ledger, LedgerError};
use crate::cloudtrail::evidence::Evidence;
use crate::cloudtrail::record::Record;
use crate::findings::{Findings, KeptRecord, StoredRequest};

const SET_ASIDE: &str =
    "holds damaged parts that a scan set aside and read again; it may be removed";

/// The result of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerCheck {
    /// The number of parts that were checked.
    pub parts: usize,
    /// The number of readings of objects in them.
    pub readings: usize,
    /// The defects, in the order of the parts.
    pub defects: Vec<Defect>,
}

/// A defect of a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    /// The folder concerned.
    pub path: PathBuf,
    /// A description.
    pub detail: String,
}

/// Reads every table of every part, and compares hashes, rows and counts, and the columns of each
/// record with its JSON.
///
/// # Errors
///
/// Returns an error if the parts cannot be listed.
pub fn check(ledger: &Ledger) -> Result<LedgerCheck, LedgerError> {
    let contents = Contents::of_ledger(ledger)?;
    let request = tables::request_of_all(ledger.scope());
    let mut check = LedgerCheck::default();
    for (path, error) in contents.damaged() {
        check.add(path.clone(), error.to_string());
    }
    for contents in contents.part_contents() {
        check.part(contents, &request);
    }
    let aside = ledger.path().join(DAMAGED);
    if aside.exists() {
        check.add(aside, SET_ASIDE.to_owned());
    }
    check.defects.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(check)
}

impl LedgerCheck {
    fn add(&mut self, path: PathBuf, detail: String) {
        self.defects.push(Defect { path, detail });
    }

    fn part(&mut self, contents: &PartContents, request: &StoredRequest) {
        let PartContents { part, identities } = contents;
        self.parts += 1;
        self.readings += identities.len();
        let all = vec![true; identities.len()];
        let findings = match tables::readings(part, &all, request) {
            Ok(findings) => findings,
            Err(error) => return self.add(part.path.clone(), error.to_string()),
        };
        // Another version may take other evidence from a record.
        let is_of_this_version = part.manifest.version == env!("CARGO_PKG_VERSION");
        for ((_, findings), identity) in findings.into_iter().zip(identities) {
            if let Err(disagreement) = check_reading(&findings, is_of_this_version) {
                let key = &identity.key;
                self.add(part.path.clone(), format!("`{key}`: {disagreement}"));
            }
        }
    }
}

/// Checks that the findings of a reading agree with each other.
fn check_reading(findings: &Findings, has_our_evidence: bool) -> Result<(), String> {
    let counted = findings.records().selected;
    let kept = findings.matches.inside.len() as u64;
    if counted != kept {
        return Err(format!("{counted} records were selected, {kept} are there"));
    }
    match has_our_evidence && !findings.kept_records().all(agrees) {
        true => Err("the tables disagree with the JSON of the record".to_owned()),
        false => Ok(()),
    }
}

/// Returns whether the columns of a record are those of its JSON.
fn agrees(kept: &KeptRecord) -> bool {
    Record::parse(&kept.json).is_ok_and(|record| {
        Evidence::from_record(&record) == kept.evidence
            && record.event_time() == kept.event_time
            && record.event_id() == kept.event_id
    })
}
