//! Sorted runs of rows in a temporary file.
//!
//! A run is written in blocks, so that merging runs needs one block of each in memory. Keys of
//! archives have long beginnings in common, so of each key only the end is written that differs
//! from the key before it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::chunk::{Chunk, ChunkPlace, SpoolBlock};
use super::{Keyed, RowRange, SpoolError};

/// The number of rows in a block of a run.
pub(super) const BLOCK_ROWS: usize = 1_024;

/// The number of bytes that are compared at a time.
const WORD: usize = 16;

/// The temporary file of runs, while they are written.
#[derive(Debug)]
pub(super) struct RunWriter {
    file: File,
    end: u64,
}

/// The temporary file of runs. The system removes it when it is closed.
#[derive(Clone, Debug)]
pub(super) struct Runs(Arc<Mutex<File>>);

/// Rows as they are written.
pub(super) struct EncodedBlock {
    keys: RowRange,
    rows: usize,
    bytes: Vec<u8>,
}

impl EncodedBlock {
    /// Encodes rows in order; nothing if there is none.
    ///
    /// # Errors
    ///
    /// Returns an error if they cannot be encoded.
    pub(super) fn new<R: Keyed>(rows: &[R]) -> Result<Option<Self>, SpoolError> {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Ok(None);
        };
        let (mut bytes, mut before) = (Vec::new(), "");
        for row in rows {
            let shared = shared_bytes(before, row.key());
            let end = row.key().get(shared..).ok_or_else(no_boundary)?;
            let written = postcard::to_extend(&(shared, end, row.rest()), bytes);
            bytes = written.map_err(SpoolError::of_content)?;
            before = row.key();
        }
        Ok(Some(Self {
            keys: RowRange {
                first: first.key().to_owned(),
                last: last.key().to_owned(),
            },
            rows: rows.len(),
            bytes,
        }))
    }
}

impl RunWriter {
    /// Opens a temporary file.
    ///
    /// # Errors
    ///
    /// Returns an error if there can be none.
    pub(super) fn new() -> Result<Self, SpoolError> {
        let file = tempfile::tempfile().map_err(SpoolError::new)?;
        Ok(Self { file, end: 0 })
    }

    /// Appends a block. Returns the chunk that it is.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be written.
    pub(super) fn append(&mut self, block: &EncodedBlock) -> Result<Chunk, SpoolError> {
        self.file.write_all(&block.bytes).map_err(SpoolError::new)?;
        let place = SpoolBlock {
            offset: self.end,
            bytes: block.bytes.len(),
        };
        self.end += block.bytes.len() as u64;
        Ok(Chunk {
            keys: block.keys.clone(),
            rows: block.rows,
            place: ChunkPlace::Block(place),
        })
    }

    /// Returns the runs that were written.
    pub(super) fn finish(self) -> Runs {
        Runs(Arc::new(Mutex::new(self.file)))
    }
}

impl Runs {
    /// Reads the rows of a block.
    ///
    /// # Errors
    ///
    /// Returns an error if they cannot be read as they were written.
    pub(super) fn read<R: Keyed>(&self, block: &SpoolBlock) -> Result<Vec<R>, SpoolError> {
        let bytes = self.bytes(block)?;
        let (mut rows, mut rest, mut key) = (Vec::new(), bytes.as_slice(), String::new());
        while !rest.is_empty() {
            let (row, after) = postcard::take_from_bytes(rest).map_err(SpoolError::of_content)?;
            let (shared, end, row): (usize, &str, R::Rest<'_>) = row;
            replace_end(&mut key, shared, end)?;
            rows.push(R::from_rest(&key, row).map_err(SpoolError::of_content)?);
            rest = after;
        }
        Ok(rows)
    }

    fn bytes(&self, block: &SpoolBlock) -> Result<Vec<u8>, SpoolError> {
        let mut bytes = vec![0; block.bytes];
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let begin = SeekFrom::Start(block.offset);
        file.seek(begin).map_err(SpoolError::new)?;
        file.read_exact(&mut bytes).map_err(SpoolError::new)?;
        Ok(bytes)
    }
}

/// Returns the number of bytes at the beginning that two keys have in common, up to a character.
fn shared_bytes(one: &str, other: &str) -> usize {
    let (ours, theirs) = (one.as_bytes(), other.as_bytes());
    // Keys have long beginnings in common, which are compared many bytes at a time.
    let words = ours
        .as_chunks::<WORD>()
        .0
        .iter()
        .zip(theirs.as_chunks::<WORD>().0);
    let same = WORD * words.take_while(|(one, other)| one == other).count();
    let rest = ours.iter().zip(theirs).skip(same);
    let shared = same + rest.take_while(|(one, other)| one == other).count();
    other.floor_char_boundary(shared)
}

/// Replaces what follows the first `shared` bytes of a key.
fn replace_end(key: &mut String, shared: usize, end: &str) -> Result<(), SpoolError> {
    if !key.is_char_boundary(shared) {
        return Err(no_boundary());
    }
    key.truncate(shared);
    key.push_str(end);
    Ok(())
}

fn no_boundary() -> SpoolError {
    SpoolError::of_content("two keys do not share whole characters")
}

#[cfg(test)]
mod tests {
    use super::super::sequence::tests::Row;
    use super::*;

    #[test]
    fn rows_are_read_as_they_were_written() {
        let keys = [
            "",
            "a",
            "a/b",
            "a/b\u{e9}",
            "a/b\u{ea}",
            "a/c",
            "\u{10ffff}",
        ];
        let mut rows = Vec::new();
        for (part, key) in (0..).zip(keys) {
            let key = key.to_owned();
            rows.push(Row { key, part });
        }
        let mut writer = RunWriter::new().expect("a file");
        let block = EncodedBlock::new(&rows).expect("bytes").expect("rows");
        let chunk = writer.append(&block).expect("written");
        let ChunkPlace::Block(block) = chunk.place else {
            panic!("a block: {chunk:?}");
        };
        let runs = writer.finish();
        assert_eq!(runs.read::<Row>(&block).expect("rows"), rows);
        let cut = SpoolBlock {
            bytes: block.bytes - 1,
            ..block
        };
        assert!(runs.read::<Row>(&cut).is_err());
    }
}
