//! The summary of an alarm.

use serde::Serialize;

use super::text;
use crate::alarm::Episode;
use crate::report::{AlarmOrigin, AlarmReport, AuditedAlarm, RuleReport};
use crate::text::place;

/// An alarm and its episodes.
#[derive(Clone, Debug, Serialize)]
pub struct AlarmSummary {
    /// The name of the alarm.
    pub alarm_name: String,
    /// `metric` or `composite`.
    pub kind: AlarmKind,
    /// `defined`, or `proposed` for an alarm that nobody defined.
    pub origin: AlarmOrigin,
    /// The account whose events it sees; `None` for those of all accounts.
    pub account: Option<String>,
    /// The region whose events it sees; `None` for those of all regions.
    pub region: Option<String>,
    /// The names of the rules that publish what it watches.
    pub rules: Vec<String>,
    /// Its condition, on one line: for a composite alarm, its rule.
    pub condition: String,
    /// The start of the replay.
    pub replayed_from: Option<String>,
    /// The end of the replay.
    pub replayed_to: Option<String>,
    /// The number of changes of its state.
    pub transitions: u64,
    /// The time in ALARM, in seconds.
    pub seconds_in_alarm: i64,
    /// The reasons to doubt its states, such as a metric that it cannot see.
    pub warnings: Vec<String>,
    /// The runs of its actions.
    pub notifications: NotificationSummary,
    /// The episodes in ALARM.
    pub episodes: Vec<EpisodeSummary>,
}

/// The kind of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AlarmKind {
    /// An alarm that watches a metric.
    Metric,
    /// An alarm that watches other alarms.
    Composite,
}

/// The number of changes to a state that has actions.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct NotificationSummary {
    /// The number of those whose actions ran at once.
    pub at_once: u64,
    /// The number of those whose actions waited for a suppressor or the end of a mute window.
    pub delayed: u64,
    /// The number of those whose actions a suppressor or a mute rule held back for good.
    pub held_back: u64,
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
    /// The number of samples in it; `None` for a composite alarm, which watches none.
    pub samples: Option<u64>,
    /// The clocks under which it does not occur: an empty list if the episode is certain. `None`
    /// if clocks were not compared, because the filter has a default value.
    pub vanishes_under: Option<Vec<String>>,
}

impl AlarmSummary {
    pub(super) fn new(report: &AlarmReport, rules: &[RuleReport]) -> Self {
        let episodes = report.episodes.iter();
        let rules = report.rules.iter().filter_map(|number| rules.get(*number));
        let group = &report.group;
        Self {
            alarm_name: report.name().to_owned(),
            kind: AlarmKind::new(&report.alarm),
            origin: report.origin,
            account: group.account.clone(),
            region: group.region.clone(),
            rules: rules.map(|rule| rule.rule.clone()).collect(),
            condition: report.alarm.condition(),
            replayed_from: text(report.range.map(|range| range.start)),
            replayed_to: text(report.range.map(|range| range.end)),
            transitions: report.transitions.len() as u64,
            seconds_in_alarm: episodes.map(|episode| episode.duration_seconds).sum(),
            warnings: report.warnings.clone(),
            notifications: NotificationSummary::new(report),
            episodes: episode_summaries(report),
        }
    }

    /// Returns whether nobody defined the alarm.
    pub fn is_proposed(&self) -> bool {
        self.origin == AlarmOrigin::Proposed
    }

    /// Returns the account and region whose events it sees; `None` if it sees those of all.
    pub fn place(&self) -> Option<String> {
        let place = place(self.account.as_deref(), self.region.as_deref());
        (!place.is_empty()).then_some(place)
    }
}

impl AlarmKind {
    fn new(alarm: &AuditedAlarm) -> Self {
        match alarm {
            AuditedAlarm::Metric(_) => Self::Metric,
            AuditedAlarm::Composite(_) => Self::Composite,
        }
    }
}

impl NotificationSummary {
    fn new(report: &AlarmReport) -> Self {
        let mut summary = Self::default();
        for actions in report.actions() {
            match actions.run {
                None => summary.held_back += 1,
                Some(time) if time == actions.change.time => summary.at_once += 1,
                Some(_) => summary.delayed += 1,
            }
        }
        summary
    }

    /// Returns whether no change had actions.
    pub fn is_empty(&self) -> bool {
        self.at_once + self.delayed + self.held_back == 0
    }
}

fn episode_summaries(report: &AlarmReport) -> Vec<EpisodeSummary> {
    let mut episodes = Vec::new();
    let is_metric = report.alarm.metric().is_some();
    for (index, episode) in report.episodes.iter().enumerate() {
        let clocks = report.vanishing.as_ref();
        let vanishes_under = clocks.and_then(|clocks| clocks.get(index)).cloned();
        episodes.push(EpisodeSummary {
            samples: is_metric.then_some(episode.samples),
            ..EpisodeSummary::new(episode, vanishes_under)
        });
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
            samples: Some(episode.samples),
            vanishes_under,
        }
    }
}
