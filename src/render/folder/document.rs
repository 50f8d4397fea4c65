//! The documents of a report: what people read, beside the tables for programs.

use std::collections::BTreeMap;
use std::path::Path;

use super::FolderError;
use super::evidence::{COMMIT, rules_sha256};
use super::file::{Files, write_file};
use crate::language::Words;
use crate::render::page::{PageInput, Provenance, write_page};
use crate::report::{Report, Summary};

/// A document of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Document {
    /// A page for a browser, with charts.
    Html,
}

/// The input of the documents of a report.
pub(super) struct DocumentInput<'a> {
    pub(super) report: &'a Report,
    /// The summary, with the names of all files of the report.
    pub(super) summary: &'a Summary,
    pub(super) words: &'a Words,
}

impl Document {
    /// Every document.
    pub const ALL: [Self; 1] = [Self::Html];

    /// Returns the name of its file.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Html => "report.html",
        }
    }

    /// Writes the document, and adds it to the files. The files so far are those that it names with
    /// their hashes.
    pub(super) fn write(
        self,
        input: &DocumentInput<'_>,
        partial: &Path,
        files: &mut Files,
    ) -> Result<(), FolderError> {
        let path = partial.join(self.file_name());
        let written = match self {
            Self::Html => {
                let sha256 = super::hashes(files);
                let rules = rules_sha256(input.report);
                let provenance = provenance(&rules, &sha256);
                let page = PageInput {
                    report: input.report,
                    summary: input.summary,
                    words: input.words,
                    provenance: &provenance,
                };
                write_file(&path, |out| Ok(write_page(&page, out)?))?
            }
        };
        files.insert(self.file_name().to_owned(), written);
        Ok(())
    }
}

fn provenance<'a>(rules_sha256: &'a str, sha256: &'a BTreeMap<String, String>) -> Provenance<'a> {
    Provenance {
        commit: COMMIT,
        rules_sha256,
        sha256,
    }
}
