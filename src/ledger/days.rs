//! The table of a part with its objects in numbers, so that a report or a summary need not pass
//! through the objects themselves.

use compact_str::CompactString;
use jiff::Timestamp;
use jiff::civil::Date;

use super::LedgerError;
use super::part::Part;
use crate::findings::{CountedDay, ObjectCounts, ObjectDays, ObjectGroup};
use crate::table::Table;
use crate::table::schema::{TableColumns, TableSchema};
use crate::time::hours::{DayHours, date_of_day, day_of_date};

/// The name of the table.
pub(super) const DAYS: &str = "days";

/// The name of the day of objects that count for none.
const NO_DAY: &str = "none";

/// A group of objects with its numbers, as a ledger stores it.
#[derive(Clone, Debug, Default)]
struct DayRow {
    group: ObjectGroup,
    counts: ObjectCounts,
}

/// Returns the table of the numbers of objects.
pub(super) fn table(days: &ObjectDays) -> Table<'static> {
    let rows: Vec<DayRow> = days
        .groups()
        .map(|(group, counts)| DayRow {
            group: group.clone(),
            counts: counts.clone(),
        })
        .collect();
    Table {
        name: DAYS,
        columns: schema().owned_columns(&rows),
    }
}

/// Reads the numbers of the objects of a part.
///
/// # Errors
///
/// Returns an error if the table cannot be read, or is not as it should be.
pub(super) fn read(part: &Part) -> Result<ObjectDays, LedgerError> {
    let schema = schema();
    let table = part.table(DAYS, &schema.read_columns())?;
    let rows = schema.read(&mut TableColumns::new(table), DayRow::default);
    let rows = rows.map_err(|error| part.damaged(format!("{DAYS}: {error}")))?;
    let mut days = ObjectDays::default();
    for row in rows {
        days.add_group(row.group, row.counts);
    }
    Ok(days)
}

fn schema() -> TableSchema<'static, DayRow> {
    TableSchema::<DayRow>::builder()
        .and([
            place_schema(),
            status_schema(),
            count_schema(),
            record_schema(),
            time_schema(),
        ])
        .build()
}

fn place_schema() -> TableSchema<'static, DayRow> {
    TableSchema::<DayRow>::builder()
        .text("account", |row| row.group.account.as_deref())
        .optional(|row, text| row.group.account = text.map(CompactString::from))
        .text("region", |row| row.group.region.as_deref())
        .optional(|row, text| row.group.region = text.map(CompactString::from))
        .text("root", |row| Some(&row.group.root))
        .required(|row, text| row.group.root = text.into())
        .date("day", DayRow::date)
        .optional(|row, date| {
            if let Some(date) = date {
                row.group.day = CountedDay::Day(day_of_date(date));
            }
        })
        // A missing date may mean two things, and this column tells which.
        .text("other_day", |row| match row.group.day {
            CountedDay::None => Some(NO_DAY),
            CountedDay::Unknown | CountedDay::Day(_) => None,
        })
        .try_optional(DayRow::set_other_day)
        .build()
}

fn status_schema() -> TableSchema<'static, DayRow> {
    TableSchema::<DayRow>::builder()
        .text("status", |row| Some(row.group.status.name()))
        .try_required(|row, name| row.group.status.set(&name))
        .text("skip_reason", |row| row.group.status.stored_skip_reason())
        .try_optional(|row, name| row.group.status.set_skip_reason(name.as_deref()))
        .text("object_key", |row| row.group.object.as_deref())
        .optional(|row, name| row.group.object = name.map(Into::into))
        .text("example", |row| row.counts.example.as_deref())
        .optional(|row, name| row.counts.example = name.map(Into::into))
        .build()
}

fn count_schema() -> TableSchema<'static, DayRow> {
    TableSchema::<DayRow>::builder()
        .integer("objects", |row| Some(row.counts.objects))
        .required(|row, number| row.counts.objects = number)
        .integer("with_requested", |row| Some(row.counts.with_requested))
        .required(|row, number| row.counts.with_requested = number)
        .integer("stored_bytes", |row| Some(row.counts.stored_bytes))
        .required(|row, number| row.counts.stored_bytes = number)
        .integer("content_bytes", |row| Some(row.counts.content_bytes))
        .required(|row, number| row.counts.content_bytes = number)
        .build()
}

fn record_schema() -> TableSchema<'static, DayRow> {
    TableSchema::<DayRow>::builder()
        .integer("selected", |row| Some(row.counts.records.selected))
        .required(|row, number| row.counts.records.selected = number)
        .integer("unmatched", |row| Some(row.counts.records.unmatched))
        .required(|row, number| row.counts.records.unmatched = number)
        .integer("excluded", |row| Some(row.counts.records.excluded))
        .required(|row, number| row.counts.records.excluded = number)
        .integer("unparseable", |row| Some(row.counts.records.unparseable))
        .required(|row, number| row.counts.records.unparseable = number)
        .build()
}

fn time_schema() -> TableSchema<'static, DayRow> {
    TableSchema::<DayRow>::builder()
        .time("first_event", |row| row.counts.events.first())
        .optional(|row, time| include(&mut row.counts.events, time))
        .time("last_event", |row| row.counts.events.last())
        .optional(|row, time| include(&mut row.counts.events, time))
        .time("first_counted", |row| row.counts.times.first())
        .optional(|row, time| include(&mut row.counts.times, time))
        .time("last_counted", |row| row.counts.times.last())
        .optional(|row, time| include(&mut row.counts.times, time))
        .integer("hours", |row| Some(row.counts.hours.bits().into()))
        .required(|row, bits| row.counts.hours = DayHours::from_bits(bits))
        // The clock of an event may be ahead of its delivery, and whole numbers are unsigned.
        .float("longest_lag_seconds", |row| {
            Some(row.counts.longest_lag_seconds? as f64)
        })
        .optional(|row, seconds| {
            row.counts.longest_lag_seconds = seconds.map(|seconds| seconds as i64);
        })
        .build()
}

fn include(span: &mut crate::time::period::TimeSpan, time: Option<Timestamp>) {
    if let Some(time) = time {
        span.include(time);
    }
}

impl DayRow {
    fn date(&self) -> Option<Date> {
        match self.group.day {
            CountedDay::Day(day) => Some(date_of_day(day)),
            CountedDay::Unknown | CountedDay::None => None,
        }
    }

    fn set_other_day(&mut self, name: Option<String>) -> Result<(), String> {
        match name.as_deref() {
            None => Ok(()),
            Some(NO_DAY) => {
                self.group.day = CountedDay::None;
                Ok(())
            }
            Some(name) => Err(format!("unknown name `{name}`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudtrail::key::ObjectKey;
    use crate::findings::{ForeignContent, ObjectOutcome, ObjectStatus, SkipReason};
    use crate::time::period::TimeRange;

    fn object(name: &str, status: ObjectStatus, event: Option<&str>) -> ObjectOutcome {
        let name = format!("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/04/{name}");
        let mut object = ObjectOutcome {
            key: ObjectKey::parse(&name),
            object: name.into(),
            status,
            stored_bytes: 3,
            content_bytes: 5,
            ..ObjectOutcome::default()
        };
        object.records.selected = 1;
        if let Some(time) = event {
            object.time_span.include(time.parse().expect("a time"));
        }
        object
    }

    #[test]
    fn numbers_are_read_as_they_were_written() {
        let named = "111122223333_CloudTrail_eu-west-1_20260304T0915Z_aBcDeFgHiJkLmNoP.json.gz";
        let foreign = ObjectStatus::Skipped(SkipReason::NotCloudTrail(ForeignContent::Table));
        let objects = [
            object(named, ObjectStatus::Read, Some("2026-03-04T09:20:01Z")),
            object(named, ObjectStatus::Damaged, None),
            object("unnamed.json", ObjectStatus::Unreadable, None),
            object("notes.csv", foreign, None),
        ];
        let end = "2026-03-04T09:00:00Z".parse().ok();
        for range in [TimeRange::default(), TimeRange { start: None, end }] {
            let days = ObjectDays::new(&objects, range);
            let table = table(&days);
            let schema = schema();
            let rows = schema.read(&mut TableColumns::new(table), DayRow::default);
            let mut read = ObjectDays::default();
            for row in rows.expect("rows") {
                read.add_group(row.group, row.counts);
            }
            assert_eq!(read, days);
        }
    }
}
