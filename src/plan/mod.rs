//! Plans: everything to look for, checked.
//!
//! A plan holds rules whose patterns are compiled, and the selection of records that count. It
//! observes records one by one, from any thread, and keeps nothing of them.

pub mod built_in;
mod candidates;
pub mod clock;
mod compiled;
mod head;
pub mod job;
pub mod observation;
mod observe;
pub mod rule;
pub mod selection;
mod stages;
pub mod sweep;
pub mod warnings;

pub use built_in::BuiltInRule;
pub use clock::Clock;
pub use compiled::{Plan, PlanError, PlannedJob};
pub use job::{Job, JobAlarm};
pub use observation::{Observation, RecordLocation};
pub use observe::Depth;
pub use rule::Rule;
pub use selection::{Duplicates, Selection};
