//! Listed objects as rows of a spool, since there may be more of them than memory should hold.

use std::cmp::Ordering;
use std::ffi::OsString;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Location, Object, RemoteObject};
use crate::spool::{Keyed, Spool, SpoolError, Spooled};

impl Keyed for Object {
    /// One object is kept for each key, as places may contain each other.
    const IS_UNIQUE: bool = true;

    type Rest<'a> = ListedRest<'a>;

    fn key(&self) -> &str {
        &self.key
    }

    /// Compares objects by their keys. Of those with the same key, one that was named comes first,
    /// and then the one with the lower tag, size and storage class, in whatever order they were
    /// listed.
    fn compare(&self, other: &Self) -> Ordering {
        // True is greater than false, so the flags change sides.
        let keys = (&self.key, other.named).cmp(&(&other.key, self.named));
        keys.then_with(|| self.content().cmp(&other.content()))
            .then_with(|| self.storage_class().cmp(&other.storage_class()))
    }

    fn rest(&self) -> ListedRest<'_> {
        ListedRest {
            place: ListedPlace::new(&self.location),
            stored_bytes: self.stored_bytes,
            named: self.named,
        }
    }

    fn from_rest(key: &str, rest: ListedRest<'_>) -> Result<Self, String> {
        Ok(Self {
            key: key.into(),
            location: rest.place.location(key)?,
            stored_bytes: rest.stored_bytes,
            named: rest.named,
        })
    }
}

impl Object {
    /// Returns what tells the object from another one with the same key.
    fn content(&self) -> (Option<&str>, Option<u64>) {
        let etag = self.remote().and_then(|remote| remote.etag.as_deref());
        (etag, self.stored_bytes)
    }

    fn storage_class(&self) -> Option<&str> {
        self.remote()?.storage_class.as_deref()
    }
}

/// A row of a list, in which several rows may have the same key.
#[derive(Clone, Debug)]
pub(super) struct ListedRow(pub(super) Object);

impl Keyed for ListedRow {
    type Rest<'a> = ListedRest<'a>;

    fn key(&self) -> &str {
        &self.0.key
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.0.compare(&other.0)
    }

    fn rest(&self) -> ListedRest<'_> {
        self.0.rest()
    }

    fn from_rest(key: &str, rest: ListedRest<'_>) -> Result<Self, String> {
        Object::from_rest(key, rest).map(Self)
    }
}

/// The numbers of rows of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RowCounts {
    /// The number of keys.
    pub(super) objects: u64,
    /// The number of rows with the key of an earlier row.
    pub(super) repeated: u64,
    /// The number of those that have another size or tag than the row that is kept.
    pub(super) contradictory: u64,
}

/// Adds the first of the selected rows of each key to `objects`, and counts them.
///
/// # Errors
///
/// Returns an error if the rows cannot be read. If they cannot be written, `objects` says so when
/// it is finished.
pub(super) fn keep_distinct(
    rows: &Spooled<ListedRow>,
    is_selected: &dyn Fn(&Object) -> bool,
    objects: &Spool<Object>,
) -> Result<RowCounts, SpoolError> {
    let mut counts = RowCounts::default();
    let mut kept: Option<Object> = None;
    for row in rows.rows() {
        let ListedRow(object) = row?;
        if !is_selected(&object) {
            continue;
        }
        if let Some(kept) = kept.as_ref().filter(|kept| kept.key == object.key) {
            counts.repeated += 1;
            counts.contradictory += u64::from(kept.content() != object.content());
            continue;
        }
        counts.objects += 1;
        // A temporary file that failed says why when it is finished.
        let _ = objects.extend(kept.replace(object));
    }
    let _ = objects.extend(kept);
    Ok(counts)
}

/// A listed object without its key.
#[derive(Serialize, Deserialize)]
pub struct ListedRest<'a> {
    #[serde(borrow)]
    place: ListedPlace<'a>,
    stored_bytes: Option<u64>,
    named: bool,
}

/// The place of a listed object.
#[derive(Serialize, Deserialize)]
enum ListedPlace<'a> {
    File {
        path: Option<OsString>,
        /// In nanoseconds since the epoch.
        modified: Option<i128>,
    },
    StandardInput,
    // The key in the bucket is the end of the key of the object.
    Remote {
        bucket: &'a str,
        etag: Option<&'a str>,
        stored_bytes: Option<u64>,
        storage_class: Option<&'a str>,
    },
}

impl<'a> ListedPlace<'a> {
    fn new(location: &'a Location) -> Self {
        match location {
            Location::File { path, modified } => Self::File {
                path: path.as_ref().map(|path| path.as_os_str().to_owned()),
                modified: modified.map(Timestamp::as_nanosecond),
            },
            Location::StandardInput => Self::StandardInput,
            Location::Remote(remote) => Self::Remote {
                bucket: &remote.bucket,
                etag: remote.etag.as_deref(),
                stored_bytes: remote.stored_bytes,
                storage_class: remote.storage_class.as_deref(),
            },
        }
    }

    fn location(self, key: &str) -> Result<Location, String> {
        match self {
            Self::File { path, modified } => {
                let modified = modified.map(Timestamp::from_nanosecond).transpose();
                Ok(Location::File {
                    path: path.map(PathBuf::from),
                    modified: modified.map_err(|error| error.to_string())?,
                })
            }
            Self::StandardInput => Ok(Location::StandardInput),
            Self::Remote {
                bucket,
                etag,
                stored_bytes,
                storage_class,
            } => Ok(Location::Remote(Box::new(RemoteObject {
                etag: etag.map(str::to_owned),
                stored_bytes,
                storage_class: storage_class.map(Into::into),
                ..RemoteObject::at_address(bucket.to_owned(), key)
            }))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::s3::object;

    impl Object {
        /// Returns a file with this key.
        pub(crate) fn example(key: &str) -> Self {
            Self {
                key: key.into(),
                location: Location::File {
                    path: None,
                    modified: None,
                },
                stored_bytes: None,
                named: false,
            }
        }
    }

    fn objects() -> Vec<Object> {
        let file = |path: Option<PathBuf>, modified| Object {
            key: "a/b".into(),
            location: Location::File { path, modified },
            ..Object::example("a/b")
        };
        let remote = RemoteObject {
            bucket: "bucket".to_owned(),
            key: "a//b".to_owned(),
            etag: Some("e".to_owned()),
            stored_bytes: None,
            storage_class: Some("GLACIER".into()),
        };
        let mut objects = vec![
            file(None, None),
            file(None, Some(Timestamp::UNIX_EPOCH)),
            file(Some("a\\b".into()), None),
            Object {
                key: "-".into(),
                location: Location::StandardInput,
                named: true,
                ..Object::example("a/b")
            },
            Object {
                key: remote.address().into(),
                location: Location::Remote(Box::new(remote)),
                stored_bytes: Some(7),
                named: false,
            },
        ];
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStringExt;
            objects.push(file(
                Some(OsString::from_vec(vec![b'a', 0xff]).into()),
                None,
            ));
        }
        objects
    }

    #[test]
    fn repeated_rows_are_counted_in_any_order() {
        let object = |key: &str, etag: &str, class: &str| {
            object::listed(RemoteObject {
                etag: Some(etag.to_owned()),
                storage_class: Some(class.into()),
                ..RemoteObject::at_address("b".to_owned(), key)
            })
        };
        let mut rows = [
            object("s3://b/a", "e", "GLACIER"),
            object("s3://b/a", "e", "STANDARD"),
            object("s3://b/a", "f", "GLACIER"),
            object("s3://b/c", "e", "GLACIER"),
            object("s3://b/d", "e", "GLACIER"),
            object("s3://b/d", "e", "GLACIER"),
        ];
        for memory_rows in [2, 100] {
            for _ in 0..rows.len() {
                rows.rotate_left(1);
                let spool = Spool::with_memory(memory_rows);
                let _ = spool.extend(rows.iter().cloned().map(ListedRow));
                let (spooled, objects) = (spool.finish().expect("rows"), Spool::default());
                let is_selected = |object: &Object| !object.key.ends_with('d');
                let counts = keep_distinct(&spooled, &is_selected, &objects).expect("rows");
                let expected = RowCounts {
                    objects: 2,
                    repeated: 2,
                    contradictory: 1,
                };
                assert_eq!(counts, expected);
                let kept: Result<Vec<Object>, _> = objects.finish().expect("rows").rows().collect();
                let kept = kept.expect("rows");
                assert_eq!(kept.len(), 2);
                assert_eq!(kept[0].content().0, Some("e"));
                assert_eq!(kept[0].storage_class(), Some("GLACIER"));
            }
        }
    }

    #[test]
    fn an_object_is_read_from_a_run_as_it_was_listed() {
        for object in objects() {
            let bytes = postcard::to_stdvec(&object.rest()).expect("bytes");
            let rest = postcard::from_bytes(&bytes).expect("a row");
            assert_eq!(Object::from_rest(object.key(), rest), Ok(object));
        }
    }
}
