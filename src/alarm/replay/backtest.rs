//! What many alarms would have done over one series: a sweep of thresholds and shapes.

use jiff::Timestamp;

use crate::alarm::definition::configuration::{AlarmConfiguration, AlarmState};
use crate::alarm::replay::cut::Cut;
use crate::alarm::replay::metric_alarm::{ReplayOptions, ReplayRange};
use crate::alarm::replay::windows::Schedule;
use crate::metric::Series;

/// The datapoints of every evaluation that matters, for alarms of one period and statistic that are
/// evaluated equally often. They do not depend on N, M, the treatment of missing data and the
/// threshold, so a sweep computes them once.
#[derive(Clone, Debug)]
pub struct Evaluations {
    times: Vec<Timestamp>,
    /// The values of each evaluation in a row, newest first.
    values: Vec<Option<f64>>,
    width: usize,
    end: Timestamp,
}

/// What the sweep is judged by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// The times of the attempts, in order.
    pub attempts: Vec<Timestamp>,
    /// The attempts in groups without a long pause.
    pub bursts: Vec<Stretch>,
    /// Incidents that are known from elsewhere.
    pub incidents: Vec<Stretch>,
}

/// A stretch of time, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stretch {
    /// Its first moment.
    pub start: Timestamp,
    /// Its last moment.
    pub end: Timestamp,
}

/// How an alarm would have done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Performance {
    /// How many times it went off. Each is one notification, if it has an action.
    pub episodes: u64,
    /// How long it was on, in seconds.
    pub seconds_in_alarm: i64,
    /// Its longest stretch, in seconds.
    pub longest_seconds: i64,
    /// How many bursts of attempts it was not on for.
    pub bursts_missed: u64,
    /// How long after the first attempt of a burst it was on, in seconds: the middle of all bursts
    /// that it was on for.
    pub median_delay_seconds: Option<i64>,
    /// The longest of those.
    pub longest_delay_seconds: Option<i64>,
    /// How many attempts it was at no time on for.
    pub attempts_not_covered: u64,
    /// How many incidents it was on for.
    pub hits: u64,
    /// How many it was not on for.
    pub misses: u64,
    /// How many times it went off outside of every incident.
    pub false_alarms: u64,
}

impl Evidence {
    /// Groups attempts into bursts: one ends where the next attempt is more than so many seconds
    /// later.
    pub fn of(mut attempts: Vec<Timestamp>, pause_seconds: i64, incidents: Vec<Stretch>) -> Self {
        attempts.sort_unstable();
        let follows = |a: &Timestamp, b: &Timestamp| b.as_second() - a.as_second() <= pause_seconds;
        let burst = |burst: &[Timestamp]| {
            Some(Stretch {
                start: *burst.first()?,
                end: *burst.last()?,
            })
        };
        let bursts = attempts.chunk_by(follows).filter_map(burst).collect();
        Self {
            attempts,
            bursts,
            incidents,
        }
    }
}

impl Evaluations {
    /// Computes the datapoints that alarms like this one see, of which the widest fetches `range`
    /// of them.
    pub fn of(alarm: &AlarmConfiguration, series: &Series, span: ReplayRange, range: u32) -> Self {
        let options = ReplayOptions {
            evaluation_range: Some(range),
            ..ReplayOptions::default()
        };
        let schedule = Schedule::new(alarm, &options);
        let steps = schedule.steps_that_matter(series, schedule.steps(span));
        let (mut times, mut values) = (Vec::with_capacity(steps.len()), Vec::new());
        for step in steps {
            let windows = schedule.windows(schedule.time(step));
            times.push(windows.time());
            let datapoints = windows.datapoints(&alarm.watched, series.into());
            values.extend(
                datapoints
                    .iter()
                    .map(|point| point.as_ref().map(|point| point.value)),
            );
        }
        Self {
            times,
            values,
            width: range as usize,
            end: span.end,
        }
    }

    /// How alarms of one shape would have done, one for each threshold. Of `alarm`, the threshold
    /// is not looked at.
    pub fn sweep(
        &self,
        alarm: &AlarmConfiguration,
        thresholds: &[f64],
        evidence: &Evidence,
    ) -> Vec<Performance> {
        let cuts = self.cuts(alarm);
        let performance = |threshold: &f64| {
            let stretches = self.stretches(alarm, &cuts, *threshold);
            Performance::of(&stretches, evidence, alarm.memory_seconds())
        };
        thresholds.iter().map(performance).collect()
    }

    /// The cut of each evaluation, of equal ones in a row the first.
    fn cuts(&self, alarm: &AlarmConfiguration) -> Vec<(Timestamp, Cut)> {
        let range = (alarm.evaluation_range() as usize).min(self.width);
        let rows = self.values.chunks_exact(self.width.max(1));
        let mut cuts: Vec<(Timestamp, Cut)> = self
            .times
            .iter()
            .zip(rows)
            .map(|(time, row)| (*time, Cut::of(alarm, &row[..range], Default::default())))
            .collect();
        cuts.dedup_by(|later, earlier| later.1 == earlier.1);
        cuts
    }

    /// The stretches in ALARM for one threshold.
    fn stretches(
        &self,
        alarm: &AlarmConfiguration,
        cuts: &[(Timestamp, Cut)],
        threshold: f64,
    ) -> Vec<Stretch> {
        let mut state = AlarmState::default();
        let mut since = None;
        let mut stretches = Vec::new();
        for (time, cut) in cuts {
            let next = cut.state(alarm, threshold, state);
            if next == state {
                continue;
            }
            if let Some(start) = since.take() {
                stretches.push(Stretch { start, end: *time });
            }
            since = (next == AlarmState::Alarm).then_some(*time);
            state = next;
        }
        stretches.extend(since.map(|start| Stretch {
            start,
            end: self.end,
        }));
        stretches
    }
}

impl Performance {
    /// Judges stretches in ALARM, in the order of time. An alarm is on for an attempt when it is in
    /// ALARM between the attempt and the moment at which it has forgotten it.
    fn of(stretches: &[Stretch], evidence: &Evidence, memory_seconds: i64) -> Self {
        let seconds = |stretch: &Stretch| stretch.end.as_second() - stretch.start.as_second();
        let mut delays: Vec<i64> = evidence
            .bursts
            .iter()
            .filter_map(|burst| delay(stretches, *burst, memory_seconds))
            .collect();
        let covered = |attempt: &&Timestamp| {
            delay(
                stretches,
                Stretch {
                    start: **attempt,
                    end: **attempt,
                },
                memory_seconds,
            )
            .is_some()
        };
        let overlaps = |a: &Stretch, b: &Stretch| a.start <= b.end && b.start <= a.end;
        let hits = evidence
            .incidents
            .iter()
            .filter(|known| stretches.iter().any(|own| overlaps(own, known)));
        let hits = hits.count() as u64;
        let is_false =
            |own: &&Stretch| !evidence.incidents.iter().any(|known| overlaps(own, known));
        let bursts_missed = (evidence.bursts.len() - delays.len()) as u64;
        delays.sort_unstable();
        Self {
            episodes: stretches.len() as u64,
            seconds_in_alarm: stretches.iter().map(seconds).sum(),
            longest_seconds: stretches.iter().map(seconds).max().unwrap_or(0),
            bursts_missed,
            median_delay_seconds: delays.get(delays.len().saturating_sub(1) / 2).copied(),
            longest_delay_seconds: delays.last().copied(),
            attempts_not_covered: (evidence.attempts.len()
                - evidence.attempts.iter().filter(covered).count())
                as u64,
            hits,
            misses: evidence.incidents.len() as u64 - hits,
            false_alarms: stretches.iter().filter(is_false).count() as u64,
        }
    }
}

/// How long after the start of a burst the alarm is on, in seconds; nothing when it is not on
/// before it has forgotten the last attempt.
fn delay(stretches: &[Stretch], burst: Stretch, memory_seconds: i64) -> Option<i64> {
    let first = stretches.partition_point(|stretch| stretch.end <= burst.start);
    let start = stretches.get(first)?.start.as_second();
    let is_in_time = start <= burst.end.as_second() + memory_seconds;
    is_in_time.then(|| (start - burst.start.as_second()).max(0))
}

/// Alarms that share their evaluations: equal in what they watch, period, where their windows lie
/// and how often they are evaluated. Metric math sees all datapoints that are fetched, so that
/// their number must be equal, too.
pub fn are_evaluated_alike(one: &AlarmConfiguration, other: &AlarmConfiguration) -> bool {
    let key = |alarm: &AlarmConfiguration| (alarm.period_seconds, alarm.step_seconds());
    let is_alike = one.watched == other.watched && one.evaluation_window == other.evaluation_window;
    let sees_alike =
        one.watched.metric().is_some() || one.evaluation_range() == other.evaluation_range();
    is_alike && sees_alike && key(one) == key(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::period::timestamp;

    fn stretch(start: i64, end: i64) -> Stretch {
        Stretch {
            start: timestamp(start),
            end: timestamp(end),
        }
    }

    #[test]
    fn attempts_with_a_long_pause_between_them_are_two_bursts() {
        let attempts = [500, 0, 100, 200].map(timestamp).to_vec();
        let evidence = Evidence::of(attempts, 100, Vec::new());
        assert_eq!(evidence.bursts, [stretch(0, 200), stretch(500, 500)]);
    }

    #[test]
    fn an_alarm_is_judged_by_bursts_attempts_and_incidents() {
        let attempts = [0, 100, 1000, 5000].map(timestamp).to_vec();
        let evidence = Evidence::of(attempts, 300, vec![stretch(50, 90), stretch(9000, 9100)]);
        let found = Performance::of(
            &[stretch(60, 400), stretch(1200, 1300), stretch(7000, 7100)],
            &evidence,
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
