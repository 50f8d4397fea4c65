//! Rows that a spool has taken.

use std::borrow::Cow;
use std::iter;

use rayon::prelude::*;

use super::chunk::Chunk;
use super::even::BATCH_ROWS;
use super::runs::Runs;
use super::sequence::Sequence;
use super::{EvenBatches, Keyed, SpoolError};

/// Rows in order, some of them at a time.
pub type RowBatches<'a, R> = Box<dyn Iterator<Item = Result<Cow<'a, [R]>, SpoolError>> + Send + 'a>;

/// Rows that a spool has taken, in order. They can be read as often as needed.
#[derive(Debug)]
pub struct Spooled<R>(Kept<R>);

#[derive(Debug)]
enum Kept<R> {
    Memory(Vec<R>),
    File { runs: Runs, chunks: Vec<Chunk> },
}

impl<R> Default for Spooled<R> {
    fn default() -> Self {
        Self(Kept::Memory(Vec::new()))
    }
}

impl<R: Keyed> Spooled<R> {
    /// Sorts rows on the threads of the pool that this is called in.
    pub(super) fn in_memory(mut rows: Vec<R>) -> Self {
        // A list that comes in order, as most do, is sorted quickly.
        rows.par_sort_by(R::compare);
        Self(Kept::Memory(distinct(rows)))
    }

    pub(super) fn in_file(runs: Runs, chunks: Vec<Chunk>) -> Self {
        Self(Kept::File { runs, chunks })
    }

    /// Returns the rows, some of them at a time.
    pub fn batches(&self) -> RowBatches<'_, R> {
        match &self.0 {
            Kept::Memory(rows) => Box::new(rows.chunks(BATCH_ROWS).map(|rows| Ok(rows.into()))),
            Kept::File { runs, chunks } => {
                let sequence = Sequence::of_runs(chunks.clone(), runs.clone());
                // Rows with the same key come in one batch of a sequence.
                let batches = sequence.map(|batch| batch.map(distinct));
                Box::new(EvenBatches::new(batches).map(|batch| batch.map(Cow::Owned)))
            }
        }
    }

    /// Calls `take` with all rows, some of them at a time. While it runs, the next ones are read,
    /// on the threads of the pool that this is called in.
    ///
    /// # Errors
    ///
    /// Returns an error if the rows cannot be read from their temporary file.
    pub fn for_each_batch(&self, mut take: impl FnMut(&[R]) + Send) -> Result<(), SpoolError> {
        let mut batches = self.batches();
        let mut next = batches.next();
        while let Some(batch) = next {
            let batch = batch?;
            let ((), following) = rayon::join(|| take(&batch), || batches.next());
            next = following;
        }
        Ok(())
    }

    /// Returns the rows, one after another.
    pub fn rows(&self) -> impl Iterator<Item = Result<R, SpoolError>> + '_ {
        self.batches().flat_map(|batch| {
            let rows: Box<dyn Iterator<Item = Result<R, SpoolError>>> = match batch {
                Ok(Cow::Borrowed(rows)) => Box::new(rows.iter().cloned().map(Ok)),
                Ok(Cow::Owned(rows)) => Box::new(rows.into_iter().map(Ok)),
                Err(error) => Box::new(iter::once(Err(error))),
            };
            rows
        })
    }
}

/// Returns sorted rows, one for each key if they are to be unique.
fn distinct<R: Keyed>(mut rows: Vec<R>) -> Vec<R> {
    if R::IS_UNIQUE {
        rows.dedup_by(|one, other| one.key() == other.key());
    }
    rows
}
