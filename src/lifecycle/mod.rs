//! The life of a secret or key on its way to deletion, as far as records tell it.

pub mod target;

pub use target::target;
