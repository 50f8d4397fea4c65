//! The check of a ledger: is it as it was written, and does it agree with itself?

use std::path::PathBuf;

use super::contents::LedgerContents;
use super::opened::PartContents;
use super::part::Part;
use super::scanned::StoredIdentity;
use super::sums::ReadingsManifest;
use super::{DAMAGED, LISTINGS, Ledger, LedgerError, days, tables};
use crate::cloudtrail::evidence::Evidence;
use crate::cloudtrail::record::Record;
use crate::findings::{Findings, KeptRecord, ObjectDays, StoredRequest};
use crate::problem::Problem;
use crate::text::counted;
use crate::time::period::TimeRange;

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
/// Returns an error if the parts cannot be listed or read.
pub fn check(ledger: &Ledger) -> Result<LedgerCheck, LedgerError> {
    let contents = LedgerContents::read(ledger)?;
    let request = StoredRequest::from_scope(ledger.scope());
    let mut check = LedgerCheck::default();
    check.damaged(&contents);
    let range = ledger.scope().range();
    for contents in contents.part_contents() {
        check.part(contents, &request, range)?;
    }
    check.listings(ledger)?;
    check.set_aside(ledger);
    check.defects.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(check)
}

impl LedgerCheck {
    fn add(&mut self, path: PathBuf, detail: String) {
        self.defects.push(Defect { path, detail });
    }

    fn damaged(&mut self, contents: &LedgerContents) {
        for (path, error) in contents.damaged() {
            self.add(path.clone(), error.to_string());
        }
    }

    fn listings(&mut self, ledger: &Ledger) -> Result<(), LedgerError> {
        let folder = ledger.path().join(LISTINGS);
        match ledger.lacks() {
            Ok(lacks) => {
                for Problem { origin, detail, .. } in lacks {
                    self.add(folder.clone(), format!("`{}`: {detail}", origin.object));
                }
                Ok(())
            }
            Err(error) => self.add_damage(folder, error),
        }
    }

    fn set_aside(&mut self, ledger: &Ledger) {
        let aside = ledger.path().join(DAMAGED);
        if aside.exists() {
            self.add(aside, SET_ASIDE.to_owned());
        }
    }

    /// Adds the damage of a folder. Any other error says nothing of the ledger.
    fn add_damage(&mut self, path: PathBuf, error: LedgerError) -> Result<(), LedgerError> {
        if !error.is_damage() {
            return Err(error);
        }
        self.add(path, error.to_string());
        Ok(())
    }

    fn part(
        &mut self,
        contents: &PartContents,
        request: &StoredRequest,
        range: TimeRange,
    ) -> Result<(), LedgerError> {
        self.parts += 1;
        self.readings += contents.readings.count;
        match self.try_part(contents, request, range) {
            Ok(()) => Ok(()),
            Err(error) => self.add_damage(contents.part.path.clone(), error),
        }
    }

    fn try_part(
        &mut self,
        PartContents { part, readings, .. }: &PartContents,
        request: &StoredRequest,
        range: TimeRange,
    ) -> Result<(), LedgerError> {
        let identities = tables::identities(part)?;
        let all = vec![true; identities.len()];
        let found = tables::each_wanted(part, &all, request)?;
        // A report reads the tables merged, which takes another way through them.
        tables::merged(part, &all, request)?;
        // A part of format 1 has no sums.
        if part.manifest.readings.is_some() {
            let objects = found.iter().flat_map(|found| &found.objects);
            check_sums(
                part,
                readings,
                &identities,
                &ObjectDays::new(objects, range),
            )?;
        }
        self.each_reading(part, &identities, &found);
        Ok(())
    }

    fn each_reading(&mut self, part: &Part, identities: &[StoredIdentity], found: &[Findings]) {
        // Another version may take other evidence from a record.
        let is_of_this_version = part.manifest.is_of_this_version();
        for (findings, stored) in found.iter().zip(identities) {
            if let Err(disagreement) = check_reading(findings, is_of_this_version) {
                let key = &stored.identity.key;
                self.add(part.path.clone(), format!("`{key}`: {disagreement}"));
            }
        }
    }
}

/// Checks that what a part says of its readings and objects in numbers agrees with them.
fn check_sums(
    part: &Part,
    readings: &ReadingsManifest,
    identities: &[StoredIdentity],
    counted: &ObjectDays,
) -> Result<(), LedgerError> {
    let keys = identities.iter().map(|stored| &stored.identity.key);
    // Each object once, or it would count twice.
    if !keys.is_sorted_by(|one, other| one < other) {
        return Err(part.damaged("its readings are not in the order of their keys, each once"));
    }
    // The manifest has the failures as they were, before this version accepts some of them.
    let summed = ReadingsManifest::from_stored(identities);
    if summed.is_none_or(|summed| !summed.is_of_same_readings(readings)) {
        return Err(part.damaged("its manifest disagrees with its readings"));
    }
    let days = days::read(part)?;
    match days == *counted {
        true => Ok(()),
        false => Err(part.damaged("the numbers of its objects disagree with the objects")),
    }
}

/// Checks that the findings of a reading agree with each other.
fn check_reading(findings: &Findings, has_our_evidence: bool) -> Result<(), String> {
    let selected = findings.records().selected;
    let kept = findings.matches.inside.len() as u64;
    if selected != kept {
        return Err(format!(
            "{} selected, {kept} are stored",
            counted(selected, "record was", "records were")
        ));
    }
    match has_our_evidence && !findings.kept_records().all(agrees) {
        true => Err("the tables disagree with the JSON of the record".to_owned()),
        false => Ok(()),
    }
}

/// Returns whether the columns of a record are those of its JSON.
fn agrees(kept: &KeptRecord) -> bool {
    Record::parse(&kept.json).is_ok_and(|record| has_columns(&record, kept))
}

fn has_columns(record: &Record<'_>, kept: &KeptRecord) -> bool {
    Evidence::from_record(record) == kept.evidence
        && record.event_time() == kept.event_time
        && record.event_id() == kept.event_id
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Match, MatchedRecord, ObjectOutcome, ObjectStatus, RecordCounts};
    use crate::metric::NoSample;
    use crate::time::period::TimeSpan;

    const JSON: &str = r#"{"eventTime":"2026-03-04T09:00:00Z","eventID":"1","eventName":"A"}"#;

    fn kept() -> KeptRecord {
        let record = Record::parse(JSON).expect("a record");
        KeptRecord {
            event_time: record.event_time(),
            delivery_time: None,
            log_time: None,
            event_id: record.event_id(),
            origin: Default::default(),
            evidence: Evidence::from_record(&record),
            json: JSON.into(),
        }
    }

    /// Returns findings with this record, and an object that counts this number of records.
    fn findings(selected: u64, record: KeptRecord) -> Findings {
        let mut findings = Findings::default();
        findings.objects.push(ObjectOutcome {
            object: "a".into(),
            key: Default::default(),
            status: ObjectStatus::Read,
            stored_bytes: 0,
            content_bytes: 0,
            records: RecordCounts {
                selected,
                ..RecordCounts::default()
            },
            time_span: TimeSpan::default(),
        });
        let matches = vec![Match {
            rule: 0,
            measured: Err(NoSample::ValueMissing),
        }];
        findings
            .matches
            .inside
            .push(MatchedRecord { matches, record });
        findings
    }

    #[test]
    fn counts_must_be_those_of_the_records() {
        assert_eq!(check_reading(&findings(1, kept()), true), Ok(()));
        let error = check_reading(&findings(2, kept()), true).unwrap_err();
        assert_eq!(error, "2 records were selected, 1 are stored");
    }

    #[test]
    fn columns_must_be_those_of_the_json() {
        let changes: [fn(&mut KeptRecord); 4] = [
            |kept| kept.event_time = None,
            |kept| kept.event_id = Some("2".to_owned()),
            |kept| kept.evidence.set_text_at(0, Some("b".to_owned())),
            |kept| kept.json = "{".into(),
        ];
        for change in changes {
            let mut kept = kept();
            change(&mut kept);
            let findings = findings(1, kept);
            let error = check_reading(&findings, true).expect_err("a disagreement");
            assert!(error.contains("disagree"), "{error}");
            assert_eq!(check_reading(&findings, false), Ok(()));
        }
    }
}
