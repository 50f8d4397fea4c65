//! Records that rules selected.

use std::borrow::Cow;

use super::kept::SharedTexts;
use super::seen::MATCH_WITHOUT_TIME;
use super::store::{RuleNames, StoredRows};
use super::{
    Findings, KeptRecord, Match, MatchedRecord, ObjectOutcome, ObjectStatus, ScanFinding,
    SeenRecord, StoredError, StoredPart, StoredRequest, StoredTables, by_time, kept,
};
use crate::metric::{DimensionSet, Measurement, NoSample};
use crate::problem::{Origin, Problem, ProblemKind};
use crate::table::schema::{TableSchema, by_name};

/// The name of their table in a ledger: one row for each rule and record that it selected.
const TABLE: &str = "attempts";

/// The records that at least one rule selected, copies included.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matches {
    /// Those in the requested range.
    pub inside: Vec<MatchedRecord>,
    /// Those before it, which only the alarm sees. They count as excluded.
    pub earlier: Vec<MatchedRecord>,
    /// The texts that they share, since there may be millions of them.
    texts: SharedTexts,
}

impl Matches {
    /// Returns all records, those in the requested range first.
    pub fn all(&self) -> impl Iterator<Item = &MatchedRecord> {
        self.inside.iter().chain(&self.earlier)
    }

    /// Returns all records as [`Matches::all`] does.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut MatchedRecord> {
        self.inside.iter_mut().chain(&mut self.earlier)
    }
}

impl ScanFinding for Matches {
    fn observe(&mut self, record: &mut SeenRecord<'_>) {
        self.inside
            .extend(record.matched.take().map(|found| *found));
    }

    fn observe_earlier(&mut self, record: &mut SeenRecord<'_>) {
        self.earlier
            .extend(record.matched.take().map(|found| *found));
    }

    fn merge(&mut self, mut other: Self) {
        for found in other.all_mut() {
            self.texts.share(&mut found.record);
        }
        self.inside.append(&mut other.inside);
        self.earlier.append(&mut other.earlier);
    }

    fn put_in_order(&mut self) {
        // No two records are equal, and a stable sort would need room for half of them.
        self.inside.sort_unstable_by(by_time);
        self.earlier.sort_unstable_by(by_time);
    }

    fn store(tables: &mut StoredTables<'_>) {
        let rules = tables.rules();
        let (mut rows, mut records) = (Vec::new(), StoredRows::default());
        let mut attempt = 0;
        for (reading, findings) in tables.numbered() {
            for found in findings.matches.all() {
                for matching in &found.matches {
                    rows.push(MatchRow::new(attempt, matching, rules));
                    records.push(reading, &found.record);
                }
                attempt += 1;
            }
        }
        // Both have a row for each match, so that their columns make one table.
        tables.add(TABLE, schema().owned_columns(&rows));
        tables.add(TABLE, records.columns(&kept::schema(true)));
    }

    fn restore(part: &mut StoredPart<'_>) -> Result<(), StoredError> {
        let request = part.request;
        for (reading, found) in stored_matches(part)? {
            if let Some(findings) = part.find(reading)? {
                findings.restore_match(found, request);
            }
        }
        Ok(())
    }
}

/// Returns the stored records with the matches of the requested rules, which may be none. Each has
/// the number of its reading.
fn stored_matches(part: &StoredPart<'_>) -> Result<Vec<(u64, MatchedRecord)>, StoredError> {
    let records = kept::schema::<KeptRecord>(part.request.with_json);
    let columns = [schema().read_columns(), records.read_columns()].concat();
    let mut columns = part.table(TABLE, &columns)?;
    let rows = columns.read(&schema(), MatchRow::blank)?;
    let records = columns.read(&records, KeptRecord::blank)?;
    let mut found = FoundRecords::default();
    for ((reading, row), record) in columns.readings.into_iter().zip(rows).zip(records) {
        found.add(reading, row.attempt, record);
        found.add_match(row.into_match(part.request));
    }
    Ok(found.records)
}

/// The stored records, while their rows are read.
#[derive(Default)]
struct FoundRecords {
    records: Vec<(u64, MatchedRecord)>,
    last_attempt: Option<u64>,
}

impl FoundRecords {
    /// Adds the record of a row, unless the row before it has the same.
    fn add(&mut self, reading: u64, attempt: u64, record: KeptRecord) {
        if self.last_attempt.replace(attempt) != Some(attempt) {
            // Most records were selected by one rule, and room for more would remain.
            let matches = Vec::with_capacity(1);
            self.records
                .push((reading, MatchedRecord { matches, record }));
        }
    }

    /// Adds a match to the last record.
    fn add_match(&mut self, matching: Option<Match>) {
        if let Some((_, matched)) = self.records.last_mut() {
            matched.matches.extend(matching);
        }
    }
}

/// A rule's selection of a record, as a ledger stores it.
#[derive(Clone, Debug)]
struct MatchRow<'a> {
    /// The number of the record among those of the part. The rows of a record follow each other.
    attempt: u64,
    rule: Cow<'a, str>,
    measured: Cow<'a, Result<Measurement, NoSample>>,
}

fn schema<'a>() -> TableSchema<'a, MatchRow<'a>> {
    TableSchema::<MatchRow<'_>>::builder()
        .integer("attempt", |row| Some(row.attempt))
        .required(|row, attempt| row.attempt = attempt)
        .text("rule", |row| Some(&row.rule))
        .required(|row, rule| row.rule = Cow::Owned(rule))
        .float("sample_value", |row| Some(row.measurement()?.value))
        .optional(MatchRow::set_value)
        .made_text("dimensions", MatchRow::dimensions_text)
        .try_optional(MatchRow::set_dimensions)
        .text("no_sample_reason", |row| Some(row.reason()?.name()))
        .try_optional(MatchRow::set_reason)
        .build()
}

impl<'a> MatchRow<'a> {
    fn new(attempt: u64, matching: &'a Match, rules: RuleNames<'a>) -> Self {
        Self {
            attempt,
            rule: Cow::Borrowed(rules.name(matching.rule)),
            measured: Cow::Borrowed(&matching.measured),
        }
    }

    fn blank() -> Self {
        Self {
            attempt: 0,
            rule: Cow::Borrowed(""),
            measured: Cow::Owned(Err(NoSample::ValueMissing)),
        }
    }

    fn measurement(&self) -> Option<&Measurement> {
        self.measured.as_ref().as_ref().ok()
    }

    fn reason(&self) -> Option<NoSample> {
        self.measured.as_ref().as_ref().err().copied()
    }

    /// Returns the dimensions as JSON; `None` if there are none.
    fn dimensions_text(&self) -> Option<String> {
        let dimensions = &self.measurement()?.dimensions;
        match dimensions.is_empty() {
            true => None,
            false => serde_json::to_string(dimensions).ok(),
        }
    }

    fn set_value(&mut self, value: Option<f64>) {
        if let Some(value) = value {
            self.measured = Cow::Owned(Ok(Measurement {
                value,
                dimensions: DimensionSet::new(),
            }));
        }
    }

    fn set_dimensions(&mut self, text: Option<String>) -> Result<(), String> {
        if let (Ok(measurement), Some(text)) = (self.measured.to_mut(), text) {
            let dimensions = serde_json::from_str(&text);
            measurement.dimensions = dimensions.map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn set_reason(&mut self, name: Option<String>) -> Result<(), String> {
        if let Err(reason) = self.measured.to_mut() {
            let name = name.ok_or("there is neither a value nor a reason for none")?;
            *reason = by_name(NoSample::ALL, NoSample::name, &name)?;
        }
        Ok(())
    }

    /// Returns the match; `None` if its rule is not requested.
    fn into_match(self, request: &StoredRequest) -> Option<Match> {
        Some(Match {
            rule: request.rule(&self.rule)?,
            measured: self.measured.into_owned(),
        })
    }
}

impl Findings {
    /// Adds a record to those of the requested range or to those before it. One of which no
    /// requested rule is left becomes a record that no rule selected.
    fn restore_match(&mut self, mut found: MatchedRecord, request: &StoredRequest) {
        self.matches.texts.share(&mut found.record);
        // The ledger was written with the rules in another order, perhaps.
        found.matches.sort_by_key(|matching| matching.rule);
        let time = found.record.event_time;
        match (request.is_inside(time), found.matches.is_empty()) {
            (true, true) => self.unselect(&found.record.origin),
            (true, false) => self.matches.inside.push(found),
            (false, false) if request.is_observed(time) => self.matches.earlier.push(found),
            (false, _) => {}
        }
    }

    /// Counts a record of the requested range as one that no rule selected.
    fn unselect(&mut self, origin: &Origin) {
        self.problems
            .retain(|problem| !is_of_match(problem, origin));
        let mut problems = self.problems.iter();
        let has_problems = problems.any(|problem| problem.origin.object == origin.object);
        let mut objects = self.objects.iter_mut();
        if let Some(object) = objects.find(|object| object.object == origin.object) {
            object.unselect(has_problems);
        }
    }
}

impl ObjectOutcome {
    /// Counts a selected record as one that no rule selected. `has_problems` is true if the object
    /// has problems that remain.
    fn unselect(&mut self, has_problems: bool) {
        self.records.selected = self.records.selected.saturating_sub(1);
        self.records.unmatched += 1;
        if self.status == ObjectStatus::Damaged && !has_problems {
            self.status = ObjectStatus::Read;
        }
    }
}

/// Returns whether a problem is that a selected record has no time. It does not matter for one that
/// is not selected, but a step in the life of a secret or key needs its time whatever the rules.
fn is_of_match(problem: &Problem, origin: &Origin) -> bool {
    problem.kind == ProblemKind::NoEventTime
        && problem.detail == MATCH_WITHOUT_TIME
        && is_same_record(&problem.origin, origin)
}

/// Returns whether two origins are those of the same record, wherever in it they are.
fn is_same_record(one: &Origin, other: &Origin) -> bool {
    (&one.object, one.record) == (&other.object, other.record)
}
