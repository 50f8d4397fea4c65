//! The summary as JSON.

use std::io::{self, Write};

use crate::report::Summary;

/// Writes the summary as one JSON object.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_summary(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, summary)?;
    out.write_all(b"\n")
}
