//! The formats of a file of definitions.
//!
//! The text is a tree in JSON or YAML, or a job file in TOML. A tree is recognised by its members;
//! each kind has a file here and a line in `FORMATS`.

mod described;
mod foreign;
mod job_file;
mod packed_template;
mod template;
mod terraform;
mod terraform_configuration;
mod terraform_show;
mod terraform_state;
mod text;

use std::path::Path;

use serde_json::Value;

use super::fault::Fault;
use super::found::FileDefinitions;
use super::parameters::GivenParameters;
use super::written::WrittenDefinitions;
use job_file::read_job_file;
use text::{Text, parse_text};

/// The content of a file of definitions.
pub(super) enum DefinitionContent {
    /// A job file, which the user wrote.
    Job(WrittenDefinitions),
    /// Definitions that a tool wrote or takes.
    Found(Box<FileDefinitions>),
}

/// A kind of tree that holds definitions.
struct DefinitionFormat {
    /// Returns true for a tree of this kind.
    is_recognised: fn(&Value) -> bool,
    /// Finds the definitions in it.
    read: fn(&Value, &GivenParameters) -> Result<FileDefinitions, Fault>,
}

/// The kinds of trees. The first that recognises a tree reads it.
// Single definitions have common members such as `Name` and `Rule`, so they are recognised last.
const FORMATS: [DefinitionFormat; 6] = [
    packed_template::FORMAT,
    template::FORMAT,
    terraform_show::FORMAT,
    terraform_state::FORMAT,
    terraform_configuration::FORMAT,
    described::FORMAT,
];

/// Parses a file of definitions.
///
/// # Errors
///
/// Returns an error if the text is not in its format, or of a kind that holds no definitions.
pub(super) fn parse_definitions(
    text: &str,
    path: &Path,
    given: &GivenParameters,
) -> Result<DefinitionContent, Fault> {
    match parse_text(text, path)? {
        Text::Job => read_job_file(text).map(DefinitionContent::Job),
        Text::Tree(tree) => {
            read_tree(&tree, given).map(|found| DefinitionContent::Found(Box::new(found)))
        }
    }
}

fn read_tree(tree: &Value, given: &GivenParameters) -> Result<FileDefinitions, Fault> {
    if let Some(format) = format(tree) {
        return (format.read)(tree, given);
    }
    // Several templates, one after another.
    match tree {
        Value::Array(trees) if !trees.is_empty() && trees.iter().all(is_recognised) => {
            let mut all = FileDefinitions::default();
            for tree in trees {
                all.append(read_tree(tree, given)?);
            }
            Ok(all)
        }
        _ => foreign::refuse(tree),
    }
}

fn format(tree: &Value) -> Option<&'static DefinitionFormat> {
    FORMATS.iter().find(|format| (format.is_recognised)(tree))
}

/// Returns true for a tree that is read. A list in a list is not, so nothing nests.
fn is_recognised(tree: &Value) -> bool {
    tree.is_object() && format(tree).is_some()
}
