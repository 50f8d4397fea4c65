//! The kinds of reports that a folder can have.

use super::{DICTIONARY, Document, EVIDENCE, RUN, SUMMARY, file_name};
use crate::render::findings::FindingFormat;
use crate::report::Report;
use crate::table::format::Format;

/// A kind of report. A folder has one of them, and a report of the other kind does not replace it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReportKind {
    /// The report of an audit.
    #[default]
    Audit,
    /// The report of a back-test.
    Backtest,
}

impl ReportKind {
    /// Returns the word in the summary that marks the kind. Audits have none, as in earlier
    /// versions.
    pub(super) fn mark(self) -> Option<&'static str> {
        match self {
            Self::Audit => None,
            Self::Backtest => Some("backtest"),
        }
    }

    /// Returns the command that writes reports of this kind.
    pub(super) fn command(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Backtest => "backtest",
        }
    }

    pub(super) fn other(self) -> Self {
        match self {
            Self::Audit => Self::Backtest,
            Self::Backtest => Self::Audit,
        }
    }

    /// Returns the names of the tables that reports of this kind may have.
    pub(super) fn tables(self) -> Vec<&'static str> {
        match self {
            Self::Audit => Report::table_names().collect(),
            Self::Backtest => vec!["backtest"],
        }
    }

    fn other_files(self) -> &'static [&'static str] {
        match self {
            Self::Audit => &[DICTIONARY, EVIDENCE, RUN, SUMMARY],
            Self::Backtest => &[EVIDENCE, RUN, SUMMARY],
        }
    }

    /// Returns whether a report of this kind may have a file of this name.
    pub(super) fn may_name(self, name: &str) -> bool {
        let possible = self.file_names(&self.tables(), &Format::ALL, &Document::ALL, &[]);
        let mut findings = FindingFormat::ALL.into_iter();
        possible.iter().any(|possible| possible == name)
            || findings.any(|format| format.may_name(name))
    }

    /// Returns the names of the files of a report with these tables in these formats, these
    /// documents and these files of findings, the summary last.
    pub(super) fn file_names(
        self,
        tables: &[&str],
        formats: &[Format],
        documents: &[Document],
        findings: &[String],
    ) -> Vec<String> {
        let mut names = Vec::new();
        for table in tables {
            names.extend(formats.iter().map(|format| file_name(table, *format)));
        }
        names.extend(documents.iter().map(|one| one.file_name().to_owned()));
        names.extend_from_slice(findings);
        names.extend(self.other_files().iter().map(|name| (*name).to_owned()));
        names
    }
}
