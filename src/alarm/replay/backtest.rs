//! The performance of many alarms over one series: a sweep of thresholds and shapes.

use jiff::Timestamp;

use crate::alarm::definition::configuration::AlarmConfiguration;
use crate::alarm::definition::vocabulary::AlarmState;
use crate::alarm::replay::cut::Cut;
use crate::alarm::replay::interval::Interval;
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
    end: Timestamp,
}

/// The attempts and incidents that a sweep is judged by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroundTruth {
    /// The times of the attempts, in order.
    pub attempts: Vec<Timestamp>,
    /// The attempts in groups without a long pause.
    pub bursts: Vec<Interval>,
    /// Incidents that are known from elsewhere.
    pub incidents: Vec<Interval>,
}

/// The performance of an alarm.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Performance {
    /// The number of times that it went off. Each is one notification, if it has an action.
    pub episodes: u64,
    /// The time in ALARM, in seconds.
    pub seconds_in_alarm: i64,
    /// The longest episode, in seconds.
    pub longest_seconds: i64,
    /// The number of bursts of attempts without an alarm.
    pub bursts_missed: u64,
    /// The time from the first attempt of a burst to the alarm, in seconds: the median of all
    /// bursts with an alarm.
    pub median_delay_seconds: Option<i64>,
    /// The longest of those times.
    pub longest_delay_seconds: Option<i64>,
    /// The number of attempts without an alarm.
    pub attempts_not_covered: u64,
    /// The number of incidents with an alarm.
    pub hits: u64,
    /// The number of incidents without an alarm.
    pub misses: u64,
    /// The number of times that it went off outside of every incident.
    pub false_alarms: u64,
}

impl GroundTruth {
    /// Groups attempts into bursts. A burst ends if the next attempt is more than `pause_seconds`
    /// later.
    pub fn new(mut attempts: Vec<Timestamp>, pause_seconds: i64, incidents: Vec<Interval>) -> Self {
        attempts.sort_unstable();
        Self {
            bursts: bursts(&attempts, pause_seconds),
            attempts,
            incidents,
        }
    }
}

/// Groups attempts, in order, into bursts.
fn bursts(attempts: &[Timestamp], pause_seconds: i64) -> Vec<Interval> {
    let mut bursts: Vec<Interval> = Vec::new();
    for attempt in attempts.iter().copied().map(Interval::at) {
        match bursts.last_mut() {
            Some(burst) if burst.seconds_until(&attempt) <= pause_seconds => {
                burst.end = attempt.end;
            }
            _ => bursts.push(attempt),
        }
    }
    bursts
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
            end: range.end,
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
        let mut performances = Vec::with_capacity(thresholds.len());
        for threshold in thresholds {
            let episodes = self.episodes(alarm, &cuts, *threshold);
            performances.push(Performance::new(&episodes, truth, alarm.memory_seconds()));
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
            let end = self.end;
            episodes.push(Interval { start, end });
        }
        episodes
    }
}

impl Performance {
    /// Judges an alarm by its episodes, in the order of time. An attempt has an alarm if the alarm
    /// is in ALARM between the attempt and the moment at which it has forgotten the attempt.
    fn new(episodes: &[Interval], truth: &GroundTruth, memory_seconds: i64) -> Self {
        let delays = delays(episodes, &truth.bursts, memory_seconds);
        let attempts_covered = covered(episodes, &truth.attempts, memory_seconds);
        let hits = overlapping(&truth.incidents, episodes);
        let lengths = episodes.iter().map(Interval::seconds);
        Self {
            episodes: episodes.len() as u64,
            seconds_in_alarm: lengths.clone().sum(),
            longest_seconds: lengths.max().unwrap_or(0),
            // A burst has at most one delay, so no difference here is negative.
            bursts_missed: (truth.bursts.len() - delays.len()) as u64,
            median_delay_seconds: lower_median(&delays),
            longest_delay_seconds: delays.last().copied(),
            attempts_not_covered: (truth.attempts.len() - attempts_covered) as u64,
            hits: hits as u64,
            misses: (truth.incidents.len() - hits) as u64,
            false_alarms: (episodes.len() - overlapping(episodes, &truth.incidents)) as u64,
        }
    }
}

/// Returns the number of attempts with an alarm.
fn covered(episodes: &[Interval], attempts: &[Timestamp], memory_seconds: i64) -> usize {
    let attempts = attempts.iter().copied().map(Interval::at);
    attempts
        .filter_map(|attempt| delay(episodes, attempt, memory_seconds))
        .count()
}

/// Returns the delays of the bursts with an alarm, in seconds, shortest first.
fn delays(episodes: &[Interval], bursts: &[Interval], memory_seconds: i64) -> Vec<i64> {
    let bursts = bursts.iter().copied();
    let delays = bursts.filter_map(|burst| delay(episodes, burst, memory_seconds));
    let mut delays: Vec<i64> = delays.collect();
    delays.sort_unstable();
    delays
}

/// Returns the median of sorted numbers; of an even number of them, the lower of the two in the
/// middle, so that it is a delay that occurred.
fn lower_median(sorted: &[i64]) -> Option<i64> {
    sorted.get(sorted.len().saturating_sub(1) / 2).copied()
}

/// Returns the time from the start of a burst to the alarm, in seconds; `None` if the alarm is not
/// in ALARM before it has forgotten the last attempt.
fn delay(episodes: &[Interval], burst: Interval, memory_seconds: i64) -> Option<i64> {
    // The episodes are apart and in order, so the first that ends after the start decides.
    let first = episodes.partition_point(|episode| episode.end <= burst.start);
    let episode = episodes.get(first)?;
    let is_in_time = burst.seconds_until(episode) <= memory_seconds;
    is_in_time.then(|| Interval::at(burst.start).seconds_until(episode).max(0))
}

/// Returns the number of intervals that overlap one of the others.
fn overlapping(intervals: &[Interval], others: &[Interval]) -> usize {
    let overlaps = |interval: &&Interval| others.iter().any(|other| interval.overlaps(other));
    intervals.iter().filter(overlaps).count()
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
    use crate::time::period::timestamp;

    fn interval(start: i64, end: i64) -> Interval {
        Interval {
            start: timestamp(start),
            end: timestamp(end),
        }
    }

    #[test]
    fn attempts_with_a_long_pause_between_them_are_two_bursts() {
        let attempts = [500, 0, 100, 200].map(timestamp).to_vec();
        let truth = GroundTruth::new(attempts, 100, Vec::new());
        assert_eq!(truth.bursts, [interval(0, 200), interval(500, 500)]);
    }

    #[test]
    fn an_alarm_is_judged_by_bursts_attempts_and_incidents() {
        let attempts = [0, 100, 1000, 5000].map(timestamp).to_vec();
        let truth = GroundTruth::new(attempts, 300, vec![interval(50, 90), interval(9000, 9100)]);
        let found = Performance::new(
            &[
                interval(60, 400),
                interval(1200, 1300),
                interval(7000, 7100),
            ],
            &truth,
            250,
        );
        let expected = Performance {
            episodes: 3,
            seconds_in_alarm: 540,
            longest_seconds: 340,
            bursts_missed: 1,
            median_delay_seconds: Some(60),
            longest_delay_seconds: Some(200),
            attempts_not_covered: 1,
            hits: 1,
            misses: 1,
            false_alarms: 2,
        };
        assert_eq!(found, expected);
    }
}
