//! What must hold for any alarm over any series.

use backtrail::alarm::definition::configuration::{
    AlarmConfiguration, AlarmState, TreatMissingData, WarmUp,
};
use backtrail::alarm::definition::evaluation_window::{EvaluationWindow, WallClock};
use backtrail::alarm::replay::change::EvaluatedDatapoint;
use backtrail::alarm::replay::comparison::{RecordedChange, RecordedDatapoint};
use backtrail::alarm::{
    Change, PrematureBreach, ReplayOptions, ReplayRange, compare, replay, replay_plainly,
};
use backtrail::metric::{Sample, Series};
use backtrail::time::period::timestamp;
use proptest::prelude::*;

use crate::generated::alarms::{alarm, hours, samples, seconds_in_alarm};

fn options() -> impl Strategy<Value = ReplayOptions> {
    let state = prop_oneof![
        Just(AlarmState::Ok),
        Just(AlarmState::Alarm),
        Just(AlarmState::InsufficientData)
    ];
    let premature = prop_oneof![
        Just(PrematureBreach::InsufficientData),
        Just(PrematureBreach::Keep),
        Just(PrematureBreach::Ok)
    ];
    (
        state,
        proptest::option::of(0_i64..60_000),
        proptest::option::of(1_u32..9),
        premature,
    )
        .prop_map(
            |(
                initial_state,
                evaluation_offset_milliseconds,
                evaluation_range,
                premature_breach,
            )| ReplayOptions {
                initial_state,
                evaluation_offset_milliseconds,
                evaluation_range,
                premature_breach,
            },
        )
}

/// A change as AWS would have recorded it.
fn recorded(change: &Change) -> RecordedChange {
    let datapoint = |slot: &EvaluatedDatapoint| RecordedDatapoint {
        start: slot.start,
        value: slot.value,
    };
    RecordedChange {
        time: change.time,
        old_state: change.old_state,
        new_state: change.new_state,
        evaluated: Some(
            change
                .evaluated_datapoints()
                .iter()
                .map(datapoint)
                .collect(),
        ),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_sparse_replay_is_the_plain_one(
        alarm in alarm(),
        samples in samples(),
        options in options(),
        warm_up in proptest::option::of((1_u32..120, any::<bool>())),
    ) {
        let warm_up = warm_up.map(|(minutes, waits_to_the_end)| WarmUp { minutes, waits_to_the_end });
        let alarm = AlarmConfiguration { warm_up, ..alarm };
        let series = Series::new(samples);
        let range = hours(3);
        prop_assert_eq!(replay(&alarm, &series, range, &options), replay_plainly(&alarm, &series, range, &options));
    }

    #[test]
    fn the_replay_of_a_prefix_is_a_prefix_of_the_replay(alarm in alarm(), samples in samples(), options in options()) {
        let series = Series::new(samples);
        let [short, long] = [1, 3].map(|end| replay(&alarm, &series, hours(end), &options));
        prop_assert_eq!(&long[..short.len()], &short[..]);
        prop_assert!(long[short.len()..].iter().all(|change| change.time >= timestamp(3600)));
    }

    #[test]
    fn the_order_of_samples_does_not_matter(alarm in alarm(), samples in samples(), options in options()) {
        let reversed: Vec<Sample> = samples.iter().rev().copied().collect();
        let [one, other] =
            [samples, reversed].map(|samples| replay(&alarm, &Series::new(samples), hours(2), &options));
        prop_assert_eq!(one, other);
    }

    #[test]
    fn a_replay_agrees_with_its_own_record(
        alarm in alarm(), samples in samples(), options in options(), other in 0_i32..4, hand in 0_usize..8,
    ) {
        let series = Series::new(samples);
        let changes = replay(&alarm, &series, hours(3), &options);
        let record: Vec<RecordedChange> = changes.iter().map(recorded).collect();
        let options = ReplayOptions { evaluation_offset_milliseconds: None, ..options };
        let found = compare(&alarm, &series, &record, &options);
        prop_assert_eq!((found.agreeing, found.agreeing_in_datapoints), (record.len(), record.len()), "{:?}", found);
        prop_assert_eq!((found.only_recorded, found.only_replayed), (0, 0));
        prop_assert!(found.first_difference.is_none() && found.score().is_none_or(|score| score == 1.0));

        // Whatever is compared, each recorded change is counted once, and the first difference is
        // told when there is one.
        let mut record = record;
        if let Some(change) = record.get_mut(hand) {
            change.evaluated = None;
        }
        let alarm = AlarmConfiguration { threshold: f64::from(other), ..alarm };
        let found = compare(&alarm, &series, &record, &options);
        prop_assert_eq!(found.agreeing + found.only_recorded + found.set_by_hand, record.len());
        let differs = found.only_recorded + found.only_replayed > 0 || found.agreeing != found.agreeing_in_datapoints;
        prop_assert_eq!(found.first_difference.is_some(), differs);
    }

    #[test]
    fn a_higher_threshold_never_gives_more_time_in_alarm_when_no_data_is_missing(
        values in proptest::collection::vec(0_i32..5, 60),
        n in 1_u32..5,
        m in 1_u32..5,
        threshold in 0_i32..5,
    ) {
        let samples =
            values.iter().zip(0..).map(|(&value, minute)| Sample::once(timestamp(minute * 60 - 1200), f64::from(value)));
        let series = Series::new(samples.collect());
        let range = ReplayRange { start: timestamp(0), end: timestamp(2400) };
        let seconds = |threshold: i32| {
            let alarm = AlarmConfiguration {
                period_seconds: 60,
                evaluation_periods: n,
                datapoints_to_alarm: Some(m.min(n)),
                threshold: f64::from(threshold),
                ..AlarmConfiguration::on_sum("a", Default::default())
            };
            seconds_in_alarm(&replay(&alarm, &series, range, &ReplayOptions::default()), range)
        };
        prop_assert!(seconds(threshold + 1) <= seconds(threshold));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Over weeks in which summer time begins, long enough for every sample to leave the range.
    #[test]
    fn the_sparse_replay_is_the_plain_one_on_any_calendar(
        period_seconds in prop_oneof![Just(300_u32), Just(3600), Just(86_400), Just(604_800)],
        zone in prop_oneof![Just("UTC"), Just("America/New_York"), Just("Australia/Lord_Howe"), Just("+05:45")],
        minutes in proptest::collection::vec(0_i64..5 * 1440, 0..6),
        is_ignoring in any::<bool>(),
    ) {
        let start = "2026-03-06T00:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
        let range = ReplayRange { start: timestamp(start), end: timestamp(start + 42 * 86_400) };
        let sample = |minute: &i64| Sample::once(timestamp(start + minute * 60), 1.0);
        let series = Series::new(minutes.iter().map(sample).collect());
        let alarm = AlarmConfiguration {
            period_seconds,
            evaluation_window: EvaluationWindow::WallClock(WallClock::new(Some(zone)).unwrap()),
            treat_missing_data: if is_ignoring { TreatMissingData::Ignore } else { TreatMissingData::Missing },
            ..AlarmConfiguration::on_sum("a", Default::default())
        };
        let sparse = replay(&alarm, &series, range, &ReplayOptions::default());
        prop_assert_eq!(&sparse, &replay_plainly(&alarm, &series, range, &ReplayOptions::default()));
        prop_assert_eq!(sparse.is_empty(), minutes.is_empty());
    }
}

/// A replay takes as long as its samples are many, however far apart they are.
#[test]
fn samples_that_are_ages_apart_are_replayed_at_once() {
    let times = ["0002-01-01T00:00:00Z", "9998-01-01T00:00:00Z"].map(|time| time.parse().unwrap());
    let series = Series::new(times.iter().map(|time| Sample::once(*time, 1.0)).collect());
    let range = ReplayRange {
        start: times[0],
        end: timestamp(times[1].as_second() + 86_400),
    };
    let wall_clock = EvaluationWindow::WallClock(WallClock::new(Some("America/New_York")).unwrap());
    for evaluation_window in [EvaluationWindow::Sliding, wall_clock] {
        let alarm = AlarmConfiguration {
            evaluation_window,
            ..AlarmConfiguration::on_sum("a", Default::default())
        };
        assert_eq!(
            replay(&alarm, &series, range, &ReplayOptions::default()).len(),
            4
        );
    }
}
