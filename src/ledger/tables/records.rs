//! The tables `attempts` and `lifecycle`: the records that are kept, with all that they say.

use jiff::Timestamp;

use super::{Taken, Wanted, column, number};
use crate::cloudtrail::evidence::Evidence;
use crate::cloudtrail::key::ObjectKey;
use crate::cloudtrail::lifecycle::Step;
use crate::findings::{KeptRecord, LifecycleRecord, Match, MatchedRecord};
use crate::ledger::columns::{Columns, Texts, take, take_any};
use crate::ledger::part::Shape;
use crate::ledger::read::Read;
use crate::metric::{Measurement, NoSample};
use crate::problem::Origin;
use crate::table::Table;
use crate::table::{Column, ColumnKind, ColumnValues};

/// The name of the table of the records that rules selected: a row for each of the rules.
pub(super) const ATTEMPTS: &str = "attempts";

/// The name of the table of the records that tell a step of the life of a secret or key.
pub(super) const LIFECYCLE: &str = "lifecycle";

/// A kept record of a reading.
struct Row<'a> {
    reading: usize,
    kept: &'a KeptRecord,
}

/// A rule's selection of a record.
struct AttemptRow<'a> {
    /// The number of the record among those of the part. The rows of a record stand together.
    attempt: usize,
    matching: &'a Match,
}

/// The columns of `attempts`.
pub(super) fn attempts_shape(with_json: bool) -> Shape {
    let mut shape = vec![
        ("attempt", ColumnKind::Integer),
        ("rule", ColumnKind::Text),
        ("sample_value", ColumnKind::Float),
        ("dimensions", ColumnKind::Text),
        ("no_sample_reason", ColumnKind::Text),
    ];
    shape.extend(record_shape(with_json));
    shape
}

/// The columns of `lifecycle`.
pub(super) fn lifecycle_shape(with_json: bool) -> Shape {
    let mut shape = vec![("step", ColumnKind::Text)];
    shape.extend(record_shape(with_json));
    shape
}

fn record_shape(with_json: bool) -> Shape {
    let mut shape = vec![
        ("reading", ColumnKind::Integer),
        ("event_time", ColumnKind::Time),
        ("event_id", ColumnKind::Text),
        ("log_time", ColumnKind::Time),
        ("object_key", ColumnKind::Text),
        ("record_index", ColumnKind::Integer),
        ("byte", ColumnKind::Integer),
    ];
    shape.extend(Evidence::names().map(|name| (name, ColumnKind::Text)));
    shape.extend(with_json.then_some(("record", ColumnKind::Text)));
    shape
}

pub(super) fn attempts<'a>(reads: &'a [Read], rules: &'a [String]) -> Table<'a> {
    let (mut attempts, mut records) = (Vec::new(), Vec::new());
    let mut attempt = 0;
    for (reading, read) in reads.iter().enumerate() {
        for found in read.tally.matches.all() {
            attempts.extend(
                found
                    .matches
                    .iter()
                    .map(|matching| AttemptRow { attempt, matching }),
            );
            let kept = &found.record;
            records.extend(found.matches.iter().map(|_| Row { reading, kept }));
            attempt += 1;
        }
    }
    let measured = |row: &AttemptRow<'_>| row.matching.measured.as_ref().ok().cloned();
    let dimensions = |row: &AttemptRow<'_>| {
        let dimensions = measured(row)?.dimensions;
        serde_json::to_string(&dimensions)
            .ok()
            .filter(|_| !dimensions.is_empty())
    };
    let reason = |row: &AttemptRow<'_>| Some(row.matching.measured.as_ref().err()?.name());
    let mut columns = vec![
        column(
            "attempt",
            ColumnValues::integer(&attempts, |row| Some(row.attempt as u64)),
        ),
        column(
            "rule",
            ColumnValues::text(&attempts, |row| {
                rules.get(row.matching.rule).map(String::as_str)
            }),
        ),
        column(
            "sample_value",
            ColumnValues::float(&attempts, |row| Some(measured(row)?.value)),
        ),
        column("dimensions", ColumnValues::text(&attempts, dimensions)),
        column("no_sample_reason", ColumnValues::text(&attempts, reason)),
    ];
    columns.extend(record_columns(&records));
    Table {
        name: ATTEMPTS,
        columns,
    }
}

pub(super) fn lifecycle(reads: &[Read]) -> Table<'_> {
    let (mut records, mut steps) = (Vec::new(), Vec::new());
    for (reading, read) in reads.iter().enumerate() {
        steps.extend(read.tally.lifecycle.iter().map(|found| found.step));
        records.extend(read.tally.lifecycle.iter().map(|found| Row {
            reading,
            kept: &found.record,
        }));
    }
    let mut columns = vec![column(
        "step",
        ColumnValues::text(&steps, |step| Some(step.name())),
    )];
    columns.extend(record_columns(&records));
    Table {
        name: LIFECYCLE,
        columns,
    }
}

fn record_columns<'a>(rows: &[Row<'a>]) -> Vec<Column<'a>> {
    let evidence = |name| {
        column(
            name,
            ColumnValues::text(rows, |row| row.kept.evidence.text(name)),
        )
    };
    let mut columns = vec![
        column(
            "reading",
            ColumnValues::integer(rows, |row| Some(row.reading as u64)),
        ),
        column(
            "event_time",
            ColumnValues::time(rows, |row| row.kept.event_time),
        ),
        column(
            "event_id",
            ColumnValues::text(rows, |row| row.kept.event_id.as_deref()),
        ),
        column(
            "log_time",
            ColumnValues::time(rows, |row| row.kept.log_time),
        ),
        column(
            "object_key",
            ColumnValues::text(rows, |row| Some(row.kept.origin.object.as_str())),
        ),
        column(
            "record_index",
            ColumnValues::integer(rows, |row| row.kept.origin.record),
        ),
        column(
            "byte",
            ColumnValues::integer(rows, |row| row.kept.origin.byte),
        ),
    ];
    columns.extend(Evidence::names().map(evidence));
    columns.push(column(
        "record",
        ColumnValues::text(rows, |row| Some(&*row.kept.json)),
    ));
    columns
}

/// The columns of kept records.
struct Records {
    readings: Vec<Option<u64>>,
    event_times: Vec<Option<Timestamp>>,
    event_ids: Texts,
    log_times: Vec<Option<Timestamp>>,
    objects: Texts,
    records: Vec<Option<u64>>,
    bytes: Vec<Option<u64>>,
    evidence: Vec<Texts>,
    json: Option<Texts>,
}

impl Records {
    fn of(columns: &mut Columns<'_>, with_json: bool) -> Result<Self, String> {
        Ok(Self {
            readings: columns.integers("reading")?,
            event_times: columns.times("event_time")?,
            event_ids: columns.texts("event_id")?,
            log_times: columns.times("log_time")?,
            objects: columns.texts("object_key")?,
            records: columns.integers("record_index")?,
            bytes: columns.integers("byte")?,
            evidence: Evidence::names()
                .map(|name| columns.texts(name))
                .collect::<Result<_, _>>()?,
            json: with_json.then(|| columns.texts("record")).transpose()?,
        })
    }

    fn reading(&self, row: usize) -> Result<usize, String> {
        let reading = self.readings.get(row).copied().flatten();
        reading
            .map(number)
            .ok_or_else(|| format!("row {row} has no reading"))
    }

    fn take(&mut self, row: usize) -> Result<KeptRecord, String> {
        let origin = Origin {
            object: take(&mut self.objects, row, "object_key")?,
            record: take_any(&mut self.records, row),
            byte: take_any(&mut self.bytes, row),
        };
        let texts = self
            .evidence
            .iter_mut()
            .map(|texts| take_any(texts, row))
            .collect();
        let json = self.json.as_mut().and_then(|json| take_any(json, row));
        Ok(KeptRecord {
            event_time: take_any(&mut self.event_times, row),
            delivery_time: ObjectKey::parse(&origin.object).delivery_time,
            log_time: take_any(&mut self.log_times, row),
            event_id: take_any(&mut self.event_ids, row),
            origin,
            evidence: Evidence::from_texts(texts),
            json: json.unwrap_or_default().into(),
        })
    }
}

/// The columns of what rules made of records.
struct Matches {
    attempts: Vec<Option<u64>>,
    rules: Texts,
    values: Vec<Option<f64>>,
    dimensions: Texts,
    reasons: Texts,
}

impl Matches {
    fn of(columns: &mut Columns<'_>) -> Result<Self, String> {
        Ok(Self {
            attempts: columns.integers("attempt")?,
            rules: columns.texts("rule")?,
            values: columns.floats("sample_value")?,
            dimensions: columns.texts("dimensions")?,
            reasons: columns.texts("no_sample_reason")?,
        })
    }

    /// The rows of the record whose first row this is, `rows` at most.
    fn of_record(&self, first: usize, rows: usize) -> std::ops::Range<usize> {
        let attempt = self.attempts.get(first);
        let end = (first..rows).find(|row| self.attempts.get(*row) != attempt);
        first..end.unwrap_or(rows)
    }

    /// What a rule made of a record; nothing for a rule that is not asked about.
    fn take(&mut self, row: usize, taken: &Taken) -> Result<Option<Match>, String> {
        let rule = take(&mut self.rules, row, "rule")?;
        let Some(&rule) = taken.rules.get(&rule) else {
            return Ok(None);
        };
        let measured = match take_any(&mut self.values, row) {
            Some(value) => Ok(Measurement {
                value,
                dimensions: self.dimensions(row)?,
            }),
            None => Err(self.reason(row)?),
        };
        Ok(Some(Match { rule, measured }))
    }

    fn dimensions(&mut self, row: usize) -> Result<Vec<(String, String)>, String> {
        match take_any(&mut self.dimensions, row) {
            Some(text) => {
                serde_json::from_str(&text).map_err(|error| format!("dimensions: {error}"))
            }
            None => Ok(Vec::new()),
        }
    }

    fn reason(&mut self, row: usize) -> Result<NoSample, String> {
        let name = take(&mut self.reasons, row, "no_sample_reason")?;
        let reason = NoSample::ALL
            .into_iter()
            .find(|reason| reason.name() == name);
        reason.ok_or_else(|| format!("unknown reason `{name}`"))
    }
}

pub(super) fn read_attempts(
    table: Table<'_>,
    reads: &mut Wanted<'_>,
    taken: &Taken,
) -> Result<(), String> {
    let mut columns = Columns::of(table);
    let rows = columns.rows();
    let mut matches = Matches::of(&mut columns)?;
    let mut records = Records::of(&mut columns, taken.with_json)?;
    let mut next = 0;
    while next < rows {
        let of_record = matches.of_record(next, rows);
        let first = next;
        next = of_record.end;
        let Some(tally) = reads.tally(records.reading(first)?)? else {
            continue;
        };
        let mut matches_of_record = Vec::new();
        for row in of_record {
            matches_of_record.extend(matches.take(row, taken)?);
        }
        matches_of_record.sort_by_key(|matching: &Match| matching.rule);
        let selected = MatchedRecord {
            matches: matches_of_record,
            record: records.take(first)?,
        };
        match selected.matches.is_empty() {
            true => taken.unselect(&selected, tally),
            false => taken.sort(selected, tally),
        }
    }
    Ok(())
}

pub(super) fn read_lifecycle(
    table: Table<'_>,
    reads: &mut Wanted<'_>,
    taken: &Taken,
) -> Result<(), String> {
    let mut columns = Columns::of(table);
    let rows = columns.rows();
    let mut steps = columns.texts("step")?;
    let mut records = Records::of(&mut columns, taken.with_json)?;
    for row in 0..rows {
        let Some(tally) = reads.tally(records.reading(row)?)? else {
            continue;
        };
        let name = take(&mut steps, row, "step")?;
        let step = Step::ALL.into_iter().find(|step| step.name() == name);
        let step = step.ok_or_else(|| format!("unknown step `{name}`"))?;
        let record = records.take(row)?;
        tally.lifecycle.push(LifecycleRecord { step, record });
    }
    Ok(())
}
