//! Work on ledgers that are finished: their contents, their soundness, and merging them.

use std::path::{Path, PathBuf};

use rayon::ThreadPool;

use super::{AuditError, start_threads};
use crate::ledger::{Info, Ledger, LedgerCheck, LedgerError, check, info, merge};

/// Ledgers, and the threads to work on them.
pub struct Ledgers {
    ledgers: Vec<Ledger>,
    pool: ThreadPool,
}

impl Ledgers {
    /// Opens ledgers to read them.
    ///
    /// # Errors
    ///
    /// Returns an error if one of them cannot be opened, or threads cannot be started.
    pub fn open(paths: &[PathBuf]) -> Result<Self, AuditError> {
        let pool = start_threads(None)?;
        let ledgers = paths.iter().map(|path| Ledger::open(path));
        let ledgers = ledgers.collect::<Result<_, _>>()?;
        Ok(Self { ledgers, pool })
    }

    /// Sums up each ledger, one after the other. It fails if a part is damaged.
    pub fn infos(&self) -> impl Iterator<Item = Result<(&Ledger, Info), LedgerError>> {
        let sum_up = |ledger| Ok((ledger, self.pool.install(|| info(ledger))?));
        self.ledgers.iter().map(sum_up)
    }

    /// Checks each ledger, one after the other. It fails if the parts cannot be listed
    /// or read.
    pub fn checks(&self) -> impl Iterator<Item = Result<(&Ledger, LedgerCheck), LedgerError>> {
        let examine = |ledger| Ok((ledger, self.pool.install(|| check(ledger))?));
        self.ledgers.iter().map(examine)
    }

    /// Merges the ledgers into a new one.
    ///
    /// # Errors
    ///
    /// Returns an error if the ledgers were scanned for different things, a part is damaged, or the
    /// new ledger cannot be written.
    pub fn merge_into(&self, path: &Path) -> Result<(), LedgerError> {
        self.pool.install(|| merge(&self.ledgers, path))
    }
}
