//! The options of the files in a report folder.

use std::error::Error;
use std::path::Path;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::container::Limits;
use crate::render::folder::{
    CommandLine, Document, DocumentChoice, FolderOptions, ReportFolder, ReportFormat, ReportKind,
};
use crate::report::Report;
use crate::table::format::{CsvFor, Format};

/// The files of a report folder.
#[derive(Args, Debug)]
pub(crate) struct FolderArguments {
    /// Documents in the report folder, for people
    #[arg(long, value_enum, value_name = "DOCUMENT", default_value = "html")]
    #[arg(value_delimiter = ',', requires = "out")]
    report: Vec<DocumentChoice>,

    /// Formats of the tables in the report folder, and of findings for other systems
    #[arg(long, value_enum, value_name = "FORMAT")]
    #[arg(default_values_t = ReportFormat::of_tables().iter().copied())]
    #[arg(value_delimiter = ',', requires = "out")]
    format: Vec<ReportFormat>,

    /// Tables in the report folder; all of them by default, but objects only if there are not more
    /// than 10 million
    #[arg(long, value_name = "NAME", value_delimiter = ',', requires = "out")]
    #[arg(value_parser = PossibleValuesParser::new(Report::table_names()))]
    tables: Vec<String>,

    /// Programs that are to open the CSV tables
    #[arg(
        long,
        value_enum,
        value_name = "PROGRAM",
        default_value_t,
        requires = "out"
    )]
    csv_for: CsvFor,
}

/// `--csv-for` for a report without CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("--csv-for needs CSV, which --format leaves out: add csv to --format")]
struct CsvForWithoutCsv;

impl FolderArguments {
    /// Prepares the folder of an audit, if it has one, whose objects are read within these limits,
    /// by a command.
    ///
    /// # Errors
    ///
    /// Returns an error if the options do not fit together, or the folder cannot be used.
    pub(crate) fn prepare(
        &self,
        out: Option<&Path>,
        limits: Limits,
        command: CommandLine,
    ) -> Result<Option<ReportFolder>, Box<dyn Error>> {
        self.check()?;
        let documents = DocumentChoice::documents(&self.report);
        let options = self.options(&documents, limits, command);
        Ok(ReportFolder::prepare_if_named(out, options)?)
    }

    fn check(&self) -> Result<(), CsvForWithoutCsv> {
        let has_csv = self.format.contains(&ReportFormat::Tables(Format::Csv));
        match has_csv || self.csv_for == CsvFor::Any {
            true => Ok(()),
            false => Err(CsvForWithoutCsv),
        }
    }

    fn options<'a>(
        &'a self,
        documents: &'a [Document],
        limits: Limits,
        command: CommandLine,
    ) -> FolderOptions<'a> {
        FolderOptions {
            kind: ReportKind::Audit,
            formats: &self.format,
            tables: &self.tables,
            csv_for: self.csv_for,
            documents,
            limits,
            command: Some(command),
        }
    }
}
