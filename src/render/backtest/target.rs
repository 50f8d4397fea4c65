//! The place that a back-test is written to: a table, or a folder with a page.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::render::table_file::{TableFile, UnknownExtension};
use crate::text::printable_path;

/// The place that a back-test is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BacktestTarget {
    /// A table in a file of its own.
    File(TableFile),
    /// A folder with the table in every format, and a page.
    Folder(PathBuf),
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
