//! Records from rows and objects that name the fields in another spelling or schema.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::accounts;
use super::cells;
use super::ecs;
use super::names;
use super::ocsf;
use super::paths::insert_at;
use super::standing::{Standing, are_mapped, is_of_caller};
use crate::cloudtrail::record::is_event_id;
use crate::container::record_text::RecordText;
use crate::container::remarks::{MappedSchema, Remarks};
use crate::json;

/// The members of a record as CloudTrail writes it.
const RECORD_MEMBERS: [&str; 3] = ["eventTime", "eventSource", "eventName"];

/// A record that was made from a row or an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MappedRecord {
    /// The JSON text of the record.
    pub(crate) text: String,
    /// The notable things about the mapping.
    pub(crate) remarks: Remarks,
}

impl MappedRecord {
    /// Returns the record that is left of one in another schema.
    fn from_schema(schema: MappedSchema, record: Map<String, Value>) -> Self {
        let remarks = Remarks {
            mapped_from: Some(schema),
            has_printed_structure: keeps_printed_structure(&record),
            ..Remarks::default()
        };
        Self {
            text: Value::Object(record).to_string(),
            remarks,
        }
    }
}

impl<'a> From<MappedRecord> for RecordText<'a> {
    fn from(mapped: MappedRecord) -> Self {
        Self {
            remarks: mapped.remarks.boxed(),
            ..Self::unwrapped(mapped.text)
        }
    }
}

/// Returns the record in an object that is not written as CloudTrail writes it: with names in lower
/// case or with underscores, or as an event of OCSF, the schema of Security Lake. Returns nothing
/// for an object that is not a record in any of these forms.
///
/// The members are those of the object, each with the text of its value.
pub(crate) fn record_from_object(members: &[(Cow<'_, str>, &str)]) -> Option<MappedRecord> {
    // Most objects are not records, so their names are looked at before any value is parsed.
    let names = || members.iter().map(|(name, _)| name.as_ref());
    if ecs::may_be_document(names())
        && let Some(record) = record_from_document(members)
    {
        return Some(record);
    }
    if !are_mapped(names()) {
        return None;
    }
    let mut row = Map::new();
    let mut as_written = Vec::new();
    for (name, value) in members {
        match is_as_written(name, value) {
            true => as_written.push((name.as_ref(), *value)),
            false => {
                let value = serde_json::from_str(value).ok()?;
                row.insert(name.as_ref().to_owned(), value);
            }
        }
    }
    let mut record = record_from_row(row)?;
    append(&mut record.text, &as_written);
    Some(record)
}

/// Returns the record in a document of the Elastic Common Schema: the text that it was made of, or
/// what is left of it.
fn record_from_document(members: &[(Cow<'_, str>, &str)]) -> Option<MappedRecord> {
    let mut document = Map::new();
    for (name, value) in members {
        let value = serde_json::from_str(value).ok()?;
        document.insert(name.as_ref().to_owned(), value);
    }
    let record = ecs::record(&document)?;
    let identifier = record.get("eventID").and_then(Value::as_str);
    let original = ecs::original(&document)
        .and_then(|text| record_in(&text))
        .filter(|text| is_of_event(text, identifier.unwrap_or_default()));
    if let Some(text) = original {
        let remarks = Remarks::default();
        return Some(MappedRecord { text, remarks });
    }
    Some(MappedRecord::from_schema(MappedSchema::Ecs, record))
}

/// Returns the record in an object whose names are those of CloudTrail, and in part of the form
/// `userIdentity.arn`; nothing if no name has that form.
pub(crate) fn record_from_flattened(members: &[(Cow<'_, str>, &str)]) -> Option<MappedRecord> {
    let has_flattened = members.iter().any(|(name, _)| is_flattened(name));
    has_flattened.then(|| record_from_object(members)).flatten()
}

/// Returns the text of a record in which structures that are texts are structures again, and a time
/// that is a structure is a text; nothing if there are none. Names and all other values stay as
/// they are written.
pub(crate) fn with_structures(members: &[(Cow<'_, str>, &str)]) -> Option<String> {
    let structures: Vec<Option<String>> = members
        .iter()
        .map(|(name, value)| time_in(name, value).or_else(|| structure_in(name, value)))
        .collect();
    if structures.iter().all(Option::is_none) {
        return None;
    }
    let mut text = String::from("{}");
    for ((name, value), structure) in members.iter().zip(&structures) {
        append(&mut text, &[(name, structure.as_deref().unwrap_or(value))]);
    }
    Some(text)
}

/// Returns the time that the member of a record holds as a structure.
fn time_in(name: &str, value: &str) -> Option<String> {
    let is_structure = name == "eventTime" && value.starts_with('{');
    let structure = is_structure.then(|| serde_json::from_str(value).ok())??;
    let time = cells::field_value(name, structure)?;
    time.is_string().then(|| time.to_string())
}

/// The fields of a record that say who called, and for what.
const NEEDED_STRUCTURES: [&str; 2] = ["userIdentity", "requestParameters"];

/// Returns true if the identity or the request in a record is a text that was a structure, and
/// cannot be read as one.
pub(crate) fn has_printed_structure(members: &[(Cow<'_, str>, &str)]) -> bool {
    members.iter().any(|(name, value)| {
        let is_needed = NEEDED_STRUCTURES.contains(&name.as_ref());
        is_needed && is_printed(unquoted(value)) && structure_in(name, value).is_none()
    })
}

/// Returns true if a record has such a text.
fn keeps_printed_structure(record: &Map<String, Value>) -> bool {
    let fields = NEEDED_STRUCTURES.iter();
    let mut texts = fields.filter_map(|name| record.get(*name)?.as_str());
    texts.any(is_printed)
}

fn is_printed(text: &str) -> bool {
    text.starts_with(['{', '[']) || text.starts_with("@{")
}

/// Returns the text of a string without its quotes; nothing for another value.
fn unquoted(raw: &str) -> &str {
    raw.strip_prefix('"').unwrap_or_default()
}

/// Returns the structure that a field of a record holds as text.
fn structure_in(name: &str, value: &str) -> Option<String> {
    let may_be_text = names::field(name) == Some(name)
        && (names::is_structured(name) || names::is_of_services(name));
    if !may_be_text || !value.starts_with('"') {
        return None;
    }
    let text = serde_json::from_str(value).ok()?;
    let structure = cells::field_value(name, text)?;
    (structure.is_object() || structure.is_array()).then(|| structure.to_string())
}

/// Returns true if the value of a member is the same in a record. Its numbers keep the characters
/// that they are written with, which patterns compare.
fn is_as_written(name: &str, value: &str) -> bool {
    let is_spelled = names::field(name) == Some(name);
    is_spelled && names::is_of_services(name) && value.starts_with('{')
}

/// Adds members to the text of an object.
fn append(object: &mut String, members: &[(&str, &str)]) {
    for (name, value) in members {
        object.pop();
        if object.len() > 1 {
            object.push(',');
        }
        let name = Value::from(*name);
        object.push_str(&format!("{name}:{value}}}"));
    }
}

/// Returns the record in a row, whose cells are named by their columns; nothing for a row that
/// holds none.
pub(crate) fn record_from_row(row: Map<String, Value>) -> Option<MappedRecord> {
    // A whole record has everything, and the columns beside it were made from it.
    if let Some(text) = whole_record(&row) {
        let remarks = Remarks::default();
        return Some(MappedRecord { text, remarks });
    }
    let row = unflattened(row);
    if names::are_of_records(row.keys().map(String::as_str)) {
        return Some(record_from_columns(row));
    }
    if let Some(record) = ocsf::record(&row) {
        return Some(MappedRecord::from_schema(MappedSchema::Ocsf, record));
    }
    let record = ecs::record(&row)?;
    Some(MappedRecord::from_schema(MappedSchema::Ecs, record))
}

/// Returns true if a row is a record by the names of its columns, or holds one whole in a cell.
pub(super) fn is_record_row(row: &Map<String, Value>) -> bool {
    let names = row.keys().map(String::as_str);
    names::are_of_records(names::top_names(names)) || whole_record(row).is_some()
}

/// Returns true if a row may be an event of OCSF.
pub(super) fn may_be_ocsf(row: &Map<String, Value>) -> bool {
    ocsf::are_of_events(row.keys().map(String::as_str))
}

/// Returns the record that one cell of a row holds whole, beside columns that were made from it.
fn whole_record(row: &Map<String, Value>) -> Option<String> {
    let standing = Standing::of_names(row.keys().map(String::as_str));
    let identifier = identifier(row);
    row.iter().find_map(|(name, cell)| {
        let text = record_in(cell).filter(|_| !is_of_caller(name))?;
        let is_whole = match standing.may_hold_record(name) {
            true => names_event(&text, identifier),
            false => is_of_event(&text, identifier),
        };
        is_whole.then_some(text)
    })
}

/// Returns the text of the record that a cell holds.
fn record_in(cell: &Value) -> Option<String> {
    let text = match cell {
        Value::String(text) if text.trim_start().starts_with('{') => text.trim().to_owned(),
        Value::Object(members) if is_record(|name| members.contains_key(name)) => cell.to_string(),
        _ => return None,
    };
    let members = json::members(&text).ok()?;
    is_record(|name| members.iter().any(|(member, _)| member == name)).then_some(text)
}

/// Returns the identifier of the event that a row is of; nothing if it has none.
fn identifier(row: &Map<String, Value>) -> &str {
    let mut identifiers = row
        .iter()
        .filter(|(name, _)| names::field(name) == Some("eventID"));
    let identifier = identifiers.find_map(|(_, value)| value.as_str());
    identifier.unwrap_or_default()
}

/// Returns true if a text is a record of the event with this identifier, which no caller can know
/// in advance. Then its name does not matter.
pub(crate) fn is_of_event(text: &str, identifier: &str) -> bool {
    let has_identifier = |members: Vec<(Cow<'_, str>, &str)>| {
        let mut own = members.iter().filter(|(name, _)| name == "eventID");
        own.any(|(_, value)| value.trim_matches('"') == identifier)
    };
    is_event_id(identifier) && json::members(text).is_ok_and(has_identifier)
}

/// Returns true if a text has the identifier of an event, or if that says nothing.
pub(crate) fn names_event(text: &str, identifier: &str) -> bool {
    !is_event_id(identifier) || text.contains(identifier)
}

fn is_record(has: impl Fn(&str) -> bool) -> bool {
    RECORD_MEMBERS.iter().all(|name| has(name))
}

/// Returns the record of a row with a column for each field.
pub(super) fn record_from_columns(row: Map<String, Value>) -> MappedRecord {
    let mut columns = MappedColumns::default();
    for (column, value) in row {
        columns.add(column, value);
    }
    columns.finish()
}

/// The columns of a row, as they are mapped one by one.
#[derive(Default)]
struct MappedColumns {
    record: Map<String, Value>,
    /// The value of the column `region`, which is the one of the record or another.
    region: Option<Value>,
    rounded_account: Option<String>,
}

impl MappedColumns {
    fn add(&mut self, column: String, value: Value) {
        match names::field(&column) {
            Some(field) => self.add_field(field, &column, value),
            None => add_other(&mut self.record, column, value),
        }
    }

    fn add_field(&mut self, field: &str, column: &str, value: Value) {
        if names::is_account(field)
            && let Some(account) = accounts::rounded(&value)
        {
            self.rounded_account = Some(account);
            return;
        }
        let Some(value) = cells::field_value(field, value) else {
            return;
        };
        match names::is_region_column(column) {
            true => self.region = Some(value),
            // Of two columns for one field, the one that is spelled as the field comes first.
            false => _ = self.record.entry(field).or_insert(value),
        }
    }

    fn finish(mut self) -> MappedRecord {
        let other_region = add_region(&mut self.record, self.region);
        let remarks = Remarks {
            other_region,
            rounded_account: self.rounded_account,
            has_printed_structure: keeps_printed_structure(&self.record),
            ..Remarks::default()
        };
        let text = Value::Object(self.record).to_string();
        MappedRecord { text, remarks }
    }
}

/// The columns of the event history and of tables of `lookup-events` that are members of the
/// identity.
const IDENTITY_COLUMNS: [(&str, &str); 3] = [
    ("username", "userName"),
    ("awsaccesskey", "accessKeyId"),
    ("accesskeyid", "accessKeyId"),
];

/// Adds a column that is not a field of a record.
fn add_other(record: &mut Map<String, Value>, column: String, value: Value) {
    let Some(value) = cells::field_value(&column, value) else {
        return;
    };
    let mut identity = IDENTITY_COLUMNS.into_iter();
    let member = identity.find(|(known, _)| names::is_same(known, &column));
    match member {
        Some((_, member)) => add_to_identity(record, member, value),
        None => _ = record.entry(column).or_insert(value),
    }
}

/// Adds a member to the identity, unless it has that.
fn add_to_identity(record: &mut Map<String, Value>, member: &str, value: Value) {
    let identity = record.entry("userIdentity");
    let identity = identity.or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(members) = identity {
        members.entry(member).or_insert(value);
    }
}

/// Adds the region of the column `region`, unless the record has one. Returns it where it differs.
fn add_region(record: &mut Map<String, Value>, column: Option<Value>) -> Option<String> {
    let column = column?;
    match record.get(names::REGION) {
        None => {
            record.insert(names::REGION.to_owned(), column);
            None
        }
        Some(own) if *own == column => None,
        Some(_) => column.as_str().map(str::to_owned),
    }
}

/// Returns a row in which columns such as `userIdentity.arn` are structures again.
fn unflattened(row: Map<String, Value>) -> Map<String, Value> {
    if !row.keys().any(|name| is_flattened(name)) {
        return row;
    }
    let mut structured = Map::new();
    for (name, value) in row {
        match is_flattened(&name) {
            true => insert_at(&mut structured, &name, value),
            false => _ = structured.insert(name, value),
        }
    }
    if let Some(resources) = structured.get_mut(RESOURCES) {
        *resources = listed(resources.take());
    }
    structured
}

/// The field that is a list of structures.
const RESOURCES: &str = "resources";

/// Returns the list that a structure is of, which was made of a column for each member.
fn listed(value: Value) -> Value {
    let Value::Object(members) = value else {
        return value;
    };
    let count = members.values().map(length).max().unwrap_or_default();
    if members.values().any(|value| length(value) != count) {
        return Value::Object(members);
    }
    let mut structures = vec![Map::new(); count];
    for (name, value) in members {
        let values = match value {
            Value::Array(values) => values,
            value => vec![value],
        };
        for (structure, value) in structures.iter_mut().zip(values) {
            structure.insert(name.clone(), value);
        }
    }
    structures.into_iter().map(Value::Object).collect()
}

/// Returns the number of values in a column of a list.
fn length(value: &Value) -> usize {
    value.as_array().map_or(1, Vec::len)
}

fn is_flattened(name: &str) -> bool {
    let top = name.split_once('.').map(|(top, _)| top);
    top.is_some_and(|top| names::field(top).is_some() || ocsf::is_object(top))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn from_object(object: &Value) -> Option<(Value, Remarks)> {
        let text = object.to_string();
        let members = json::members(&text).expect("an object");
        let mapped = record_from_object(&members)?;
        let record = serde_json::from_str(&mapped.text).expect("JSON");
        Some((record, mapped.remarks))
    }

    #[test]
    fn an_object_in_another_spelling_is_a_record() {
        let row = json!({
            "eventtime": "2026-02-03 04:05:06.000", "Event name": "GetSecretValue",
            "event_source": "s", "requestparameters": "{\"a\":1}", "errorcode": "",
            "useridentity": "{type=Root}", "readonly": "true", "Custom": "x", "resources": null,
        });
        let expected = json!({
            "eventTime": "2026-02-03T04:05:06Z", "eventName": "GetSecretValue",
            "eventSource": "s", "requestParameters": {"a": 1},
            "userIdentity": {"type": "Root"}, "readOnly": true, "Custom": "x",
        });
        assert_eq!(from_object(&row), Some((expected, Remarks::default())));
        assert_eq!(
            from_object(&json!({"eventtime": 1, "eventsource": 1})),
            None
        );
        assert_eq!(from_object(&json!({})), None);
    }

    #[test]
    fn names_with_dots_are_structures_again() {
        let text = r#"{"eventTime":"2026-02-03T04:05:06Z","eventSource":"s","eventName":"n",
            "userIdentity.type":"Root","userIdentity.sessionContext.sessionIssuer.arn":"a",
            "requestParameters.secretId":"x","errorCode":null,"resources.ARN":["k","l"],
            "resources.type":["t","u"],"other.name":1}"#;
        let members = json::members(text).expect("an object");
        let mapped = record_from_flattened(&members).expect("a record");
        let record: Value = serde_json::from_str(&mapped.text).expect("JSON");
        let expected = json!({
            "eventTime": "2026-02-03T04:05:06Z", "eventSource": "s", "eventName": "n",
            "userIdentity": {"type": "Root", "sessionContext": {"sessionIssuer": {"arn": "a"}}},
            "requestParameters": {"secretId": "x"}, "other.name": 1,
            "resources": [{"ARN": "k", "type": "t"}, {"ARN": "l", "type": "u"}],
        });
        assert_eq!(record, expected);
        assert_eq!(record_from_flattened(&members[..3]), None);
        let (one, two) = (json!({"ARN": "k"}), json!({"ARN": ["k", "l"], "type": "t"}));
        assert_eq!(listed(one.clone()), json!([one]));
        assert_eq!(listed(two.clone()), two);
    }

    #[test]
    fn requests_keep_the_characters_of_their_numbers() {
        let text = r#"{"event_time":1770091506,"event_source":"s","event_name":"n",
            "requestParameters":{"a":1.50},"responseElements":{}}"#;
        let members = json::members(text).expect("an object");
        let mapped = record_from_object(&members).expect("a record");
        assert_eq!(
            mapped.text,
            r#"{"eventName":"n","eventSource":"s","eventTime":"2026-02-03T04:05:06Z","requestParameters":{"a":1.50},"responseElements":{}}"#
        );
    }

    #[test]
    fn structures_that_are_texts_are_structures_again() {
        let text = r#"{"eventName":"n","a\"b":1.50,"userAgent":"{\"a\":1}",
            "userIdentity":"{\"arn\":\"x\"}","requestParameters":"text","resources":"[]"}"#;
        let members = json::members(text).expect("an object");
        assert_eq!(
            with_structures(&members).as_deref(),
            Some(
                r#"{"eventName":"n","a\"b":1.50,"userAgent":"{\"a\":1}","userIdentity":{"arn":"x"},"requestParameters":"text","resources":[]}"#
            )
        );
        assert_eq!(with_structures(&members[..3]), None);
        let members = [("eventTime".into(), r#"{"$date":"2026-02-03T04:05:06Z"}"#)];
        let expected = r#"{"eventTime":"2026-02-03T04:05:06Z"}"#;
        assert_eq!(with_structures(&members).as_deref(), Some(expected));
    }

    #[test]
    fn structures_that_cannot_be_read_are_noted() {
        let noted = |request: &str| {
            let row = json!({"eventtime": "t", "eventsource": "s", "eventname": "n",
                "requestparameters": request});
            let (_, remarks) = from_object(&row).expect("a record");
            let text = json!({"requestParameters": request}).to_string();
            let members = json::members(&text).expect("an object");
            assert_eq!(
                has_printed_structure(&members),
                remarks.has_printed_structure
            );
            remarks.has_printed_structure
        };
        for text in ["{secretId=a}", "@{other=a}", "{\"secretId\":\"a", "[x]"] {
            assert!(noted(text), "{text}");
        }
        for text in ["", "a", "{\"a\":1}", "{'a': b}", "@{secretId=a}"] {
            assert!(!noted(text), "{text}");
        }
    }

    #[test]
    fn a_record_beside_columns_of_another_event_does_not_count() {
        let row = |identifier: &str| {
            let whole = json!({
                "eventTime": "t", "eventSource": "s", "eventName": "n", "eventID": identifier,
            });
            let row = json!({
                "event_time": "o", "event_source": "o", "event_name": "o", "event_id": "known",
                "message": whole.to_string(),
            });
            from_object(&row).map(|(record, _)| record["eventName"].clone())
        };
        assert_eq!(row("known"), Some(json!("n")));
        assert_eq!(row("forged"), Some(json!("o")));
    }

    #[test]
    fn a_whole_record_beside_columns_counts_as_it_is() {
        let whole = json!({"eventTime": "t", "eventSource": "s", "eventName": "n", "x": "y"});
        let columns = |cell: Value| json!({"event_time": "o", "event_source": "o", "event_name": "o", "event_json": cell});
        let expected = Some((whole.clone(), Remarks::default()));
        assert_eq!(from_object(&columns(json!(whole.to_string()))), expected);
        assert_eq!(from_object(&columns(whole)), expected);
    }

    #[test]
    fn columns_with_dots_are_structures() {
        let row = json!({
            "eventTime": "t", "eventSource": "s", "eventName": "n", "userIdentity.arn": "a",
            "userIdentity.sessionContext.sessionIssuer.arn": "i", "requestParameters.secretId": "d",
            "errorCode.": "", "other.name": 1,
        });
        let expected = json!({
            "eventTime": "t", "eventSource": "s", "eventName": "n",
            "userIdentity": {"arn": "a", "sessionContext": {"sessionIssuer": {"arn": "i"}}},
            "requestParameters": {"secretId": "d"}, "other.name": 1,
        });
        assert_eq!(from_object(&row).map(|(record, _)| record), Some(expected));
    }

    #[test]
    fn the_region_of_a_record_counts_more_than_a_column() {
        let row = |own: Value, column: &str| {
            let row = json!({
                "eventtime": "t", "eventsource": "s", "eventname": "n",
                "awsregion": own, "region": column,
            });
            let (record, remarks) = from_object(&row).expect("a record");
            (record["awsRegion"].clone(), remarks.other_region)
        };
        assert_eq!(row(json!("a"), "b"), (json!("a"), Some("b".to_owned())));
        assert_eq!(row(json!("a"), "a"), (json!("a"), None));
        assert_eq!(row(json!(null), "b"), (json!("b"), None));
    }
}
