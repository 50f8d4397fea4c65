//! The rows of many parts in the order of their keys, of which only those are in memory whose turn
//! it is.
//!
//! Each part is in order, and says which keys it begins and ends with. So a part is loaded when its
//! first key is due. Where more parts overlap than memory should hold, as in a ledger of daily
//! scans whose parts each cover all accounts, they are first sorted into runs in a temporary file.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::LedgerError;
use super::sums::KeyRange;
use crate::table::Table;
use crate::table::format::parquet::{self, Compression};
use crate::table::schema::{TableColumns, TableSchema};

/// The largest number of rows that may be open at a time before they are sorted into runs. A row
/// takes a few hundred bytes, most of them for its key.
const OPEN_ROWS_LIMIT: usize = 400_000;

/// The number of rows in a block of a run.
const BLOCK_ROWS: usize = 8_192;

/// The number of parts that are loaded at a time, for each thread.
const PARTS_PER_THREAD: usize = 2;

/// The name of the table of a block in a run.
const BLOCK: &str = "block";

/// A row with a key.
pub(super) trait Keyed: Clone + Send + Sync + 'static {
    /// Returns the key by which rows are ordered.
    fn key(&self) -> &str;

    /// Returns the columns of the rows in a run.
    fn schema() -> TableSchema<'static, Self>;

    /// Returns a row that is then read from a run.
    fn blank() -> Self;
}

/// Loads the rows of the part with this number, in the order of their keys.
pub(super) type LoadRows<'a, R> =
    Box<dyn Fn(usize) -> Result<Vec<R>, LedgerError> + Send + Sync + 'a>;

/// Rows of neighbouring keys that are not loaded yet.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    /// The keys of its first and last row.
    pub(super) keys: KeyRange,
    /// The number of its rows.
    pub(super) rows: usize,
    /// The place of the rows.
    pub(super) place: ChunkPlace,
}

/// The place of the rows of a chunk.
#[derive(Clone, Debug)]
pub(super) enum ChunkPlace {
    /// The part with this number.
    Part(usize),
    /// A block of a run.
    Block(Block),
}

/// A block of a run in the temporary file.
#[derive(Clone, Debug)]
pub(super) struct Block {
    offset: u64,
    bytes: usize,
}

/// The rows of parts in the order of their keys, some of them at a time. Rows with the same key
/// always come together.
pub(super) struct Sequence<'a, R> {
    load: LoadRows<'a, R>,
    runs: Option<Arc<Mutex<File>>>,
    waiting: VecDeque<Chunk>,
    loaded: Vec<Result<Vec<R>, LedgerError>>,
    open: Vec<VecDeque<R>>,
    has_failed: bool,
}

impl<'a, R: Keyed> Sequence<'a, R> {
    /// Begins the sequence of the rows of these chunks.
    ///
    /// # Errors
    ///
    /// Returns an error if many chunks overlap and cannot be sorted into runs.
    pub(super) fn new(mut chunks: Vec<Chunk>, load: LoadRows<'a, R>) -> Result<Self, LedgerError> {
        chunks.sort_by(|one, other| one.keys.cmp(&other.keys));
        let mut runs = None;
        if most_open_rows(&chunks) > OPEN_ROWS_LIMIT {
            let mut writer = RunWriter::new()?;
            chunks = writer.sorted(&chunks, &load)?;
            runs = Some(Arc::new(Mutex::new(writer.file)));
        }
        Ok(Self {
            load,
            runs,
            waiting: chunks.into(),
            loaded: Vec::new(),
            open: Vec::new(),
            has_failed: false,
        })
    }

    fn next_batch(&mut self) -> Result<Vec<R>, LedgerError> {
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
        let (batch, loaded) = rayon::join(
            || rows_before(&mut open, bound.as_deref()),
            || self.loaded_chunks(&due),
        );
        (self.open, self.loaded) = (open, loaded);
        Ok(batch)
    }

    /// Takes the chunks that are loaded next.
    fn take_due(&mut self) -> Vec<Chunk> {
        let parts = rayon::current_num_threads() * PARTS_PER_THREAD;
        self.waiting
            .drain(..parts.min(self.waiting.len()))
            .collect()
    }

    fn loaded_chunks(&self, chunks: &[Chunk]) -> Vec<Result<Vec<R>, LedgerError>> {
        let loaded = chunks.par_iter().map(|chunk| match &chunk.place {
            ChunkPlace::Part(part) => (self.load)(*part),
            ChunkPlace::Block(block) => match &self.runs {
                Some(file) => block.read(file),
                None => Ok(Vec::new()),
            },
        });
        loaded.collect()
    }
}

impl<R: Keyed> Iterator for Sequence<'_, R> {
    type Item = Result<Vec<R>, LedgerError>;

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
    for chunk in open.iter_mut() {
        let end = match bound {
            Some(bound) => chunk.partition_point(|row| row.key() < bound),
            None => chunk.len(),
        };
        rows.extend(chunk.drain(..end));
    }
    open.retain(|chunk| !chunk.is_empty());
    // A stable sort finds the chunks, which are in order, and merges them.
    rows.sort_by(|one, other| one.key().cmp(other.key()));
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

/// Sorts chunks that overlap into runs.
struct RunWriter {
    file: File,
    end: u64,
}

impl RunWriter {
    fn new() -> Result<Self, LedgerError> {
        let file = tempfile::tempfile().map_err(run_error)?;
        Ok(Self { file, end: 0 })
    }

    /// Returns the chunks of the runs, in order.
    fn sorted<R: Keyed>(
        &mut self,
        chunks: &[Chunk],
        load: &LoadRows<'_, R>,
    ) -> Result<Vec<Chunk>, LedgerError> {
        let mut blocks = Vec::new();
        for run in in_runs(chunks) {
            let loaded = run.par_iter().map(|chunk| match &chunk.place {
                ChunkPlace::Part(part) => load(*part),
                ChunkPlace::Block(_) => Ok(Vec::new()),
            });
            let loaded: Result<Vec<Vec<R>>, LedgerError> = loaded.collect();
            let mut rows: Vec<R> = loaded?.into_iter().flatten().collect();
            rows.par_sort_by(|one, other| one.key().cmp(other.key()));
            self.write(&rows, &mut blocks)?;
        }
        blocks.sort_by(|one, other| one.keys.cmp(&other.keys));
        Ok(blocks)
    }

    fn write<R: Keyed>(&mut self, rows: &[R], blocks: &mut Vec<Chunk>) -> Result<(), LedgerError> {
        let encoded = rows.par_chunks(BLOCK_ROWS).map(encoded);
        let encoded: Result<Vec<Vec<u8>>, LedgerError> = encoded.collect();
        for (rows, bytes) in rows.chunks(BLOCK_ROWS).zip(encoded?) {
            let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
                continue;
            };
            self.file.write_all(&bytes).map_err(run_error)?;
            let block = Block {
                offset: self.end,
                bytes: bytes.len(),
            };
            self.end += bytes.len() as u64;
            blocks.push(Chunk {
                keys: KeyRange {
                    first: first.key().into(),
                    last: last.key().into(),
                },
                rows: rows.len(),
                place: ChunkPlace::Block(block),
            });
        }
        Ok(())
    }
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

fn encoded<R: Keyed>(rows: &[R]) -> Result<Vec<u8>, LedgerError> {
    let table = R::schema().table(BLOCK, rows);
    let mut bytes = Vec::new();
    let written = parquet::write([table], Compression::Snappy, &mut bytes);
    written.map_err(|error| run_error(io::Error::other(error)))?;
    Ok(bytes)
}

impl Block {
    fn read<R: Keyed>(&self, file: &Mutex<File>) -> Result<Vec<R>, LedgerError> {
        let schema = R::schema();
        let table = self.table(file, &schema).map_err(run_error)?;
        let rows = schema.read(&mut TableColumns::new(table), R::blank);
        rows.map_err(|error| run_error(io::Error::other(error)))
    }

    fn table<R>(
        &self,
        file: &Mutex<File>,
        schema: &TableSchema<'_, R>,
    ) -> io::Result<Table<'static>> {
        let mut bytes = vec![0; self.bytes];
        {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(self.offset))?;
            file.read_exact(&mut bytes)?;
        }
        parquet::read(BLOCK, &schema.read_columns(), bytes).map_err(io::Error::other)
    }
}

fn run_error(error: io::Error) -> LedgerError {
    LedgerError::io(&std::env::temp_dir(), error)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
    struct Row {
        key: String,
        part: u64,
    }

    impl Keyed for Row {
        fn key(&self) -> &str {
            &self.key
        }

        fn schema() -> TableSchema<'static, Self> {
            TableSchema::<Self>::builder()
                .text("key", |row| Some(&row.key))
                .required(|row, key| row.key = key)
                .integer("part", |row| Some(row.part))
                .required(|row, part| row.part = part)
                .build()
        }

        fn blank() -> Self {
            Self::default()
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
                    keys: KeyRange {
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
        let load = Box::new(|number: usize| Ok(parts[number].clone()));
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
            1 => Err(LedgerError::None("part".into())),
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
