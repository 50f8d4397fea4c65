//! Comma-separated values (RFC 4180), safe to open in a spreadsheet and to print on a terminal.

use std::borrow::Cow;
use std::io::Write;

use ::csv::{Terminator, Writer, WriterBuilder};

use super::ends::FileEnds;
use super::error::{TableBatches, WriteError};
use super::misread::{DIGITS_LIMIT, is_misread};
use crate::table::{CellValue, Table};
use crate::text::{is_harmless, printable_lines};

/// The mark at the beginning of a file by which spreadsheets know its encoding.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The programs that are to read a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum CsvFor {
    /// Any program: the texts as they are
    #[default]
    Any,
    /// A spreadsheet, which takes texts such as 00123 and 1E10 for numbers: those as ="00123", and
    /// the file with a byte order mark and CRLF
    Spreadsheet,
}

/// Writes a table with its header.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write(
    batches: TableBatches<'_, '_>,
    reader: CsvFor,
    out: &mut dyn Write,
) -> Result<(), WriteError> {
    let mut builder = WriterBuilder::new();
    if reader == CsvFor::Spreadsheet {
        out.write_all(BYTE_ORDER_MARK)?;
        builder.terminator(Terminator::CRLF);
    }
    let mut writer = builder.from_writer(out);
    for (number, table) in batches.enumerate() {
        if number == 0 {
            writer.write_record(table.columns.iter().map(|column| column.name))?;
        }
        write_rows(&table, reader, &mut writer)?;
    }
    // Dropping the writer would flush it, too, but could not say that this failed.
    writer.flush()?;
    Ok(())
}

/// Returns true if a file begins with the names of the columns of a table.
pub(super) fn has_columns(ends: &FileEnds, table: &Table<'_>) -> bool {
    let names = table.columns.iter().map(|column| column.name);
    let header = names.collect::<Vec<_>>().join(",");
    let after = ends.first.strip_prefix(header.as_bytes());
    after.is_some_and(|after| after.starts_with(b"\r") || after.starts_with(b"\n"))
}

fn write_rows<W: Write>(
    table: &Table<'_>,
    reader: CsvFor,
    writer: &mut Writer<W>,
) -> Result<(), WriteError> {
    for row in 0..table.rows() {
        for column in &table.columns {
            let value = column.values.get(row);
            let cell = match reader {
                CsvFor::Any => cell(value),
                CsvFor::Spreadsheet => spreadsheet_cell(value),
            };
            writer.write_field(cell.as_bytes())?;
        }
        // A record without fields ends the row of those before.
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
        CellValue::Date(date) => Cow::Owned(date.to_string()),
        CellValue::Boolean(value) => Cow::Borrowed(if value { "true" } else { "false" }),
    }
}

/// Returns a value as CSV for a spreadsheet holds it: a text that would become something else, and
/// a number whose last digits would be lost, as a formula that is nothing but the text.
fn spreadsheet_cell(value: CellValue<'_>) -> Cow<'_, str> {
    let cell = cell(value);
    let is_kept = match value {
        // The apostrophe before a formula keeps it a text already.
        CellValue::Text(text) => !is_formula(text) && is_misread(text),
        CellValue::Integer(_) => digits(&cell) > DIGITS_LIMIT,
        _ => false,
    };
    match is_kept {
        true => Cow::Owned(format!("=\"{}\"", cell.replace('"', "\"\""))),
        false => cell,
    }
}

/// Returns the number of digits, without the sign.
fn digits(number: &str) -> usize {
    number.trim_start_matches('-').len()
}

fn text_cell(text: &str) -> Cow<'_, str> {
    let shown = shown(text);
    match is_formula(text) {
        // An apostrophe marks a text in spreadsheets (OWASP, "CSV Injection").
        true => Cow::Owned(format!("'{shown}")),
        false => shown,
    }
}

/// Returns a text without the apostrophe that was added because it begins like a formula, and
/// without the formula that keeps it a text.
pub(crate) fn without_mark(cell: &str) -> Cow<'_, str> {
    let kept = cell.strip_prefix("=\"");
    if let Some(text) = kept.and_then(|text| text.strip_suffix('"')) {
        return Cow::Owned(text.replace("\"\"", "\""));
    }
    let text = cell.strip_prefix('\'');
    Cow::Borrowed(text.filter(|text| is_formula(text)).unwrap_or(cell))
}

/// The signs that formulas begin with in one spreadsheet or another.
const FORMULA_SIGNS: [char; 13] = [
    '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', '|', '%',
];

/// Returns whether a spreadsheet would take a text for a formula. White space before a formula does
/// not hide it.
fn is_formula(text: &str) -> bool {
    let text = text.trim_start_matches([' ', '\u{a0}']);
    text.starts_with(FORMULA_SIGNS)
}

/// Replaces the characters that could steer a terminal by visible escapes. Of the control
/// characters, RFC 4180 allows line breaks only; spreadsheets and parsers keep a line feed within
/// quotes, but many take a carriage return for the end of a row.
fn shown(text: &str) -> Cow<'_, str> {
    // Nearly all texts are plain, and a report may have millions.
    match text.bytes().all(is_plain) || text.chars().all(is_shown) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(printable_lines(text)),
    }
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

fn is_shown(character: char) -> bool {
    character == '\n' || is_harmless(character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::schema::TableSchema;

    /// Returns the CSV of a table with these texts in one column, and a number in another.
    fn written(texts: &[&str]) -> String {
        written_for(CsvFor::Any, texts)
    }

    fn written_for(reader: CsvFor, texts: &[&str]) -> String {
        let schema = TableSchema::<&str>::builder()
            .text("text", |text| Some(*text).filter(|text| !text.is_empty()))
            .float("number", |_| Some(-1.5))
            .build();
        let mut out = Vec::new();
        let mut batches = std::iter::once(schema.table("t", texts));
        write(&mut batches, reader, &mut out).expect("memory takes bytes");
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
    fn a_spreadsheet_keeps_texts() {
        let texts = [
            "012345678901",
            "1\"0",
            "=1+1",
            "prod/db",
            "보안 암호",
            "1,5",
        ];
        let expected = "\u{feff}text,number\r\n\"=\"\"012345678901\"\"\",-1.5\r\n\
                        \"=\"\"1\"\"\"\"0\"\"\",-1.5\r\n'=1+1,-1.5\r\nprod/db,-1.5\r\n\
                        보안 암호,-1.5\r\n\"=\"\"1,5\"\"\",-1.5\r\n";
        assert_eq!(written_for(CsvFor::Spreadsheet, &texts), expected);
    }

    #[test]
    fn a_spreadsheet_keeps_long_numbers() {
        let cell = |number| spreadsheet_cell(CellValue::Integer(number)).into_owned();
        assert_eq!(cell(999_999_999_999_999), "999999999999999");
        assert_eq!(cell(1_000_000_000_000_001), "=\"1000000000000001\"");
    }

    #[test]
    fn marks_are_taken_off_again() {
        for (cell, text) in [
            ("=\"00123\"", "00123"),
            ("=\"1\"\"0\"", "1\"0"),
            ("'=1+1", "=1+1"),
            ("'s", "'s"),
            ("plain", "plain"),
        ] {
            assert_eq!(without_mark(cell), text);
        }
    }

    #[test]
    fn text_that_hides_or_turns_is_shown() {
        assert_eq!(written(&["x\u{202e}y"]), "text,number\nx\\u{202e}y,-1.5\n");
        assert_eq!(written(&["日本 — ñ"]), "text,number\n日本 — ñ,-1.5\n");
    }
}
