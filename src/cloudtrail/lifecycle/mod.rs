//! The life of a secret or key on its way to deletion, as records document it.

pub mod deletion;
pub mod deletion_date;
pub mod step;
pub mod target;

pub use deletion::Deletion;
pub use step::Step;
pub use target::target;
