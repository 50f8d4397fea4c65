//! The result of a back-test: a row for each alarm that was tried.

use crate::alarm::{AlarmConfiguration, Performance};
use crate::table::{Column, ColumnValues, Table};

/// The result of a back-test.
#[derive(Clone, Debug, Default)]
pub struct Backtest {
    /// The number of attempts.
    pub attempts: u64,
    /// The number of bursts of attempts.
    pub bursts: u64,
    /// True if there were incidents to compare with.
    pub has_incidents: bool,
    /// One row for each combination, in the order of the options.
    pub combinations: Vec<Combination>,
}

/// An alarm that was tried.
#[derive(Clone, Debug)]
pub struct Combination {
    /// The clock.
    pub clock: String,
    /// The alarm.
    pub alarm: AlarmConfiguration,
    /// Its performance.
    pub performance: Performance,
}

impl Combination {
    /// Returns the statistic of the metric; empty for metric math.
    pub fn statistic(&self) -> String {
        let statistic = self.alarm.watched.statistic();
        statistic.map_or_else(String::new, |statistic| statistic.to_string())
    }
}

impl Backtest {
    /// Returns the combinations as a table.
    pub fn table(&self) -> Table<'_> {
        let mut columns = self.alarm_columns();
        columns.extend(self.performance_columns());
        if self.has_incidents {
            columns.extend(self.incident_columns());
        }
        Table {
            name: "backtest",
            columns,
        }
    }

    fn alarm_columns(&self) -> Vec<Column<'_>> {
        vec![
            self.text("clock", |row| row.clock.clone()),
            self.count("period_seconds", |row| row.alarm.period_seconds.into()),
            self.text("statistic", Combination::statistic),
            self.count("datapoints_to_alarm", |row| {
                row.alarm.datapoints_needed().into()
            }),
            self.count("evaluation_periods", |row| {
                row.alarm.evaluation_periods.into()
            }),
            self.text("treat_missing_data", |row| {
                row.alarm.treat_missing_data.to_string()
            }),
            self.text("comparison_operator", |row| {
                row.alarm.comparison_operator.to_string()
            }),
            self.float("threshold", |row| row.alarm.threshold),
        ]
    }

    fn performance_columns(&self) -> Vec<Column<'_>> {
        vec![
            self.count("episodes", |row| row.performance.episodes),
            self.count("notifications", |row| row.performance.episodes),
            self.float("minutes_in_alarm", |row| {
                row.performance.seconds_in_alarm as f64 / 60.0
            }),
            self.seconds("longest_episode_seconds", |performance| {
                Some(performance.longest_seconds)
            }),
            self.seconds("median_seconds_to_alarm", |performance| {
                performance.median_delay_seconds
            }),
            self.seconds("longest_seconds_to_alarm", |performance| {
                performance.longest_delay_seconds
            }),
            self.count("bursts_missed", |row| row.performance.bursts_missed),
            self.count("attempts_not_covered", |row| {
                row.performance.attempts_not_covered
            }),
        ]
    }

    fn incident_columns(&self) -> Vec<Column<'_>> {
        vec![
            self.count("hits", |row| row.performance.hits),
            self.count("misses", |row| row.performance.misses),
            self.count("false_alarms", |row| row.performance.false_alarms),
        ]
    }

    fn text(&self, name: &'static str, value: fn(&Combination) -> String) -> Column<'_> {
        Column {
            name,
            values: ColumnValues::text(&self.combinations, |row| Some(value(row))),
        }
    }

    fn count(&self, name: &'static str, value: fn(&Combination) -> u64) -> Column<'_> {
        Column {
            name,
            values: ColumnValues::integer(&self.combinations, |row| Some(value(row))),
        }
    }

    fn float(&self, name: &'static str, value: fn(&Combination) -> f64) -> Column<'_> {
        Column {
            name,
            values: ColumnValues::float(&self.combinations, |row| Some(value(row))),
        }
    }

    fn seconds(&self, name: &'static str, value: fn(&Performance) -> Option<i64>) -> Column<'_> {
        let seconds = |row: &Combination| u64::try_from(value(&row.performance)?).ok();
        Column {
            name,
            values: ColumnValues::integer(&self.combinations, seconds),
        }
    }
}
