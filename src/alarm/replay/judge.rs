//! The performance of an alarm: its episodes, judged by attempts and incidents.

use jiff::Timestamp;

use crate::alarm::replay::interval::Interval;
use crate::alarm::replay::options::ReplayRange;
use crate::time::period::timestamp;

/// The longest time by which a clock counts an attempt before it happened, in seconds: the slot in
/// the name of an object begins up to five minutes before its delivery.
const EARLY_SECONDS: i64 = 300;

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

/// The performance of an alarm. Each episode is one notification, if the alarm has an action.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Performance {
    /// The number of times that it went off.
    pub episodes: u64,
    /// The time in ALARM, in seconds.
    pub seconds_in_alarm: i64,
    /// The longest episode, in seconds.
    pub longest_seconds: i64,
    /// The number of bursts of attempts without a notification.
    pub bursts_missed: u64,
    /// The number of these that began while the alarm was in ALARM already.
    pub bursts_masked: u64,
    /// The number of times that it went off although there was no burst.
    pub episodes_without_burst: u64,
    /// The times from the first attempt of a burst to the notification.
    pub burst_delays: Delays,
    /// The number of attempts without an alarm.
    pub attempts_not_covered: u64,
    /// The number of incidents with a notification.
    pub hits: u64,
    /// The number of incidents without a notification.
    pub misses: u64,
    /// The number of times that it went off outside of every incident.
    pub false_alarms: u64,
    /// The times from the start of an incident to the notification.
    pub incident_delays: Delays,
}

/// The times until a notification, in seconds; `None` if there was none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Delays {
    /// The median. Of an even number of delays, it is the lower of the two in the middle, so that
    /// it is a delay that occurred.
    pub median_seconds: Option<i64>,
    /// The longest.
    pub longest_seconds: Option<i64>,
}

/// The judge of the alarms of one shape.
pub(super) struct Judge<'t> {
    truth: &'t GroundTruth,
    /// The longest time for which the alarm sees an attempt, in seconds.
    memory_seconds: i64,
    /// The time from which on the alarm sees nothing from before the replay.
    settled_at: Timestamp,
}

/// The notification of one burst or incident.
enum Detection {
    /// The alarm went off this many seconds after the start.
    Notified(i64),
    /// The alarm was in ALARM already, so nobody was notified.
    Masked,
    /// The alarm did not go off in time.
    Missed,
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

impl<'t> Judge<'t> {
    pub(super) fn new(truth: &'t GroundTruth, memory_seconds: i64, range: ReplayRange) -> Self {
        let settled_at = range.start.as_second().saturating_add(memory_seconds);
        Self {
            truth,
            memory_seconds,
            settled_at: timestamp(settled_at),
        }
    }

    /// Judges an alarm by its episodes, in the order of time.
    pub(super) fn performance(&self, episodes: &[Interval]) -> Performance {
        let bursts = self.burst_detections(episodes);
        let incidents = self.incident_detections(episodes);
        let lengths = episodes.iter().map(Interval::seconds);
        let overlapping = overlapping(episodes, &self.truth.incidents);
        Performance {
            episodes: episodes.len() as u64,
            seconds_in_alarm: lengths.clone().sum(),
            longest_seconds: lengths.max().unwrap_or(0),
            bursts_missed: count(&bursts, |burst| !burst.is_notified()),
            bursts_masked: count(&bursts, |burst| matches!(burst, Detection::Masked)),
            episodes_without_burst: count(episodes, |episode| self.is_without_burst(episode)),
            burst_delays: Delays::new(&bursts),
            attempts_not_covered: self.attempts_not_covered(episodes),
            hits: count(&incidents, Detection::is_notified),
            misses: count(&incidents, |incident| !incident.is_notified()),
            false_alarms: episodes.len() as u64 - overlapping,
            incident_delays: Delays::new(&incidents),
        }
    }

    fn burst_detections(&self, episodes: &[Interval]) -> Vec<Detection> {
        let bursts = self.truth.bursts.iter().copied();
        bursts
            .map(|burst| self.burst_detection(episodes, burst))
            .collect()
    }

    /// Looks for the notification of a burst: the alarm goes off between its first attempt and the
    /// moment at which it has forgotten the last.
    fn burst_detection(&self, episodes: &[Interval], burst: Interval) -> Detection {
        // The episodes are apart and in order, so the first that ends after the start decides.
        let first = episodes.partition_point(|episode| episode.end <= burst.start);
        match episodes.get(first) {
            Some(episode) if began_before(episode, burst.start) => Detection::Masked,
            Some(episode) if burst.seconds_until(episode) <= self.memory_seconds => {
                Detection::notified(burst.start, episode)
            }
            _ => Detection::Missed,
        }
    }

    fn incident_detections(&self, episodes: &[Interval]) -> Vec<Detection> {
        let known = self.truth.incidents.iter().copied();
        known
            .map(|one| self.incident_detection(episodes, one))
            .collect()
    }

    /// Looks for the notification of an incident: the alarm is in ALARM during it, and went off no
    /// earlier than it began.
    fn incident_detection(&self, episodes: &[Interval], incident: Interval) -> Detection {
        let begin = self.begin(incident);
        // Incidents include their last moment, so an episode that ends when one begins still
        // touches it.
        let first = episodes.partition_point(|episode| episode.end < incident.start);
        match episodes.get(first) {
            Some(episode) if began_before(episode, begin) => Detection::Masked,
            Some(episode) if episode.start <= incident.end => {
                Detection::notified(incident.start, episode)
            }
            _ => Detection::Missed,
        }
    }

    /// Returns the begin of an incident: that of the burst in which it begins, if there is one.
    // The time of an incident that somebody wrote down is rarely that of its first attempt.
    fn begin(&self, incident: Interval) -> Timestamp {
        match self.last_burst(incident.start) {
            Some(burst) if incident.start <= burst.end => burst.start,
            _ => incident.start,
        }
    }

    /// Returns whether an episode began when the alarm saw no attempt.
    fn is_without_burst(&self, episode: &Interval) -> bool {
        // An episode before that may be due to an attempt before the replay.
        if episode.start < self.settled_at {
            return false;
        }
        let time = episode.start.as_second().saturating_add(EARLY_SECONDS);
        let burst = self.last_burst(timestamp(time));
        burst.is_none_or(|burst| burst.seconds_until(episode) > self.memory_seconds)
    }

    /// Returns the last burst that began by this time.
    fn last_burst(&self, time: Timestamp) -> Option<&Interval> {
        let bursts = &self.truth.bursts;
        let later = bursts.partition_point(|burst| burst.start <= time);
        bursts.get(later.checked_sub(1)?)
    }

    /// Returns the number of attempts without an alarm. An attempt has one if the alarm is in ALARM
    /// between the attempt and the moment at which it has forgotten the attempt.
    fn attempts_not_covered(&self, episodes: &[Interval]) -> u64 {
        let attempts = &self.truth.attempts;
        count(attempts, |attempt| !self.is_covered(*attempt, episodes))
    }

    fn is_covered(&self, attempt: Timestamp, episodes: &[Interval]) -> bool {
        let first = episodes.partition_point(|episode| episode.end <= attempt);
        let episode = episodes.get(first);
        let delay = episode.map(|episode| Interval::at(attempt).seconds_until(episode));
        delay.is_some_and(|delay| delay <= self.memory_seconds)
    }
}

/// Returns whether an episode began before anything that happened at this time could have caused
/// it.
fn began_before(episode: &Interval, time: Timestamp) -> bool {
    Interval::at(episode.start).seconds_until(&Interval::at(time)) > EARLY_SECONDS
}

impl Detection {
    fn notified(start: Timestamp, episode: &Interval) -> Self {
        let delay = Interval::at(start).seconds_until(episode);
        Self::Notified(delay.max(0))
    }

    fn is_notified(&self) -> bool {
        self.delay().is_some()
    }

    fn delay(&self) -> Option<i64> {
        match self {
            Self::Notified(delay) => Some(*delay),
            Self::Masked | Self::Missed => None,
        }
    }
}

impl Delays {
    fn new(detections: &[Detection]) -> Self {
        let mut delays: Vec<i64> = detections.iter().filter_map(Detection::delay).collect();
        delays.sort_unstable();
        Self {
            // Of an even number, the lower one of both in the middle.
            median_seconds: delays.get(delays.len().saturating_sub(1) / 2).copied(),
            longest_seconds: delays.last().copied(),
        }
    }
}

fn count<T>(items: &[T], is_counted: impl Fn(&T) -> bool) -> u64 {
    items.iter().filter(|item| is_counted(item)).count() as u64
}

/// Returns the number of intervals that overlap one of the others.
fn overlapping(intervals: &[Interval], others: &[Interval]) -> u64 {
    let overlaps = |one: &Interval| others.iter().any(|other| one.overlaps(other));
    count(intervals, overlaps)
}

#[cfg(test)]
mod tests {
    use super::*;

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

    /// Judges an alarm that sees back 250 seconds, over a replay that begins long before.
    fn performance(episodes: &[Interval], truth: &GroundTruth) -> Performance {
        let range = ReplayRange {
            start: timestamp(-9999),
            end: timestamp(9999),
        };
        Judge::new(truth, 250, range).performance(episodes)
    }

    fn delays(median: i64, longest: i64) -> Delays {
        Delays {
            median_seconds: Some(median),
            longest_seconds: Some(longest),
        }
    }

    #[test]
    fn an_alarm_is_judged_by_bursts_attempts_and_incidents() {
        let attempts = [0, 100, 1000, 5000].map(timestamp).to_vec();
        let truth = GroundTruth::new(attempts, 300, vec![interval(50, 90), interval(9000, 9100)]);
        let episodes = [
            interval(60, 400),
            interval(1200, 1300),
            interval(7000, 7100),
        ];
        let expected = Performance {
            episodes: 3,
            seconds_in_alarm: 540,
            longest_seconds: 340,
            bursts_missed: 1,
            bursts_masked: 0,
            episodes_without_burst: 1,
            burst_delays: delays(60, 200),
            attempts_not_covered: 1,
            hits: 1,
            misses: 1,
            false_alarms: 2,
            incident_delays: delays(10, 10),
        };
        assert_eq!(performance(&episodes, &truth), expected);
    }

    #[test]
    fn nobody_is_notified_of_what_begins_while_the_alarm_is_in_alarm() {
        let attempts = [0, 1000].map(timestamp).to_vec();
        let incidents = vec![interval(0, 10), interval(1000, 1100)];
        let truth = GroundTruth::new(attempts, 300, incidents);
        let found = performance(&[interval(60, 5000)], &truth);
        assert_eq!((found.bursts_missed, found.bursts_masked), (1, 1));
        assert_eq!((found.hits, found.misses), (0, 2));
        assert_eq!(found.burst_delays, delays(60, 60));
        assert_eq!(found.attempts_not_covered, 0);
    }

    #[test]
    fn an_incident_begins_with_its_burst() {
        let attempts = [0, 200, 400].map(timestamp).to_vec();
        let truth = GroundTruth::new(attempts, 300, vec![interval(300, 500)]);
        let found = performance(&[interval(60, 450)], &truth);
        assert_eq!((found.hits, found.misses), (1, 0));
        assert_eq!(found.incident_delays, delays(0, 0));
        let found = performance(&[interval(-301, 450)], &truth);
        assert_eq!((found.hits, found.misses), (0, 1));
    }

    #[test]
    fn a_clock_may_count_an_attempt_before_it_happened() {
        let truth = GroundTruth::new(vec![timestamp(1000)], 300, Vec::new());
        let found = performance(&[interval(700, 1500)], &truth);
        assert_eq!((found.bursts_missed, found.episodes_without_burst), (0, 0));
        assert_eq!(found.burst_delays, delays(0, 0));
        let found = performance(&[interval(699, 1500)], &truth);
        assert_eq!((found.bursts_missed, found.episodes_without_burst), (1, 1));
    }

    #[test]
    fn an_alarm_sees_an_attempt_until_its_memory_ends() {
        let truth = GroundTruth::new(vec![timestamp(0)], 300, Vec::new());
        for (start, missed) in [(250, 0), (251, 1)] {
            let found = performance(&[interval(start, 400)], &truth);
            assert_eq!(found.bursts_missed, missed, "{start}");
            assert_eq!(found.episodes_without_burst, missed, "{start}");
            assert_eq!(found.attempts_not_covered, missed, "{start}");
        }
    }

    #[test]
    fn an_episode_that_ends_as_an_attempt_happens_has_not_seen_it() {
        let truth = GroundTruth::new(vec![timestamp(1000)], 300, Vec::new());
        let found = performance(&[interval(800, 1000)], &truth);
        assert_eq!((found.bursts_missed, found.attempts_not_covered), (1, 1));
    }

    #[test]
    fn incidents_include_their_first_and_last_moment() {
        let truth = GroundTruth::new(Vec::new(), 300, vec![interval(1000, 1100)]);
        let rows = [
            ((800, 999), 0),
            ((800, 1000), 1),
            ((1100, 1200), 1),
            ((1101, 1200), 0),
        ];
        for ((start, end), hits) in rows {
            let found = performance(&[interval(start, end)], &truth);
            assert_eq!((found.hits, found.misses), (hits, 1 - hits), "{start}");
            assert_eq!(found.false_alarms, 1 - hits, "{start}");
        }
    }

    #[test]
    fn an_incident_at_the_end_of_a_burst_begins_with_it() {
        let attempts = [0, 200].map(timestamp).to_vec();
        for (start, hits) in [(200, 1), (201, 0)] {
            let truth = GroundTruth::new(attempts.clone(), 300, vec![interval(start, 500)]);
            // The episode began too long before the incident, but not before the burst.
            let found = performance(&[interval(-200, 450)], &truth);
            assert_eq!((found.hits, found.misses), (hits, 1 - hits), "{start}");
        }
    }

    #[test]
    fn the_median_is_a_delay_that_occurred() {
        let median = |delays: &[i64]| {
            let detections: Vec<Detection> = delays
                .iter()
                .map(|delay| Detection::Notified(*delay))
                .collect();
            Delays::new(&detections).median_seconds
        };
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[7, 3]), Some(3));
        assert_eq!(median(&[9, 1, 5]), Some(5));
        assert_eq!(median(&[9, 1, 5, 7]), Some(5));
    }

    #[test]
    fn an_episode_at_the_start_may_be_due_to_earlier_attempts() {
        let truth = GroundTruth::default();
        let range = ReplayRange {
            start: timestamp(0),
            end: timestamp(9999),
        };
        let judge = Judge::new(&truth, 250, range);
        for (start, noise) in [(249, 0), (250, 1)] {
            let found = judge.performance(&[interval(start, 400)]);
            assert_eq!(found.episodes_without_burst, noise, "{start}");
        }
    }
}
