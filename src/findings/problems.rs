//! Things that could not be read.

use super::{ScanFinding, StoredError, StoredPart, StoredTables};
use crate::problem::{Origin, Problem, ProblemKind};
use crate::table::schema::{TableSchema, by_name};

/// The name of their table in a ledger.
pub const TABLE: &str = "problems";

impl ScanFinding for Vec<Problem> {
    fn merge(&mut self, mut other: Self) {
        self.append(&mut other);
    }

    fn put_in_order(&mut self) {
        self.sort();
    }

    fn store(tables: &mut StoredTables<'_>) {
        tables.add_rows(TABLE, &schema(), |findings| &findings.problems);
    }

    fn restore(part: &mut StoredPart<'_>) -> Result<(), StoredError> {
        part.each_row(TABLE, &schema(), blank, |findings, problem| {
            findings.problems.push(problem);
        })
    }
}

fn schema() -> TableSchema<'static, Problem> {
    TableSchema::<Problem>::builder()
        .text("object_key", |problem| Some(&problem.origin.object))
        .required(|problem, key| problem.origin.object = key.into())
        .integer("record_index", |problem| problem.origin.record)
        .optional(|problem, record| problem.origin.record = record)
        .integer("byte", |problem| problem.origin.byte)
        .optional(|problem, byte| problem.origin.byte = byte)
        .text("kind", |problem| Some(problem.kind.name()))
        .try_required(|problem, name| {
            problem.kind = by_name(ProblemKind::ALL, ProblemKind::name, &name)?;
            Ok(())
        })
        .text("detail", |problem| Some(&problem.detail))
        .required(|problem, detail| problem.detail = detail)
        .build()
}

fn blank() -> Problem {
    Problem {
        origin: Origin::default(),
        kind: ProblemKind::Unreadable,
        detail: String::new(),
    }
}
