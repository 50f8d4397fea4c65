//! The combinations of back-tests as a table.

use super::{Backtest, Combination};
use crate::alarm::{AlarmConfiguration, Performance};
use crate::table::Table;
use crate::table::schema::TableSchema;

/// A combination of a back-test.
struct BacktestRow<'a> {
    backtest: &'a Backtest,
    combination: &'a Combination,
}

impl BacktestRow<'_> {
    fn alarm(&self) -> &AlarmConfiguration {
        &self.combination.alarm
    }

    fn performance(&self) -> &Performance {
        &self.combination.performance
    }
}

/// Returns the combinations of back-tests as one table, in the order in which they were tried.
pub fn table(backtests: &[Backtest]) -> Table<'static> {
    let rows: Vec<BacktestRow<'_>> = backtests.iter().flat_map(rows).collect();
    let has_incidents = backtests.iter().any(|one| one.incidents.is_some());
    let schema = TableSchema::builder()
        .and([alarm_schema(), performance_schema()])
        .and(has_incidents.then(incident_schema))
        // Further columns come last, so that programs that read columns by position keep working.
        .and([verdict_schema(), burst_schema()])
        .and(has_incidents.then(incident_delay_schema))
        .build();
    Table {
        name: "backtest",
        columns: schema.owned_columns(&rows),
    }
}

fn rows(backtest: &Backtest) -> impl Iterator<Item = BacktestRow<'_>> {
    let combinations = backtest.combinations.iter();
    combinations.map(move |combination| BacktestRow {
        backtest,
        combination,
    })
}

fn alarm_schema<'a>() -> TableSchema<'a, BacktestRow<'a>> {
    TableSchema::<BacktestRow<'_>>::builder()
        .text("clock", |row| Some(&row.combination.clock))
        .integer("period_seconds", |row| {
            Some(row.alarm().period_seconds.into())
        })
        .made_text("statistic", |row| Some(row.combination.statistic()))
        .integer("datapoints_to_alarm", |row| {
            Some(row.alarm().datapoints_needed().into())
        })
        .integer("evaluation_periods", |row| {
            Some(row.alarm().evaluation_periods.into())
        })
        .made_text("treat_missing_data", |row| {
            Some(row.alarm().treat_missing_data.to_string())
        })
        .made_text("comparison_operator", |row| {
            Some(row.alarm().comparison_operator.to_string())
        })
        .float("threshold", |row| Some(row.alarm().threshold))
        .build()
}

fn performance_schema<'a>() -> TableSchema<'a, BacktestRow<'a>> {
    TableSchema::<BacktestRow<'_>>::builder()
        .integer("episodes", |row| Some(row.performance().episodes))
        .integer("notifications", |row| Some(row.performance().episodes))
        .float("minutes_in_alarm", |row| {
            Some(row.performance().seconds_in_alarm as f64 / 60.0)
        })
        .integer("longest_episode_seconds", |row| {
            u64::try_from(row.performance().longest_seconds).ok()
        })
        .integer("median_seconds_to_alarm", |row| {
            u64::try_from(row.performance().burst_delays.median_seconds?).ok()
        })
        .integer("longest_seconds_to_alarm", |row| {
            u64::try_from(row.performance().burst_delays.longest_seconds?).ok()
        })
        .integer("bursts_missed", |row| Some(row.performance().bursts_missed))
        .integer("attempts_not_covered", |row| {
            Some(row.performance().attempts_not_covered)
        })
        .build()
}

fn incident_schema<'a>() -> TableSchema<'a, BacktestRow<'a>> {
    TableSchema::<BacktestRow<'_>>::builder()
        .integer("hits", |row| Some(row.performance().hits))
        .integer("misses", |row| Some(row.performance().misses))
        .integer("false_alarms", |row| Some(row.performance().false_alarms))
        .build()
}

fn verdict_schema<'a>() -> TableSchema<'a, BacktestRow<'a>> {
    TableSchema::<BacktestRow<'_>>::builder()
        .text("rule", |row| Some(&row.backtest.rule))
        .integer("rank", |row| Some(row.combination.verdict.rank))
        .integer("group", |row| Some(row.combination.verdict.group))
        .integer("recommended", |row| {
            Some(row.combination.verdict.is_recommended.into())
        })
        .float("calmer_threshold", |row| {
            row.combination.verdict.calmer_threshold
        })
        .build()
}

fn burst_schema<'a>() -> TableSchema<'a, BacktestRow<'a>> {
    TableSchema::<BacktestRow<'_>>::builder()
        .integer("bursts_masked", |row| Some(row.performance().bursts_masked))
        .integer("episodes_without_burst", |row| {
            Some(row.performance().episodes_without_burst)
        })
        .build()
}

fn incident_delay_schema<'a>() -> TableSchema<'a, BacktestRow<'a>> {
    TableSchema::<BacktestRow<'_>>::builder()
        .integer("incident_median_seconds_to_alarm", |row| {
            let delays = row.performance().incident_delays;
            u64::try_from(delays.median_seconds?).ok()
        })
        .integer("incident_longest_seconds_to_alarm", |row| {
            let delays = row.performance().incident_delays;
            u64::try_from(delays.longest_seconds?).ok()
        })
        .build()
}
