//! The folder of a back-test: its table, its page, and the manifest of both.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::evidence::{COMMIT, OutputFile};
use super::file::{Written, WrittenFiles, write_file};
use super::run::Run;
use super::{
    Document, EVIDENCE, FolderError, LOCK, MANIFEST, PARTIAL, RUN, ReportFolder, ReportKind,
    SUMMARY, clear, file_name, hashes,
};
use crate::language::Words;
use crate::render::page::{BacktestInput, write_backtest_page};
use crate::report::backtest::{Backtest, table};
use crate::table::format::write;

/// The summary of a back-test, which marks the folder as one of backtrail.
#[derive(Debug, Serialize)]
struct BacktestSummary<'a> {
    generator: &'static str,
    version: &'static str,
    kind: Option<&'static str>,
    files: &'a [String],
    sha256: BTreeMap<String, String>,
}

/// The manifest of a back-test.
#[derive(Debug, Serialize)]
struct BacktestEvidence<'a> {
    generator: &'static str,
    version: &'static str,
    commit: Option<&'static str>,
    outputs: Vec<OutputFile<'a>>,
}

impl ReportFolder {
    /// Writes back-tests: first all files, then their final names, the summary last. The page is in
    /// the language of the words.
    ///
    /// # Errors
    ///
    /// Those of [`ReportFolder::write`].
    pub fn write_backtests(
        &self,
        backtests: &[Backtest],
        words: &Words,
    ) -> Result<(), FolderError> {
        let partial = self.path.join(PARTIAL);
        clear(&partial, &[LOCK, MANIFEST])?;
        let mut files = self.write_backtest_table(backtests, &partial)?;
        self.write_backtest_documents(backtests, words, &mut files)?;
        let names = self.names(&self.kind.tables(), &[]);
        let summary = BacktestSummary {
            generator: "backtrail",
            version: env!("CARGO_PKG_VERSION"),
            kind: ReportKind::Backtest.mark(),
            files: &names,
            sha256: hashes(&files),
        };
        let written = write_json(&partial.join(SUMMARY), &summary)?;
        files.insert(SUMMARY.to_owned(), written);
        self.write_backtest_evidence(&partial, &mut files)?;
        self.commit(&partial, &files, &names)
    }

    fn write_backtest_table(
        &self,
        backtests: &[Backtest],
        partial: &Path,
    ) -> Result<WrittenFiles, FolderError> {
        let mut files = WrittenFiles::new();
        for format in self.tables() {
            let name = file_name("backtest", format);
            let mut batches = std::iter::once(table(backtests));
            let path = partial.join(&name);
            let written = write_file(&path, |out| write(format, self.csv_for, &mut batches, out))?;
            files.insert(name, written);
        }
        Ok(files)
    }

    fn write_backtest_documents(
        &self,
        backtests: &[Backtest],
        words: &Words,
        files: &mut WrittenFiles,
    ) -> Result<(), FolderError> {
        if !self.documents.contains(&Document::Html) {
            return Ok(());
        }
        let tables = self.tables();
        let file = tables.first().map(|format| file_name("backtest", *format));
        let input = BacktestInput {
            backtests,
            words,
            command: self.command.as_ref().map(|command| &*command.shortened),
            commit: COMMIT,
            file: file.as_deref(),
        };
        let name = Document::Html.file_name();
        let path = self.path.join(PARTIAL).join(name);
        let written = write_file(&path, |out| Ok(write_backtest_page(&input, out)?))?;
        files.insert(name.to_owned(), written);
        Ok(())
    }

    fn write_backtest_evidence(
        &self,
        partial: &Path,
        files: &mut WrittenFiles,
    ) -> Result<(), FolderError> {
        let evidence = BacktestEvidence {
            generator: "backtrail",
            version: env!("CARGO_PKG_VERSION"),
            commit: COMMIT,
            outputs: files.iter().map(OutputFile::from_file).collect(),
        };
        let evidence = write_json(&partial.join(EVIDENCE), &evidence)?;
        let run = Run::new(self.started_at, self.command.as_ref(), &evidence.sha256);
        let run = write_file(&partial.join(RUN), |out| run.write(out))?;
        files.insert(EVIDENCE.to_owned(), evidence);
        files.insert(RUN.to_owned(), run);
        Ok(())
    }
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<Written, FolderError> {
    write_file(path, |out| {
        serde_json::to_writer_pretty(&mut *out, value)?;
        Ok(out.write_all(b"\n")?)
    })
}
