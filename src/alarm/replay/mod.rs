//! The states of alarms over time.

pub mod action;
pub mod backtest;
pub mod change;
mod clock;
pub mod comparison;
pub mod composite_alarm;
pub mod composite_comparison;
mod cut;
pub mod episode;
pub mod evaluate;
pub mod interval;
pub mod judge;
pub mod metric_alarm;
pub mod observed;
pub mod options;
mod schedule;
pub mod timeline;
mod windows;

pub use action::Restraints;
pub use backtest::Evaluations;
pub use change::{Change, ReplayedAlarm};
pub use comparison::{Difference, HistoryComparison, compare};
pub use episode::{Episode, episodes};
pub use interval::Interval;
pub use judge::{Delays, GroundTruth, Performance};
pub use metric_alarm::{evaluate_at, replay, replay_plainly};
pub use observed::Observed;
pub use options::{PrematureBreach, ReplayEnd, ReplayOptions, ReplayRange, ReplaySpan};
