//! The tables of alarm evaluation: AWS's documented examples and recorded histories.

use std::str::FromStr;

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
use backtrail::time::period::{floor_to_period, timestamp};
use jiff::Timestamp;
use serde::Deserialize;

/// The kinds of rows; each has a test below.
const KINDS: [&str; 11] = [
    "grid",
    "low_sample",
    "multiday",
    "sequence",
    "start_rounding",
    "state",
    "timeline",
    "validation",
    "warmup",
    "window",
    "window_count",
];

#[derive(Deserialize)]
struct Case {
    id: String,
    n: Option<u32>,
    m: Option<u32>,
    period: Option<u32>,
    treat_missing: Option<String>,
    datapoints: Option<Vec<String>>,
    evaluation_range: Option<u32>,
    filled: Option<usize>,
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
    job_failed_at: Option<String>,
    fixed_at: Option<String>,
    statistic: Option<String>,
    min_samples: Option<f64>,
    created_at: Option<String>,
    first_datapoint: Option<String>,
    evaluation_starts: Option<String>,
    start: Option<String>,
    age: Option<String>,
    rounded: Option<String>,
    query_at: Option<String>,
    window: Option<String>,
    source: String,
}

fn rows() -> Vec<serde_json::Value> {
    serde_json::from_str(include_str!("conformance/alarm/cases.json")).unwrap()
}

fn cases(kind: &str) -> Vec<Case> {
    assert!(KINDS.contains(&kind));
    let rows = rows().into_iter();
    let of_kind = rows.filter(|row| row["kind"] == kind && row["use_as_test"] == true);
    of_kind
        .map(|row| serde_json::from_value(row).unwrap())
        .collect()
}

#[test]
fn every_kind_of_row_has_a_test() {
    for row in rows() {
        let kind = row["kind"].as_str().unwrap();
        assert!(KINDS.contains(&kind), "no test reads {kind}");
    }
}

/// A name of AWS, or the default if the row has none.
fn named<T: FromStr<Err: std::fmt::Debug>>(name: Option<&str>, default: T) -> T {
    name.map_or(default, |name| name.parse().unwrap())
}

/// The value of a cell of AWS's tables: breaching, not breaching or missing.
fn cell(text: &str) -> Option<f64> {
    match text {
        "X" => Some(1.0),
        "0" => Some(0.0),
        "-" => None,
        other => panic!("`{other}` is not a cell"),
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
        let comparison = self.comparison.as_deref();
        let at_least = ComparisonOperator::GreaterThanOrEqualToThreshold;
        AlarmConfiguration {
            period_seconds: self.period.unwrap_or(300),
            evaluation_periods: self.n.unwrap_or(1),
            datapoints_to_alarm: self.m,
            comparison_operator: named(comparison, at_least),
            threshold: self.threshold.unwrap_or(1.0),
            treat_missing_data: named(self.treat_missing.as_deref(), TreatMissingData::Missing),
            ..AlarmConfiguration::on_sum("a", Default::default())
        }
    }

    /// The values of the cells, newest first.
    fn datapoints(&self) -> Vec<Option<f64>> {
        let cells = self.datapoints.as_ref().unwrap().iter();
        cells.rev().map(|text| cell(text)).collect()
    }
}

#[test]
fn every_cell_of_the_documented_tables_is_met() {
    let cases = cases("state");
    assert_eq!(cases.len(), 79);
    let (mut kept, mut filled) = (0, 0);
    for case in &cases {
        let (id, source) = (&case.id, &case.source);
        let datapoints = case.datapoints();
        assert_eq!(
            datapoints.len() as u32,
            case.evaluation_range.unwrap(),
            "{id}"
        );
        for previous in AlarmState::ALL {
            let premature_breach = PrematureBreach::default();
            let decision = evaluate(&case.alarm(), previous, &datapoints, premature_breach);
            let state = decision.state;
            let expected = case.expected_state.as_str().unwrap();
            let is_met = match expected {
                "RETAIN" => state == previous,
                // The documentation says that the alarm does not go off, not that it ends.
                "NOT_ALARM" => state != AlarmState::Alarm || previous == AlarmState::Alarm,
                name => state == name.parse().unwrap(),
            };
            assert!(
                is_met,
                "{id} from {previous}: {state}, not {expected} ({source})"
            );
            if let Some(count) = case.filled {
                assert_eq!(decision.filled, count, "{id} ({source})");
                filled += 1;
            }
            kept += usize::from(expected == "RETAIN");
        }
    }
    assert!(kept > 0 && filled > 0);
}

#[test]
fn the_limits_of_put_metric_alarm_hold() {
    let cases = cases("validation");
    assert_eq!(cases.len(), 17);
    for case in cases {
        let is_valid = case.alarm().validate().is_ok();
        assert_eq!(Some(is_valid), case.valid, "{} ({})", case.id, case.source);
    }
}

/// Recorded histories, with the offset inside the minute that each alarm had. The records begin in
/// the state before their first change.
#[test]
fn recorded_histories_are_replayed_to_the_second() {
    let cases = cases("timeline");
    assert_eq!(cases.len(), 2);
    for case in cases {
        let samples = case.samples.as_ref().unwrap().iter();
        let samples = samples.map(|time| Sample::once(time.parse().unwrap(), 1.0));
        let series = Series::new(samples.collect());
        let start = series.samples()[0].timestamp;
        let range = ReplayRange {
            start,
            end: timestamp(start.as_second() + 86_400),
        };
        let expected = case.expected_transitions.as_ref().unwrap();
        let offset_seconds = case.evaluation_offset_seconds.unwrap();
        let options = ReplayOptions {
            initial_state: expected[0].1.parse().unwrap(),
            evaluation_offset_milliseconds: Some((offset_seconds * 1000.0) as i64),
            ..ReplayOptions::default()
        };
        let changes = replay(&case.alarm(), &series, range, &options);
        let found = changes.iter().map(|change| {
            let second = timestamp(change.time.as_second());
            let (old, new) = (change.old_state, change.new_state);
            (second.to_string(), old.to_string(), new.to_string())
        });
        let found: Vec<_> = found.collect();
        assert_eq!(found, *expected, "{} ({})", case.id, case.source);
    }
}

/// The age that a datapoint has, and the grid of the datapoints that are kept for it (API,
/// `GetMetricStatistics`).
fn kept_period_seconds(age: &str) -> u32 {
    match age {
        "<15 days" => 60,
        "15-63 days" => 300,
        ">63 days" => 3600,
        other => panic!("`{other}` is not an age"),
    }
}

/// The start of a query is rounded down to the grid of the datapoints, and its window ends at the
/// last complete period.
#[test]
fn the_start_of_a_query_is_rounded_down_to_the_grid() {
    let cases = cases("start_rounding");
    assert_eq!(cases.len(), 5);
    for case in cases {
        let (id, source) = (&case.id, &case.source);
        let rounded = |second: i64, period| timestamp(floor_to_period(second, period));
        if let Some(start) = case.start.as_deref() {
            let period = kept_period_seconds(case.age.as_deref().unwrap());
            let found = rounded(moment(start).as_second(), period);
            let expected = moment(case.rounded.as_deref().unwrap());
            assert_eq!(found, expected, "{id} ({source})");
            continue;
        }
        let window = case.window.as_deref().unwrap();
        let window = window.strip_prefix('[').unwrap().strip_suffix(')').unwrap();
        let (start, end) = window.split_once(',').unwrap();
        let (start, end) = (moment(start), moment(end));
        let query = moment(case.query_at.as_deref().unwrap()).as_second();
        let asked_seconds = end.as_second() - start.as_second();
        let period = case.period.unwrap();
        let found = (
            rounded(query - asked_seconds, period),
            rounded(query, period),
        );
        assert_eq!(found, (start, end), "{id} ({source})");
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

/// The slots of an evaluation without data are those that it looks at; all but one of these rows
/// are about N of them.
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
    let cases = cases("sequence");
    assert_eq!(cases.len(), 1);
    for case in cases {
        let cells = case.datapoints.as_ref().unwrap();
        let sample = |(period, text): (usize, &String)| {
            Sample::once(timestamp(period as i64 * 300), cell(text).unwrap())
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

/// A job that runs every day failed and was repeated; the alarm is evaluated once an hour.
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
    let options = ReplayOptions::default();
    for case in cases {
        let (id, source) = (&case.id, &case.source);
        let at = moment(case.evaluated_at.as_deref().unwrap());
        let failed = moment(case.job_failed_at.as_deref().unwrap());
        let the_day_before = timestamp(failed.as_second() - 86_400);
        let series = Series::new(vec![
            Sample::once(the_day_before, 0.0),
            Sample::once(failed, 1.0),
            Sample::once(moment(case.fixed_at.as_deref().unwrap()), 0.0),
        ]);
        let state = evaluate_at(&alarm, &series, at, &options).new_state;
        assert_eq!(case.expected_state, state.to_string(), "{id} ({source})");
        let empty = evaluate_at(&alarm, &Series::default(), at, &options);
        let newest_end = empty.evaluated_datapoints()[0].start.as_second() + 86_400;
        let until = moment(case.data_considered_until.as_deref().unwrap());
        assert_eq!(newest_end, until.as_second(), "{id} ({source})");
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

/// `0 X -` at ages 1 to 3 decides with the empty slot of age 3; `- ... X(8) 0(9)` with that of age
/// 1 (sources, E12).
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
