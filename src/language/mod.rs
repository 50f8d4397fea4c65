//! The languages that people read a report in. All sentences are in files, `en/*.ftl` and
//! `ko/*.ftl`, in the syntax of Project Fluent; code names them by their identifiers.
//!
//! What programs read, such as `summary.json` and the tables, is in English whatever the language.

mod english;
mod message;
mod words;

pub use message::{Argument, Message};
pub use words::{Mark, Words, grouped};

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Language {
    /// English
    #[default]
    #[cfg_attr(feature = "cli", value(name = "en"))]
    English,
    /// Korean
    #[cfg_attr(feature = "cli", value(name = "ko"))]
    Korean,
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 2] = [Self::English, Self::Korean];

    /// Returns the code of the language in ISO 639-1, as in `lang="ko"`.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }

    /// Returns the sentences of the language, in the syntax of Project Fluent: those of all
    /// reports, of the terminal, of the page and of the ticket.
    fn sentences(self) -> &'static [&'static str] {
        match self {
            Self::English => &[
                include_str!("en/report.ftl"),
                include_str!("en/terminal.ftl"),
                include_str!("en/page.ftl"),
                include_str!("en/ticket.ftl"),
            ],
            Self::Korean => &[
                include_str!("ko/report.ftl"),
                include_str!("ko/terminal.ftl"),
                include_str!("ko/page.ftl"),
                include_str!("ko/ticket.ftl"),
            ],
        }
    }
}
