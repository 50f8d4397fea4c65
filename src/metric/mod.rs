//! From selected records to the datapoints of a metric.

pub mod filter;
pub mod publish;
pub mod series;
pub mod statistic;
pub mod unit;

pub use filter::{Dimension, DimensionSet, FilterError, MetricFilter, MetricValue, ValueSource};
pub use publish::{CompiledFilter, Measurement, NoSample};
pub use series::{Sample, Series};
pub use statistic::{Statistic, StatisticSet};
pub use unit::Unit;
