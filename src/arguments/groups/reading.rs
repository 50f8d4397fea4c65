//! The options of a command that reads objects.

use clap::Args;
use clap::builder::Resettable::Reset;

use super::limits::LimitArguments;
use super::s3::S3Arguments;
use crate::audit::{Audit, parse_threads};

/// The reading of objects.
#[derive(Args, Debug)]
pub(crate) struct ReadingArguments {
    /// Number of worker threads [default: one for each core]
    #[arg(long, value_name = "NUMBER", value_parser = parse_threads, help_heading = Reset)]
    threads: Option<usize>,

    #[command(flatten)]
    limits: LimitArguments,

    #[command(flatten)]
    s3: S3Arguments,
}

impl ReadingArguments {
    /// Applies the options to an audit.
    pub(crate) fn apply(&self, audit: &mut Audit) {
        audit.limits = self.limits.limits();
        audit.threads = self.threads;
        audit.s3 = self.s3.options();
    }
}
