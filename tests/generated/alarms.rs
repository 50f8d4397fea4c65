//! Alarms, and the samples of their metrics.

use backtrail::alarm::definition::configuration::{
    AlarmConfiguration, AlarmState, ComparisonOperator, LowSamples, TreatMissingData,
};
use backtrail::alarm::definition::evaluation_window::{EvaluationWindow, WallClock};
use backtrail::alarm::{Change, ReplayRange, Watched};
use backtrail::metric::math::Query;
use backtrail::metric::{MetricMath, MetricStat, Sample};
use backtrail::time::period::timestamp;
use proptest::prelude::*;

pub fn alarm() -> impl Strategy<Value = AlarmConfiguration> {
    let period = prop_oneof![
        Just(10_u32),
        Just(20),
        Just(30),
        Just(60),
        Just(120),
        Just(300),
        Just(3600),
        Just(86_400)
    ];
    let comparison = prop_oneof![
        Just(ComparisonOperator::GreaterThanOrEqualToThreshold),
        Just(ComparisonOperator::LessThanThreshold),
    ];
    let treatment = prop_oneof![
        Just(TreatMissingData::Missing),
        Just(TreatMissingData::Ignore),
        Just(TreatMissingData::Breaching),
        Just(TreatMissingData::NotBreaching),
    ];
    let window = prop_oneof![
        3 => Just(EvaluationWindow::Sliding),
        1 => prop_oneof![Just("UTC"), Just("+05:30"), Just("Australia/Lord_Howe"), Just("America/Sao_Paulo")]
            .prop_map(|zone| EvaluationWindow::WallClock(WallClock::new(Some(zone)).unwrap())),
    ];
    (
        period,
        1_u32..5,
        0_u32..5,
        comparison,
        treatment,
        (watched(), 0_i32..4, any::<bool>(), window),
    )
        .prop_map(
            |(
                period_seconds,
                n,
                m,
                comparison_operator,
                treat_missing_data,
                (watched, threshold, few, window),
            )| {
                AlarmConfiguration {
                    evaluation_window: if period_seconds < 60 {
                        EvaluationWindow::Sliding
                    } else {
                        window
                    },
                    period_seconds,
                    evaluation_periods: n,
                    datapoints_to_alarm: Some(m.clamp(1, n)).filter(|_| m > 0),
                    comparison_operator,
                    threshold: f64::from(threshold),
                    treat_missing_data,
                    low_samples: if few {
                        LowSamples::Ignore
                    } else {
                        LowSamples::Evaluate
                    },
                    ..AlarmConfiguration::on("a", watched)
                }
            },
        )
}

/// A statistic, or math over two of them.
fn watched() -> impl Strategy<Value = Watched> {
    let statistic = prop_oneof![Just("Sum"), Just("Maximum"), Just("p50"), Just("Average")];
    let stat = |statistic: &str| MetricStat {
        statistic: statistic.parse().unwrap(),
        ..MetricStat::default()
    };
    let expression = prop_oneof![
        Just("m1 - m2"),
        Just("m1 - AVG(m1)"),
        Just("FILL(m1, 0) + FILL(m2, REPEAT)"),
        Just("IF(m1 > 1, m1, 1)"),
        Just("RATE(m1) * 60 + RUNNING_SUM(m2)"),
        Just("MINUTE(m1) / 20"),
        Just("TIME_SERIES(DATAPOINT_COUNT(m1))"),
    ];
    let math = move |expression: &str| {
        let queries = vec![
            Query::metric("m1", stat("Sum")),
            Query::metric("m2", stat("Maximum")),
            Query::expression("e", expression).unwrap(),
        ];
        Watched::Math(MetricMath::new(queries, 2).unwrap())
    };
    prop_oneof![
        3 => statistic.prop_map(move |statistic| Watched::Metric(stat(statistic))),
        1 => expression.prop_map(math),
    ]
}

/// Samples of two hours, some of which are seen late.
pub fn samples() -> impl Strategy<Value = Vec<Sample>> {
    let late = prop_oneof![5 => Just(0_i64), 1 => 0_i64..900_000];
    let sample =
        (-3_600_000_i64..3_600_000, 0_i32..4, late).prop_map(|(milliseconds, value, late)| {
            let at = |milliseconds| jiff::Timestamp::from_millisecond(milliseconds).unwrap();
            Sample {
                visible_at: at(milliseconds + late),
                ..Sample::once(at(milliseconds), f64::from(value))
            }
        });
    proptest::collection::vec(sample, 0..12)
}

pub fn hours(hours: i64) -> ReplayRange {
    ReplayRange {
        start: timestamp(0),
        end: timestamp(hours * 3600),
    }
}

/// Returns the seconds of a range that were spent in ALARM.
pub fn seconds_in_alarm(changes: &[Change], range: ReplayRange) -> i64 {
    let ends = changes
        .iter()
        .skip(1)
        .map(|next| next.time)
        .chain([range.end]);
    let stretches = changes
        .iter()
        .zip(ends)
        .filter(|(change, _)| change.new_state == AlarmState::Alarm);
    stretches
        .map(|(change, end)| end.as_second() - change.time.as_second())
        .sum()
}
