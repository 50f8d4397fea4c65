//! Templates as AWS's tools print them: the output of `aws cloudformation get-template` and
//! `describe-stack-set`, which hold a template as text or as an object, and the text alone.

use std::path::Path;

use serde_json::Value;

use super::DefinitionFormat;
use super::foreign;
use super::template;
use super::text::{Text, parse_text};
use crate::job::fault::Fault;
use crate::job::found::FileDefinitions;
use crate::job::parameters::GivenParameters;

/// The places of a template in what the tools print.
const BODIES: [&str; 2] = ["/TemplateBody", "/StackSet/TemplateBody"];

pub(super) const FORMAT: DefinitionFormat = DefinitionFormat {
    is_recognised: |tree| body(tree).is_some(),
    read,
};

/// Returns the template in a tree, as a text or an object.
fn body(tree: &Value) -> Option<&Value> {
    // With `--query TemplateBody`, the text is the whole.
    if tree.is_string() {
        return Some(tree);
    }
    BODIES.iter().find_map(|place| tree.pointer(place))
}

fn read(tree: &Value, given: &GivenParameters) -> Result<FileDefinitions, Fault> {
    let body = body(tree).unwrap_or(tree);
    let Value::String(text) = body else {
        return (template::FORMAT.read)(body, given);
    };
    // The text has no file name of its own, so its content alone decides.
    match parse_text(text, Path::new("")) {
        Ok(Text::Tree(template)) if (template::FORMAT.is_recognised)(&template) => {
            (template::FORMAT.read)(&template, given)
        }
        // A text alone may be anything.
        _ if tree.is_string() => foreign::refuse(tree),
        Ok(_) => Err("`TemplateBody` is not a template".to_owned().into()),
        Err(fault) => Err(fault),
    }
}
