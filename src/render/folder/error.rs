//! The reasons why a folder cannot take a report.

use std::io;
use std::path::{Path, PathBuf};

use crate::table::format::WriteError;
use crate::text::printable_path;

/// The reason why a folder cannot take a report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// A file of the report would replace one that is not part of a report.
    #[error(
        "`{}` is in the way: it is not part of a report of backtrail. Move it or choose another \
         folder",
        printable_path(.0)
    )]
    Foreign(PathBuf),
    /// A file of the report would replace one of another kind of report.
    #[error(
        "`{}` is in the way: it belongs to a report of `backtrail {command}`. Choose another \
         folder",
        printable_path(path)
    )]
    OtherReport {
        /// The file.
        path: PathBuf,
        /// The command that writes such reports.
        command: &'static str,
    },
    /// Another process writes a report to the folder.
    #[error(
        "another audit is writing to the report folder `{}`. Wait until it has ended, or choose \
         another folder",
        printable_path(.0)
    )]
    Busy(PathBuf),
    /// A file has the name of the folder, or of one that it is in.
    #[error(
        "cannot use the report folder: `{}` is a file, not a folder",
        printable_path(.0)
    )]
    File(PathBuf),
    /// The folder cannot be used.
    #[error("cannot use the report folder `{}`: {error}", printable_path(path))]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// The error of the operating system.
        #[source]
        error: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write `{}`: {error}", printable_path(path))]
    Write {
        /// The file.
        path: PathBuf,
        /// The reason.
        #[source]
        error: WriteError,
    },
}

impl FolderError {
    /// Returns the error of a folder that cannot be created.
    pub(super) fn creating(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| match file_in(&path) {
            Some(file) => Self::File(file),
            None => Self::Folder { path, error },
        }
    }

    /// Returns a function that adds a path to an error of the operating system.
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |error| Self::Folder { path, error }
    }
}

/// Returns the file that is where a path needs a folder, or at its end.
fn file_in(path: &Path) -> Option<PathBuf> {
    let file = path.ancestors().find(|part| part.is_file());
    file.map(Path::to_owned)
}
