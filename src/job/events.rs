//! Events to test a filter pattern on: raw log events, one a line, or a JSON array of them.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::text::printable_path;

/// Takes an event.
pub type VisitEvent<'a> = dyn FnMut(&str) -> io::Result<()> + 'a;

/// The reason for which the visit of events ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EventsError {
    /// The events cannot be read.
    #[error("cannot read the events in {}: {error}", printable_path(path))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the system, or of the JSON.
        #[source]
        error: io::Error,
    },
    /// The visitor failed.
    #[error(transparent)]
    Visit(#[from] io::Error),
}

impl EventsError {
    fn unreadable(path: &Path, error: io::Error) -> Self {
        let path = path.to_owned();
        Self::Unreadable { path, error }
    }
}

/// Visits the events in a file, or in standard input for `-`: its lines, or the texts of a JSON
/// array.
///
/// # Errors
///
/// Returns an error if the file cannot be read, or the visitor fails.
pub fn for_each_event(
    path: &Path,
    is_json: bool,
    visit: &mut VisitEvent<'_>,
) -> Result<(), EventsError> {
    let unreadable = |error| EventsError::unreadable(path, error);
    let input = open(path).map_err(unreadable)?;
    if is_json {
        let events = strings(input).map_err(unreadable)?;
        return Ok(events.iter().try_for_each(|event| visit(event))?);
    }
    // Lines are read one by one, since a log may be larger than memory.
    for line in input.split(b'\n') {
        visit(&event_in(&line.map_err(unreadable)?))?;
    }
    Ok(())
}

/// Returns the event, or the whole of standard input for `-`, without the line break at its end.
///
/// # Errors
///
/// Returns an error if standard input cannot be read.
pub fn read_event(event: &str) -> Result<String, EventsError> {
    if event != "-" {
        return Ok(event.to_owned());
    }
    let mut bytes = Vec::new();
    let read = io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| EventsError::unreadable(Path::new("-"), error))?;
    let text = String::from_utf8_lossy(&bytes);
    // `echo` and editors add the line break, which is not a part of the event.
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn event_in(line: &[u8]) -> Cow<'_, str> {
    let event = line.strip_suffix(b"\r").unwrap_or(line);
    // CloudWatch Logs replaces bytes that are not UTF-8, too.
    String::from_utf8_lossy(event)
}

fn strings(input: impl BufRead) -> io::Result<Vec<String>> {
    serde_json::from_reader(input)
        .map_err(|error| io::Error::other(format!("not a JSON array of strings: {error}")))
}

/// Opens a file, or standard input for `-`.
fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    Ok(Box::new(BufReader::new(File::open(path)?)))
}
