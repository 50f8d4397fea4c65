//! Where objects are: on disk.

pub mod disk;

pub use disk::{Listing, Object, SourceError, list, read};
