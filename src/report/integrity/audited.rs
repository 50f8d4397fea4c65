//! The integrity of the archive that an audit read.

use std::collections::{BTreeMap, HashSet};
use std::mem;

use serde::Serialize;

use super::{Counts, Gap, Grade, GradedKind, GradedObject, ObjectName, Outcome, Verification};

/// The integrity of the archive that an audit read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuditedIntegrity {
    /// The verification of the archive.
    pub verification: Verification,
    /// The names in S3 of the objects of the audit, by their keys there.
    pub names: BTreeMap<String, ObjectName>,
}

/// The grades of the objects of an audit, by their keys there.
#[derive(Clone, Debug, Default)]
pub struct Grades<'a>(BTreeMap<&'a str, Grade>);

impl Grades<'_> {
    /// Returns the grade of an object, or of a file in an archive. No digest speaks of one without
    /// a grade.
    pub fn grade(&self, object: &str) -> Grade {
        self.0.get(object).copied().unwrap_or(Grade::Unverifiable)
    }
}

impl<'a> FromIterator<(&'a str, Grade)> for Grades<'a> {
    fn from_iter<T: IntoIterator<Item = (&'a str, Grade)>>(grades: T) -> Self {
        Self(grades.into_iter().collect())
    }
}

/// The reason for the grade of an object that no digest could list.
const NOT_DELIVERED: &str = "it holds selected records, and is not in the layout of CloudTrail";

/// The reason for the grade of an object that was not checked although its records count.
const NOT_IN_RANGE: &str = "it holds selected records, and is outside of the requested time";

/// The integrity of the archive in numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IntegritySummary {
    /// The outcome.
    pub outcome: Outcome,
    /// The number of log files that are proven, and of all.
    pub proven_log_files: u64,
    /// The number of log files.
    pub log_files: u64,
    /// The number of objects of each grade that there is, digests included.
    pub counts: Counts,
    /// The times for which a chain of digests proves nothing.
    pub gaps: Vec<Gap>,
    /// The number of contradictions beside the grades and the gaps.
    pub findings: u64,
    /// Remarks that help to judge the result.
    pub notes: Vec<String>,
}

impl AuditedIntegrity {
    /// Grades the stored objects that hold selected records, by their keys in the audit, and that
    /// nothing was checked of: none of them is proven.
    pub fn add_unchecked<'k>(&mut self, holding: impl IntoIterator<Item = &'k str>) {
        let mut named = HashSet::new();
        let mut ungraded = Vec::new();
        for key in holding {
            match self.names.get(key) {
                Some(name) => {
                    named.insert(name.clone());
                }
                None => ungraded.push(unchecked(key)),
            }
        }
        let objects = self.verification.objects.iter_mut();
        for object in objects.filter(|object| object.grade == Grade::NotChecked) {
            if named.contains(&object.name) {
                object.grade = Grade::Unverifiable;
                object.reason = Some(NOT_IN_RANGE.to_owned());
            }
        }
        self.verification.objects.append(&mut ungraded);
        self.verification = mem::take(&mut self.verification).finish();
    }

    /// Returns the grade of each object that holds records.
    pub fn grades(&self) -> Grades<'_> {
        let objects = self.verification.objects.iter();
        let grades: BTreeMap<&ObjectName, Grade> =
            objects.map(|object| (&object.name, object.grade)).collect();
        let names = self.names.iter();
        let graded = names.filter_map(|(key, name)| Some((key.as_str(), *grades.get(name)?)));
        graded.collect()
    }

    /// Summarizes the integrity.
    pub fn summary(&self) -> IntegritySummary {
        let verification = &self.verification;
        let log_files = verification.log_files();
        let proven = log_files.clone().filter(|object| object.grade.is_proven());
        IntegritySummary {
            outcome: verification.outcome(),
            proven_log_files: proven.count() as u64,
            log_files: log_files.count() as u64,
            counts: verification.counts.clone(),
            gaps: verification.gaps.clone(),
            findings: verification.findings.len() as u64,
            notes: verification.notes.clone(),
        }
    }
}

/// Returns an object of which nothing could be checked, given its key in the audit.
fn unchecked(key: &str) -> GradedObject {
    let remote = key.strip_prefix("s3://");
    let remote = remote.and_then(|address| address.split_once('/'));
    let (bucket, key) = remote.unwrap_or(("", key));
    GradedObject {
        name: ObjectName::new(bucket, key),
        kind: GradedKind::Log,
        grade: Grade::Unverifiable,
        moved_from: None,
        reason: Some(NOT_DELIVERED.to_owned()),
    }
}
