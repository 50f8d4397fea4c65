//! The event that an argument of the command line is or names.

use std::path::Path;

use super::events::{EventsError, FoundEvent, find_event};
use crate::text::printable;

/// The ends of the names of files of events, in lower case.
const FILE_ENDS: [&str; 12] = [
    ".json", ".jsonl", ".ndjson", ".log", ".csv", ".parquet", ".gz", ".zst", ".bz2", ".xz", ".zip",
    ".tar",
];

/// The event that an argument is or names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgumentEvent {
    /// The argument itself.
    Text,
    /// The argument itself, though it is more likely the name of a file that does not exist.
    UnlikelyText,
    /// An event in the file that the argument names, or in standard input.
    Found(FoundEvent),
}

/// The reason why an argument is no event and names none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArgumentEventError {
    /// There is no such file.
    #[error(
        "there is no file {}; to explain the text itself, pass it as standard input, with `-`",
        printable(.0)
    )]
    Missing(String),
    /// It is a folder.
    #[error(
        "{} is a folder; name a file in it, or pass an event as standard input, with `-`",
        printable(.0)
    )]
    Folder(String),
    /// The event cannot be read, or the file does not have it.
    #[error(transparent)]
    Events(#[from] EventsError),
}

/// Returns the event that an argument is or names: the one with this number in a file, the first if
/// no number is given, or the argument itself if it names no file.
///
/// # Errors
///
/// Returns an error if the argument names a folder, or more likely a file that does not exist, or
/// if the file does not have the event.
pub fn event_of_argument(
    argument: &str,
    number: Option<u64>,
) -> Result<ArgumentEvent, ArgumentEventError> {
    let path = Path::new(argument);
    if path.is_dir() {
        return Err(ArgumentEventError::Folder(argument.to_owned()));
    }
    if argument == "-" || path.is_file() {
        let found = find_event(path, number.unwrap_or(1))?;
        return Ok(ArgumentEvent::Found(found));
    }
    if number.is_some() || resembles_log_file(argument) {
        return Err(ArgumentEventError::Missing(argument.to_owned()));
    }
    match resembles_path(argument) {
        true => Ok(ArgumentEvent::UnlikelyText),
        false => Ok(ArgumentEvent::Text),
    }
}

/// Returns true if a text ends as the names of log files do, compressed or not.
fn resembles_log_file(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    is_one_word(text) && FILE_ENDS.iter().any(|end| lower.ends_with(end))
}

/// Returns true if a text is more likely the name of a file than an event.
fn resembles_path(text: &str) -> bool {
    is_one_word(text) && (text.contains('/') || has_plain_extension(text))
}

fn is_one_word(text: &str) -> bool {
    !text.contains(char::is_whitespace)
}

fn has_plain_extension(text: &str) -> bool {
    let Some(extension) = Path::new(text).extension() else {
        return false;
    };
    let mut letters = extension.as_encoded_bytes().iter();
    letters.all(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_is_an_event_unless_it_looks_like_a_file() {
        let event = |text| event_of_argument(text, None);
        for text in ["{\"a\": 1}", "a b.json", "error", "a.b-c"] {
            assert!(matches!(event(text), Ok(ArgumentEvent::Text)), "{text}");
        }
        for text in ["a/b", "event.txt"] {
            let found = event(text);
            assert!(matches!(found, Ok(ArgumentEvent::UnlikelyText)), "{text}");
        }
        for text in ["a.json", "a/b.JSON.GZ"] {
            let error = event(text).expect_err(text);
            assert!(matches!(error, ArgumentEventError::Missing(_)), "{text}");
        }
        let numbered = event_of_argument("error", Some(1));
        assert!(matches!(numbered, Err(ArgumentEventError::Missing(_))));
        assert!(matches!(event("src"), Err(ArgumentEventError::Folder(_))));
    }
}
