//! Archives: files in one file.

pub(super) mod entry;
pub(super) mod tar;
pub(super) mod zip;
