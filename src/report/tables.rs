//! The tables of a report. Their columns are described in `docs/report.md`.

use std::borrow::Cow;

use super::alarm::ActionsOfChange;
use super::coverage::{Coverage, CoverageRow};
use super::integrity::{GradedObject, graded_object_schema};
use super::story::tables::{caller_rows, caller_schema, story_schema};
use super::{
    AlarmReport, Attempt, Event, EvidenceObject, LifecycleEvent, Metric, Objects, ObjectsError,
    Report,
};
use crate::alarm::Change;
use crate::alarm::aws::reason::reason;
use crate::cloudtrail::evidence::Evidence;
use crate::findings::{ObjectOutcome, ObjectStatus};
use crate::metric::StatisticSet;
use crate::metric::series::Datapoint;
use crate::problem::Problem;
use crate::table::schema::TableSchema;
use crate::table::{Column, Table};

/// The number of rows that are made at once of a table with a row for each record or object, so
/// that a table of millions needs no more memory than its report. Parquet has as many in a group.
const BATCH_ROWS: usize = 16_384;

/// The field of the evidence that is true or false.
const READ_ONLY: &str = "read_only";

/// Every table of a report: its name, which also names its files, and its rows.
const TABLES: [(&str, TableMaker); 12] = [
    ("attempts", |report| {
        in_batches(&report.attempts, attempt_schema(report))
    }),
    ("lifecycle", |report| {
        in_batches(&report.lifecycle, lifecycle_schema())
    }),
    ("stories", |report| {
        in_batches(&report.stories, story_schema())
    }),
    ("story_callers", |report| {
        at_once(caller_rows(&report.stories), caller_schema())
    }),
    ("metric", |report| {
        at_once(metric_rows(&report.metrics), metric_schema())
    }),
    ("alarm_history", |report| {
        at_once(state_changes(&report.alarms), state_change_schema())
    }),
    ("notifications", |report| {
        at_once(notification_rows(&report.alarms), notification_schema())
    }),
    ("objects", |report| {
        Box::new(ObjectRows {
            objects: &report.objects,
            schema: object_schema(report),
        })
    }),
    ("sources", |report| {
        in_batches(report.sources.all(), source_schema())
    }),
    ("coverage", |report| {
        at_once(report.coverage_rows(), coverage_schema())
    }),
    ("problems", |report| {
        in_batches(&report.problems, problem_schema())
    }),
    ("integrity", |report| {
        in_batches(graded_objects(report), graded_object_schema())
    }),
];

type TableMaker = fn(&Report) -> Box<dyn TableRows + '_>;

/// The rows of a table, which become columns batch by batch.
trait TableRows {
    /// Returns the columns of each batch: at least one, which may have no rows. A batch of what was
    /// stored may be an error.
    fn batches(&self) -> Box<dyn Iterator<Item = Result<Vec<Column<'_>>, ObjectsError>> + '_>;

    /// Returns the columns without rows.
    fn columns(&self) -> Vec<Column<'_>>;
}

/// Rows with their schema.
struct SchemaRows<'a, T: Clone> {
    rows: Cow<'a, [T]>,
    schema: TableSchema<'a, T>,
    batch_rows: usize,
}

fn in_batches<'a, T: Clone>(rows: &'a [T], schema: TableSchema<'a, T>) -> Box<dyn TableRows + 'a> {
    Box::new(SchemaRows {
        rows: Cow::Borrowed(rows),
        schema,
        batch_rows: BATCH_ROWS,
    })
}

// Periods, days and changes of alarms are few, compared with records.
fn at_once<'a, T: Clone + 'a>(rows: Vec<T>, schema: TableSchema<'a, T>) -> Box<dyn TableRows + 'a> {
    Box::new(SchemaRows {
        batch_rows: rows.len().max(1),
        rows: Cow::Owned(rows),
        schema,
    })
}

impl<T: Clone> TableRows for SchemaRows<'_, T> {
    fn batches(&self) -> Box<dyn Iterator<Item = Result<Vec<Column<'_>>, ObjectsError>> + '_> {
        if self.rows.is_empty() {
            // A table without rows still has columns, so that programs find them by name.
            return Box::new(std::iter::once(Ok(self.columns())));
        }
        let batches = self.rows.chunks(self.batch_rows);
        Box::new(batches.map(|batch| {
            let rows: Vec<&T> = batch.iter().collect();
            Ok(self.schema.columns(&rows))
        }))
    }

    fn columns(&self) -> Vec<Column<'_>> {
        self.schema.columns(&[])
    }
}

/// The rows of the table of objects, which come from where they are kept.
struct ObjectRows<'a> {
    objects: &'a Objects,
    schema: TableSchema<'a, ObjectOutcome>,
}

impl TableRows for ObjectRows<'_> {
    fn batches(&self) -> Box<dyn Iterator<Item = Result<Vec<Column<'_>>, ObjectsError>> + '_> {
        let batches = self.objects.batches();
        Box::new(batches.map(|batch| Ok(self.schema.owned_columns(&batch?))))
    }

    fn columns(&self) -> Vec<Column<'_>> {
        self.schema.columns(&[])
    }
}

/// A table of a report. It may have millions of rows, so its columns are made when it is written.
pub struct ReportTable<'a> {
    /// The name, which also names its files.
    pub name: &'static str,
    rows: Box<dyn TableRows + 'a>,
}

impl ReportTable<'_> {
    /// Returns the table in batches of rows, all with the same columns: at least one batch, which
    /// may have no rows. A batch of what was stored may be an error.
    pub fn batches(&self) -> impl Iterator<Item = Result<Table<'_>, ObjectsError>> {
        let name = self.name;
        let batches = self.rows.batches();
        batches.map(move |columns| {
            Ok(Table {
                name,
                columns: columns?,
            })
        })
    }

    /// Returns the columns, without rows.
    pub fn columns(&self) -> Vec<Column<'_>> {
        self.rows.columns()
    }
}

impl Report {
    /// Returns the number of the selected records of an object that are further copies of an event.
    pub fn duplicates(&self, object: &ObjectOutcome) -> u64 {
        let duplicates = self.duplicates_by_object.get(&*object.object);
        duplicates.copied().unwrap_or(0)
    }

    /// Returns the days with and without objects, by account and region.
    pub fn coverage_rows(&self) -> Vec<CoverageRow> {
        Coverage::from_report(self).rows()
    }

    /// Returns the names of the tables of every report.
    pub fn table_names() -> impl Iterator<Item = &'static str> {
        TABLES.iter().map(|(name, _)| *name)
    }

    /// Returns all tables of the report.
    pub fn tables(&self) -> impl Iterator<Item = ReportTable<'_>> {
        TABLES.iter().map(|(name, rows)| ReportTable {
            name,
            rows: rows(self),
        })
    }
}

fn attempt_schema(report: &Report) -> TableSchema<'_, Attempt> {
    TableSchema::<Attempt>::builder()
        .text("rule", |attempt| Some(&attempt.rule))
        .and([event_schema()])
        .float("sample_value", |attempt| {
            Some(attempt.measured.as_ref().ok()?.value)
        })
        .text("no_sample_reason", |attempt| {
            Some(attempt.measured.as_ref().err()?.name())
        })
        .and([resolution_schema(), location_schema()])
        .made_text("source_sha256", |attempt| {
            let source = report.sources.find(&attempt.event.origin.object)?;
            source.sha256.as_deref().map(str::to_owned)
        })
        .text("integrity", |attempt| Some(attempt.integrity?.name()))
        .build()
}

/// The columns of the secret or key that an attempt is about.
fn resolution_schema() -> TableSchema<'static, Attempt> {
    TableSchema::<Attempt>::builder()
        .text("resource", |attempt| {
            Some(&attempt.resolution.as_ref()?.resource.id)
        })
        .text("resolved_by", |attempt| {
            Some(attempt.resolution.as_ref()?.reason.name())
        })
        .text("phase", |attempt| {
            Some(attempt.resolution.as_ref()?.phase.name())
        })
        .float("days_left", |attempt| {
            attempt.resolution.as_ref()?.days_left
        })
        .build()
}

/// Returns the graded objects, if the archive was verified.
fn graded_objects(report: &Report) -> &[GradedObject] {
    let integrity = report.integrity.as_ref();
    integrity.map_or(&[], |integrity| &integrity.verification.objects)
}

fn lifecycle_schema() -> TableSchema<'static, LifecycleEvent> {
    TableSchema::<LifecycleEvent>::builder()
        .text("step", |found| Some(found.step.name()))
        .time("deletion_date", |found| found.deletion.date)
        .text("deletion_date_text", |found| {
            found.deletion.date_text.as_deref()
        })
        .integer("recovery_window_days", |found| {
            found.deletion.recovery_window_days
        })
        .text("forced", |found| found.deletion.forced_text())
        .and([event_schema()])
        .and([location_schema()])
        .build()
}

impl AsRef<Event> for Attempt {
    fn as_ref(&self) -> &Event {
        &self.event
    }
}

impl AsRef<Event> for LifecycleEvent {
    fn as_ref(&self) -> &Event {
        &self.event
    }
}

/// The columns of the event of a row.
fn event_schema<T: AsRef<Event> + 'static>() -> TableSchema<'static, T> {
    TableSchema::<T>::builder()
        .time("event_time", |row| row.as_ref().event_time)
        .text("event_id", |row| row.as_ref().event_id.as_deref())
        .and(
            Evidence::names()
                .enumerate()
                .map(|(place, name)| evidence_schema(place, name)),
        )
        .build()
}

/// The column of a field of the evidence.
fn evidence_schema<T: AsRef<Event> + 'static>(
    place: usize,
    name: &'static str,
) -> TableSchema<'static, T> {
    let column = TableSchema::<T>::builder();
    if name == READ_ONLY {
        // CloudTrail writes nothing but `true` and `false`.
        let value = move |row: &T| row.as_ref().evidence.text_at(place)?.parse().ok();
        return column.boolean(name, value).build();
    }
    let column = column.text(name, move |row| row.as_ref().evidence.text_at(place));
    column.build()
}

/// The columns of the copies of an event and of the location of the first.
fn location_schema<T: AsRef<Event> + 'static>() -> TableSchema<'static, T> {
    TableSchema::<T>::builder()
        .integer("copies", move |row| Some(row.as_ref().copies))
        .time("delivery_time", |row| row.as_ref().delivery_time)
        .time("log_time", |row| row.as_ref().log_time)
        .text("object_key", move |row| Some(&row.as_ref().origin.object))
        .integer("record_index", |row| row.as_ref().origin.record)
        .build()
}

/// A datapoint with the metric that it belongs to.
#[derive(Clone)]
struct MetricRow<'a> {
    metric: &'a Metric,
    point: &'a Datapoint,
}

fn metric_rows(metrics: &[Metric]) -> Vec<MetricRow<'_>> {
    let mut rows = Vec::new();
    for metric in metrics {
        let points = metric.datapoints.iter();
        rows.extend(points.map(|point| MetricRow { metric, point }));
    }
    rows
}

fn metric_schema<'a>() -> TableSchema<'a, MetricRow<'a>> {
    TableSchema::<MetricRow<'_>>::builder()
        .text("namespace", |row| Some(&row.metric.identity.namespace))
        .text("metric_name", |row| Some(&row.metric.identity.metric_name))
        .made_text("dimensions", |row| row.metric.dimensions_text())
        .text("unit", |row| Some(row.metric.unit.name()))
        .time("period_start", |row| Some(row.point.period_start))
        .integer("period_seconds", |row| {
            Some(row.metric.period_seconds.into())
        })
        .float("sample_count", |row| Some(row.statistics().sample_count))
        .float("sum", |row| Some(row.statistics().sum))
        .float("average", |row| row.statistics().average())
        .float("minimum", |row| Some(row.statistics().minimum))
        .float("maximum", |row| Some(row.statistics().maximum))
        .build()
}

impl MetricRow<'_> {
    fn statistics(&self) -> &StatisticSet {
        &self.point.statistics
    }
}

/// A change of the state of an alarm.
#[derive(Clone)]
struct StateChangeRow<'a> {
    alarm: &'a AlarmReport,
    change: &'a Change,
}

fn state_changes(alarms: &[AlarmReport]) -> Vec<StateChangeRow<'_>> {
    let mut changes = Vec::new();
    for alarm in alarms {
        let transitions = alarm.transitions.iter();
        changes.extend(transitions.map(|change| StateChangeRow { alarm, change }));
    }
    changes
}

fn state_change_schema<'a>() -> TableSchema<'a, StateChangeRow<'a>> {
    TableSchema::<StateChangeRow<'_>>::builder()
        .text("alarm_name", |row| Some(row.alarm.name()))
        .and([alarm_schema()])
        .time("time", |row| Some(row.change.time))
        .made_text("old_state", |row| Some(row.change.old_state.to_string()))
        .made_text("new_state", |row| Some(row.change.new_state.to_string()))
        .made_text("reason", |row| {
            Some(reason(row.alarm.alarm.as_any(), row.change, None))
        })
        .time("window_start", |row| row.change.data()?.window_start)
        .build()
}

/// The columns of the group and the origin of an alarm.
fn alarm_schema<'a, T: AsRef<AlarmReport> + 'a>() -> TableSchema<'a, T> {
    TableSchema::<T>::builder()
        .text("account", |row| row.as_ref().group.account.as_deref())
        .text("region", |row| row.as_ref().group.region.as_deref())
        .text("origin", |row| Some(row.as_ref().origin.name()))
        .build()
}

impl AsRef<AlarmReport> for StateChangeRow<'_> {
    fn as_ref(&self) -> &AlarmReport {
        self.alarm
    }
}

impl AsRef<AlarmReport> for NotificationRow<'_> {
    fn as_ref(&self) -> &AlarmReport {
        self.alarm
    }
}

/// A change of an alarm to a state that has actions.
#[derive(Clone)]
struct NotificationRow<'a> {
    alarm: &'a AlarmReport,
    actions: ActionsOfChange<'a>,
}

fn notification_rows(alarms: &[AlarmReport]) -> Vec<NotificationRow<'_>> {
    let mut rows = Vec::new();
    for alarm in alarms {
        let actions = alarm.actions().into_iter();
        rows.extend(actions.map(|actions| NotificationRow { alarm, actions }));
    }
    rows
}

fn notification_schema<'a>() -> TableSchema<'a, NotificationRow<'a>> {
    TableSchema::<NotificationRow<'_>>::builder()
        .text("alarm_name", |row| Some(row.alarm.name()))
        .and([alarm_schema()])
        .time("changed_at", |row| Some(row.actions.change.time))
        .made_text("new_state", |row| {
            Some(row.actions.change.new_state.to_string())
        })
        .time("sent_at", |row| row.actions.run)
        .made_text("actions", |row| Some(row.actions.actions.join(" ")))
        .build()
}

fn object_schema(report: &Report) -> TableSchema<'_, ObjectOutcome> {
    TableSchema::<ObjectOutcome>::builder()
        .text("object_key", |object| Some(&object.object))
        .text("status", |object| Some(object.status.name()))
        .text("skip_reason", |object| match object.status {
            ObjectStatus::Skipped(reason) => Some(reason.name()),
            _ => None,
        })
        .text("account", |object| object.key.account.as_deref())
        .text("region", |object| object.key.region.as_deref())
        .time("delivery_time", |object| object.key.delivery_time)
        .integer("stored_bytes", |object| Some(object.stored_bytes))
        .integer("content_bytes", |object| Some(object.content_bytes))
        .integer("records", |object| Some(object.records.total()))
        .integer("selected", |object| Some(object.records.selected))
        .integer("duplicate", |object| Some(report.duplicates(object)))
        .integer("unmatched", |object| Some(object.records.unmatched))
        .integer("excluded", |object| Some(object.records.excluded))
        .integer("unparseable", |object| Some(object.records.unparseable))
        .time("first_event", |object| object.time_span.first())
        .time("last_event", |object| object.time_span.last())
        .build()
}

fn source_schema() -> TableSchema<'static, EvidenceObject> {
    TableSchema::<EvidenceObject>::builder()
        .text("object_key", |source| Some(&source.object))
        .integer("stored_bytes", |source| source.stored_bytes)
        .text("etag", |source| source.etag.as_deref())
        .text("sha256", |source| source.sha256.as_deref())
        .integer("attempts", |source| Some(source.attempts))
        .integer("lifecycle", |source| Some(source.lifecycle))
        .build()
}

fn coverage_schema() -> TableSchema<'static, CoverageRow> {
    TableSchema::<CoverageRow>::builder()
        .text("account", |row| Some(&row.account))
        .text("region", |row| Some(&row.region))
        .date("day", |row| Some(row.first_day))
        .date("last_day", |row| Some(row.last_day))
        .integer("days", |row| Some(row.days))
        .text("state", |row| Some(row.state()))
        .integer("objects", |row| Some(row.objects))
        .integer("failed", |row| Some(row.failed))
        .integer("records", |row| Some(row.records))
        .integer("duplicate", |row| Some(row.duplicates))
        .time("first_event", |row| row.events.first())
        .time("last_event", |row| row.events.last())
        .float("longest_lag_seconds", |row| {
            Some(row.longest_lag_seconds? as f64)
        })
        .integer("hours_without_object", |row| Some(row.hours_without_object))
        .build()
}

fn problem_schema() -> TableSchema<'static, Problem> {
    TableSchema::<Problem>::builder()
        .text("object_key", |problem| Some(&problem.origin.object))
        .integer("record_index", |problem| problem.origin.record)
        .integer("byte", |problem| problem.origin.byte)
        .text("kind", |problem| Some(problem.kind.name()))
        .text("detail", |problem| Some(&problem.detail))
        .build()
}
