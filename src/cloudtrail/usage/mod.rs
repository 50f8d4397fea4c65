//! Uses of secrets and keys, as records document them.

pub mod call;
mod caller;
pub mod outcome;
mod raw;
pub mod resource;
pub mod used_record;

pub use call::{UseCall, UseKind, UseService};
pub use outcome::UseOutcome;
pub use resource::UsedResources;
pub use used_record::{UseFacts, UsedMembers, UsedRecord};
