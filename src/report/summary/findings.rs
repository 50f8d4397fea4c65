//! The findings that were written for other systems, in numbers.

use serde::Serialize;

use crate::language::Message;
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
    pub warnings: Vec<Message>,
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

fn several(files: &[String]) -> Option<Message> {
    let ([first, .., last], count) = (files, files.len()) else {
        return None;
    };
    let message = Message::new("findings-in-files").with("count", count);
    Some(message.with("first", &**first).with("last", &**last))
}

fn undated(count: u64) -> Option<Message> {
    (count > 0).then(|| Message::new("findings-undated").with("count", count))
}

fn without_account(count: u64) -> Option<Message> {
    (count > 0).then(|| Message::new("findings-without-account").with("count", count))
}
