//! Many alarms over one series: a sweep of thresholds and shapes.

use jiff::Timestamp;

use crate::alarm::definition::configuration::AlarmConfiguration;
use crate::alarm::definition::vocabulary::AlarmState;
use crate::alarm::replay::cut::Cut;
use crate::alarm::replay::interval::Interval;
use crate::alarm::replay::judge::{GroundTruth, Judge, Performance};
use crate::alarm::replay::observed::Observed;
use crate::alarm::replay::options::{PrematureBreach, ReplayOptions, ReplayRange};
use crate::alarm::replay::schedule::Schedule;
use crate::alarm::replay::windows::Measured;

/// The datapoints of every evaluation that matters, for alarms with one period and statistic that
/// are evaluated equally often. They do not depend on N, M, the treatment of missing data and the
/// threshold, so a sweep computes them once.
#[derive(Clone, Debug)]
pub struct Evaluations {
    times: Vec<Timestamp>,
    /// The values of all evaluations, one evaluation after the other, each newest first.
    values: Vec<Option<f64>>,
    /// The number of values of each evaluation.
    width: usize,
    range: ReplayRange,
}

impl Evaluations {
    /// Computes the datapoints that alarms like this one see. The widest of them fetches
    /// `evaluation_range` datapoints.
    pub fn new<'s>(
        alarm: &AlarmConfiguration,
        observed: impl Into<Observed<'s>>,
        range: ReplayRange,
        evaluation_range: u32,
    ) -> Self {
        let options = ReplayOptions {
            evaluation_range: Some(evaluation_range),
            ..ReplayOptions::default()
        };
        let schedule = Schedule::new(alarm, &options);
        let mut evaluations = Self {
            times: Vec::new(),
            values: Vec::new(),
            width: evaluation_range as usize,
            range,
        };
        let observed = observed.into();
        let steps = schedule.steps(range);
        for step in schedule.steps_that_matter(&observed.together(), steps) {
            let windows = schedule.windows_of_step(step);
            let datapoints = windows.datapoints(&alarm.watched, observed);
            evaluations.add(windows.time(), datapoints);
        }
        evaluations
    }

    fn add(&mut self, time: Timestamp, datapoints: Vec<Option<Measured>>) {
        let values = datapoints.into_iter().map(Measured::value_of);
        self.times.push(time);
        self.values.extend(values);
    }

    /// Returns the performance of alarms of one shape, one for each threshold. The threshold of
    /// `alarm` plays no part.
    pub fn sweep(
        &self,
        alarm: &AlarmConfiguration,
        thresholds: &[f64],
        truth: &GroundTruth,
    ) -> Vec<Performance> {
        let cuts = self.cuts(alarm);
        let judge = Judge::new(truth, alarm.memory_seconds(), self.range);
        let mut performances = Vec::with_capacity(thresholds.len());
        for threshold in thresholds {
            let episodes = self.episodes(alarm, &cuts, *threshold);
            performances.push(judge.performance(&episodes));
        }
        performances
    }

    /// Returns the cut of each evaluation.
    fn cuts(&self, alarm: &AlarmConfiguration) -> Vec<(Timestamp, Cut)> {
        // This alarm may fetch fewer datapoints than the widest: the newest of them.
        let range = (alarm.evaluation_range() as usize).min(self.width);
        // Chunks of no values would panic; where the width is 0, there are no values at all.
        let rows = self.values.chunks_exact(self.width.max(1));
        let cuts = rows.map(|row| Cut::new(alarm, &row[..range], PrematureBreach::default()));
        let mut cuts: Vec<(Timestamp, Cut)> = self.times.iter().copied().zip(cuts).collect();
        // An evaluation with the cut of the one before keeps its state, for every threshold.
        cuts.dedup_by(|later, earlier| later.1 == earlier.1);
        cuts
    }

    /// Returns the times in ALARM for one threshold.
    fn episodes(
        &self,
        alarm: &AlarmConfiguration,
        cuts: &[(Timestamp, Cut)],
        threshold: f64,
    ) -> Vec<Interval> {
        let mut state = AlarmState::default();
        let mut since = None;
        let mut episodes = Vec::new();
        for (time, cut) in cuts {
            let next = cut.state(alarm, threshold, state);
            if next == state {
                continue;
            }
            if let Some(start) = since.take() {
                episodes.push(Interval { start, end: *time });
            }
            since = (next == AlarmState::Alarm).then_some(*time);
            state = next;
        }
        // An episode that has not ended lasts until the end of the range.
        if let Some(start) = since {
            let end = self.range.end;
            episodes.push(Interval { start, end });
        }
        episodes
    }
}

/// Returns whether alarms share their evaluations: they are equal in what they watch, in their
/// period, in the position of their windows and in the time between evaluations. Metric math sees
/// all datapoints that are fetched, so their number must be equal, too.
pub fn are_evaluated_alike(one: &AlarmConfiguration, other: &AlarmConfiguration) -> bool {
    let sees_alike =
        one.watched.metric().is_some() || one.evaluation_range() == other.evaluation_range();
    sees_alike
        && one.watched == other.watched
        && one.evaluation_window == other.evaluation_window
        && one.period_seconds == other.period_seconds
        && one.step_seconds() == other.step_seconds()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::definition::evaluation_window::{EvaluationWindow, WallClock};
    use crate::alarm::definition::watched::Watched;
    use crate::metric::math::Query;
    use crate::metric::{MetricMath, MetricStat, Sample, Series};
    use crate::time::period::timestamp;

    fn alarm() -> AlarmConfiguration {
        AlarmConfiguration::on_sum("a", Default::default())
    }

    #[test]
    fn a_sweep_judges_each_threshold_by_its_own_episodes() {
        // Three windows of five minutes: each sample is seen for 15 minutes, the last one from
        // second 6090 to the end.
        let samples = [(600, 5.0), (3600, 7.0), (6000, 7.0)];
        let samples = samples.map(|(second, value)| Sample::once(timestamp(second), value));
        let series = Series::new(samples.to_vec());
        let range = ReplayRange {
            start: timestamp(0),
            end: timestamp(6120),
        };
        let alarm = alarm();
        let evaluations = Evaluations::new(&alarm, &series, range, alarm.evaluation_range());
        let found = evaluations.sweep(&alarm, &[5.0, 7.0, 8.0], &GroundTruth::default());
        let summary = found.iter().map(|one| (one.episodes, one.seconds_in_alarm));
        let expected = [(3, 900 + 900 + 30), (2, 900 + 30), (0, 0)];
        assert_eq!(summary.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn alarms_share_their_evaluations_if_they_see_the_same_at_the_same_times() {
        let longer = |evaluation_periods: u32| AlarmConfiguration {
            evaluation_periods,
            threshold: 9.0,
            ..alarm()
        };
        assert!(are_evaluated_alike(&alarm(), &longer(2)));
        let median = MetricStat::new(Default::default(), "p50".parse().unwrap());
        let others = [
            // It looks at more than a day, and so is evaluated every hour.
            longer(289),
            AlarmConfiguration {
                period_seconds: 60,
                ..alarm()
            },
            AlarmConfiguration {
                evaluation_window: EvaluationWindow::WallClock(WallClock::new(None).unwrap()),
                ..alarm()
            },
            AlarmConfiguration {
                watched: Watched::Metric(median),
                ..alarm()
            },
        ];
        for other in others {
            assert!(!are_evaluated_alike(&alarm(), &other), "{other:?}");
        }
    }

    #[test]
    fn alarms_on_metric_math_must_fetch_as_many_datapoints() {
        let on_math = |evaluation_periods: u32| {
            let queries = vec![
                Query::metric("m1", MetricStat::default()),
                Query::expression("e", "m1 - AVG(m1)").unwrap(),
            ];
            let watched = Watched::Math(MetricMath::new(queries, 1).unwrap());
            AlarmConfiguration {
                evaluation_periods,
                ..AlarmConfiguration::on("a", watched)
            }
        };
        assert!(are_evaluated_alike(&on_math(1), &on_math(1)));
        assert!(!are_evaluated_alike(&on_math(1), &on_math(2)));
    }
}
