//! The alarm on a metric, evaluated as CloudWatch evaluates it.
//!
//! [`configuration`] says what an alarm asks, [`watched`] of what, [`evaluation_window`] where its windows lie, `windows` when it looks at what,
//! [`mod@evaluate`] decides one evaluation,
//! [`mod@replay`] runs it over a series, [`episode`] tells the stretches in ALARM, [`mod@reason`] words why a
//! state changed, [`mod@history`] and [`notification`] what AWS would have kept and sent,
//! [`comparison`] sets it beside what AWS did keep.
//!
//! [`composite`] alarms stand on the states of others, by an [`alarm_rule`]. [`action`] tells when actions run, which a
//! suppressor or [`mute`] rules, on a [`cron`] schedule, may keep back.

pub mod action;
pub mod alarm_rule;
pub mod backtest;
pub mod comparison;
pub mod composite;
pub mod configuration;
pub mod cron;
mod cut;
mod email;
pub mod episode;
pub mod evaluate;
pub mod evaluation_window;
pub mod history;
pub mod mute;
pub mod notification;
pub mod place;
pub mod reason;
pub mod replay;
pub mod watched;
mod windows;

pub use action::Restraints;
pub use backtest::{Evaluations, Evidence, Performance, Stretch};
pub use comparison::{Comparison, Difference, compare};
pub use configuration::AlarmConfiguration;
pub use episode::{Episode, episodes};
pub use evaluate::YoungBreach;
pub use replay::{ReplayOptions, ReplayRange, Transition, Verdict, evaluate_at, replay, replay_plainly};
pub use watched::{Observed, Watched};
