//! The options of the looks of what people read.

use clap::{Args, value_parser};

use crate::language::Language;
use crate::render::display::{Display, WIDTHS};
use crate::time::Zone;

/// The looks of what people read.
#[derive(Args, Debug)]
pub(crate) struct DisplayArguments {
    /// Language of the summary in the terminal and of the documents in the report folder. Tables
    /// and JSON are in English
    #[arg(long, value_name = "LANGUAGE", value_enum, default_value_t = Language::English)]
    lang: Language,

    /// Number of columns that the summary in the terminal fits into [default: COLUMNS, or those of
    /// the terminal]
    #[arg(long, value_name = "COLUMNS")]
    #[arg(value_parser = value_parser!(u16).range(WIDTHS))]
    width: Option<u16>,

    /// Time zone of the summary in the terminal, by its name in the IANA database; UTC is shown
    /// beside it. Tables and JSON are in UTC
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = Zone::parse)]
    time_zone: Zone,
}

impl DisplayArguments {
    /// Returns the looks.
    pub(crate) fn display(&self) -> Display {
        Display::new(self.lang)
            .with_width(self.width)
            .with_zone(self.time_zone.clone())
    }
}
