//! The formats of the files in a report folder: those of tables and those of findings.

use std::sync::LazyLock;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::render::findings::FindingFormat;
use crate::table::format::Format;

/// A format of files in a report folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReportFormat {
    /// A format of the tables.
    Tables(Format),
    /// A format of findings for other systems.
    Findings(FindingFormat),
}

impl ReportFormat {
    /// Returns the formats of tables, which a report has unless others are requested.
    pub fn of_tables() -> &'static [Self] {
        &Self::all()[..Format::ALL.len()]
    }

    /// Returns every format: those of tables, then those of findings.
    pub fn all() -> &'static [Self] {
        static ALL: LazyLock<Vec<ReportFormat>> = LazyLock::new(|| {
            let tables = Format::ALL.into_iter().map(ReportFormat::Tables);
            let findings = FindingFormat::ALL.into_iter();
            tables.chain(findings.map(ReportFormat::Findings)).collect()
        });
        &ALL
    }

    /// Returns the name on the command line.
    pub fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Returns the format of tables that it is, if it is one.
    pub fn tables(self) -> Option<Format> {
        match self {
            Self::Tables(format) => Some(format),
            Self::Findings(_) => None,
        }
    }

    /// Returns the format of findings that it is, if it is one.
    pub fn findings(self) -> Option<FindingFormat> {
        match self {
            Self::Tables(_) => None,
            Self::Findings(format) => Some(format),
        }
    }
}

impl ValueEnum for ReportFormat {
    fn value_variants<'a>() -> &'a [Self] {
        Self::all()
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Tables(format) => format.to_possible_value(),
            Self::Findings(format) => format.to_possible_value(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_one_of_all() {
        let tables: Vec<Format> = ReportFormat::all()
            .iter()
            .filter_map(|format| format.tables())
            .collect();
        let findings: Vec<FindingFormat> = ReportFormat::all()
            .iter()
            .filter_map(|format| format.findings())
            .collect();
        assert_eq!(tables, Format::ALL);
        assert_eq!(findings, FindingFormat::ALL);
        assert_eq!(ReportFormat::of_tables(), &ReportFormat::all()[..3]);
    }
}
