//! The secrets and keys that the summary is narrowed to: their stories, their steps, and everyone
//! who used them.

use std::io;

use super::screen::{ROW_LIMIT, Screen};
use crate::language::Message;
use crate::render::style::PLAIN;
use crate::report::Summary;
use crate::report::summary::{
    ResourceSummary, StepSummary, StorySummary, UsePeriodSummary, UserSummary, caused_by,
};
use crate::text::shortened;

/// The most characters of the name of a program.
const PROGRAM_LIMIT: usize = 160;

impl Screen<'_> {
    /// Writes the secrets and keys that the summary is narrowed to.
    pub(super) fn resources(&mut self, summary: &Summary) -> io::Result<()> {
        for resource in summary.resources.iter().take(ROW_LIMIT) {
            self.resource(resource, summary)?;
        }
        // No table has one row for each secret and key, whether or not it was deleted.
        let hidden = summary.resources.len().saturating_sub(ROW_LIMIT);
        if hidden == 0 {
            return Ok(());
        }
        let text = self.say(&Message::new("terminal-more-in-json").with("count", hidden));
        writeln!(self.out)?;
        self.remark(&text)
    }

    fn resource(&mut self, resource: &ResourceSummary, summary: &Summary) -> io::Result<()> {
        let text = format!("{} {}", self.text(resource.kind_id), resource.resource);
        self.heading("terminal-resource", PLAIN, &text)?;
        let stories = summary.stories.iter();
        for story in stories.filter(|story| is_of(story, resource)) {
            self.story(story, summary.records.duplicate > 0)?;
        }
        self.steps(&resource.steps)?;
        self.users(&resource.users)
    }

    fn steps(&mut self, steps: &[StepSummary]) -> io::Result<()> {
        if steps.is_empty() {
            return Ok(());
        }
        writeln!(self.out)?;
        for step in steps.iter().take(ROW_LIMIT) {
            let text = self.step_text(step);
            self.item(PLAIN, &text)?;
        }
        self.more(steps.len(), ROW_LIMIT, "lifecycle")
    }

    fn step_text(&self, step: &StepSummary) -> String {
        let event = &step.event;
        let at = match &event.at {
            Some(at) => self.time(at),
            None => self.text("event-at-no-known-time"),
        };
        let call = self.named(&event.event_name);
        let text = format!("{at} {} ({call})", step.step);
        match &event.principal {
            Some(principal) => {
                let address = event.source_ip_address.as_deref();
                self.say(&caused_by(text, principal, address))
            }
            None => text,
        }
    }

    fn users(&mut self, users: &[UserSummary]) -> io::Result<()> {
        if users.is_empty() {
            let text = self.text("terminal-no-users");
            writeln!(self.out)?;
            return self.item(PLAIN, &text);
        }
        for user in users {
            self.user(user)?;
        }
        Ok(())
    }

    fn user(&mut self, user: &UserSummary) -> io::Result<()> {
        writeln!(self.out)?;
        let who = self.named(&user.principal);
        self.item(PLAIN, &who)?;
        if let Some(address) = &user.source_ip_address {
            self.field("terminal-address", address)?;
        }
        if let Some(program) = &user.user_agent {
            self.field("terminal-program", &shortened(program, PROGRAM_LIMIT))?;
        }
        let periods = [
            ("terminal-before", &user.before),
            ("terminal-during", &user.during),
            ("terminal-after", &user.after),
        ];
        for (label, period) in periods {
            if let Some(period) = period {
                let text = self.period(period);
                self.field(label, &text)?;
            }
        }
        Ok(())
    }

    fn period(&self, period: &UsePeriodSummary) -> String {
        let times = match (&period.first, &period.last) {
            (Some(first), Some(last)) => self.times(first, last),
            _ => self.text("event-at-no-known-time"),
        };
        let message = Message::new("terminal-period")
            .with("count", period.calls)
            .with("refused", period.refused)
            .with("times", times);
        self.say(&message)
    }
}

fn is_of(story: &StorySummary, resource: &ResourceSummary) -> bool {
    let place_of_story = (&story.account, &story.region);
    story.resource == resource.resource
        && story.kind == resource.kind
        && place_of_story == (&resource.account, &resource.region)
}
