//! A text of a small language, such as a pattern or a rule, with a part of it underlined.

use std::fmt;
use std::ops::Range;

use crate::text::is_harmless;
use crate::text::span::Span;

/// The most characters of a line that are shown. AWS accepts patterns of 1,024 characters and rules
/// of 10,240, which do not fit on a line of a terminal.
const WINDOW: usize = 100;

/// The number of characters that are shown before the underlined part, if the line is longer than
/// [`WINDOW`].
const LEAD: usize = 40;

/// A span in a text. Prints the line of the text that the span begins in, and below it a line that
/// underlines the span.
pub struct Underlined<'a> {
    /// The whole text.
    pub text: &'a str,
    /// The part to underline.
    pub span: Span,
}

impl fmt::Display for Underlined<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line();
        let characters: Vec<char> = line.slice(self.text).chars().map(shown).collect();
        let underlined = self.columns(line);
        let window = window(underlined.start, characters.len());
        let shown = characters.iter().skip(window.start).take(window.len());
        let text: String = shown.collect();
        let before = if window.start > 0 { "…" } else { "" };
        let is_cut = window.end < characters.len();
        let after = if is_cut { "…" } else { "" };
        let indent = underlined.start - window.start + before.chars().count();
        let end = underlined.end.min(window.end);
        let width = end.saturating_sub(underlined.start).max(1);
        writeln!(formatter, "  {before}{text}{after}")?;
        write!(formatter, "  {}{}", " ".repeat(indent), "^".repeat(width))
    }
}

impl Underlined<'_> {
    /// Returns the line of the text that the span begins in.
    fn line(&self) -> Span {
        let before = self.text.get(..self.span.start).unwrap_or("");
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let rest = self.text.get(self.span.start..).unwrap_or("");
        let end = rest
            .find('\n')
            .map_or(self.text.len(), |length| self.span.start + length);
        Span::new(start, end)
    }

    /// Returns the columns of the span in its line, in characters.
    fn columns(&self, line: Span) -> Range<usize> {
        self.column(self.span.start, line)..self.column(self.span.end, line)
    }

    fn column(&self, offset: usize, line: Span) -> usize {
        let before = Span::new(line.start, offset.clamp(line.start, line.end));
        before.slice(self.text).chars().count()
    }
}

/// Returns the columns of a line that are shown.
fn window(underlined: usize, length: usize) -> Range<usize> {
    if length <= WINDOW {
        return 0..length;
    }
    let start = underlined.saturating_sub(LEAD);
    start..(start + WINDOW).min(length)
}

/// Returns the character, or a space for one that is not harmless. An escape would be longer, and
/// the line below would not fit.
fn shown(character: char) -> char {
    if is_harmless(character) {
        character
    } else {
        ' '
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn underlined(text: &str, start: usize, end: usize) -> String {
        Underlined {
            text,
            span: Span::new(start, end),
        }
        .to_string()
    }

    #[test]
    fn the_span_is_underlined_on_its_line() {
        assert_eq!(underlined("a bc d", 2, 4), "  a bc d\n    ^^");
        assert_eq!(underlined("é\nab\ncd", 4, 9), "  ab\n   ^");
        assert_eq!(underlined("a\u{1b}b", 2, 2), "  a b\n    ^");
    }

    #[test]
    fn of_a_long_line_the_part_around_the_span_is_shown() {
        let line = "x".repeat(500);
        let text = underlined(&line, 300, 302);
        let (above, below) = text.split_once('\n').expect("two lines");
        assert_eq!(above.chars().count(), 2 + WINDOW + 2);
        assert_eq!(below.find('^'), Some(2 + 1 + LEAD));
        assert_eq!(
            underlined(&line, 499, 500)
                .lines()
                .next()
                .map(|line| line.chars().count()),
            Some(2 + 1 + 41)
        );
    }
}
