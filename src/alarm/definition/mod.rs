//! Alarms as their owners define them: metric alarms, composite alarms and mute rules.

pub mod alarm_rule;
pub mod composite;
pub mod configuration;
pub mod cron;
pub mod evaluation_window;
pub mod mute;
pub mod place;
pub mod watched;

pub use configuration::AlarmConfiguration;
pub use watched::{Observed, Watched};
