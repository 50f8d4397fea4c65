//! The way of findings into the tables of a part of a ledger.

use super::Findings;
use super::counts::{self, Count};
use super::stored::reading_schema;
use crate::table::schema::TableSchema;
use crate::table::{Column, Table};

/// The tables of a part, while they are made from the findings of readings.
pub struct StoredTables<'a> {
    readings: Vec<&'a Findings>,
    rules: RuleNames<'a>,
    tables: Vec<Table<'a>>,
    counts: Vec<(u64, Count)>,
}

/// The names of rules, by which a ledger knows them.
#[derive(Clone, Copy)]
pub(super) struct RuleNames<'a>(&'a [String]);

/// The rows of one table of a part, each with the number of its reading.
pub(super) struct StoredRows<'a, T> {
    readings: Vec<u64>,
    rows: Vec<&'a T>,
}

impl<'a> StoredTables<'a> {
    /// Returns the tables of readings with these findings, before the findings are added. `rules`
    /// are the names of the rules.
    pub fn new(readings: impl Iterator<Item = &'a Findings>, rules: &'a [String]) -> Self {
        Self {
            readings: readings.collect(),
            rules: RuleNames(rules),
            tables: Vec::new(),
            counts: Vec::new(),
        }
    }

    /// Returns the findings of each reading with its number.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (u64, &'a Findings)> {
        (0..).zip(self.readings.iter().copied())
    }

    pub(super) fn rules(&self) -> RuleNames<'a> {
        self.rules
    }

    /// Adds columns to a table, beside those that it has.
    pub fn add(&mut self, name: &'static str, columns: Vec<Column<'a>>) {
        match self.tables.iter_mut().find(|table| table.name == name) {
            Some(table) => table.columns.extend(columns),
            None => self.tables.push(Table { name, columns }),
        }
    }

    /// Adds the rows that `rows` finds in the findings of each reading to a table.
    pub(super) fn add_rows<T: 'a>(
        &mut self,
        name: &'static str,
        schema: &TableSchema<'_, T>,
        rows: impl Fn(&'a Findings) -> &'a [T],
    ) {
        let columns = self.rows(rows).columns(schema);
        self.add(name, columns);
    }

    /// Returns the rows that `rows` finds in the findings of each reading.
    pub(super) fn rows<T: 'a>(&self, rows: impl Fn(&'a Findings) -> &'a [T]) -> StoredRows<'a, T> {
        let mut stored = StoredRows::default();
        for (reading, findings) in self.numbered() {
            for row in rows(findings) {
                stored.push(reading, row);
            }
        }
        stored
    }

    /// Adds the counts that `counts` finds in the findings of each reading.
    pub(super) fn add_counts(&mut self, counts: impl Fn(&'a Findings, &mut Vec<Count>)) {
        let mut added = Vec::new();
        for (reading, findings) in self.numbered() {
            let mut of_reading = Vec::new();
            counts(findings, &mut of_reading);
            added.extend(of_reading.into_iter().map(|count| (reading, count)));
        }
        self.counts.extend(added);
    }

    /// Returns all tables.
    pub fn finish(mut self) -> Vec<Table<'a>> {
        // Findings add their counts one after another, but in each table the rows of a reading
        // follow each other.
        self.counts.sort_by_key(|(reading, _)| *reading);
        let (readings, counts): (Vec<u64>, Vec<Count>) = self.counts.into_iter().unzip();
        let mut columns = reading_schema().owned_columns(&readings);
        columns.extend(counts::schema().owned_columns(&counts));
        self.tables.push(Table {
            name: counts::TABLE,
            columns,
        });
        self.tables
    }
}

impl<'a> RuleNames<'a> {
    /// Returns the name of the rule with this number.
    pub(super) fn name(self, rule: usize) -> &'a str {
        self.0.get(rule).map_or("", String::as_str)
    }
}

impl<T> Default for StoredRows<'_, T> {
    fn default() -> Self {
        Self {
            readings: Vec::new(),
            rows: Vec::new(),
        }
    }
}

impl<'a, T> StoredRows<'a, T> {
    pub(super) fn push(&mut self, reading: u64, row: &'a T) {
        self.readings.push(reading);
        self.rows.push(row);
    }

    /// Returns the rows.
    pub(super) fn rows(&self) -> &[&'a T] {
        &self.rows
    }

    /// Returns the columns of the rows, after the one with the numbers of their readings.
    pub(super) fn columns(&self, schema: &TableSchema<'_, T>) -> Vec<Column<'a>> {
        let mut columns = reading_schema().owned_columns(&self.readings);
        columns.extend(schema.columns(&self.rows));
        columns
    }
}
