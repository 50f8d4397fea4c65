//! The output of a command that reports.

use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::display::DisplayArguments;
use super::folder::FolderArguments;
use crate::arguments::values::local_folder::{FolderUse, local_folder};
use crate::audit::{ReportCondition, VerifyError};

/// The output.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArguments {
    /// Write the report, tables and summary, to this folder
    #[arg(long, value_name = "DIR", value_parser = local_folder(FolderUse::Write))]
    pub(crate) out: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) folder: FolderArguments,

    /// Print everything about one secret or key, given by its name, its ARN or a part of one: who
    /// used it before, during and after its deletion. The scan and the report folder are the same
    #[arg(long, value_name = "NAME")]
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) secret: Option<String>,

    /// Print the summary as one JSON object
    #[arg(long)]
    pub(crate) json: bool,

    /// Exit with code 1 if a condition is met
    #[arg(long, value_enum, value_delimiter = ',', value_name = "CONDITION")]
    pub(crate) fail_on: Vec<ReportCondition>,

    /// Count alarms that nobody defined for --fail-on alarm, too: a metric filter without an alarm
    /// has the one that the console proposes
    #[arg(long, requires = "fail_on")]
    pub(crate) proposed: bool,

    /// Show no progress bar, and no summary unless --json requests it
    #[arg(short, long)]
    pub(crate) quiet: bool,

    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}

impl OutputArguments {
    /// Checks that the conditions are about something that is done.
    ///
    /// # Errors
    ///
    /// Returns an error if they are about a verification that was not requested.
    pub(crate) fn check_conditions(&self, is_verified: bool) -> Result<(), VerifyError> {
        match self.fail_on.contains(&ReportCondition::Integrity) && !is_verified {
            true => Err(VerifyError::ConditionWithoutVerify),
            false => Ok(()),
        }
    }
}
