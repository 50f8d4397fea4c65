//! An alarm and its episodes.

use std::io;

use super::screen::{ROW_LIMIT, Screen};
use crate::language::Message;
use crate::render::quantity::number;
use crate::render::style::verdict;
use crate::report::AlarmOrigin;
use crate::report::summary::{AlarmKind, AlarmSummary, EpisodeSummary, NotificationSummary};

impl Screen<'_> {
    pub(super) fn alarm(&mut self, alarm: &AlarmSummary) -> io::Result<()> {
        let text = self.in_alarm(alarm);
        self.heading("terminal-alarm", verdict(alarm.episodes.is_empty()), &text)?;
        let name = self.alarm_name(alarm);
        self.field("terminal-name", &name)?;
        self.field("terminal-condition", &alarm.condition)?;
        if alarm.rules.len() > 1 {
            self.field("terminal-of-rules", &alarm.rules.join(", "))?;
        }
        if let Some(place) = alarm.place() {
            self.field("terminal-sees", &place)?;
        }
        self.fields("terminal-warning", &alarm.warnings)?;
        if !alarm.notifications.is_empty() {
            let text = self.notifications(alarm.notifications);
            self.field("terminal-actions", &text)?;
        }
        if let (Some(from), Some(to)) = (&alarm.replayed_from, &alarm.replayed_to) {
            let message = Message::new("terminal-replay")
                .with("from", self.time(from))
                .with("to", self.time(to));
            let text = self.say(&message);
            self.field("terminal-replayed", &text)?;
        }
        match alarm.episodes.as_slice() {
            [] => Ok(()),
            episodes => self.episodes(episodes),
        }
    }

    fn in_alarm(&self, alarm: &AlarmSummary) -> String {
        if alarm.episodes.is_empty() {
            return self.text("terminal-never-in-alarm");
        }
        let message = Message::new("terminal-in-alarm")
            .with("count", alarm.episodes.len())
            .with("time", self.duration(alarm.seconds_in_alarm));
        self.say(&message)
    }

    /// Returns the name of an alarm, with a remark if nobody defined it.
    fn alarm_name(&self, alarm: &AlarmSummary) -> String {
        let id = match (alarm.origin, alarm.kind) {
            (AlarmOrigin::Proposed, _) => "terminal-proposed-alarm",
            (AlarmOrigin::Defined, AlarmKind::Composite) => "terminal-composite-alarm",
            (AlarmOrigin::Defined, AlarmKind::Metric) => return alarm.alarm_name.clone(),
        };
        self.say(&Message::new(id).with("name", &*alarm.alarm_name))
    }

    fn notifications(&self, summary: NotificationSummary) -> String {
        let message = Message::new("terminal-notifications")
            .with("at-once", summary.at_once)
            .with("delayed", summary.delayed)
            .with("held-back", summary.held_back);
        self.say(&message)
    }

    fn episodes(&mut self, episodes: &[EpisodeSummary]) -> io::Result<()> {
        let header = [
            "terminal-in-alarm-from",
            "terminal-to",
            "terminal-for",
            "terminal-peak",
            "terminal-samples",
            "terminal-clock",
        ];
        let shown = episodes.iter().take(ROW_LIMIT);
        let rows = shown.map(|episode| self.episode_row(episode)).collect();
        let grid = self.grid(&header);
        self.table(grid, rows)?;
        self.more(episodes.len(), ROW_LIMIT, "alarm_history")
    }

    fn episode_row(&self, episode: &EpisodeSummary) -> Vec<String> {
        let end = episode.end.as_ref().map(|end| self.time(end));
        let peak = episode.peak.map(|peak| peak.to_string());
        vec![
            self.time(&episode.start),
            end.unwrap_or_else(|| self.text("terminal-end-of-replay")),
            self.duration(episode.duration_seconds),
            peak.unwrap_or_default(),
            episode.samples.map_or_else(String::new, number),
            self.certainty(episode),
        ]
    }

    fn certainty(&self, episode: &EpisodeSummary) -> String {
        match episode.vanishes_under.as_deref() {
            None => self.text("terminal-not-compared"),
            Some([]) => self.text("terminal-certain"),
            Some(clocks) => {
                let clocks = clocks.join(", ");
                self.say(&Message::new("terminal-not-under").with("clocks", clocks))
            }
        }
    }
}
