//! Configurations of Terraform in its JSON syntax: the metric filters, alarms and mute rules among
//! their resources.
//!
//! A configuration is not evaluated: a reference to a variable gives its default, and any other
//! expression is an error unless the alarm is the same for all its values.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::fault::{Fault, Place};
use super::terraform_attributes::{
    ALARM, Attribute, COMPOSITE, FILTER, MUTE_RULE, from_terraform, is_interpolated, unescape,
};
use super::written::WrittenDefinitions;
use crate::text::printable;

/// Attributes whose content does not change what an alarm does: their expressions are kept as they
/// are written.
const INDIFFERENT: [&str; 6] = [
    "alarm_actions",
    "alarm_description",
    "description",
    "insufficient_data_actions",
    "log_group_name",
    "ok_actions",
];

/// Reads the definitions in a configuration.
///
/// # Errors
///
/// Returns an error if a resource is wrong, or an attribute holds what is known only after
/// evaluation; names the resource.
pub(super) fn read_configuration(configuration: &Value) -> Result<WrittenDefinitions, Fault> {
    let configuration = Configuration(configuration);
    Ok(WrittenDefinitions {
        filters: configuration.read("aws_cloudwatch_log_metric_filter", FILTER, "filterName")?,
        alarms: configuration.read("aws_cloudwatch_metric_alarm", ALARM, "AlarmName")?,
        composites: configuration.read("aws_cloudwatch_composite_alarm", COMPOSITE, "AlarmName")?,
        mute_rules: configuration.read("aws_cloudwatch_alarm_mute_rule", MUTE_RULE, "Name")?,
        ..WrittenDefinitions::default()
    })
}

struct Configuration<'a>(&'a Value);

impl Configuration<'_> {
    /// Reads the resources of a type.
    fn read<T: DeserializeOwned>(
        &self,
        kind: &str,
        attributes: &[Attribute],
        name_parameter: &str,
    ) -> Result<Vec<T>, Fault> {
        let mut definitions = Vec::new();
        let resources = self.0["resource"][kind].as_object();
        for (label, block) in resources.into_iter().flatten() {
            let place = Place::Resource(format!("{kind}.{label}"));
            let parameters = self.parameters(attributes, block);
            let mut parameters =
                parameters.map_err(|detail| Fault::from(detail).at(place.clone()))?;
            let name = parameters.entry(name_parameter);
            name.or_insert_with(|| label.as_str().into());
            let definition = serde_json::from_value(parameters.into());
            definitions.push(definition.map_err(|error| Fault::from(error).at(place))?);
        }
        Ok(definitions)
    }

    /// Returns the parameters of the API that a resource sets.
    fn parameters(
        &self,
        attributes: &[Attribute],
        block: &Value,
    ) -> Result<Map<String, Value>, String> {
        // A resource is one block, or a list of one.
        let block = block.get(0).unwrap_or(block);
        let mut literal = Map::new();
        for (name, value) in block.as_object().into_iter().flatten() {
            match self.literal(value) {
                Ok(value) => literal.insert(name.clone(), value),
                Err(_) if INDIFFERENT.contains(&name.as_str()) => {
                    literal.insert(name.clone(), value.clone())
                }
                Err(detail) if attributes.iter().any(|one| one.attribute == name) => {
                    return Err(format!("`{}`: {detail}", printable(name)));
                }
                // An attribute that is not read, such as `for_each`.
                Err(_) => None,
            };
        }
        Ok(from_terraform(attributes, &literal))
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
