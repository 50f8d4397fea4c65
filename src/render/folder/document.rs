//! The documents of a report: what people read, beside the tables for programs.

use std::collections::BTreeMap;
use std::path::Path;

use clap::ValueEnum;

use super::FolderError;
use super::evidence::{COMMIT, rules_sha256};
use super::file::{Written, WrittenFiles, write_file};
use crate::language::Words;
use crate::render::markdown::write_markdown;
use crate::render::page::{PageInput, Provenance, write_page};
use crate::report::{Report, Summary};

/// A document of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Document {
    /// A page for a browser, with charts.
    Html,
    /// Markdown for a ticket.
    Markdown,
}

/// A document that the user requests, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DocumentChoice {
    /// A page for a browser, with charts: report.html
    Html,
    /// A summary for a ticket: report.md
    Markdown,
    /// No document
    None,
}

impl DocumentChoice {
    /// Returns the documents of choices, each once.
    pub fn documents(choices: &[Self]) -> Vec<Document> {
        let mut documents = Vec::new();
        for choice in choices {
            let document = choice.document();
            documents.extend(document.filter(|document| !documents.contains(document)));
        }
        documents
    }

    fn document(self) -> Option<Document> {
        match self {
            Self::Html => Some(Document::Html),
            Self::Markdown => Some(Document::Markdown),
            Self::None => None,
        }
    }
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
    pub const ALL: [Self; 2] = [Self::Html, Self::Markdown];

    /// Returns the name of its file.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Html => "report.html",
            Self::Markdown => "report.md",
        }
    }

    /// Writes the document, and adds it to the files. The files so far are those that it names with
    /// their hashes.
    pub(super) fn write(
        self,
        input: &DocumentInput<'_>,
        partial: &Path,
        files: &mut WrittenFiles,
    ) -> Result<(), FolderError> {
        let path = partial.join(self.file_name());
        let written = match self {
            Self::Html => input.write_page(&path, files)?,
            Self::Markdown => write_file(&path, |out| {
                Ok(write_markdown(input.summary, input.words, out)?)
            })?,
        };
        files.insert(self.file_name().to_owned(), written);
        Ok(())
    }
}

impl DocumentInput<'_> {
    /// Writes the page, with the hashes of the files so far.
    fn write_page(&self, path: &Path, files: &WrittenFiles) -> Result<Written, FolderError> {
        let sha256 = super::hashes(files);
        let rules = rules_sha256(self.report);
        let provenance = provenance(&rules, &sha256);
        let page = PageInput {
            report: self.report,
            summary: self.summary,
            words: self.words,
            provenance: &provenance,
        };
        write_file(path, |out| Ok(write_page(&page, out)?))
    }
}

fn provenance<'a>(rules_sha256: &'a str, sha256: &'a BTreeMap<String, String>) -> Provenance<'a> {
    Provenance {
        commit: COMMIT,
        rules_sha256,
        sha256,
    }
}
