//! `backtrail job`: make job files from AWS's own definitions.

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::exit::Exit;
use crate::job::DefinitionOptions;
use crate::render::console::{print_document, warn};

/// The options of `backtrail job`.
#[derive(Args, Debug)]
pub(super) struct JobArguments {
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
        job: Vec<PathBuf>,
        #[command(flatten)]
        options: DefinitionOptions,
    },
}

/// Runs the command.
pub(super) fn run(arguments: &JobArguments) -> Result<Exit, Box<dyn Error>> {
    let JobCommand::Import { job, options } = &arguments.command;
    let definitions = options.read(job)?;
    warn(&definitions.warnings);
    print_document(&definitions.job()?)?;
    Ok(Exit::Complete)
}
