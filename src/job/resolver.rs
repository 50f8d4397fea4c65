//! Resolving the functions of CloudFormation in the properties of resources.
//!
//! Before deployment, only literals, parameters with a default, and the names of alarms are known.
//! Everything else is an error: a guess would define another alarm than the one that is deployed,
//! and its replay would be wrong without a sign. Only properties that do not change what an alarm
//! does may stay unresolved.
//!
//! References end, whatever a template holds. Following one increases the depth, which is limited,
//! so a circle is found. References to references may still multiply, as `${A}${A}` does at each
//! depth; so everything that is resolved is paid for from one budget.

use std::cell::Cell;

use serde_json::{Map, Value};

use crate::text::printable;

/// The type of a metric alarm.
pub(super) const ALARM: &str = "AWS::CloudWatch::Alarm";

/// The type of a composite alarm.
pub(super) const COMPOSITE: &str = "AWS::CloudWatch::CompositeAlarm";

/// The greatest depth of references to references.
const DEPTH_LIMIT: usize = 20;

/// The most values and bytes of text that the functions of a template may resolve to, together.
/// CloudFormation takes templates of up to 1 MB.
const BUDGET: usize = 1 << 20;

/// Properties whose content does not change what an alarm does: if they cannot be resolved, they
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

// Only these are converted, since a name that is made of digits must stay a text.
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

/// The values that the functions of a template refer to.
pub(super) struct Resolver<'a> {
    parameters: Option<&'a Map<String, Value>>,
    resources: Option<&'a Map<String, Value>>,
    budget: Cell<usize>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(template: &'a Value) -> Self {
        Self {
            parameters: template.get("Parameters").and_then(Value::as_object),
            resources: template.get("Resources").and_then(Value::as_object),
            budget: Cell::new(BUDGET),
        }
    }

    /// Resolves the properties of a resource.
    pub(super) fn properties(&self, resource: &Value) -> Result<Map<String, Value>, String> {
        match resource.get("Properties").and_then(Value::as_object) {
            Some(properties) => self.members(properties, 0),
            None => Ok(Map::new()),
        }
    }

    fn members(
        &self,
        members: &Map<String, Value>,
        depth: usize,
    ) -> Result<Map<String, Value>, String> {
        let mut resolved = Map::new();
        for (name, value) in members {
            let value = self.member(name, value, depth)?;
            // A property that is `AWS::NoValue` does not exist.
            if !value.is_null() {
                resolved.insert(name.clone(), value);
            }
        }
        Ok(resolved)
    }

    fn member(&self, name: &str, value: &Value, depth: usize) -> Result<Value, String> {
        match self.resolve(value, depth) {
            Ok(value) if NUMBERS.contains(&name) => Ok(typed(value)),
            Ok(value) => Ok(value),
            // A topic that the template creates has no ARN yet, but the alarm is the same for every
            // topic.
            Err(_) if INDIFFERENT.contains(&name) => Ok(as_written(value)),
            Err(detail) => Err(format!("`{}`: {detail}", printable(name))),
        }
    }

    /// Returns the value with every function in it replaced by its result.
    fn resolve(&self, value: &Value, depth: usize) -> Result<Value, String> {
        if depth > DEPTH_LIMIT {
            return Err("references lead in a circle, or too deep".to_owned());
        }
        self.spend(1)?;
        match value {
            Value::Array(list) => self.list(list, depth).map(Value::Array),
            Value::Object(members) => self.object(members, depth),
            literal => Ok(literal.clone()),
        }
    }

    fn object(&self, members: &Map<String, Value>, depth: usize) -> Result<Value, String> {
        match function_call(members) {
            Some((function, argument)) => self.call(function, argument, depth),
            None => self.members(members, depth).map(Value::Object),
        }
    }

    fn list(&self, list: &[Value], depth: usize) -> Result<Vec<Value>, String> {
        let mut resolved = Vec::new();
        for item in list {
            let item = self.resolve(item, depth)?;
            if !item.is_null() {
                resolved.push(item);
            }
        }
        Ok(resolved)
    }

    fn call(&self, function: &str, argument: &Value, depth: usize) -> Result<Value, String> {
        let resolved = match function {
            "Ref" => argument.as_str().map(|name| self.reference(name, depth)),
            "Fn::Sub" => self.sub(argument, depth),
            // The attribute does not matter: the only one of an alarm is its ARN.
            "Fn::GetAtt" => attribute_owner(argument).map(|id| self.alarm_name(id, depth)),
            "Fn::Join" => self.join(argument, depth),
            _ => return Err(unresolved_function(function)),
        };
        resolved.unwrap_or_else(|| Err(unresolved_use(function)))
    }

    /// Resolves `Ref`: to the default of a parameter, or to the name of an alarm.
    fn reference(&self, name: &str, depth: usize) -> Result<Value, String> {
        if name == "AWS::NoValue" {
            return Ok(Value::Null);
        }
        match self.parameters.and_then(|parameters| parameters.get(name)) {
            Some(parameter) => self.default(name, parameter),
            None => self.alarm_name(name, depth),
        }
    }

    fn default(&self, name: &str, parameter: &Value) -> Result<Value, String> {
        let Some(default) = parameter.get("Default") else {
            return Err(format!(
                "the parameter `{}` has no default",
                printable(name)
            ));
        };
        // The default is copied wherever it is referred to.
        self.spend(text(default).len())?;
        Ok(default.clone())
    }

    /// Resolves a reference to an alarm to its name. The ARN resolves to the name as well, since
    /// alarm rules and mute rules accept both.
    fn alarm_name(&self, id: &str, depth: usize) -> Result<Value, String> {
        let alarm = self.alarm(id)?;
        match alarm.pointer("/Properties/AlarmName") {
            None => Ok(id.into()),
            Some(name) => self.resolve(name, depth + 1),
        }
    }

    fn alarm(&self, id: &str) -> Result<&Value, String> {
        match self.resources.and_then(|resources| resources.get(id)) {
            None => Err(format!(
                "`{}` is known only after deployment",
                printable(id)
            )),
            Some(resource) if [ALARM, COMPOSITE].contains(&resource_type(resource)) => Ok(resource),
            Some(_) => Err(format!(
                "`{}` is a resource, of which nothing is known before deployment",
                printable(id)
            )),
        }
    }

    /// Resolves `Fn::Sub`, or returns `None` if its argument has another form.
    fn sub(&self, argument: &Value, depth: usize) -> Option<Result<Value, String>> {
        if let Some(text) = argument.as_str() {
            return Some(self.substitute(text, &Map::new(), depth));
        }
        let [Value::String(text), Value::Object(variables)] = argument.as_array()?.as_slice()
        else {
            return None;
        };
        Some(self.substitute(text, variables, depth))
    }

    /// Replaces each `${name}` in a text.
    fn substitute(
        &self,
        text: &str,
        variables: &Map<String, Value>,
        depth: usize,
    ) -> Result<Value, String> {
        let mut result = String::new();
        let mut rest = text;
        while let Some((before, start)) = rest.split_once("${") {
            let (name, after) = start.split_once('}').ok_or("a `${` without its `}`")?;
            result.push_str(before);
            result.push_str(&self.substitute_name(name, variables, depth)?);
            rest = after;
        }
        Ok((result + rest).into())
    }

    /// Returns the text for the name between `${` and `}`. `!x` gives the literal text `${x}`
    /// (CloudFormation user guide, "Fn::Sub").
    fn substitute_name(
        &self,
        name: &str,
        variables: &Map<String, Value>,
        depth: usize,
    ) -> Result<String, String> {
        if let Some(literal) = name.strip_prefix('!') {
            return Ok(placeholder(literal));
        }
        let value = match variables.get(name) {
            Some(value) => self.resolve(value, depth + 1)?,
            None => self.reference(before_dot(name), depth + 1)?,
        };
        let text = self::text(&value);
        self.spend(text.len())?;
        Ok(text)
    }

    /// Resolves `Fn::Join`, or returns `None` if its argument has another form.
    fn join(&self, argument: &Value, depth: usize) -> Option<Result<Value, String>> {
        let [Value::String(separator), list] = argument.as_array()?.as_slice() else {
            return None;
        };
        match self.resolve(list, depth + 1) {
            Ok(Value::Array(list)) => Some(Ok(join(&list, separator).into())),
            Ok(_) => None,
            Err(detail) => Some(Err(detail)),
        }
    }

    /// Takes bytes or values from the budget.
    fn spend(&self, amount: usize) -> Result<(), String> {
        let rest = self.budget.get().checked_sub(amount);
        self.budget.set(rest.ok_or(TOO_MUCH)?);
        Ok(())
    }
}

const TOO_MUCH: &str = "the references of the template resolve to too much text";

fn unresolved_function(function: &str) -> String {
    format!(
        "`{}` is known only after deployment: write a literal, a parameter with a default, or a \
         `Ref` or `Sub` of them",
        printable(function)
    )
}

fn unresolved_use(function: &str) -> String {
    format!(
        "`{}` is used in a way that is not resolved",
        printable(function)
    )
}

/// Returns the type of a resource.
pub(super) fn resource_type(resource: &Value) -> &str {
    let name = resource.get("Type").and_then(Value::as_str);
    name.unwrap_or_default()
}

/// Returns the function and its argument if an object is a call: it has one member, which is named
/// like a function.
fn function_call(members: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, argument) = only_member(members)?;
    let is_function = name == "Ref" || name.starts_with("Fn::");
    is_function.then_some((name, argument))
}

fn only_member(members: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, value) = members.iter().next()?;
    (members.len() == 1).then_some((name.as_str(), value))
}

/// Returns the resource of which `Fn::GetAtt` takes an attribute.
fn attribute_owner(argument: &Value) -> Option<&str> {
    match argument {
        Value::String(path) => Some(before_dot(path)),
        Value::Array(path) => path.first()?.as_str(),
        _ => None,
    }
}

/// Returns the name of a resource that comes before the name of its attribute.
fn before_dot(path: &str) -> &str {
    path.split_once('.').map_or(path, |(owner, _)| owner)
}

/// Returns a value that is not resolved as a text that shows it, in the shape of the property.
fn as_written(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(as_written).collect(),
        Value::Object(members) => match only_member(members) {
            Some(("Ref", Value::String(name))) => placeholder(name).into(),
            Some(("Fn::Sub", Value::String(text))) => text.as_str().into(),
            _ => value.to_string().into(),
        },
        literal => literal.clone(),
    }
}

fn placeholder(name: &str) -> String {
    format!("${{{name}}}")
}

/// Converts a text to the number or flag that it spells.
fn typed(value: Value) -> Value {
    let text = value.as_str().unwrap_or_default().trim();
    let typed = serde_json::from_str(text);
    let is_typed = |typed: &Value| typed.is_number() || typed.is_boolean();
    typed.ok().filter(is_typed).unwrap_or(value)
}

fn join(list: &[Value], separator: &str) -> String {
    let texts: Vec<String> = list.iter().map(text).collect();
    texts.join(separator)
}

/// Returns a value as a part of a text.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn resolved(template: &Value, properties: Value) -> Result<Value, String> {
        let resource = json!({ "Properties": properties });
        let resolved = Resolver::new(template).properties(&resource);
        resolved.map(Value::Object)
    }

    #[test]
    fn functions_are_replaced_by_their_results() {
        let template = json!({
            "Parameters": { "Minutes": { "Default": "3" }, "Secret": {} },
            "Resources": {
                "Reads": { "Type": ALARM, "Properties": { "AlarmName": { "Ref": "Minutes" } } },
                "Topic": { "Type": "AWS::SNS::Topic" },
            },
        });
        let rows = [
            (json!({ "Ref": "Minutes" }), json!("3")),
            (json!([{ "Ref": "AWS::NoValue" }, 1]), json!([1])),
            (json!({ "Fn::GetAtt": ["Reads", "Arn"] }), json!("3")),
            (json!({ "Fn::Sub": "${!a}-${Minutes}-" }), json!("${a}-3-")),
            (json!({ "Fn::Sub": ["${A}", { "A": 1 }] }), json!("1")),
            (
                json!({ "Fn::Join": ["-", ["a", { "Ref": "Reads" }]] }),
                json!("a-3"),
            ),
            (json!({ "a": "b" }), json!({ "a": "b" })),
        ];
        for (written, expected) in rows {
            let found = resolved(&template, json!({ "X": written }));
            assert_eq!(found, Ok(json!({ "X": expected })));
        }
        for (written, detail) in [
            (json!({ "Ref": "Secret" }), "has no default"),
            (
                json!({ "Ref": "Topic" }),
                "nothing is known before deployment",
            ),
            (json!({ "Ref": 1 }), "`Ref` is used in a way"),
            (json!({ "Fn::Sub": ["a"] }), "`Fn::Sub` is used in a way"),
            (
                json!({ "Fn::Join": ["-", "a"] }),
                "`Fn::Join` is used in a way",
            ),
            (json!({ "Fn::If": [] }), "`Fn::If` is known only after"),
        ] {
            let error = resolved(&template, json!({ "X": written })).unwrap_err();
            assert!(
                error.starts_with("`X`: ") && error.contains(detail),
                "{error}"
            );
        }
    }

    #[test]
    fn numbers_are_typed_and_indifferent_properties_kept() {
        let template = json!({ "Parameters": { "P": { "Default": " 60 " } } });
        let found = resolved(
            &template,
            json!({ "Period": { "Ref": "P" }, "Statistic": "1", "Tags": [{ "Ref": "X" }] }),
        );
        let expected = json!({ "Period": 60, "Statistic": "1", "Tags": ["${X}"] });
        assert_eq!(found, Ok(expected));
    }

    #[test]
    fn references_end() {
        let name = |text: &str| {
            let properties = json!({ "AlarmName": { "Fn::Sub": text } });
            json!({ "Type": ALARM, "Properties": properties })
        };
        let circle = json!({ "Resources": { "A": name("${B}"), "B": name("${A}") } });
        let error = resolved(&circle, json!({ "X": { "Ref": "A" } })).unwrap_err();
        assert!(error.contains("in a circle"), "{error}");

        let mut resources = Map::new();
        for number in 0..8 {
            let next = format!("${{A{}}}", number + 1);
            resources.insert(format!("A{number}"), name(&next.repeat(10)));
        }
        resources.insert("A8".to_owned(), name(""));
        let multiplied = json!({ "Resources": resources });
        let resolver = Resolver {
            budget: Cell::new(10_000),
            ..Resolver::new(&multiplied)
        };
        let error = resolver.reference("A0", 0).unwrap_err();
        assert!(error.contains("too much text"), "{error}");
    }
}
