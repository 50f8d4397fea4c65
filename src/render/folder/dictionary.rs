//! The data dictionary of a report: every table and column, with type, unit and meaning. The
//! meanings are those of `docs/report.md`, so that there is one description of each column.

use std::io::Write;

use crate::render::findings::FindingFormat;
use crate::report::Report;
use crate::table::format::WriteError;
use crate::table::{Column, ColumnValues};

/// The description of the report.
const DESCRIPTION: &str = include_str!("../../../docs/report.md");

/// The table whose columns others share.
const SHARED: &str = "attempts";

const INTRODUCTION: &str = "# Data dictionary

Each table is in this folder as CSV, Parquet and JSON, as far as the formats were requested. Times
are UTC, days are of UTC, and a missing value is an empty cell or null. `summary.json` has the
numbers of the whole report, and `evidence.json` the hashes of its files and inputs.
";

/// Writes the dictionary of the tables of a report, and of its files of findings.
pub(super) fn write_dictionary(
    report: &Report,
    tables: &[&str],
    findings: &[FindingFormat],
    out: &mut dyn Write,
) -> Result<(), WriteError> {
    out.write_all(INTRODUCTION.as_bytes())?;
    for table in report.tables().filter(|table| tables.contains(&table.name)) {
        let name = table.name;
        write!(out, "\n## {name}\n\n{}\n\n", purpose(name))?;
        out.write_all(b"| column | type | unit | meaning |\n|---|---|---|---|\n")?;
        for column in table.columns() {
            writeln!(out, "{}", row(name, &column))?;
        }
    }
    for format in findings {
        let name = format.file_name();
        write!(out, "\n## {name}\n\n{}\n", purpose(name))?;
    }
    Ok(())
}

fn row(table: &str, column: &Column<'_>) -> String {
    let name = column.name;
    let meaning = meaning(table, name).or_else(|| meaning(SHARED, name));
    let meaning = without_links(meaning.unwrap_or_default());
    let (kind, unit) = (kind(column), unit(column));
    format!("| `{name}` | {kind} | {unit} | {meaning} |")
}

fn kind(column: &Column<'_>) -> &'static str {
    match column.values {
        ColumnValues::Text(_) => "text",
        ColumnValues::Integer(_) => "whole number",
        ColumnValues::Float(_) => "number",
        ColumnValues::Time(_) => "time",
        ColumnValues::Date(_) => "day",
        ColumnValues::Boolean(_) => "true or false",
    }
}

/// Returns the unit of a column, which ends its name.
fn unit(column: &Column<'_>) -> &'static str {
    if matches!(column.values, ColumnValues::Time(_) | ColumnValues::Date(_)) {
        return "UTC";
    }
    let last = column.name.rsplit('_').next().unwrap_or_default();
    match (last, column.name) {
        ("seconds", _) => "seconds",
        ("bytes" | "byte", _) => "bytes",
        ("days", _) => "days",
        (_, "hours_without_object") => "hours",
        _ => "",
    }
}

/// Returns the first paragraph of the section of a table.
fn purpose(table: &str) -> String {
    let section = section(table).unwrap_or_default().trim_start();
    let paragraph = section.split("\n\n").next().unwrap_or_default();
    without_links(&paragraph.replace('\n', " "))
}

/// Returns the text below the heading of a table.
fn section(table: &str) -> Option<&'static str> {
    let mut sections = DESCRIPTION.split("\n## ");
    sections.find_map(|section| section.strip_prefix(table)?.strip_prefix('\n'))
}

/// Returns the meaning of a column of a table. A row of the description may name several columns.
fn meaning(table: &str, column: &str) -> Option<&'static str> {
    let quoted = format!("`{column}`");
    for line in section(table)?.lines() {
        let Some((names, meaning)) = cells(line) else {
            continue;
        };
        if names.split(", ").any(|name| name == quoted) {
            return Some(meaning);
        }
    }
    None
}

/// Returns the two cells of a row of the description.
fn cells(line: &str) -> Option<(&str, &str)> {
    let row = line.strip_prefix("| ")?.strip_suffix(" |")?;
    row.split_once(" | ")
}

/// Returns text without the places of its links, which lead nowhere from a report.
fn without_links(text: &str) -> String {
    let mut parts = text.split("](");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.split_once(')').map_or(part, |(_, rest)| rest);
        if let Some(begin) = plain.rfind('[') {
            plain.remove(begin);
        }
        plain += rest;
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_their_text() {
        let text = "(`a`, see [b](c.md#d) and [e](f)) [g]";
        assert_eq!(without_links(text), "(`a`, see b and e) [g]");
    }

    #[test]
    fn a_row_may_describe_several_columns() {
        let places = meaning("attempts", "aws_region").expect("a meaning");
        assert_eq!(meaning("attempts", "recipient_account_id"), Some(places));
        assert_eq!(meaning("attempts", "aws"), None);
        assert_eq!(meaning("nothing", "aws_region"), None);
    }

    #[test]
    fn every_table_has_a_purpose() {
        for table in Report::table_names() {
            assert!(purpose(table).contains("One row for each"), "{table}");
        }
        for format in FindingFormat::ALL {
            let name = format.file_name();
            assert!(purpose(name).contains("One finding for each"), "{name}");
        }
    }
}
