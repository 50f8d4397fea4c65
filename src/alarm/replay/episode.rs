//! The episodes of an alarm: the times that it spent in ALARM.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::alarm::definition::configuration::AlarmConfiguration;
use crate::alarm::definition::vocabulary::AlarmState;
use crate::alarm::replay::change::Change;
use crate::alarm::replay::metric_alarm::MetricReplay;
use crate::alarm::replay::observed::Observed;
use crate::alarm::replay::options::{ReplayOptions, ReplayRange};
use crate::metric::{Sample, Series};

/// A continuous time in ALARM.
#[derive(Clone, Debug, PartialEq)]
pub struct Episode {
    /// The moment at which the alarm went off.
    pub start: Timestamp,
    /// The moment at which it left ALARM; `None` if the replay ended before.
    pub end: Option<Timestamp>,
    /// The length within the replay, in seconds.
    pub duration_seconds: i64,
    /// The value farthest beyond the threshold that an evaluation judged during the episode; `None`
    /// for metric math.
    pub peak: Option<f64>,
    /// The number of samples between the beginning of the first window and the end of what the last
    /// evaluation saw.
    pub samples: u64,
}

impl Episode {
    /// Returns whether an episode is at most this many seconds away from one of `others`, which are
    /// in the order of time and apart from each other.
    pub fn is_near_any(&self, others: &[Self], seconds: i64) -> bool {
        let start = self.start.as_second();
        // Of episodes that are apart and in order, the first that does not end too early begins
        // first, so that none after it is nearer.
        let first = others.partition_point(|other| other.end_second() + seconds < start);
        let first = others.get(first);
        first.is_some_and(|first| self.is_near(first, seconds))
    }

    fn is_near(&self, other: &Self, seconds: i64) -> bool {
        self.start.as_second() <= other.end_second() + seconds
            && other.start.as_second() <= self.end_second() + seconds
    }

    fn end_second(&self) -> i64 {
        self.start.as_second() + self.duration_seconds
    }
}

/// A time in ALARM, while its episode is made.
struct TimeInAlarm<'c> {
    /// The change to ALARM.
    change: &'c Change,
    /// The next change, if there is one.
    end: Option<Timestamp>,
}

/// The past of an alarm, in which its episodes are found.
struct AlarmPast<'s> {
    alarm: &'s AlarmConfiguration,
    replay: MetricReplay<'s>,
    series: Cow<'s, Series>,
    /// The steps at which the datapoints of evaluations changed, in order.
    steps: Vec<i64>,
    range: ReplayRange,
}

/// Finds the episodes of a replayed history of a metric alarm.
pub fn episodes<'s>(
    alarm: &'s AlarmConfiguration,
    observed: impl Into<Observed<'s>>,
    changes: &[Change],
    range: ReplayRange,
) -> Vec<Episode> {
    // Most alarms never change, and need none of what follows.
    if changes.is_empty() {
        return Vec::new();
    }
    let past = AlarmPast::new(alarm, observed.into(), range);
    let times = times_in_alarm(changes);
    times.map(|time| past.episode(&time)).collect()
}

/// Finds the episodes of a history without looking at what the alarm watches. They have neither
/// peaks nor samples.
pub fn episodes_of_changes(changes: &[Change], range: ReplayRange) -> Vec<Episode> {
    let times = times_in_alarm(changes);
    let episode = |TimeInAlarm { change, end }: TimeInAlarm<'_>| Episode {
        start: change.time,
        end,
        duration_seconds: end.unwrap_or(range.end).as_second() - change.time.as_second(),
        peak: None,
        samples: 0,
    };
    times.map(episode).collect()
}

fn times_in_alarm(changes: &[Change]) -> impl Iterator<Item = TimeInAlarm<'_>> {
    let changes_with_next = changes.iter().enumerate();
    let times = changes_with_next.map(|(number, change)| TimeInAlarm {
        change,
        end: changes.get(number + 1).map(|next| next.time),
    });
    times.filter(|time| time.change.new_state == AlarmState::Alarm)
}

impl<'s> AlarmPast<'s> {
    fn new(alarm: &'s AlarmConfiguration, observed: Observed<'s>, range: ReplayRange) -> Self {
        let replay = MetricReplay::new(alarm, observed, &ReplayOptions::default());
        let steps = match alarm.watched.statistic() {
            Some(_) => replay.steps_that_matter(range),
            // Only peaks need the steps, and metric math has none.
            None => Vec::new(),
        };
        Self {
            alarm,
            replay,
            series: observed.together(),
            steps,
            range,
        }
    }

    fn episode(&self, time: &TimeInAlarm<'_>) -> Episode {
        let start = time.change.time;
        let last_second = time.end.unwrap_or(self.range.end).as_second();
        let samples = self.seen_samples(time.change, last_second);
        Episode {
            start,
            end: time.end,
            duration_seconds: last_second - start.as_second(),
            peak: self.replay.most_extreme(self.steps_in_alarm(time)),
            samples: samples.iter().map(|sample| sample.count).sum::<f64>() as u64,
        }
    }

    /// Returns the samples from the first window of an episode to the last one that it saw.
    fn seen_samples(&self, change: &Change, last_second: i64) -> &[Sample] {
        let first = change.data().and_then(|data| data.window_start);
        let first = first.unwrap_or(change.time).as_second();
        // A sample that the last evaluation did not see yet belongs to what follows.
        let unseen_seconds =
            self.alarm.evaluation_offset_seconds() + self.alarm.data_delay_seconds();
        self.series.window(first, last_second - unseen_seconds)
    }

    /// Returns the steps at which the datapoints changed while the alarm was in ALARM. Every
    /// datapoint that an evaluation judged in this time is one of theirs.
    fn steps_in_alarm(&self, time: &TimeInAlarm<'_>) -> &[i64] {
        let first = self.count_before(time.change.time);
        // The evaluation that ended the episode is none of it.
        let end = time
            .end
            .map_or(self.steps.len(), |end| self.count_before(end));
        self.steps.get(first..end).unwrap_or_default()
    }

    /// Returns the number of steps whose evaluations run before this moment.
    fn count_before(&self, moment: Timestamp) -> usize {
        self.steps
            .partition_point(|step| self.replay.time(*step) < moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::definition::watched::Watched;
    use crate::alarm::replay::change::Cause;
    use crate::alarm::replay::metric_alarm::replay;
    use crate::metric::{MetricStat, Statistic};
    use crate::time::period::timestamp;

    /// The episodes of a 1-of-1 alarm of five minutes over two hours, for samples of 1 at these
    /// minutes.
    fn episodes_at(minutes: &[i64]) -> Vec<Episode> {
        let alarm = AlarmConfiguration::on_sum("a", Default::default());
        let sample = |minute: &i64| Sample::once(timestamp(minute * 60), 1.0);
        let series = Series::new(minutes.iter().map(sample).collect());
        let range = ReplayRange {
            start: timestamp(0),
            end: timestamp(7200),
        };
        episodes(
            &alarm,
            &series,
            &replay(&alarm, &series, range, &ReplayOptions::default()),
            range,
        )
    }

    #[test]
    fn the_nearest_of_many_is_found_at_once() {
        let others = episodes_at(&[3, 20, 41, 60, 90]);
        for minute in 0..110 {
            for episode in episodes_at(&[minute]) {
                let is_near = others.iter().any(|other| episode.is_near(other, 120));
                assert_eq!(episode.is_near_any(&others, 120), is_near, "{minute}");
            }
        }
    }

    #[test]
    fn episodes_are_near_up_to_the_last_second() {
        let episode = |start: i64, duration_seconds: i64| Episode {
            start: timestamp(start),
            end: None,
            duration_seconds,
            peak: None,
            samples: 0,
        };
        let others = [episode(100, 100)];
        let rows = [
            ((210, 50), true),
            ((211, 50), false),
            ((40, 50), true),
            ((40, 49), false),
            ((0, 500), true),
            ((150, 10), true),
        ];
        for ((start, duration), is_near) in rows {
            let found = episode(start, duration).is_near_any(&others, 10);
            assert_eq!(found, is_near, "{start} {duration}");
        }
    }

    #[test]
    fn every_sample_belongs_to_one_episode() {
        // The first episode ends at minute 26, when the sample of minute 10 is out of sight and
        // that of minute 26 is not in sight yet.
        let found = episodes_at(&[10, 26]);
        let summary: Vec<(i64, i64, u64)> = found
            .iter()
            .map(|episode| {
                (
                    episode.start.as_second(),
                    episode.duration_seconds,
                    episode.samples,
                )
            })
            .collect();
        assert_eq!(summary, [(11 * 60 + 30, 900, 1), (27 * 60 + 30, 900, 1)]);
    }

    #[test]
    fn a_sample_too_young_for_the_last_evaluation_belongs_to_the_next_episode() {
        // Seven windows of ten seconds, with a delay of ten: the sample of second 100 is seen from
        // second 120 up to second 180, that of second 180 from second 200 on.
        let alarm = AlarmConfiguration {
            period_seconds: 10,
            ..AlarmConfiguration::on_sum("a", Default::default())
        };
        let samples = [100, 180].map(|second| Sample::once(timestamp(second), 1.0));
        let series = Series::new(samples.to_vec());
        let range = ReplayRange {
            start: timestamp(0),
            end: timestamp(600),
        };
        let changes = replay(&alarm, &series, range, &ReplayOptions::default());
        let found = episodes(&alarm, &series, &changes, range);
        let summary = found
            .iter()
            .map(|episode| (episode.start.as_second(), episode.samples));
        assert_eq!(summary.collect::<Vec<_>>(), [(120, 1), (200, 1)]);
    }

    #[test]
    fn episodes_of_changes_last_until_the_next_change_or_the_end() {
        let change = |second: i64, new_state: AlarmState| Change {
            time: timestamp(second),
            old_state: AlarmState::Ok,
            new_state,
            cause: Cause::Creation(Vec::new()),
        };
        let changes = [
            change(60, AlarmState::Alarm),
            change(100, AlarmState::Ok),
            change(200, AlarmState::Alarm),
        ];
        let range = ReplayRange {
            start: timestamp(0),
            end: timestamp(500),
        };
        let found = episodes_of_changes(&changes, range);
        let summary = found
            .iter()
            .map(|one| (one.start, one.end, one.duration_seconds));
        let expected = [
            (timestamp(60), Some(timestamp(100)), 40),
            (timestamp(200), None, 300),
        ];
        assert_eq!(summary.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_peak_is_the_fullest_window() {
        // Five minutes hold three of the samples at most.
        let found = episodes_at(&[10, 12, 14, 16, 24]);
        assert_eq!(
            found
                .iter()
                .map(|episode| (episode.peak, episode.samples))
                .collect::<Vec<_>>(),
            [(Some(3.0), 5)]
        );
        assert!(found[0].end.is_some());
        assert!(episodes_at(&[118])[0].end.is_none());
    }

    /// The episodes of an alarm over a day, with the peaks.
    fn peaks(alarm: &AlarmConfiguration, minutes: &[(i64, f64)]) -> Vec<Option<f64>> {
        let sample = |&(minute, value): &(i64, f64)| Sample::once(timestamp(minute * 60), value);
        let series = Series::new(minutes.iter().map(sample).collect());
        let range = ReplayRange {
            start: timestamp(0),
            end: timestamp(86_400),
        };
        let changes = replay(alarm, &series, range, &ReplayOptions::default());
        let found = episodes(alarm, &series, &changes, range);
        found.iter().map(|episode| episode.peak).collect()
    }

    #[test]
    fn a_peak_is_not_from_windows_after_the_episode() {
        let alarm = AlarmConfiguration {
            threshold: 5.0,
            ..AlarmConfiguration::on_sum("a", Default::default())
        };
        // The first episode ends when its window slides to minutes 11 to 15, with a sum of 1.
        let samples = [(10, 5.0), (15, 1.0), (19, 10.0)];
        assert_eq!(peaks(&alarm, &samples), [Some(5.0), Some(11.0)]);
    }

    #[test]
    fn a_peak_is_of_windows_that_were_evaluated() {
        // Evaluated every hour, on windows of full hours.
        let alarm = AlarmConfiguration {
            period_seconds: 3600,
            evaluation_periods: 25,
            datapoints_to_alarm: Some(1),
            threshold: 2.0,
            ..AlarmConfiguration::on_sum("a", Default::default())
        };
        let samples = [(610, 1.0), (655, 1.0), (665, 1.0), (710, 1.0)];
        assert_eq!(peaks(&alarm, &samples), [Some(2.0)]);
    }

    #[test]
    fn the_peak_of_an_average_is_that_of_a_window_without_its_neighbours() {
        let average = MetricStat::new(Default::default(), Statistic::Average);
        let alarm = AlarmConfiguration {
            threshold: 6.0,
            ..AlarmConfiguration::on("a", Watched::Metric(average))
        };
        // Only the window of minutes 11 to 15 has the 9 alone.
        assert_eq!(
            peaks(&alarm, &[(10, 1.0), (13, 9.0), (16, 1.0)]),
            [Some(9.0)]
        );
    }
}
