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
//!     let measured = compiled.matches(&slots).then(|| compiled.measure(&slots))?;
//!     Some(measured.map(|measurement| measurement.value))
//! };
//! assert_eq!(measure(r#"{"status":404,"bytes":"1534"}"#), Some(Ok(1534.0)));
//! assert_eq!(measure(r#"{"status":404}"#), Some(Err(NoSample::ValueMissing)));
//! assert_eq!(measure(r#"{"status":200,"bytes":1}"#), None);
//! # Ok::<(), backtrail::metric::FilterError>(())
//! ```

pub mod distribution;
pub mod extended;
pub mod filter;
pub mod filter_error;
pub mod identity;
pub mod math;
pub mod measurement;
pub mod metric_stat;
pub mod period;
pub mod publish;
pub mod sample;
pub mod selection_criteria;
pub mod series;
mod source;
pub mod statistic;
pub mod statistic_set;
pub mod trimmed;
pub mod unit;
pub mod value;
pub mod value_range;

pub use distribution::Distribution;
pub use extended::ExtendedStatistic;
pub use filter::MetricFilter;
pub use filter_error::FilterError;
pub use identity::{DimensionSet, MetricIdentity, dimensions_text};
pub use math::MetricMath;
pub use measurement::{Measurement, NoSample};
pub use metric_stat::MetricStat;
pub use publish::CompiledFilter;
pub use sample::Sample;
pub use selection_criteria::{CriteriaError, SelectionCriteria, SystemFields};
pub use series::{NamedSeries, Series};
pub use statistic::{NamedStatistic, Statistic};
pub use statistic_set::StatisticSet;
pub use trimmed::Bounds;
pub use unit::Unit;
pub use value::{Dimension, MetricValue, SystemDimension, ValueSource};
