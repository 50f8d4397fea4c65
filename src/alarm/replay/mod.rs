//! The states of alarms over time.

pub mod action;
pub mod backtest;
pub mod comparison;
mod cut;
pub mod episode;
pub mod evaluate;
pub mod metric_alarm;
mod windows;

pub use action::Restraints;
pub use backtest::{Evaluations, Evidence, Performance, Stretch};
pub use comparison::{Comparison, Difference, compare};
pub use episode::{Episode, episodes};
pub use evaluate::PrematureBreach;
pub use metric_alarm::{
    ReplayOptions, ReplayRange, Transition, Verdict, evaluate_at, replay, replay_plainly,
};
