//! The inventories of S3 that a report was made from.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An inventory of S3, from which objects were taken in place of a listing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BucketInventory {
    /// The path or address of its manifest.
    pub manifest: String,
    /// The time at which S3 began to list the bucket.
    pub created_at: Timestamp,
}
