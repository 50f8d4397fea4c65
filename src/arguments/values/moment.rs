//! Times on the command line, which may be relative to the present one.

use std::sync::LazyLock;

use jiff::Timestamp;

use crate::time::parse::{InvalidMoment, parse_moment};

/// The present time. It is read once, so that all times of a run are relative to the same one.
static NOW: LazyLock<Timestamp> = LazyLock::new(Timestamp::now);

/// Parses a time, a date, or a time relative to the present one.
///
/// # Errors
///
/// Returns an error if the text is none of these.
pub(crate) fn parse_present_moment(text: &str) -> Result<Timestamp, InvalidMoment> {
    parse_moment(text, *NOW)
}
