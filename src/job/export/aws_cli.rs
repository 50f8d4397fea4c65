//! Exports as shell scripts that call the AWS CLI.
//!
//! Each definition is passed as one JSON text. The CLI would take single options for something else
//! if they begin with `-`, or with `file://` or `https://` (sources, X4).

use serde_json::{Map, Value};

use super::resource::{ExportedAction, ExportedKind, ExportedResource, StateActions};
use super::stack::{Stack, Topic};

// The script stops at the first error and at a variable without a value; without globbing (`-f`), a
// `*` in an address is an ordinary character.
const HEADING: &str = "\
#!/bin/sh
# Written by backtrail. Creates what is below in the account and region of the AWS CLI, or changes
# it if it exists.
set -euf

";

/// Writes a script.
pub(super) fn write(stack: &Stack) -> serde_json::Result<String> {
    let mut script = HEADING.to_owned();
    for number in 0..stack.log_groups.len() {
        script += &log_group_variable(stack, number);
    }
    if let Some(topic) = &stack.topic {
        script += &topic_commands(topic);
    }
    for resource in &stack.resources {
        script += &command(stack, resource)?;
    }
    Ok(script)
}

/// Returns the variable for a log group. The script stops if it has no name.
fn log_group_variable(stack: &Stack, number: usize) -> String {
    let variable = log_group_name(number);
    let group = stack.log_groups.get(number).and_then(Option::as_ref);
    let name = group.map_or("", |group| group.as_str());
    format!(
        "# The log group that the trail delivers to.\n\
         {variable}={}\n\
         [ -n \"${variable}\" ] || {{ echo 'set {variable} in this script' >&2; exit 2; }}\n\n",
        quoted(name)
    )
}

fn log_group_name(number: usize) -> String {
    match number {
        0 => "log_group_name".to_owned(),
        number => format!("log_group_name_{}", number + 1),
    }
}

/// Returns the commands that create the topic and its subscriptions. Nothing in an address splits
/// it into words.
fn topic_commands(topic: &Topic) -> String {
    // `create-topic` returns the ARN of a topic that exists, so the script can run again.
    let emails: Vec<&str> = topic.emails.iter().map(|email| email.as_str()).collect();
    format!(
        "# The topic that the alarms notify.\n\
         topic_name={}\n\
         # The addresses that the notifications are sent to, with spaces between them.\n\
         emails={}\n\n\
         topic_arn=$(aws sns create-topic --name \"$topic_name\" --query TopicArn --output text)\n\
         for email in $emails; do\n    \
             aws sns subscribe --topic-arn \"$topic_arn\" --protocol email \\\n        \
                 --notification-endpoint \"$email\"\n\
         done\n\n",
        quoted(&topic.name),
        quoted(&emails.join(" "))
    )
}

fn command(stack: &Stack, resource: &ExportedResource) -> serde_json::Result<String> {
    let mut input = resource.parameters.clone();
    let mut options = String::new();
    if let Some(number) = stack.log_group_number(resource) {
        options += &format!(" \\\n    --log-group-name \"${}\"", log_group_name(number));
    }
    for state in &resource.actions {
        add_actions(state, &mut input, &mut options);
    }
    let input = serde_json::to_string_pretty(&input)?;
    let (command, input) = (command_name(resource.kind), quoted(&input));
    Ok(format!("{command} --cli-input-json {input}{options}\n\n"))
}

fn command_name(kind: ExportedKind) -> &'static str {
    match kind {
        ExportedKind::Filter => "aws logs put-metric-filter",
        ExportedKind::Alarm => "aws cloudwatch put-metric-alarm",
        ExportedKind::Composite => "aws cloudwatch put-composite-alarm",
        ExportedKind::MuteRule => "aws cloudwatch put-alarm-mute-rule",
    }
}

/// Adds the actions to the JSON text; or, since the ARN of the topic is known only to the script,
/// as an option.
fn add_actions(state: &StateActions, input: &mut Map<String, Value>, options: &mut String) {
    if state.actions.contains(&ExportedAction::Topic) {
        *options += &actions_option(state);
    } else if !state.actions.is_empty() {
        let arns = state.actions.iter().filter_map(arn);
        input.insert(state.parameter.into(), arns.collect());
    }
}

fn actions_option(state: &StateActions) -> String {
    let mut option = format!(" \\\n    {}", option_name(state.parameter));
    for action in &state.actions {
        option += &format!(" {}", action_argument(action));
    }
    option
}

fn option_name(parameter: &str) -> &'static str {
    match parameter {
        "OKActions" => "--ok-actions",
        "AlarmActions" => "--alarm-actions",
        _ => "--insufficient-data-actions",
    }
}

fn action_argument(action: &ExportedAction) -> String {
    match action {
        ExportedAction::Arn(arn) => quoted(arn),
        ExportedAction::Topic => "\"$topic_arn\"".to_owned(),
    }
}

fn arn(action: &ExportedAction) -> Option<&str> {
    match action {
        ExportedAction::Arn(arn) => Some(arn),
        ExportedAction::Topic => None,
    }
}

/// Returns a text as one word of the shell, in which no character has a meaning.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
