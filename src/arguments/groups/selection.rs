//! The options that select records.

use clap::Args;
use jiff::Timestamp;

use crate::arguments::values::moment::parse_present_moment;
use crate::audit::completed_selection;
use crate::ledger::Scope;
use crate::plan::selection::parse_account;
use crate::plan::{Clock, Duplicates, Selection};
use crate::time::period::TimeRange;

/// The records that count.
#[derive(Args, Debug)]
#[command(next_help_heading = "Selection")]
pub(crate) struct SelectionArguments {
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

impl SelectionArguments {
    /// Returns the records that count. Options that are not given have the values of the scans of
    /// a ledger that is reported on alone.
    pub(crate) fn selection(&self, clock: Clock, recorded: Option<&Scope>) -> Selection {
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
