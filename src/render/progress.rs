//! The progress of a long step, on standard error.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressDrawTarget, ProgressStyle};

use crate::render::quantity::{counted, number};
use crate::source::Detail;
use crate::source::s3::{BoundBy, RequestMeter, RequestState};

/// The bar takes what the texts leave of the line, which all fit into 80 columns.
const TEMPLATE: &str = "{msg} objects {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";

/// The same, with a line for the requests to S3.
const TEMPLATE_WITH_REQUESTS: &str =
    "{msg} objects {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}\n{prefix}";

/// The time between two texts about the requests to S3.
const REQUESTS_SHOWN_EVERY: Duration = Duration::from_millis(500);

/// A bar that counts objects and bytes; hidden when standard error is not a terminal, or on
/// request.
pub struct ProgressBar {
    bar: indicatif::ProgressBar,
    scanned: AtomicUsize,
    objects: AtomicUsize,
    requests: OnceLock<ShownRequests>,
}

/// The requests to S3 under way, as they are shown.
struct ShownRequests {
    meter: RequestMeter,
    shown: Mutex<Shown>,
}

/// The moment when the requests were shown last, and the number of objects then.
#[derive(Clone, Copy)]
struct Shown {
    at: Instant,
    scanned: usize,
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
        let bar = Self {
            bar,
            scanned: AtomicUsize::new(0),
            objects: AtomicUsize::new(0),
            requests: OnceLock::new(),
        };
        bar.set_template(TEMPLATE);
        bar
    }

    fn set_template(&self, template: &str) {
        // The templates are constants. Should one be wrong, a plainer bar is better than none.
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }

    /// Shows the requests to S3 from now on.
    pub fn watch(&self, meter: &RequestMeter) {
        self.set_template(TEMPLATE_WITH_REQUESTS);
        self.requests.get_or_init(|| ShownRequests::new(meter));
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
            self.show_requests(scanned);
        }
        self.bar.inc(bytes);
    }

    /// Shows the requests to S3, if it is time.
    fn show_requests(&self, scanned: usize) {
        let text = self
            .requests
            .get()
            .and_then(|requests| requests.text(scanned));
        if let Some(text) = text {
            self.bar.set_prefix(text);
        }
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

impl ShownRequests {
    fn new(meter: &RequestMeter) -> Self {
        Self {
            meter: meter.clone(),
            shown: Mutex::new(Shown {
                at: Instant::now(),
                scanned: 0,
            }),
        }
    }

    /// Returns the text about the requests, if the last one is old enough.
    fn text(&self, scanned: usize) -> Option<String> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let elapsed = shown.at.elapsed();
        if elapsed < REQUESTS_SHOWN_EVERY {
            return None;
        }
        // The rate is that since the last text, so that it shows a change soon.
        let objects = scanned.saturating_sub(shown.scanned);
        *shown = Shown {
            at: Instant::now(),
            scanned,
        };
        let rate = objects as f64 / elapsed.as_secs_f64();
        Some(text(self.meter.state(), rate))
    }
}

/// Returns the text about requests, and the objects that they bring each second.
fn text(state: RequestState, objects_per_second: f64) -> String {
    let under_way = counted(state.under_way as u64, "request");
    let rate = number(objects_per_second.round() as u64);
    let bound = match state.bound_by {
        BoundBy::Nothing => "",
        BoundBy::Concurrency => ", bound by --concurrency",
        BoundBy::Bucket => ", bound by the bucket",
        BoundBy::Network => ", bound by the network",
        BoundBy::Processor => ", bound by the processor",
    };
    format!("{under_way} under way, {rate} objects/s{bound}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_shown_with_their_rate_and_bound() {
        let shown = |under_way, bound_by| {
            text(
                RequestState {
                    under_way,
                    bound_by,
                },
                4_399.7,
            )
        };
        assert_eq!(
            shown(256, BoundBy::Network),
            "256 requests under way, 4,400 objects/s, bound by the network"
        );
        assert_eq!(
            shown(1, BoundBy::Nothing),
            "1 request under way, 4,400 objects/s"
        );
        // The line has 80 columns, as the one above it.
        assert!(shown(1_024, BoundBy::Bucket).len() <= 80);
    }
}
