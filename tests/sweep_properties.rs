//! What must hold for any sweep.

use backtrail::alarm::definition::configuration::{AlarmConfiguration, AlarmState, WarmUp};
use backtrail::alarm::{GroundTruth, ReplayEnd, ReplayOptions, ReplaySpan, replay};
use backtrail::audit::{Candidate, Past, backtest};
use backtrail::metric::Series;
use backtrail::time::period::timestamp;
use proptest::prelude::*;

use crate::generated::alarms::{alarm, hours, samples, seconds_in_alarm};

/// A warm-up period for every other alarm.
fn warm_up() -> impl Strategy<Value = Option<WarmUp>> {
    let warm_up = (1_u32..120, any::<bool>()).prop_map(|(minutes, waits_to_the_end)| WarmUp {
        minutes,
        waits_to_the_end,
    });
    proptest::option::of(warm_up)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_sweep_is_as_many_replays(
        alarms in proptest::collection::vec((alarm(), warm_up()), 1..4),
        samples in samples(),
    ) {
        let series = Series::new(samples);
        let range = hours(3);
        let alarms = alarms.into_iter().map(|(alarm, warm_up)| AlarmConfiguration { warm_up, ..alarm });
        let alarms: Vec<AlarmConfiguration> = alarms.collect();
        // Metric math sees the samples under each of its metrics, of which it has a few.
        let series_of_metrics = vec![series.clone(); 8];
        let past = Past { series: &series_of_metrics, span: range.into() };
        let tried = backtest(&alarms, &[0.0, 1.0, 2.5], &past, &GroundTruth::default());
        prop_assert_eq!(tried.len(), alarms.len() * 3);
        for Candidate { alarm, performance } in tried {
            let changes = replay(&alarm, &series, range, &ReplayOptions::default());
            let episodes = changes.iter().filter(|change| change.new_state == AlarmState::Alarm).count();
            prop_assert_eq!(performance.episodes, episodes as u64);
            prop_assert_eq!(performance.seconds_in_alarm, seconds_in_alarm(&changes, range), "{:?}", alarm);
        }
    }

    /// Without a given end, each alarm is replayed until it has forgotten the last event.
    #[test]
    fn an_alarm_has_the_same_performance_in_any_sweep(
        alarms in proptest::collection::vec(alarm(), 2..4),
        samples in samples(),
    ) {
        let series = vec![Series::new(samples); 8];
        let end = ReplayEnd::Forgotten(timestamp(3600));
        let past = Past { series: &series, span: ReplaySpan { start: timestamp(0), end } };
        let tried = |alarms: &[AlarmConfiguration]| {
            backtest(alarms, &[0.0, 1.0], &past, &GroundTruth::default())
        };
        let alone: Vec<Candidate> = alarms.chunks(1).flat_map(tried).collect();
        prop_assert_eq!(tried(&alarms), alone);
    }
}
