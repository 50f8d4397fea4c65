//! Tables in files of Apache Parquet. Times are UTC timestamps in microseconds.

mod quiet;
mod read;
mod write;

pub use quiet::{caught, silence_panics};
pub use read::read;
pub use write::write;
