//! Objects in S3, which are listed and read, and whole files of other buckets, which are written,
//! too.
//!
//! Everything asynchronous stays in this folder, and so does the switch for the feature `s3`.
//! Without the feature, the source exists but cannot be connected.

#[cfg(not(feature = "s3"))]
mod absent;
mod address;
#[cfg(feature = "s3")]
mod client;
#[cfg(feature = "s3")]
mod encoding;
#[cfg(feature = "s3")]
mod failure;
#[cfg(feature = "s3")]
mod files;
#[cfg(feature = "s3")]
mod inventory;
mod inventory_error;
mod inventory_objects;
#[cfg(feature = "s3")]
mod keys;
#[cfg(feature = "s3")]
mod layout;
#[cfg(feature = "s3")]
mod listing;
#[cfg(feature = "s3")]
mod look_up;
#[cfg(feature = "s3")]
mod meter;
pub(super) mod object;
mod options;
#[cfg(feature = "s3")]
mod pace;
#[cfg(feature = "s3")]
mod page;
#[cfg(feature = "s3")]
mod pages;
mod process;
#[cfg(feature = "s3")]
mod remote;
#[cfg(feature = "s3")]
mod retry;
#[cfg(feature = "s3")]
mod room;
#[cfg(feature = "s3")]
mod source;
mod state;
#[cfg(feature = "s3")]
mod throttle;

#[cfg(not(feature = "s3"))]
pub use absent::{RequestMeter, S3Inventory, S3Source};
pub use address::{Address, RemoteObject, split};
#[cfg(feature = "s3")]
pub use inventory::S3Inventory;
pub use inventory_error::InventoryError;
pub use inventory_objects::InventoryObjects;
#[cfg(feature = "s3")]
pub use meter::RequestMeter;
pub use options::{
    InvalidEndpoint, InvalidLateDays, KeyFilter, MOST_REQUESTS, RequestCounts, S3Options,
    parse_endpoint, parse_late_days,
};
#[cfg(feature = "s3")]
pub use source::S3Source;
pub use state::{BoundBy, RequestState};
