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

/// The folder of these files, below that of the plan.
const FOLDER: &str = "known";

fn number_in(name: &str) -> Option<&str> {
    let rest = name.strip_prefix(FOLDER)?.strip_prefix('/')?;
    rest.strip_suffix(".parquet")
}

impl KnownKeys {
    /// Returns the name of the file with this number.
    pub(super) fn file_name(number: usize) -> String {
        format!("{FOLDER}/{number:06}.parquet")
    }

    /// Returns whether this is the name of such a file.
    pub(super) fn is_file_name(name: &str) -> bool {
        // The names of a plan become paths, so no other file can be named.
        number_in(name).is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_plan_are_named() {
        assert!(KnownKeys::is_file_name(&KnownKeys::file_name(1_234_567)));
        for name in [
            "known/../a.parquet",
            "keys/1.parquet",
            "known/1",
            "/1.parquet",
            "",
        ] {
            assert!(!KnownKeys::is_file_name(name), "{name}");
        }
    }
}
