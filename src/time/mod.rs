//! Time: ranges, periods, and the forms in which AWS writes it.

pub mod aws;
pub mod hours;
pub mod parse;
pub mod period;
mod zone;

pub use hours::HourSet;
pub use parse::{parse_duration_seconds, parse_offset_milliseconds, parse_time};
pub use period::{TimeRange, TimeSpan, floor_to_period, timestamp, to_microsecond};
pub use zone::{InvalidZone, Zone};
