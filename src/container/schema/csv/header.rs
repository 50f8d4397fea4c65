//! The line of column names at the beginning of a table, by which a table is recognized.

use std::borrow::Cow;

use super::rows::{CsvRow, Dialect, next_line, past_border, past_line_breaks};
use crate::container::schema::standing::{Standing, are_mapped, is_of_caller, is_source};
use crate::container::schema::{names, unmapped};

/// The most bytes of a text that are searched for the line of column names and the first rows.
const HEAD_BYTES: usize = 64 << 10;

/// The longest name of a column in bytes, by which a table of messages differs from other text.
const NAME_LIMIT: usize = 64;

/// The number of rows in one of which a message must be a record.
const FIRST_ROWS: usize = 16;

/// The most lines before that of the columns: a title, or comments of a tool.
const TITLE_LINES: usize = 100;

/// The lines of a title after which rows must show that the columns are those of a table. Longer
/// texts may be documentation.
const SHORT_TITLE_LINES: usize = 3;

/// The end of the source of an event.
const SERVICE_DOMAIN: &str = ".amazonaws.com";

/// The signs between two cells, the most usual first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The columns of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CsvHeader {
    pub(super) dialect: Dialect,
    pub(super) columns: Vec<String>,
    pub(super) kind: RowMeaning,
    /// True if there is a column for each of the needed fields, rather than an event of OCSF.
    pub(super) has_fields: bool,
    /// The place of the first row.
    pub(super) end: usize,
}

/// The meaning of the rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowMeaning {
    /// Each row is a record.
    Records,
    /// Each row may hold records in a cell.
    Messages,
    /// The columns show records, and lack something that each record needs.
    Unmapped,
}

impl CsvHeader {
    /// Reads the columns of the table that a text begins with; nothing for any other text.
    pub(super) fn from_head(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
        // Almost every object holds JSON, which is recognized by its first byte.
        let is_json = matches!(head.trim_ascii_start().first(), Some(b'{' | b'['));
        if is_json || !unmapped::shows_records(head) {
            return None;
        }
        // The head may end within a character.
        let text = head.utf8_chunks().next()?.valid();
        let start = past_line_breaks(text, separator_line(text));
        let start = past_border(text, start);
        let mut delimiters = DELIMITERS.into_iter();
        let header = delimiters.find_map(|delimiter| Self::new(text, start, delimiter));
        header.or_else(|| Self::after_title(text, start))
    }

    /// Reads the columns after lines with a title or a comment. Only those of records count there,
    /// with the most usual signs between them, since documents have tables, too.
    fn after_title(text: &str, mut place: usize) -> Option<Self> {
        for line in 0..TITLE_LINES {
            place = past_line_breaks(text, next_line(text, place)?);
            let [comma, semicolon, tab, _] = DELIMITERS;
            let mut delimiters = [comma, semicolon, tab].into_iter();
            let header = delimiters.find_map(|delimiter| Self::new(text, place, delimiter));
            if let Some(header) = header.filter(|header| header.has_fields)
                && (line < SHORT_TITLE_LINES || header.has_source(text))
            {
                return Some(header);
            }
        }
        None
    }

    fn new(text: &str, start: usize, delimiter: u8) -> Option<Self> {
        let dialect = Dialect {
            delimiter,
            // Rows that need the other form are read in it one by one.
            has_backslashes: false,
            is_padded: false,
        };
        let dialect = Dialect {
            is_padded: are_padded(&dialect.row(text, start).ok()?.cells),
            ..dialect
        };
        let row = dialect.row(text, start).ok()?;
        let columns: Vec<String> = row
            .cells
            .iter()
            .map(|name| name.trim().to_owned())
            .collect();
        let columns = without_prefix(columns);
        let header = Self {
            dialect,
            kind: RowMeaning::Records,
            has_fields: names::are_of_records(columns.iter().map(String::as_str)),
            columns,
            end: row.end,
        };
        let kind = header.find_kind(text)?;
        Some(Self { kind, ..header })
    }

    fn find_kind(&self, text: &str) -> Option<RowMeaning> {
        if are_mapped(self.names()) {
            return Some(RowMeaning::Records);
        }
        if self.names().all(is_name) && self.has_message(text) {
            return Some(RowMeaning::Messages);
        }
        names::are_of_events(self.names()).then_some(RowMeaning::Unmapped)
    }

    /// Returns the names of the columns.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.columns.iter().map(String::as_str)
    }

    /// Returns true if one of the first rows has a cell with a record.
    fn has_message(&self, text: &str) -> bool {
        let standing = Standing::of_names(self.names());
        self.has_cell(text, |name, cell| {
            standing.may_hold_record(name) && is_message(cell)
        })
    }

    /// Returns true if one of the first rows has the source of an event.
    fn has_source(&self, text: &str) -> bool {
        self.has_cell(text, |name, cell| {
            is_source(name) && cell.contains(SERVICE_DOMAIN)
        })
    }

    /// Returns true if one of the first rows has such a cell.
    fn has_cell(&self, text: &str, is_such: impl Fn(&str, &str) -> bool) -> bool {
        let mut place = past_line_breaks(text, self.end);
        for _ in 0..FIRST_ROWS {
            let Some(row) = self.first_row(text, place) else {
                return false;
            };
            let mut cells = self.columns.iter().zip(&row.cells);
            if cells.any(|(name, cell)| is_such(name, cell)) {
                return true;
            }
            place = past_line_breaks(text, row.end);
        }
        false
    }

    fn first_row<'t>(&self, text: &'t str, place: usize) -> Option<CsvRow<'t>> {
        for has_backslashes in [false, true] {
            let dialect = Dialect {
                has_backslashes,
                ..self.dialect
            };
            let row = dialect.row(text, place);
            if let Some(row) = row.ok().filter(|row| row.cells.len() == self.columns.len()) {
                return Some(row);
            }
        }
        None
    }
}

/// Returns true if there is a space on one side of each sign between columns, as some programs
/// print tables. Cells have such spaces then, too.
fn are_padded(columns: &[Cow<'_, str>]) -> bool {
    let mut after = columns.iter().skip(1).filter(|name| !name.is_empty());
    let mut before = columns.iter().rev().skip(1).filter(|name| !name.is_empty());
    let begin = |name: &Cow<'_, str>| name.starts_with(' ');
    let end = |name: &Cow<'_, str>| name.ends_with(' ');
    columns.len() > 1 && (after.all(begin) || before.all(end))
}

/// Returns columns without the name of the table or structure that the fields of a record are in:
/// `_source.eventTime` of Kibana, `detail.eventTime` of an event, `logs.eventtime` of Hive.
fn without_prefix(columns: Vec<String>) -> Vec<String> {
    let names = || columns.iter().map(String::as_str);
    if are_mapped(names()) {
        return columns;
    }
    let mut prefixes = names().filter_map(|name| Some(name.rsplit_once('.')?.0));
    let prefix = prefixes.find(|prefix| {
        let fields = names().filter_map(|name| after_prefix(name, prefix));
        !is_of_caller(prefix) && names::are_of_records(fields)
    });
    let Some(prefix) = prefix else {
        return columns;
    };
    // The other columns are of what is around the record.
    let name = |name: &str| match after_prefix(name, prefix) {
        Some(field) => field.to_owned(),
        None => format!("_.{name}"),
    };
    names().map(name).collect()
}

fn after_prefix<'n>(name: &'n str, prefix: &str) -> Option<&'n str> {
    name.strip_prefix(prefix)?.strip_prefix('.')
}

/// Returns the length of the line by which spreadsheets know the sign between cells: `sep=;`.
fn separator_line(text: &str) -> usize {
    let line = text.lines().next().unwrap_or_default();
    match line.starts_with("sep=") && line.len() == 5 {
        true => line.len(),
        false => 0,
    }
}

fn is_name(column: &str) -> bool {
    let has_other_sign = column.contains(['{', '}', '"', '=', '\n']);
    !column.is_empty() && column.len() <= NAME_LIMIT && !has_other_sign
}

fn is_message(cell: &str) -> bool {
    let is_json = cell.trim_start().starts_with(['{', '[']);
    is_json && unmapped::shows_records(cell.as_bytes())
}
