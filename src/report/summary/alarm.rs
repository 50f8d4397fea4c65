//! The summary of an alarm.

use serde::Serialize;

use super::text;
use crate::alarm::Episode;
use crate::report::RuleReport;

/// An alarm and its episodes.
#[derive(Clone, Debug, Serialize)]
pub struct AlarmSummary {
    /// The name of the alarm.
    pub alarm_name: String,
    /// Its condition, on one line.
    pub condition: String,
    /// The start of the replay.
    pub replayed_from: Option<String>,
    /// The end of the replay.
    pub replayed_to: Option<String>,
    /// The number of changes of its state.
    pub transitions: u64,
    /// The time in ALARM, in seconds.
    pub seconds_in_alarm: i64,
    /// The episodes in ALARM.
    pub episodes: Vec<EpisodeSummary>,
}

/// One episode in ALARM.
#[derive(Clone, Debug, Serialize)]
pub struct EpisodeSummary {
    /// The time at which the alarm entered ALARM.
    pub start: String,
    /// The time at which it left ALARM. `None` if it did not during the replay.
    pub end: Option<String>,
    /// The duration, in seconds.
    pub duration_seconds: i64,
    /// The most extreme value of the statistic.
    pub peak: Option<f64>,
    /// The number of samples in it.
    pub samples: u64,
    /// The clocks under which it does not occur: an empty list if the episode is certain. `None`
    /// if clocks were not compared, because the filter has a default value.
    pub vanishes_under: Option<Vec<String>>,
}

impl AlarmSummary {
    pub(super) fn from_rule(rule: &RuleReport) -> Self {
        let alarm = &rule.alarm;
        let durations = rule.episodes.iter().map(|episode| episode.duration_seconds);
        Self {
            alarm_name: alarm.alarm_name.clone(),
            condition: alarm.condition(),
            replayed_from: text(rule.range.map(|range| range.start)),
            replayed_to: text(rule.range.map(|range| range.end)),
            transitions: rule.transitions.len() as u64,
            seconds_in_alarm: durations.sum(),
            episodes: episodes(rule),
        }
    }
}

fn episodes(rule: &RuleReport) -> Vec<EpisodeSummary> {
    let mut episodes = Vec::new();
    for (index, episode) in rule.episodes.iter().enumerate() {
        let clocks = rule.vanishing.as_ref();
        let vanishes_under = clocks.and_then(|clocks| clocks.get(index)).cloned();
        episodes.push(EpisodeSummary::new(episode, vanishes_under));
    }
    episodes
}

impl EpisodeSummary {
    fn new(episode: &Episode, vanishes_under: Option<Vec<String>>) -> Self {
        Self {
            start: episode.start.to_string(),
            end: text(episode.end),
            duration_seconds: episode.duration_seconds,
            peak: episode.peak,
            samples: episode.samples,
            vanishes_under,
        }
    }
}
