//! The table `problems`: a row for each problem that a reading met.

use super::{Wanted, column, number};
use crate::ledger::columns::{Columns, take, take_any};
use crate::ledger::part::Shape;
use crate::ledger::read::Read;
use crate::problem::{Origin, Problem, ProblemKind};
use crate::table::Table;
use crate::table::{ColumnKind, ColumnValues};

/// The name of the table.
pub(super) const NAME: &str = "problems";

/// A problem of a reading.
struct Row<'a> {
    reading: usize,
    problem: &'a Problem,
}

pub(super) fn shape() -> Shape {
    vec![
        ("reading", ColumnKind::Integer),
        ("object_key", ColumnKind::Text),
        ("record_index", ColumnKind::Integer),
        ("byte", ColumnKind::Integer),
        ("kind", ColumnKind::Text),
        ("detail", ColumnKind::Text),
    ]
}

pub(super) fn table(reads: &[Read]) -> Table<'_> {
    let mut rows = Vec::new();
    for (reading, read) in reads.iter().enumerate() {
        rows.extend(
            read.tally
                .problems
                .iter()
                .map(|problem| Row { reading, problem }),
        );
    }
    let columns = vec![
        column(
            "reading",
            ColumnValues::integer(&rows, |row| Some(row.reading as u64)),
        ),
        column(
            "object_key",
            ColumnValues::text(&rows, |row| Some(row.problem.origin.object.as_str())),
        ),
        column(
            "record_index",
            ColumnValues::integer(&rows, |row| row.problem.origin.record),
        ),
        column(
            "byte",
            ColumnValues::integer(&rows, |row| row.problem.origin.byte),
        ),
        column(
            "kind",
            ColumnValues::text(&rows, |row| Some(row.problem.kind.name())),
        ),
        column(
            "detail",
            ColumnValues::text(&rows, |row| Some(row.problem.detail.as_str())),
        ),
    ];
    Table {
        name: NAME,
        columns,
    }
}

pub(super) fn read(table: Table<'_>, reads: &mut Wanted<'_>) -> Result<(), String> {
    let mut columns = Columns::of(table);
    let rows = columns.rows();
    let (mut readings, mut objects) = (columns.integers("reading")?, columns.texts("object_key")?);
    let (mut records, mut bytes) = (columns.integers("record_index")?, columns.integers("byte")?);
    let (mut kinds, mut details) = (columns.texts("kind")?, columns.texts("detail")?);
    for row in 0..rows {
        let reading = number(take(&mut readings, row, "reading")?);
        let Some(tally) = reads.tally(reading)? else {
            continue;
        };
        let name = take(&mut kinds, row, "kind")?;
        let kind = ProblemKind::ALL
            .into_iter()
            .find(|kind| kind.name() == name);
        let origin = Origin {
            object: take(&mut objects, row, "object_key")?,
            record: take_any(&mut records, row),
            byte: take_any(&mut bytes, row),
        };
        tally.problems.push(Problem {
            origin,
            kind: kind.ok_or_else(|| format!("unknown kind `{name}`"))?,
            detail: take(&mut details, row, "detail")?,
        });
    }
    Ok(())
}
