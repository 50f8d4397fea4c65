//! The tables of alarm evaluation: AWS's documented examples and recorded histories.

use backtrail::alarm::definition::configuration::{
    AlarmState, ComparisonOperator, LowSamples, TreatMissingData, WarmUp,
};
use backtrail::alarm::definition::evaluation_window::{EvaluationWindow, WallClock};
use backtrail::alarm::definition::timing::EVALUATION_OFFSET_SECONDS;
use backtrail::alarm::replay::evaluate::evaluate;
use backtrail::alarm::{
    AlarmConfiguration, PrematureBreach, ReplayOptions, ReplayRange, Watched, evaluate_at, replay,
};
use backtrail::metric::{MetricStat, Sample, Series, Statistic};
use backtrail::time::period::timestamp;
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
    evaluation_offset_seconds: Option<f64>,
    evaluated_at: Option<String>,
    datapoint_starts: Option<Vec<String>>,
    event_times: Option<Vec<String>>,
    data_considered_until: Option<String>,
    statistic: Option<String>,
    min_samples: Option<f64>,
    created_at: Option<String>,
    first_datapoint: Option<String>,
    evaluation_starts: Option<String>,
    source: String,
}

fn cases(kind: &str) -> Vec<Case> {
    let all: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("conformance/alarm/cases.json")).unwrap();
    let wanted = all
        .into_iter()
        .filter(|case| case["kind"] == kind && case["use_as_test"] == true);
    wanted
        .map(|case| serde_json::from_value(case).unwrap())
        .collect()
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

/// A statistic of the only metric.
fn statistic(statistic: Statistic) -> Watched {
    Watched::Metric(MetricStat {
        statistic,
        ..MetricStat::default()
    })
}

impl Case {
    fn alarm(&self) -> AlarmConfiguration {
        let n = self.n.unwrap_or(1);
        AlarmConfiguration {
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
        assert_eq!(
            values.len() as u32,
            case.evaluation_range.unwrap(),
            "{}",
            case.id
        );
        for previous in [
            AlarmState::Ok,
            AlarmState::Alarm,
            AlarmState::InsufficientData,
        ] {
            let state =
                evaluate(&case.alarm(), previous, &values, PrematureBreach::default()).state;
            let expected = case.expected_state.as_str().unwrap();
            let is_met = match expected {
                "RETAIN" => state == previous,
                // The documentation says that the alarm does not go off, not that it ends.
                "NOT_ALARM" => state != AlarmState::Alarm || previous == AlarmState::Alarm,
                name => state.to_string() == name,
            };
            kept += usize::from(expected == "RETAIN");
            assert!(
                is_met,
                "{} from {previous}: {state}, not {expected} ({})",
                case.id, case.source
            );
        }
    }
    assert!(kept > 0);
}

#[test]
fn the_limits_of_put_metric_alarm_hold() {
    let cases = cases("validation");
    assert_eq!(cases.len(), 17);
    for case in cases {
        assert_eq!(
            Some(case.alarm().validate().is_ok()),
            case.valid,
            "{} ({})",
            case.id,
            case.source
        );
    }
}

/// Recorded histories, with the offset inside the minute that each alarm had.
#[test]
fn recorded_histories_are_replayed_to_the_second() {
    let cases = cases("timeline");
    assert_eq!(cases.len(), 2);
    for case in cases {
        let sample = |time: &String| Sample::once(time.parse().unwrap(), 1.0);
        let series = Series::new(case.samples.iter().flatten().map(sample).collect());
        let start = series.samples()[0].timestamp;
        let range = ReplayRange {
            start,
            end: timestamp(start.as_second() + 86_400),
        };
        let options = ReplayOptions {
            evaluation_offset_milliseconds: case
                .evaluation_offset_seconds
                .map(|seconds| (seconds * 1000.0) as i64),
            ..ReplayOptions::default()
        };
        let changes = replay(&case.alarm(), &series, range, &options);
        for (time, old, new) in case.expected_transitions.as_ref().unwrap() {
            let second = time.parse::<Timestamp>().unwrap().as_second();
            let found = changes.iter().any(|change| {
                change.time.as_second() == second && change.new_state.to_string() == *new
            });
            assert!(
                found,
                "{}: no change {old} -> {new} at {time}: {changes:#?} ({})",
                case.id, case.source
            );
        }
    }
}

/// A moment of a table: a time of its own, or one of a day that does not matter.
fn moment(text: &str) -> Timestamp {
    let time = if text.len() == 5 {
        format!("{text}:00")
    } else {
        text.to_owned()
    };
    text.parse()
        .unwrap_or_else(|_| format!("2026-01-05T{time}Z").parse().unwrap())
}

/// The slots of an evaluation without data are those that it looks at; all but one of these rows are about N of them.
#[test]
fn windows_lie_where_aws_documents_and_shows_them() {
    let cases = cases("grid");
    assert_eq!(cases.len(), 11);
    for case in cases {
        let at = moment(case.evaluated_at.as_deref().unwrap());
        let expected: Vec<Timestamp> = case
            .datapoint_starts
            .as_ref()
            .unwrap()
            .iter()
            .rev()
            .map(|start| moment(start))
            .collect();
        // Where the newest window had no data, the one datapoint lies in an older one.
        let sample = Sample::once(expected[0], 1.0);
        let samples = if case.id == "grid_doc_eb_newest_missing" {
            vec![sample]
        } else {
            Vec::new()
        };
        let change = evaluate_at(
            &case.alarm(),
            &Series::new(samples),
            at,
            &ReplayOptions::default(),
        );
        let found: Vec<Timestamp> = change
            .evaluated_datapoints()
            .iter()
            .map(|slot| slot.start)
            .collect();
        assert_eq!(found, expected, "{} ({})", case.id, case.source);
    }
}

/// The newest window of an evaluation that finds nothing.
fn newest_window(alarm: &AlarmConfiguration, at: &str) -> Timestamp {
    let change = evaluate_at(
        alarm,
        &Series::new(Vec::new()),
        moment(at),
        &ReplayOptions::default(),
    );
    change.evaluated_datapoints()[0].start
}

#[test]
fn windows_slide_or_stand_as_documented() {
    let cases = cases("window");
    assert_eq!(cases.len(), 4);
    for case in &cases {
        let sliding = case.alarm();
        let zone = |name| EvaluationWindow::WallClock(WallClock::new(name).unwrap());
        let on_wall_clock = |name| AlarmConfiguration {
            evaluation_window: zone(name),
            ..sliding.clone()
        };
        // The rows are in words: `evaluated_at`, and the `window` that begins at the expected time.
        let starts: Vec<(AlarmConfiguration, &str, &str)> = match case.id.as_str() {
            "window_p300_min5" => vec![(sliding.clone(), "00:05", "00:00")],
            "window_p300_min6" => vec![(sliding.clone(), "00:06", "00:01")],
            "window_p3600_sliding" => {
                vec![
                    (sliding.clone(), "14:07", "13:07"),
                    (sliding.clone(), "14:08", "13:08"),
                ]
            }
            "window_p3600_wallclock" => vec![
                (on_wall_clock(None), "14:00", "13:00"),
                (on_wall_clock(None), "14:59", "13:00"),
                (on_wall_clock(None), "15:00", "14:00"),
                (on_wall_clock(Some("+05:30")), "14:00", "12:30"),
                (on_wall_clock(Some("+05:30")), "14:30", "13:30"),
            ],
            other => panic!("{other} is not read"),
        };
        for (alarm, at, start) in starts {
            assert_eq!(
                newest_window(&alarm, at),
                moment(start),
                "{} at {at} ({})",
                case.id,
                case.source
            );
        }
    }
}

#[test]
fn the_figure_of_the_user_guide_is_repeated() {
    for case in cases("sequence") {
        let cells = case.datapoints.as_ref().unwrap();
        let value = |cell: &String| if cell == "X" { 1.0 } else { 0.0 };
        let sample = |(period, cell): (usize, &String)| {
            Sample::once(timestamp(period as i64 * 300), value(cell))
        };
        let series = Series::new(cells.iter().enumerate().map(sample).collect());
        let mut state = AlarmState::default();
        for (period, expected) in case.expected_state.as_array().unwrap().iter().enumerate() {
            let options = ReplayOptions {
                initial_state: state,
                ..ReplayOptions::default()
            };
            let now = timestamp((period as i64 + 1) * 300 + 30);
            state = evaluate_at(&case.alarm(), &series, now, &options).new_state;
            let is_met = expected
                .as_str()
                .is_none_or(|expected| state.to_string() == expected);
            assert!(
                is_met,
                "period {}: {state}, not {expected} ({})",
                period + 1,
                case.source
            );
        }
    }
}

#[test]
fn two_events_a_minute_apart_share_a_window_or_not_as_it_slides() {
    let cases = cases("window_count");
    assert_eq!(cases.len(), 2);
    for case in cases {
        let samples = case
            .event_times
            .iter()
            .flatten()
            .map(|time| Sample::once(moment(time), 1.0));
        let at = moment(case.evaluated_at.as_deref().unwrap());
        let series = Series::new(samples.collect());
        let state = |needed: u64| {
            let alarm = AlarmConfiguration {
                datapoints_to_alarm: Some(needed as u32),
                treat_missing_data: TreatMissingData::NotBreaching,
                ..case.alarm()
            };
            evaluate_at(&alarm, &series, at, &ReplayOptions::default()).new_state
        };
        let breaching = case.expected_state.as_u64().unwrap();
        let found = [state(breaching), state(breaching + 1)];
        assert_eq!(
            found,
            [AlarmState::Alarm, AlarmState::Ok],
            "{} ({})",
            case.id,
            case.source
        );
    }
}

/// A job that runs every day failed at 10:02 and was mended at 11:43; the alarm is evaluated once an hour.
#[test]
fn an_alarm_over_more_than_a_day_sees_only_full_hours() {
    let cases = cases("multiday");
    assert_eq!(cases.len(), 3);
    let alarm = AlarmConfiguration {
        period_seconds: 86_400,
        evaluation_periods: 2,
        datapoints_to_alarm: Some(1),
        comparison_operator: ComparisonOperator::GreaterThanThreshold,
        threshold: 0.0,
        ..AlarmConfiguration::on("daily", statistic(Statistic::Minimum))
    };
    assert_eq!(
        (alarm.step_seconds(), alarm.evaluation_offset_seconds()),
        (3600, 180)
    );
    let failed = moment("10:02");
    let series = Series::new(vec![Sample::once(failed, 1.0)]);
    for (at, seen) in [("10:03", false), ("11:03", true), ("12:03", true)] {
        let case = cases
            .iter()
            .find(|case| case.evaluated_at.as_deref() == Some(at))
            .unwrap();
        let change = evaluate_at(&alarm, &series, moment(at), &ReplayOptions::default());
        assert_eq!(change.new_state == AlarmState::Alarm, seen, "{}", case.id);
        let until = moment(case.data_considered_until.as_deref().unwrap());
        let newest = evaluate_at(
            &alarm,
            &Series::default(),
            moment(at),
            &ReplayOptions::default(),
        )
        .evaluated_datapoints()[0];
        assert_eq!(
            newest.start.as_second() + 86_400,
            until.as_second(),
            "{} ({})",
            case.id,
            case.source
        );
    }
}

#[test]
fn percentiles_need_as_many_samples_as_documented() {
    let cases = cases("low_sample");
    assert_eq!(cases.len(), 5);
    for case in cases {
        let alarm = AlarmConfiguration {
            low_samples: LowSamples::Ignore,
            threshold: 0.5,
            ..AlarmConfiguration::on(
                "low",
                statistic(case.statistic.as_deref().unwrap().parse().unwrap()),
            )
        };
        let needed = case.min_samples.unwrap();
        assert!(
            (alarm.samples_needed().unwrap() - needed).abs() < 1e-6,
            "{}",
            case.id
        );
        let state = |count: f64| {
            let series = Series::new(vec![Sample::times(timestamp(0), 1.0, count)]);
            evaluate_at(&alarm, &series, timestamp(300), &ReplayOptions::default()).new_state
        };
        let found = [state(needed - 1.0), state(needed)];
        assert_eq!(
            found,
            [AlarmState::InsufficientData, AlarmState::Alarm],
            "{} ({})",
            case.id,
            case.source
        );
    }
}

/// `0 X -` at ages 1 to 3 decides with the empty slot of age 3; `- ... X(8) 0(9)` with that of age 1
/// (sources, E12).
#[test]
fn the_newest_empty_slots_complete_what_decided() {
    let alarm = AlarmConfiguration {
        evaluation_periods: 3,
        datapoints_to_alarm: Some(2),
        treat_missing_data: TreatMissingData::Breaching,
        ..AlarmConfiguration::on_sum("fills", Default::default())
    };
    let decisive = |values: &[Option<f64>]| {
        evaluate(&alarm, AlarmState::Ok, values, PrematureBreach::default()).deciding_ages
    };
    assert_eq!(decisive(&[Some(0.0), Some(1.0), None, None, None]), [2, 3]);
    let mut late = vec![None; 9];
    (late[7], late[8]) = (Some(1.0), Some(0.0));
    assert_eq!(decisive(&late), [1, 8]);
}

#[test]
fn a_warm_up_period_ends_when_the_window_is_full() {
    let cases = cases("warmup");
    assert_eq!(cases.len(), 1);
    let case = &cases[0];
    let created = moment(case.created_at.as_deref().unwrap());
    let first = moment(case.first_datapoint.as_deref().unwrap()).as_second();
    let started = case
        .evaluation_starts
        .as_deref()
        .unwrap()
        .strip_prefix("about ")
        .unwrap();
    let series = Series::new(
        (0..60)
            .map(|minute| Sample::once(timestamp(first + minute * 60), 1.0))
            .collect(),
    );
    let range = ReplayRange {
        start: created,
        end: timestamp(created.as_second() + 7200),
    };
    let first_change = |waits_to_the_end: bool| {
        let warm_up = Some(WarmUp {
            minutes: 30,
            waits_to_the_end,
        });
        let alarm = AlarmConfiguration {
            warm_up,
            ..case.alarm()
        };
        replay(&alarm, &series, range, &ReplayOptions::default())[0]
            .time
            .as_second()
    };
    assert_eq!(
        first_change(false) - EVALUATION_OFFSET_SECONDS,
        moment(started).as_second(),
        "{} ({})",
        case.id,
        case.source
    );
    assert_eq!(
        first_change(true) - EVALUATION_OFFSET_SECONDS,
        created.as_second() + 1800
    );
}
