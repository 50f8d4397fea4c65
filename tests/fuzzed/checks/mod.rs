//! What must hold for any bytes. The fuzz targets look for bytes that break it; `cargo test` tries
//! the seeds, and those that once did.

#![allow(dead_code, reason = "each fuzz target uses one of the checks")]

pub mod container;
pub mod integrity;
pub mod json;
pub mod ledger;
pub mod pattern;
