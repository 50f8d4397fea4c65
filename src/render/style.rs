//! The styles of everything that is printed, so that all commands look alike.

use anstyle::{AnsiColor, Style};

use crate::alarm::definition::configuration::AlarmState;

/// Plain text.
pub const PLAIN: Style = Style::new();

/// The word that a section begins with.
pub const HEADING: Style = Style::new().bold();

/// Labels, and what is less important than the text around it.
pub const QUIET: Style = AnsiColor::BrightBlack.on_default();

/// A result that is as it should be.
pub const GOOD: Style = AnsiColor::Green.on_default();

/// A result that needs attention.
pub const BAD: Style = AnsiColor::Red.on_default().bold();

/// A result that may need attention.
pub const UNSURE: Style = AnsiColor::Yellow.on_default();

/// The word `error`.
pub const ERROR: Style = BAD;

/// The word `warning`.
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// The control sequences of all styles, of this program and of the messages of its command line.
/// No other reaches the terminal.
pub const SEQUENCES: [&str; 7] = [
    "\u{1b}[0m",
    "\u{1b}[1m",
    "\u{1b}[4m",
    "\u{1b}[31m",
    "\u{1b}[32m",
    "\u{1b}[33m",
    "\u{1b}[90m",
];

/// Returns the style of a good result if `is_good`, otherwise that of a bad one.
pub fn verdict(is_good: bool) -> Style {
    if is_good { GOOD } else { BAD }
}

/// Returns the style of an alarm state.
pub fn state(state: AlarmState) -> Style {
    match state {
        AlarmState::Ok => GOOD,
        AlarmState::Alarm => BAD,
        AlarmState::InsufficientData => UNSURE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_style_is_made_of_the_known_sequences() {
        for style in [HEADING, QUIET, GOOD, BAD, UNSURE, ERROR, WARNING] {
            let mut rest = format!("{style}{style:#}");
            for sequence in SEQUENCES {
                rest = rest.replace(sequence, "");
            }
            assert_eq!(rest, "");
        }
    }
}
