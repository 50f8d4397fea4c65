//! The alarm on a metric, evaluated as CloudWatch evaluates it.
//!
//! [`configuration`] says what an alarm asks, [`mod@evaluate`] decides one evaluation, [`mod@replay`] runs it over a
//! series, [`episode`] tells the stretches in ALARM, [`mod@reason`] words why a state changed.

pub mod configuration;
pub mod episode;
pub mod evaluate;
pub mod reason;
pub mod replay;

pub use configuration::AlarmConfiguration;
pub use episode::{Episode, episodes};
pub use replay::{ReplayRange, Transition, replay};
