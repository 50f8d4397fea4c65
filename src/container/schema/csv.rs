//! CSV tables whose rows are records: results of Athena and CloudTrail Lake, and downloads of the
//! event history.

use csv::{Position, Reader, ReaderBuilder, StringRecord};
use serde_json::Value;

use super::names::are_of_records;
use super::record::record_from_columns;
use crate::container::damage::Damage;
use crate::container::record_text::{RecordText, WalkOutcome};

/// The most bytes of a text that are searched for the line of column names.
const HEADER_LIMIT: usize = 16 << 10;

/// Returns true if a text begins with the names of columns that make records.
pub fn is_table(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head = bytes.get(..HEADER_LIMIT).unwrap_or(bytes);
    // Almost every object holds JSON, and a reader of CSV takes long to make.
    if matches!(head.trim_ascii_start().first(), Some(b'{' | b'[')) {
        return false;
    }
    let line = head.split(|byte| *byte == b'\n').next();
    let header = line.and_then(read_header);
    header.is_some_and(|header| are_of_records(header.iter()))
}

fn read_header(line: &[u8]) -> Option<StringRecord> {
    let mut builder = ReaderBuilder::new();
    let mut reader = builder.has_headers(false).from_reader(line);
    let mut header = StringRecord::new();
    let is_read = reader.read_record(&mut header).ok()?;
    is_read.then_some(header)
}

/// Calls `visit` with the record that each row is.
pub fn walk_table<'a>(text: &str, visit: &mut dyn FnMut(RecordText<'a>)) -> WalkOutcome {
    let mut reader = ReaderBuilder::new()
        // A row with too few cells or too many is reported, and the rows after it are read.
        .flexible(true)
        .from_reader(text.as_bytes());
    WalkOutcome {
        recognized: 1,
        damage: rows(&mut reader, text, visit).err(),
        ..WalkOutcome::default()
    }
}

fn rows<'a>(
    reader: &mut Reader<&[u8]>,
    text: &str,
    visit: &mut dyn FnMut(RecordText<'a>),
) -> Result<(), Damage> {
    let Ok(header) = reader.headers().cloned() else {
        return Ok(());
    };
    let mut last_byte = 0;
    for row in reader.records() {
        let row = row.map_err(wrong)?;
        let byte = row.position().map(Position::byte);
        last_byte = byte.unwrap_or(last_byte);
        visit(RecordText {
            byte,
            ..RecordText::unwrapped(record(&header, &row))
        });
    }
    check_end(text, last_byte)
}

fn wrong(error: csv::Error) -> Damage {
    let detail = format!("the table ends early or is wrong ({error})");
    Damage::of_table(detail, error.position().map(Position::byte))
}

/// Checks that the last row does not end in a quoted cell, which the reader accepts.
fn check_end(text: &str, last_byte: u64) -> Result<(), Damage> {
    let last = usize::try_from(last_byte).ok();
    let row = last.and_then(|last| text.get(last..));
    if !row.is_some_and(ends_in_quotes) {
        return Ok(());
    }
    let detail = "the table ends inside of a quoted cell".to_owned();
    Err(Damage::of_table(detail, Some(text.len() as u64)))
}

/// Returns true if a row ends in a quoted cell. A quote in a cell without quotes around it opens
/// nothing.
fn ends_in_quotes(row: &str) -> bool {
    let is_quoted = row.starts_with('"') || row.contains(",\"");
    is_quoted && row.bytes().filter(|byte| *byte == b'"').count() % 2 == 1
}

/// Returns the record that a row is.
fn record(header: &StringRecord, row: &StringRecord) -> String {
    if row.len() != header.len() {
        return incomplete(row.len(), header.len());
    }
    let names = header.iter().map(str::to_owned);
    let columns = names.zip(row.iter().map(Value::from));
    record_from_columns(columns.collect()).text
}

/// Returns a string in place of a row that was cut off. As it is not a record, it is reported.
fn incomplete(cells: usize, columns: usize) -> String {
    let found = format!("a row with {cells} cells where there are {columns} columns");
    Value::String(found).to_string()
}
