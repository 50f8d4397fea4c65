//! The life of a secret or key on its way to deletion, as records document it: from the records of
//! steps, in any order, to the states of each secret and key over time.

mod aliases;
pub mod change;
pub mod deletion;
pub mod deletion_date;
pub mod history;
pub mod identity;
pub mod join;
pub mod names;
mod namesakes;
mod order;
pub mod phase;
pub mod resource;
pub mod state;
pub mod step;
pub mod target;
pub mod timeline;
pub mod transition;

pub use deletion::Deletion;
pub use history::{Histories, History, StepRecord};
pub use identity::{Exists, Identities, Mention, ResolvedResource};
pub use join::JoinReason;
pub use names::Names;
pub use phase::{Phase, days_left};
pub use resource::{Home, Resource, ResourceKind};
pub use state::DeletionState;
pub use step::Step;
pub use target::target;
pub use timeline::{DeletionTimeline, StateInterval};
