//! The options of a command that verifies archives.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::ProofOptions;
use crate::time::parse_time;
use crate::time::period::TimeRange;

/// What proves an archive beside its digests.
#[derive(Args, Clone, Debug)]
pub(crate) struct ProofArguments {
    /// Public keys, as `aws cloudtrail list-public-keys` prints them; those of several regions and
    /// times may be in several files
    #[arg(long, value_name = "FILE", num_args = 1..)]
    keys: Vec<PathBuf>,

    /// Metadata of the digests, as `backtrail verify --collect` prints it, `rclone lsjson -M`, or a
    /// CSV table with the columns key and signature
    #[arg(long, value_name = "FILE", num_args = 1..)]
    metadata: Vec<PathBuf>,
}

/// The hours to verify.
#[derive(Args, Debug)]
pub(crate) struct HourArguments {
    /// Only verify digests whose hours touch the time from here on: RFC 3339, or a date in UTC
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    from: Option<Timestamp>,

    /// Only verify digests whose hours touch the time up to here, this moment included
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
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
