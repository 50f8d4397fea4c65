//! CSV tables whose rows are records: results of Athena and CloudTrail Lake, and downloads of the
//! event history.

use ::csv::StringRecord;
use serde_json::Value;

use super::columns::{are_of_records, column_record};
use super::json::WalkOutcome;
use super::{Damage, RecordText};
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
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(line);
    let mut header = ::csv::StringRecord::new();
    matches!(reader.read_record(&mut header), Ok(true)) && are_of_records(&header)
}

/// Calls `visit` with the record that each row is.
pub fn walk_table<'a>(text: &str, visit: &mut dyn FnMut(RecordText<'a>)) -> WalkOutcome {
    let mut content = WalkOutcome {
        recognized: 1,
        ..WalkOutcome::default()
    };
    let mut reader = ::csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let Ok(header) = reader.headers().cloned() else {
        return content;
    };
    let mut last = 0;
    for row in reader.into_records() {
        match row {
            Ok(row) => {
                let byte = row.position().map(::csv::Position::byte);
                last = byte.unwrap_or(last);
                visit(RecordText {
                    text: record(&header, &row).into(),
                    byte,
                    log_time: None,
                });
            }
            Err(error) => {
                let detail = format!("the table ends early or is wrong ({error})");
                let byte = error.position().map(::csv::Position::byte);
                content.damage = Some(Damage {
                    kind: ProblemKind::DamagedTable,
                    detail,
                    byte,
                });
                return content;
            }
        }
    }
    if is_cut(
        usize::try_from(last)
            .ok()
            .and_then(|last| text.get(last..))
            .unwrap_or_default(),
    ) {
        let detail = "the table ends inside of a quoted cell".to_owned();
        let byte = Some(text.len() as u64);
        content.damage = Some(Damage {
            kind: ProblemKind::DamagedTable,
            detail,
            byte,
        });
    }
    content
}

/// Whether the last row ends inside of a quoted cell. A quote inside of a cell without quotes opens
/// none.
fn is_cut(row: &str) -> bool {
    let is_quoted = row.starts_with('"') || row.contains(",\"");
    is_quoted && row.bytes().filter(|byte| *byte == b'"').count() % 2 == 1
}

/// The record that a row is. A row that was cut off is none; what it is instead says why.
fn record(header: &StringRecord, row: &StringRecord) -> String {
    if row.len() != header.len() {
        let found = format!(
            "a row with {} cells where there are {} columns",
            row.len(),
            header.len()
        );
        return Value::String(found).to_string();
    }
    let cells = header
        .iter()
        .zip(row)
        .map(|(name, cell)| (name.to_owned(), cell.into()));
    column_record(cells.collect())
}
