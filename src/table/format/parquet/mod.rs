//! Tables in files of Apache Parquet. Times are UTC timestamps in microseconds,
//! days are dates.

mod quiet;
mod read;
mod write;

use jiff::civil::Date;

pub use quiet::{caught, silence_panics};
pub use read::read;
pub use write::{Compression, write};

/// The day from which dates are counted.
const EPOCH: Date = Date::constant(1970, 1, 1);
