//! The looks of what people read, which the user chooses.

use crate::language::{Language, Words};

/// The looks of what people read: the summary in a terminal, and the documents of a report.
#[derive(Debug)]
pub struct Display {
    /// The sentences of the language.
    pub words: Words,
}

impl Display {
    /// Returns the looks in a language.
    pub fn new(language: Language) -> Self {
        Self {
            words: Words::new(language),
        }
    }
}
