//! `backtrail job`: make job files from AWS's own definitions, and deploy rules and jobs.

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::exit::Exit;
use crate::audit::{ExportOptions, RuleArguments, export};
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
    /// describe-alarms`, from CloudFormation templates, and from plans and states of Terraform
    Import {
        /// Files in JSON, YAML or TOML; `-` for standard input
        #[arg(required = true, value_name = "FILE")]
        job: Vec<PathBuf>,
        #[command(flatten)]
        options: DefinitionOptions,
    },
    /// Write rules or jobs as a CloudFormation template, a Terraform configuration or a script for
    /// the AWS CLI, with the topic that the alarms notify
    Export(Box<ExportArguments>),
}

#[derive(Args, Debug)]
struct ExportArguments {
    #[command(flatten)]
    rules: RuleArguments,

    #[command(flatten)]
    options: ExportOptions,
}

/// Runs the command.
pub(super) fn run(arguments: &JobArguments) -> Result<Exit, Box<dyn Error>> {
    match &arguments.command {
        JobCommand::Import { job, options } => {
            let definitions = options.read(job)?;
            warn(&definitions.warnings);
            print_document(&definitions.job()?)?;
        }
        JobCommand::Export(arguments) => {
            let request = arguments.rules.request();
            let definitions = request.definitions()?;
            warn(&request.pattern_warnings());
            warn(&definitions.warnings);
            let options = arguments.options.clone();
            let options = options.in_log_group(&request.definitions.log_group)?;
            let export = export(&definitions, &options)?;
            warn(&export.warnings);
            print_document(&export.text)?;
        }
    }

    Ok(Exit::Complete)
}
