//! From selected records to the datapoints of a metric.

pub mod filter;
pub mod series;
pub mod statistic;

pub use filter::MetricFilter;
pub use series::{Sample, Series};
pub use statistic::{Statistic, StatisticSet};
