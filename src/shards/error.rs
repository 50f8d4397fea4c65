//! The errors of plans, shards and their parts.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::ledger::LedgerError;
use crate::problem::ProblemKind;
use crate::source::ReadError;
use crate::spool::SpoolError;
use crate::text::{counted, printable, printable_path};

/// The reason why a plan, a shard or a part cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShardError {
    /// A plan cannot be used.
    #[error(
        "cannot use the plan `{}`: {}",
        printable_path(path),
        printable(detail)
    )]
    Plan {
        /// The folder.
        path: PathBuf,
        /// A description of the error.
        detail: String,
    },
    /// There are many objects, and the temporary file for them failed.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// There is something else where a plan is to be written.
    #[error("`{}` exists already. Choose another folder for the plan", printable_path(.0))]
    Occupied(PathBuf),
    /// Standard input is among the paths.
    #[error("standard input cannot be read by another process, so it cannot be planned")]
    StandardInput,
    /// The name of a file cannot be written down as text.
    #[error("the name of the file `{}` is not UTF-8, so it cannot be planned", printable(.0))]
    Name(String),
    /// The objects do not come in the order of their keys.
    #[error("`{}` was listed out of order", printable(.0))]
    Order(String),
    /// A plan has no such shard.
    #[error(
        "the plan has no shard `{}`; its {} numbered from 0",
        printable(shard),
        counted(*shards, "shard is", "shards are")
    )]
    NoShard {
        /// The number or identifier.
        shard: String,
        /// The number of shards of the plan.
        shards: usize,
    },
    /// The ledger is not the one that the plan leaves out the objects of.
    #[error("{0}")]
    Base(&'static str),
    /// The source did not deliver objects this time.
    #[error(
        "{} of shard {shard} could not be delivered, the first one `{}`: {}. Scan the shard again, \
         or record this with --give-up",
        counted(*count, "object", "objects"),
        printable(key),
        printable(reason)
    )]
    Transient {
        /// The number of the shard.
        shard: usize,
        /// The number of objects.
        count: u64,
        /// The first of them.
        key: String,
        /// The reason.
        reason: String,
    },
    /// A file of a part is gone, or shorter, before the part is complete.
    #[error(
        "`{}` was removed or changed while the part was written. Scan the shard again",
        printable_path(.0)
    )]
    Vanished(PathBuf),
    /// A file of a bucket cannot be read or written.
    #[error("cannot use `{}`: {source}", printable(file))]
    Bucket {
        /// The address.
        file: String,
        /// The answer of S3.
        source: ReadError,
    },
    /// The threads that transfer files cannot be started.
    #[error("cannot start the threads that transfer files: {0}")]
    Threads(String),
    /// A source cannot be reached.
    #[error(transparent)]
    Source(#[from] ReadError),
    /// A ledger or one of its parts cannot be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A file or folder cannot be used.
    #[error("cannot use `{}`: {source}", printable_path(path))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The answer of the operating system.
        source: io::Error,
    },
}

impl ShardError {
    /// Returns the error of a file or folder that cannot be used.
    pub fn io(path: &Path, source: io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            source,
        }
    }

    /// Returns the error of a plan that cannot be used.
    pub(super) fn plan(path: &Path, detail: impl ToString) -> Self {
        Self::Plan {
            path: path.to_owned(),
            detail: detail.to_string(),
        }
    }

    /// Returns the error of threads that cannot be started.
    pub fn threads(error: impl ToString) -> Self {
        Self::Threads(error.to_string())
    }

    /// Returns whether another attempt a little later may succeed.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Io { source, .. }
            | Self::Ledger(
                LedgerError::Io { source, .. } | LedgerError::Unreadable { source, .. },
            ) => !is_permanent(source.kind()),
            Self::Spool(error) => !is_permanent(error.source.kind()),
            Self::Bucket { source, .. } => source.kind().is_transient(),
            Self::Source(ReadError::Io(source)) => !is_permanent(source.kind()),
            // Without credentials nothing is reached, and they may come from a server that did not
            // answer.
            Self::Source(source) => {
                source.kind().is_transient() || source.kind() == ProblemKind::AccessDenied
            }
            Self::Transient { .. }
            | Self::Vanished(_)
            | Self::Threads(_)
            | Self::Ledger(LedgerError::Lost(_)) => true,
            _ => false,
        }
    }
}

/// Returns whether an error of the system means that the wrong place was given, or one that cannot
/// do what is asked of it. Others, such as a full disk, may go away.
fn is_permanent(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::AlreadyExists
            | ErrorKind::InvalidData
            | ErrorKind::InvalidFilename
            | ErrorKind::InvalidInput
            | ErrorKind::IsADirectory
            | ErrorKind::NotADirectory
            | ErrorKind::NotFound
            | ErrorKind::PermissionDenied
            | ErrorKind::ReadOnlyFilesystem
            | ErrorKind::Unsupported
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_may_have_room_later_and_a_wrong_folder_stays_wrong() {
        for (kind, is_transient) in [
            (ErrorKind::StorageFull, true),
            (ErrorKind::QuotaExceeded, true),
            (ErrorKind::TimedOut, true),
            (ErrorKind::NotFound, false),
            (ErrorKind::InvalidData, false),
            (ErrorKind::PermissionDenied, false),
            (ErrorKind::Unsupported, false),
        ] {
            let own = ShardError::io(Path::new("a"), kind.into());
            assert_eq!(own.is_transient(), is_transient, "{kind}");
            let ledger = ShardError::Ledger(LedgerError::Io {
                path: "a".into(),
                source: kind.into(),
            });
            assert_eq!(ledger.is_transient(), is_transient, "{kind}");
            let source = ShardError::Source(io::Error::from(kind).into());
            assert_eq!(source.is_transient(), is_transient, "{kind}");
        }
        assert!(!ShardError::StandardInput.is_transient());
    }

    #[test]
    fn credentials_may_come_later_and_what_a_build_lacks_never_does() {
        for (kind, is_transient) in [
            (ProblemKind::AccessDenied, true),
            (ProblemKind::Unavailable, true),
            (ProblemKind::Unreadable, false),
        ] {
            let source = ShardError::Source(ReadError::S3 {
                kind,
                detail: "as asked".to_owned(),
                source: None,
            });
            assert_eq!(source.is_transient(), is_transient, "{kind:?}");
        }
    }
}
