//! The curves of a back-test.

use minijinja::Value;
use serde::Serialize;

use super::templates::markup;
use crate::alarm::Performance;
use crate::language::{Message, Words};
use crate::render::chart::Caption;
use crate::render::chart::backtest_curves::{Curve, backtest_curves};
use crate::render::quantity::short;
use crate::report::backtest::{Advice, Backtest, Combination};

/// The number of curves in a chart: those of the shortest periods. More cannot be told apart.
const CURVE_LIMIT: usize = 5;

/// A chart of a measure against the threshold.
#[derive(Debug, Serialize)]
pub(super) struct CurveChart {
    title: String,
    chart: Value,
}

/// A measure of an alarm, with the identifier of its name.
type Measure = (&'static str, fn(&Performance) -> f64);

/// The measures that have a chart.
const MEASURES: [Measure; 3] = [
    ("page-backtest-episodes", |performance| {
        performance.episodes as f64
    }),
    ("page-backtest-minutes", |performance| {
        performance.seconds_in_alarm as f64 / 60.0
    }),
    ("page-backtest-missed-bursts", |performance| {
        performance.bursts_missed as f64
    }),
];

/// Returns the charts of a back-test.
pub(super) fn charts(backtest: &Backtest, id: &str, words: &Words) -> Vec<CurveChart> {
    let mut charts = Vec::new();
    for (number, (name, measure)) in MEASURES.iter().enumerate() {
        let curves = curves(backtest, *measure);
        let title = words.text(name);
        let caption = Caption {
            id: &format!("{id}-chart-{}", number + 1),
            title: &title,
            description: &description(&curves, words),
        };
        let axis = words.text("page-backtest-threshold");
        charts.push(CurveChart {
            chart: markup(backtest_curves(&caption, &axis, &curves)),
            title,
        });
    }
    charts
}

/// Returns the settings that the curves have in common.
pub(super) fn settings(backtest: &Backtest, words: &Words) -> String {
    let Some(shown) = shown(backtest) else {
        return String::new();
    };
    let alarm = &shown.alarm;
    let settings = format!(
        "{} {}, {}, {}",
        shown.statistic(),
        alarm.m_of_n(),
        alarm.treat_missing_data,
        shown.clock,
    );
    let message = Message::new("page-backtest-settings");
    words.say(&message.with("settings", settings.trim_start()))
}

/// Returns the alarm whose settings the curves share: the recommended one, or else the first.
fn shown(backtest: &Backtest) -> Option<&Combination> {
    match backtest.advice() {
        Advice::Recommended(recommendation) => Some(recommendation.row),
        _ => backtest.combinations.first(),
    }
}

/// Returns a curve for each period.
fn curves(backtest: &Backtest, measure: fn(&Performance) -> f64) -> Vec<Curve> {
    let Some(shown) = shown(backtest) else {
        return Vec::new();
    };
    let alike = backtest.combinations.iter();
    let alike: Vec<&Combination> = alike.filter(|row| is_alike(row, shown)).collect();
    let mut periods: Vec<u32> = alike.iter().map(|row| row.alarm.period_seconds).collect();
    periods.sort_unstable();
    periods.dedup();
    periods.truncate(CURVE_LIMIT);
    let mut curves = Vec::new();
    for period in periods {
        let rows = alike
            .iter()
            .filter(|row| row.alarm.period_seconds == period);
        let points = rows.map(|row| (row.alarm.threshold, measure(&row.performance)));
        let mut points: Vec<(f64, f64)> = points.collect();
        points.sort_by(|one, other| one.0.total_cmp(&other.0));
        curves.push(Curve {
            label: format!("{period} s"),
            points,
        });
    }
    curves
}

/// Returns whether two alarms differ in nothing but their threshold and period.
fn is_alike(row: &Combination, shown: &Combination) -> bool {
    let (one, other) = (&row.alarm, &shown.alarm);
    row.clock == shown.clock
        && row.statistic() == shown.statistic()
        && one.datapoints_needed() == other.datapoints_needed()
        && one.evaluation_periods == other.evaluation_periods
        && one.treat_missing_data == other.treat_missing_data
        && one.comparison_operator == other.comparison_operator
}

/// Returns where each curve begins and ends, in words.
fn description(curves: &[Curve], words: &Words) -> String {
    let mut parts = Vec::new();
    for curve in curves {
        let ends = curve.points.first().zip(curve.points.last());
        let Some(((_, first), (_, last))) = ends else {
            continue;
        };
        let message = Message::new("page-backtest-description")
            .with("curve", curve.label.as_str())
            .with("first", short(*first))
            .with("last", short(*last));
        parts.push(words.say(&message));
    }
    parts.join("; ")
}
