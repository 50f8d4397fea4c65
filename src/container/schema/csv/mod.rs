//! CSV tables that hold records: query results of Athena, CloudTrail Lake and CloudWatch Logs
//! Insights, downloads of the event history, and exports of other tools.
//!
//! A row is a record if the columns are the fields of one, whatever their spelling. Otherwise, a
//! cell may hold a record or a document with records. Cells are separated by commas, semicolons,
//! tabs or bars. Damage costs the rows that it is in.

mod header;
mod rows;

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::{Map, Value};

use self::header::{CsvHeader, RowMeaning};
use self::rows::{CsvRow, NotARow, next_line, past_decoration, past_line_breaks};
use super::ecs;
use super::names;
use super::record::record_from_row;
use super::times;
use super::unmapped;
use crate::container::damage::Damage;
use crate::container::envelope::documents::walk;
use crate::container::limits::Limits;
use crate::container::record_text::{RecordText, WalkOutcome};

/// The bytes that may be read in search of the next row after damage, for each byte of the table.
/// Without a limit, a table of nothing but lines that open a quote would be read once for each.
const SEARCH_FACTOR: usize = 8;

/// The most damaged places of a table that are listed.
const DAMAGE_LIMIT: usize = 100;

/// The columns of the message of a log event, each with that of its time.
const MESSAGE_COLUMNS: [(&str, &str); 2] = [("@message", "@timestamp"), ("message", "timestamp")];

/// Returns true if a text begins with the names of columns that make records, or with a table in
/// which a cell holds one.
pub fn is_table(bytes: &[u8]) -> bool {
    CsvHeader::from_head(bytes).is_some()
}

/// Calls `visit` with the records in each row.
pub fn walk_table<'a>(text: &str, visit: &mut dyn FnMut(RecordText<'a>)) -> WalkOutcome {
    match CsvHeader::from_head(text.as_bytes()) {
        None => WalkOutcome::default(),
        Some(header) if header.kind == RowMeaning::Unmapped => unmapped_table(),
        Some(header) => TableWalk::new(text, &header, visit).read(),
    }
}

/// Returns the outcome of a table whose rows cannot be mapped.
fn unmapped_table() -> WalkOutcome {
    WalkOutcome {
        recognized: 1,
        damages: vec![unmapped::without_time().into()],
        ends_in_damage: true,
        ..WalkOutcome::default()
    }
}

/// Returns true if the columns have no messages of errors, which are missing then even where there
/// were some.
fn lacks_error_messages(header: &CsvHeader) -> bool {
    names::lack_error_messages(header.names()) || ecs::lack_error_messages(header.names())
}

struct TableWalk<'t, 'v, 'a> {
    text: &'t str,
    header: &'t CsvHeader,
    visit: &'v mut dyn FnMut(RecordText<'a>),
    outcome: WalkOutcome,
    /// The bytes that may still be read in search of a row after damage.
    search_bytes: usize,
    /// True if the structures of a row are texts that cannot be read.
    has_printed_structure: bool,
}

impl<'t, 'v, 'a> TableWalk<'t, 'v, 'a> {
    fn new(text: &'t str, header: &'t CsvHeader, visit: &'v mut dyn FnMut(RecordText<'a>)) -> Self {
        Self {
            text,
            header,
            visit,
            outcome: WalkOutcome {
                recognized: 1,
                ..WalkOutcome::default()
            },
            search_bytes: text.len().saturating_mul(SEARCH_FACTOR),
            has_printed_structure: false,
        }
    }

    fn read(mut self) -> WalkOutcome {
        if self.header.kind == RowMeaning::Records && lacks_error_messages(self.header) {
            self.add_damage(unmapped::without_error_message());
        }
        self.rows();
        if self.has_printed_structure {
            // The damage that extends to the end is the last one.
            let damage = unmapped::printed_structures().into();
            self.outcome.damages.insert(0, damage);
        }
        self.outcome
    }

    fn add_damage(&mut self, damage: Damage) {
        self.outcome.damages.push(damage.into());
    }

    fn rows(&mut self) {
        let mut place = self.next_place(self.header.end);
        while place < self.text.len() {
            let next = match self.row(place) {
                Ok(row) if self.is_whole(&row) => {
                    self.whole_row(&row, place);
                    row.end
                }
                Ok(row) if self.is_line(place, row.end) => {
                    self.incomplete_row(&row, place);
                    row.end
                }
                Ok(_) => self.damaged_row(place, self.text.len()),
                Err(error) => self.damaged_row(place, error.place),
            };
            place = self.next_place(next);
        }
    }

    /// Returns the place of the next line that may be a row. Only tables with bars are decorated.
    fn next_place(&self, from: usize) -> usize {
        let place = past_line_breaks(self.text, from);
        match self.header.dialect.delimiter {
            b'|' => past_decoration(self.text, place),
            _ => place,
        }
    }

    /// Reads a row. Programs agree about quotes within cells in the same table only mostly, so the
    /// other form is tried where a row is not one.
    fn row(&self, place: usize) -> Result<CsvRow<'t>, NotARow> {
        match self.header.dialect.row(self.text, place) {
            Ok(row) if self.is_whole(&row) => Ok(row),
            row => self.other_row(place).map_or(row, Ok),
        }
    }

    /// Reads a row in the other form, if it is whole in that.
    fn other_row(&self, place: usize) -> Option<CsvRow<'t>> {
        let other = self.header.dialect.with_other_escapes();
        let row = other.row(self.text, place).ok();
        row.filter(|row| self.is_whole(row))
    }

    /// Returns true if a row has a cell for each column.
    fn is_whole(&self, row: &CsvRow<'_>) -> bool {
        row.cells.len() == self.header.columns.len()
    }

    fn is_line(&self, start: usize, end: usize) -> bool {
        let row = self.text.get(start..end).unwrap_or_default();
        !row.trim_end_matches(['\n', '\r']).contains('\n')
    }

    fn whole_row(&mut self, row: &CsvRow<'_>, place: usize) {
        let byte = Some(place as u64);
        let cells = self.cells(row);
        let log_time = log_time(&cells);
        let mut visit_row = |record: RecordText<'_>| {
            (self.visit)(RecordText {
                byte,
                log_time: record.log_time.or(log_time),
                remarks: record.remarks,
                text: Cow::Owned(record.text.into_owned()),
            });
        };
        if let Some(mapped) = record_from_row(cells.clone()) {
            self.has_printed_structure |= mapped.remarks.has_printed_structure;
            return visit_row(mapped.into());
        }
        let row = Value::Object(cells).to_string();
        let mut is_empty = true;
        walk(&row, &Limits::default(), &mut |record| {
            is_empty = false;
            visit_row(record);
        });
        if is_empty {
            // It is not a record, and is reported as such.
            visit_row(RecordText::unwrapped(row));
        }
    }

    /// Returns the cells of a row by the names of their columns. Of two columns with one name, the
    /// first that has a value counts.
    fn cells(&self, row: &CsvRow<'_>) -> Map<String, Value> {
        let mut cells = Map::new();
        for (name, cell) in self.header.columns.iter().zip(&row.cells) {
            if !cell.is_empty() {
                cells.entry(name).or_insert_with(|| cell.as_ref().into());
            }
        }
        cells
    }

    /// Visits a string in place of a row that was cut off. As it is not a record, it is reported.
    fn incomplete_row(&mut self, row: &CsvRow<'_>, place: usize) {
        let (cells, columns) = (row.cells.len(), self.header.columns.len());
        let found = format!("a row with {cells} cells where there are {columns} columns");
        (self.visit)(RecordText {
            byte: Some(place as u64),
            ..RecordText::unwrapped(Value::String(found).to_string())
        });
    }

    /// Reports the bytes up to the next row, and returns its place.
    fn damaged_row(&mut self, place: usize, recognized_at: usize) -> usize {
        match self.next_row(place) {
            Some(next) => {
                self.report(place, next);
                next
            }
            None => {
                self.report_end(place, recognized_at);
                self.text.len()
            }
        }
    }

    /// Returns the place of the next row that is whole and is a record.
    fn next_row(&mut self, damaged: usize) -> Option<usize> {
        let mut from = damaged;
        loop {
            let place = next_line(self.text, from)?;
            let (end, is_row) = match self.row(place) {
                Ok(row) => (row.end, self.is_whole(&row) && self.is_likely(&row)),
                Err(error) => (error.place, false),
            };
            if is_row {
                return Some(place);
            }
            self.search_bytes = self.search_bytes.checked_sub(end.saturating_sub(place))?;
            from = place;
        }
    }

    /// Returns true if a row has the cells of a record, rather than a part of a cell with line
    /// breaks that happens to have as many commas.
    fn is_likely(&self, row: &CsvRow<'_>) -> bool {
        let cells = self.cells(row);
        match self.header.kind {
            RowMeaning::Messages => holds_json(&cells),
            RowMeaning::Records | RowMeaning::Unmapped => self.has_fields(&cells),
        }
    }

    /// Returns true if cells have the needed fields, or if the columns do not have them either.
    fn has_fields(&self, cells: &Map<String, Value>) -> bool {
        let columns = cells.keys().map(String::as_str);
        !self.header.has_fields || names::are_of_records(columns)
    }

    fn report(&mut self, from: usize, to: usize) {
        let count = self.outcome.damages.len();
        if count > DAMAGE_LIMIT {
            return;
        }
        let detail = match count == DAMAGE_LIMIT {
            true => "there is more damage after this place, which is not listed".to_owned(),
            false => format!(
                "the bytes from {from} to {to} of the table are not rows: a quoted cell does not \
                 end, or a row has other cells than the table has columns"
            ),
        };
        self.add_damage(Damage::of_table(detail, Some(from as u64)));
    }

    fn report_end(&mut self, place: usize, recognized_at: usize) {
        let is_quoted = recognized_at == self.text.len();
        let detail = match is_quoted {
            true => "the table ends inside of a quoted cell".to_owned(),
            false => "the rest of the table is not rows".to_owned(),
        };
        let detail = format!("{detail}; the row begins at byte {place}");
        let byte = if is_quoted { self.text.len() } else { place };
        self.add_damage(Damage::of_table(detail, Some(byte as u64)));
        self.outcome.ends_in_damage = true;
    }
}

fn holds_json(cells: &Map<String, Value>) -> bool {
    let mut texts = cells.values().filter_map(Value::as_str);
    texts.any(is_json)
}

fn is_json(cell: &str) -> bool {
    cell.trim_start().starts_with(['{', '['])
}

/// Returns the time at which a log group received the message in a row, as CloudWatch Logs Insights
/// and other tools export it.
fn log_time(cells: &Map<String, Value>) -> Option<Timestamp> {
    let text = time_of_message(cells)?;
    let in_utc = times::in_utc(text);
    in_utc.as_deref().unwrap_or(text).parse().ok()
}

/// Returns the text in the column for the time of a message, if there is a message.
fn time_of_message(cells: &Map<String, Value>) -> Option<&str> {
    let mut columns = MESSAGE_COLUMNS.iter();
    columns.find_map(|(message, time)| cells.get(*message).and(cells.get(*time))?.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "eventTime,eventSource,eventName,errorMessage\n";

    fn found(table: &str) -> (Vec<String>, WalkOutcome) {
        let mut records = Vec::new();
        let outcome = walk_table(table, &mut |record| records.push(record.text.into_owned()));
        (records, outcome)
    }

    fn row(number: u32) -> String {
        format!("2026-03-02T02:00:0{number}Z,s,n,\"m {number}\"\n")
    }

    /// Returns the numbers of the rows that were read, and the damages.
    fn read(table: &str) -> (Vec<u32>, Vec<Damage>) {
        let (records, outcome) = found(table);
        let number = |record: &String| record.get(17..).and_then(|_| last_digit(record));
        let damages = outcome.damages.into_iter().map(|damage| damage.damage);
        (
            records.iter().filter_map(number).collect(),
            damages.collect(),
        )
    }

    fn last_digit(record: &str) -> Option<u32> {
        let (_, message) = record.split_once("\"errorMessage\":\"m ")?;
        message.chars().next()?.to_digit(10)
    }

    #[test]
    fn damage_costs_the_rows_that_it_is_in() {
        let rows: Vec<String> = (0..5).map(row).collect();
        let table = |damaged: &str| format!("{HEADER}{}{damaged}{}", rows[0], rows[2..].concat());
        for damaged in [
            "2026-03-02T02:00:01Z,s,n,\"m 1\n",
            "2026-03-02T02:00:01Z,s,\"n,m 1\n",
            "\"\n",
            "2026-03-02T02:00:01Z,s,n,\"m\nx,y,z,w\n\"\"\n",
            "2026-03-02T02:00:01Z,s,n,\"a\"b\n",
        ] {
            let (numbers, damages) = read(&table(damaged));
            assert_eq!(numbers, [0, 2, 3, 4], "{damaged}");
            let bytes: Vec<Option<u64>> = damages.iter().map(|damage| damage.byte).collect();
            let start = (HEADER.len() + rows[0].len()) as u64;
            assert_eq!(bytes, [Some(start)], "{damaged}");
        }
        let (numbers, damages) = read(&format!("{HEADER}{}2026-03-02T02:00:00Z,\"s", rows[0]));
        assert_eq!((numbers, damages.len()), (vec![0], 1));
        let (records, outcome) = found(&table("2026-03-02T02:00:01Z,s\n"));
        assert_eq!((records.len(), outcome.damages.len()), (5, 0));
        assert!(records[1].starts_with('"'), "{}", records[1]);
    }

    #[test]
    fn nothing_but_damage_ends() {
        let table = format!("{HEADER}{}", "\"a\"\"\n".repeat(20_000));
        let (numbers, damages) = read(&table);
        assert_eq!((numbers.len(), damages.len()), (0, 1));
    }

    #[test]
    fn exports_have_other_separators_and_spellings() {
        for (delimiter, first) in [
            (",", ""),
            (";", "\u{feff}"),
            ("\t", ""),
            ("|", ""),
            (";", "sep=;\n"),
        ] {
            let header = "EVENT_TIME,event source,eventname,Error message\r\n";
            let line = "2026-03-02 02:00:00,\"s\",n,\"a\r\nb\"\r\n";
            let table = format!("{first}{}", [header, line].concat().replace(',', delimiter));
            assert!(is_table(table.as_bytes()), "{table}");
            let table = table.trim_start_matches('\u{feff}');
            let expected = r#"{"errorMessage":"a\r\nb","eventName":"n","eventSource":"s","eventTime":"2026-03-02T02:00:00Z"}"#;
            assert_eq!(found(table).0, [expected], "{table}");
        }
    }

    /// As people and databases print tables for readers.
    #[test]
    fn padded_cells_and_words_for_no_value_are_read() {
        let columns = ["eventTime", "eventSource", "eventName", "errorMessage"];
        let row = ["2026-03-02T02:00:00Z", "s", "n", "NULL"];
        let expected = r#"{"eventName":"n","eventSource":"s","eventTime":"2026-03-02T02:00:00Z"}"#;
        for (first, between, last) in [("", ", ", ""), ("", " | ", ""), ("| ", " | ", " |")] {
            let line = |cells: [&str; 4]| format!("{first}{}{last}\n", cells.join(between));
            let table = [line(columns), line(row)].concat();
            assert_eq!(found(&table).0, [expected], "{table}");
        }
        // A space in one cell only belongs to it.
        let (records, _) = found("eventTime, eventSource,eventName,errorMessage\nt,s,n, m\n");
        assert!(
            records[0].contains(r#""errorMessage":" m""#),
            "{}",
            records[0]
        );
    }

    #[test]
    fn a_cell_may_hold_a_record() {
        let record = r#"{"eventTime":"t","eventSource":"s","eventName":"n"}"#;
        let quoted = record.replace('"', "\"\"");
        let escaped = record.replace('"', "\\\"");
        for cell in [quoted, escaped] {
            let table = format!("@timestamp,@message\n2026-03-02 02:00:00.000,\"{cell}\"\n");
            let mut times = Vec::new();
            walk_table(&table, &mut |found| {
                assert_eq!(found.text, record);
                times.push(found.log_time.map(|time| time.to_string()));
            });
            assert_eq!(times, [Some("2026-03-02T02:00:00Z".to_owned())], "{table}");
        }
        for other in [
            "a,b\n1,2\n",
            "eventSource and eventName\n",
            "a\n{}\n",
            "a,b\n\"{\n",
        ] {
            assert!(!is_table(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn tables_that_show_events_and_make_no_records_are_reported() {
        let (records, outcome) = found("eventSource,eventName,count\ns,n,7\n");
        assert_eq!((records.len(), outcome.recognized), (0, 1));
        let kind = outcome.damages.first().map(|damage| damage.damage.kind);
        assert_eq!(kind, Some(crate::problem::ProblemKind::UnrecognizedRecords));
    }
}
