//! The objects of an archive, sorted by what a verification does with them.

use crate::cloudtrail::key::{ObjectKey, ObjectKind};
use crate::integrity::SIGNATURE_FILE;
use crate::source::Object;

/// The ends of the names of files that hold the metadata of another file, after its name.
const SIDECARS: [&str; 2] = [".metadata.json", ".head.json"];

/// The objects of an archive, by what a verification does with them.
#[derive(Default)]
pub(super) struct Sorted {
    pub(super) digests: Vec<Object>,
    pub(super) log_files: Vec<Object>,
    pub(super) sidecars: Vec<Object>,
    /// Query results of CloudTrail Lake, and their signatures.
    pub(super) lake_files: Vec<Object>,
}

impl Sorted {
    pub(super) fn add(&mut self, object: &Object) {
        if let Some(objects) = self.group(&object.key) {
            objects.push(object.clone());
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        let all = [&self.digests, &self.log_files, &self.lake_files];
        all.iter().all(|objects| objects.is_empty())
    }

    fn group(&mut self, key: &str) -> Option<&mut Vec<Object>> {
        if is_lake_file(key) {
            return Some(&mut self.lake_files);
        }
        // CloudTrail marks its folders with objects of their name.
        if key.ends_with('/') || !ObjectKey::is_of_layout(key) {
            return None;
        }
        if digest_key(key).is_some() {
            return Some(&mut self.sidecars);
        }
        match ObjectKey::parse(key).kind {
            ObjectKind::Digest => Some(&mut self.digests),
            ObjectKind::Events
            | ObjectKind::Insight
            | ObjectKind::NetworkActivity
            | ObjectKind::Aggregated => Some(&mut self.log_files),
            ObjectKind::Lake | ObjectKind::Other(_) => None,
        }
    }
}

/// Returns whether a file is one of query results, in whatever folder: they are mostly downloaded
/// without the folders.
fn is_lake_file(key: &str) -> bool {
    let name = key.rsplit('/').next().unwrap_or(key);
    let number = name.strip_prefix("result_");
    let number = number.and_then(|rest| rest.strip_suffix(".csv.gz"));
    let is_number = number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    is_number || name == SIGNATURE_FILE
}

/// Returns the keys of the files that may hold the metadata of a digest, in a fixed order.
pub(super) fn sidecar_keys(digest_key: &str) -> impl Iterator<Item = String> {
    SIDECARS.iter().map(move |end| format!("{digest_key}{end}"))
}

/// Returns the key of the digest that a file keeps the metadata of.
pub(super) fn digest_key(key: &str) -> Option<&str> {
    SIDECARS.iter().find_map(|end| key.strip_suffix(end))
}
