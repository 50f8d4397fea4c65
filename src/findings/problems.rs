//! Things that could not be read.

use super::{
    Finding, Readings, RestoredReadings, StoredError, StoredReader, StoredRequest, StoredTables,
};
use crate::problem::{Origin, Problem, ProblemKind};
use crate::table::schema::{TableSchema, by_name};

/// The name of their table in a ledger.
const TABLE: &str = "problems";

impl Finding for Vec<Problem> {
    fn merge(&mut self, mut other: Self) {
        self.append(&mut other);
    }

    fn put_in_order(&mut self) {
        self.sort();
    }

    fn store<'a>(readings: &Readings<'a>, tables: &mut StoredTables<'a>) {
        let rows = readings.rows(|tally| &tally.problems);
        tables.add(TABLE, rows.columns(&schema()));
    }

    fn restore(
        tables: &mut StoredReader<'_>,
        readings: &mut RestoredReadings<'_>,
        _request: &StoredRequest,
    ) -> Result<(), StoredError> {
        for (reading, problem) in tables.rows(TABLE, &schema(), blank)? {
            if let Some(tally) = readings.find(reading)? {
                tally.problems.push(problem);
            }
        }
        Ok(())
    }
}

fn schema() -> TableSchema<'static, Problem> {
    TableSchema::<Problem>::builder()
        .text("object_key", |problem| Some(&problem.origin.object))
        .required(|problem, key| problem.origin.object = key)
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
