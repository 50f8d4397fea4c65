//! The attempts of the page: the heat map, and the tables.

use minijinja::{Error, Value};
use serde::Serialize;

use super::groups::{principal_table, source_table};
use super::heat::{DAY_LIMIT, heat};
use super::input::PageInput;
use super::made::{MadeTable, TablePart, target};
use super::table::{PageCell, PageTable, ROW_LIMIT};
use super::templates::Templates;
use super::texts::time;
use crate::alarm::Episode;
use crate::language::{Message, Words};
use crate::render::quantity::{duration_message, short};
use crate::report::{AlarmReport, Attempt};
use crate::text::shortened;

/// The most characters of a user agent in the table of attempts. The table of sources has more.
const PROGRAM_LIMIT: usize = 40;

/// The attempts of the page.
#[derive(Debug, Serialize)]
pub(super) struct Attempts {
    subject: &'static str,
    total: u64,
    heat_map: Option<Value>,
    /// True if the rows of the heat map are days of the week.
    is_by_weekday: bool,
    /// The number of days up to which each has a row.
    day_limit: usize,
    tables: Vec<TablePart>,
}

impl Attempts {
    pub(super) fn new(input: &PageInput<'_>, templates: &Templates) -> Result<Self, Error> {
        let heat = heat(input);
        let made = [
            attempt_table(input),
            principal_table(input),
            source_table(input),
            episode_table(input),
            notification_table(input),
        ];
        let mut tables = Vec::new();
        for made in made {
            tables.push(made.fill(input, templates)?);
        }
        Ok(Self {
            subject: input.subject(),
            total: input.report.attempts.len() as u64,
            is_by_weekday: heat.as_ref().is_some_and(|heat| heat.is_by_weekday),
            day_limit: DAY_LIMIT,
            heat_map: heat.map(|heat| heat.chart),
            tables,
        })
    }
}

/// Returns the latest attempts.
fn attempt_table(input: &PageInput<'_>) -> MadeTable {
    let words = input.words;
    let columns = [
        "page-column-time",
        "page-column-target",
        "page-column-principal",
        "page-column-error",
        "page-column-place",
        "page-column-evidence",
    ];
    let caption = input.text("page-attempts-caption");
    let mut table = PageTable::new("attempts", caption, &columns, words).searchable();
    let attempts = &input.report.attempts;
    let first = attempts.len().saturating_sub(ROW_LIMIT);
    for attempt in attempts.iter().skip(first) {
        table.add(attempt_row(attempt));
    }
    table.note_cut(attempts.len(), input.file("attempts"), words);
    MadeTable {
        id: "attempts",
        heading: "page-attempts",
        table,
        total: attempts.len(),
    }
}

fn attempt_row(attempt: &Attempt) -> Vec<PageCell> {
    let event = &attempt.event;
    let evidence = |name| event.text(name);
    let phase = attempt.resolution.as_ref();
    let phase = phase.map_or("", |resolution| resolution.phase.name());
    let program = evidence("user_agent").map(|program| shortened(program, PROGRAM_LIMIT));
    vec![
        PageCell::time(event.event_time),
        PageCell::code(target(attempt))
            .note(evidence("event_name"))
            .note(Some(&attempt.rule)),
        PageCell::code(evidence("principal"))
            .note(evidence("source_ip_address"))
            .note(program.as_deref()),
        PageCell::code(evidence("error_code")).note(Some(phase)),
        PageCell::text(evidence("recipient_account_id").unwrap_or_default())
            .note(evidence("aws_region")),
        PageCell::code(event.event_id.as_deref()).note(file_name(&event.origin.object)),
    ]
}

/// Returns the last part of a key, which is enough to find an object of CloudTrail.
fn file_name(key: &str) -> Option<&str> {
    key.rsplit('/').next()
}

fn episode_table(input: &PageInput<'_>) -> MadeTable {
    let words = input.words;
    let columns = [
        "page-column-alarm",
        "page-column-start",
        "page-column-end",
        "page-column-duration",
        "page-column-peak",
        "page-column-samples",
        "page-column-clock",
    ];
    let caption = words.text("page-episodes-caption");
    let mut table = PageTable::new("episodes", caption, &columns, words).searchable();
    let alarms = input.report.alarms.iter();
    let total = alarms.map(|alarm| alarm.episodes.len()).sum();
    for (alarm, number, episode) in episodes(input).take(ROW_LIMIT) {
        table.add(episode_row(alarm, number, episode, words));
    }
    table.note_cut(total, input.file("alarm_history"), words);
    MadeTable {
        id: "episodes",
        heading: "page-episodes",
        table,
        total,
    }
}

fn episodes<'a>(
    input: &PageInput<'a>,
) -> impl Iterator<Item = (&'a AlarmReport, usize, &'a Episode)> {
    input.report.alarms.iter().flat_map(|alarm| {
        let episodes = alarm.episodes.iter().enumerate();
        episodes.map(move |(number, episode)| (alarm, number, episode))
    })
}

fn episode_row(
    alarm: &AlarmReport,
    number: usize,
    episode: &Episode,
    words: &Words,
) -> Vec<PageCell> {
    let seconds = episode.duration_seconds;
    let end = match episode.end {
        Some(end) => time(end),
        None => words.text("page-still-in-alarm"),
    };
    let vanishing = alarm.vanishing.as_ref();
    let clocks = vanishing.and_then(|episodes| episodes.get(number));
    vec![
        PageCell::text(alarm.name()),
        PageCell::time(Some(episode.start)),
        PageCell::text(end),
        PageCell::number(seconds as f64, words.say(&duration_message(seconds))),
        match episode.peak {
            Some(peak) => PageCell::number(peak, short(peak)),
            None => PageCell::no_number(),
        },
        PageCell::count(episode.samples, words),
        PageCell::text(certainty(clocks.map(Vec::as_slice), words)),
    ]
}

/// Returns whether an episode depends on the clock.
fn certainty(clocks: Option<&[String]>, words: &Words) -> String {
    match clocks {
        None => String::new(),
        Some([]) => words.text("page-under-every-clock"),
        Some(clocks) => {
            let message = Message::new("page-not-under");
            words.say(&message.with("clocks", clocks.join(", ")))
        }
    }
}

fn notification_table(input: &PageInput<'_>) -> MadeTable {
    let words = input.words;
    let columns = [
        "page-column-alarm",
        "page-column-changed",
        "page-column-state",
        "page-column-sent",
        "page-column-actions",
    ];
    let caption = words.text("page-notifications-caption");
    let mut table = PageTable::new("notifications", caption, &columns, words).searchable();
    let mut total = 0;
    for alarm in &input.report.alarms {
        let actions = alarm.actions();
        total += actions.len();
        let room = ROW_LIMIT.saturating_sub(table.len());
        for actions in actions.iter().take(room) {
            table.add(vec![
                PageCell::text(alarm.name()),
                PageCell::time(Some(actions.change.time)),
                PageCell::text(actions.change.new_state.to_string()),
                match actions.run {
                    Some(run) => PageCell::text(time(run)),
                    None => PageCell::text(words.text("page-held-back")),
                },
                PageCell::code(Some(&actions.actions.join(" "))),
            ]);
        }
    }
    table.note_cut(total, input.file("notifications"), words);
    MadeTable {
        id: "notifications",
        heading: "page-notifications",
        table,
        total,
    }
}
