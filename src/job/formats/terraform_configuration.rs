//! A configuration of Terraform in its JSON syntax, as `backtrail job export` writes it.
//!
//! It is not evaluated: a reference to a variable gives its default, and a resource with any other
//! expression is left out, unless the alarm is the same for all its values.

use serde_json::{Map, Value};

use super::DefinitionFormat;
use super::foreign::ON_HCL;
use super::terraform::{TerraformResource, is_definition, is_indifferent};
use crate::job::fault::{Fault, FaultPlace};
use crate::job::found::FileDefinitions;
use crate::job::terraform_attributes::{is_interpolated, unescape};
use crate::text::printable;

pub(super) const FORMAT: DefinitionFormat = DefinitionFormat {
    is_recognised: |tree| tree.get("resource").is_some_and(Value::is_object),
    read: |tree, _| Configuration(tree).read(),
};

/// Arguments of Terraform itself that say how a resource is made, and not what it is.
const OF_TERRAFORM: [&str; 5] = [
    "connection",
    "depends_on",
    "lifecycle",
    "provider",
    "provisioner",
];

/// Arguments of Terraform itself that make any number of resources of one block.
const REPEATING: [&str; 3] = ["count", "dynamic", "for_each"];

struct Configuration<'a>(&'a Value);

impl Configuration<'_> {
    fn read(&self) -> Result<FileDefinitions, Fault> {
        let mut found = FileDefinitions::default();
        let types = self.0["resource"].as_object().into_iter().flatten();
        for (resource_type, resources) in types.filter(|(name, _)| is_definition(name)) {
            for (label, block) in resources.as_object().into_iter().flatten() {
                self.read_block(resource_type, label, block, &mut found);
            }
        }
        let modules = self.0["module"].as_object().into_iter().flatten();
        for (label, _) in modules {
            let label = printable(label);
            found.notes.push(format!(
                "the resources of the module `{label}` are not read: give the output of \
                 `terraform show -json`"
            ));
        }
        // Most configurations call modules for their alarms, and only a plan has what is in those.
        if found.entries.is_empty() && found.left_out.is_empty() {
            return Err(ON_HCL.to_owned().into());
        }
        Ok(found)
    }

    fn read_block(
        &self,
        resource_type: &str,
        label: &str,
        block: &Value,
        found: &mut FileDefinitions,
    ) {
        let address = format!("{resource_type}.{label}");
        // A resource is one block, or a list of one.
        let block = block.get(0).unwrap_or(block);
        let attributes = match self.attributes(block) {
            Ok(attributes) => with_name(attributes, resource_type, label),
            Err(detail) => return found.leave_out(FaultPlace::Resource(address), detail),
        };
        let resource = TerraformResource {
            address: &address,
            resource_type,
            attributes: &attributes,
            unknown: None,
        };
        resource.read(found);
    }

    /// Returns the attributes of a resource as they are after evaluation.
    fn attributes(&self, block: &Value) -> Result<Map<String, Value>, String> {
        let mut attributes = Map::new();
        for (name, value) in block.as_object().into_iter().flatten() {
            if REPEATING.contains(&name.as_str()) {
                let attribute = printable(name);
                return Err(format!("`{attribute}` is known only to Terraform"));
            }
            if !OF_TERRAFORM.contains(&name.as_str()) {
                attributes.insert(name.clone(), self.attribute(name, value)?);
            }
        }
        Ok(attributes)
    }

    fn attribute(&self, name: &str, value: &Value) -> Result<Value, String> {
        match self.literal(value) {
            Ok(value) => Ok(value),
            // The expression is kept as it is written, by which an export knows its own topic.
            Err(_) if is_indifferent(name) => Ok(value.clone()),
            Err(detail) => Err(format!("`{}`: {detail}", printable(name))),
        }
    }

    /// Returns a value with each text in it as it is after evaluation.
    fn literal(&self, value: &Value) -> Result<Value, String> {
        match value {
            Value::String(template) => self.text(template),
            Value::Array(list) => list.iter().map(|item| self.literal(item)).collect(),
            Value::Object(members) => {
                let mut literal = Map::new();
                for (name, value) in members {
                    literal.insert(unescape(name), self.literal(value)?);
                }
                Ok(literal.into())
            }
            other => Ok(other.clone()),
        }
    }

    fn text(&self, template: &str) -> Result<Value, String> {
        if let Some(default) = self.default(template) {
            return Ok(default.clone());
        }
        if is_interpolated(template) {
            let template = printable(template);
            return Err(format!("`{template}` is known only after evaluation"));
        }
        Ok(unescape(template).into())
    }

    /// Returns the default of the variable that a template refers to, and is nothing but.
    fn default(&self, template: &str) -> Option<&Value> {
        let variable = template.strip_prefix("${var.")?.strip_suffix('}')?;
        let default = self.0["variable"].get(variable)?.get("default")?;
        (!default.is_null()).then_some(default)
    }
}

/// Returns the attributes of a resource with its label for the name that it lacks.
fn with_name(
    mut attributes: Map<String, Value>,
    resource_type: &str,
    label: &str,
) -> Map<String, Value> {
    let name = match resource_type {
        "aws_cloudwatch_metric_alarm" | "aws_cloudwatch_composite_alarm" => "alarm_name",
        _ => "name",
    };
    let name = attributes.entry(name);
    name.or_insert_with(|| label.into());
    attributes
}
