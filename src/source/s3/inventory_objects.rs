//! The objects of an inventory of S3.

use crate::problem::Problem;
use crate::source::Object;
use crate::spool::Spooled;

/// The objects of an inventory of S3.
#[derive(Debug)]
pub struct InventoryObjects {
    /// The objects, one for each key.
    pub objects: Spooled<Object>,
    /// The number of rows with the key of another row.
    pub repeated: u64,
    /// The addresses at which nothing was listed.
    pub problems: Vec<Problem>,
}
