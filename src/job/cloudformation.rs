//! CloudFormation templates: the metric filters, alarms and mute rules among their resources, with
//! parameters replaced by their defaults.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::alarms::WrittenAlarm;
use super::composites::WrittenComposite;
use super::definitions::Document;
use super::filters::WrittenFilter;
use super::mutes::WrittenMuteRule;

const FILTER: &str = "AWS::Logs::MetricFilter";
const ALARM: &str = "AWS::CloudWatch::Alarm";
const COMPOSITE: &str = "AWS::CloudWatch::CompositeAlarm";
const MUTE_RULE: &str = "AWS::CloudWatch::AlarmMuteRule";

/// How deep references may lead to references.
const REFERENCES_LIMIT: usize = 20;

/// Properties whose content does not change what an alarm does: where they cannot be resolved, they
/// are kept as written.
const INDIFFERENT: [&str; 8] = [
    "AlarmActions",
    "AlarmDescription",
    "ApplyOnTransformedLogs",
    "Description",
    "InsufficientDataActions",
    "LogGroupName",
    "OKActions",
    "Tags",
];

/// Properties that are numbers or flags, which parameters give as texts.
const NUMBERS: [&str; 11] = [
    "ActionsEnabled",
    "ActionsSuppressorExtensionPeriod",
    "ActionsSuppressorWaitPeriod",
    "DatapointsToAlarm",
    "DefaultValue",
    "EvaluationPeriods",
    "OnlyStartEvaluatingAfterWarmUpPeriodEnds",
    "Period",
    "ReturnData",
    "Threshold",
    "WarmUpPeriodDurationInMinutes",
];

/// A template.
struct Template<'a> {
    parameters: Option<&'a Map<String, Value>>,
    resources: &'a Map<String, Value>,
}

/// Reads the definitions in a template.
///
/// # Errors
///
/// When a resource is wrong, or its properties hold what is known only after deployment; names the
/// resource.
pub(super) fn read_template(document: &Value) -> Result<Document, String> {
    let none = Map::new();
    let template = Template {
        parameters: document.get("Parameters").and_then(Value::as_object),
        resources: document
            .get("Resources")
            .and_then(Value::as_object)
            .unwrap_or(&none),
    };
    let mut found = Document::default();
    for (id, resource) in template.resources {
        template
            .read(id, resource, &mut found)
            .map_err(|detail| format!("resource `{id}`: {detail}"))?;
    }
    Ok(found)
}

impl Template<'_> {
    fn read(&self, id: &str, resource: &Value, found: &mut Document) -> Result<(), String> {
        let kind = resource
            .get("Type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        match kind {
            FILTER => found.filters.push(self.resource::<WrittenFilter>(
                id,
                resource,
                &mut found.unknown,
            )?),
            ALARM => found.alarms.push(self.resource::<WrittenAlarm>(
                id,
                resource,
                &mut found.unknown,
            )?),
            COMPOSITE => {
                found.composites.push(self.resource::<WrittenComposite>(
                    id,
                    resource,
                    &mut found.unknown,
                )?);
            }
            MUTE_RULE => {
                found.mute_rules.push(self.resource::<WrittenMuteRule>(
                    id,
                    resource,
                    &mut found.unknown,
                )?);
            }
            _ => {}
        }
        Ok(())
    }

    /// The properties of a resource as what AWS's API takes. Without a name, it has the id of the
    /// resource, to which CloudFormation adds a part that is known only after deployment.
    fn resource<T: DeserializeOwned>(
        &self,
        id: &str,
        resource: &Value,
        unknown: &mut Vec<String>,
    ) -> Result<T, String> {
        let kind = resource
            .get("Type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let properties = resource.get("Properties").and_then(Value::as_object);
        let mut resolved = self.members(properties.unwrap_or(&Map::new()), 0)?;
        resolved
            .entry(name_property(kind))
            .or_insert_with(|| id.into());
        let note = |path: serde_ignored::Path<'_>| unknown.push(format!("{id}.{path}"));
        serde_ignored::deserialize(Value::Object(resolved), note).map_err(|error| error.to_string())
    }

    fn members(
        &self,
        members: &Map<String, Value>,
        depth: usize,
    ) -> Result<Map<String, Value>, String> {
        let mut resolved = Map::new();
        for (name, value) in members {
            let value = match self.resolve(value, depth) {
                Err(_) if INDIFFERENT.contains(&name.as_str()) => as_written(value),
                Err(detail) => return Err(format!("`{name}`: {detail}")),
                Ok(value) => value,
            };
            let value = if NUMBERS.contains(&name.as_str()) {
                typed(value)
            } else {
                value
            };
            if let Some(value) = value_or_nothing(value) {
                resolved.insert(name.clone(), value);
            }
        }
        Ok(resolved)
    }

    /// The value with every reference in it replaced.
    fn resolve(&self, value: &Value, depth: usize) -> Result<Value, String> {
        if depth > REFERENCES_LIMIT {
            return Err("references lead in a circle, or too deep".to_owned());
        }
        match value {
            Value::Array(list) => {
                let items = list.iter().map(|item| self.resolve(item, depth));
                let items = items.collect::<Result<Vec<_>, _>>()?;
                Ok(Value::Array(
                    items.into_iter().filter_map(value_or_nothing).collect(),
                ))
            }
            Value::Object(members) => match single(members) {
                Some((function, argument)) if is_function(function) => {
                    self.call(function, argument, depth)
                }
                _ => self.members(members, depth).map(Value::Object),
            },
            literal => Ok(literal.clone()),
        }
    }

    fn call(&self, function: &str, argument: &Value, depth: usize) -> Result<Value, String> {
        let wrong = || format!("`{function}` is used in a way that is not resolved");
        match function {
            "Ref" => self.reference(argument.as_str().ok_or_else(wrong)?, depth),
            "Fn::Sub" => match argument {
                Value::String(text) => self.substitute(text, None, depth),
                Value::Array(parts) => match parts.as_slice() {
                    [Value::String(text), Value::Object(own)] => {
                        self.substitute(text, Some(own), depth)
                    }
                    _ => Err(wrong()),
                },
                _ => Err(wrong()),
            },
            "Fn::GetAtt" => {
                let resource = match argument {
                    Value::String(path) => path.split('.').next(),
                    Value::Array(path) => path.first().and_then(Value::as_str),
                    _ => None,
                };
                self.attribute(resource.ok_or_else(wrong)?, depth)
            }
            "Fn::Join" => match argument.as_array().map(Vec::as_slice) {
                Some([Value::String(separator), list]) => {
                    let list = self.resolve(list, depth + 1)?;
                    let texts = list.as_array().ok_or_else(wrong)?.iter().map(text);
                    Ok(texts.collect::<Vec<_>>().join(separator).into())
                }
                _ => Err(wrong()),
            },
            _ => Err(format!(
                "`{function}` is known only after deployment: write a literal, a parameter with a default, or \
                              a `Ref` or `Sub` of them"
            )),
        }
    }

    /// What `Ref` gives: the default of a parameter, the name of an alarm, or nothing that is known
    /// here.
    fn reference(&self, name: &str, depth: usize) -> Result<Value, String> {
        if name == "AWS::NoValue" {
            return Ok(Value::Null);
        }
        if let Some(parameter) = self.parameters.and_then(|parameters| parameters.get(name)) {
            let default = parameter.get("Default").cloned();
            return default.ok_or_else(|| format!("the parameter `{name}` has no default"));
        }
        self.attribute(name, depth)
    }

    /// The name of the alarm that a resource is; its ARN stands for it, too.
    fn attribute(&self, id: &str, depth: usize) -> Result<Value, String> {
        let Some(resource) = self.resources.get(id) else {
            return Err(format!("`{id}` is known only after deployment"));
        };
        let kind = resource
            .get("Type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if ![ALARM, COMPOSITE].contains(&kind) {
            return Err(format!(
                "`{id}` is a resource, of which nothing is known before deployment"
            ));
        }
        match resource.pointer("/Properties/AlarmName") {
            None => Ok(id.into()),
            Some(name) => self.resolve(name, depth + 1),
        }
    }

    /// What `Fn::Sub` gives.
    fn substitute(
        &self,
        text: &str,
        own: Option<&Map<String, Value>>,
        depth: usize,
    ) -> Result<Value, String> {
        let mut result = String::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("${") {
            result.push_str(before);
            let Some((name, after)) = behind.split_once('}') else {
                return Err("a `${` without its `}`".to_owned());
            };
            match (name.strip_prefix('!'), own.and_then(|own| own.get(name))) {
                (Some(literal), _) => result.push_str(&format!("${{{literal}}}")),
                (None, Some(value)) => {
                    result.push_str(&self::text(&self.resolve(value, depth + 1)?))
                }
                (None, None) => {
                    let name = name.split('.').next().unwrap_or(name);
                    result.push_str(&self::text(&self.reference(name, depth + 1)?));
                }
            }
            rest = after;
        }
        Ok((result + rest).into())
    }
}

/// The property that names a resource.
fn name_property(kind: &str) -> &'static str {
    match kind {
        FILTER => "FilterName",
        MUTE_RULE => "Name",
        _ => "AlarmName",
    }
}

fn single(members: &Map<String, Value>) -> Option<(&String, &Value)> {
    members.iter().next().filter(|_| members.len() == 1)
}

fn is_function(name: &str) -> bool {
    name == "Ref" || name.starts_with("Fn::")
}

/// A property that is `AWS::NoValue` is not there.
fn value_or_nothing(value: Value) -> Option<Value> {
    Some(value).filter(|value| !value.is_null())
}

/// A value that is not resolved, as a text that shows it, in the shape that the property has.
fn as_written(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(as_written).collect(),
        Value::Object(members) => match single(members) {
            Some((function, Value::String(name))) if function == "Ref" => {
                format!("${{{name}}}").into()
            }
            Some((function, Value::String(text))) if function == "Fn::Sub" => text.as_str().into(),
            _ => value.to_string().into(),
        },
        literal => literal.clone(),
    }
}

/// A text as the number or flag that it is.
fn typed(value: Value) -> Value {
    match value
        .as_str()
        .map(str::trim)
        .and_then(|text| serde_json::from_str::<Value>(text).ok())
    {
        Some(typed) if typed.is_number() || typed.is_boolean() => typed,
        _ => value,
    }
}

/// A value inside of a text.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
