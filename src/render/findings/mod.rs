//! Findings for other systems: each format in a file of its own.

pub mod asff;
mod identity;
pub mod ocsf;
mod place;

use std::io::{self, Write};

use crate::report::finding::Finding;

/// A format of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
#[non_exhaustive]
pub enum FindingFormat {
    /// Detection Findings of OCSF, one per line, for data lakes.
    Ocsf,
    /// Findings for AWS Security Hub, in arrays of at most 100.
    Asff,
}

/// A file of findings.
#[derive(Debug)]
pub struct FindingFile<'a> {
    /// The name.
    pub name: String,
    format: FindingFormat,
    findings: Vec<&'a Finding<'a>>,
}

impl FindingFormat {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::Ocsf, Self::Asff];

    /// Returns the name of the file, if there is only one.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Ocsf => "findings.ocsf.jsonl",
            Self::Asff => "findings.asff.json",
        }
    }

    /// Returns the files of findings.
    pub fn files<'a>(self, findings: &'a [Finding<'a>]) -> Vec<FindingFile<'a>> {
        let parts = match self {
            Self::Ocsf => vec![findings.iter().collect()],
            Self::Asff => asff::imports(findings),
        };
        let count = parts.len();
        let parts = (1..).zip(parts);
        parts
            .map(|(number, findings)| FindingFile {
                name: self.name_of_part(number, count),
                format: self,
                findings,
            })
            .collect()
    }

    fn name_of_part(self, number: usize, count: usize) -> String {
        let name = self.file_name();
        match name.rsplit_once('.') {
            Some((stem, extension)) if count > 1 => format!("{stem}-{number}.{extension}"),
            _ => name.to_owned(),
        }
    }

    /// Returns true for the names that its files may have.
    pub fn may_name(self, name: &str) -> bool {
        let own = self.file_name();
        let Some((stem, extension)) = own.rsplit_once('.') else {
            return name == own;
        };
        let number = name
            .strip_prefix(stem)
            .and_then(|rest| rest.strip_prefix('-'))
            .and_then(|rest| rest.strip_suffix(extension)?.strip_suffix('.'));
        name == own || number.is_some_and(is_number)
    }
}

/// Returns true for a number as [`FindingFormat::name_of_part`] writes it.
fn is_number(text: &str) -> bool {
    !text.starts_with('0') && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl FindingFile<'_> {
    /// Writes the file.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            FindingFormat::Ocsf => ocsf::write(&self.findings, out),
            FindingFormat::Asff => asff::write(&self.findings, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_names_are_taken_for_own() {
        let asff = FindingFormat::Asff;
        assert_eq!(asff.name_of_part(1, 1), "findings.asff.json");
        assert_eq!(asff.name_of_part(12, 12), "findings.asff-12.json");
        for name in [
            "findings.asff.json",
            "findings.asff-1.json",
            "findings.asff-120.json",
        ] {
            assert!(asff.may_name(name), "{name}");
        }
        for name in [
            "findings.asff-.json",
            "findings.asff-01.json",
            "findings.asff-1x.json",
            "findings.asff-1.jsonx",
            "findings.ocsf.jsonl",
            "../findings.asff.json",
        ] {
            assert!(!asff.may_name(name), "{name}");
        }
    }
}
