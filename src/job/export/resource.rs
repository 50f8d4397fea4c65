//! The resources of an export, with the parameters of AWS's API.

use serde::Serialize;
use serde_json::{Map, Number, Value};

use super::error::ExportError;
use super::log_group::LogGroupName;
use super::names::{check_alarm_name, check_filter_name, check_mute_rule_name};
use super::options::ExportOptions;
use crate::alarm::AlarmConfiguration;
use crate::alarm::definition::actions::Actions;
use crate::alarm::definition::composite::CompositeAlarm;
use crate::alarm::definition::mute::MuteRule;
use crate::job::alarms::WrittenAlarm;
use crate::job::composites::WrittenComposite;
use crate::job::definitions::Definitions;
use crate::job::filters::{DefinedFilter, WrittenFilter};
use crate::job::mutes::WrittenMuteRule;
use crate::text::printable;

/// The placeholders of the topic in templates and in configurations that this program wrote.
const TOPIC_PLACEHOLDERS: [&str; 2] = ["${Topic}", "${aws_sns_topic.alarms.arn}"];

/// The greatest number below which every whole number is exactly a double.
const EXACT_INTEGERS: f64 = 9_007_199_254_740_992.0;

/// The kind of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
// The order of the kinds is that of deployment: each may refer to those before it.
pub(super) enum ExportedKind {
    Filter,
    Alarm,
    Composite,
    MuteRule,
}

/// An action of an alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ExportedAction {
    /// A resource that exists, by its ARN.
    Arn(String),
    /// The topic of the export.
    Topic,
}

/// The actions of an alarm on a change to one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StateActions {
    /// The parameter of the API.
    pub(super) parameter: &'static str,
    pub(super) actions: Vec<ExportedAction>,
}

/// A definition as the parameters of the request that creates it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ExportedResource {
    pub(super) kind: ExportedKind,
    pub(super) name: String,
    /// The parameters, except for the log group and the actions.
    pub(super) parameters: Map<String, Value>,
    /// The log group of a metric filter, where it is known.
    pub(super) log_group: Option<LogGroupName>,
    /// The actions of an alarm, by the state; none for other kinds.
    pub(super) actions: Vec<StateActions>,
    /// The names of the alarms that it refers to.
    pub(super) alarm_names: Vec<String>,
}

impl ExportedKind {
    /// Returns the words for the kind.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Filter => "metric filter",
            Self::Alarm => "alarm",
            Self::Composite => "composite alarm",
            Self::MuteRule => "mute rule",
        }
    }

    /// Returns whether it is an alarm of either kind. CloudWatch has one alarm of a name.
    pub(super) fn is_alarm(self) -> bool {
        matches!(self, Self::Alarm | Self::Composite)
    }
}

impl ExportedResource {
    /// Returns the message that the resource is left out.
    pub(super) fn left_out(&self, reason: &str) -> String {
        let (kind, name) = (self.kind.words(), printable(&self.name));
        format!("{kind} `{name}` is left out: {reason}")
    }

    /// Returns whether one of its actions is the topic of the export.
    pub(super) fn notifies_topic(&self) -> bool {
        let mut actions = self.actions.iter().flat_map(|state| &state.actions);
        actions.any(|action| *action == ExportedAction::Topic)
    }

    fn new(kind: ExportedKind, name: &str, written: impl Serialize) -> Result<Self, ExportError> {
        Ok(Self {
            kind,
            name: name.to_owned(),
            parameters: parameters(written)?,
            log_group: None,
            actions: Vec::new(),
            alarm_names: Vec::new(),
        })
    }

    /// Moves the actions out of the parameters.
    fn take_actions(&mut self, actions: &Actions, warnings: &mut Vec<String>) {
        for (parameter, texts) in [
            ("OKActions", &actions.ok),
            ("AlarmActions", &actions.alarm),
            ("InsufficientDataActions", &actions.insufficient_data),
        ] {
            self.parameters.remove(parameter);
            let actions = self.known_actions(texts, warnings);
            self.actions.push(StateActions { parameter, actions });
        }
    }

    /// Returns the actions with the topic in place of those that have no ARN.
    fn known_actions(&self, texts: &[String], warnings: &mut Vec<String>) -> Vec<ExportedAction> {
        let mut actions = Vec::new();
        for text in texts {
            let action = self.known_action(text, warnings);
            if !actions.contains(&action) {
                actions.push(action);
            }
        }
        actions
    }

    fn known_action(&self, text: &str, warnings: &mut Vec<String>) -> ExportedAction {
        if text.starts_with("arn:") {
            return ExportedAction::Arn(text.to_owned());
        }
        // The topic of an earlier export is replaced by that of this one, so nothing is lost.
        if !TOPIC_PLACEHOLDERS.contains(&text) {
            let (kind, name, text) = (self.kind.words(), printable(&self.name), printable(text));
            warnings.push(format!(
                "{kind} `{name}`: the action `{text}` is not an ARN, so the topic of the export \
                 replaces it"
            ));
        }
        ExportedAction::Topic
    }

    /// Lets an alarm notify the topic, unless it is the child of a composite alarm.
    fn notify_unless_child(&mut self, alarm_name: &str, children: &[&str]) {
        // The composite alarm notifies in place of its children, which would notify once more each.
        if !children.contains(&alarm_name) {
            self.notify_topic();
        }
    }

    /// Makes the topic the action on a change to ALARM if there is none.
    fn notify_topic(&mut self) {
        for state in &mut self.actions {
            if state.parameter == "AlarmActions" && state.actions.is_empty() {
                state.actions.push(ExportedAction::Topic);
            }
        }
    }
}

/// Returns the resources that definitions make, in their order.
pub(super) fn resources(
    definitions: &Definitions,
    options: &ExportOptions,
    warnings: &mut Vec<String>,
) -> Result<Vec<ExportedResource>, ExportError> {
    let mut resources = Vec::new();
    for filter in &definitions.filters {
        resources.push(filter_resource(filter, options)?);
    }
    let children = children(definitions);
    for alarm in &definitions.alarms {
        let alarm = options.changes.changed(&alarm.configuration)?;
        resources.push(alarm_resource(&alarm, &children, warnings)?);
    }
    for composite in &definitions.composites {
        resources.push(composite_resource(&composite.alarm, &children, warnings)?);
    }
    for rule in &definitions.mute_rules {
        resources.push(mute_rule_resource(rule)?);
    }
    Ok(resources)
}

fn filter_resource(
    filter: &DefinedFilter,
    options: &ExportOptions,
) -> Result<ExportedResource, ExportError> {
    check_filter_name(&filter.name)?;
    if let Err(error) = filter.filter.check() {
        let name = filter.name.clone();
        return Err(ExportError::Filter { name, error });
    }
    let written = WrittenFilter::from_defined(filter);
    let mut resource = ExportedResource::new(ExportedKind::Filter, &filter.name, written)?;
    let own = resource.parameters.remove("logGroupName");
    resource.log_group = match &options.log_group {
        Some(given) => Some(given.clone()),
        // A placeholder, which is not the name of a log group, is a parameter of the export again.
        None => own.and_then(|own| own.as_str()?.parse().ok()),
    };
    Ok(resource)
}

fn alarm_resource(
    alarm: &AlarmConfiguration,
    children: &[&str],
    warnings: &mut Vec<String>,
) -> Result<ExportedResource, ExportError> {
    check_alarm_name(&alarm.alarm_name)?;
    let written = WrittenAlarm::from_configuration(alarm);
    let mut resource = ExportedResource::new(ExportedKind::Alarm, &alarm.alarm_name, written)?;
    resource.take_actions(&alarm.actions, warnings);
    resource.notify_unless_child(&alarm.alarm_name, children);
    Ok(resource)
}

fn composite_resource(
    alarm: &CompositeAlarm,
    children: &[&str],
    warnings: &mut Vec<String>,
) -> Result<ExportedResource, ExportError> {
    check_alarm_name(&alarm.alarm_name)?;
    let written = WrittenComposite::from_alarm(alarm);
    let mut resource = ExportedResource::new(ExportedKind::Composite, &alarm.alarm_name, written)?;
    resource.take_actions(&alarm.actions, warnings);
    resource.notify_unless_child(&alarm.alarm_name, children);
    resource.alarm_names = referred(alarm);
    Ok(resource)
}

fn mute_rule_resource(rule: &MuteRule) -> Result<ExportedResource, ExportError> {
    check_mute_rule_name(&rule.name)?;
    let written = WrittenMuteRule::from_rule(rule);
    let mut resource = ExportedResource::new(ExportedKind::MuteRule, &rule.name, written)?;
    resource.alarm_names = rule.alarm_names.clone();
    Ok(resource)
}

/// Returns the names of the alarms that composite alarms refer to.
fn children(definitions: &Definitions) -> Vec<&str> {
    let mut children = Vec::new();
    for composite in &definitions.composites {
        children.extend(composite.alarm.rule.children().iter().map(String::as_str));
        let suppressor = composite.alarm.suppressor.as_ref();
        children.extend(suppressor.map(|suppressor| suppressor.alarm_name.as_str()));
    }
    children
}

fn referred(alarm: &CompositeAlarm) -> Vec<String> {
    alarm.needed_alarms().map(str::to_owned).collect()
}

/// Returns the members that a definition is written as.
fn parameters(written: impl Serialize) -> Result<Map<String, Value>, ExportError> {
    match serde_json::to_value(written)? {
        Value::Object(mut members) => {
            members.values_mut().for_each(write_plainly);
            Ok(members)
        }
        // Definitions are written as objects, so there is nothing else to return.
        _ => Ok(Map::new()),
    }
}

/// Writes whole numbers without a fraction, as people do.
fn write_plainly(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(integer) = whole(number) {
                *value = integer.into();
            }
        }
        Value::Array(list) => list.iter_mut().for_each(write_plainly),
        Value::Object(members) => members.values_mut().for_each(write_plainly),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

fn whole(number: &Number) -> Option<i64> {
    let double = number.as_f64().filter(|_| number.is_f64())?;
    let is_exact = double.fract() == 0.0 && double.abs() < EXACT_INTEGERS;
    is_exact.then_some(double as i64)
}
