//! The ledger of a command that reads an archive.

use std::error::Error;
use std::path::{Path, PathBuf};

use clap::Args;
use rayon::ThreadPool;

use super::output;
use crate::container::Limits;
use crate::findings::Tally;
use crate::ledger::{
    ClaimedLedger, Contents, Ledger, LedgerError, Run, Scope, Use, Wanted, Writer,
};
use crate::plan::Plan;
use crate::source::Object;

/// Where what a scan finds is written down.
#[derive(Args, Debug)]
#[command(next_help_heading = "Ledger")]
pub struct LedgerArguments {
    /// Write down in this folder what is found, and do not read again what it holds: a scan that
    /// was stopped goes on, and the next one reads only what is new
    #[arg(long, value_name = "DIR")]
    ledger: Option<PathBuf>,

    /// Forget what the ledger holds, and read everything anew
    #[arg(long, requires_all = ["ledger", "paths"])]
    rescan: bool,
}

/// What a ledger is asked for.
pub struct AskedOfLedger<'a> {
    /// What is looked for.
    pub plan: &'a Plan,
    /// How much an object may hold.
    pub limits: &'a Limits,
    /// What is to be read; nothing for a report on the ledger alone.
    pub paths: &'a [PathBuf],
    /// What such a report is for.
    pub usage: Use,
}

/// A ledger, and what it held when the command began.
pub struct OpenLedger {
    path: PathBuf,
    scope: Scope,
    contents: Contents,
    rescan: bool,
    claimed: Option<ClaimedLedger>,
}

impl LedgerArguments {
    /// The folder.
    pub fn path(&self) -> Option<&Path> {
        self.ledger.as_deref()
    }

    /// Checks that a report folder and the ledger do not stand in one another.
    ///
    /// # Errors
    ///
    /// When they do.
    pub fn check_apart(&self, out: Option<&Path>) -> Result<(), Box<dyn Error>> {
        let Some((out, ledger)) = out.zip(self.path()) else {
            return Ok(());
        };
        let (report, own) = (std::path::absolute(out)?, std::path::absolute(ledger)?);
        if report.starts_with(&own) || own.starts_with(&report) {
            let (out, ledger) = (out.display(), ledger.display());
            return Err(format!(
                "the report `{out}` and the ledger `{ledger}` cannot stand in one another"
            )
            .into());
        }
        Ok(())
    }

    /// Opens the ledger, if one is named, and looks at what it holds. Nothing is written.
    ///
    /// # Errors
    ///
    /// When the folder holds something else, or what is in the ledger does not answer what is
    /// asked.
    pub fn open(
        &self,
        asked: &AskedOfLedger<'_>,
        pool: &ThreadPool,
    ) -> Result<Option<OpenLedger>, Box<dyn Error>> {
        let Some(path) = &self.ledger else {
            return Ok(None);
        };
        if asked.paths.iter().any(|path| path == Path::new("-")) {
            return Err(
                "standard input cannot be told from an earlier one, so it goes into no ledger"
                    .into(),
            );
        }
        if self.rescan {
            Ledger::check_clear(path)?;
        }
        let scope = Scope::of(asked.plan, asked.limits)?;
        let mut contents = Contents::default();
        if let Some(ledger) = self.find(path)? {
            // A report on the ledger alone reads no object, so the limits of reading are those of
            // its scans.
            let usage = if asked.paths.is_empty() {
                asked.usage
            } else {
                Use::GoOn
            };
            ledger.check_scope(&scope, usage)?;
            contents = pool.install(|| Contents::of(&ledger))?;
        }
        let (path, rescan) = (path.clone(), self.rescan);
        Ok(Some(OpenLedger {
            path,
            scope,
            contents,
            rescan,
            claimed: None,
        }))
    }

    fn find(&self, path: &Path) -> Result<Option<Ledger>, LedgerError> {
        if self.rescan {
            Ok(None)
        } else {
            Ledger::find(path)
        }
    }
}

impl OpenLedger {
    /// Whether the listed content of an object need not be read.
    pub fn knows(&self, object: &Object) -> bool {
        self.contents.knows(object.listed())
    }

    /// What the scans were asked to read; the ledger itself where there was none.
    pub fn sources(&self) -> Vec<String> {
        let sources = self.contents.sources();
        if sources.is_empty() {
            vec![self.path.to_string_lossy().into_owned()]
        } else {
            sources
        }
    }

    /// All that the ledger holds.
    ///
    /// # Errors
    ///
    /// When a part is damaged.
    pub fn everything(self, plan: &Plan) -> Result<Tally, LedgerError> {
        self.contents.whole()?.tally(&Wanted::Everything, plan)
    }

    /// Begins the ledger, or goes on with it. A damaged part is set aside; the objects that it held
    /// are among those that are read.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be written.
    pub fn writer(&mut self, plan: &Plan, run: Run) -> Result<Writer, LedgerError> {
        if self.rescan {
            Ledger::clear(&self.path)?;
        }
        let claimed = Ledger::claim(&self.path, &self.scope)?;
        for (part, error) in self.contents.damaged() {
            output::warn(&[format!(
                "{error}. It is set aside, and what it held is read again"
            )]);
            claimed.set_aside(part)?;
        }
        self.contents.forget_damaged();
        let writer = Writer::new(&claimed, plan, run);
        self.claimed = Some(claimed);
        Ok(writer)
    }

    /// What the ledger holds of the listed objects, after the scan.
    ///
    /// # Errors
    ///
    /// When a part is damaged.
    pub fn listed<'a>(
        mut self,
        plan: &Plan,
        objects: impl Iterator<Item = &'a Object>,
    ) -> Result<Tally, LedgerError> {
        if let Some(claimed) = &self.claimed {
            self.contents.look_again(claimed.ledger())?;
        }
        self.contents
            .whole()?
            .tally(&Wanted::Listed(objects.map(Object::listed).collect()), plan)
    }
}
