//! References: `Ref` and `Fn::GetAtt`, to parameters and resources.

use serde_json::Value;

use super::placeholder::Unknown;
use super::resolver::{ResolvedValue, Resolver};
use crate::job::parameters::{GivenValue, PSEUDO_PARAMETERS};
use crate::text::printable;

/// The type of a metric alarm.
pub(super) const ALARM: &str = "AWS::CloudWatch::Alarm";

/// The type of a composite alarm.
pub(super) const COMPOSITE: &str = "AWS::CloudWatch::CompositeAlarm";

/// The type of a metric filter.
pub(super) const FILTER: &str = "AWS::Logs::MetricFilter";

/// The types of resources that a reference resolves to by name, and the properties that name them.
const NAMED: [(&str, &str); 4] = [
    (ALARM, "AlarmName"),
    (COMPOSITE, "AlarmName"),
    (FILTER, "FilterName"),
    ("AWS::Logs::LogGroup", "LogGroupName"),
];

/// The pseudo parameters that differ from stack to stack.
const OF_STACK: [&str; 2] = ["AWS::StackId", "AWS::StackName"];

impl Resolver<'_> {
    /// Resolves `Ref`: to the value of a parameter, or to the name of a resource.
    pub(super) fn reference(&self, name: &str, depth: usize) -> ResolvedValue {
        if name == "AWS::NoValue" {
            return Ok(Value::Null);
        }
        if PSEUDO_PARAMETERS.contains(&name) {
            return Ok(self.pseudo_parameter(name));
        }
        // A name is unique among the parameters and resources of a template, so the order of these
        // two does not matter.
        match self.parameters.and_then(|parameters| parameters.get(name)) {
            Some(parameter) => self.parameter(name, parameter),
            None => self.resource_name(name, name, depth),
        }
    }

    /// Resolves `Fn::GetAtt`. The ARN of an alarm resolves to its name, since alarm rules and mute
    /// rules accept both.
    pub(super) fn attribute(&self, argument: &Value, depth: usize) -> ResolvedValue {
        let path = match argument {
            Value::String(path) => path.clone(),
            Value::Array(parts) => self.attribute_path(parts, depth)?,
            _ => return Err("`Fn::GetAtt` is used in a way that is not resolved".to_owned()),
        };
        self.attribute_at(&path, depth)
    }

    fn attribute_path(&self, parts: &[Value], depth: usize) -> Result<String, String> {
        let mut texts = Vec::new();
        for part in parts {
            texts.push(text(&self.resolve(part, depth + 1)?));
        }
        Ok(texts.join("."))
    }

    /// Resolves an attribute by its path, `Resource.Attribute`.
    pub(super) fn attribute_at(&self, path: &str, depth: usize) -> ResolvedValue {
        let owner = path.split_once('.').map_or(path, |(owner, _)| owner);
        match path.ends_with(".Arn") && self.is_alarm(owner) {
            true => self.resource_name(owner, owner, depth),
            // No resource has an empty ID, so the whole path becomes a placeholder.
            false => self.resource_name("", path, depth),
        }
    }

    fn is_alarm(&self, id: &str) -> bool {
        let resource = self.resources.get(id);
        resource.is_some_and(|each| [ALARM, COMPOSITE].contains(&super::resource_type(each)))
    }

    /// Returns the name of a resource, or a placeholder if only AWS knows it.
    fn resource_name(&self, id: &str, shown_name: &str, depth: usize) -> ResolvedValue {
        let Some(resource) = self.resources.get(id) else {
            return Ok(self.after_deployment(shown_name));
        };
        let own = super::resource_type(resource);
        let Some((_, property)) = NAMED.iter().find(|(name, _)| *name == own) else {
            return Ok(self.after_deployment(shown_name));
        };
        let name = resource.get("Properties").and_then(|all| all.get(property));
        let name = name.map(|name| self.follow(id, || self.named(name, depth)));
        match name.unwrap_or(Ok(Value::Null))? {
            // An alarm without a name is called by its ID here, and so are references to it. One
            // whose name is `AWS::NoValue` has none either.
            Value::Null if self.is_alarm(id) => Ok(id.into()),
            Value::Null => Ok(self.after_deployment(shown_name)),
            name => Ok(name),
        }
    }

    /// Resolves the name of a resource. Placeholders in it are reported where it is defined.
    fn named(&self, name: &Value, depth: usize) -> ResolvedValue {
        let mark = self.mark();
        let resolved = self.resolve(name, depth + 1)?;
        self.forget(mark);
        self.spend(text(&resolved).len())?;
        Ok(resolved)
    }

    fn after_deployment(&self, name: &str) -> Value {
        let owner = name.split('.').next().unwrap_or(name);
        let shown = printable(name);
        let reason = match self.resources.contains_key(owner) {
            true => format!("`{shown}` is a resource, of which nothing is known before deployment"),
            false => format!("`{shown}` is known only after deployment"),
        };
        self.note(Unknown::deployed(name, reason))
    }

    fn pseudo_parameter(&self, name: &str) -> Value {
        let value = match self.given.get(name) {
            Some(GivenValue::Exact(text) | GivenValue::Written(text)) => text.as_str().into(),
            Some(GivenValue::Previous) | None => {
                let reason = format!("`{name}` is known only after deployment");
                self.note(self.in_stack(Unknown::parameter(name, &reason)))
            }
        };
        match name {
            // A stack may have no topics, unlike a list that is a parameter, which has an item.
            "AWS::NotificationARNs" if value == "" => Value::Array(Vec::new()),
            "AWS::NotificationARNs" => listed(&value),
            _ => value,
        }
    }

    /// Returns a pseudo parameter as it is in this stack. Two templates are two stacks, so what
    /// names a stack is another value in each.
    fn in_stack(&self, unknown: Unknown) -> Unknown {
        if !OF_STACK.contains(&unknown.name.as_str()) {
            return unknown;
        }
        match self.stack_number() {
            // Most jobs have one template, and the plain name is the one to read.
            1 => unknown,
            number => unknown.in_stack(number),
        }
    }

    /// Returns the value of a parameter: the given one, its default, or a placeholder.
    fn parameter(&self, name: &str, parameter: &Value) -> ResolvedValue {
        let value = self.parameter_value(name, parameter)?;
        // The value is copied wherever it is referred to.
        self.spend(text(&value).len())?;
        match is_list(parameter_type(parameter)) {
            true => Ok(listed(&value)),
            false => Ok(value),
        }
    }

    fn parameter_value(&self, name: &str, parameter: &Value) -> ResolvedValue {
        let shown = printable(name);
        match self.given.get(name) {
            Some(given) if given.is_masked() && is_no_echo(parameter) => {
                let reason = format!("AWS masks the value of the parameter `{shown}`");
                Ok(self.note(Unknown::parameter(name, &reason)))
            }
            // AWS's tools give the name that such a parameter has in SSM, and only SSM knows its
            // value.
            Some(GivenValue::Written(_)) if is_in_ssm(parameter) => {
                Ok(self.parameter_in_ssm(name, parameter))
            }
            Some(GivenValue::Exact(text) | GivenValue::Written(text)) => {
                check_allowed(name, text, parameter)?;
                Ok(text.as_str().into())
            }
            Some(GivenValue::Previous) => {
                let reason = format!(
                    "the parameter `{shown}` keeps the value that the stack has \
                     (`UsePreviousValue`)"
                );
                Ok(self.note(Unknown::parameter(name, &reason)))
            }
            None => Ok(self.parameter_default(name, parameter)),
        }
    }

    fn parameter_default(&self, name: &str, parameter: &Value) -> Value {
        match parameter.get("Default") {
            Some(_) if is_in_ssm(parameter) => self.parameter_in_ssm(name, parameter),
            Some(default) => default.clone(),
            None => {
                let reason = format!("the parameter `{}` has no default", printable(name));
                self.note(Unknown::parameter(name, &reason))
            }
        }
    }

    /// Returns the placeholder for a parameter that is read from SSM, whose default is its name
    /// there.
    fn parameter_in_ssm(&self, name: &str, parameter: &Value) -> Value {
        let shown = printable(name);
        let path = parameter.get("Default").map(text);
        let place = path.map_or_else(String::new, |path| {
            format!(", where it is `{}`", printable(&path))
        });
        let reason = format!("the parameter `{shown}` is read from SSM{place}");
        self.note(Unknown::parameter(name, &reason))
    }
}

fn parameter_type(parameter: &Value) -> &str {
    let name = parameter.get("Type").and_then(Value::as_str);
    name.unwrap_or_default()
}

fn is_in_ssm(parameter: &Value) -> bool {
    parameter_type(parameter).starts_with("AWS::SSM::Parameter::Value<")
}

/// Returns true if AWS masks the value of a parameter. A template may write the flag as a text.
fn is_no_echo(parameter: &Value) -> bool {
    let flag = parameter.get("NoEcho").map(text);
    flag.is_some_and(|flag| flag.eq_ignore_ascii_case("true"))
}

/// Returns whether the value of a parameter is a list, such as `List<Number>`.
fn is_list(parameter_type: &str) -> bool {
    parameter_type == "CommaDelimitedList"
        || parameter_type.contains("List<")
        || parameter_type.ends_with("<CommaDelimitedList>")
}

/// Refuses a given value that the template does not allow. Of a list, each item must be allowed
/// (sources, X13).
fn check_allowed(name: &str, given: &str, parameter: &Value) -> Result<(), String> {
    let Some(allowed) = parameter.get("AllowedValues").and_then(Value::as_array) else {
        return Ok(());
    };
    let allowed: Vec<String> = allowed.iter().map(text).collect();
    let values = match is_list(parameter_type(parameter)) {
        true => given.split(',').map(str::trim).collect(),
        false => vec![given],
    };
    let is_refused = |value: &&str| allowed.iter().all(|each| each != value);
    match values.into_iter().find(is_refused) {
        None => Ok(()),
        Some(refused) => Err(format!(
            "the parameter `{}` cannot be `{}`: the template allows {}",
            printable(name),
            printable(refused),
            printable(&allowed.join(", "))
        )),
    }
}

/// Returns the items of a list that is written as a text.
fn listed(value: &Value) -> Value {
    match value {
        // CloudFormation trims the items of a `CommaDelimitedList`. An empty text has one empty
        // item (sources, X12).
        Value::String(text) => text
            .split(',')
            .map(|item| Value::from(item.trim()))
            .collect(),
        other => other.clone(),
    }
}

/// Returns a value as a part of a text.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
