//! The tables of a report. Their columns are described in `docs/report.md`.

use super::coverage::{CoverageDay, coverage};
use super::{Attempt, Event, LifecycleEvent, Metric, Report, RuleReport};
use crate::alarm::aws::reason::reason;
use crate::alarm::{AnyAlarm, Change};
use crate::cloudtrail::evidence::Evidence;
use crate::findings::{ObjectOutcome, ObjectStatus};
use crate::metric::StatisticSet;
use crate::metric::series::Datapoint;
use crate::problem::Problem;
use crate::table::{Column, Table, Values};

/// How many rows of a table are made at once, so that a table of millions needs no more memory than
/// its report. Parquet has as many in a group.
const PART_ROWS: usize = 16_384;

/// The columns of a table, part by part: at least one, which may have no rows.
type Parts<'a> = Box<dyn Iterator<Item = Vec<Column<'a>>> + 'a>;

/// How a table comes out of a report.
type Maker = fn(&Report) -> Parts<'_>;

/// Every table of a report: its name, which names its files, and how it comes out of the report.
const TABLES: [(&str, Maker); 7] = [
    ("attempts", |report| in_parts(&report.attempts, attempts)),
    ("lifecycle", |report| in_parts(&report.lifecycle, lifecycle)),
    ("metric", |report| whole(metric(&report.rules))),
    ("alarm_history", |report| {
        whole(alarm_history(&report.rules))
    }),
    ("objects", |report| {
        in_parts(&report.objects, |rows| objects(report, rows))
    }),
    ("coverage", |report| {
        whole(coverage_days(&coverage(
            &report.objects,
            &report.duplicates_by_object,
        )))
    }),
    ("problems", |report| in_parts(&report.problems, problems)),
];

fn whole(columns: Vec<Column<'_>>) -> Parts<'_> {
    Box::new(std::iter::once(columns))
}

fn in_parts<'a, T>(rows: &'a [T], columns: impl Fn(&'a [T]) -> Vec<Column<'a>> + 'a) -> Parts<'a> {
    let parts = rows.len().div_ceil(PART_ROWS).max(1);
    let part = move |number: usize| {
        let start = number * PART_ROWS;
        columns(
            rows.get(start..rows.len().min(start + PART_ROWS))
                .unwrap_or_default(),
        )
    };
    Box::new((0..parts).map(part))
}

/// A table of a report, which is made when it is asked for: it may have millions of rows.
#[derive(Clone, Copy)]
pub struct ReportTable<'a> {
    /// The name, which also names its files.
    pub name: &'static str,
    report: &'a Report,
    parts: Maker,
}

impl<'a> ReportTable<'a> {
    /// The table in parts of some rows each, all with the same columns: at least one, which may
    /// have no rows.
    pub fn parts(&self) -> impl Iterator<Item = Table<'a>> + use<'a> {
        let name = self.name;
        (self.parts)(self.report).map(move |columns| Table { name, columns })
    }
}

impl Report {
    /// How many of the selected records of an object are further copies of an event.
    pub fn duplicates(&self, object: &ObjectOutcome) -> u64 {
        self.duplicates_by_object
            .get(&*object.object)
            .copied()
            .unwrap_or(0)
    }

    /// The names of the tables of every report.
    pub fn table_names() -> impl Iterator<Item = &'static str> {
        TABLES.iter().map(|(name, _)| *name)
    }

    /// All tables of the report.
    pub fn tables(&self) -> impl Iterator<Item = ReportTable<'_>> {
        TABLES.iter().map(|(name, parts)| ReportTable {
            name,
            report: self,
            parts: *parts,
        })
    }
}

fn column<'a>(name: &'static str, values: Values<'a>) -> Column<'a> {
    Column { name, values }
}

fn attempts(attempts: &[Attempt]) -> Vec<Column<'_>> {
    let events: Vec<&Event> = attempts.iter().map(|attempt| &attempt.event).collect();
    let value = |attempt: &Attempt| Some(attempt.measured.as_ref().ok()?.value);
    let no_sample = |attempt: &Attempt| attempt.measured.as_ref().err().map(|reason| reason.name());
    let mut columns = vec![column(
        "rule",
        Values::text(attempts, |attempt| Some(attempt.rule.as_str())),
    )];
    columns.extend(what_happened(&events));
    columns.extend([
        column("sample_value", Values::float(attempts, value)),
        column("no_sample_reason", Values::text(attempts, no_sample)),
    ]);
    columns.extend(where_it_stands(&events));
    columns
}

fn lifecycle(lifecycle: &[LifecycleEvent]) -> Vec<Column<'_>> {
    let events: Vec<&Event> = lifecycle.iter().map(|found| &found.event).collect();
    let mut columns = vec![column(
        "step",
        Values::text(lifecycle, |found| Some(found.step.name())),
    )];
    columns.extend(what_happened(&events));
    columns.extend(where_it_stands(&events));
    columns
}

fn what_happened<'a>(events: &[&'a Event]) -> Vec<Column<'a>> {
    let evidence = |name| {
        column(
            name,
            Values::text(events, |event| event.evidence.text(name)),
        )
    };
    let mut columns = vec![
        column("event_time", Values::time(events, |event| event.event_time)),
        column(
            "event_id",
            Values::text(events, |event| event.event_id.as_deref()),
        ),
    ];
    columns.extend(Evidence::names().map(evidence));
    columns
}

fn where_it_stands<'a>(events: &[&'a Event]) -> Vec<Column<'a>> {
    vec![
        column(
            "copies",
            Values::integer(events, |event| Some(event.copies)),
        ),
        column(
            "delivery_time",
            Values::time(events, |event| event.delivery_time),
        ),
        column("log_time", Values::time(events, |event| event.log_time)),
        column(
            "object_key",
            Values::text(events, |event| Some(event.origin.object.as_str())),
        ),
        column(
            "record_index",
            Values::integer(events, |event| event.origin.record),
        ),
    ]
}

/// A value of one rule, beside the rule it belongs to.
struct Of<'a, T> {
    rule: &'a RuleReport,
    value: &'a T,
}

fn of_rules<'a, T>(
    rules: &'a [RuleReport],
    values: impl Fn(&'a RuleReport) -> &'a [T],
) -> Vec<Of<'a, T>> {
    rules
        .iter()
        .flat_map(|rule| values(rule).iter().map(move |value| Of { rule, value }))
        .collect()
}

/// A datapoint beside the rule and the metric it belongs to.
struct MetricRow<'a> {
    rule: &'a RuleReport,
    metric: &'a Metric,
    point: &'a Datapoint,
}

fn metric(rules: &[RuleReport]) -> Vec<Column<'_>> {
    let metrics = rules
        .iter()
        .flat_map(|rule| rule.metrics.iter().map(move |metric| (rule, metric)));
    let rows: Vec<MetricRow<'_>> = metrics
        .flat_map(|(rule, metric)| {
            metric.datapoints.iter().map(move |point| MetricRow {
                rule,
                metric,
                point,
            })
        })
        .collect();
    let statistic = |name, value: fn(&StatisticSet) -> Option<f64>| {
        column(
            name,
            Values::float(&rows, |row| value(&row.point.statistics)),
        )
    };
    vec![
        column(
            "namespace",
            Values::text(&rows, |row| Some(row.rule.filter.namespace.as_str())),
        ),
        column(
            "metric_name",
            Values::text(&rows, |row| Some(row.rule.filter.metric_name.as_str())),
        ),
        column(
            "dimensions",
            Values::text(&rows, |row| row.metric.dimensions_text()),
        ),
        column(
            "unit",
            Values::text(&rows, |row| Some(row.rule.filter.unit.name())),
        ),
        column(
            "period_start",
            Values::time(&rows, |row| Some(row.point.period_start)),
        ),
        column(
            "period_seconds",
            Values::integer(&rows, |row| Some(row.rule.alarm.period_seconds.into())),
        ),
        statistic("sample_count", |set| Some(set.sample_count)),
        statistic("sum", |set| Some(set.sum)),
        statistic("average", StatisticSet::average),
        statistic("minimum", |set| Some(set.minimum)),
        statistic("maximum", |set| Some(set.maximum)),
    ]
}

fn alarm_history(rules: &[RuleReport]) -> Vec<Column<'_>> {
    let rows = of_rules(rules, |rule| &rule.transitions);
    let state = |name, value: fn(&Change) -> String| {
        column(name, Values::text(&rows, |row| Some(value(row.value))))
    };
    let reason = |row: &Of<'_, Change>| reason(AnyAlarm::Metric(&row.rule.alarm), row.value, None);
    vec![
        column(
            "alarm_name",
            Values::text(&rows, |row| Some(row.rule.alarm.alarm_name.as_str())),
        ),
        column("time", Values::time(&rows, |row| Some(row.value.time))),
        state("old_state", |change| change.old_state.to_string()),
        state("new_state", |change| change.new_state.to_string()),
        column("reason", Values::text(&rows, |row| Some(reason(row)))),
        column(
            "window_start",
            Values::time(&rows, |row| row.value.data()?.window_start),
        ),
    ]
}

fn objects<'a>(report: &Report, objects: &'a [ObjectOutcome]) -> Vec<Column<'a>> {
    let duplicates = |object: &ObjectOutcome| report.duplicates(object);
    let count = |name, value: fn(&ObjectOutcome) -> u64| {
        column(name, Values::integer(objects, |object| Some(value(object))))
    };
    let reason = |object: &ObjectOutcome| match object.status {
        ObjectStatus::Skipped(reason) => Some(reason.name()),
        _ => None,
    };
    vec![
        column(
            "object_key",
            Values::text(objects, |object| Some(&*object.object)),
        ),
        column(
            "status",
            Values::text(objects, |object| Some(object.status.name())),
        ),
        column("skip_reason", Values::text(objects, reason)),
        column(
            "account",
            Values::text(objects, |object| object.key.account.as_deref()),
        ),
        column(
            "region",
            Values::text(objects, |object| object.key.region.as_deref()),
        ),
        column(
            "delivery_time",
            Values::time(objects, |object| object.key.delivery_time),
        ),
        count("stored_bytes", |object| object.stored_bytes),
        count("content_bytes", |object| object.content_bytes),
        count("records", |object| object.records.total()),
        count("selected", |object| object.records.selected),
        column(
            "duplicate",
            Values::integer(objects, |object| Some(duplicates(object))),
        ),
        count("unmatched", |object| object.records.unmatched),
        count("excluded", |object| object.records.excluded),
        count("unparseable", |object| object.records.unparseable),
        column(
            "first_event",
            Values::time(objects, |object| object.time_span.first()),
        ),
        column(
            "last_event",
            Values::time(objects, |object| object.time_span.last()),
        ),
    ]
}

fn coverage_days(days: &[CoverageDay]) -> Vec<Column<'static>> {
    let count = |name, value: fn(&CoverageDay) -> u64| {
        column(name, Values::integer(days, |day| Some(value(day))))
    };
    let lag = |day: &CoverageDay| day.longest_lag_seconds.map(|seconds| seconds as f64);
    vec![
        column(
            "account",
            Values::text(days, |day| Some(day.account.clone())),
        ),
        column("region", Values::text(days, |day| Some(day.region.clone()))),
        column("day", Values::text(days, |day| Some(day.day.to_string()))),
        count("objects", |day| day.objects),
        count("failed", |day| day.failed),
        count("records", |day| day.records),
        count("duplicate", |day| day.duplicates),
        column("first_event", Values::time(days, |day| day.events.first())),
        column("last_event", Values::time(days, |day| day.events.last())),
        column("longest_lag_seconds", Values::float(days, lag)),
        count("hours_without_object", |day| {
            day.hours_without_object.into()
        }),
    ]
}

fn problems(problems: &[Problem]) -> Vec<Column<'_>> {
    vec![
        column(
            "object_key",
            Values::text(problems, |problem| Some(problem.origin.object.as_str())),
        ),
        column(
            "record_index",
            Values::integer(problems, |problem| problem.origin.record),
        ),
        column(
            "byte",
            Values::integer(problems, |problem| problem.origin.byte),
        ),
        column(
            "kind",
            Values::text(problems, |problem| Some(problem.kind.name())),
        ),
        column(
            "detail",
            Values::text(problems, |problem| Some(problem.detail.as_str())),
        ),
    ]
}
