//! Rows that come in any order and from any thread.

use std::mem;
use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::chunk::Chunk;
use super::runs::{BLOCK_ROWS, EncodedBlock, RunWriter};
use super::{Keyed, SpoolError, Spooled};

/// The number of rows that are kept in memory until they are written as a run. Meanwhile, other
/// threads may fill as much again. A row takes a few hundred bytes, most of them for its key.
pub const MEMORY_ROWS: usize = 32_768;

/// Takes rows in any order and from any thread. More than a limit of them go to a temporary file.
#[derive(Debug)]
pub struct Spool<R> {
    state: Mutex<SpoolState<R>>,
    memory_rows: usize,
}

#[derive(Debug)]
struct SpoolState<R> {
    /// The rows that are in memory.
    rows: Vec<R>,
    runs: Option<RunWriter>,
    chunks: Vec<Chunk>,
    /// The first failure of the temporary file.
    failure: Option<SpoolError>,
}

impl<R> Default for SpoolState<R> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            runs: None,
            chunks: Vec::new(),
            failure: None,
        }
    }
}

impl<R> Default for Spool<R> {
    fn default() -> Self {
        Self::with_memory(MEMORY_ROWS)
    }
}

impl<R> Spool<R> {
    /// Creates a spool that keeps this number of rows in memory.
    pub fn with_memory(memory_rows: usize) -> Self {
        Self {
            state: Mutex::default(),
            memory_rows,
        }
    }

    fn lock(&self) -> MutexGuard<'_, SpoolState<R>> {
        // A row is added whole or not at all, even if a thread panicked meanwhile.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R: Keyed> Spool<R> {
    /// Adds a row. Breaks once the temporary file has failed; [`finish`](Self::finish) returns the
    /// reason.
    pub fn push(&self, row: R) -> ControlFlow<()> {
        self.extend([row])
    }

    /// Adds rows, and breaks like [`push`](Self::push).
    pub fn extend(&self, rows: impl IntoIterator<Item = R>) -> ControlFlow<()> {
        let mut state = self.lock();
        if state.failure.is_some() {
            return ControlFlow::Break(());
        }
        state.rows.extend(rows);
        if state.rows.len() < self.memory_rows {
            return ControlFlow::Continue(());
        }
        let full = mem::take(&mut state.rows);
        // Sorting and encoding take a while, and meanwhile other threads go on.
        drop(state);
        self.write(full)
    }

    /// Writes rows as a run.
    // On this thread alone: a thread of a pool that waits for others runs what else there is to do,
    // which may need what the caller holds.
    fn write(&self, mut rows: Vec<R>) -> ControlFlow<()> {
        // Rows come in long stretches that are in order, which a stable sort merges.
        rows.sort_by(R::compare);
        for block in rows.chunks(BLOCK_ROWS) {
            let encoded = EncodedBlock::new(block);
            let mut state = self.lock();
            if let Err(error) = encoded.and_then(|block| state.append(block)) {
                state.failure.get_or_insert(error);
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }

    /// Returns whether the temporary file has failed.
    pub fn has_failed(&self) -> bool {
        self.lock().failure.is_some()
    }

    /// Returns the rows that were added. They are sorted on the threads of the pool that this is
    /// called in.
    ///
    /// # Errors
    ///
    /// Returns an error if the temporary file failed.
    pub fn finish(&self) -> Result<Spooled<R>, SpoolError> {
        let rest = {
            let mut state = self.lock();
            // Small archives never touch the disk.
            if state.runs.is_none() && state.failure.is_none() {
                return Ok(Spooled::in_memory(mem::take(&mut state.rows)));
            }
            mem::take(&mut state.rows)
        };
        let _ = self.write(rest);
        let SpoolState {
            runs,
            chunks,
            failure,
            ..
        } = mem::take(&mut *self.lock());
        match (failure, runs) {
            (Some(failure), _) => Err(failure),
            (None, Some(runs)) => Ok(Spooled::in_file(runs.finish(), chunks)),
            (None, None) => Ok(Spooled::in_memory(Vec::new())),
        }
    }
}

impl<R> SpoolState<R> {
    fn append(&mut self, block: Option<EncodedBlock>) -> Result<(), SpoolError> {
        let mut runs = match self.runs.take() {
            Some(runs) => runs,
            None => RunWriter::new()?,
        };
        if let Some(block) = &block {
            self.chunks.push(runs.append(block)?);
        }
        self.runs = Some(runs);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::sequence::tests::Row;
    use super::*;

    fn rows(keys: &[u16]) -> Vec<Row> {
        let mut rows = Vec::new();
        for (part, key) in (0..).zip(keys) {
            let key = format!("{key:05}");
            rows.push(Row { key, part });
        }
        rows
    }

    fn spooled(rows: &[Row], memory_rows: usize) -> Vec<Row> {
        let spool = Spool::with_memory(memory_rows);
        for row in rows {
            assert!(spool.push(row.clone()).is_continue());
        }
        let spooled = spool.finish().expect("rows");
        let once: Result<Vec<Row>, _> = spooled.rows().collect();
        let twice: Result<Vec<Row>, _> = spooled.rows().collect();
        let once = once.expect("rows");
        assert_eq!(once, twice.expect("rows"), "rows can be read again");
        once
    }

    proptest! {
        #[test]
        fn rows_come_back_in_order(keys in vec(0u16..100, 0..200), memory_rows in 1usize..250) {
            let rows = rows(&keys);
            let mut expected = rows.clone();
            expected.sort();
            prop_assert_eq!(spooled(&rows, memory_rows), expected);
        }
    }

    #[test]
    fn threads_add_rows_together() {
        // A run has several blocks.
        let spool = Spool::with_memory(5 * BLOCK_ROWS);
        let keys: Vec<u16> = (0..20_000).collect();
        let rows = rows(&keys);
        std::thread::scope(|scope| {
            for share in rows.chunks(5_000) {
                let spool = &spool;
                scope.spawn(move || {
                    for row in share {
                        assert!(spool.push(row.clone()).is_continue());
                    }
                });
            }
        });
        let spooled = spool.finish().expect("rows");
        let batches: Vec<usize> = spooled
            .batches()
            .map(|batch| batch.expect("a batch").len())
            .collect();
        assert_eq!(batches, [16_384, 20_000 - 16_384]);
        let back: Result<Vec<Row>, _> = spooled.rows().collect();
        assert!(back.expect("rows") == rows);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build();
        let mut prepared = Vec::new();
        let read = || spooled.for_each_batch(|batch| prepared.extend_from_slice(batch));
        pool.expect("threads").install(read).expect("rows");
        assert!(prepared == rows);
    }
}
