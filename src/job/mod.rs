//! Files that the user writes: definitions of metric filters, alarms and mute rules, samples,
//! recorded histories, and known incidents.

pub mod alarms;
mod coercion;
pub mod composites;
pub mod definitions;
pub mod export;
mod fault;
mod fields;
mod file;
pub mod filters;
mod formats;
mod found;
pub mod history;
pub mod incidents;
mod log_group;
mod metric_table;
mod mutes;
mod name;
pub mod options;
pub mod parameters;
mod queries;
pub mod rules;
pub mod samples;
mod template;
mod terraform_attributes;
mod value_size;
mod windows;
mod written;
mod yaml;

pub use alarms::DefinedAlarm;
pub use composites::DefinedComposite;
pub use definitions::{Definitions, read_all_definitions, read_definitions};
pub use fault::{Fault, FaultCause, FaultPlace};
pub use file::JobError;
pub use history::{RecordedHistory, read_history};
pub use incidents::read_incidents;
pub use log_group::UnknownLogGroup;
pub use options::DefinitionOptions;
pub use parameters::TemplateParameters;
pub use rules::{DefinedJob, job};
pub use samples::{Samples, read_samples};
