//! The names of resources within a file: logical IDs of CloudFormation and labels of Terraform.

use std::collections::BTreeSet;

use super::resource::{ExportedKind, ExportedResource};

/// The most characters of a name that a label takes. CloudFormation allows 255, and a kind and a
/// number may follow.
const LONGEST: usize = 200;

/// Returns a logical ID for each resource: letters and digits, and unique.
pub(super) fn logical_ids(resources: &[ExportedResource]) -> Vec<String> {
    unique(resources.iter().map(logical_id), "")
}

/// Returns a label of Terraform for each resource, unique among all.
pub(super) fn terraform_labels(resources: &[ExportedResource]) -> Vec<String> {
    unique(resources.iter().map(terraform_label), "_")
}

fn unique(labels: impl Iterator<Item = String>, separator: &str) -> Vec<String> {
    let mut used = BTreeSet::new();
    let labels = labels.map(|label| unused(label, separator, &mut used));
    labels.collect()
}

/// Returns a label, with a number if it is used already.
fn unused(label: String, separator: &str, used: &mut BTreeSet<String>) -> String {
    let mut candidate = label.clone();
    let mut number = 1;
    // A label with a number may be that of another resource, so each candidate is tried.
    while !used.insert(candidate.clone()) {
        number += 1;
        candidate = format!("{label}{separator}{number}");
    }
    candidate
}

fn logical_id(resource: &ExportedResource) -> String {
    let mut id = in_camel_case(&resource.name);
    id.truncate(LONGEST);
    let suffix = suffix(resource.kind);
    // No two kinds share an ID, and none has that of the topic or its subscription.
    if !id.ends_with(suffix) {
        id += suffix;
    }
    id
}

fn in_camel_case(name: &str) -> String {
    let mut id = String::new();
    for word in words(name) {
        // Words are ASCII, so a character is a byte, here and where the label is cut.
        let (first, rest) = word.split_at(1);
        id += &first.to_ascii_uppercase();
        id += rest;
    }
    id
}

fn suffix(kind: ExportedKind) -> &'static str {
    match kind {
        ExportedKind::Filter => "Filter",
        ExportedKind::Alarm | ExportedKind::Composite => "Alarm",
        ExportedKind::MuteRule => "MuteRule",
    }
}

/// Returns a label in the form that is usual: words in lower case, joined by `_`.
fn terraform_label(resource: &ExportedResource) -> String {
    let mut label = String::new();
    for word in words(&resource.name) {
        push_in_lower_case(&mut label, word);
    }
    label.truncate(LONGEST);
    // A label begins with a letter or `_`.
    match label.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => label,
        _ => format!("{}_{label}", suffix(resource.kind).to_ascii_lowercase()),
    }
}

/// Adds a word, with a `_` before each capital that follows a small letter or a digit.
fn push_in_lower_case(label: &mut String, word: &str) {
    let mut previous = None;
    for character in word.chars() {
        let begins_word = match previous {
            None => !label.is_empty(),
            Some(previous) => is_small(previous) && character.is_ascii_uppercase(),
        };
        if begins_word {
            label.push('_');
        }
        label.push(character.to_ascii_lowercase());
        previous = Some(character);
    }
}

fn is_small(character: char) -> bool {
    character.is_ascii_lowercase() || character.is_ascii_digit()
}

/// Returns the runs of letters and digits in a name.
fn words(name: &str) -> impl Iterator<Item = &str> {
    let words = name.split(|character: char| !character.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(kind: ExportedKind, name: &str) -> ExportedResource {
        ExportedResource {
            kind,
            name: name.to_owned(),
            parameters: serde_json::Map::new(),
            log_group: None,
            actions: Vec::new(),
            alarm_names: Vec::new(),
        }
    }

    #[test]
    fn labels_are_valid_and_unique() {
        let resources = [
            resource(ExportedKind::Filter, "cis-1.2-route table"),
            resource(ExportedKind::Alarm, "AttemptsToAccessSecretsAlarm"),
            resource(ExportedKind::Composite, "attempts to access secrets"),
            resource(ExportedKind::Alarm, "AttemptsToAccessSecrets"),
            resource(ExportedKind::Alarm, "日本"),
            resource(ExportedKind::MuteRule, "${Topic}\n"),
            resource(ExportedKind::Filter, "1KMSKey"),
        ];
        let ids = [
            "Cis12RouteTableFilter",
            "AttemptsToAccessSecretsAlarm",
            "AttemptsToAccessSecretsAlarm2",
            "AttemptsToAccessSecretsAlarm3",
            "Alarm",
            "TopicMuteRule",
            "1KMSKeyFilter",
        ];
        assert_eq!(logical_ids(&resources), ids);
        let labels = [
            "cis_1_2_route_table",
            "attempts_to_access_secrets_alarm",
            "attempts_to_access_secrets",
            "attempts_to_access_secrets_2",
            "alarm_",
            "topic",
            "filter_1_kmskey",
        ];
        assert_eq!(terraform_labels(&resources), labels);
    }
}
