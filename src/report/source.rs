//! The stored objects that hold attempts or steps of the lifecycle.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::findings::SourceObject;

/// The separator between the key of an archive and the path of a file in it.
const ENTRY_SEPARATOR: &str = "!/";

/// A stored object that holds attempts or steps of the lifecycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EvidenceObject {
    /// The key or path. Of a file in an archive, it is that of the archive.
    #[serde(rename = "object_key")]
    pub object: String,
    /// The size in its source, in bytes; `None` if a ledger does not contain it.
    pub stored_bytes: Option<u64>,
    /// The ETag of S3, as it was listed.
    pub etag: Option<Box<str>>,
    /// The SHA-256 of the stored bytes, in hexadecimal digits; `None` if the object was not read to
    /// its end, or a ledger does not contain it.
    pub sha256: Option<Box<str>>,
    /// The number of records that rules selected, copies included.
    pub attempts: u64,
    /// The number of records of steps of the lifecycle, copies included.
    pub lifecycle: u64,
}

/// The stored objects that hold attempts or steps of the lifecycle, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    sources: Vec<EvidenceObject>,
}

/// Sources, while what they hold is counted.
#[derive(Debug)]
pub struct SourceCounter {
    sources: BTreeMap<String, EvidenceObject>,
}

impl Sources {
    /// Returns all sources.
    pub fn all(&self) -> &[EvidenceObject] {
        &self.sources
    }

    /// Returns the source of a record in an object, or in a file of an archive.
    pub fn find(&self, object: &str) -> Option<&EvidenceObject> {
        names(object).find_map(|name| self.named(name))
    }

    fn named(&self, name: &str) -> Option<&EvidenceObject> {
        let sources = &self.sources;
        let found = sources.binary_search_by(|source| source.object.as_str().cmp(name));
        sources.get(found.ok()?)
    }
}

impl SourceCounter {
    /// Returns sources without attempts.
    pub fn new(objects: Vec<SourceObject>) -> Self {
        let sources = objects.into_iter().map(EvidenceObject::from_object);
        let by_name = sources.map(|source| (source.object.clone(), source));
        Self {
            sources: by_name.collect(),
        }
    }

    /// Returns the source of a record in an object, or in a file of an archive.
    pub fn find(&mut self, object: &str) -> &mut EvidenceObject {
        let known = names(object).find(|name| self.sources.contains_key(*name));
        // A ledger of an earlier version names no sources.
        let name = known.unwrap_or(object).to_owned();
        let unknown = || EvidenceObject::unknown(object);
        self.sources.entry(name).or_insert_with(unknown)
    }

    /// Returns the sources that hold anything.
    pub fn finish(self) -> Sources {
        let sources = self.sources.into_values();
        let counted = sources.filter(|source| source.attempts + source.lifecycle > 0);
        Sources {
            sources: counted.collect(),
        }
    }
}

/// Returns the names that the source of an object may have: its own, and those of archives that it
/// may be in.
fn names(object: &str) -> impl Iterator<Item = &str> {
    // Paths may contain the separator, too, so any of them may end the key of the archive.
    let ends = object.match_indices(ENTRY_SEPARATOR);
    let archives = ends.filter_map(|(end, _)| object.get(..end));
    std::iter::once(object).chain(archives)
}

impl EvidenceObject {
    fn from_object(object: SourceObject) -> Self {
        Self {
            object: object.object.to_string(),
            stored_bytes: Some(object.stored_bytes),
            etag: object.etag,
            sha256: object.sha256,
            attempts: 0,
            lifecycle: 0,
        }
    }

    fn unknown(object: &str) -> Self {
        Self {
            object: object.to_owned(),
            stored_bytes: None,
            etag: None,
            sha256: None,
            attempts: 0,
            lifecycle: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(object: &str) -> SourceObject {
        SourceObject {
            object: object.into(),
            stored_bytes: 1,
            etag: None,
            sha256: Some("aa".into()),
        }
    }

    #[test]
    fn files_of_an_archive_belong_to_it() {
        let mut sources = SourceCounter::new(["a", "b!/c.tar", "d"].map(source).into());
        for object in ["a", "b!/c.tar!/x!/y", "b!/c.tar!/z", "e"] {
            sources.find(object).attempts += 1;
        }
        sources.find("a").lifecycle += 1;
        let sources = sources.finish();
        let counts = sources.all().iter();
        let counts: Vec<_> = counts
            .map(|source| (source.object.as_str(), source.attempts, source.lifecycle))
            .collect();
        assert_eq!(counts, [("a", 1, 1), ("b!/c.tar", 2, 0), ("e", 1, 0)]);
        let hash = |object| {
            sources
                .find(object)
                .and_then(|found| found.sha256.as_deref())
        };
        assert_eq!(hash("b!/c.tar!/z"), Some("aa"));
        assert_eq!((hash("e"), hash("d")), (None, None));
    }
}
