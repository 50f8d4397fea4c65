//! Rows of Parquet as lines of JSON.

use serde_json::{Map, Value};

use crate::container::damage::Damage;
use crate::container::remarks::CountedRemarks;
use crate::container::schema::record::{is_record_row, may_be_ocsf, record_from_row};
use crate::container::schema::standing::Standing;
use crate::container::schema::unmapped;

/// The deepest nesting of structures and lists that are searched for records.
const DEPTH_LIMIT: usize = 8;

/// The lines of a table.
#[derive(Debug, Default)]
pub(super) struct Lines {
    bytes: Vec<u8>,
    lacks_error_message: bool,
    /// The columns whose values are UUIDs.
    uuid_columns: Vec<String>,
    remarks: CountedRemarks,
}

impl Lines {
    /// Returns the number of bytes.
    pub(super) fn length(&self) -> usize {
        self.bytes.len()
    }

    /// Notes that the table has no column for the messages of errors.
    pub(super) fn note_missing(&mut self, lacks_error_message: bool) {
        self.lacks_error_message = lacks_error_message;
    }

    /// Notes the columns whose values are UUIDs.
    pub(super) fn note_uuids(&mut self, columns: Vec<String>) {
        self.uuid_columns = columns;
    }

    pub(super) fn uuid_columns(&self) -> &[String] {
        &self.uuid_columns
    }

    /// Adds a line for each record in a row, or one for a row that is not known to hold any.
    pub(super) fn add_row(&mut self, row: Map<String, Value>) {
        let before = self.bytes.len();
        let Some(row) = self.add_record(row) else {
            return;
        };
        self.add_members(&row, 0);
        if self.bytes.len() == before {
            self.add_line(&Value::Object(row).to_string());
        }
    }

    /// Adds the records in a structure or list.
    fn add_nested(&mut self, value: &Value, depth: usize) {
        if depth == DEPTH_LIMIT {
            return;
        }
        match value {
            Value::Array(elements) => {
                for element in elements {
                    self.add_nested(element, depth + 1);
                }
            }
            Value::Object(members) if self.add_record_in(members) => {}
            Value::Object(members) => self.add_members(members, depth + 1),
            _ => {}
        }
    }

    /// Adds the records in those members of a row or structure that may hold some.
    fn add_members(&mut self, members: &Map<String, Value>, depth: usize) {
        let standing = Standing::of_names(members.keys().map(String::as_str));
        for (name, value) in members {
            if standing.may_hold_record(name) {
                self.add_nested(value, depth);
            }
        }
    }

    fn add_record_in(&mut self, members: &Map<String, Value>) -> bool {
        let is_record = is_record_row(members) || may_be_ocsf(members);
        is_record && self.add_record(members.clone()).is_none()
    }

    /// Adds the line of a row or structure that is a record, and returns any other one. What may be
    /// an event of OCSF stays as it is: the walk over the lines maps it, and notes that it did.
    fn add_record(&mut self, row: Map<String, Value>) -> Option<Map<String, Value>> {
        if !is_record_row(&row) {
            if !may_be_ocsf(&row) {
                return Some(row);
            }
            self.add_line(&Value::Object(row).to_string());
            return None;
        }
        if let Some(mapped) = record_from_row(row) {
            self.remarks.add(&mapped.remarks, None);
            self.add_line(&mapped.text);
        }
        None
    }

    fn add_line(&mut self, line: &str) {
        self.bytes.extend_from_slice(line.as_bytes());
        self.bytes.push(b'\n');
    }

    /// Returns the lines, and what is wrong with the table.
    pub(super) fn finish(self) -> (Vec<u8>, Vec<Damage>) {
        let mut problems = Vec::new();
        if self.lacks_error_message {
            problems.push(unmapped::without_error_message());
        }
        problems.extend(self.remarks.problems());
        (self.bytes, problems)
    }
}
