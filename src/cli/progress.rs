//! The progress bar on standard error.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that counts objects and bytes; silent when standard error is no terminal or nobody wants
/// it.
pub struct Progress {
    bar: ProgressBar,
    objects: AtomicU64,
    listed: usize,
}

impl Progress {
    /// Whether a bar is seen.
    pub fn is_shown(quiet: bool) -> bool {
        !quiet && std::io::stderr().is_terminal()
    }

    /// A bar for `listed` objects of `bytes` together.
    pub fn new(listed: usize, bytes: u64, quiet: bool) -> Self {
        let target = if Self::is_shown(quiet) {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(bytes), target);
        let template = "{msg} objects  {bar:24} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self {
            bar,
            objects: AtomicU64::new(0),
            listed,
        }
    }

    /// Counts one object of so many bytes.
    pub fn done(&self, bytes: u64) {
        let objects = self.objects.fetch_add(1, Ordering::Relaxed) + 1;
        if !self.bar.is_hidden() {
            self.bar.set_message(format!("{objects}/{}", self.listed));
        }
        self.bar.inc(bytes);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
