//! Job files, in TOML.

use crate::job::fault::Fault;
use crate::job::written::WrittenDefinitions;

/// Reads a job file.
///
/// # Errors
///
/// Returns an error if the text is not TOML, or a definition lacks a field or has a wrong type.
pub(super) fn read_job_file(text: &str) -> Result<WrittenDefinitions, Fault> {
    // The text is read straight into the types rather than through a tree of values, which would
    // lose the lines of errors.
    let mut unknown = Vec::new();
    let mut written = deserialize(text, &mut unknown).map_err(Box::new)?;
    written.unknown = unknown;
    Ok(written)
}

fn deserialize(
    text: &str,
    unknown: &mut Vec<String>,
) -> Result<WrittenDefinitions, toml::de::Error> {
    let toml = toml::Deserializer::parse(text)?;
    serde_ignored::deserialize(toml, |path| unknown.push(path.to_string()))
}
