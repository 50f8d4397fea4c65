//! `backtrail job`: make job files from AWS's own definitions.

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::exit::Exit;
use super::output;
use crate::job::{Definitions, read_definitions};

/// The options of `backtrail job`.
#[derive(Args, Debug)]
pub struct JobArguments {
    #[command(subcommand)]
    command: JobCommand,
}

#[derive(Debug, Subcommand)]
enum JobCommand {
    /// Write a job file from the output of `aws logs describe-metric-filters` and `aws cloudwatch
    /// describe-alarms`, and from CloudFormation templates
    Import {
        /// Files in JSON, YAML or TOML; `-` for standard input
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

/// Runs the command.
///
/// # Errors
///
/// Returns an error if a file cannot be read, or a definition in it is wrong or cannot be replayed.
pub fn run(arguments: &JobArguments) -> Result<Exit, Box<dyn Error>> {
    let JobCommand::Import { files } = &arguments.command;
    let mut definitions = Definitions::default();
    for file in files {
        definitions.extend(read_definitions(file)?);
    }
    output::warn(&definitions.warnings);
    let job = definitions.job()?;
    output::print_document(&job)?;
    Ok(Exit::Complete)
}
