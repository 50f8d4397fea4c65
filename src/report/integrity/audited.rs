//! The integrity of the archive that an audit read.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Counts, Gap, Grade, ObjectName, Outcome, Verification};

/// The integrity of the archive that an audit read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuditedIntegrity {
    /// The verification of the archive.
    pub verification: Verification,
    /// The names in S3 of the objects of the audit, by their keys there.
    pub names: BTreeMap<String, ObjectName>,
}

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
    /// Returns the grade of each object that holds records, by its key in the audit.
    pub fn grades(&self) -> BTreeMap<&str, Grade> {
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
