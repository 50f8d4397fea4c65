//! Tables in files of Apache Parquet. Times are UTC timestamps in microseconds,
//! days are dates.

mod quiet;
mod read;
mod write;

use jiff::civil::Date;

use super::ends::{FileEnds, has_names};
use crate::table::Table;

pub use quiet::{caught, silence_panics};
pub use read::read;
pub use write::{Compression, write};

/// Returns true if a file ends as a table with these columns does.
pub(super) fn has_columns(ends: &FileEnds, table: &Table<'_>) -> bool {
    ends.last.ends_with(MAGIC) && has_names(&ends.last, table)
}

/// The last bytes of a file.
const MAGIC: &[u8] = b"PAR1";

/// The day from which dates are counted.
const EPOCH: Date = Date::constant(1970, 1, 1);
