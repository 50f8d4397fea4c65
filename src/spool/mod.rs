//! Rows in the order of their keys, of which there may be more than memory should hold.
//!
//! A [`Spool`] takes rows in any order and from any thread. What is more than a named limit goes to
//! a temporary file in sorted runs, and a [`Sequence`] merges them again. The same sequence reads
//! the parts of a ledger, which are sorted runs, too.

mod chunk;
mod error;
mod even;
mod keyed;
mod runs;
mod sequence;
mod spooled;
mod writer;

pub use chunk::{Chunk, ChunkPlace};
pub use error::SpoolError;
pub use even::EvenBatches;
pub use keyed::{Keyed, RowRange};
pub use sequence::{LoadRows, Sequence};
pub use spooled::{RowBatches, Spooled};
pub use writer::{MEMORY_ROWS, Spool};
