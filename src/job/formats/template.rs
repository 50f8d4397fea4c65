//! CloudFormation templates, those of SAM and CDK included, and single resources.

use serde_json::{Value, json};

use super::DefinitionFormat;
use crate::job::template::{is_read, read_template};

/// The logical ID of a resource that has none.
const ID: &str = "Resource";

pub(super) const FORMAT: DefinitionFormat = DefinitionFormat {
    is_recognised: |tree| {
        // The version is optional in a template, and its resources are not.
        let has = |member: &str| tree.get(member).is_some();
        has("Resources") || has("AWSTemplateFormatVersion") || is_resource(tree)
    },
    read: |tree, given| match is_resource(tree) {
        true => Ok(read_template(&json!({ "Resources": { ID: tree } }), given)),
        false => Ok(read_template(tree, given)),
    },
};

/// Returns true for a resource alone, as the console shows the source of an alarm.
fn is_resource(tree: &Value) -> bool {
    tree.get("Properties").is_some() && is_read(tree)
}
