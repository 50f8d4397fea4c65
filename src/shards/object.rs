//! The objects of a shard, as a plan has them.

use std::path::{MAIN_SEPARATOR_STR, Path};
use std::sync::Arc;

use compact_str::CompactString;
use jiff::Timestamp;

use super::ShardError;
use crate::findings::{ContentTag, ListedObject};
use crate::ledger::ContentsHash;
use crate::source::s3::Address;
use crate::source::{Location, Object, RemoteObject};
use crate::table::format::parquet::{self, Compression};
use crate::table::schema::{TableColumns, TableSchema};

/// The name of the table.
const KEYS: &str = "keys";

/// An object of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlannedObject {
    /// The key or path, as it was listed.
    pub key: Arc<str>,
    stored_bytes: Option<u64>,
    etag: Option<String>,
    storage_class: Option<CompactString>,
    modified_at: Option<Timestamp>,
    named: bool,
}

impl PlannedObject {
    /// Returns what a plan holds of an object.
    ///
    /// # Errors
    ///
    /// Returns an error if another process could not find the object by it.
    pub fn from_object(object: &Object) -> Result<Self, ShardError> {
        let mut planned = Self {
            key: object.key.clone(),
            stored_bytes: object.stored_bytes,
            named: object.named,
            ..Self::default()
        };
        match &object.location {
            Location::StandardInput => return Err(ShardError::StandardInput),
            Location::File {
                path: Some(path), ..
            } if !is_spelled_out(path, &object.key) => {
                return Err(ShardError::Name(object.key.to_string()));
            }
            Location::File { modified, .. } => planned.modified_at = *modified,
            Location::Remote(remote) => {
                planned.etag.clone_from(&remote.etag);
                planned.storage_class.clone_from(&remote.storage_class);
            }
        }
        Ok(planned)
    }

    /// Returns the object. A path that is not absolute is one below `folder`.
    pub fn into_object(self, folder: &Path) -> Object {
        Object {
            location: self.location(folder),
            key: self.key,
            stored_bytes: self.stored_bytes,
            named: self.named,
        }
    }

    fn location(&self, folder: &Path) -> Location {
        match Address::parse(&self.key) {
            Some(Address { bucket, prefix }) => Location::Remote(Box::new(RemoteObject {
                bucket,
                key: prefix,
                etag: self.etag.clone(),
                stored_bytes: self.stored_bytes,
                storage_class: self.storage_class.clone(),
            })),
            None => Location::File {
                path: Some(folder.join(&*self.key)),
                modified: self.modified_at,
            },
        }
    }

    /// Returns the object as it was listed.
    pub fn listed(&self) -> ListedObject<'_> {
        let etag = self.etag.as_deref().map(ContentTag::ETag);
        ListedObject {
            key: &self.key,
            tag: etag.or(self.modified_at.map(ContentTag::Modified)),
            stored_bytes: self.stored_bytes,
            named: self.named,
        }
    }

    /// Returns the size in bytes, if it is known.
    pub fn stored_bytes(&self) -> u64 {
        self.stored_bytes.unwrap_or_default()
    }
}

/// Returns whether a key is the path, but for its separators.
fn is_spelled_out(path: &Path, key: &str) -> bool {
    let text = path.to_str();
    text.is_some_and(|text| text.replace(MAIN_SEPARATOR_STR, "/") == key)
}

/// Returns the hash of the key, size and ETag of each object.
pub(super) fn contents_sha256(objects: &[PlannedObject]) -> String {
    let mut hash = ContentsHash::default();
    for object in objects {
        hash.add(object.listed());
    }
    hash.finish()
}

/// Returns objects as the bytes of a file.
///
/// # Errors
///
/// Returns an error if there is no memory; describes it.
pub(super) fn to_bytes(objects: &[PlannedObject]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let table = schema().table(KEYS, objects);
    let written = parquet::write([&table], Compression::Zstandard, &mut bytes);
    written.map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// Reads objects from the bytes of a file.
///
/// # Errors
///
/// Returns an error if they are not as they were written; describes it.
pub(super) fn from_bytes(bytes: Vec<u8>) -> Result<Vec<PlannedObject>, String> {
    let schema = schema();
    let table = parquet::read(KEYS, &schema.read_columns(), bytes);
    let table = table.map_err(|error| error.to_string())?;
    let objects = schema.read(&mut TableColumns::new(table), PlannedObject::default);
    objects.map_err(|error| error.to_string())
}

fn schema() -> TableSchema<'static, PlannedObject> {
    TableSchema::<PlannedObject>::builder()
        .text("key", |row| Some(&row.key))
        .required(|row, key| row.key = key.into())
        .integer("size", |row| row.stored_bytes)
        .optional(|row, bytes| row.stored_bytes = bytes)
        .text("etag", |row| row.etag.as_deref())
        .optional(|row, etag| row.etag = etag)
        .text("storage_class", |row| row.storage_class.as_deref())
        .optional(|row, class| row.storage_class = class.map(Into::into))
        .time("modified_at", |row| row.modified_at)
        .optional(|row, time| row.modified_at = time)
        .boolean("named", |row| Some(row.named))
        .required(|row, named| row.named = named)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remote(key: &str) -> Object {
        Object {
            key: format!("s3://bucket/{key}").into(),
            location: Location::Remote(Box::new(RemoteObject {
                bucket: "bucket".to_owned(),
                key: key.to_owned(),
                etag: Some("e".to_owned()),
                stored_bytes: Some(7),
                storage_class: Some("STANDARD_IA".into()),
            })),
            stored_bytes: Some(7),
            named: true,
        }
    }

    fn file(key: &str, path: Option<&str>) -> Object {
        Object {
            key: key.into(),
            location: Location::File {
                path: path.map(Into::into),
                modified: Some(Timestamp::UNIX_EPOCH),
            },
            stored_bytes: None,
            named: false,
        }
    }

    #[test]
    fn objects_are_read_as_they_were_planned() {
        let objects = [remote("a//b c"), remote(""), file("d/e", None)];
        let planned = objects.each_ref().map(PlannedObject::from_object);
        let planned = planned.map(|object| object.expect("an object"));
        let bytes = to_bytes(&planned).expect("bytes");
        assert_eq!(from_bytes(bytes).expect("objects"), planned);
        for (planned, object) in planned.into_iter().zip(objects) {
            assert_eq!(planned.listed(), object.listed());
            let again = planned.into_object(Path::new("/base"));
            assert_eq!(again.listed(), object.listed());
            match object.path() {
                None => assert_eq!(again, object),
                Some(_) => assert_eq!(again.path(), Some(Path::new("/base/d/e"))),
            }
        }
    }

    #[test]
    fn what_another_process_cannot_find_is_refused() {
        let escaped = PlannedObject::from_object(&file("a\\xFF", Some("a?")));
        assert!(matches!(escaped, Err(ShardError::Name(_))), "{escaped:?}");
        let input = Object {
            location: Location::StandardInput,
            ..file("-", None)
        };
        let input = PlannedObject::from_object(&input);
        assert!(matches!(input, Err(ShardError::StandardInput)), "{input:?}");
        assert!(from_bytes(b"PAR1".to_vec()).is_err());
    }
}
