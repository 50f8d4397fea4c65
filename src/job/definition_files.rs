//! The options of a command that reads definitions of alarms.

use std::path::PathBuf;

use clap::Args;

use super::definitions::{Definitions, read_all_definitions};
use super::file::JobError;
use super::parameters::TemplateParameters;

/// Files that define alarms, and values for the templates among them.
#[derive(Args, Clone, Debug)]
pub struct DefinitionFiles {
    /// File that defines the alarms, as printed by `aws cloudwatch describe-alarms` or
    /// `aws cloudwatch get-alarm-mute-rule`, a CloudFormation template, the output of `terraform
    /// show -json`, or a job file; `-` for standard input (repeatable)
    #[arg(
        id = "definition",
        long = "definition",
        value_name = "FILE",
        required = true
    )]
    pub files: Vec<PathBuf>,

    #[command(flatten)]
    parameters: TemplateParameters,
}

impl DefinitionFiles {
    /// Reads the definitions.
    ///
    /// # Errors
    ///
    /// Those of [`read_all_definitions`].
    pub fn read(&self) -> Result<Definitions, JobError> {
        read_all_definitions(&self.files, &self.parameters)
    }
}
