//! The ranking of the alarms that were tried.

use std::cmp::Ordering;

use super::{Backtest, Combination};
use crate::alarm::definition::configuration::TreatMissingData;
use crate::alarm::{AlarmConfiguration, Performance};
use crate::metric::Statistic;

/// The period of the alarm that the console offers for a metric filter, in seconds.
const USUAL_PERIOD_SECONDS: u32 = 300;

/// The treatments of missing data, the most usual one first.
const TREATMENTS: [TreatMissingData; 4] = [
    TreatMissingData::Missing,
    TreatMissingData::NotBreaching,
    TreatMissingData::Ignore,
    TreatMissingData::Breaching,
];

/// The measures that alarms are ranked by: less is better, and the first that differs decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score {
    /// The number of bursts without a notification, or of incidents if they are known.
    pub missed: u64,
    /// The number of episodes without a burst, or outside of every incident.
    pub noise: u64,
    /// The median time to the notification, in seconds.
    pub median_delay_seconds: Option<i64>,
    /// The longest time to the notification, in seconds.
    pub longest_delay_seconds: Option<i64>,
    /// The number of episodes.
    pub episodes: u64,
}

/// An alarm at its place in the ranking.
#[derive(Clone, Copy, Debug)]
pub(super) struct RankedAlarm {
    /// The number of the alarm.
    pub(super) alarm: usize,
    /// Its score: the worst of all clocks.
    pub(super) score: Score,
}

impl Score {
    /// Returns the score of a performance, judged by incidents or by bursts.
    pub fn new(performance: &Performance, is_by_incidents: bool) -> Self {
        let (missed, noise, delays) = match is_by_incidents {
            true => (
                performance.misses,
                performance.false_alarms,
                performance.incident_delays,
            ),
            false => (
                performance.bursts_missed,
                performance.episodes_without_burst,
                performance.burst_delays,
            ),
        };
        Self {
            missed,
            noise,
            median_delay_seconds: delays.median_seconds,
            longest_delay_seconds: delays.longest_seconds,
            episodes: performance.episodes,
        }
    }

    /// Returns the worse of two scores, measure by measure.
    fn worst(self, other: Self) -> Self {
        Self {
            missed: self.missed.max(other.missed),
            noise: self.noise.max(other.noise),
            // No delay at all is less than any, but an alarm without one misses everything, which
            // decides before delays do.
            median_delay_seconds: self.median_delay_seconds.max(other.median_delay_seconds),
            longest_delay_seconds: self.longest_delay_seconds.max(other.longest_delay_seconds),
            episodes: self.episodes.max(other.episodes),
        }
    }
}

/// Returns all alarms, the best one first.
pub(super) fn order(backtest: &Backtest) -> Vec<RankedAlarm> {
    let alarms = 0..backtest.alarm_count();
    let mut order: Vec<RankedAlarm> = alarms
        .filter_map(|alarm| ranked_alarm(backtest, alarm))
        .collect();
    // The order of the options decides between alarms that are equal in all of this.
    order.sort_by(|one, other| {
        let by_score = one.score.cmp(&other.score);
        by_score.then_with(|| by_usualness(backtest, one.alarm, other.alarm))
    });
    order
}

fn ranked_alarm(backtest: &Backtest, alarm: usize) -> Option<RankedAlarm> {
    let is_by_incidents = backtest.incidents.is_some();
    let rows = backtest.under_clocks(alarm);
    let scores = rows.map(|row| Score::new(&row.performance, is_by_incidents));
    // Nobody chooses the clock of AWS, so an alarm is as good as it is under the worst one.
    let score = scores.reduce(Score::worst)?;
    Some(RankedAlarm { alarm, score })
}

fn by_usualness(backtest: &Backtest, one: usize, other: usize) -> Ordering {
    let alarm = |number: usize| backtest.combinations.get(number).map(|row| &row.alarm);
    match (alarm(one), alarm(other)) {
        (Some(one), Some(other)) => compare_usualness(one, other),
        _ => Ordering::Equal,
    }
}

/// Compares how far alarms are from the one that the console offers: fewer datapoints come first,
/// then the sum, the usual treatment of missing data, the usual period, and the threshold that is
/// met soonest.
fn compare_usualness(one: &AlarmConfiguration, other: &AlarmConfiguration) -> Ordering {
    let by_shape = unusualness(one).cmp(&unusualness(other));
    by_shape.then_with(|| by_sensitivity(one, other))
}

fn unusualness(alarm: &AlarmConfiguration) -> (u32, u32, bool, Option<usize>, u32, u32) {
    let is_sum = alarm.watched.statistic() == Some(Statistic::Sum);
    let is_own = |treatment: &TreatMissingData| *treatment == alarm.treat_missing_data;
    let period = alarm.period_seconds;
    (
        alarm.evaluation_periods,
        alarm.datapoints_needed(),
        !is_sum,
        TREATMENTS.iter().position(is_own),
        // Of two periods that are equally far from the usual one, the shorter comes first.
        period.abs_diff(USUAL_PERIOD_SECONDS),
        period,
    )
}

/// Compares the thresholds of two alarms: the one that more values breach comes first.
fn by_sensitivity(one: &AlarmConfiguration, other: &AlarmConfiguration) -> Ordering {
    let by_threshold = one.threshold.total_cmp(&other.threshold);
    match one.comparison_operator.is_rising() {
        true => by_threshold,
        false => by_threshold.reverse(),
    }
}

/// Returns, for each combination, a threshold that more values breach and that had fewer episodes,
/// if there is one: of those with the fewest, the nearest.
pub(super) fn calmer_thresholds(backtest: &Backtest) -> Vec<Option<f64>> {
    let mut calmer = Vec::with_capacity(backtest.combinations.len());
    let thresholds = backtest.thresholds.len().max(1);
    for rows in backtest.combinations.chunks(thresholds) {
        calmer.extend(calmer_thresholds_of_shape(rows));
    }
    calmer
}

fn calmer_thresholds_of_shape(rows: &[Combination]) -> Vec<Option<f64>> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|one, other| by_sensitivity(&rows[*one].alarm, &rows[*other].alarm));
    let mut calmer = vec![None; rows.len()];
    let mut calmest: Option<&Combination> = None;
    for number in order {
        let row = &rows[number];
        let episodes = row.performance.episodes;
        match calmest {
            Some(other) if other.performance.episodes < episodes => {
                calmer[number] = Some(other.alarm.threshold);
            }
            // Of thresholds with equally few episodes, the last one is the nearest to those that
            // follow.
            _ => calmest = Some(row),
        }
    }
    calmer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::definition::configuration::ComparisonOperator;
    use crate::language::Message;
    use crate::report::Subject;
    use crate::report::backtest::BacktestVerdict;

    fn alarm(period_seconds: u32, n: u32, threshold: f64) -> AlarmConfiguration {
        AlarmConfiguration {
            period_seconds,
            evaluation_periods: n,
            threshold,
            ..AlarmConfiguration::on_sum("a", Default::default())
        }
    }

    fn combination(alarm: AlarmConfiguration, episodes: u64) -> Combination {
        Combination {
            clock: "event".to_owned(),
            alarm,
            performance: Performance {
                episodes,
                ..Performance::default()
            },
            verdict: BacktestVerdict::default(),
        }
    }

    fn backtest(thresholds: &[f64], combinations: Vec<Combination>) -> Backtest {
        Backtest {
            rule: "r".to_owned(),
            subject: Subject::Matches(Message::verbatim("m")),
            export_arguments: Vec::new(),
            attempts: 1,
            bursts: 1,
            incidents: None,
            clocks: vec!["event".to_owned()],
            thresholds: thresholds.to_vec(),
            combinations,
        }
    }

    #[test]
    fn the_usual_alarm_comes_first_among_equals() {
        let alarms = [
            alarm(60, 1, 1.0),
            alarm(300, 3, 1.0),
            alarm(300, 1, 2.0),
            alarm(300, 1, 1.0),
            alarm(900, 1, 1.0),
        ];
        let rows = alarms.map(|alarm| combination(alarm, 1)).to_vec();
        let order = order(&backtest(&[1.0], rows));
        let order: Vec<usize> = order.iter().map(|ranked| ranked.alarm).collect();
        assert_eq!(order, [3, 2, 0, 4, 1]);
    }

    #[test]
    fn a_threshold_is_restless_if_one_that_is_met_sooner_has_fewer_episodes() {
        let thresholds = [3.0, 1.0, 2.0, 4.0];
        let calmer = |operator: ComparisonOperator, episodes: [u64; 4]| {
            let rows = thresholds
                .iter()
                .zip(episodes)
                .map(|(threshold, episodes)| {
                    let alarm = AlarmConfiguration {
                        comparison_operator: operator,
                        ..alarm(300, 1, *threshold)
                    };
                    combination(alarm, episodes)
                });
            calmer_thresholds(&backtest(&thresholds, rows.collect()))
        };
        let rising = ComparisonOperator::GreaterThanThreshold;
        let found = calmer(rising, [6, 5, 5, 4]);
        assert_eq!(found, [Some(2.0), None, None, None]);
        let falling = ComparisonOperator::LessThanThreshold;
        let found = calmer(falling, [4, 6, 5, 4]);
        assert_eq!(found, [None, Some(3.0), Some(3.0), None]);
    }
}
