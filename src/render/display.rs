//! The looks of what people read, which the user chooses.

use std::env;
use std::ops::RangeInclusive;

use crate::language::{Language, Words};
use crate::time::Zone;

/// The widest summary unless the user wants a wider one; longer lines are hard to read.
const WIDTH_LIMIT: usize = 120;

/// The width of the summary where there is no terminal.
const WIDTH_DEFAULT: usize = 100;

/// The narrowest width that texts are fitted into.
const WIDTH_MINIMUM: usize = 40;

/// The widths that a user may choose.
pub const WIDTHS: RangeInclusive<i64> = WIDTH_MINIMUM as i64..=1000;

/// The looks of what people read: the summary in a terminal, and the documents of a report.
#[derive(Debug)]
pub struct Display {
    /// The sentences of the language, with times in UTC.
    pub words: Words,
    /// The number of columns that lines fit into.
    pub width: usize,
    /// The time zone in which the terminal shows times.
    pub zone: Zone,
    /// True if the terminal shows more than ASCII.
    pub is_unicode: bool,
}

impl Display {
    /// Returns the looks in a language, as wide as the terminal of this process.
    pub fn new(language: Language) -> Self {
        Self {
            words: Words::new(language),
            width: width_of_terminal(),
            zone: Zone::default(),
            is_unicode: is_unicode(),
        }
    }

    /// Returns the looks with this width, if one is given.
    #[must_use]
    pub fn with_width(mut self, width: Option<u16>) -> Self {
        self.width = width.map_or(self.width, usize::from);
        self
    }

    /// Returns the looks with times in this time zone.
    #[must_use]
    pub fn with_zone(mut self, zone: Zone) -> Self {
        self.zone = zone;
        self
    }
}

/// Returns the width that `COLUMNS` says, or that of the terminal.
fn width_of_terminal() -> usize {
    let given = env::var("COLUMNS").ok();
    let given = given.and_then(|columns| columns.parse().ok());
    let terminal = || terminal_size::terminal_size().map(|(width, _)| width.0.into());
    // Without a terminal, the summary is a text for a file, which no window limits.
    let width: usize = given.or_else(terminal).unwrap_or(WIDTH_DEFAULT);
    width.clamp(WIDTH_MINIMUM, WIDTH_LIMIT)
}

/// Returns whether the locale has the characters of Unicode. The first variable that is set counts.
fn is_unicode() -> bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"];
    let mut values = names.iter().filter_map(|name| env::var(name).ok());
    match values.find(|value| !value.is_empty()) {
        Some(locale) => has_unicode(&locale),
        // A console of Windows has no locale of this kind, and shows Unicode.
        None => cfg!(windows),
    }
}

fn has_unicode(locale: &str) -> bool {
    let locale = locale.to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::has_unicode;

    #[test]
    fn locales_say_whether_they_have_unicode() {
        assert!(["C.UTF-8", "ko_KR.utf8"].map(has_unicode) == [true, true]);
        assert!(["C", "POSIX", "en_US.ISO-8859-1"].map(has_unicode) == [false; 3]);
    }
}
