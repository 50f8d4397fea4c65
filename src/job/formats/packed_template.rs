//! The output of `aws cloudformation get-template`: a template as text or as an object.

use std::path::Path;

use serde_json::Value;

use super::Format;
use super::template;
use super::text::{Text, parse_text};
use crate::job::fault::Fault;
use crate::job::found::Found;
use crate::job::parameters::GivenParameters;

/// The member that holds the template.
const BODY: &str = "TemplateBody";

pub(super) const FORMAT: Format = Format {
    is_recognised: |tree| tree.get(BODY).is_some(),
    read,
};

fn read(tree: &Value, given: &GivenParameters) -> Result<Found, Fault> {
    let Some(Value::String(text)) = tree.get(BODY) else {
        return (template::FORMAT.read)(&tree[BODY], given);
    };
    // The text has no file name of its own, so its content alone decides.
    match parse_text(text, Path::new(""))? {
        Text::Tree(template) => (template::FORMAT.read)(&template, given),
        Text::Job => Err("`TemplateBody` is not a template".to_owned().into()),
    }
}
