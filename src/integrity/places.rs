//! The accounts and regions that a verification is about.

use std::collections::BTreeSet;

use super::{FoundDigest, LogFile, ObjectName};
use crate::cloudtrail::key::ObjectKey;

/// The requested accounts and regions.
#[derive(Clone, Debug, Default)]
pub struct RequestedPlaces {
    /// The requested accounts; all accounts if empty.
    pub accounts: BTreeSet<String>,
    /// The requested regions; all regions if empty.
    pub regions: BTreeSet<String>,
}

impl RequestedPlaces {
    /// Returns whether an object is requested. One whose key has no account or no region is.
    pub(super) fn include(&self, name: &ObjectName) -> bool {
        if self.are_all() {
            return true;
        }
        let key = ObjectKey::parse(&name.key);
        includes(&self.accounts, key.account.as_deref())
            && includes(&self.regions, key.region.as_deref())
    }

    /// Returns whether a digest is requested: because of its own place, or of a log file that it
    /// lists, since that may be of another account.
    pub(super) fn include_digest(&self, found: &FoundDigest) -> bool {
        if self.include(&found.name) {
            return true;
        }
        let content = found.content.as_ref().ok();
        content.is_some_and(|content| {
            let digest = &content.digest;
            self.include(&digest.name) || self.include_any(&digest.log_files)
        })
    }

    fn include_any(&self, files: &[LogFile]) -> bool {
        files.iter().any(|file| self.include(&file.name))
    }

    /// Returns whether everything is requested.
    pub(super) fn are_all(&self) -> bool {
        self.accounts.is_empty() && self.regions.is_empty()
    }
}

fn includes(requested: &BTreeSet<String>, value: Option<&str>) -> bool {
    requested.is_empty() || value.is_none_or(|value| requested.contains(value))
}
