//! Exports: metric filters, alarms, mute rules and the topic that they notify, written so that they
//! can be deployed.
//!
//! Every format is written from the same stack of resources. A definition that a format cannot
//! express is left out, and a warning says why.

mod aws_cli;
mod cloudformation;
mod dependencies;
mod duplicates;
mod email_address;
mod error;
mod labels;
mod log_group;
mod names;
mod options;
mod resource;
mod stack;
mod terraform;
mod yaml_text;

pub use email_address::{EmailAddress, InvalidEmailAddress};
pub use error::ExportError;
pub use log_group::{InvalidLogGroupName, LogGroupName};
pub use options::{AlarmChanges, ExportFormat, ExportOptions};

use super::definitions::Definitions;
use resource::ExportedResource;
use stack::Stack;

/// Definitions as a text that can be deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The text.
    pub text: String,
    /// A message for each definition that was left out, and each action that was replaced.
    pub warnings: Vec<String>,
}

/// Writes definitions in a format, with the changes that the options make to the alarms.
///
/// # Errors
///
/// Returns an error if AWS would refuse one of the definitions, or the format can express none of
/// them.
pub fn export(definitions: &Definitions, options: &ExportOptions) -> Result<Export, ExportError> {
    let mut warnings = Vec::new();
    let resources = resource::resources(definitions, options, &mut warnings)?;
    let resources = exportable(resources, options.format, &mut warnings);
    if resources.is_empty() {
        return Err(ExportError::Nothing(warnings));
    }
    let stack = Stack::new(resources, options, &mut warnings);
    let text = match options.format {
        ExportFormat::Cloudformation => cloudformation::write(&stack),
        ExportFormat::Terraform => terraform::write(&stack)?,
        ExportFormat::AwsCli => aws_cli::write(&stack)?,
    };
    Ok(Export { text, warnings })
}

/// Returns the resources that a format can express, each after those that it refers to.
fn exportable(
    resources: Vec<ExportedResource>,
    format: ExportFormat,
    warnings: &mut Vec<String>,
) -> Vec<ExportedResource> {
    let mut kept = Vec::new();
    // A duplicate needs no second message that the format cannot express it.
    for resource in duplicates::without(resources, warnings) {
        match refusal(&resource, format) {
            Some(reason) => warnings.push(resource.left_out(&reason)),
            None => kept.push(resource),
        }
    }
    dependencies::in_order(kept, warnings)
}

/// Returns the reason for which a format cannot express a resource, if it cannot.
fn refusal(resource: &ExportedResource, format: ExportFormat) -> Option<String> {
    match format {
        ExportFormat::Cloudformation => cloudformation::refusal(resource),
        ExportFormat::Terraform => terraform::refusal(resource),
        // The requests of AWS's API hold everything that a definition has.
        ExportFormat::AwsCli => None,
    }
}
