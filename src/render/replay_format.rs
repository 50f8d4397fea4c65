//! The output formats of a replay of alarms.

use std::io::{self, Write};

// The variants are documented as the help of the command line shows them.
/// An output format of a replay of alarms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum ReplayFormat {
    /// Changes of state, for a person
    Text,
    /// One JSON object for each change of state
    Json,
    /// History, as `aws cloudwatch describe-alarm-history` would have printed it
    History,
    /// Notifications that the actions would have received, as a JSON array: each with its SNS
    /// message and its email
    Notifications,
}

/// A function that writes one item.
pub type WriteItem<T> = fn(&T, &mut dyn Write) -> io::Result<()>;

/// The two ways in which items are written.
#[derive(Clone, Copy, Debug)]
pub struct ItemWriters<T> {
    /// Writes an item for a person.
    pub text: WriteItem<T>,
    /// Writes an item as a line of JSON.
    pub json: WriteItem<T>,
}

impl ReplayFormat {
    /// Writes each of several items, as JSON or, in any other format, as text.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes cannot be written.
    pub fn write_each<T>(
        self,
        items: &[T],
        writers: &ItemWriters<T>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let write = match self {
            Self::Json => writers.json,
            Self::Text | Self::History | Self::Notifications => writers.text,
        };
        items.iter().try_for_each(|item| write(item, out))
    }
}
