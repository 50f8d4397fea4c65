//! From selected records to the datapoints of a metric.
//!
//! ```
//! use backtrail::metric::{MetricFilter, NoSample};
//! use backtrail::pattern::Projection;
//!
//! let filter = MetricFilter {
//!     metric_value: "$.bytes".parse()?,
//!     ..MetricFilter::counting("{ $.status >= 400 }", "Web", "ErrorBytes")
//! };
//! let mut projection = Projection::default();
//! let compiled = filter.compile(&mut projection)?;
//! let measure = |event: &str| {
//!     let slots = projection.read(event).ok()?;
//!     compiled.matches(&slots).then(|| compiled.measure(&slots).map(|measurement| measurement.value))
//! };
//! assert_eq!(measure(r#"{"status":404,"bytes":"1534"}"#), Some(Ok(1534.0)));
//! assert_eq!(measure(r#"{"status":404}"#), Some(Err(NoSample::ValueMissing)));
//! assert_eq!(measure(r#"{"status":200,"bytes":1}"#), None);
//! # Ok::<(), backtrail::metric::FilterError>(())
//! ```

pub mod distribution;
pub mod extended;
pub mod filter;
pub mod math;
pub mod metric_stat;
pub mod publish;
pub mod series;
pub mod statistic;
pub mod unit;

pub use distribution::Distribution;
pub use extended::ExtendedStatistic;
pub use filter::{Dimension, DimensionSet, FilterError, MetricFilter, MetricValue, ValueSource};
pub use math::MetricMath;
pub use metric_stat::MetricStat;
pub use publish::{CompiledFilter, Measurement, NoSample};
pub use series::{MetricIdentity, Sample, Series};
pub use statistic::{Statistic, StatisticSet};
pub use unit::Unit;
