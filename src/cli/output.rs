//! The messages of the command line.

use std::error::Error;
use std::io;
use std::iter::successors;

use super::exit::Exit;
use crate::audit::{AuditError, ProgressEvent};
use crate::render::console::{error, note, print, print_to_stderr, warn};
use crate::render::progress::ProgressBar;

/// Prints what the parser of the command line has to say, help or an error, and returns how the
/// program ends.
pub(super) fn print_usage(answer: &clap::Error) -> Exit {
    let text = answer.render().ansi().to_string();
    if answer.use_stderr() {
        print_to_stderr(&text);
        return Exit::Unusable;
    }
    // Help that cannot be printed is no help.
    match print::<io::Error>(|out| out.write_all(text.as_bytes())) {
        Ok(()) => Exit::Complete,
        Err(_) => Exit::Unusable,
    }
}

/// Prints an error with its causes, or says that there are some.
pub(super) fn report_failure(failure: &(dyn Error + 'static), is_verbose: bool) {
    error(&failure.to_string());
    explain(failure, is_verbose);
}

/// Prints the causes of an error that its own message does not have, or that there are some.
fn explain(failure: &(dyn Error + 'static), is_verbose: bool) {
    let message = failure.to_string();
    let causes = successors(failure.source(), |cause| (*cause).source());
    let causes = causes.map(ToString::to_string);
    // Many messages quote what caused them.
    let causes: Vec<String> = causes.filter(|cause| !message.contains(cause)).collect();
    match is_verbose {
        true => causes.iter().for_each(|cause| note(cause)),
        false if causes.is_empty() => {}
        false => note("--verbose shows the causes"),
    }
}

/// Returns how work on shards ends that failed: what fails for the moment is reported, and can be
/// run again.
pub(super) fn end_of_shards(failure: AuditError, is_verbose: bool) -> Result<Exit, Box<dyn Error>> {
    match failure {
        AuditError::Shard(failure) if failure.is_transient() => {
            report_failure(&failure, is_verbose);
            Ok(Exit::TryAgain)
        }
        failure => Err(failure.into()),
    }
}

/// Shows an event of an audit.
pub(super) fn show(event: ProgressEvent<'_>, bar: &ProgressBar, quiet: bool) {
    match event {
        ProgressEvent::Begun { objects, bytes } => bar.begin(objects, bytes),
        ProgressEvent::Requesting(meter) => bar.watch(meter),
        ProgressEvent::Scanned { bytes } => bar.count(bytes),
        ProgressEvent::Ended => bar.end(),
        ProgressEvent::Known { known, listed } if !quiet => note(&format!(
            "{known} of {listed} objects are in the ledger and were not read again"
        )),
        ProgressEvent::Known { .. } => {}
        ProgressEvent::SetAside(failure) => warn(&[format!(
            "{failure}. It is set aside, and its objects are read again"
        )]),
        ProgressEvent::Repeated(requests) => warn(&[format!(
            "{} of {} requests to S3 failed and were repeated",
            requests.repeated,
            requests.total()
        )]),
    }
}
