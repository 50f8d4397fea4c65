//! Exports as templates of CloudFormation.

use serde_json::{Map, Value, json};

use super::labels::logical_ids;
use super::log_group::LogGroupName;
use super::resource::{ExportedAction, ExportedKind, ExportedResource};
use super::stack::{Stack, Topic};
use super::yaml_text::to_yaml;

/// The comment at the beginning of a template.
const HEADING: &str = "\
# Deploy this template with
#   aws cloudformation deploy --stack-name NAME --template-file FILE --parameter-overrides ...
";

const DESCRIPTION: &str = "Metric filters and alarms on CloudTrail events, written by backtrail";

/// The beginning of a dynamic reference, which CloudFormation resolves wherever it occurs in a text
/// (sources, X3).
const DYNAMIC_REFERENCE: &str = "{{resolve:";

const HAS_REFERENCE: &str = "CloudFormation would take `{{resolve:` in it for a dynamic reference";

const METRIC_NAME: &str = "CloudFormation takes no metric name that begins with a character beyond \
    ASCII";

const NAMESPACE: &str = "CloudFormation takes no namespace that begins with anything but a letter, \
    a digit or one of . - _ / #";

/// Returns the reason for which a template cannot hold a resource, if it cannot.
pub(super) fn refusal(resource: &ExportedResource) -> Option<String> {
    let mut values = resource.parameters.values();
    if values.any(has_dynamic_reference) {
        return Some(HAS_REFERENCE.to_owned());
    }
    // Only a metric filter has transformations, and exactly one (sources, M1).
    let transformation = resource.parameters.get("metricTransformations")?.get(0)?;
    refused_name(transformation).map(str::to_owned)
}

/// Returns the reason for which CloudFormation refuses the name or namespace of a metric.
// Its schema has more to say about names, but only their first characters are held to it (sources,
// X7).
fn refused_name(transformation: &Value) -> Option<&'static str> {
    let text = |member: &str| transformation[member].as_str().unwrap_or_default();
    if !text("metricName").starts_with(|first: char| first.is_ascii()) {
        return Some(METRIC_NAME);
    }
    let is_allowed = text("metricNamespace").starts_with(begins_namespace);
    (!is_allowed).then_some(NAMESPACE)
}

fn begins_namespace(first: char) -> bool {
    first.is_ascii_alphanumeric() || ".-_/#".contains(first)
}

fn has_dynamic_reference(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(DYNAMIC_REFERENCE),
        Value::Array(list) => list.iter().any(has_dynamic_reference),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| name.contains(DYNAMIC_REFERENCE) || has_dynamic_reference(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Writes a template in YAML.
pub(super) fn write(stack: &Stack) -> String {
    let mut template = Map::new();
    template.insert("AWSTemplateFormatVersion".into(), "2010-09-09".into());
    template.insert("Description".into(), DESCRIPTION.into());
    let parameters = parameters(stack);
    if !parameters.is_empty() {
        template.insert("Parameters".into(), Value::Object(parameters));
    }
    if let Some(topic) = &stack.topic {
        template.insert("Conditions".into(), Value::Object(conditions(topic)));
    }
    template.insert("Resources".into(), Value::Object(resources(stack)));
    format!("{HEADING}{}", to_yaml(&template))
}

fn parameters(stack: &Stack) -> Map<String, Value> {
    let mut parameters = Map::new();
    for (number, group) in stack.log_groups.iter().enumerate() {
        let parameter = log_group_parameter(group.as_ref());
        parameters.insert(numbered("LogGroupName", number), parameter);
    }
    if let Some(topic) = &stack.topic {
        add_topic_parameters(topic, &mut parameters);
    }
    parameters
}

fn add_topic_parameters(topic: &Topic, parameters: &mut Map<String, Value>) {
    let name = json!({
        "Type": "String",
        "Description": "Name of the topic that the alarms notify",
        "Default": topic.name,
    });
    parameters.insert("TopicName".into(), name);
    for number in 0..subscription_count(topic) {
        parameters.insert(numbered("Email", number), email_parameter(topic, number));
    }
}

fn log_group_parameter(group: Option<&LogGroupName>) -> Value {
    let mut parameter = json!({
        "Type": "String",
        "Description": "Name of the log group that the trail delivers to",
    });
    if let Some(group) = group {
        parameter["Default"] = group.as_str().into();
    }
    parameter
}

fn email_parameter(topic: &Topic, number: usize) -> Value {
    let address = topic.emails.get(number);
    json!({
        "Type": "String",
        "Description": "Address that the notifications are sent to, or nothing",
        "Default": address.map_or("", |address| address.as_str()),
    })
}

/// Returns the number of addresses that can be set: at least one.
fn subscription_count(topic: &Topic) -> usize {
    // An address can then be given on deployment although the export had none.
    topic.emails.len().max(1)
}

fn conditions(topic: &Topic) -> Map<String, Value> {
    let mut conditions = Map::new();
    for number in 0..subscription_count(topic) {
        // SNS refuses a subscription without an address, which would undo the whole deployment.
        let is_empty = json!({ "Fn::Equals": [{ "Ref": numbered("Email", number) }, ""] });
        conditions.insert(
            numbered("HasEmail", number),
            json!({ "Fn::Not": [is_empty] }),
        );
    }
    conditions
}

fn resources(stack: &Stack) -> Map<String, Value> {
    let ids = logical_ids(&stack.resources);
    let mut resources = Map::new();
    for (resource, id) in stack.resources.iter().zip(&ids) {
        resources.insert(id.clone(), written_resource(stack, resource, &ids));
    }
    if let Some(topic) = &stack.topic {
        add_topic(topic, &mut resources);
    }
    resources
}

fn written_resource(stack: &Stack, resource: &ExportedResource, ids: &[String]) -> Value {
    let mut written = json!({
        "Type": resource_type(resource.kind),
        "Properties": properties(stack, resource),
    });
    let needed = stack.dependencies(resource).into_iter();
    let needed: Vec<&String> = needed.filter_map(|number| ids.get(number)).collect();
    // The names of alarms in a rule are not references, so nothing else orders them (sources, X5).
    if !needed.is_empty() {
        written["DependsOn"] = json!(needed);
    }
    written
}

fn resource_type(kind: ExportedKind) -> &'static str {
    match kind {
        ExportedKind::Filter => "AWS::Logs::MetricFilter",
        ExportedKind::Alarm => "AWS::CloudWatch::Alarm",
        ExportedKind::Composite => "AWS::CloudWatch::CompositeAlarm",
        ExportedKind::MuteRule => "AWS::CloudWatch::AlarmMuteRule",
    }
}

// The policy that every topic has allows the alarms of its account to publish to it, so the
// template needs none (sources, X6).
fn add_topic(topic: &Topic, resources: &mut Map<String, Value>) {
    let written = json!({
        "Type": "AWS::SNS::Topic",
        "Properties": { "TopicName": { "Ref": "TopicName" } },
    });
    resources.insert("Topic".into(), written);
    for number in 0..subscription_count(topic) {
        resources.insert(numbered("Subscription", number), subscription(number));
    }
}

fn subscription(number: usize) -> Value {
    json!({
        "Type": "AWS::SNS::Subscription",
        "Condition": numbered("HasEmail", number),
        "Properties": {
            "TopicArn": { "Ref": "Topic" },
            "Protocol": "email",
            "Endpoint": { "Ref": numbered("Email", number) },
        },
    })
}

/// Returns a name for the first of several, and the name with a number for the others.
fn numbered(name: &str, number: usize) -> String {
    match number {
        0 => name.to_owned(),
        number => format!("{name}{}", number + 1),
    }
}

/// Returns the properties of a resource. They are the parameters of AWS's API in capitals.
fn properties(stack: &Stack, resource: &ExportedResource) -> Map<String, Value> {
    let mut properties = match resource.kind {
        ExportedKind::Filter => filter_properties(&resource.parameters),
        ExportedKind::Alarm | ExportedKind::Composite | ExportedKind::MuteRule => {
            resource.parameters.clone()
        }
    };
    if let Some(number) = stack.log_group_number(resource) {
        let reference = json!({ "Ref": numbered("LogGroupName", number) });
        properties.insert("LogGroupName".into(), reference);
    }
    for state in &resource.actions {
        if !state.actions.is_empty() {
            let actions = state.actions.iter().map(action);
            properties.insert(state.parameter.into(), actions.collect());
        }
    }
    properties
}

fn action(action: &ExportedAction) -> Value {
    match action {
        ExportedAction::Arn(arn) => arn.as_str().into(),
        ExportedAction::Topic => json!({ "Ref": "Topic" }),
    }
}

fn filter_properties(parameters: &Map<String, Value>) -> Map<String, Value> {
    let mut properties = in_capitals(parameters);
    if let Some(Value::Array(list)) = properties.get_mut("MetricTransformations") {
        for members in list.iter_mut().filter_map(Value::as_object_mut) {
            *members = transformation_properties(members);
        }
    }
    properties
}

/// Returns the properties of a transformation. Its dimensions are a map in the API, and a list of
/// pairs here.
fn transformation_properties(parameters: &Map<String, Value>) -> Map<String, Value> {
    let mut properties = in_capitals(parameters);
    if let Some(Value::Object(dimensions)) = properties.get("Dimensions") {
        let pairs = dimensions.iter();
        let pairs = pairs.map(|(name, value)| json!({ "Key": name, "Value": value }));
        let pairs: Value = pairs.collect();
        properties.insert("Dimensions".into(), pairs);
    }
    properties
}

fn in_capitals(parameters: &Map<String, Value>) -> Map<String, Value> {
    let members = parameters.iter();
    members
        .map(|(name, value)| (in_capital(name), value.clone()))
        .collect()
}

fn in_capital(name: &str) -> String {
    let mut characters = name.chars();
    match characters.next() {
        Some(first) => first.to_ascii_uppercase().to_string() + characters.as_str(),
        None => String::new(),
    }
}
