//! The alarms in Markdown.

use super::page::Page;
use crate::language::Message;
use crate::render::quantity::duration_message;
use crate::report::summary::{AlarmSummary, EpisodeSummary};

/// The number of alarms whose episodes are written.
const ALARM_LIMIT: usize = 5;

/// The number of episodes of an alarm that are written.
const EPISODE_LIMIT: usize = 20;

/// The columns of the episodes of an alarm.
const EPISODE_COLUMNS: [&str; 5] = [
    "ticket-in-alarm-from",
    "ticket-to",
    "ticket-for",
    "ticket-peak",
    "ticket-samples",
];

impl Page<'_> {
    /// Adds the alarms with their episodes.
    pub(super) fn alarms(&mut self) {
        let alarms = &self.summary.alarms;
        self.heading(2, &Message::new("ticket-alarms"));
        if alarms.is_empty() {
            let none = self.text_of("ticket-no-alarms");
            return self.paragraph(&none);
        }
        // Those that went off come first.
        let (busy, quiet): (Vec<&AlarmSummary>, Vec<&AlarmSummary>) =
            alarms.iter().partition(|alarm| !alarm.episodes.is_empty());
        let shown = busy.into_iter().chain(quiet).take(ALARM_LIMIT);
        for alarm in shown {
            self.alarm(alarm);
        }
        self.more(alarms.len().saturating_sub(ALARM_LIMIT), "summary");
    }

    fn alarm(&mut self, alarm: &AlarmSummary) {
        let title = Message::new("ticket-alarm").with("name", &*alarm.alarm_name);
        self.heading(3, &title);
        let state = self.say(&in_alarm(alarm));
        self.paragraph(&format!("**{state}**"));
        self.item("ticket-condition", &self.code(&alarm.condition));
        if alarm.is_proposed() {
            let proposed = self.text_of("ticket-proposed");
            self.line(&proposed);
        }
        for warning in &alarm.warnings {
            self.item("ticket-warning", &self.code(warning));
        }
        self.gap();
        self.episodes(&alarm.episodes);
    }

    fn episodes(&mut self, episodes: &[EpisodeSummary]) {
        if episodes.is_empty() {
            return;
        }
        let shown = episodes.iter().take(EPISODE_LIMIT);
        let rows: Vec<Vec<String>> = shown.map(|episode| self.episode(episode)).collect();
        self.table(&EPISODE_COLUMNS, &rows);
        self.more(episodes.len().saturating_sub(EPISODE_LIMIT), "summary");
    }

    fn episode(&self, episode: &EpisodeSummary) -> Vec<String> {
        let samples = episode.samples.map(|samples| self.number(samples));
        vec![
            self.code(&episode.start),
            match &episode.end {
                Some(end) => self.code(end),
                None => self.text_of("ticket-end-of-replay"),
            },
            self.say(&duration_message(episode.duration_seconds)),
            episode
                .peak
                .map(|peak| peak.to_string())
                .unwrap_or_default(),
            samples.unwrap_or_default(),
        ]
    }

    /// Returns a number as people read it.
    pub(super) fn number(&self, number: u64) -> String {
        self.words.number(number)
    }
}

fn in_alarm(alarm: &AlarmSummary) -> Message {
    if alarm.episodes.is_empty() {
        return Message::new("ticket-never-in-alarm");
    }
    let episodes = Message::new("episode-count").with("count", alarm.episodes.len());
    let message = Message::new("ticket-in-alarm").with("episodes", episodes);
    message.with("time", duration_message(alarm.seconds_in_alarm))
}
