//! The ledger of an audit.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rayon::ThreadPool;

use super::gone::GoneDeliveries;
use super::objects::ArchiveObjects;
use super::{Audit, AuditError, Progress, ProgressEvent};
use crate::conclude::InputList;
use crate::findings::Findings;
use crate::ledger::{
    ClaimedLedger, ContentSet, Ledger, LedgerContents, LedgerError, Purpose, Reading, ScanRun,
    Scope, Writer, part_names,
};
use crate::plan::{Plan, Selection};
use crate::report::{BucketInventory, Inputs, Objects};
use crate::scan::{LedgerAccounting, ListedKeys};
use crate::time::period::TimeRange;

/// The ledger of an audit.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LedgerOptions {
    /// The folder.
    pub path: PathBuf,
    /// True if the ledger is discarded and everything is scanned again.
    pub rescan: bool,
    /// The purpose of an audit of the ledger alone.
    pub purpose: Purpose,
}

impl LedgerOptions {
    /// Creates the options of a ledger in this folder.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            rescan: false,
            purpose: Purpose::Report,
        }
    }

    /// Opens the ledger that is reported on alone, if no path is given.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be opened.
    pub fn recorded(&self, paths: &[PathBuf]) -> Result<Option<Ledger>, LedgerError> {
        match paths.is_empty() {
            true => Ledger::open(&self.path).map(Some),
            false => Ok(None),
        }
    }

    /// Checks that neither the folder of the report nor that of the ledger contains the other.
    fn check_apart(&self, report: &Path) -> Result<(), AuditError> {
        let (own, other) = (absolute(&self.path)?, absolute(report)?);
        if own.starts_with(&other) || other.starts_with(&own) {
            return Err(AuditError::Nested {
                report: report.to_owned(),
                ledger: self.path.clone(),
            });
        }
        Ok(())
    }

    /// Returns the purpose of an audit. One of the ledger alone reads no object, so its limits are
    /// those of the scans.
    fn purpose(&self, audit: &Audit) -> Purpose {
        match audit.paths.is_empty() {
            true => self.purpose,
            false => Purpose::Resume,
        }
    }

    /// Returns the ledger in the folder, if there is one to continue.
    fn find(&self) -> Result<Option<Ledger>, LedgerError> {
        if self.rescan {
            Ledger::check_clear(&self.path)?;
            return Ok(None);
        }
        Ledger::find(&self.path)
    }
}

/// Checks that a ledger can store what an audit finds.
fn check_storable(audit: &Audit) -> Result<(), AuditError> {
    // Standard input has no time or ETag by which its content would be known again.
    if audit.paths.iter().any(|path| path == Path::new("-")) {
        return Err(AuditError::StandardInput);
    }
    // A ledger counts the events of default values by rule and minute, without groups.
    match audit.plan.has_groups_of_defaults() {
        true => Err(AuditError::GroupsOfDefaults),
        false => Ok(()),
    }
}

fn absolute(path: &Path) -> Result<PathBuf, AuditError> {
    std::path::absolute(path).map_err(|source| AuditError::Path {
        path: path.to_owned(),
        source,
    })
}

/// A ledger, and what it held when the audit began.
pub(super) struct OpenLedger {
    path: PathBuf,
    scope: Scope,
    /// The ledger as it was found, if there was one.
    found: Option<Ledger>,
    contents: LedgerContents,
    /// The contents of objects that need not be read again.
    known: ContentSet,
    rescan: bool,
    claimed: Option<ClaimedLedger>,
}

impl OpenLedger {
    /// Opens the ledger of an audit, if it has one. Nothing is written.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder contains something else, or the ledger was scanned for
    /// something else.
    pub(super) fn open(audit: &Audit, pool: &ThreadPool) -> Result<Option<Self>, AuditError> {
        let Some(options) = &audit.ledger else {
            return Ok(None);
        };
        if let Some(report) = &audit.output {
            options.check_apart(report)?;
        }
        check_storable(audit)?;
        let scope = Scope::from_plan(&audit.plan, &audit.limits).map_err(AuditError::Plan)?;
        let mut own = Self::empty(options, scope);
        if let Some(ledger) = options.find()? {
            ledger.check_scope(&own.scope, options.purpose(audit))?;
            pool.install(|| own.read(&ledger, audit))?;
            own.found = Some(ledger);
        }
        Ok(Some(own))
    }

    /// Returns a ledger that holds nothing yet.
    fn empty(options: &LedgerOptions, scope: Scope) -> Self {
        Self {
            path: options.path.clone(),
            scope,
            found: None,
            contents: LedgerContents::default(),
            known: ContentSet::default(),
            rescan: options.rescan,
            claimed: None,
        }
    }

    /// Reads what a ledger holds, on the threads of the pool that this is called in.
    fn read(&mut self, ledger: &Ledger, audit: &Audit) -> Result<(), LedgerError> {
        self.contents = LedgerContents::read(ledger)?;
        // An audit of the ledger alone does not ask for single objects.
        if !audit.paths.is_empty() {
            self.known = self.contents.known()?;
        }
        Ok(())
    }

    /// Returns the names of the parts, none of which is damaged.
    ///
    /// # Errors
    ///
    /// Returns an error if a part is damaged.
    pub(super) fn sound_parts(self) -> Result<Vec<String>, LedgerError> {
        let contents = self.contents.whole()?;
        Ok(part_names(contents.parts().map(|part| &part.path)))
    }

    /// Returns the contents of objects that need not be read again.
    pub(super) fn known(&self) -> &ContentSet {
        &self.known
    }

    /// Returns the deliveries that the ledger knows and that are no longer listed, on the threads
    /// of the pool that this is called in.
    ///
    /// # Errors
    ///
    /// Returns an error if a part cannot be read.
    pub(super) fn gone(&self, listed: &ContentSet) -> Result<GoneDeliveries, LedgerError> {
        let gone = Mutex::new(GoneDeliveries::default());
        self.contents.for_each_unlisted(listed, &|key| {
            gone.lock().unwrap_or_else(PoisonError::into_inner).add(key);
        })?;
        Ok(gone.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns the paths that the scans were given, or the ledger itself if there were none.
    ///
    /// # Errors
    ///
    /// Returns an error if the listings of the ledger cannot be read.
    pub(super) fn sources(&self) -> Result<Vec<String>, LedgerError> {
        let sources = match &self.found {
            Some(ledger) => ledger.sources(self.contents.parts())?,
            None => Vec::new(),
        };
        if sources.is_empty() {
            return Ok(vec![self.path.to_string_lossy().into_owned()]);
        }
        Ok(sources)
    }

    /// Returns everything that the ledger holds, on the threads of the pool that this is called in.
    ///
    /// # Errors
    ///
    /// Returns an error if a part is damaged.
    pub(super) fn everything(self, plan: &Plan) -> Result<Recalled, LedgerError> {
        let mut inputs = InputList::default();
        let counted = self.contents.whole()?.select(None, &mut |readings| {
            for Reading {
                identity,
                source_bytes,
                ..
            } in readings
            {
                inputs.add(&identity.key, *source_bytes, identity.etag.as_deref());
            }
        })?;
        let mut findings = counted.findings(plan)?;
        // Nothing is listed now, so the objects of the report are those that the ledger knows.
        findings.listed = findings.days.count(|_| true);
        let mut inventories = Vec::new();
        if let Some(ledger) = &self.found {
            findings.problems.extend(ledger.listing_problems()?);
            let listings = ledger.listings()?.into_iter();
            inventories.extend(listings.filter_map(|listing| listing.inventory));
        }
        inventories.sort();
        Ok(Recalled {
            findings,
            objects: Objects::new(counted.objects(plan)),
            inputs: inputs.finish(),
            inventories,
        })
    }

    /// Begins or continues the ledger. Damaged parts are set aside; their objects are among those
    /// that are read.
    ///
    /// # Errors
    ///
    /// Returns an error if the ledger cannot be read or written.
    pub(super) fn writer(
        &mut self,
        plan: &Plan,
        run: ScanRun,
        progress: &Progress<'_>,
    ) -> Result<Writer, LedgerError> {
        // Not before the scan begins, so that an audit that fails earlier discards nothing.
        if self.rescan {
            Ledger::clear(&self.path)?;
        }
        let claimed = Ledger::claim(&self.path, &self.scope)?;
        // All damage is found before anything is moved, as what cannot be read ends the scan.
        let listings = claimed.ledger().damaged_listings()?;
        for (path, error) in self.contents.damaged().iter().chain(&listings) {
            progress(ProgressEvent::SetAside(error));
            claimed.set_aside(path)?;
        }
        self.contents.forget_damaged();
        let writer = Writer::new(&claimed, plan, run)?;
        self.claimed = Some(claimed);
        Ok(writer)
    }

    /// Returns what the ledger holds of the listed objects, after the scan, on the threads of the
    /// pool that this is called in. A listed object that it does not hold becomes a problem.
    ///
    /// # Errors
    ///
    /// Returns an error if a part is damaged.
    pub(super) fn listed(
        mut self,
        plan: &Plan,
        objects: &ArchiveObjects,
    ) -> Result<Recalled, LedgerError> {
        if let Some(claimed) = &self.claimed {
            // The scan has written parts since the contents were read.
            self.contents.look_again(claimed.ledger())?;
        }
        let mut accounting = LedgerAccounting::new(ListedKeys::new(objects.all()));
        let counted = self.contents.whole()?;
        let counted = counted.select(Some(objects.contents()), &mut |readings| {
            for reading in readings {
                accounting.add(&reading.identity.key, reading.source_bytes);
            }
        })?;
        let mut findings = counted.findings(plan)?;
        let settled = accounting.finish(findings.days.count(|_| true))?;
        findings.listed = settled.listed;
        findings.problems.extend(settled.problems);
        Ok(Recalled {
            findings,
            objects: Objects::new(counted.objects(plan)),
            inputs: settled.inputs,
            inventories: Vec::new(),
        })
    }
}

/// The findings, objects and inputs of a scan or a ledger, from which a report is concluded.
pub(super) struct Recalled {
    pub(super) findings: Findings,
    pub(super) objects: Objects,
    pub(super) inputs: Inputs,
    /// The inventories of S3 that objects were taken from.
    pub(super) inventories: Vec<BucketInventory>,
}

impl Recalled {
    /// Returns what an archive without objects is concluded from.
    pub(super) fn of_nothing() -> Self {
        Self {
            findings: Findings::default(),
            objects: Objects::default(),
            inputs: InputList::default().finish(),
            inventories: Vec::new(),
        }
    }
}

/// Completes a selection: what it leaves open is as the scans of a ledger were given it that is
/// reported on alone, if there is one.
#[must_use]
pub fn completed_selection(selection: Selection, recorded: Option<&Scope>) -> Selection {
    let Some(scope) = recorded else {
        return selection;
    };
    Selection {
        range: TimeRange {
            start: selection.range.start.or(scope.from),
            end: selection.range.end.or(scope.to),
        },
        accounts: or_recorded(selection.accounts, &scope.accounts),
        regions: or_recorded(selection.regions, &scope.regions),
        ..selection
    }
}

/// Returns a set, or the recorded one where it is empty.
fn or_recorded(set: BTreeSet<String>, recorded: &BTreeSet<String>) -> BTreeSet<String> {
    match set.is_empty() {
        true => recorded.clone(),
        false => set,
    }
}
