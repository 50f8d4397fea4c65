//! What must hold for any sweep.

use backtrail::alarm::definition::configuration::{AlarmConfiguration, AlarmState, WarmUp};
use backtrail::alarm::{GroundTruth, ReplayOptions, replay};
use backtrail::audit::{Candidate, Past, backtest};
use backtrail::metric::Series;
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
        let past = Past { series: &series_of_metrics, range };
        let tried = backtest(&alarms, &[0.0, 1.0, 2.5], &past, &GroundTruth::default());
        prop_assert_eq!(tried.len(), alarms.len() * 3);
        for Candidate { alarm, performance } in tried {
            let changes = replay(&alarm, &series, range, &ReplayOptions::default());
            let episodes = changes.iter().filter(|change| change.new_state == AlarmState::Alarm).count();
            prop_assert_eq!(performance.episodes, episodes as u64);
            prop_assert_eq!(performance.seconds_in_alarm, seconds_in_alarm(&changes, range), "{:?}", alarm);
        }
    }
}
