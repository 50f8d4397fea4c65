//! The arguments of `backtrail job`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::groups::rules::RuleArguments;
use crate::audit::{DefinitionOptions, ExportOptions};

/// The commands of `backtrail job`.
#[derive(Debug, Subcommand)]
pub(crate) enum JobCommand {
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

/// The options of `backtrail job export`.
#[derive(Args, Debug)]
pub(crate) struct ExportArguments {
    #[command(flatten)]
    pub(crate) rules: RuleArguments,

    #[command(flatten)]
    pub(crate) options: ExportOptions,
}
