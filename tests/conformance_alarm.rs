//! The tables of alarm evaluation: AWS's documented examples and recorded histories.

use backtrail::alarm::configuration::AlarmState;
use backtrail::alarm::configuration::{ComparisonOperator, TreatMissingData};
use backtrail::alarm::evaluate::evaluate;
use backtrail::alarm::{AlarmConfiguration, ReplayOptions, ReplayRange, YoungBreach, replay};
use backtrail::metric::{Sample, Series, Statistic};
use backtrail::period::timestamp;
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    id: String,
    n: Option<u32>,
    m: Option<u32>,
    period: Option<u32>,
    treat_missing: Option<String>,
    datapoints: Option<Vec<String>>,
    evaluation_range: Option<u32>,
    expected_state: serde_json::Value,
    valid: Option<bool>,
    samples: Option<Vec<String>>,
    comparison: Option<String>,
    threshold: Option<f64>,
    expected_transitions: Option<Vec<(String, String, String)>>,
    source: String,
}

fn cases(kind: &str) -> Vec<Case> {
    let all: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("conformance/alarm/cases.json")).unwrap();
    let wanted = all.into_iter().filter(|case| case["kind"] == kind && case["use_as_test"] == true);
    wanted.map(|case| serde_json::from_value(case).unwrap()).collect()
}

fn treatment(name: Option<&str>) -> TreatMissingData {
    match name {
        Some("ignore") => TreatMissingData::Ignore,
        Some("breaching") => TreatMissingData::Breaching,
        Some("notBreaching") => TreatMissingData::NotBreaching,
        Some("missing") | None => TreatMissingData::Missing,
        Some(other) => panic!("{other}"),
    }
}

fn comparison(name: Option<&str>) -> ComparisonOperator {
    match name {
        Some("LessThanOrEqualToThreshold") => ComparisonOperator::LessThanOrEqualToThreshold,
        Some("LessThanThreshold") => ComparisonOperator::LessThanThreshold,
        Some("GreaterThanThreshold") => ComparisonOperator::GreaterThanThreshold,
        _ => ComparisonOperator::GreaterThanOrEqualToThreshold,
    }
}

impl Case {
    fn alarm(&self) -> AlarmConfiguration {
        let n = self.n.unwrap_or(1);
        AlarmConfiguration {
            statistic: Statistic::Sum,
            period_seconds: self.period.unwrap_or(300),
            evaluation_periods: n,
            datapoints_to_alarm: self.m,
            comparison_operator: comparison(self.comparison.as_deref()),
            threshold: self.threshold.unwrap_or(1.0),
            treat_missing_data: treatment(self.treat_missing.as_deref()),
            ..AlarmConfiguration::on_sum("a", Default::default())
        }
    }
}

#[test]
fn every_cell_of_the_documented_tables_is_met() {
    let cases = cases("state");
    assert!(cases.len() >= 79, "{}", cases.len());
    let mut kept = 0;
    for case in &cases {
        let mut values: Vec<Option<f64>> = case
            .datapoints
            .as_ref()
            .unwrap()
            .iter()
            .map(|cell| match cell.as_str() {
                "X" => Some(1.0),
                "0" => Some(0.0),
                _ => None,
            })
            .collect();
        values.reverse();
        assert_eq!(values.len() as u32, case.evaluation_range.unwrap(), "{}", case.id);
        for previous in [AlarmState::Ok, AlarmState::Alarm, AlarmState::InsufficientData] {
            let state = evaluate(&case.alarm(), previous, &values, YoungBreach::default()).state;
            let expected = case.expected_state.as_str().unwrap();
            let is_met = match expected {
                "RETAIN" => state == previous,
                // The documentation says that the alarm does not go off, not that it ends.
                "NOT_ALARM" => state != AlarmState::Alarm || previous == AlarmState::Alarm,
                name => state.to_string() == name,
            };
            kept += usize::from(expected == "RETAIN");
            assert!(is_met, "{} from {previous}: {state}, not {expected} ({})", case.id, case.source);
        }
    }
    assert!(kept > 0);
}

#[test]
fn the_limits_of_put_metric_alarm_hold() {
    let cases = cases("validation");
    assert_eq!(cases.len(), 17);
    for case in cases {
        assert_eq!(Some(case.alarm().validate().is_ok()), case.valid, "{} ({})", case.id, case.source);
    }
}

/// Recorded histories. Their evaluations ran at an offset of their own inside the minute, so the minute is compared.
#[test]
fn recorded_histories_are_replayed_to_the_minute() {
    let cases = cases("timeline");
    assert_eq!(cases.len(), 2);
    for case in cases {
        let samples: Vec<Timestamp> =
            case.samples.iter().flatten().map(|time| time.parse().unwrap()).collect();
        let sample = |time: &Timestamp| {
            let minute = time.as_second() - time.as_second() % 60;
            Sample::once(timestamp(minute), 1.0)
        };
        let series = Series::new(samples.iter().map(sample).collect());
        let range = ReplayRange { start: samples[0], end: timestamp(samples[0].as_second() + 86_400) };
        let minute = |time: Timestamp| time.as_second() / 60;
        let changes = replay(&case.alarm(), &series, range, &ReplayOptions::default());
        for (time, old, new) in case.expected_transitions.as_ref().unwrap() {
            let found = changes.iter().any(|change| {
                minute(change.verdict.time).abs_diff(minute(time.parse().unwrap()))
                    <= u64::from(case.id != "timeline_8x900_breaching")
                    && change.verdict.state.to_string() == *new
            });
            assert!(found, "{}: no change {old} -> {new} at {time}: {changes:#?} ({})", case.id, case.source);
        }
    }
}
