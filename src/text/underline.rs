//! A text of a small language, a pattern or a rule, with a part of it underlined.

use std::fmt;

use crate::text::is_harmless;
use crate::text::span::Span;

/// The most characters of a line that are shown; AWS takes patterns of 1,024 and rules of 10,240,
/// which no terminal holds on a line.
const WINDOW: usize = 100;

/// How much is shown before the underlined part, where the line is longer than [`WINDOW`].
const LEAD: usize = 40;

/// Prints the line of the text that the span begins in, and below it a line that underlines the
/// span.
pub struct Underlined<'a> {
    /// The whole text.
    pub text: &'a str,
    /// The part to underline.
    pub span: Span,
}

impl fmt::Display for Underlined<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line();
        let characters: Vec<char> = line.slice(self.text).chars().map(printable).collect();
        let column = |offset: usize| {
            Span::new(line.start, offset.clamp(line.start, line.end))
                .slice(self.text)
                .chars()
                .count()
        };
        let (start, end) = (column(self.span.start), column(self.span.end));
        let first = if characters.len() > WINDOW {
            start.saturating_sub(LEAD)
        } else {
            0
        };
        let last = (first + WINDOW).min(characters.len());
        let shown: String = characters
            .get(first..last)
            .unwrap_or_default()
            .iter()
            .collect();
        let (before, after) = (
            if first > 0 { "…" } else { "" },
            if last < characters.len() { "…" } else { "" },
        );
        let indent = " ".repeat(start - first + before.chars().count());
        let width = end.min(last).saturating_sub(start).max(1);
        write!(
            formatter,
            "  {before}{shown}{after}\n  {indent}{}",
            "^".repeat(width)
        )
    }
}

impl Underlined<'_> {
    /// The line of the text that the span begins in.
    fn line(&self) -> Span {
        let before = self.text.get(..self.span.start);
        let start = before
            .and_then(|before| before.rfind('\n'))
            .map_or(0, |at| at + 1);
        let rest = self.text.get(self.span.start..).unwrap_or("");
        let end = rest
            .find('\n')
            .map_or(self.text.len(), |at| self.span.start + at);
        Span::new(start, end)
    }
}

/// The character, or a space for one that does more than show itself, so that the line below fits.
fn printable(character: char) -> char {
    if is_harmless(character) {
        character
    } else {
        ' '
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, start: usize, end: usize) -> String {
        Underlined {
            text,
            span: Span::new(start, end),
        }
        .to_string()
    }

    #[test]
    fn the_span_is_underlined_on_its_line() {
        assert_eq!(shown("a bc d", 2, 4), "  a bc d\n    ^^");
        assert_eq!(shown("é\nab\ncd", 4, 9), "  ab\n   ^");
        assert_eq!(shown("a\u{1b}b", 2, 2), "  a b\n    ^");
    }

    #[test]
    fn of_a_long_line_the_part_around_the_span_is_shown() {
        let line = "x".repeat(500);
        let text = shown(&line, 300, 302);
        let (above, below) = text.split_once('\n').expect("two lines");
        assert_eq!(above.chars().count(), 2 + WINDOW + 2);
        assert_eq!(below.find('^'), Some(2 + 1 + LEAD));
        assert_eq!(
            shown(&line, 499, 500)
                .lines()
                .next()
                .map(|line| line.chars().count()),
            Some(2 + 1 + 41)
        );
    }
}
