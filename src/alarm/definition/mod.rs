//! Alarms as their owners define them: metric alarms, composite alarms and mute rules.

pub mod actions;
pub mod alarm_rule;
pub mod any;
pub mod composite;
pub mod configuration;
pub mod cron;
pub mod evaluation_window;
pub mod mute;
pub mod partition;
pub mod place;
pub mod scope;
pub mod time_zone;
pub mod timing;
pub mod vocabulary;
pub mod watched;

pub use any::AnyAlarm;
pub use configuration::AlarmConfiguration;
pub use scope::{AlarmGroup, AlarmScope};
pub use watched::Watched;
