//! Exports as configurations of Terraform, in its JSON syntax.

use serde_json::{Map, Value, json};

use super::error::ExportError;
use super::labels::terraform_labels;
use super::log_group::LogGroupName;
use super::resource::{ExportedAction, ExportedKind, ExportedResource};
use super::stack::{Stack, Topic};
use crate::job::terraform_attributes::{
    ALARM, Attribute, COMPOSITE, FILTER, MUTE_RULE, escape, to_terraform,
};
use crate::text::printable;

const COMMENT: &str = "Written by backtrail. Terraform reads files whose names end in .tf.json.";

/// Returns the reason for which Terraform cannot express a resource, if it cannot.
pub(super) fn refusal(resource: &ExportedResource) -> Option<String> {
    let unknown = to_terraform(attributes(resource.kind), &resource.parameters).err()?;
    let (kind, unknown) = (resource_type(resource.kind), printable(&unknown));
    Some(format!(
        "Terraform's `{kind}` has no attribute for `{unknown}`"
    ))
}

/// Writes a configuration.
pub(super) fn write(stack: &Stack) -> Result<String, ExportError> {
    let configuration = json!({
        // Terraform takes a member of this name for a comment.
        "//": COMMENT,
        "terraform": { "required_providers": { "aws": { "source": "hashicorp/aws" } } },
        "variable": variables(stack),
        "resource": resources(stack),
    });
    let mut text = serde_json::to_string_pretty(&configuration)?;
    text.push('\n');
    Ok(text)
}

/// Returns the variables. Their defaults are not templates, so nothing in them is escaped.
fn variables(stack: &Stack) -> Map<String, Value> {
    let mut variables = Map::new();
    for (number, group) in stack.log_groups.iter().enumerate() {
        variables.insert(log_group_name(number), log_group_variable(group.as_ref()));
    }
    if let Some(topic) = &stack.topic {
        add_topic_variables(topic, &mut variables);
    }
    variables
}

fn log_group_variable(group: Option<&LogGroupName>) -> Value {
    let mut variable = json!({
        "type": "string",
        "description": "Name of the log group that the trail delivers to",
    });
    if let Some(group) = group {
        variable["default"] = group.as_str().into();
    }
    variable
}

fn add_topic_variables(topic: &Topic, variables: &mut Map<String, Value>) {
    let name = json!({
        "type": "string",
        "description": "Name of the topic that the alarms notify",
        "default": topic.name,
    });
    variables.insert("topic_name".into(), name);
    let emails: Vec<&str> = topic.emails.iter().map(|email| email.as_str()).collect();
    let emails = json!({
        "type": "list(string)",
        "description": "Addresses that the notifications are sent to",
        "default": emails,
    });
    variables.insert("emails".into(), emails);
}

fn log_group_name(number: usize) -> String {
    match number {
        0 => "log_group_name".to_owned(),
        number => format!("log_group_name_{}", number + 1),
    }
}

/// Returns the resources by their types and labels.
fn resources(stack: &Stack) -> Map<String, Value> {
    let labels = terraform_labels(&stack.resources);
    let mut resources = Map::new();
    for (resource, label) in stack.resources.iter().zip(&labels) {
        let mut block = block(stack, resource);
        let needed = dependencies(stack, resource, &labels);
        if !needed.is_empty() {
            block.insert("depends_on".into(), json!(needed));
        }
        add(
            &mut resources,
            resource_type(resource.kind),
            label,
            block.into(),
        );
    }
    if stack.topic.is_some() {
        add_topic(&mut resources);
    }
    resources
}

fn add(resources: &mut Map<String, Value>, kind: &str, label: &str, block: Value) {
    let of_kind = resources.entry(kind).or_insert_with(|| json!({}));
    of_kind[label] = block;
}

fn add_topic(resources: &mut Map<String, Value>) {
    let topic = json!({ "name": "${var.topic_name}" });
    add(resources, "aws_sns_topic", "alarms", topic);
    let subscription = json!({
        // Only a set can be gone through here, and it subscribes an address once that is given
        // twice.
        "for_each": "${toset(var.emails)}",
        "topic_arn": "${aws_sns_topic.alarms.arn}",
        "protocol": "email",
        "endpoint": "${each.value}",
    });
    add(
        resources,
        "aws_sns_topic_subscription",
        "email",
        subscription,
    );
}

fn block(stack: &Stack, resource: &ExportedResource) -> Map<String, Value> {
    let written = to_terraform(attributes(resource.kind), &resource.parameters);
    // A resource with unknown parameters was left out before.
    let mut block = written.unwrap_or_default();
    if let Some(number) = stack.log_group_number(resource) {
        let reference = format!("${{var.{}}}", log_group_name(number));
        block.insert("log_group_name".into(), reference.into());
    }
    for state in &resource.actions {
        if !state.actions.is_empty() {
            let actions = state.actions.iter().map(action);
            block.insert(action_attribute(state.parameter).into(), actions.collect());
        }
    }
    block
}

fn dependencies(stack: &Stack, resource: &ExportedResource, labels: &[String]) -> Vec<String> {
    let mut addresses = Vec::new();
    for number in stack.dependencies(resource) {
        if let (Some(needed), Some(label)) = (stack.resources.get(number), labels.get(number)) {
            addresses.push(format!("{}.{label}", resource_type(needed.kind)));
        }
    }
    addresses
}

fn resource_type(kind: ExportedKind) -> &'static str {
    match kind {
        ExportedKind::Filter => "aws_cloudwatch_log_metric_filter",
        ExportedKind::Alarm => "aws_cloudwatch_metric_alarm",
        ExportedKind::Composite => "aws_cloudwatch_composite_alarm",
        ExportedKind::MuteRule => "aws_cloudwatch_alarm_mute_rule",
    }
}

fn attributes(kind: ExportedKind) -> &'static [Attribute] {
    match kind {
        ExportedKind::Filter => FILTER,
        ExportedKind::Alarm => ALARM,
        ExportedKind::Composite => COMPOSITE,
        ExportedKind::MuteRule => MUTE_RULE,
    }
}

fn action(action: &ExportedAction) -> Value {
    match action {
        ExportedAction::Arn(arn) => escape(arn).into(),
        ExportedAction::Topic => "${aws_sns_topic.alarms.arn}".into(),
    }
}

fn action_attribute(parameter: &str) -> &'static str {
    match parameter {
        "OKActions" => "ok_actions",
        "AlarmActions" => "alarm_actions",
        _ => "insufficient_data_actions",
    }
}
