//! Everything that an export deploys.

use super::email_address::EmailAddress;
use super::log_group::LogGroupName;
use super::options::ExportOptions;
use super::resource::{ExportedKind, ExportedResource};

/// The longest name of a topic (API, `CreateTopic`).
const TOPIC_NAME_LIMIT: usize = 256;

/// The resources of an export, and what is set on its deployment.
#[derive(Debug)]
pub(super) struct Stack {
    /// The resources, each after those that it refers to.
    pub(super) resources: Vec<ExportedResource>,
    /// The log groups of the metric filters. One without a name is set on deployment.
    pub(super) log_groups: Vec<Option<LogGroupName>>,
    /// The topic, if an alarm notifies it.
    pub(super) topic: Option<Topic>,
}

/// The topic that alarms without actions notify.
#[derive(Debug)]
pub(super) struct Topic {
    pub(super) name: String,
    pub(super) emails: Vec<EmailAddress>,
}

const UNUSED_EMAIL: &str = "--email is not used: each alarm has actions of its own";

impl Stack {
    pub(super) fn new(
        resources: Vec<ExportedResource>,
        options: &ExportOptions,
        warnings: &mut Vec<String>,
    ) -> Self {
        let topic = Topic::new(&resources, &options.email);
        if topic.is_none() && !options.email.is_empty() {
            warnings.push(UNUSED_EMAIL.to_owned());
        }
        Self {
            log_groups: log_groups(&resources),
            topic,
            resources,
        }
    }

    /// Returns the number of the log group of a metric filter; `None` for other resources.
    pub(super) fn log_group_number(&self, resource: &ExportedResource) -> Option<usize> {
        if resource.kind != ExportedKind::Filter {
            return None;
        }
        let mut groups = self.log_groups.iter();
        groups.position(|group| *group == resource.log_group)
    }

    /// Returns the numbers of the resources that a resource refers to.
    pub(super) fn dependencies(&self, resource: &ExportedResource) -> Vec<usize> {
        let mut numbers = Vec::new();
        for (number, other) in self.resources.iter().enumerate() {
            if other.kind.is_alarm() && resource.alarm_names.contains(&other.name) {
                numbers.push(number);
            }
        }
        numbers
    }
}

impl Topic {
    fn new(resources: &[ExportedResource], emails: &[EmailAddress]) -> Option<Self> {
        let mut resources = resources.iter();
        let first = resources.find(|resource| resource.notifies_topic())?;
        Some(Self {
            name: topic_name(&first.name),
            emails: emails.to_vec(),
        })
    }
}

/// Returns the name of the topic, after the first alarm that notifies it: two exports of different
/// alarms can then be deployed beside each other.
fn topic_name(alarm_name: &str) -> String {
    let allowed = alarm_name.chars().map(allowed_in_topic_name);
    allowed.take(TOPIC_NAME_LIMIT).collect()
}

fn allowed_in_topic_name(character: char) -> char {
    match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => character,
        _ => '-',
    }
}

/// Returns the log groups of metric filters, each once.
fn log_groups(resources: &[ExportedResource]) -> Vec<Option<LogGroupName>> {
    let mut groups = Vec::new();
    for resource in resources {
        if resource.kind == ExportedKind::Filter && !groups.contains(&resource.log_group) {
            groups.push(resource.log_group.clone());
        }
    }
    groups
}
