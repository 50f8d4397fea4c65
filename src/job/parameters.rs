//! The values that the user gives for the parameters of templates.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use serde_json::{Map, Value};

use super::fault::Fault;
use super::file::{JobError, read_text};
use super::yaml::read_yaml;
use crate::alarm::definition::partition::Partition;
use crate::text::{joined, printable};

/// The least similarity of a name to the one that is suggested for it.
// Names that differ in more than half of their letters are rarely a misspelling of each other.
const LEAST_SIMILARITY: f64 = 0.5;

/// The parameters that CloudFormation itself gives to every template.
pub(super) const PSEUDO_PARAMETERS: [&str; 7] = [
    "AWS::AccountId",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// Values for the parameters of CloudFormation templates.
#[derive(Args, Clone, Debug, Default)]
pub struct TemplateParameters {
    /// Value of a parameter of the CloudFormation templates, or of AWS::Region, AWS::AccountId or
    /// AWS::StackName (repeatable)
    #[arg(id = "parameter", long, value_name = "NAME=VALUE")]
    pub assignments: Vec<ParameterAssignment>,

    /// File with values of parameters, as `aws cloudformation deploy --parameter-overrides` and
    /// `create-stack --parameters` take it (repeatable)
    #[arg(id = "parameters", long, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// The value that the user gives for one parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterAssignment {
    name: String,
    value: String,
}

/// The reason for which a text is not a parameter with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected NAME=VALUE, such as Threshold=5")]
pub struct NotAnAssignment;

/// The given values by the names of their parameters.
#[derive(Debug, Default)]
pub(super) struct GivenParameters {
    values: BTreeMap<String, GivenValue>,
    /// The number of templates so far whose stack has no name yet.
    stacks: Cell<usize>,
}

/// A given value.
#[derive(Debug)]
pub(super) enum GivenValue {
    /// A value that is meant as it is.
    Exact(String),
    /// A value as AWS's tools write it. Of a parameter that is read from SSM, it is the name there,
    /// and of one with `NoEcho`, it may be masked.
    Written(String),
    /// The value that the deployed stack has.
    Previous,
}

impl FromStr for ParameterAssignment {
    type Err = NotAnAssignment;

    /// Parses `NAME=VALUE`, or the shorthand of the AWS CLI,
    /// `ParameterKey=NAME,ParameterValue=VALUE`.
    fn from_str(text: &str) -> Result<Self, NotAnAssignment> {
        match name_and_value(text) {
            Some((name, value)) if !name.trim().is_empty() => Ok(Self {
                name: name.trim().to_owned(),
                value,
            }),
            _ => Err(NotAnAssignment),
        }
    }
}

fn name_and_value(text: &str) -> Option<(&str, String)> {
    let shorthand = text.strip_prefix("ParameterKey=");
    match shorthand.and_then(|rest| rest.split_once(",ParameterValue=")) {
        Some((name, value)) => Some((name, shorthand_value(value))),
        // A value may hold an equals sign itself, so the first one separates.
        None => {
            let (name, value) = text.split_once('=')?;
            Some((name, value.to_owned()))
        }
    }
}

/// Returns a value as it is without the shorthand of the AWS CLI: commas are escaped, or the value
/// is in quotes, in which the quote and the backslash are escaped (sources, X14).
fn shorthand_value(written: &str) -> String {
    for quote in ["\"", "'"] {
        let inner = written.strip_prefix(quote);
        if let Some(inner) = inner.and_then(|inner| inner.strip_suffix(quote)) {
            let escaped = format!("\\{quote}");
            return inner.replace(&escaped, quote).replace("\\\\", "\\");
        }
    }
    written.replace("\\,", ",")
}

impl TemplateParameters {
    /// Returns true if no value is given.
    pub fn is_empty(&self) -> bool {
        self.assignments.is_empty() && self.files.is_empty()
    }

    /// Reads the files. Values that are given one by one come before those in files.
    pub(super) fn read(&self) -> Result<GivenParameters, JobError> {
        let mut given = GivenParameters::default();
        for path in &self.files {
            given.add_file(path)?;
        }
        for ParameterAssignment { name, value } in &self.assignments {
            // A value on the command line is meant as it is, even for a parameter that is read from
            // SSM.
            given.insert(name, GivenValue::Exact(value.clone()));
        }
        given.add_partition();
        Ok(given)
    }
}

impl GivenValue {
    /// Returns true if asterisks are in the place of the value, as AWS shows that of a parameter
    /// with `NoEcho`.
    pub(super) fn is_masked(&self) -> bool {
        match self {
            Self::Exact(_) | Self::Previous => false,
            Self::Written(text) => !text.is_empty() && text.chars().all(|sign| sign == '*'),
        }
    }
}

impl GivenParameters {
    /// Returns the value that is given for a parameter.
    pub(super) fn get(&self, name: &str) -> Option<&GivenValue> {
        self.values.get(name)
    }

    /// Returns the number of the next stack, counted from 1. Each template is one.
    pub(super) fn next_stack(&self) -> usize {
        self.stacks.set(self.stacks.get().saturating_add(1));
        self.stacks.get()
    }

    /// Refuses a value for a parameter that no template declares, which may be a typing error.
    pub(super) fn check(&self, declared: &BTreeSet<String>) -> Result<(), JobError> {
        for name in self.values.keys() {
            let is_known = declared.contains(name) || PSEUDO_PARAMETERS.contains(&name.as_str());
            if !is_known {
                return Err(JobError::UnknownParameter {
                    name: name.clone(),
                    similar: most_similar(name, declared),
                });
            }
        }
        Ok(())
    }

    /// Adds the values that follow from the region, unless they are given.
    fn add_partition(&mut self) {
        let Some(GivenValue::Exact(region) | GivenValue::Written(region)) = self.get("AWS::Region")
        else {
            return;
        };
        let partition = Partition::of_region(region);
        for (name, value) in [
            ("AWS::Partition", partition.name()),
            ("AWS::URLSuffix", partition.url_suffix()),
        ] {
            let value = || GivenValue::Exact(value.to_owned());
            self.values.entry(name.to_owned()).or_insert_with(value);
        }
    }

    fn insert(&mut self, name: &str, value: GivenValue) {
        self.values.insert(name.to_owned(), value);
    }

    fn add_file(&mut self, path: &Path) -> Result<(), JobError> {
        let text = read_text(path)?;
        let wrong = |fault: Fault| JobError::wrong(path, fault);
        // JSON is YAML, too, but its own errors have the column.
        let tree = match text.trim_start().starts_with(['{', '[']) {
            true => serde_json::from_str(&text).map_err(|error| wrong(error.into()))?,
            false => read_yaml(&text).map_err(wrong)?,
        };
        self.add_tree(&tree).map_err(|detail| wrong(detail.into()))
    }

    /// Adds the values in one of the forms that AWS's tools take.
    fn add_tree(&mut self, tree: &Value) -> Result<(), String> {
        match tree {
            Value::Array(items) => items.iter().try_for_each(|item| self.add_item(item)),
            Value::Object(members) => match (members.get("Parameters"), members.get("Stacks")) {
                // The recursion is no deeper than the file, whose parser limits its depth.
                (Some(parameters), _) => self.add_tree(parameters),
                (None, Some(Value::Array(stacks))) => self.add_stack(stacks),
                (None, _) => self.add_members(members),
            },
            _ => Err(NOT_PARAMETERS.to_owned()),
        }
    }

    /// Adds the parameters of the one stack in the output of `describe-stacks`.
    fn add_stack(&mut self, stacks: &[Value]) -> Result<(), String> {
        match stacks {
            [only] => match only.get("Parameters") {
                Some(parameters) => self.add_tree(parameters),
                // A stack without parameters gives no values.
                None => Ok(()),
            },
            [] => Err(NOT_PARAMETERS.to_owned()),
            several => Err(several_stacks(several)),
        }
    }

    fn add_item(&mut self, item: &Value) -> Result<(), String> {
        match item {
            Value::String(text) => self.add_assignment(text),
            Value::Object(members) => self.add_pair(members),
            _ => Err(NOT_PARAMETERS.to_owned()),
        }
    }

    fn add_assignment(&mut self, text: &str) -> Result<(), String> {
        let assignment: Result<ParameterAssignment, NotAnAssignment> = text.parse();
        let ParameterAssignment { name, value } =
            assignment.map_err(|error| format!("`{}`: {error}", printable(text)))?;
        self.insert(&name, GivenValue::Written(value));
        Ok(())
    }

    /// Adds a pair of `ParameterKey` and `ParameterValue`. `ResolvedValue` is what a deployed stack
    /// read from SSM.
    fn add_pair(&mut self, pair: &Map<String, Value>) -> Result<(), String> {
        let name = pair.get("ParameterKey").and_then(Value::as_str);
        let name = name.ok_or(NOT_PARAMETERS)?;
        if let Some(resolved) = pair.get("ResolvedValue") {
            self.insert(name, GivenValue::Exact(value_text(resolved)));
        } else if let Some(value) = pair.get("ParameterValue") {
            self.insert(name, GivenValue::Written(value_text(value)));
        } else {
            // A pair without a value has `UsePreviousValue`. The value of the stack need not be the
            // default.
            self.insert(name, GivenValue::Previous);
        }
        Ok(())
    }

    fn add_members(&mut self, members: &Map<String, Value>) -> Result<(), String> {
        for (name, value) in members {
            // Parameters are never objects, so this file is of another kind.
            if value.is_object() {
                return Err(NOT_PARAMETERS.to_owned());
            }
            self.insert(name, GivenValue::Written(value_text(value)));
        }
        Ok(())
    }
}

const NOT_PARAMETERS: &str = "expected parameters as \
    `[{\"ParameterKey\": \"NAME\", \"ParameterValue\": \"VALUE\"}]`, `[\"NAME=VALUE\"]` or \
    `{\"NAME\": \"VALUE\"}`";

/// Returns the message for the output of `describe-stacks` without `--stack-name`.
fn several_stacks(stacks: &[Value]) -> String {
    let names = stacks
        .iter()
        .filter_map(|stack| stack.get("StackName")?.as_str());
    let names = names.map(|name| format!("`{}`", printable(name)));
    format!(
        "these are the parameters of several stacks: choose one with `aws cloudformation \
         describe-stacks --stack-name NAME`: {}",
        joined(names, ", ")
    )
}

/// Returns a value as CloudFormation takes it: lists are separated by commas.
fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => joined(items.iter().map(value_text), ","),
        other => other.to_string(),
    }
}

fn most_similar(name: &str, declared: &BTreeSet<String>) -> Option<String> {
    let pseudo = PSEUDO_PARAMETERS.iter().map(|name| (*name).to_owned());
    let known = declared.iter().cloned().chain(pseudo);
    let best = known.max_by(|a, b| similarity(name, a).total_cmp(&similarity(name, b)))?;
    (similarity(name, &best) >= LEAST_SIMILARITY).then_some(best)
}

fn similarity(name: &str, known: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(&name.to_lowercase(), &known.to_lowercase())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parameters_are_read_in_every_form_of_the_tools() {
        for tree in [
            json!([{ "ParameterKey": "A", "ParameterValue": "1" },
                   { "ParameterKey": "B", "UsePreviousValue": true }]),
            json!(["A=1"]),
            json!(["ParameterKey=A,ParameterValue=1"]),
            json!({ "A": 1 }),
            json!({ "Parameters": { "A": "1" }, "Tags": {} }),
            json!({ "Stacks": [{ "Parameters": [
                { "ParameterKey": "A", "ParameterValue": "/a", "ResolvedValue": "1" }] }] }),
        ] {
            let mut given = GivenParameters::default();
            given.add_tree(&tree).expect("parameters");
            let value = match given.get("A") {
                Some(GivenValue::Exact(text) | GivenValue::Written(text)) => text,
                other => panic!("{tree}: {other:?}"),
            };
            assert_eq!(value, "1", "{tree}");
            let is_previous = matches!(given.get("B"), None | Some(GivenValue::Previous));
            assert!(is_previous, "{tree}");
        }
        for tree in [
            json!(1),
            json!([1]),
            json!([{ "A": 1 }]),
            json!({ "A": {} }),
            json!(["A"]),
        ] {
            assert!(
                GivenParameters::default().add_tree(&tree).is_err(),
                "{tree}"
            );
        }
    }

    #[test]
    fn the_partition_follows_from_the_region_unless_it_is_given() {
        let given = |assignments: &[&str]| {
            let assignments = assignments.iter().map(|text| text.parse());
            let parameters = TemplateParameters {
                assignments: assignments.collect::<Result<_, _>>().expect("assignments"),
                files: Vec::new(),
            };
            let given = parameters.read().expect("parameters");
            let names = ["AWS::Partition", "AWS::URLSuffix"];
            names.map(|name| match given.get(name) {
                Some(GivenValue::Exact(text)) => text.clone(),
                _ => String::new(),
            })
        };
        assert_eq!(given(&["A=1"]), ["", ""]);
        assert_eq!(
            given(&["AWS::Region=cn-north-1"]),
            ["aws-cn", "amazonaws.com.cn"]
        );
        assert_eq!(
            given(&["AWS::Region=us-east-1", "AWS::Partition=aws-iso"]),
            ["aws-iso", "amazonaws.com"]
        );
    }

    #[test]
    fn an_unknown_parameter_is_refused_with_a_suggestion() {
        let mut given = GivenParameters::default();
        let declared = BTreeSet::from(["Threshold".to_owned()]);
        let empty = || GivenValue::Exact(String::new());
        given.insert("AWS::Region", empty());
        given.insert("Threshold", empty());
        assert!(given.check(&declared).is_ok());
        given.insert("threshhold", empty());
        let error = given.check(&declared).unwrap_err().to_string();
        assert_eq!(
            error,
            "no template has a parameter `threshhold`; did you mean `Threshold`?"
        );
    }
}
