//! The result of a back-test: a row for each alarm that was tried.

use crate::alarm::{AlarmConfiguration, Performance};
use crate::table::Table;
use crate::table::schema::TableSchema;

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
        let incidents = self.has_incidents.then(incident_schema);
        let schema = TableSchema::builder()
            .and([alarm_schema(), performance_schema()])
            .and(incidents)
            .build();
        schema.table("backtest", &self.combinations)
    }
}

fn alarm_schema() -> TableSchema<'static, Combination> {
    TableSchema::<Combination>::builder()
        .text("clock", |row| Some(&row.clock))
        .integer("period_seconds", |row| {
            Some(row.alarm.period_seconds.into())
        })
        .made_text("statistic", |row| Some(row.statistic()))
        .integer("datapoints_to_alarm", |row| {
            Some(row.alarm.datapoints_needed().into())
        })
        .integer("evaluation_periods", |row| {
            Some(row.alarm.evaluation_periods.into())
        })
        .made_text("treat_missing_data", |row| {
            Some(row.alarm.treat_missing_data.to_string())
        })
        .made_text("comparison_operator", |row| {
            Some(row.alarm.comparison_operator.to_string())
        })
        .float("threshold", |row| Some(row.alarm.threshold))
        .build()
}

fn performance_schema() -> TableSchema<'static, Combination> {
    TableSchema::<Combination>::builder()
        .integer("episodes", |row| Some(row.performance.episodes))
        .integer("notifications", |row| Some(row.performance.episodes))
        .float("minutes_in_alarm", |row| {
            Some(row.performance.seconds_in_alarm as f64 / 60.0)
        })
        .integer("longest_episode_seconds", |row| {
            u64::try_from(row.performance.longest_seconds).ok()
        })
        .integer("median_seconds_to_alarm", |row| {
            u64::try_from(row.performance.median_delay_seconds?).ok()
        })
        .integer("longest_seconds_to_alarm", |row| {
            u64::try_from(row.performance.longest_delay_seconds?).ok()
        })
        .integer("bursts_missed", |row| Some(row.performance.bursts_missed))
        .integer("attempts_not_covered", |row| {
            Some(row.performance.attempts_not_covered)
        })
        .build()
}

fn incident_schema() -> TableSchema<'static, Combination> {
    TableSchema::<Combination>::builder()
        .integer("hits", |row| Some(row.performance.hits))
        .integer("misses", |row| Some(row.performance.misses))
        .integer("false_alarms", |row| Some(row.performance.false_alarms))
        .build()
}
