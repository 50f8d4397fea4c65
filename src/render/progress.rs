//! The progress of a long step, on standard error.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressDrawTarget, ProgressStyle};

use crate::source::Detail;

/// The bar takes what the texts leave of the line, which all fit into 80 columns.
const TEMPLATE: &str = "{msg} objects {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";

/// A bar that counts objects and bytes; hidden when standard error is not a terminal, or on
/// request.
pub struct ProgressBar {
    bar: indicatif::ProgressBar,
    scanned: AtomicUsize,
    objects: AtomicUsize,
}

impl ProgressBar {
    /// Returns whether a bar is shown.
    pub fn is_shown(quiet: bool) -> bool {
        !quiet && std::io::stderr().is_terminal()
    }

    /// Returns the facts about each file that the progress needs.
    pub fn detail(quiet: bool) -> Detail {
        match Self::is_shown(quiet) {
            true => Detail::Size,
            // A size takes another call of the system for each file, so none is listed for nothing.
            false => Detail::Name,
        }
    }

    /// Creates a bar.
    pub fn new(quiet: bool) -> Self {
        let target = match Self::is_shown(quiet) {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = indicatif::ProgressBar::with_draw_target(None, target);
        // The template is a constant. Should it be wrong, a plainer bar is better than none.
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        Self {
            bar,
            scanned: AtomicUsize::new(0),
            objects: AtomicUsize::new(0),
        }
    }

    /// Begins with the number of objects, and their size in bytes as far as it is known.
    pub fn begin(&self, objects: usize, bytes: u64) {
        self.objects.store(objects, Ordering::Relaxed);
        self.bar.set_length(bytes);
        self.bar.set_message(format!("0/{objects}"));
    }

    /// Counts an object of this size. Any thread may call it.
    pub fn count(&self, bytes: u64) {
        // A bar may show a count late, so the threads need not agree on an order.
        let scanned = self.scanned.fetch_add(1, Ordering::Relaxed) + 1;
        // The text costs more than the count, and millions of objects may be small.
        if !self.bar.is_hidden() {
            let objects = self.objects.load(Ordering::Relaxed);
            self.bar.set_message(format!("{scanned}/{objects}"));
        }
        self.bar.inc(bytes);
    }

    /// Returns the number of objects that were scanned, and of those to scan.
    pub fn counts(&self) -> (u64, u64) {
        let count = |number: &AtomicUsize| number.load(Ordering::Relaxed) as u64;
        (count(&self.scanned), count(&self.objects))
    }

    /// Removes the bar.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
