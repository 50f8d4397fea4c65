//! What the user wrote: definitions of alarms, samples, and known incidents.

pub mod alarms;
mod cloudformation;
pub mod composites;
pub mod definitions;
pub mod filters;
pub mod history;
pub mod incidents;
mod mutes;
mod name;
mod queries;
pub mod rules;
pub mod samples;
mod yaml;

pub use alarms::DefinedAlarm;
pub use composites::DefinedComposite;
pub use definitions::{Definitions, read_definitions};
pub use history::{RecordedHistory, read_history};
pub use incidents::read_incidents;
pub use rules::{DefinedRules, rules};
pub use samples::{Samples, read_samples};

use std::path::{Path, PathBuf};

/// Why a file that the user wrote cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The file cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{}: {detail}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line where one can be told.
        detail: String,
    },
}

/// Reads a whole file, or standard input for `-`, as text.
fn read(path: &Path) -> Result<String, JobError> {
    let unreadable = |error| JobError::Unreadable {
        path: path.to_owned(),
        error,
    };
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes).map_err(unreadable)?;
        bytes
    } else {
        std::fs::read(path).map_err(unreadable)?
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let byte = error.utf8_error().valid_up_to();
        wrong(path, format!("the text is not UTF-8 at byte {byte}"))
    })?;
    Ok(text
        .strip_prefix('\u{feff}')
        .map(str::to_owned)
        .unwrap_or(text))
}

fn wrong(path: &Path, detail: impl Into<String>) -> JobError {
    JobError::Wrong {
        path: path.to_owned(),
        detail: detail.into(),
    }
}
