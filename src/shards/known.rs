//! The objects that a plan leaves out since a ledger knows them. A digest may list their log files,
//! which are not missing then.

use serde::{Deserialize, Serialize};

use crate::cloudtrail::Deliveries;

/// A line of `known.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownKeys {
    /// The file with the objects, below the folder of the plan. The last line has none: its
    /// deliveries are those of all objects, whether or not their names are in a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The days of the deliveries.
    pub deliveries: Deliveries,
}
