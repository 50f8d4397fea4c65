//! The replay of one alarm, and a back-test of many.
//!
//! `cargo bench --bench alarm`. `docs/performance.md` has results.

#![allow(missing_docs, clippy::unwrap_used)]

use backtrail::alarm::definition::evaluation_window::{EvaluationWindow, WallClock};
use backtrail::alarm::{
    AlarmConfiguration, GroundTruth, ReplayOptions, ReplayRange, replay, replay_plainly,
};
use backtrail::audit::{Past, backtest};
use backtrail::metric::{Sample, Series};
use backtrail::time::period::timestamp;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

const YEAR_SECONDS: i64 = 365 * 86_400;

/// So many attempts over so many years, in bursts of ten within half an hour, at times that are
/// always the same.
fn attempts(count: i64, years: i64) -> Vec<jiff::Timestamp> {
    let spread = years * YEAR_SECONDS / (count / 10);
    let time = |number: i64| number / 10 * spread + (number * 7919) % 1800;
    (0..count).map(|number| timestamp(time(number))).collect()
}

fn series(attempts: &[jiff::Timestamp]) -> Series {
    let minute =
        |time: &jiff::Timestamp| timestamp(time.as_second() - time.as_second().rem_euclid(60));
    Series::new(
        attempts
            .iter()
            .map(|time| Sample::once(minute(time), 1.0))
            .collect(),
    )
}

fn years(years: i64) -> ReplayRange {
    ReplayRange {
        start: timestamp(0),
        end: timestamp(years * YEAR_SECONDS),
    }
}

/// Ten years of evaluations every minute, 10,000 attempts: only those that matter.
#[divan::bench(sample_count = 20)]
fn sparse_replay_of_ten_years(bencher: Bencher<'_, '_>) {
    let series = series(&attempts(10_000, 10));
    let alarm = AlarmConfiguration::on_sum("bench", Default::default());
    bencher.bench_local(|| {
        replay(
            black_box(&alarm),
            &series,
            years(10),
            &ReplayOptions::default(),
        )
        .len()
    });
}

/// The same on the complete hours of a time zone with summer time.
#[divan::bench(sample_count = 20)]
fn sparse_replay_of_ten_years_on_a_wall_clock(bencher: Bencher<'_, '_>) {
    let series = series(&attempts(10_000, 10));
    let clock = WallClock::new(Some("America/New_York")).unwrap();
    let alarm = AlarmConfiguration {
        period_seconds: 3600,
        evaluation_window: EvaluationWindow::WallClock(clock),
        ..AlarmConfiguration::on_sum("bench", Default::default())
    };
    bencher.bench_local(|| {
        replay(
            black_box(&alarm),
            &series,
            years(10),
            &ReplayOptions::default(),
        )
        .len()
    });
}

/// On sliding windows again, every evaluation.
#[divan::bench(sample_count = 3)]
fn plain_replay_of_ten_years(bencher: Bencher<'_, '_>) {
    let series = series(&attempts(10_000, 10));
    let alarm = AlarmConfiguration::on_sum("bench", Default::default());
    bencher.bench_local(|| {
        replay_plainly(
            black_box(&alarm),
            &series,
            years(10),
            &ReplayOptions::default(),
        )
        .len()
    });
}

/// 10,000 combinations over five years and 10,000 attempts: 5 periods, 20 shapes, 100 thresholds.
#[divan::bench(sample_count = 3)]
fn backtest_of_10_000_combinations(bencher: Bencher<'_, '_>) {
    let attempts = attempts(10_000, 5);
    let series = series(&attempts);
    let mut alarms = Vec::new();
    for period_seconds in [60, 300, 600, 900, 3600] {
        for n in 1..=20_u32 {
            alarms.push(AlarmConfiguration {
                period_seconds,
                evaluation_periods: n,
                datapoints_to_alarm: Some(n.div_ceil(2)),
                ..AlarmConfiguration::on_sum("bench", Default::default())
            });
        }
    }
    let thresholds: Vec<f64> = (1..=100).map(f64::from).collect();
    let truth = GroundTruth::new(attempts, 3600, Vec::new());
    let past = Past {
        series: std::slice::from_ref(&series),
        span: years(5).into(),
    };
    bencher.bench_local(|| {
        let tried = backtest(black_box(&alarms), &thresholds, &past, &truth);
        assert_eq!(tried.len(), 10_000);
        tried.len()
    });
}
