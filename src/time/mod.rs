//! Time: ranges, periods, and the forms in which AWS writes it.

pub mod aws;
pub mod period;

pub use period::{TimeRange, TimeSpan, floor_to_period, timestamp, to_microsecond};
