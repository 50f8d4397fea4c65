//! Documents of CloudTrail itself and of EventBridge.

use serde_json::{Map, Value};

use super::cloudwatch_logs::messages;
use super::wrapper::{Wrapped, Wrapper, string};
use crate::container::record_text::RecordText;
use crate::container::schema::record::record_from_row;

/// Finds the records in a document of CloudTrail or EventBridge.
pub(super) fn find<'a>(wrapper: &Wrapper<'a>) -> Option<Wrapped<'a>> {
    looked_up(wrapper)
        .or_else(|| lake_results(wrapper))
        .or_else(|| rows(wrapper))
        .or_else(|| event(wrapper))
}

/// The output of `aws cloudtrail lookup-events`, whole or one event.
fn looked_up<'a>(wrapper: &Wrapper<'a>) -> Option<Wrapped<'a>> {
    if let Some(events) = wrapper.member("Events") {
        return Some(messages(events, "CloudTrailEvent"));
    }
    let event = wrapper.member("CloudTrailEvent")?;
    Some(match string(event) {
        Some(record) => Wrapped::Records(vec![RecordText::unwrapped(record)]),
        None => Wrapped::Foreign,
    })
}

/// The query results of CloudTrail Lake: a list of objects with one column each for every row, all
/// values strings.
fn lake_results<'a>(wrapper: &Wrapper<'a>) -> Option<Wrapped<'a>> {
    let rows = wrapper.member("QueryResultRows")?;
    if !wrapper.has(&["QueryStatus"]) {
        return None;
    }
    let Ok(rows) = serde_json::from_str::<Vec<Vec<Map<String, Value>>>>(rows) else {
        return Some(Wrapped::Foreign);
    };
    let records = rows.into_iter().map(lake_record);
    Some(Wrapped::Records(records.collect()))
}

fn lake_record<'a>(row: Vec<Map<String, Value>>) -> RecordText<'a> {
    let row: Map<String, Value> = row.into_iter().flatten().collect();
    // A row that is not a record is kept as it is, so that it is reported.
    match record_from_row(row.clone()) {
        Some(mapped) => mapped.into(),
        None => RecordText::unwrapped(Value::Object(row).to_string()),
    }
}

/// The output of a query of Steampipe or Tailpipe: a list of objects with all columns.
fn rows<'a>(wrapper: &Wrapper<'a>) -> Option<Wrapped<'a>> {
    let rows = wrapper.member("rows")?;
    let rows: Vec<Map<String, Value>> = serde_json::from_str(rows).ok()?;
    let mut records = Vec::new();
    for row in rows {
        records.push(record_from_row(row)?.into());
    }
    Some(Wrapped::Records(records))
}

/// An event of EventBridge.
fn event<'a>(wrapper: &Wrapper<'a>) -> Option<Wrapped<'a>> {
    let detail = wrapper.member("detail")?;
    wrapper
        .has(&["detail-type"])
        .then_some(Wrapped::Value(detail))
}
