//! Options of the commands that read an archive.

use std::path::PathBuf;

use clap::Args;
use clap::builder::Resettable::Reset;

use super::reading::ReadingArguments;
use super::selection::SelectionArguments;
use crate::arguments::values::local_folder::{FolderUse, local_folder};
use crate::audit::{Audit, LedgerOptions};
use crate::ledger::{Ledger, LedgerError, Purpose};
use crate::plan::Plan;

/// The archive, and the records of it that count.
#[derive(Args, Debug)]
pub(crate) struct ArchiveArguments {
    /// Files or folders of CloudTrail objects, in the layout of S3 or flat; wildcards; `-` for
    /// standard input; `s3://BUCKET/PREFIX`. Without any, the report covers everything that the
    /// ledger holds
    #[arg(required_unless_present = "ledger", value_name = "PATH")]
    #[arg(help_heading = Reset)]
    pub(crate) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
}

/// The reading of an archive.
#[derive(Args, Debug)]
pub(crate) struct ReadArguments {
    #[command(flatten)]
    ledger: LedgerArguments,

    #[command(flatten)]
    reading: ReadingArguments,
}

/// The ledger.
#[derive(Args, Debug)]
#[command(next_help_heading = "Ledger")]
struct LedgerArguments {
    /// Save the findings in this folder. A scan that was interrupted resumes there, and the next
    /// one reads only new objects
    #[arg(long, value_name = "DIR", value_parser = local_folder(FolderUse::Ledger))]
    ledger: Option<PathBuf>,

    /// Discard the ledger and rescan everything
    #[arg(long, requires_all = ["ledger", "paths"])]
    rescan: bool,
}

impl ReadArguments {
    /// Opens the ledger that is reported on alone, if no path is given.
    pub(crate) fn recorded(
        &self,
        archive: &ArchiveArguments,
    ) -> Result<Option<Ledger>, LedgerError> {
        let ledger = self.ledger.options(Purpose::Report);
        ledger.map_or(Ok(None), |ledger| ledger.recorded(&archive.paths))
    }

    /// Returns the audit of an archive for a plan.
    pub(crate) fn audit(&self, plan: Plan, archive: &ArchiveArguments, purpose: Purpose) -> Audit {
        let mut audit = Audit::new(plan, &archive.paths);
        self.reading.apply(&mut audit);
        audit.ledger = self.ledger.options(purpose);
        audit
    }
}

impl LedgerArguments {
    fn options(&self, purpose: Purpose) -> Option<LedgerOptions> {
        let mut options = LedgerOptions::new(self.ledger.as_ref()?);
        options.rescan = self.rescan;
        options.purpose = purpose;
        Some(options)
    }
}
