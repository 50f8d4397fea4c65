//! Ctrl-C: says what was done and how to go on, and leaves no empty folder.

use std::process;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use crate::render::console::print_to_stderr;
use crate::render::folder::{NewFolder, ReportFolder};
use crate::render::progress::ProgressBar;
use crate::render::quantity::number;

/// The exit code of a program that Ctrl-C ends: 128 and the number of the signal.
const EXIT_CODE: i32 = 130;

const WITH_LEDGER: &str = "The ledger keeps what was read, except for the last moments: run the \
     same command again to go on.";

const WITHOUT_LEDGER: &str = "With --ledger DIR, a scan keeps what it reads, and the next one goes \
     on from there.";

/// The words of a run that Ctrl-C ends, and the folder that it leaves.
#[derive(Clone)]
pub(super) struct Interruption {
    begun: Instant,
    bar: Arc<ProgressBar>,
    has_ledger: bool,
    folder: Arc<OnceLock<NewFolder>>,
}

impl Interruption {
    /// Returns that of a run that begins now.
    pub(super) fn new(bar: &Arc<ProgressBar>, has_ledger: bool) -> Self {
        Self {
            begun: Instant::now(),
            bar: Arc::clone(bar),
            has_ledger,
            folder: Arc::default(),
        }
    }

    /// Ends the process on Ctrl-C from now on.
    pub(super) fn handle(&self) {
        let own = self.clone();
        // If the process has another handler already, that one is not taken away.
        let _ = ctrlc::set_handler(move || own.end());
    }

    /// Lets the folder of the report, if any, be removed while it has no report.
    pub(super) fn remove_when_empty(&self, folder: Option<&ReportFolder>) {
        // There is one report, so the folder is not set twice.
        let _ = folder.map(|folder| self.folder.set(folder.new_folder()));
    }

    fn end(&self) {
        self.bar.end();
        if let Some(folder) = self.folder.get() {
            folder.remove_if_empty();
        }
        print_to_stderr(&format!("{}\n", self.text()));
        process::exit(EXIT_CODE);
    }

    fn text(&self) -> String {
        let (read, listed) = self.bar.counts();
        let advice = match self.has_ledger {
            true => WITH_LEDGER,
            false => WITHOUT_LEDGER,
        };
        let seconds = self.begun.elapsed().as_secs_f64();
        let (read, listed) = (number(read), number(listed));
        format!("interrupted after {seconds:.1} s: read {read} of {listed} objects. {advice}")
    }
}
