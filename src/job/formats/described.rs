//! Definitions as AWS describes and takes them: the output of `describe-alarms`,
//! `describe-metric-filters` and `get-alarm-mute-rule`, lists of their items, and single items.

use serde_json::{Map, Value};

use super::DefinitionFormat;
use crate::job::fault::{Fault, FaultPlace};
use crate::job::found::{DefinitionEntry, EntryKind, FileDefinitions};

/// The lists of definitions by their names, in the output of AWS and as in job files.
const LISTS: [(&str, EntryKind); 8] = [
    ("MetricAlarms", EntryKind::Alarm),
    ("alarm", EntryKind::Alarm),
    ("metricFilters", EntryKind::Filter),
    ("metric-filter", EntryKind::Filter),
    ("CompositeAlarms", EntryKind::Composite),
    ("composite-alarm", EntryKind::Composite),
    ("LogAlarms", EntryKind::LogAlarm),
    ("mute-rule", EntryKind::MuteRule),
];

/// The fields that only a metric filter has.
const FILTER_FIELDS: [&str; 4] = [
    "filterPattern",
    "FilterPattern",
    "metricTransformations",
    "MetricTransformations",
];

/// The members that say that AWS has more, as its services and the AWS CLI call them.
const TOKENS: [&str; 2] = ["nextToken", "NextToken"];

pub(super) const FORMAT: DefinitionFormat = DefinitionFormat {
    is_recognised,
    read: |tree, _| read(tree),
};

fn is_recognised(tree: &Value) -> bool {
    match tree {
        // Items of other kinds after the first are left out one by one, each with its place.
        Value::Array(items) => items.first().is_some_and(is_definition),
        other => is_definition(other),
    }
}

fn is_definition(item: &Value) -> bool {
    let members = item.as_object();
    kind(item).is_some() || members.is_some_and(|members| members.keys().any(is_list))
}

fn is_list(name: &String) -> bool {
    LISTS.iter().any(|(list, _)| list == name)
}

/// Returns the kind of a single definition.
fn kind(item: &Value) -> Option<EntryKind> {
    let has = |name: &str| item.get(name).is_some();
    match has("AlarmName") {
        // Every kind of alarm has a name, so the fields that only one kind has decide first.
        true if has("AlarmRule") => Some(EntryKind::Composite),
        true if has("ScheduledQueryConfiguration") => Some(EntryKind::LogAlarm),
        true => Some(EntryKind::Alarm),
        false if has("Name") && has("Rule") => Some(EntryKind::MuteRule),
        // The API begins these with small letters, CloudFormation and PowerShell with capitals.
        false if FILTER_FIELDS.into_iter().any(has) => Some(EntryKind::Filter),
        false => None,
    }
}

fn read(tree: &Value) -> Result<FileDefinitions, Fault> {
    let mut found = FileDefinitions::default();
    let items = match tree {
        Value::Array(items) => items.as_slice(),
        single => std::slice::from_ref(single),
    };
    found.add_items(items)?;
    found.notes.extend(warn_of_truncation(items));
    Ok(found)
}

/// Returns a warning for each page that is not the last one, and that no further page follows.
fn warn_of_truncation(pages: &[Value]) -> Vec<String> {
    let mut warnings = Vec::new();
    for (index, page) in pages.iter().enumerate() {
        let lists = LISTS.iter().map(|(list, _)| *list);
        let lists: Vec<&str> = lists.filter(|list| page.get(list).is_some()).collect();
        let mut later = pages.iter().skip(index + 1);
        let is_continued = later.any(|page| lists.iter().any(|list| page.get(list).is_some()));
        if let (Some(token), [list, ..], false) = (token(page), lists.as_slice(), is_continued) {
            warnings.push(format!(
                "`{list}` is only a part of what AWS has (`{token}`): give the further pages as \
                 well, in the same file"
            ));
        }
    }
    warnings
}

/// Returns the name of the token of a page that is not the last one.
fn token(page: &Value) -> Option<&'static str> {
    TOKENS.into_iter().find(|name| has_text(page, name))
}

fn has_text(page: &Value, name: &str) -> bool {
    let text = page.get(name).and_then(Value::as_str);
    text.is_some_and(|text| !text.is_empty())
}

impl FileDefinitions {
    fn add_lists(&mut self, members: &Map<String, Value>) -> Result<(), Fault> {
        for (list, kind) in LISTS {
            match members.get(list) {
                // The option `--query` of the AWS CLI prints null for a list that is not there.
                None | Some(Value::Null) => {}
                Some(Value::Array(items)) => self.add_list(list, kind, items),
                Some(_) => return Err(format!("`{list}` is not a list").into()),
            }
        }
        let unknown = members.keys().filter(|name| !is_list(name));
        self.unknown.extend(unknown.cloned());
        Ok(())
    }

    fn add_list(&mut self, list: &str, kind: EntryKind, items: &[Value]) {
        for (index, item) in items.iter().enumerate() {
            self.add_item(&format!("{list}.{index}"), kind, item);
        }
    }

    /// Adds items, each of which shows its kind, or holds lists of definitions.
    fn add_items(&mut self, items: &[Value]) -> Result<(), Fault> {
        for (index, item) in items.iter().enumerate() {
            match (kind(item), item) {
                (Some(kind), _) => self.add_item(&index.to_string(), kind, item),
                (None, Value::Object(members)) if is_definition(item) => self.add_lists(members)?,
                (None, _) => {
                    self.leave_out(FaultPlace::Part(index.to_string()), NO_KIND.to_owned())
                }
            }
        }
        Ok(())
    }

    fn add_item(&mut self, path: &str, kind: EntryKind, item: &Value) {
        let Value::Object(fields) = item else {
            return self.leave_out(FaultPlace::Part(path.to_owned()), NO_KIND.to_owned());
        };
        self.entries.push(DefinitionEntry {
            kind,
            place: place(kind, fields).unwrap_or_else(|| FaultPlace::Part(path.to_owned())),
            path: path.to_owned(),
            fields: fields.clone(),
        });
    }
}

const NO_KIND: &str = "it is not an alarm, a metric filter or a mute rule";

/// Returns the place of a definition by its name, if it has one.
fn place(kind: EntryKind, fields: &Map<String, Value>) -> Option<FaultPlace> {
    let name = |field: &str| fields.get(field).and_then(Value::as_str).map(str::to_owned);
    match kind {
        EntryKind::Alarm | EntryKind::LogAlarm => name("AlarmName").map(FaultPlace::Alarm),
        EntryKind::Composite => name("AlarmName").map(FaultPlace::CompositeAlarm),
        EntryKind::Filter => {
            let name = name("filterName").or_else(|| name("FilterName"));
            name.map(FaultPlace::MetricFilter)
        }
        EntryKind::MuteRule => name("Name").map(FaultPlace::MuteRule),
    }
}
