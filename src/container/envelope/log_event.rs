//! The forms in which AWS answers: events of log groups, rows of query results, and answers without
//! any records.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::record::{MemberTexts, has_all, member};
use crate::container::schema::standing::Standing;
use crate::json::{Shallow, members_of_valid, unescaped, valid};

/// The arrays of events of a log group: in subscriptions, and in the answers of `filter-log-events`
/// and `get-log-events`.
const EVENT_LISTS: [&str; 2] = ["logEvents", "events"];

/// The members that only events of a log group have.
const EVENT_MEMBERS: [&str; 2] = ["ingestionTime", "logStreamName"];

/// The members of an object with the name and the value of a column.
const PAIRS: [(&str, &str); 6] = [
    ("key", "value"),
    ("Key", "Value"),
    ("name", "value"),
    ("Name", "Value"),
    ("column", "value"),
    ("columnName", "value"),
];

/// The lists of answers that may be empty, each with another member of the answer, if the name of
/// the list does not say enough.
const ANSWERS: [(&str, &str); 5] = [
    ("events", "events"),
    ("Events", "Events"),
    ("logEvents", "messageType"),
    ("QueryResultRows", "QueryStatus"),
    ("results", "status"),
];

/// Returns the time at which a log group received the event that an object is, if it is one. `list`
/// is the name of the array that it is in.
pub(super) fn time(members: &MemberTexts<'_>, list: &str) -> Option<Timestamp> {
    if has_all(members, &["@message"]) {
        return query_time(member(members, "@timestamp")?);
    }
    let is_event = has_all(members, &["message", "timestamp"]);
    // Other objects have a message and a time, too, so the list or another member must decide.
    let of_group = EVENT_MEMBERS.iter().any(|name| has_all(members, &[name]));
    if !is_event || !(of_group || EVENT_LISTS.contains(&list)) {
        return None;
    }
    let milliseconds = member(members, "timestamp")?.parse().ok()?;
    Timestamp::from_millisecond(milliseconds).ok()
}

/// Returns a time as CloudWatch Logs Insights writes it, in UTC: `2026-03-02 02:30:12.345`.
fn query_time(raw: &str) -> Option<Timestamp> {
    let text = unescaped(raw)?;
    format!("{text}Z").parse().ok()
}

/// Returns true for a message by which CloudWatch Logs now and then tests whether the destination
/// of a subscription can be reached.
pub(super) fn is_control_message(members: &MemberTexts<'_>) -> bool {
    member(members, "messageType") == Some("\"CONTROL_MESSAGE\"")
}

/// Returns true for an answer without events.
pub(super) fn is_empty_answer(members: &MemberTexts<'_>) -> bool {
    ANSWERS.iter().any(|(list, other)| {
        let list = member(members, list);
        list.is_some_and(is_empty_list) && has_all(members, &[other])
    })
}

/// Returns true for a log file without records.
pub(super) fn is_empty_log_file(members: &MemberTexts<'_>) -> bool {
    member(members, "Records").is_some_and(is_empty_list)
}

fn is_empty_list(raw: &str) -> bool {
    raw.starts_with('[') && valid::elements(raw).next().is_none()
}

/// A row of query results: of CloudTrail Lake, an array of objects with one column each; of Logs
/// Insights and others, an array of objects with the name and the value of a column.
#[derive(Debug)]
pub(super) struct ResultRow<'t> {
    /// The values by the names of their columns.
    pub(super) cells: Vec<(Cow<'t, str>, &'t str)>,
}

impl<'t> ResultRow<'t> {
    /// Reads an array as a row; returns nothing for another array.
    pub(super) fn from_array(array: &'t str) -> Option<Self> {
        Self::from_cells(array).or_else(|| Self::from_pairs(array))
    }

    fn from_cells(array: &'t str) -> Option<Self> {
        let mut cells: Vec<(Cow<'t, str>, &'t str)> = Vec::new();
        for element in valid::elements(array) {
            let (name, value) = cell(element)?;
            // An array of objects with one member of the same name is not a row.
            if cells.iter().any(|(known, _)| *known == name) {
                return None;
            }
            cells.push((name, value));
        }
        (!cells.is_empty()).then_some(Self { cells })
    }

    /// Reads an array of objects with the name and the value of a field of a record each. Other
    /// such objects are headers or tags.
    fn from_pairs(array: &'t str) -> Option<Self> {
        let cells: Option<Vec<_>> = valid::elements(array).map(pair).collect();
        let cells = cells.filter(|cells| {
            let names = cells.iter().map(|(name, _)| name.as_ref());
            Standing::of_names(names) != Standing::Other
        });
        cells.map(|cells| Self { cells })
    }

    /// Returns the columns as values of JSON.
    pub(super) fn columns(&self) -> Map<String, Value> {
        let mut columns = Map::new();
        for (name, value) in &self.cells {
            if let Ok(value) = serde_json::from_str(value) {
                columns.insert(name.clone().into_owned(), value);
            }
        }
        columns
    }
}

fn cell(element: &str) -> Option<(Cow<'_, str>, &str)> {
    if !element.starts_with('{') {
        return None;
    }
    // More members than a cell has are not read, since most arrays are not rows.
    if valid::members(element).nth(3).is_some() {
        return None;
    }
    let members = members_of_valid(element);
    if let (Some(field), Some(value)) = (member(&members, "field"), member(&members, "value")) {
        let Shallow::Text(name) = Shallow::from_accepted(field) else {
            return None;
        };
        return Some((name, value));
    }
    let [(name, value)] = members.as_slice() else {
        return None;
    };
    Some((name.clone(), value))
}

fn pair(element: &str) -> Option<(Cow<'_, str>, &str)> {
    // More members than a pair has are not read, since most arrays are not rows.
    if !element.starts_with('{') || valid::members(element).nth(3).is_some() {
        return None;
    }
    let members = members_of_valid(element);
    PAIRS.iter().find_map(|(name, value)| {
        let Shallow::Text(name) = Shallow::from_accepted(member(&members, name)?) else {
            return None;
        };
        Some((name.into_owned().into(), member(&members, value)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_both_services_have_cells_by_name() {
        let cells = |array: &str| {
            let row = ResultRow::from_array(array)?;
            Some(Value::Object(row.columns()).to_string())
        };
        assert_eq!(
            cells(r#"[{"eventName":"x"},{"eventTime":"t"}]"#).as_deref(),
            Some(r#"{"eventName":"x","eventTime":"t"}"#)
        );
        assert_eq!(
            cells(r#"[{"field":"@message","value":"m"},{"field":"@ptr","value":"p"}]"#).as_deref(),
            Some(r#"{"@message":"m","@ptr":"p"}"#)
        );
        for other in [
            "[]",
            r#"[{"a":1},{"a":2}]"#,
            r#"[{"a":1,"b":2}]"#,
            r#"["a"]"#,
            r#"[{"a":1,"b":2,"c":3,"d":4}]"#,
        ] {
            assert_eq!(cells(other), None, "{other}");
        }
    }

    #[test]
    fn pairs_are_rows_if_they_are_of_fields() {
        let pair = |name: &str| format!(r#"{{"key":"{name}","value":"v"}}"#);
        let array = |names: &[&str]| {
            let pairs: Vec<String> = names.iter().map(|name| pair(name)).collect();
            format!("[{}]", pairs.join(","))
        };
        let fields = array(&["eventTime", "eventSource", "eventName"]);
        let row = ResultRow::from_array(&fields).expect("a row");
        assert_eq!(row.cells[2], ("eventName".into(), "\"v\""));
        assert!(ResultRow::from_array(&array(&["Host", "User-Agent"])).is_none());
    }

    #[test]
    fn only_events_of_log_groups_have_their_time() {
        let at = |object: &str, list: &str| {
            time(&members_of_valid(object), list).map(Timestamp::as_millisecond)
        };
        let event = r#"{"timestamp":1770091506007,"message":"m"}"#;
        assert_eq!(at(event, "events"), Some(1_770_091_506_007));
        assert_eq!(at(event, "hits"), None);
        let alone = r#"{"timestamp":1770091506007,"message":"m","ingestionTime":1}"#;
        assert_eq!(at(alone, ""), Some(1_770_091_506_007));
        let row = r#"{"@timestamp":"2026-02-03 04:05:06.007","@message":"m"}"#;
        assert_eq!(at(row, ""), Some(1_770_091_506_007));
        assert_eq!(at(r#"{"@timestamp":"2026-02-03T04:05:06Z"}"#, ""), None);
    }
}
