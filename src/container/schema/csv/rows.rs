//! The rows of a text of separated values, with the place of each.

use std::borrow::Cow;

/// The form of a text of separated values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// The sign between two cells.
    pub(super) delimiter: u8,
    /// True if a backslash comes before a quote in a quoted cell, as Spark and Hive write it. It is
    /// another quote otherwise.
    pub(super) has_backslashes: bool,
    /// True if there are spaces around cells that do not belong to them.
    pub(super) is_padded: bool,
}

/// The words by which databases export that there is no value: MySQL and others, and Hive and
/// Postgres. A text is quoted where it could be taken for one.
const NO_VALUE: [&str; 2] = ["NULL", "\\N"];

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CsvRow<'t> {
    /// The text of each cell, without quotes around it.
    pub(super) cells: Vec<Cow<'t, str>>,
    /// The place of the next row.
    pub(super) end: usize,
}

/// The place in the text where something that is not a row was recognized as such.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotARow {
    pub(super) place: usize,
}

/// A cell, and the place of the sign after it.
type CsvCell<'t> = (Cow<'t, str>, usize);

impl Dialect {
    /// Reads the row that begins at a place.
    pub(super) fn row<'t>(self, text: &'t str, start: usize) -> Result<CsvRow<'t>, NotARow> {
        let mut cells = Vec::new();
        let mut place = start;
        loop {
            let (cell, end) = self.cell(text, place)?;
            cells.push(cell);
            match text.as_bytes().get(end) {
                Some(sign) if *sign == self.delimiter => place = end + 1,
                _ => {
                    let end = end + line_break_bytes(text, end);
                    return Ok(CsvRow { cells, end });
                }
            }
        }
    }

    /// Returns the dialect with the same delimiter and the other escapes of quotes.
    pub(super) fn with_other_escapes(self) -> Self {
        Self {
            has_backslashes: !self.has_backslashes,
            ..self
        }
    }

    fn cell(self, text: &str, start: usize) -> Result<CsvCell<'_>, NotARow> {
        let start = self.past_padding(text, start);
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        if rest.first() == Some(&b'"') {
            return self.quoted(text, start + 1);
        }
        // Some tools write a space before the quote.
        let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
        if rest.get(spaces) == Some(&b'"')
            && let Ok(cell) = self.quoted(text, start + spaces + 1)
        {
            return Ok(cell);
        }
        // A quote within a cell that does not begin with one is a sign like any other.
        let length = memchr::memchr3(self.delimiter, b'\n', b'\r', rest);
        let end = start + length.unwrap_or(rest.len());
        let cell = text.get(start..end).unwrap_or_default();
        let cell = match self.is_padded {
            true => cell.trim_end_matches(' '),
            false => cell,
        };
        match NO_VALUE.contains(&cell) {
            true => Ok(("".into(), end)),
            false => Ok((cell.into(), end)),
        }
    }

    /// Returns the place after the spaces that do not belong to a cell.
    fn past_padding(self, text: &str, place: usize) -> usize {
        let rest = text.get(place..).unwrap_or_default();
        match self.is_padded {
            true => place + rest.len() - rest.trim_start_matches(' ').len(),
            false => place,
        }
    }

    /// Reads the cell that is quoted from a place on.
    fn quoted(self, text: &str, start: usize) -> Result<CsvCell<'_>, NotARow> {
        let mut cell = Cow::Borrowed("");
        let mut from = start;
        loop {
            let place = self.next_escape(text, from)?;
            append(&mut cell, text.get(from..place).unwrap_or_default());
            let next = text.get(place + 1..).and_then(|rest| rest.chars().next());
            match (text.as_bytes().get(place), next) {
                (Some(b'"'), Some('"')) if !self.has_backslashes => append(&mut cell, "\""),
                (Some(b'"'), _) => return self.end_of_quoted(cell, text, place + 1),
                (_, Some('"')) => append(&mut cell, "\""),
                (_, Some('\\')) => append(&mut cell, "\\"),
                // Any other backslash is a sign like any other.
                _ => {
                    append(&mut cell, "\\");
                    from = place + 1;
                    continue;
                }
            }
            from = place + 2;
        }
    }

    /// Returns the place of the next quote or backslash.
    fn next_escape(self, text: &str, from: usize) -> Result<usize, NotARow> {
        let rest = text.as_bytes().get(from..).unwrap_or_default();
        let length = match self.has_backslashes {
            true => memchr::memchr2(b'"', b'\\', rest),
            false => memchr::memchr(b'"', rest),
        };
        let place = length.map(|length| from + length);
        place.ok_or(NotARow { place: text.len() })
    }

    fn end_of_quoted<'t>(
        self,
        cell: Cow<'t, str>,
        text: &str,
        end: usize,
    ) -> Result<CsvCell<'t>, NotARow> {
        let end = self.past_padding(text, end);
        match text.as_bytes().get(end) {
            None | Some(b'\n' | b'\r') => Ok((cell, end)),
            Some(sign) if *sign == self.delimiter => Ok((cell, end)),
            // Only a quote that does not belong to this cell is followed by anything else.
            Some(_) => Err(NotARow { place: end }),
        }
    }
}

/// Adds a part to a cell, which stays borrowed as long as it is one part.
fn append<'t>(cell: &mut Cow<'t, str>, part: &'t str) {
    if cell.is_empty() {
        *cell = part.into();
    } else if !part.is_empty() {
        cell.to_mut().push_str(part);
    }
}

/// Returns the length of the line break at a place.
fn line_break_bytes(text: &str, place: usize) -> usize {
    let rest = text.as_bytes().get(place..).unwrap_or_default();
    match rest {
        [b'\r', b'\n', ..] => 2,
        [_, ..] => 1,
        [] => 0,
    }
}

/// Returns the place of the next line.
pub(super) fn next_line(text: &str, from: usize) -> Option<usize> {
    let rest = text.as_bytes().get(from..)?;
    let next = from + memchr::memchr(b'\n', rest)? + 1;
    (next < text.len()).then_some(next)
}

/// Returns the first place from one on that is not a line break. Lines without any text are not
/// rows.
pub(super) fn past_line_breaks(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    text.len() - rest.trim_start_matches(['\n', '\r']).len()
}

/// Returns the place after the line that begins at a place, if it is the border of a box that a
/// database prints around a table.
pub(super) fn past_border(text: &str, place: usize) -> usize {
    let rest = text.get(place..).unwrap_or_default();
    let line = rest.lines().next().unwrap_or_default();
    match is_border(line) {
        true => past_line_breaks(text, place + line.len()),
        false => place,
    }
}

fn is_border(line: &str) -> bool {
    let signs = line.trim();
    signs.contains("--") && signs.bytes().all(|sign| matches!(sign, b'+' | b'-' | b'|'))
}

/// Returns true if a line is the count of rows that a database prints below a table:
/// `(6 rows)`, `6 rows in set (0.00 sec)`.
fn is_count(line: &str) -> bool {
    let line = line.trim().trim_start_matches('(');
    let after = line.trim_start_matches(|sign: char| sign.is_ascii_digit());
    let is_of_rows = after.starts_with(" row)") || after.starts_with(" rows)");
    after.len() < line.len()
        && (is_of_rows || after.starts_with(" row in set") || after.starts_with(" rows in set"))
}

/// Returns the place after the lines at a place that only decorate a table: the borders of a box,
/// and the count of rows at its end.
pub(super) fn past_decoration(text: &str, place: usize) -> usize {
    let after = past_border(text, place);
    let rest = text.get(after..).unwrap_or_default();
    let mut lines = rest.lines();
    let is_count = lines.next().is_some_and(is_count);
    match is_count && lines.all(|line| line.trim().is_empty()) {
        true => text.len(),
        false => after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Dialect = Dialect {
        delimiter: b',',
        has_backslashes: false,
        is_padded: false,
    };

    fn cells(dialect: Dialect, text: &str) -> Option<(Vec<String>, usize)> {
        let row = dialect.row(text, 0).ok()?;
        let cells = row.cells.into_iter().map(Cow::into_owned).collect();
        Some((cells, row.end))
    }

    fn expected(cells: &[&str], end: usize) -> Option<(Vec<String>, usize)> {
        Some((cells.iter().map(|cell| (*cell).to_owned()).collect(), end))
    }

    #[test]
    fn cells_are_separated_and_quoted() {
        for (text, row) in [
            ("a,b\nc", expected(&["a", "b"], 4)),
            ("a,b\r\nc", expected(&["a", "b"], 5)),
            ("a,", expected(&["a", ""], 2)),
            ("\"a,\nb\",c", expected(&["a,\nb", "c"], 8)),
            ("\"a\"\"b\"\"\"\n", expected(&["a\"b\""], 9)),
            ("\"\"\"a\"\"\"", expected(&["\"a\""], 7)),
            ("a\"b,\"\"", expected(&["a\"b", ""], 6)),
            ("\"a\", \"b,\"\n", expected(&["a", "b,"], 10)),
            ("a, \"b\" c", expected(&["a", " \"b\" c"], 8)),
            ("\"a\"b,c", None),
            ("a,\"b\n", None),
            ("\"", None),
        ] {
            assert_eq!(cells(PLAIN, text), row, "{text}");
        }
    }

    #[test]
    fn a_backslash_may_come_before_a_quote() {
        let dialect = Dialect {
            delimiter: b'\t',
            has_backslashes: true,
            is_padded: false,
        };
        for (text, row) in [
            (r#""{\"a\":\"\\\"b\"}""#, expected(&[r#"{"a":"\"b"}"#], 19)),
            ("\"a\\n\"\tb", expected(&["a\\n", "b"], 7)),
            ("\"\\é\"", expected(&["\\é"], 5)),
            ("\"a\\", None),
            ("\"a\"\"", None),
        ] {
            assert_eq!(cells(dialect, text), row, "{text}");
        }
    }

    #[test]
    fn spaces_around_cells_are_no_part_of_them() {
        let padded = Dialect {
            is_padded: true,
            ..PLAIN
        };
        for text in ["a , \"b, c \" ,\n", " a, \"b, c \",  \n"] {
            assert_eq!(
                cells(padded, text),
                expected(&["a", "b, c ", ""], text.len()),
                "{text}"
            );
        }
        assert_eq!(cells(PLAIN, " a, b"), expected(&[" a", " b"], 5));
        assert_eq!(cells(padded, "\"a\" b,c"), None);
    }

    #[test]
    fn the_decoration_of_a_table_is_no_row() {
        for (text, place) in [
            ("+--+---+\n| a |", 9),
            ("----+----\na", 10),
            ("|---|---|\r\n", 11),
            ("+--+\n6 rows in set (0.00 sec)\n\n", 31),
            ("(1 row)\n", 8),
            ("(6 rows)", 8),
            ("a,b\n", 0),
            ("-,-\n", 0),
            ("6 rows in set\na,b", 0),
            ("6 rows", 0),
            ("", 0),
        ] {
            assert_eq!(past_decoration(text, 0), place, "{text}");
        }
    }

    #[test]
    fn only_a_quoted_word_is_one_that_means_no_value() {
        let text = "NULL,\\N,\"NULL\",null,NULLS\n";
        let found = expected(&["", "", "NULL", "null", "NULLS"], text.len());
        assert_eq!(cells(PLAIN, text), found);
    }
}
