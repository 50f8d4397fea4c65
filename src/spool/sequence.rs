//! The rows of many parts in the order of their keys, of which only those are in memory whose turn
//! it is.
//!
//! Each part is in order, and says which keys it begins and ends with. So a part is loaded when its
//! first key is due. Where more parts overlap than memory should hold, as in a ledger of daily
//! scans whose parts each cover all accounts, they are first sorted into runs in a temporary file.

use std::collections::VecDeque;

use rayon::prelude::*;

use super::chunk::{Chunk, ChunkPlace};
use super::runs::{BLOCK_ROWS, EncodedBlock, RunWriter, Runs};
use super::{Keyed, SpoolError};

/// The largest number of rows that may be open at a time before they are sorted into runs. A row
/// takes a few hundred bytes, most of them for its key.
const OPEN_ROWS_LIMIT: usize = 400_000;

/// The number of parts that are loaded at a time, for each thread.
const PARTS_PER_THREAD: usize = 2;

/// Loads the rows of the part with this number, in the order of their keys.
pub type LoadRows<'a, R, E> = Box<dyn Fn(usize) -> Result<Vec<R>, E> + Send + Sync + 'a>;

/// The rows of parts in the order of their keys, some of them at a time. Rows with the same key
/// always come together.
pub struct Sequence<'a, R, E> {
    load: LoadRows<'a, R, E>,
    runs: Option<Runs>,
    waiting: VecDeque<Chunk>,
    loaded: Vec<Result<Vec<R>, E>>,
    open: Vec<VecDeque<R>>,
    has_failed: bool,
}

impl<R: Keyed> Sequence<'_, R, SpoolError> {
    /// Begins the sequence of the rows of these blocks.
    pub(super) fn of_runs(mut blocks: Vec<Chunk>, runs: Runs) -> Self {
        blocks.sort_by(|one, other| one.keys.cmp(&other.keys));
        Self::begun(blocks, Box::new(|_| Ok(Vec::new())), Some(runs))
    }
}

impl<'a, R: Keyed, E: From<SpoolError> + Send + Sync> Sequence<'a, R, E> {
    /// Begins the sequence of the rows of these chunks.
    ///
    /// # Errors
    ///
    /// Returns an error if many chunks overlap and cannot be sorted into runs.
    pub fn new(mut chunks: Vec<Chunk>, load: LoadRows<'a, R, E>) -> Result<Self, E> {
        chunks.sort_by(|one, other| one.keys.cmp(&other.keys));
        if most_open_rows(&chunks) <= OPEN_ROWS_LIMIT {
            return Ok(Self::begun(chunks, load, None));
        }
        let mut writer = RunWriter::new()?;
        let blocks = sorted_into_runs(&chunks, &load, &mut writer)?;
        Ok(Self::begun(blocks, load, Some(writer.finish())))
    }

    fn begun(chunks: Vec<Chunk>, load: LoadRows<'a, R, E>, runs: Option<Runs>) -> Self {
        Self {
            load,
            runs,
            waiting: chunks.into(),
            loaded: Vec::new(),
            open: Vec::new(),
            has_failed: false,
        }
    }

    fn next_batch(&mut self) -> Result<Vec<R>, E> {
        if self.loaded.is_empty() {
            let due = self.take_due();
            self.loaded = self.loaded_chunks(&due);
        }
        for rows in std::mem::take(&mut self.loaded) {
            self.open.push(rows?.into());
        }
        // While rows are put in order, the next ones are loaded.
        let due = self.take_due();
        let bound = due.first().map(|chunk| chunk.keys.first.clone());
        let mut open = std::mem::take(&mut self.open);
        let mut batch = || rows_before(&mut open, bound.as_deref());
        let (batch, loaded) = match rayon::current_thread_index() {
            Some(_) => rayon::join(batch, || self.loaded_chunks(&due)),
            None => (batch(), self.loaded_chunks(&due)),
        };
        (self.open, self.loaded) = (open, loaded);
        Ok(batch)
    }

    /// Takes the chunks that are loaded next.
    fn take_due(&mut self) -> Vec<Chunk> {
        // Outside of a pool, even asking for the number would start one.
        let threads = match rayon::current_thread_index() {
            Some(_) => rayon::current_num_threads(),
            None => 1,
        };
        let parts = threads * PARTS_PER_THREAD;
        self.waiting
            .drain(..parts.min(self.waiting.len()))
            .collect()
    }

    /// Loads chunks, on the threads of the pool that this is called in, if it is called in one.
    fn loaded_chunks(&self, chunks: &[Chunk]) -> Vec<Result<Vec<R>, E>> {
        // Outside of a pool, a second one would be started for a few blocks.
        match rayon::current_thread_index() {
            Some(_) => chunks.par_iter().map(|chunk| self.loaded(chunk)).collect(),
            None => chunks.iter().map(|chunk| self.loaded(chunk)).collect(),
        }
    }

    fn loaded(&self, chunk: &Chunk) -> Result<Vec<R>, E> {
        match (&chunk.place, &self.runs) {
            (ChunkPlace::Part(part), _) => (self.load)(*part),
            (ChunkPlace::Block(block), Some(runs)) => Ok(runs.read(block)?),
            (ChunkPlace::Block(_), None) => Err(no_run().into()),
        }
    }
}

impl<R: Keyed, E: From<SpoolError> + Send + Sync> Iterator for Sequence<'_, R, E> {
    type Item = Result<Vec<R>, E>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.has_failed {
            let is_loaded = !self.loaded.is_empty() || !self.open.is_empty();
            if !is_loaded && self.waiting.is_empty() {
                return None;
            }
            match self.next_batch() {
                Ok(batch) if batch.is_empty() => {}
                Ok(batch) => return Some(Ok(batch)),
                Err(error) => {
                    self.has_failed = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

/// Takes the rows whose keys are before a bound, in order.
fn rows_before<R: Keyed>(open: &mut Vec<VecDeque<R>>, bound: Option<&str>) -> Vec<R> {
    let mut rows = Vec::new();
    let mut taken = 0;
    for chunk in open.iter_mut() {
        let end = match bound {
            Some(bound) => chunk.partition_point(|row| row.key() < bound),
            None => chunk.len(),
        };
        taken += usize::from(end > 0);
        rows.extend(chunk.drain(..end));
    }
    open.retain(|chunk| !chunk.is_empty());
    // A chunk is in order. A stable sort finds the chunks, and merges them.
    if taken > 1 {
        rows.sort_by(R::compare);
    }
    rows
}

/// Returns the largest number of rows of chunks that overlap. The chunks are in order.
fn most_open_rows(chunks: &[Chunk]) -> usize {
    let mut ends: Vec<(&str, usize)> = Vec::new();
    for chunk in chunks {
        ends.push((&chunk.keys.last, chunk.rows));
    }
    ends.sort_unstable();
    let mut ends = ends.into_iter().peekable();
    let (mut open, mut most) = (0, 0);
    for chunk in chunks {
        while let Some((_, rows)) = ends.next_if(|(last, _)| *last < &*chunk.keys.first) {
            open -= rows;
        }
        open += chunk.rows;
        most = most.max(open);
    }
    most
}

/// Sorts chunks that overlap into runs. Returns the blocks of the runs.
fn sorted_into_runs<R: Keyed, E: From<SpoolError> + Send + Sync>(
    chunks: &[Chunk],
    load: &LoadRows<'_, R, E>,
    writer: &mut RunWriter,
) -> Result<Vec<Chunk>, E> {
    let mut blocks = Vec::new();
    for run in in_runs(chunks) {
        let loaded = run.par_iter().map(|chunk| match &chunk.place {
            ChunkPlace::Part(part) => load(*part),
            ChunkPlace::Block(_) => Err(no_run().into()),
        });
        let loaded: Result<Vec<Vec<R>>, E> = loaded.collect();
        let mut rows: Vec<R> = loaded?.into_iter().flatten().collect();
        rows.par_sort_by(R::compare);
        let encoded = rows.par_chunks(BLOCK_ROWS).map(EncodedBlock::new);
        let encoded: Result<Vec<Option<EncodedBlock>>, SpoolError> = encoded.collect();
        for block in encoded?.iter().flatten() {
            blocks.push(writer.append(block)?);
        }
    }
    blocks.sort_by(|one: &Chunk, other| one.keys.cmp(&other.keys));
    Ok(blocks)
}

/// Returns the error of a block whose file is not there, so that no row is left out in silence.
fn no_run() -> SpoolError {
    SpoolError::of_content("there is no file of this block")
}

/// Divides chunks into runs, each of which memory can hold.
fn in_runs(chunks: &[Chunk]) -> Vec<&[Chunk]> {
    let mut runs = Vec::new();
    let (mut begin, mut rows) = (0, 0);
    for (number, chunk) in chunks.iter().enumerate() {
        if rows + chunk.rows > OPEN_ROWS_LIMIT && number > begin {
            runs.extend(chunks.get(begin..number));
            (begin, rows) = (number, 0);
        }
        rows += chunk.rows;
    }
    runs.extend(chunks.get(begin..));
    runs
}

#[cfg(test)]
pub(super) mod tests {
    use std::cmp::Ordering;
    use std::io;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::spool::RowRange;

    #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
    pub(in crate::spool) struct Row {
        pub(in crate::spool) key: String,
        pub(in crate::spool) part: u64,
    }

    impl Keyed for Row {
        type Rest<'a> = u64;

        fn key(&self) -> &str {
            &self.key
        }

        fn compare(&self, other: &Self) -> Ordering {
            self.cmp(other)
        }

        fn rest(&self) -> u64 {
            self.part
        }

        fn from_rest(key: &str, part: u64) -> Result<Self, String> {
            let key = key.to_owned();
            Ok(Self { key, part })
        }
    }

    /// Returns parts with these keys, in order.
    fn parts(keys: &[Vec<u16>]) -> Vec<Vec<Row>> {
        let mut parts = Vec::new();
        for (part, keys) in (0..).zip(keys) {
            let mut rows: Vec<Row> = Vec::new();
            for key in keys {
                let key = format!("{key:05}");
                rows.push(Row { key, part });
            }
            rows.sort();
            parts.push(rows);
        }
        parts
    }

    fn chunks(parts: &[Vec<Row>]) -> Vec<Chunk> {
        let mut chunks = Vec::new();
        for (number, rows) in parts.iter().enumerate() {
            if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
                chunks.push(Chunk {
                    keys: RowRange {
                        first: first.key.clone(),
                        last: last.key.clone(),
                    },
                    rows: rows.len(),
                    place: ChunkPlace::Part(number),
                });
            }
        }
        chunks
    }

    fn sequence(chunks: Vec<Chunk>, parts: &[Vec<Row>]) -> Vec<Vec<Row>> {
        let load: LoadRows<'_, Row, SpoolError> = Box::new(|number| Ok(parts[number].clone()));
        let sequence = Sequence::new(chunks, load).expect("a sequence");
        sequence.map(|batch| batch.expect("rows")).collect()
    }

    proptest! {
        #[test]
        fn rows_come_in_order_and_equal_keys_together(keys in vec(vec(0u16..200, 0..30), 0..40)) {
            let parts = parts(&keys);
            let batches = sequence(chunks(&parts), &parts);
            let mut expected: Vec<Row> = parts.concat();
            expected.sort();
            let mut rows = batches.concat();
            for pair in batches.windows(2) {
                prop_assert!(pair[0].last().unwrap().key < pair[1].first().unwrap().key);
            }
            prop_assert!(rows.is_sorted_by_key(|row| row.key.clone()));
            rows.sort();
            prop_assert_eq!(rows, expected);
        }
    }

    #[test]
    fn parts_that_overlap_too_much_go_through_runs() {
        // Each part covers all keys, as in a ledger of daily scans.
        let rows = OPEN_ROWS_LIMIT / 20 + 1;
        let parts: Vec<Vec<Row>> = (0..21)
            .map(|part| {
                let row = |number| Row {
                    key: format!("{number:06}-{part:02}"),
                    part,
                };
                (0..rows).map(row).collect()
            })
            .collect();
        let chunks = chunks(&parts);
        assert!(most_open_rows(&chunks) > OPEN_ROWS_LIMIT);
        assert_eq!(in_runs(&chunks).len(), 2);
        let batches = sequence(chunks, &parts);
        assert!(batches.len() > 10, "{} batches", batches.len());
        let mut expected: Vec<Row> = parts.concat();
        expected.sort();
        assert!(batches.concat() == expected);
    }

    #[test]
    fn a_part_that_cannot_be_loaded_ends_the_sequence() {
        let parts = parts(&[vec![1], vec![2], vec![3]]);
        let parts = &parts;
        let load = Box::new(move |number: usize| match number {
            1 => Err(SpoolError::new(io::Error::other("part"))),
            _ => Ok(parts[number].clone()),
        });
        let sequence = Sequence::new(chunks(parts), load).expect("a sequence");
        let batches: Vec<_> = sequence.collect();
        assert!(batches.last().is_some_and(Result::is_err));
        assert_eq!(batches.iter().filter(|batch| batch.is_err()).count(), 1);
    }

    #[test]
    fn chunks_that_do_not_overlap_are_open_one_after_another() {
        let apart = parts(&[vec![1, 2], vec![3, 4], vec![5]]);
        assert_eq!(most_open_rows(&chunks(&apart)), 2);
        let touching = parts(&[vec![1, 3], vec![3, 4], vec![0, 9]]);
        assert_eq!(most_open_rows(&chunks(&touching)), 6);
        assert_eq!(most_open_rows(&[]), 0);
    }
}
