//! Many alarms over one series: a sweep of thresholds and shapes.

use std::ops::Range;

use jiff::Timestamp;

use crate::alarm::definition::configuration::AlarmConfiguration;
use crate::alarm::definition::vocabulary::AlarmState;
use crate::alarm::replay::cut::Cut;
use crate::alarm::replay::evaluate::{is_too_few, judged};
use crate::alarm::replay::interval::Interval;
use crate::alarm::replay::judge::{GroundTruth, Judge, Performance};
use crate::alarm::replay::metric_alarm::MetricReplay;
use crate::alarm::replay::observed::Observed;
use crate::alarm::replay::options::{PrematureBreach, ReplayOptions, ReplayRange};
use crate::alarm::replay::schedule::Schedule;
use crate::alarm::replay::windows::MeasuredWindow;

/// The datapoints of every evaluation that matters, for alarms with one period and statistic that
/// are evaluated equally often. They do not depend on N, M, the treatment of missing data and the
/// threshold, so a sweep computes them once.
#[derive(Clone, Debug)]
pub struct Evaluations<'s> {
    observed: Observed<'s>,
    /// The steps of the evaluations, in order.
    steps: Vec<i64>,
    /// The values of all evaluations, one evaluation after the other, each newest first.
    values: Vec<Option<f64>>,
    /// The numbers of samples in the values; none unless the alarm keeps its state if there are too
    /// few.
    sample_counts: Vec<f64>,
    /// The number of values of each evaluation.
    width: usize,
}

impl<'s> Evaluations<'s> {
    /// Computes the datapoints that alarms like this one see in a range that contains those of all
    /// of them. The widest of them fetches `evaluation_range` datapoints.
    pub fn new(
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
        let observed = observed.into();
        // A warm-up period depends on N, so each alarm leaves out its own.
        let steps = schedule.steps(range);
        let steps = schedule.steps_that_matter(&observed.together(), steps);
        let counts_samples = alarm.samples_needed().is_some();
        let (mut values, mut sample_counts) = (Vec::new(), Vec::new());
        for step in &steps {
            let windows = schedule.windows_of_step(*step);
            let datapoints = windows.datapoints(&alarm.watched, observed);
            if counts_samples {
                sample_counts.extend(datapoints.iter().map(sample_count));
            }
            values.extend(datapoints.into_iter().map(MeasuredWindow::value_of));
        }
        Self {
            observed,
            steps,
            values,
            sample_counts,
            width: evaluation_range as usize,
        }
    }

    /// Returns the performance of alarms of one shape over their range, one for each threshold. The
    /// threshold of `alarm` plays no part.
    pub fn sweep(
        &self,
        alarm: &AlarmConfiguration,
        range: ReplayRange,
        thresholds: &[f64],
        truth: &GroundTruth,
    ) -> Vec<Performance> {
        let cuts = self.cuts(alarm, range);
        let judge = Judge::new(truth, alarm.memory_seconds(), range);
        let mut performances = Vec::with_capacity(thresholds.len());
        for threshold in thresholds {
            let episodes = episodes(alarm, &cuts, *threshold, range.end);
            performances.push(judge.performance(&episodes));
        }
        performances
    }

    /// Returns the cut of each evaluation of an alarm.
    fn cuts(&self, alarm: &AlarmConfiguration, range: ReplayRange) -> Vec<(Timestamp, Cut)> {
        let replay = MetricReplay::new(alarm, self.observed, &ReplayOptions::default());
        let evaluated = replay.evaluated_steps(range);
        let mut cuts = Vec::new();
        for number in self.numbers(&evaluated) {
            let Some(step) = self.steps.get(number) else {
                break;
            };
            // The first evaluation after a warm-up period sees what changed at a step in it.
            let time = replay.time(*step.max(&evaluated.start));
            cuts.push((time, self.cut(alarm, number)));
        }
        // An evaluation with the cut of the one before keeps its state, for every threshold.
        cuts.dedup_by(|later, earlier| later.1 == earlier.1);
        cuts
    }

    /// Returns the numbers of the evaluations whose datapoints these steps see.
    fn numbers(&self, steps: &Range<i64>) -> Range<usize> {
        if steps.is_empty() {
            return 0..0;
        }
        let count_until = |step: i64| self.steps.partition_point(|one| *one <= step);
        // Datapoints stay the same until the next step that matters.
        let first = count_until(steps.start).saturating_sub(1);
        first..count_until(steps.end - 1)
    }

    fn cut(&self, alarm: &AlarmConfiguration, number: usize) -> Cut {
        // This alarm may fetch fewer datapoints than the widest: the newest of them.
        let range = (alarm.evaluation_range() as usize).min(self.width);
        let start = number * self.width;
        let datapoints = self.values.get(start..start + range).unwrap_or_default();
        let counts = self.sample_counts.get(start..start + range);
        if has_too_few_samples(alarm, datapoints, counts.unwrap_or_default()) {
            return Cut::unchanged();
        }
        Cut::new(alarm, datapoints, PrematureBreach::default())
    }
}

/// Returns the times in ALARM for one threshold. One that does not end before lasts until `end`.
fn episodes(
    alarm: &AlarmConfiguration,
    cuts: &[(Timestamp, Cut)],
    threshold: f64,
    end: Timestamp,
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
    episodes.extend(since.map(|start| Interval { start, end }));
    episodes
}

/// Returns the number of samples in a slot; 0 for an empty one and for metric math.
fn sample_count(slot: &Option<MeasuredWindow>) -> f64 {
    let count = slot.and_then(|slot| slot.sample_count);
    count.unwrap_or(0.0)
}

/// Returns whether a percentile has so few samples in its judged datapoints that the alarm keeps
/// its state.
fn has_too_few_samples(
    alarm: &AlarmConfiguration,
    datapoints: &[Option<f64>],
    counts: &[f64],
) -> bool {
    let Some(needed) = alarm.samples_needed() else {
        return false;
    };
    let judged = judged(alarm, datapoints);
    // Ages begin with 1.
    let counts = judged
        .iter()
        .filter_map(|one| counts.get(one.age as usize - 1));
    !judged.is_empty() && is_too_few(counts.sum(), needed)
}

/// Returns whether alarms share their evaluations: they are equal in what they watch, in their
/// period, in the position of their windows, in the time between evaluations and in what they do
/// with few samples. Metric math sees all datapoints that are fetched, so their number must be
/// equal, too.
pub fn are_evaluated_alike(one: &AlarmConfiguration, other: &AlarmConfiguration) -> bool {
    let sees_alike =
        one.watched.metric().is_some() || one.evaluation_range() == other.evaluation_range();
    sees_alike
        && one.watched == other.watched
        && one.evaluation_window == other.evaluation_window
        && one.period_seconds == other.period_seconds
        && one.low_samples == other.low_samples
        && one.step_seconds() == other.step_seconds()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::definition::configuration::WarmUp;
    use crate::alarm::definition::evaluation_window::{EvaluationWindow, WallClock};
    use crate::alarm::definition::vocabulary::LowSamples;
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
        let found = evaluations.sweep(&alarm, range, &[5.0, 7.0, 8.0], &GroundTruth::default());
        let summary = found.iter().map(|one| (one.episodes, one.seconds_in_alarm));
        let expected = [(3, 900 + 900 + 30), (2, 900 + 30), (0, 0)];
        assert_eq!(summary.collect::<Vec<_>>(), expected);
    }

    /// The episodes of an alarm in a sweep over two hours.
    fn count_episodes(alarm: &AlarmConfiguration, samples: &[Sample]) -> u64 {
        let series = Series::new(samples.to_vec());
        let range = ReplayRange {
            start: timestamp(0),
            end: timestamp(7200),
        };
        let evaluations = Evaluations::new(alarm, &series, range, alarm.evaluation_range());
        evaluations.sweep(alarm, range, &[1.0], &GroundTruth::default())[0].episodes
    }

    #[test]
    fn a_sweep_ends_with_the_range_of_its_alarm() {
        let series = Series::new(vec![Sample::once(timestamp(600), 1.0)]);
        let until = |end| ReplayRange {
            start: timestamp(0),
            end: timestamp(end),
        };
        let alarm = alarm();
        let evaluations = Evaluations::new(&alarm, &series, until(7200), alarm.evaluation_range());
        let alarms = |range| {
            let found = evaluations.sweep(&alarm, range, &[1.0], &GroundTruth::default());
            (found[0].episodes, found[0].seconds_in_alarm)
        };
        // From second 690 to second 1590, unless the range ends before.
        assert_eq!(alarms(until(7200)), (1, 900));
        assert_eq!(alarms(until(1000)), (1, 310));
        assert_eq!(alarms(until(690)), (0, 0));
        assert_eq!(alarms(until(0)), (0, 0));
    }

    #[test]
    fn a_percentile_of_too_few_samples_keeps_the_state_in_a_sweep() {
        let median = MetricStat::new(Default::default(), "p50".parse().unwrap());
        let alarm = AlarmConfiguration {
            low_samples: LowSamples::Ignore,
            ..AlarmConfiguration::on("a", Watched::Metric(median))
        };
        let samples = |counts: [f64; 2]| {
            let [first, second] = counts;
            [
                Sample::times(timestamp(600), 1.0, first),
                Sample::times(timestamp(3000), 1.0, second),
            ]
        };
        assert_eq!(count_episodes(&alarm, &samples([20.0, 20.0])), 2);
        assert_eq!(count_episodes(&alarm, &samples([19.0, 20.0])), 1);
        assert_eq!(count_episodes(&alarm, &samples([20.0, 19.0])), 1);
        assert_eq!(count_episodes(&alarm, &samples([19.0, 19.0])), 0);
    }

    #[test]
    fn a_sweep_leaves_out_the_warm_up_period_of_its_alarm() {
        let warm = AlarmConfiguration {
            warm_up: Some(WarmUp {
                minutes: 60,
                waits_to_the_end: true,
            }),
            ..alarm()
        };
        // The first sample is out of sight after the warm-up period, the second in sight then.
        let samples = [600, 3000].map(|second| Sample::once(timestamp(second), 1.0));
        assert_eq!(count_episodes(&alarm(), &samples), 2);
        assert_eq!(count_episodes(&warm, &samples), 1);
        assert_eq!(count_episodes(&warm, &samples[..1]), 0);
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
            AlarmConfiguration {
                low_samples: LowSamples::Ignore,
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
