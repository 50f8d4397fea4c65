//! The stories of secrets and keys as text for a terminal: the verdict first, then a few lines.

use std::io::{self, Write};

use super::quantity::{counted, number};
use super::style::{HEADING, QUIET, verdict};
use crate::report::Summary;
use crate::report::story::Missed;
use crate::report::summary::{PrincipalSummary, StoryEventSummary, StorySummary};
use crate::text::printable;

/// The number of stories that are printed, the most urgent ones.
const STORY_LIMIT: usize = 5;

/// The number of principals that are printed of a story, those with most calls.
const PRINCIPAL_LIMIT: usize = 3;

/// Writes the most urgent stories; nothing if there is none.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub(super) fn write(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    if summary.stories.is_empty() {
        return Ok(());
    }
    // The most urgent come first, so those that are left out of the summary do not matter here.
    let is_quiet = summary.stories.iter().all(|story| story.is_quiet);
    let (style, text) = (verdict(is_quiet), heading(summary.stories_total));
    writeln!(out, "\n{HEADING}Stories{HEADING:#}  {style}{text}{style:#}")?;
    for story in summary.stories.iter().take(STORY_LIMIT) {
        write_story(story, summary.records.duplicate > 0, out)?;
    }
    write_hidden(summary.stories_total, out)
}

/// Writes how many stories are not printed.
fn write_hidden(total: u64, out: &mut dyn Write) -> io::Result<()> {
    let hidden = total.saturating_sub(STORY_LIMIT as u64);
    if hidden == 0 {
        return Ok(());
    }
    let text = format!(
        "… and {} more; --out DIR writes all of them",
        number(hidden)
    );
    writeln!(out, "\n  {QUIET}{text}{QUIET:#}")
}

fn heading(total: u64) -> String {
    let deletions = counted(total, "deletion");
    format!("{deletions} of secrets and keys, the most urgent first")
}

fn write_story(story: &StorySummary, has_copies: bool, out: &mut dyn Write) -> io::Result<()> {
    let (kind, name) = (story.kind, printable(&story.name));
    let style = verdict(story.is_quiet);
    let words = printable(&story.verdict_text.to_string());
    writeln!(out, "\n  {kind} {name}: {style}{words}{style:#}")?;
    for (label, text) in lines(story, has_copies) {
        let text = printable(&text);
        writeln!(out, "  {QUIET}{label:<9}{QUIET:#} {text}")?;
    }
    Ok(())
}

/// Returns the lines below the verdict, with their labels.
fn lines(story: &StorySummary, has_copies: bool) -> Vec<(&'static str, String)> {
    let lines = [
        ("in", Some(place(story))),
        ("scheduled", Some(scheduled(story))),
        ("last used", story.last_good_use.as_ref().map(event)),
        ("attempts", attempts(story)),
        ("asked by", asked_by(story)),
        ("unseen", missed(story, has_copies)),
        ("restored", story.restored.as_ref().map(event)),
        ("deleted", story.deleted.as_ref().map(event)),
        ("names", names(story)),
    ];
    let lines = lines.into_iter();
    lines
        .filter_map(|(label, text)| Some((label, text?)))
        .collect()
}

/// Returns how the names in records were joined, or why they were not.
fn names(story: &StorySummary) -> Option<String> {
    if let Some(reason) = story.not_joined.first() {
        return Some(format!("not joined to an ARN, {reason}"));
    }
    let names = story.joined_by.join(", ");
    (!names.is_empty()).then(|| format!("joined by {names}"))
}

fn place(story: &StorySummary) -> String {
    let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "not named".to_owned());
    format!("{} {}", part(&story.account), part(&story.region))
}

fn scheduled(story: &StorySummary) -> String {
    match &story.scheduled {
        Some(scheduled) => format!("{}{}", event(scheduled), undoing(story)),
        None => "not in the archive".to_owned(),
    }
}

/// Returns until when the deletion can or could be undone.
fn undoing(story: &StorySummary) -> String {
    let is_over = story.restored.is_some() || story.deleted.is_some();
    let can = if is_over { "could" } else { "can" };
    match &story.undo_until {
        _ if story.forced => "; cannot be undone".to_owned(),
        Some(until) => format!("; {can} be undone until {until}"),
        None => String::new(),
    }
}

/// Returns when something happened, and by whom, from where.
fn event(event: &StoryEventSummary) -> String {
    let mut text = event
        .at
        .clone()
        .unwrap_or_else(|| "at no known time".to_owned());
    if let Some(principal) = &event.principal {
        text += &format!(" by {principal}");
    }
    match &event.source_ip_address {
        Some(address) if Some(address) != event.principal.as_ref() => {
            text + &format!(" from {address}")
        }
        _ => text,
    }
}

/// Returns the attempts, with their times.
fn attempts(story: &StorySummary) -> Option<String> {
    let (first, last) = (story.first_attempt.as_ref()?, story.last_attempt.as_ref()?);
    let times = match first == last {
        true => format!("at {first}"),
        false => format!("from {first} to {last}"),
    };
    let (attempts, left) = (number(story.attempts), days_left(story));
    Some(format!("{attempts}, {times}{left}"))
}

/// Returns who asked, those with most calls first.
fn asked_by(story: &StorySummary) -> Option<String> {
    let shown = story.principals.iter().take(PRINCIPAL_LIMIT);
    let mut names: Vec<String> = shown.map(principal).collect();
    match story.principals.len().saturating_sub(PRINCIPAL_LIMIT) {
        0 => {}
        others => names.push(format!("{others} more")),
    }
    (!names.is_empty()).then(|| names.join(", "))
}

fn principal(one: &PrincipalSummary) -> String {
    format!("{} ({})", one.principal, number(one.calls))
}

fn days_left(story: &StorySummary) -> String {
    let left = story
        .days_left
        .map(|days| format!(", with {days} days left"));
    left.unwrap_or_default()
}

/// Returns the calls that AWS's alarm does not see.
fn missed(story: &StorySummary, has_copies: bool) -> Option<String> {
    let mut parts = Vec::new();
    for reason in Missed::ALL {
        if let Some(count) = story.missed.get(reason.name()) {
            parts.push(format!("{} {}", counted(*count, "call"), reason.words()));
        }
    }
    // Uses are counted without the identifiers of their events.
    let copies = if has_copies { " (copies count)" } else { "" };
    let parts = parts.join(", ");
    (!parts.is_empty()).then(|| format!("by AWS's alarm: {parts}{copies}"))
}
