//! Folders that must be local, as options.

use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser};

/// The beginning of an address in S3.
const SCHEME: &[u8] = b"s3://";

/// The use that a command makes of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FolderUse {
    /// It is read.
    Read,
    /// It is written.
    Write,
    /// It is a ledger, which is read, if it exists, and written.
    Ledger,
}

/// An address in S3 where a folder must be local.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotLocal {
    #[error("not a local folder; copy it to a folder first, with `aws s3 cp --recursive`")]
    Read,
    #[error("not a local folder; write it to a folder, then copy it with `aws s3 cp --recursive`")]
    Write,
    #[error(
        "not a local folder; keep the ledger in a folder, and copy it from and to S3 with \
         `aws s3 cp --recursive`"
    )]
    Ledger,
}

impl FolderUse {
    /// Returns an error if a path is an address in S3, which would become the name of a folder.
    pub(crate) fn check(self, path: &Path) -> Result<(), NotLocal> {
        let is_address = path.as_os_str().as_encoded_bytes().starts_with(SCHEME);
        match self {
            _ if !is_address => Ok(()),
            Self::Read => Err(NotLocal::Read),
            Self::Write => Err(NotLocal::Write),
            Self::Ledger => Err(NotLocal::Ledger),
        }
    }
}

/// Returns the parser of a folder that must be local.
pub(crate) fn local_folder(usage: FolderUse) -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(move |path| usage.check(&path).map(|()| path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_are_refused() {
        for path in ["s3", "s3:", "s3:/b", "./s3://b", "folder/s3://b", "S3"] {
            assert_eq!(FolderUse::Write.check(Path::new(path)), Ok(()), "{path}");
        }
        for path in ["s3://", "s3://b", "s3://b/p"] {
            let checked = FolderUse::Write.check(Path::new(path));
            assert_eq!(checked, Err(NotLocal::Write), "{path}");
        }
    }
}
