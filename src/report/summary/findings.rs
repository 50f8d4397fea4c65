//! The findings that were written for other systems, in numbers.

use serde::Serialize;

use crate::report::finding::{Finding, ReportFindings};

/// The findings that were written for other systems, in numbers.
#[derive(Clone, Debug, Serialize)]
pub struct FindingsSummary {
    /// The number of findings that were written.
    pub total: u64,
    /// The number of those that have no account or no region, so that Security Hub cannot import
    /// them.
    pub without_account: u64,
    /// The number of findings that were left out, since no record gives a time.
    pub undated: u64,
    /// The reasons why findings are missing, and why there are several files, as warnings.
    pub warnings: Vec<String>,
}

impl FindingsSummary {
    /// Returns the numbers of findings.
    pub fn new(found: &ReportFindings<'_>) -> Self {
        let findings = found.findings.iter();
        let homeless = findings.filter(|finding| Finding::home(finding).is_none());
        Self {
            total: found.findings.len() as u64,
            without_account: homeless.count() as u64,
            undated: found.undated,
            warnings: undated(found.undated).into_iter().collect(),
        }
    }

    /// Adds the files that were written for Security Hub, which cannot hold every finding.
    pub fn add_imports(&mut self, files: &[String]) {
        self.warnings.extend(several(files));
        self.warnings.extend(without_account(self.without_account));
    }
}

fn several(files: &[String]) -> Option<String> {
    let ([first, .., last], count) = (files, files.len()) else {
        return None;
    };
    Some(format!(
        "the findings for Security Hub are in {count} files, {first} to {last}, since one call \
         imports at most 100"
    ))
}

fn undated(count: u64) -> Option<String> {
    let findings = counted(count)?;
    Some(format!(
        "{findings} left out, since no record of theirs has a time"
    ))
}

fn without_account(count: u64) -> Option<String> {
    let findings = counted(count)?;
    Some(format!(
        "{findings} not in the files for Security Hub, which imports a finding only with its \
         account and region"
    ))
}

fn counted(count: u64) -> Option<String> {
    match count {
        0 => None,
        1 => Some("1 finding is".to_owned()),
        _ => Some(format!("{count} findings are")),
    }
}
