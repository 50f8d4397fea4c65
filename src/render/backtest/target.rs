//! The place that a back-test is written to: a table, or a folder with a page.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::container::Limits;
use crate::language::Words;
use crate::render::folder::{
    CommandLine, Document, FolderError, FolderOptions, ReportFolder, ReportFormat, ReportKind,
};
use crate::render::table_file::{TableFile, TableFileError, UnknownExtension};
use crate::report::backtest::{Backtest, table};
use crate::table::format::CsvFor;
use crate::text::printable_path;

/// The place that a back-test is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BacktestTarget {
    /// A table in a file of its own.
    File(TableFile),
    /// A folder with the table in every format, and a page.
    Folder(PathBuf),
}

/// A place that can take a back-test.
#[derive(Debug)]
pub(crate) enum PreparedTarget<'a> {
    /// A file that is not there, or an earlier table.
    File(&'a TableFile),
    /// A folder without foreign files in the way.
    Folder(Box<ReportFolder>),
}

/// The reason why a back-test cannot be written to its place.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BacktestTargetError {
    /// The table cannot be written.
    #[error(transparent)]
    File(#[from] TableFileError),
    /// The folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

impl BacktestTarget {
    /// Checks that nothing foreign is in the way, and creates the folder, if it is one, for the
    /// report of a command.
    ///
    /// # Errors
    ///
    /// Returns an error if something is in the way, or the folder cannot be created.
    pub(crate) fn prepare(
        &self,
        command: CommandLine,
    ) -> Result<PreparedTarget<'_>, BacktestTargetError> {
        let path = match self {
            Self::File(file) => {
                file.check_free(&table(&[]))?;
                return Ok(PreparedTarget::File(file));
            }
            Self::Folder(path) => path,
        };
        let options = FolderOptions {
            tables: &[],
            kind: ReportKind::Backtest,
            formats: ReportFormat::of_tables(),
            csv_for: CsvFor::Any,
            documents: &[Document::Html],
            limits: Limits::default(),
            command: Some(command),
        };
        let folder = ReportFolder::prepare(path, options)?;
        Ok(PreparedTarget::Folder(Box::new(folder)))
    }
}

impl PreparedTarget<'_> {
    /// Returns the folder, if it is one.
    pub(crate) fn folder(&self) -> Option<&ReportFolder> {
        match self {
            Self::File(_) => None,
            Self::Folder(folder) => Some(folder),
        }
    }

    /// Writes back-tests; the page of a folder is in these words.
    ///
    /// # Errors
    ///
    /// Returns an error if they cannot be written.
    pub(crate) fn write(
        self,
        backtests: &[Backtest],
        words: &Words,
    ) -> Result<(), BacktestTargetError> {
        match self {
            Self::File(file) => file.write(table(backtests))?,
            Self::Folder(folder) => folder.write_backtests(backtests, words)?,
        }
        Ok(())
    }
}

impl FromStr for BacktestTarget {
    type Err = UnknownExtension;

    fn from_str(text: &str) -> Result<Self, UnknownExtension> {
        let path = PathBuf::from(text);
        // A name with another extension is more likely a mistake than the name of a folder.
        if path.is_dir() || path.extension().is_none() {
            return Ok(Self::Folder(path));
        }
        text.parse().map(Self::File)
    }
}

impl fmt::Display for BacktestTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => file.fmt(formatter),
            Self::Folder(path) => formatter.write_str(&printable_path(path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_an_extension_is_a_folder() {
        let target = |name: &str| name.parse::<BacktestTarget>();
        assert!(matches!(target("a/b.csv"), Ok(BacktestTarget::File(_))));
        assert_eq!(
            target("report"),
            Ok(BacktestTarget::Folder("report".into()))
        );
        assert_eq!(target("report.txt"), Err(UnknownExtension));
        assert_eq!(target("src"), Ok(BacktestTarget::Folder("src".into())));
    }
}
