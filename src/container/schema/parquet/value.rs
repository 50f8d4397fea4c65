//! Values of Parquet as JSON.

use jiff::Timestamp;
use parquet::record::{Field, Row};
use serde_json::{Map, Value};

/// The seconds of a day.
const DAY_SECONDS: i64 = 86_400;

/// Returns the members of a structure by their names.
fn object(row: Row) -> Map<String, Value> {
    let cells = row.into_columns().into_iter();
    cells.map(|(name, cell)| (name, value(cell))).collect()
}

/// Returns the cells of a row of the table by the names of their columns. UUIDs are bytes, and only
/// the schema says in which columns they are.
pub(super) fn table_row(row: Row, uuid_columns: &[String]) -> Map<String, Value> {
    let cells = row.into_columns().into_iter();
    let cells = cells.map(|(name, cell)| match cell {
        Field::Bytes(bytes) if uuid_columns.contains(&name) => (name, uuid(bytes.data())),
        cell => (name, value(cell)),
    });
    cells.collect()
}

/// Returns a UUID as text, as identifiers of events are written.
fn uuid(bytes: &[u8]) -> Value {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|group| digits.get(group));
    let groups: Option<Vec<&str>> = groups.into_iter().collect();
    groups.map_or(Value::Null, |groups| groups.join("-").into())
}

fn value(cell: Field) -> Value {
    match cell {
        Field::Null => Value::Null,
        Field::Bool(boolean) => boolean.into(),
        Field::Byte(number) => number.into(),
        Field::Short(number) => number.into(),
        Field::Int(number) | Field::TimeMillis(number) => number.into(),
        Field::Date(days) => date(days.into()),
        Field::Long(number) | Field::TimeMicros(number) => number.into(),
        Field::UByte(number) => number.into(),
        Field::UShort(number) => number.into(),
        Field::UInt(number) => number.into(),
        Field::ULong(number) => number.into(),
        Field::Float16(number) => number.to_f64().into(),
        Field::Float(number) => f64::from(number).into(),
        Field::Double(number) => number.into(),
        decimal @ Field::Decimal(_) => decimal.to_string().into(),
        Field::Str(text) => text.into(),
        Field::Bytes(bytes) => String::from_utf8_lossy(bytes.data()).into(),
        Field::TimestampMillis(count) => time(Timestamp::from_millisecond(count), count),
        Field::TimestampMicros(count) => time(Timestamp::from_microsecond(count), count),
        Field::Group(row) => structure(row),
        Field::ListInternal(list) => list.elements().iter().cloned().map(value).collect(),
        Field::MapInternal(map) => Value::Object(map.entries().iter().map(member).collect()),
    }
}

/// Returns the members of a structure. It has a place for every member that any record has, and a
/// record has only those with a value.
fn structure(row: Row) -> Value {
    let mut members = object(row);
    members.retain(|_, value| !value.is_null());
    Value::Object(members)
}

fn date(days: i64) -> Value {
    let seconds = days.saturating_mul(DAY_SECONDS);
    time(Timestamp::from_second(seconds), days)
}

/// Returns a time as text, or the count where it is beyond all times.
fn time(time: Result<Timestamp, jiff::Error>, count: i64) -> Value {
    time.map_or_else(|_| count.into(), |time| time.to_string().into())
}

fn member((key, content): &(Field, Field)) -> (String, Value) {
    let key = match key {
        Field::Str(text) => text.clone(),
        other => other.to_string(),
    };
    (key, value(content.clone()))
}
