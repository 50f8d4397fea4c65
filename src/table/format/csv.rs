//! Comma-separated values (RFC 4180), safe to open in a spreadsheet and to print on a terminal.

use std::borrow::Cow;
use std::io::Write;

use super::error::{Batches, WriteError};
use crate::table::{CellValue, Table};
use crate::text::{is_harmless, printable_lines};

/// Writes a table with its header.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write(batches: Batches<'_, '_>, out: &mut dyn Write) -> Result<(), WriteError> {
    let mut writer = ::csv::Writer::from_writer(out);
    for (number, table) in batches.enumerate() {
        if number == 0 {
            writer.write_record(table.columns.iter().map(|column| column.name))?;
        }
        write_rows(&table, &mut writer)?;
    }
    writer.flush()?;
    Ok(())
}

fn write_rows<W: Write>(
    table: &Table<'_>,
    writer: &mut ::csv::Writer<W>,
) -> Result<(), WriteError> {
    for row in 0..table.rows() {
        for column in &table.columns {
            writer.write_field(cell(column.values.get(row)).as_bytes())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    Ok(())
}

/// Returns a value as CSV holds it. Numbers and times are written as they are: one that begins with
/// a minus sign is not a formula.
fn cell(value: CellValue<'_>) -> Cow<'_, str> {
    match value {
        CellValue::Missing => Cow::Borrowed(""),
        CellValue::Text(text) => text_cell(text),
        CellValue::Integer(number) => Cow::Owned(number.to_string()),
        CellValue::Float(number) => Cow::Owned(number.to_string()),
        CellValue::Time(time) => Cow::Owned(time.to_string()),
    }
}

fn text_cell(text: &str) -> Cow<'_, str> {
    let shown = shown(text);
    match is_formula(text) {
        // An apostrophe marks a text in spreadsheets (OWASP, "CSV Injection").
        true => Cow::Owned(format!("'{shown}")),
        false => shown,
    }
}

/// Returns a text without the apostrophe that was added because it begins like a formula.
pub(crate) fn without_mark(cell: &str) -> &str {
    let text = cell.strip_prefix('\'');
    text.filter(|text| is_formula(text)).unwrap_or(cell)
}

/// Returns whether a spreadsheet would take a text for a formula. White space before a formula does
/// not hide it.
fn is_formula(text: &str) -> bool {
    let first = text.trim_start_matches([' ', '\u{a0}']).chars().next();
    matches!(
        first,
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠' | '|' | '%')
    )
}

/// Replaces the characters that could steer a terminal by visible escapes. Of the control
/// characters, RFC 4180 allows line breaks only; spreadsheets and parsers keep a line feed within
/// quotes, but many take a carriage return for the end of a row.
fn shown(text: &str) -> Cow<'_, str> {
    // Nearly all texts are plain, and a report may have millions.
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~');
    if text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let is_shown = |character: char| character == '\n' || is_harmless(character);
    if text.chars().all(is_shown) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(printable_lines(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::schema::TableSchema;

    /// Returns the CSV of a table with these texts in one column, and a number in another.
    fn written(texts: &[&str]) -> String {
        let schema = TableSchema::<&str>::builder()
            .text("text", |text| Some(*text).filter(|text| !text.is_empty()))
            .float("number", |_| Some(-1.5))
            .build();
        let mut out = Vec::new();
        let mut batches = std::iter::once(schema.table("t", texts));
        write(&mut batches, &mut out).expect("memory takes bytes");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn formulas_become_text_and_numbers_stay() {
        let texts = ["=1+1", "plain", "a,\"b\"\nc", " @SUM(A1)", "-", ""];
        let expected = "text,number\n'=1+1,-1.5\nplain,-1.5\n\"a,\"\"b\"\"\nc\",-1.5\n\
                        ' @SUM(A1),-1.5\n'-,-1.5\n,-1.5\n";
        assert_eq!(written(&texts), expected);
    }

    #[test]
    fn no_control_character_is_written_but_line_feeds() {
        let texts = ["\u{1b}]0;title\u{7}x", "\t=1", "a\r\nb", "é\u{9b}\u{7f}日"];
        let expected = "text,number\n\\u{1b}]0;title\\u{7}x,-1.5\n'\\u{9}=1,-1.5\n\
                        \"a\\u{d}\nb\",-1.5\né\\u{9b}\\u{7f}日,-1.5\n";
        assert_eq!(written(&texts), expected);
    }

    #[test]
    fn text_that_hides_or_turns_is_shown() {
        assert_eq!(written(&["x\u{202e}y"]), "text,number\nx\\u{202e}y,-1.5\n");
        assert_eq!(written(&["日本 — ñ"]), "text,number\n日本 — ñ,-1.5\n");
    }
}
