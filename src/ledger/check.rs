//! Whether a ledger is what was written into it, and whether it agrees with itself.

use std::path::PathBuf;

use super::contents::Contents;
use super::part::Part;
use super::read::Read;
use super::tables::{self, Taken};
use super::{DAMAGED, Ledger, LedgerError};
use crate::cloudtrail::evidence::Evidence;
use crate::cloudtrail::record::Record;
use crate::findings::KeptRecord;

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerCheck {
    /// How many parts were checked.
    pub parts: usize,
    /// How many readings of objects they hold.
    pub readings: usize,
    /// The defects, in the order of the parts.
    pub defects: Vec<Defect>,
}

/// Something that is wrong with a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    /// The folder concerned.
    pub path: PathBuf,
    /// What is wrong, for a person.
    pub detail: String,
}

/// Reads every table of every part, and compares hashes, rows, counts, and what the tables hold of
/// a record with its JSON.
///
/// # Errors
///
/// Returns an error if the parts cannot be listed.
pub fn check(ledger: &Ledger) -> Result<LedgerCheck, LedgerError> {
    let contents = Contents::of_ledger(ledger)?;
    let mut check = LedgerCheck::default();
    for (path, error) in contents.damaged() {
        check.defects.push(Defect {
            path: path.clone(),
            detail: error.to_string(),
        });
    }
    for (part, readings) in contents.parts_with_readings() {
        check.parts += 1;
        check.readings += readings;
        check.add(part, readings, ledger);
    }
    let aside = ledger.path().join(DAMAGED);
    if aside.exists() {
        let detail = "holds damaged parts that a scan set aside and read again; it may be removed"
            .to_owned();
        check.defects.push(Defect {
            path: aside,
            detail,
        });
    }
    check.defects.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(check)
}

impl LedgerCheck {
    fn add(&mut self, part: &Part, readings: usize, ledger: &Ledger) {
        let found = tables::reads(part, &vec![true; readings], &Taken::whole(ledger.scope()));
        let is_ours = part.facts.version == env!("CARGO_PKG_VERSION");
        let details = match found {
            Err(error) => vec![error.to_string()],
            Ok(reads) => reads
                .iter()
                .filter_map(|read| disagreement(read, is_ours))
                .collect(),
        };
        let defects = details.into_iter().map(|detail| Defect {
            path: part.path.clone(),
            detail,
        });
        self.defects.extend(defects);
    }
}

/// What of a reading does not agree with the rest. Another version may take other evidence out of a
/// record.
fn disagreement(read: &Read, is_ours: bool) -> Option<String> {
    let key = &read.identity.key;
    let counted = read.tally.records().selected;
    let kept = read.tally.matches.inside.len() as u64;
    if counted != kept {
        return Some(format!(
            "`{key}`: {counted} records were selected, {kept} are there"
        ));
    }
    let agree = !is_ours || read.tally.kept_records().all(agrees);
    (!agree).then(|| format!("`{key}`: the tables disagree with the JSON of the record"))
}

fn agrees(kept: &KeptRecord) -> bool {
    Record::parse(&kept.json).is_ok_and(|record| {
        Evidence::from_record(&record) == kept.evidence
            && record.event_time() == kept.event_time
            && record.event_id() == kept.event_id
    })
}
