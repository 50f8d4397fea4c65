//! The notation of a file of definitions: JSON, YAML or TOML.

use std::path::Path;

use serde_json::Value;

use super::foreign::{ON_HCL, name};
use crate::job::fault::Fault;
use crate::job::yaml::read_yaml;

/// A file of definitions, as far as its notation says what it is.
pub(super) enum Text {
    /// A job file in TOML.
    Job,
    /// A tree in JSON or YAML.
    Tree(Value),
}

/// The notation of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Notation {
    Json,
    Yaml,
    Toml,
    /// The language of Terraform.
    Hcl,
}

/// The first words of the blocks of Terraform.
const HCL_BLOCKS: [&str; 11] = [
    "check",
    "data",
    "import",
    "locals",
    "module",
    "moved",
    "output",
    "provider",
    "resource",
    "terraform",
    "variable",
];

const NO_NOTATION: &str = "the file is neither JSON, YAML nor TOML: expected the output of \
    `aws cloudwatch describe-alarms` or `aws logs describe-metric-filters`, a CloudFormation \
    template, the output of `terraform show -json`, or a job file";

/// Parses a text as far as its notation goes.
///
/// # Errors
///
/// Returns an error if the text is not in its notation.
pub(super) fn parse_text(text: &str, path: &Path) -> Result<Text, Fault> {
    match Notation::detect(text, path) {
        Some(Notation::Json) => parse_json(text).map(Text::Tree),
        Some(Notation::Yaml) => read_yaml(text).map(Text::Tree),
        Some(Notation::Hcl) => Err(ON_HCL.to_owned().into()),
        Some(Notation::Toml) => Ok(Text::Job),
        None => Err(NO_NOTATION.to_owned().into()),
    }
}

/// Parses a text that begins like JSON. YAML may begin in the same way.
fn parse_json(text: &str) -> Result<Value, Fault> {
    let error = match serde_json::from_str(text) {
        Ok(tree) => return Ok(tree),
        Err(error) => error,
    };
    // Before YAML, of which the first value would be the whole.
    let tree = several_values(text).or_else(|| parse_yaml_object(text));
    tree.ok_or_else(|| error.into())
}

// Damaged JSON may pass for YAML up to the damage, and its own error has the position.
fn parse_yaml_object(text: &str) -> Option<Value> {
    if begins_with_value(text) {
        return None;
    }
    let tree = read_yaml(text).ok()?;
    tree.is_object().then_some(tree)
}

fn begins_with_value(text: &str) -> bool {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    values.next().is_some_and(|value| value.is_ok())
}

/// Returns several values of JSON as a list, as `jq` and pages of AWS's output write them. A value
/// that says that the file is of another kind is enough, whatever follows it.
fn several_values(text: &str) -> Option<Value> {
    let mut items = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        match value {
            Ok(value) => items.push(value),
            Err(_) if items.first().is_some_and(|first| name(first).is_some()) => break,
            Err(_) => return None,
        }
    }
    (items.len() > 1).then_some(Value::Array(items))
}

impl Notation {
    /// Returns the notation of a text. The content decides before the name of the file, which may
    /// be standard input or say anything.
    fn detect(text: &str, path: &Path) -> Option<Self> {
        let first = first_line(text);
        let by_name = Self::from_extension(path);
        match first {
            // A file without content is a job without definitions.
            None => Some(Self::Toml),
            Some(_) if is_json(text) => Some(Self::Json),
            Some(_) if by_name.is_some() => by_name,
            Some(line) => Self::from_line(line, text),
        }
    }

    fn from_extension(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "json" | "tfstate" => Some(Self::Json),
            "yaml" | "yml" => Some(Self::Yaml),
            "toml" => Some(Self::Toml),
            "tf" | "tfvars" | "hcl" | "tofu" => Some(Self::Hcl),
            _ => None,
        }
    }

    /// Returns the notation that the first line with content has.
    fn from_line(line: &str, text: &str) -> Option<Self> {
        if text.lines().any(is_hcl_block) {
            return Some(Self::Hcl);
        }
        if line.starts_with('[') || is_assignment(line) {
            return Some(Self::Toml);
        }
        begins_yaml(line).then_some(Self::Yaml)
    }
}

fn begins_yaml(line: &str) -> bool {
    let starts = ["---", "%", "- ", "? ", "!", "&"];
    starts.iter().any(|start| line.starts_with(start)) || is_pair(line)
}

/// Returns the first line that is neither empty nor a comment.
fn first_line(text: &str) -> Option<&str> {
    let mut lines = text.lines().map(str::trim);
    lines.find(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Returns true for an object, a list of objects, and a text alone. A bracket alone is not enough,
/// since `[[alarm]]` begins a table of TOML.
fn is_json(text: &str) -> bool {
    let start = text.trim_start();
    match start.strip_prefix('[') {
        Some(list) => list.trim_start().starts_with(['{', ']']),
        // A name in quotes may also begin YAML or TOML.
        None if start.starts_with('"') => serde_json::from_str::<String>(text).is_ok(),
        None => start.starts_with('{'),
    }
}

/// Returns true for the beginning of a block of Terraform, such as `resource "a" "b" {`.
fn is_hcl_block(line: &str) -> bool {
    let line = line.trim_end();
    let Some((word, labels)) = line.split_once([' ', '{']) else {
        return false;
    };
    // With a colon or an equals sign, it is a line of YAML or TOML.
    HCL_BLOCKS.contains(&word) && line.ends_with('{') && !labels.contains([':', '='])
}

/// Returns true for `name = value`.
fn is_assignment(line: &str) -> bool {
    let Some((name, _)) = line.split_once('=') else {
        return false;
    };
    !name.trim().is_empty() && name.trim().chars().all(is_key_sign)
}

fn is_key_sign(sign: char) -> bool {
    sign.is_alphanumeric() || "_-.\"'".contains(sign)
}

/// Returns true for `name: value`, with or without quotes around the name.
fn is_pair(line: &str) -> bool {
    let Some((name, value)) = line.split_once(':') else {
        return false;
    };
    // `AWS::Region` and times hold colons that are not followed by a space.
    let is_separated = value.is_empty() || value.starts_with([' ', '\t']);
    let name = name.trim();
    is_separated && !name.is_empty() && name.chars().all(is_key_sign)
}
