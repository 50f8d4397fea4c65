//! Options of the commands that read an archive.

use std::path::PathBuf;

use clap::Args;
use clap::builder::Resettable::Reset;
use jiff::Timestamp;

use crate::audit::{
    Audit, LedgerOptions, ReadingArguments, completed_selection, parse_present_moment,
};
use crate::ledger::{Ledger, LedgerError, Purpose, Scope};
use crate::plan::selection::parse_account;
use crate::plan::{Clock, Duplicates, Plan, Selection};
use crate::time::period::TimeRange;

/// The archive, and the records of it that count.
#[derive(Args, Debug)]
pub(super) struct ArchiveArguments {
    /// Files or folders of CloudTrail objects, in the layout of S3 or flat; wildcards; `-` for
    /// standard input; `s3://BUCKET/PREFIX`. Without any, the report covers everything that the
    /// ledger holds
    #[arg(required_unless_present = "ledger", value_name = "PATH")]
    #[arg(help_heading = Reset)]
    pub(super) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) selection: SelectionArguments,
}

/// The records that count.
#[derive(Args, Debug)]
#[command(next_help_heading = "Selection")]
pub(super) struct SelectionArguments {
    /// Only include events from this time on: RFC 3339, a date in UTC, a duration before now such
    /// as 30d, 12h or 2w, or `yesterday` or `today`, which begin at midnight in UTC
    #[arg(long, value_name = "TIME", value_parser = parse_present_moment)]
    from: Option<Timestamp>,

    /// Only include events before this time, in the same forms
    #[arg(long, value_name = "TIME", value_parser = parse_present_moment)]
    to: Option<Timestamp>,

    /// Only include this account (repeatable)
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = parse_account)]
    account: Vec<String>,

    /// Only include this region (repeatable)
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    region: Vec<String>,

    /// Count every copy of an event, instead of one for each eventID
    #[arg(long)]
    keep_duplicates: bool,
}

/// The reading of an archive.
#[derive(Args, Debug)]
pub(super) struct ReadArguments {
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
    #[arg(long, value_name = "DIR")]
    ledger: Option<PathBuf>,

    /// Discard the ledger and rescan everything
    #[arg(long, requires_all = ["ledger", "paths"])]
    rescan: bool,
}

impl SelectionArguments {
    /// Returns the records that count. Options that are not given have the values of the scans of
    /// a ledger that is reported on alone.
    pub(super) fn selection(&self, clock: Clock, recorded: Option<&Scope>) -> Selection {
        let selection = Selection {
            range: TimeRange {
                start: self.from,
                end: self.to,
            },
            accounts: self.account.iter().cloned().collect(),
            regions: self.region.iter().cloned().collect(),
            duplicates: match self.keep_duplicates {
                true => Duplicates::Keep,
                false => Duplicates::Drop,
            },
            clock,
            ..Selection::default()
        };
        completed_selection(selection, recorded)
    }
}

impl ReadArguments {
    /// Opens the ledger that is reported on alone, if no path is given.
    pub(super) fn recorded(
        &self,
        archive: &ArchiveArguments,
    ) -> Result<Option<Ledger>, LedgerError> {
        let ledger = self.ledger.options(Purpose::Report);
        ledger.map_or(Ok(None), |ledger| ledger.recorded(&archive.paths))
    }

    /// Returns the audit of an archive for a plan.
    pub(super) fn audit(&self, plan: Plan, archive: &ArchiveArguments, purpose: Purpose) -> Audit {
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
