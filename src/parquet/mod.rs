//! Tables in files of Apache Parquet. Times are UTC timestamps in microseconds.

mod read;
mod write;

pub use read::read;
pub use write::write;
