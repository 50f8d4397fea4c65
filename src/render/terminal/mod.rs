//! The summary of an audit as text for a terminal: the answer, the stories that it is made of, the
//! alarms, what could not be read, and the assumptions.

mod alarm;
mod limits;
mod resources;
mod rules;
mod scanned;
mod screen;
mod sparkline;
mod stories;

use std::io::{self, Write};
use std::path::Path;

use self::screen::Screen;
use super::display::Display;
use super::style::{BAD, GOOD, PLAIN, UNSURE};
use crate::language::Message;
use crate::report::Summary;
use crate::report::summary::Requests;

/// Writes the summary, and the place of the report after it.
///
/// # Errors
///
/// Returns an error if `out` cannot be written.
pub fn write_all(
    summary: &Summary,
    folder: Option<&Path>,
    display: &Display,
    out: &mut dyn Write,
) -> io::Result<()> {
    write(summary, display, out)?;
    write_place(summary, folder, display, out)
}

/// Writes where the report is, if it is in a folder, and what its findings for other systems lack.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_place(
    summary: &Summary,
    folder: Option<&Path>,
    display: &Display,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(folder) = folder else { return Ok(()) };
    let mut screen = Screen::new(summary, display, out);
    let place = Message::new("terminal-place")
        .with("folder", folder.to_string_lossy().into_owned())
        .with("count", summary.files.len());
    let place = screen.say(&place);
    writeln!(screen.out)?;
    screen.paragraph(PLAIN, &place)?;
    for table in &summary.tables_left_out {
        let left_out = Message::new("terminal-table-left-out").with("table", *table);
        let left_out = screen.say(&left_out);
        screen.paragraph(PLAIN, &left_out)?;
    }
    let findings = summary.findings.iter();
    for warning in findings.flat_map(|findings| &findings.warnings) {
        let warning = screen.say(warning);
        screen.field("terminal-findings", &warning)?;
    }
    Ok(())
}

/// Writes the summary, with colours.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write(summary: &Summary, display: &Display, out: &mut dyn Write) -> io::Result<()> {
    let mut screen = Screen::new(summary, display, out);
    screen.answer(summary)?;
    if !summary.resources.is_empty() {
        screen.resources(summary)?;
        return screen.limits(summary);
    }
    screen.stories(summary)?;
    screen.rules(summary)?;
    screen.limits(summary)?;
    screen.assumptions(&summary.assumptions)?;
    screen.scanned(summary)
}

impl<'a> Screen<'a> {
    fn new(summary: &'a Summary, display: &'a Display, out: &'a mut dyn Write) -> Self {
        Self {
            out,
            display,
            words: display.words.in_zone(&display.zone),
            summary,
        }
    }

    fn answer(&mut self, summary: &Summary) -> io::Result<()> {
        let answer = &summary.answer;
        let style = match answer.verdict {
            Requests::Needed { .. } | Requests::Unnamed { .. } => BAD,
            _ if answer.is_quiet() => GOOD,
            _ => UNSURE,
        };
        let text = self.say(&answer.message());
        self.paragraph(style, &text)?;
        let Some(zone) = self.display.zone.name() else {
            return Ok(());
        };
        let text = self.say(&Message::new("terminal-time-zone").with("zone", zone));
        self.remark(&text)
    }
}
