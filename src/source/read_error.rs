//! The reasons why objects cannot be read.

use std::io;

use crate::problem::ProblemKind;
use crate::text::printable;

/// The reason why an object could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The operating system could not read it.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It was replaced after it was listed, as described.
    #[error("{}", printable(.0))]
    Replaced(String),
    /// S3 did not deliver it.
    #[error("{}", printable(detail))]
    S3 {
        /// The kind of problem in a report.
        kind: ProblemKind,
        /// A description, with the answer of S3 if there was one.
        detail: String,
        /// All that the SDK says about it, if that is more.
        source: Option<FailureDetails>,
    },
}

/// All that the SDK says about a failure, which is more than most readers want.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", printable(.0))]
pub struct FailureDetails(pub String);

impl ReadError {
    /// Returns the kind of problem in a report.
    pub fn kind(&self) -> ProblemKind {
        match self {
            Self::Io(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                ProblemKind::AccessDenied
            }
            // It was listed, so it has gone since.
            Self::Io(error) if error.kind() == io::ErrorKind::NotFound => ProblemKind::Missing,
            Self::Io(error) if is_transient(error.kind()) => ProblemKind::Unavailable,
            Self::Io(_) => ProblemKind::Unreadable,
            Self::Replaced(_) => ProblemKind::Replaced,
            Self::S3 { kind, .. } => *kind,
        }
    }
}

/// Returns whether an error of the system may go away by itself: the network that a file comes over
/// broke off, or the system lacks something for the moment.
pub(super) fn is_transient(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::Interrupted
            | io::ErrorKind::NetworkDown
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NotConnected
            | io::ErrorKind::OutOfMemory
            | io::ErrorKind::ResourceBusy
            | io::ErrorKind::StaleNetworkFileHandle
            | io::ErrorKind::TimedOut
            | io::ErrorKind::WouldBlock
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_have_gone_and_files_that_may_not_be_read_are_told_apart() {
        let rows = [
            (io::ErrorKind::NotFound, ProblemKind::Missing),
            (io::ErrorKind::PermissionDenied, ProblemKind::AccessDenied),
            (io::ErrorKind::IsADirectory, ProblemKind::Unreadable),
            (io::ErrorKind::TimedOut, ProblemKind::Unavailable),
        ];
        for (error, kind) in rows {
            assert_eq!(ReadError::from(io::Error::from(error)).kind(), kind);
        }
    }
}
