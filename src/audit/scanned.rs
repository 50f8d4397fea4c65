//! The findings of a scan, and what is concluded from them.

use std::collections::BTreeMap;

use rayon::ThreadPool;

use super::AuditError;
use super::ledger::Recalled;
use crate::conclude::conclude;
use crate::findings::ObjectStatus;
use crate::plan::Plan;
use crate::problem::ProblemKind;
use crate::report::integrity::AuditedIntegrity;
use crate::report::{ObjectBatches, Objects, OutcomeBatches, Report};
use crate::text::{counted, joined};

/// The findings of a scan.
pub struct Scanned<'a> {
    pub(super) plan: &'a Plan,
    pub(super) recalled: Recalled,
    pub(super) integrity: Option<AuditedIntegrity>,
    pub(super) sources: Vec<String>,
    pub(super) pool: ThreadPool,
}

impl Scanned<'_> {
    /// Returns whether everything was read in full.
    pub fn is_complete(&self) -> bool {
        self.recalled.findings.problems.is_empty()
    }

    /// Concludes a report.
    ///
    /// # Errors
    ///
    /// Returns an error if no object was read.
    pub fn report(self) -> Result<Report, AuditError> {
        self.check_read()?;
        let Self {
            plan,
            recalled,
            integrity,
            sources,
            pool,
        } = self;
        let grades = integrity.as_ref().map(AuditedIntegrity::grades);
        let concluded = || conclude(plan, recalled.findings, sources, grades.as_ref());
        let mut report = pool.install(concluded);
        report.objects = Objects::new(PooledObjects {
            objects: recalled.objects,
            pool,
        });
        report.scan.inputs = recalled.inputs;
        report.scan.inventories = recalled.inventories;
        if let Some(integrity) = integrity {
            report.set_integrity(integrity);
        }
        Ok(report)
    }

    /// Checks that there is an object that was not skipped.
    fn check_read(&self) -> Result<(), AuditError> {
        let skipped = self.skipped();
        // An object that is unaccounted for was not skipped: its problem must be reported.
        if skipped.values().sum::<u64>() < self.recalled.findings.listed {
            return Ok(());
        }
        Err(AuditError::Nothing {
            sources: self.quoted_sources(),
            reason: self.reason(),
            skipped: described(&skipped),
        })
    }

    /// Returns the reason why there is no object: all problems are of places that could not be
    /// listed.
    fn reason(&self) -> String {
        let [first, others @ ..] = self.recalled.findings.problems.as_slice() else {
            return "no file that holds CloudTrail records was found".to_owned();
        };
        let reason = match first.kind {
            ProblemKind::AccessDenied => "access was denied",
            ProblemKind::Unaccounted => "no object was read",
            _ => "the listing failed",
        };
        let (place, detail) = (&first.origin.object, &first.detail);
        match others.len() {
            0 => format!("{reason} for `{place}`: {detail}"),
            count => {
                let others = counted(count, "more problem", "more problems");
                format!("{reason} for `{place}`: {detail} (and {others})")
            }
        }
    }

    /// Counts the objects that were skipped, by the reason.
    fn skipped(&self) -> BTreeMap<&'static str, u64> {
        let mut skipped = BTreeMap::new();
        for (group, counts) in self.recalled.findings.days.groups() {
            if let ObjectStatus::Skipped(reason) = group.status {
                *skipped.entry(reason.name()).or_default() += counts.objects;
            }
        }
        skipped
    }

    fn quoted_sources(&self) -> String {
        let sources = self.sources.iter().map(|source| format!("`{source}`"));
        joined(sources, ", ")
    }
}

/// The outcomes of objects, which are read again on the threads of the audit.
struct PooledObjects {
    objects: Objects,
    pool: ThreadPool,
}

impl ObjectBatches for PooledObjects {
    fn batches(&self) -> OutcomeBatches<'_> {
        let mut batches = self.pool.install(|| self.objects.batches());
        Box::new(std::iter::from_fn(move || {
            self.pool.install(|| batches.next())
        }))
    }
}

fn described(skipped: &BTreeMap<&str, u64>) -> String {
    if skipped.is_empty() {
        return String::new();
    }
    let reasons = skipped
        .iter()
        .map(|(reason, count)| format!("{count} {reason}"));
    format!("; skipped: {}", joined(reasons, ", "))
}
