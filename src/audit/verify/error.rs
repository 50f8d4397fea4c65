//! The reasons why an archive cannot be verified.

use std::io;
use std::path::PathBuf;

use crate::audit::AuditError;
use crate::integrity::{KeyListError, ManifestError};
use crate::plan::PlanError;
use crate::source::ListError;
use crate::spool::SpoolError;
use crate::text::printable_path;
use crate::time::period::EmptyRange;

/// The reason why an archive cannot be verified.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The archive cannot be listed.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// A path cannot be listed.
    #[error(transparent)]
    List(#[from] ListError),
    /// There are many objects, and the temporary file for them failed.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The range of time is empty.
    #[error(transparent)]
    Range(#[from] EmptyRange),
    /// The selection is not possible.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A file cannot be read.
    #[error("cannot read {}: {source}", printable_path(path))]
    File {
        /// The path.
        path: PathBuf,
        /// The answer of the operating system.
        source: io::Error,
    },
    /// A file is not a list of public keys.
    #[error("{}: {source}", printable_path(path))]
    Keys {
        /// The path.
        path: PathBuf,
        /// The reason.
        source: KeyListError,
    },
    /// A file is not a manifest of metadata.
    #[error("{}: {source}", printable_path(path))]
    Metadata {
        /// The path.
        path: PathBuf,
        /// The reason.
        source: ManifestError,
    },
    /// Keys or metadata are given, but no verification is requested.
    #[error("--keys and --metadata are for a verification: add --verify")]
    NotRequested,
    /// A condition is about the verification, but none is requested.
    #[error("--fail-on integrity is about a verification: add --verify")]
    ConditionWithoutVerify,
    /// There is nothing to verify.
    #[error(
        "there is neither a digest nor a log file of CloudTrail: name the folder or the bucket \
         that holds AWSLogs"
    )]
    Nothing,
    /// There is no digest.
    #[error("there is no digest, so there is no metadata to collect")]
    NoDigest,
}
