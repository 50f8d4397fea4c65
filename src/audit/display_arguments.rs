//! The options of the looks of what people read.

use clap::Args;

use crate::language::Language;
use crate::render::display::Display;

/// The looks of what people read.
#[derive(Args, Debug)]
pub(crate) struct DisplayArguments {
    /// Language of the summary in the terminal and of the documents in the report folder. Tables
    /// and JSON are in English
    #[arg(long, value_name = "LANGUAGE", value_enum, default_value_t = Language::English)]
    lang: Language,
}

impl DisplayArguments {
    /// Returns the looks.
    pub(crate) fn display(&self) -> Display {
        Display::new(self.lang)
    }
}
