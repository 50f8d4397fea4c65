//! The options of a verification that say what is verified, and by what.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::{Proofs, VerifyError};
use crate::audit::{Audit, LimitArguments, ProofArguments, S3Arguments, parse_threads};
use crate::time::parse_time;
use crate::time::period::TimeRange;

/// What is verified, and by what.
#[derive(Args, Debug)]
pub(crate) struct VerifyArguments {
    /// Folders of digests and log files, in the layout of S3, one folder for each bucket, or flat;
    /// `s3://BUCKET/PREFIX`
    #[arg(required = true, value_name = "SOURCE")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    proofs: ProofArguments,

    /// Only verify digests whose hours touch the time from here on: RFC 3339, or a date in UTC
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    from: Option<Timestamp>,

    /// Only verify digests whose hours touch the time up to here, this moment included
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    to: Option<Timestamp>,

    /// Number of worker threads [default: one for each core]
    #[arg(long, value_name = "NUMBER", value_parser = parse_threads)]
    threads: Option<usize>,

    #[command(flatten)]
    limits: LimitArguments,

    #[command(flatten)]
    s3: S3Arguments,
}

impl VerifyArguments {
    /// Reads the keys and signatures, and returns them with the archive that they prove, which is
    /// not listed yet.
    ///
    /// # Errors
    ///
    /// Returns an error if the options contradict each other, or a file cannot be read.
    pub(crate) fn audit(&self) -> Result<(Audit, Proofs), VerifyError> {
        let options = self.proofs.options(TimeRange {
            start: self.from,
            end: self.to,
        });
        let mut audit = Audit::new(options.plan()?, &self.paths);
        audit.limits = self.limits.limits();
        audit.threads = self.threads;
        audit.s3 = self.s3.options();
        Ok((audit, options.read()?))
    }
}
