//! The options of a command that verifies archives.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use crate::arguments::values::moment::parse_present_moment;
use crate::audit::{ProofOptions, Proofs, VerifyError};
use crate::time::period::TimeRange;

/// The proofs of an archive beside its digests.
#[derive(Args, Clone, Debug)]
pub(crate) struct ProofArguments {
    /// Public keys, as `aws cloudtrail list-public-keys` prints them; those of several regions and
    /// times may be in several files. All words up to the next option are files
    #[arg(long, value_name = "FILE", num_args = 1..)]
    keys: Vec<PathBuf>,

    /// Metadata of the digests, as `backtrail verify --collect` prints it, `rclone lsjson -M`, or a
    /// CSV table with the columns key and signature
    #[arg(long, value_name = "FILE", num_args = 1..)]
    metadata: Vec<PathBuf>,
}

/// The integrity of the archive that is audited.
#[derive(Args, Debug)]
#[command(next_help_heading = "Integrity")]
pub(crate) struct IntegrityArguments {
    /// Verify the archive by the digests of CloudTrail in it, and add the grade of its log file to
    /// each attempt
    #[arg(long, requires = "paths")]
    verify: bool,

    #[command(flatten)]
    proofs: ProofArguments,
}

impl IntegrityArguments {
    /// Reads the keys and signatures for digests whose hours touch a range, if the archive is to be
    /// verified.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be read, or is given for no verification.
    pub(crate) fn proofs(&self, range: TimeRange) -> Result<Option<Proofs>, VerifyError> {
        let options = self.proofs.options(range);
        if self.verify {
            return options.read().map(Some);
        }
        match options.keys.is_empty() && options.metadata.is_empty() {
            true => Ok(None),
            false => Err(VerifyError::NotRequested),
        }
    }
}

/// The hours to verify.
#[derive(Args, Debug)]
pub(crate) struct HourArguments {
    /// Only verify digests whose hours touch the time from here on: RFC 3339, a date in UTC, a
    /// duration before now such as 30d, or `yesterday` or `today`
    #[arg(long, value_name = "TIME", value_parser = parse_present_moment)]
    from: Option<Timestamp>,

    /// Only verify digests whose hours touch the time up to here, this moment included
    #[arg(long, value_name = "TIME", value_parser = parse_present_moment)]
    to: Option<Timestamp>,
}

impl HourArguments {
    /// Returns the range, both ends included.
    pub(crate) fn range(&self) -> TimeRange {
        TimeRange {
            start: self.from,
            end: self.to,
        }
    }
}

impl ProofArguments {
    /// Returns the options, for digests whose hours touch a range.
    pub(crate) fn options(&self, range: TimeRange) -> ProofOptions {
        ProofOptions {
            keys: self.keys.clone(),
            metadata: self.metadata.clone(),
            range,
        }
    }
}
