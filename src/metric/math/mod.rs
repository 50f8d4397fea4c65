//! Metric math: expressions over the datapoints of metrics (user guide, "Using math expressions
//! with CloudWatch metrics").
//!
//! An expression goes through stages, one file each: text → tokens (`lex`) → tree (`parse`,
//! `expression`) → value (`evaluate`).
//!
//! ```
//! use backtrail::metric::math::{MetricMath, Query, TimeGrid};
//! use backtrail::metric::MetricStat;
//!
//! let metric = |id| Query::metric(id, MetricStat::default());
//! let rate = Query::expression("rate", "100 * errors / requests")?;
//! let math = MetricMath::new(vec![metric("errors"), metric("requests"), rate], 2)?;
//! let grid = TimeGrid { starts_seconds: vec![0, 60, 120], period_seconds: 60 };
//! let metrics = [vec![Some(1.0), None, Some(2.0)], vec![Some(4.0), Some(5.0), None]];
//! assert_eq!(math.evaluate(&grid, &metrics), [Some(25.0), Some(0.0), None]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod choice;
mod error;
mod evaluate;
mod expression;
mod function;
mod grid;
mod lex;
mod metric_math;
mod operator;
mod parse;
mod query;
mod value;

pub use error::{
    DEPTH_LIMIT, EXPRESSION_LIMIT, ExpressionError, ExpressionErrorKind, METRICS_LIMIT,
    MetricMathError, NESTING_LIMIT,
};
pub use grid::{Datapoints, TimeGrid};
pub use metric_math::MetricMath;
pub use query::{MathExpression, Query, QuerySource};
