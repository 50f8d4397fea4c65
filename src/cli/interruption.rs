//! Ctrl-C: says what was done and how to go on, and leaves no empty folder.

use std::process;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use crate::audit::Audit;
use crate::render::console::print_to_stderr;
use crate::render::folder::{NewFolder, ReportFolder};
use crate::render::progress::ProgressBar;
use crate::render::quantity::number;

/// The exit code of a program that Ctrl-C ends: 128 and the number of the signal.
const EXIT_CODE: i32 = 130;

const WITH_LEDGER: &str = "The ledger keeps what was read, except for the last moments: run the \
     same command again to go on.";

const LEDGER_ALONE: &str = "Nothing is written yet, and the ledger stays as it is: run the same \
     command again.";

const WITHOUT_LEDGER: &str = "With --ledger DIR, a scan keeps what it reads, and the next one goes \
     on from there.";

/// The words of a run that Ctrl-C ends, and the folder that it leaves.
#[derive(Clone)]
pub(super) struct Interruption {
    begun: Instant,
    bar: Arc<ProgressBar>,
    advice: &'static str,
    /// True if objects are read, and not only a ledger.
    reads_objects: bool,
    folder: Arc<OnceLock<NewFolder>>,
}

impl Interruption {
    /// Returns that of an audit that begins now.
    pub(super) fn new(bar: &Arc<ProgressBar>, audit: &Audit) -> Self {
        let reads_objects = !audit.paths.is_empty();
        Self {
            begun: Instant::now(),
            bar: Arc::clone(bar),
            advice: match audit.ledger {
                Some(_) if reads_objects => WITH_LEDGER,
                Some(_) => LEDGER_ALONE,
                None => WITHOUT_LEDGER,
            },
            reads_objects,
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
        let advice = self.advice;
        let seconds = self.begun.elapsed().as_secs_f64();
        if !self.reads_objects {
            return format!("interrupted after {seconds:.1} s. {advice}");
        }
        let (read, listed) = (number(read), number(listed));
        format!("interrupted after {seconds:.1} s: read {read} of {listed} objects. {advice}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::LedgerOptions;
    use crate::plan::{Plan, Selection};

    #[test]
    fn of_a_ledger_alone_nothing_was_read() {
        let bar = Arc::new(ProgressBar::new(true));
        let text = |paths: &[&str], ledger: bool| {
            let plan = Plan::new(Vec::new(), Selection::default()).expect("a plan");
            let mut audit = Audit::new(plan, paths);
            audit.ledger = ledger.then(|| LedgerOptions::new("ledger"));
            Interruption::new(&bar, &audit).text()
        };
        for (paths, ledger, advice) in [
            (&["a"][..], false, WITHOUT_LEDGER),
            (&["a"], true, WITH_LEDGER),
            (&[], true, LEDGER_ALONE),
        ] {
            let text = text(paths, ledger);
            assert!(text.ends_with(advice), "{text}");
            assert_eq!(text.contains("objects"), !paths.is_empty(), "{text}");
        }
    }
}
