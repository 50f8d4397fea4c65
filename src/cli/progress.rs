//! The progress of an audit, on standard error.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output;
use crate::audit::Event;
use crate::source::s3::Requests;

const TEMPLATE: &str = "{msg} objects  {bar:24} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left";

/// A bar that counts objects and bytes; hidden when standard error is not a terminal, or on
/// request.
pub struct Progress {
    bar: ProgressBar,
    scanned: AtomicUsize,
    objects: AtomicUsize,
    quiet: bool,
}

impl Progress {
    /// Returns whether a bar is shown.
    pub fn is_shown(quiet: bool) -> bool {
        !quiet && std::io::stderr().is_terminal()
    }

    /// Creates a bar.
    pub fn new(quiet: bool) -> Self {
        let target = match Self::is_shown(quiet) {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        Self {
            bar,
            scanned: AtomicUsize::new(0),
            objects: AtomicUsize::new(0),
            quiet,
        }
    }

    /// Shows an event of an audit.
    pub fn show(&self, event: Event<'_>) {
        match event {
            Event::Begun { objects, bytes } => {
                self.objects.store(objects, Ordering::Relaxed);
                self.bar.set_length(bytes);
            }
            Event::Scanned { bytes } => self.count(bytes),
            Event::Ended => self.bar.finish_and_clear(),
            Event::Known { known, listed } => self.note_known(known, listed),
            Event::SetAside(error) => output::warn(&[format!(
                "{error}. It is set aside, and its objects are read again"
            )]),
            Event::Repeated(requests) => warn_of_repeated(requests),
        }
    }

    fn count(&self, bytes: u64) {
        let scanned = self.scanned.fetch_add(1, Ordering::Relaxed) + 1;
        if !self.bar.is_hidden() {
            let objects = self.objects.load(Ordering::Relaxed);
            self.bar.set_message(format!("{scanned}/{objects}"));
        }
        self.bar.inc(bytes);
    }

    fn note_known(&self, known: usize, listed: usize) {
        if !self.quiet {
            output::note(&format!(
                "{known} of {listed} objects are in the ledger and were not read again"
            ));
        }
    }
}

fn warn_of_repeated(requests: Requests) {
    let Requests {
        list,
        get,
        repeated,
    } = requests;
    output::warn(&[format!(
        "{repeated} of {} requests to S3 failed and were repeated",
        list + get
    )]);
}
