//! The result of a back-test: a row for each alarm that was tried.

use crate::alarm::{AlarmConfiguration, Performance};
use crate::table::{Column, Table, Values};

/// What a back-test found.
#[derive(Clone, Debug, Default)]
pub struct Backtest {
    /// How many attempts there were.
    pub attempts: u64,
    /// In how many bursts.
    pub bursts: u64,
    /// Whether there were incidents to compare with.
    pub has_incidents: bool,
    /// One row for each combination, in the order they were asked for.
    pub rows: Vec<Row>,
}

/// One combination.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which time of an event counted.
    pub clock: String,
    /// The alarm.
    pub alarm: AlarmConfiguration,
    /// How it would have done.
    pub performance: Performance,
}

impl Backtest {
    /// The rows as a table.
    pub fn table(&self) -> Table<'_> {
        let rows = &self.rows;
        let text = |name, value: fn(&Row) -> String| Column {
            name,
            values: Values::text(rows, |row| Some(value(row))),
        };
        let count = |name, value: fn(&Row) -> u64| Column {
            name,
            values: Values::integer(rows, |row| Some(value(row))),
        };
        let seconds = |name, value: fn(&Performance) -> Option<i64>| Column {
            name,
            values: Values::integer(rows, |row| u64::try_from(value(&row.performance)?).ok()),
        };
        let threshold = Column {
            name: "threshold",
            values: Values::float(rows, |row| Some(row.alarm.threshold)),
        };
        let minutes = |row: &Row| Some(row.performance.seconds_in_alarm as f64 / 60.0);
        let mut columns = vec![
            text("clock", |row| row.clock.clone()),
            count("period_seconds", |row| row.alarm.period_seconds.into()),
            text("statistic", |row| {
                row.alarm
                    .watched
                    .statistic()
                    .map(|statistic| statistic.to_string())
                    .unwrap_or_default()
            }),
            count("datapoints_to_alarm", |row| {
                row.alarm.datapoints_needed().into()
            }),
            count("evaluation_periods", |row| {
                row.alarm.evaluation_periods.into()
            }),
            text("treat_missing_data", |row| {
                row.alarm.treat_missing_data.to_string()
            }),
            text("comparison_operator", |row| {
                row.alarm.comparison_operator.to_string()
            }),
            threshold,
            count("episodes", |row| row.performance.episodes),
            count("notifications", |row| row.performance.episodes),
            Column {
                name: "minutes_in_alarm",
                values: Values::float(rows, minutes),
            },
            seconds("longest_episode_seconds", |performance| {
                Some(performance.longest_seconds)
            }),
            seconds("median_seconds_to_alarm", |performance| {
                performance.median_delay_seconds
            }),
            seconds("longest_seconds_to_alarm", |performance| {
                performance.longest_delay_seconds
            }),
            count("bursts_missed", |row| row.performance.bursts_missed),
            count("attempts_not_covered", |row| {
                row.performance.attempts_not_covered
            }),
        ];
        if self.has_incidents {
            columns.extend([
                count("hits", |row| row.performance.hits),
                count("misses", |row| row.performance.misses),
                count("false_alarms", |row| row.performance.false_alarms),
            ]);
        }
        Table {
            name: "backtest",
            columns,
        }
    }
}
