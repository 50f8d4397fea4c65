//! The command line of this process, for reports that say how they were made.

use std::sync::OnceLock;

use crate::configuration::ConfiguredCommandLine;
use crate::render::folder::CommandLine;

/// The command line of this process, with what configuration files add to it, so that the same
/// command makes the same report where there are no such files.
static COMMAND_LINE: OnceLock<CommandLine> = OnceLock::new();

/// Keeps the command line of this process. Only the first call has an effect.
pub(super) fn remember(configured: &ConfiguredCommandLine) {
    // The first word is the program.
    let words = configured.words.iter().skip(1);
    let words: Vec<String> = words
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let line = match configured.is_completed() {
        true => CommandLine::completed(&words),
        false => CommandLine::new(&words),
    };
    // A process runs one command.
    let _ = COMMAND_LINE.set(line);
}

/// Returns the command line of this process.
pub(super) fn command_line() -> CommandLine {
    let kept = COMMAND_LINE.get().cloned();
    kept.unwrap_or_else(|| CommandLine::new(&[]))
}
