//! Rows of neighbouring keys, and their place.

use super::RowRange;

/// Rows of neighbouring keys that are not loaded yet.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// The keys of its first and last row.
    pub keys: RowRange,
    /// The number of its rows, of which loading it may leave some out.
    pub rows: usize,
    /// The place of the rows.
    pub place: ChunkPlace,
}

/// The place of the rows of a chunk.
#[derive(Clone, Debug)]
pub enum ChunkPlace {
    /// The part with this number.
    Part(usize),
    /// A block of a run.
    Block(SpoolBlock),
}

/// A block of a run in the temporary file.
#[derive(Clone, Debug)]
pub struct SpoolBlock {
    pub(super) offset: u64,
    pub(super) bytes: usize,
}
