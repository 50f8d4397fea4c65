//! The formats of a file of definitions: JSON, YAML or TOML.

use serde::de::DeserializeOwned;

use super::cloudformation::read_template;
use super::fault::Fault;
use super::terraform_configuration::read_configuration;
use super::written::WrittenDefinitions;
use super::yaml::read_yaml;
use crate::json::members;

/// The format of a file of definitions.
enum TextFormat {
    Json,
    Toml,
    /// YAML, which only templates of CloudFormation use.
    Yaml,
}

/// The content of a JSON text.
enum JsonShape {
    /// A list of metric alarms.
    Alarms,
    /// Lists under their names, as AWS describes them.
    Described,
    /// A template of CloudFormation.
    Template,
    /// A configuration of Terraform.
    Configuration,
    /// A single metric alarm.
    Alarm,
    /// A single composite alarm.
    Composite,
    /// A single mute rule, as `get-alarm-mute-rule` prints it.
    MuteRule,
}

/// Parses definitions.
///
/// # Errors
///
/// Returns an error if the text is not in its format, or a definition lacks a field or has a wrong
/// type.
pub(super) fn parse_definitions(text: &str) -> Result<WrittenDefinitions, Fault> {
    match TextFormat::detect(text) {
        TextFormat::Toml => parse_toml(text),
        TextFormat::Json => parse_json(text),
        TextFormat::Yaml => read_template(&read_yaml(text)?),
    }
}

impl TextFormat {
    fn detect(text: &str) -> Self {
        // The content decides, not the name of the file, which may be standard input.
        if is_json(text) {
            return Self::Json;
        }
        // A template must have resources, and TOML has no such line outside of its texts.
        let is_resources = |line: &str| line.trim_end() == "Resources:";
        match text.lines().any(is_resources) {
            true => Self::Yaml,
            false => Self::Toml,
        }
    }
}

/// Returns true for an object and for a list of objects. A bracket alone is not enough, since
/// `[[alarm]]` begins a table of TOML.
fn is_json(text: &str) -> bool {
    let start = text.trim_start();
    match start.strip_prefix('[') {
        Some(list) => list.trim_start().starts_with(['{', ']']),
        None => start.starts_with('{'),
    }
}

impl JsonShape {
    fn detect(text: &str) -> Self {
        if text.trim_start().starts_with('[') {
            return Self::Alarms;
        }
        let members = members(text).unwrap_or_default();
        Self::from_members(|member| members.iter().any(|(name, _)| name == member))
    }

    fn from_members(has: impl Fn(&str) -> bool) -> Self {
        match has("AlarmName") {
            true if has("AlarmRule") => Self::Composite,
            true => Self::Alarm,
            false if has("Resources") => Self::Template,
            false if has("resource") => Self::Configuration,
            false if has("Name") && has("Rule") => Self::MuteRule,
            false => Self::Described,
        }
    }
}

fn parse_json(text: &str) -> Result<WrittenDefinitions, Fault> {
    match JsonShape::detect(text) {
        JsonShape::Template => parse_template(text),
        JsonShape::Configuration => read_configuration(&serde_json::from_str(text)?),
        shape => Ok(parse_shape(&shape, text)?),
    }
}

fn parse_shape(shape: &JsonShape, text: &str) -> serde_json::Result<WrittenDefinitions> {
    // The text is read straight into the types rather than through a tree of values, which would
    // lose the lines of errors.
    let mut unknown = Vec::new();
    let mut written = WrittenDefinitions::default();
    match shape {
        JsonShape::Described | JsonShape::Template | JsonShape::Configuration => {
            written = deserialize_json(text, &mut unknown)?
        }
        JsonShape::Alarms => written.alarms = deserialize_json(text, &mut unknown)?,
        JsonShape::Alarm => written.alarms.push(deserialize_json(text, &mut unknown)?),
        JsonShape::Composite => written
            .composites
            .push(deserialize_json(text, &mut unknown)?),
        JsonShape::MuteRule => written
            .mute_rules
            .push(deserialize_json(text, &mut unknown)?),
    }
    written.unknown = unknown;
    Ok(written)
}

fn parse_template(text: &str) -> Result<WrittenDefinitions, Fault> {
    read_template(&serde_json::from_str(text)?)
}

/// Deserializes a whole text, and notes the paths of fields that mean nothing.
fn deserialize_json<T: DeserializeOwned>(
    text: &str,
    unknown: &mut Vec<String>,
) -> serde_json::Result<T> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = serde_ignored::deserialize(&mut json, |path| unknown.push(path.to_string()))?;
    json.end()?;
    Ok(value)
}

fn parse_toml(text: &str) -> Result<WrittenDefinitions, Fault> {
    let mut unknown = Vec::new();
    let mut written = deserialize_toml(text, &mut unknown).map_err(Box::new)?;
    written.unknown = unknown;
    Ok(written)
}

fn deserialize_toml(
    text: &str,
    unknown: &mut Vec<String>,
) -> Result<WrittenDefinitions, toml::de::Error> {
    let toml = toml::Deserializer::parse(text)?;
    serde_ignored::deserialize(toml, |path| unknown.push(path.to_string()))
}
