//! CSV tables whose rows are records: results of Athena and CloudTrail Lake, and downloads of the event history.

use serde_json::{Map, Value};

use super::columns::{are_of_records, column_record};
use super::json::Content;
use super::{Damage, Found};
use crate::problem::ProblemKind;

/// How much of a text the line of column names may take, in bytes.
const HEADER_LIMIT: usize = 16 << 10;

/// Whether a text begins with the names of columns that make records.
pub fn is_table(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head = bytes.get(..HEADER_LIMIT).unwrap_or(bytes);
    // JSON is what almost every object holds, and a reader of CSV is dear to make.
    if matches!(head.trim_ascii_start().first(), Some(b'{' | b'[')) {
        return false;
    }
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(line);
    let mut header = ::csv::StringRecord::new();
    matches!(reader.read_record(&mut header), Ok(true)) && are_of_records(&header)
}

/// Calls `visit` with the record that each row is.
pub fn walk_table<'a>(text: &str, visit: &mut dyn FnMut(Found<'a>)) -> Content {
    let mut content = Content { recognized: 1, ..Content::default() };
    let mut reader = ::csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let Ok(header) = reader.headers().cloned() else { return content };
    for row in reader.into_records() {
        match row {
            Ok(row) => {
                let cells = header.iter().zip(&row);
                let cells: Map<String, Value> =
                    cells.map(|(name, cell)| (name.to_owned(), cell.into())).collect();
                let byte = row.position().map(::csv::Position::byte);
                visit(Found { text: column_record(cells).into(), byte, log_time: None });
            }
            Err(error) => {
                let detail = format!("the table ends early or is wrong ({error})");
                let byte = error.position().map(::csv::Position::byte);
                content.damage = Some(Damage { kind: ProblemKind::DamagedTable, detail, byte });
                return content;
            }
        }
    }
    content
}
