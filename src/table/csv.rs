//! Comma-separated values (RFC 4180), safe to open in a spreadsheet.

use std::borrow::Cow;
use std::io::Write;

use super::error::{Batches, WriteError};
use super::{CellValue, Table};
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

fn cell(value: CellValue<'_>) -> Cow<'_, str> {
    match value {
        CellValue::Missing => Cow::Borrowed(""),
        CellValue::Text(text) => harmless(text),
        CellValue::Integer(number) => Cow::Owned(number.to_string()),
        CellValue::Float(number) => Cow::Owned(number.to_string()),
        CellValue::Time(time) => Cow::Owned(time.to_string()),
    }
}

/// Returns the text as it does no harm in a spreadsheet or on a terminal. A text that a
/// spreadsheet would treat as a formula gets an apostrophe in front, which spreadsheets treat as
/// "this is text" (OWASP, "CSV Injection"); white space in front does not hide a formula. Control
/// characters other than line breaks become visible escapes.
fn harmless(text: &str) -> Cow<'_, str> {
    let first = text.trim_start_matches([' ', '\u{a0}']).chars().next();
    let is_formula = matches!(
        first,
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠' | '|' | '%')
    );
    let is_shown = text.chars().all(|sign| sign == '\n' || is_harmless(sign));
    match (is_formula, is_shown) {
        (false, true) => Cow::Borrowed(text),
        (false, false) => Cow::Owned(printable_lines(text)),
        (true, _) => Cow::Owned(format!("'{}", printable_lines(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Column, ColumnValues};

    #[test]
    fn formulas_become_text_and_numbers_stay() {
        let texts = ["=1+1", "plain", "a,\"b\"\nc", " @SUM(A1)", "\t=1", "-", ""];
        let table = Table {
            name: "t",
            columns: vec![
                Column {
                    name: "text",
                    values: ColumnValues::text(&texts, |text| (!text.is_empty()).then_some(*text)),
                },
                Column {
                    name: "number",
                    values: ColumnValues::Float(vec![Some(-1.5); 7]),
                },
            ],
        };
        let mut out = Vec::new();
        write(&mut [table].into_iter(), &mut out).expect("memory takes bytes");
        let expected = "text,number\n'=1+1,-1.5\nplain,-1.5\n\"a,\"\"b\"\"\nc\",-1.5\n' @SUM(A1),-1.5\n'\\u{9}=1,-1.5\n'-,-1.5\n,-1.5\n";
        assert_eq!(String::from_utf8(out).expect("text"), expected);
    }
}
