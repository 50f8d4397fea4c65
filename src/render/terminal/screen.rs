//! The parts that all sections of the summary are made of.

use std::io::{self, Write};

use anstyle::Style;

use crate::language::{Message, Words};
use crate::render::display::Display;
use crate::render::grid::Grid;
use crate::render::quantity::duration_message;
use crate::render::style::{HEADING, PLAIN, QUIET};
use crate::render::wrap::{columns, wrapped};
use crate::report::Summary;
use crate::report::summary::{RestoreCommand, times};
use crate::text::printable;

/// The number of rows of a table, or of problems, that are printed. The files of the report contain
/// all of them.
pub(super) const ROW_LIMIT: usize = 20;

/// The columns of the terminal before the text of a field.
const FIELD_INDENT: usize = 13;

/// The columns before the further lines of a paragraph.
const PARAGRAPH_INDENT: usize = 2;

/// The columns before a remark, and before its further lines.
const REMARK_INDENTS: [usize; 2] = [2, 4];

/// The sign that continues a command on the next line.
const CONTINUATION: &str = " \\";

/// The columns before the lines of a text.
struct Margin<'a> {
    /// The text before the first line, as wide as the margin of the others or narrower.
    first: &'a str,
    /// The number of blanks before the other lines.
    others: usize,
}

/// A terminal that sections are written to.
// Every text is made printable here, whether or not it comes from outside, so that the sections
// cannot forget it.
pub(super) struct Screen<'a> {
    pub(super) out: &'a mut dyn Write,
    pub(super) display: &'a Display,
    /// The sentences, with times in the time zone of the reader.
    pub(super) words: Words,
    /// The summary, with the names of the files if the report is in a folder.
    pub(super) summary: &'a Summary,
}

impl Screen<'_> {
    /// Returns a sentence without values.
    pub(super) fn text(&self, id: &str) -> String {
        self.words.text(id)
    }

    /// Returns a sentence with its values.
    pub(super) fn say(&self, message: &Message) -> String {
        self.words.say(message)
    }

    /// Returns a time of the summary, which is in UTC, in the time zone of the reader.
    pub(super) fn time(&self, utc: &str) -> String {
        match utc.parse() {
            Ok(time) => self.display.zone.shown(time),
            Err(_) => utc.to_owned(),
        }
    }

    /// Writes the name of a section and its result.
    pub(super) fn heading(&mut self, id: &str, style: Style, text: &str) -> io::Result<()> {
        let name = self.text(id);
        writeln!(self.out)?;
        let start = format!("{HEADING}{name}{HEADING:#}  ");
        self.write_after(
            Margin {
                first: &start,
                others: columns(&name) + 2,
            },
            style,
            text,
        )
    }

    /// Writes a text in lines of the whole width.
    // The program writes the start of each line, so a name in the text cannot pass for one.
    pub(super) fn paragraph(&mut self, style: Style, text: &str) -> io::Result<()> {
        self.write_after(
            Margin {
                first: "",
                others: PARAGRAPH_INDENT,
            },
            style,
            text,
        )
    }

    /// Writes a labelled text.
    pub(super) fn field(&mut self, label_id: &str, text: &str) -> io::Result<()> {
        let label = self.text(label_id);
        self.labelled(&label, text)
    }

    /// Writes a text below that of a label.
    pub(super) fn further(&mut self, text: &str) -> io::Result<()> {
        self.labelled("", text)
    }

    fn labelled(&mut self, label: &str, text: &str) -> io::Result<()> {
        let used = 2 + columns(label);
        let blanks = " ".repeat(FIELD_INDENT.saturating_sub(used).max(1));
        let start = format!("  {QUIET}{label}{QUIET:#}{blanks}");
        self.write_after(
            Margin {
                first: &start,
                others: FIELD_INDENT,
            },
            PLAIN,
            text,
        )
    }

    /// Writes several texts below each other, with a label before the first.
    pub(super) fn fields(&mut self, label_id: &str, texts: &[String]) -> io::Result<()> {
        let mut label = self.text(label_id);
        for text in texts {
            self.labelled(&label, text)?;
            label.clear();
        }
        Ok(())
    }

    /// Writes the lines of a command, which a shell puts together again.
    pub(super) fn command(&mut self, label_id: &str, command: &RestoreCommand) -> io::Result<()> {
        let mut label = self.text(label_id);
        let room = self.display.width.saturating_sub(FIELD_INDENT);
        for line in command_lines(command, room) {
            if line.continues_word {
                // Blanks before it would be part of the command, and end the word.
                writeln!(self.out, "{}", line.text)?;
                continue;
            }
            let blanks = " ".repeat(FIELD_INDENT.saturating_sub(2 + columns(&label)));
            writeln!(self.out, "  {QUIET}{label}{QUIET:#}{blanks}{}", line.text)?;
            label.clear();
        }
        Ok(())
    }

    /// Writes a text that is less important.
    pub(super) fn remark(&mut self, text: &str) -> io::Result<()> {
        self.item(QUIET, text)
    }

    /// Writes one entry of a list.
    pub(super) fn item(&mut self, style: Style, text: &str) -> io::Result<()> {
        let [first, rest] = REMARK_INDENTS;
        self.write_after(
            Margin {
                first: &" ".repeat(first),
                others: rest,
            },
            style,
            text,
        )
    }

    /// Writes a text within a margin.
    fn write_after(&mut self, margin: Margin<'_>, style: Style, text: &str) -> io::Result<()> {
        // However narrow the terminal is, each line has room for something.
        let room = self.display.width.saturating_sub(margin.others).max(1);
        let text = printable(text);
        let mut lines = wrapped(&text, room).into_iter();
        let first = lines.next().unwrap_or_default();
        writeln!(self.out, "{}{style}{first}{style:#}", margin.first)?;
        let blanks = " ".repeat(margin.others);
        for line in lines {
            writeln!(self.out, "{blanks}{style}{line}{style:#}")?;
        }
        Ok(())
    }

    /// Writes a table after an empty line.
    pub(super) fn table(&mut self, mut grid: Grid, rows: Vec<Vec<String>>) -> io::Result<()> {
        for row in rows {
            grid.add(row);
        }
        writeln!(self.out)?;
        grid.write(" ", self.out)
    }

    /// Returns an empty table that fits the terminal.
    pub(super) fn grid(&self, header_ids: &[&str]) -> Grid {
        let header = header_ids.iter().map(|id| self.text(id));
        // A table is indented by one blank.
        let room = self.display.width.saturating_sub(1);
        Grid::new(header).fit_into(u16::try_from(room).unwrap_or(u16::MAX))
    }

    /// Writes how many entries of a list were left out, if any were, and the table that has them.
    pub(super) fn more(&mut self, total: usize, limit: usize, table: &str) -> io::Result<()> {
        let hidden = total.saturating_sub(limit);
        if hidden == 0 {
            return Ok(());
        }
        let text = self.say(&self.more_message(hidden, table));
        self.remark(&text)
    }

    fn more_message(&self, hidden: usize, table: &str) -> Message {
        let file = self.summary.file_of(table);
        let id = match file {
            Some(_) => "terminal-more",
            None => "terminal-more-without-folder",
        };
        let file = file.map_or_else(|| usual_file(table), str::to_owned);
        Message::new(id).with("count", hidden).with("file", file)
    }

    /// Returns a duration without the units that are zero.
    pub(super) fn duration(&self, seconds: i64) -> String {
        self.say(&duration_message(seconds))
    }

    /// Returns a text, or that nothing is named.
    pub(super) fn named(&self, text: &Option<String>) -> String {
        match text {
            Some(text) => text.clone(),
            None => self.text("terminal-not-named"),
        }
    }

    /// Returns a time or two: when, or from when to when.
    pub(super) fn times(&self, first: &str, last: &str) -> String {
        self.say(&times(first, last, &|time| self.time(time)))
    }
}

/// A line of a command.
struct ShellLine {
    text: String,
    /// True if it continues the last word of the line before.
    continues_word: bool,
}

/// Returns the lines of a command, broken between its options, and within an option that is too
/// long for a line.
fn command_lines(command: &RestoreCommand, room: usize) -> Vec<ShellLine> {
    let room = room.saturating_sub(CONTINUATION.len());
    let mut lines: Vec<ShellLine> = Vec::new();
    for part in &command.parts {
        let part = part.join(" ");
        match lines.last_mut() {
            Some(line) if columns(&line.text) + 1 + columns(&part) <= room => {
                line.text += &format!(" {part}");
                continue;
            }
            Some(line) => line.text.push_str(CONTINUATION),
            None => {}
        }
        add_part(&part, room, &mut lines);
    }
    lines
}

/// Adds the lines of an option with its value.
fn add_part(part: &str, room: usize, lines: &mut Vec<ShellLine>) {
    let mut rest = part;
    let mut continues_word = false;
    for text in wrapped(part, room) {
        if rest.len() < part.len() {
            continues_word = !rest.starts_with(' ');
            let sign = if continues_word {
                CONTINUATION.trim_start()
            } else {
                CONTINUATION
            };
            if let Some(line) = lines.last_mut() {
                line.text.push_str(sign);
            }
        }
        rest = rest.trim_start().strip_prefix(&*text).unwrap_or_default();
        lines.push(ShellLine {
            text,
            continues_word,
        });
    }
}

/// Returns the name of the file that a report in a folder has a table in, unless the user chooses
/// other formats.
fn usual_file(table: &str) -> String {
    match table {
        "summary" => "summary.json".to_owned(),
        table => format!("{table}.csv"),
    }
}
