//! The layout of an archive on disk: the bucket and key of each path.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::extension::without_compression;
use super::{Digest, ObjectName};

/// The folder of a bucket that CloudTrail writes into.
const ROOT: &str = "AWSLogs";

/// The places that digests and their log files were delivered to, by which paths are understood.
///
/// An archive on disk may be a folder for each bucket, the content of one bucket, or a part of it.
/// What the digests say decides, so nobody has to describe the layout.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// The prefixes of trails, those before the root, with the buckets that have them.
    prefixes: BTreeMap<String, BTreeSet<String>>,
    /// The places of files, by their file names, if there are paths that need them.
    by_file_name: HashMap<String, ObjectName>,
    knows_file_names: bool,
}

impl Layout {
    /// Creates a layout by which these paths are understood.
    pub fn for_paths(mut paths: impl Iterator<Item = impl AsRef<str>>) -> Self {
        // The file names of all log files take much memory, and archives that are as CloudTrail
        // delivered them need none.
        Self {
            knows_file_names: !paths.all(|path| is_as_delivered(path.as_ref())),
            ..Self::default()
        }
    }

    /// Adds what a digest says about places.
    pub fn add(&mut self, digest: &Digest) {
        self.add_place(&digest.name);
        for file in &digest.log_files {
            self.add_place(&file.name);
        }
    }

    fn add_place(&mut self, name: &ObjectName) {
        if let Some((prefix, _)) = split_at_root(&name.key) {
            self.add_prefix(prefix, &name.bucket);
        }
        if self.knows_file_names {
            self.add_file_name(name);
        }
    }

    fn add_file_name(&mut self, name: &ObjectName) {
        let file_name = name.file_name().to_owned();
        let place = self.by_file_name.entry(file_name);
        place.or_insert_with(|| name.clone());
    }

    fn add_prefix(&mut self, prefix: &str, bucket: &str) {
        // Nearly all places have the same prefix and bucket, of which no copies are made.
        match self.prefixes.get_mut(prefix) {
            Some(buckets) if buckets.contains(bucket) => {}
            Some(buckets) => {
                buckets.insert(bucket.to_owned());
            }
            None => {
                let buckets = BTreeSet::from([bucket.to_owned()]);
                self.prefixes.insert(prefix.to_owned(), buckets);
            }
        }
    }

    /// Returns the name of the object at a path below a folder with this name. The segments of the
    /// path are separated by `/`.
    ///
    /// A file that was copied out of the layout has the place that a digest names for its file
    /// name, and one that was decompressed, or compressed in another way, has the name that it was
    /// delivered with.
    pub fn name(&self, folder: &str, path: &str) -> ObjectName {
        let packed = self.packed_path(path);
        let path = packed.as_deref().unwrap_or(path);
        let Some((before, below)) = split_at_root(path) else {
            let place = self.by_file_name.get(file_name(path)).cloned();
            return place.unwrap_or_else(|| ObjectName::new(folder, path));
        };
        let (outer, prefix) = self.split_prefix(before);
        // Outside of the prefix, the nearest folder is named after the bucket. Without one, the
        // archive is the content of a single bucket.
        let bucket = match outer.rsplit('/').next() {
            Some(bucket) if !bucket.is_empty() => bucket,
            _ => self.only_bucket(prefix).unwrap_or(folder),
        };
        match prefix.is_empty() {
            true => ObjectName::new(bucket, below),
            false => ObjectName::new(bucket, &format!("{prefix}/{below}")),
        }
    }

    /// Returns the path that a file was delivered with, if it was decompressed or compressed in
    /// another way since: digests name no file like it but the delivered one.
    fn packed_path(&self, path: &str) -> Option<String> {
        if !self.knows_file_names {
            return None;
        }
        let packed = format!("{}.gz", without_compression(path));
        (!self.knows(path) && self.knows(&packed)).then_some(packed)
    }

    fn knows(&self, path: &str) -> bool {
        self.by_file_name.contains_key(file_name(path))
    }

    /// Splits the folders before the root into those outside of the bucket and the prefix of the
    /// trail, the longest one that fits.
    fn split_prefix<'a>(&self, before: &'a str) -> (&'a str, &'a str) {
        let fitting = self
            .prefixes
            .keys()
            .filter_map(|prefix| split_end(before, prefix));
        let longest = fitting.max_by_key(|(_, prefix)| prefix.len());
        // Without digests, the first folder is taken for the bucket.
        longest.unwrap_or_else(|| before.split_once('/').unwrap_or((before, "")))
    }

    /// Returns the bucket with this prefix, if there is just one.
    fn only_bucket(&self, prefix: &str) -> Option<&str> {
        let mut buckets = self.prefixes.get(prefix)?.iter();
        let bucket = buckets.next().filter(|_| buckets.len() == 0)?;
        Some(bucket)
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Splits a path into the folders before the root, and the rest from the root on.
fn split_at_root(path: &str) -> Option<(&str, &str)> {
    // The last folder of this name is the root, since a prefix may have its name, too.
    let mut end = path.len();
    while let Some(place) = path.get(..end)?.rfind(ROOT) {
        let (before, below) = path.split_at_checked(place)?;
        let is_folder = below.get(ROOT.len()..)?.starts_with('/');
        if is_folder && (before.is_empty() || before.ends_with('/')) {
            return Some((before.trim_end_matches('/'), below));
        }
        end = place;
    }
    None
}

/// Splits folders before the last of them, which must be `last`.
fn split_end<'a>(folders: &'a str, last: &str) -> Option<(&'a str, &'a str)> {
    let outer = folders.strip_suffix(last)?;
    let prefix = folders.get(outer.len()..)?;
    if outer.is_empty() || last.is_empty() {
        return Some((outer, prefix));
    }
    Some((outer.strip_suffix('/')?, prefix))
}

/// Returns true for a path with the name and the place that CloudTrail gives to a file.
fn is_as_delivered(path: &str) -> bool {
    path.ends_with(".gz") && split_at_root(path).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(keys: &[(&str, &str)]) -> Layout {
        let mut layout = Layout {
            knows_file_names: true,
            ..Layout::default()
        };
        for (bucket, key) in keys {
            layout.add_place(&ObjectName::new(bucket, key));
        }
        layout
    }

    #[test]
    fn paths_are_understood_by_what_digests_say() {
        let plain = layout(&[("trail", "AWSLogs/1/a.gz")]);
        let below = layout(&[("trail", "central/logs/AWSLogs/1/a.gz")]);
        let two = layout(&[("one", "AWSLogs/1/a.gz"), ("two", "AWSLogs/1/b.gz")]);
        let none = layout(&[]);
        let rows = [
            (&plain, "AWSLogs/1/x.gz", "trail/AWSLogs/1/x.gz"),
            (&plain, "trail/AWSLogs/1/x.gz", "trail/AWSLogs/1/x.gz"),
            (&plain, "copy/AWSLogs/1/x.gz", "copy/AWSLogs/1/x.gz"),
            (&plain, "s3/copy/AWSLogs/1/x.gz", "copy/AWSLogs/1/x.gz"),
            (&plain, "a.gz", "trail/AWSLogs/1/a.gz"),
            (&plain, "a", "trail/AWSLogs/1/a.gz"),
            (&plain, "a.bz2", "trail/AWSLogs/1/a.gz"),
            (&plain, "trail/AWSLogs/1/a.zst", "trail/AWSLogs/1/a.gz"),
            (&plain, "trail/AWSLogs/1/a", "trail/AWSLogs/1/a.gz"),
            (&plain, "trail/AWSLogs/1/b", "trail/AWSLogs/1/b"),
            (&plain, "other.gz", "folder/other.gz"),
            (
                &below,
                "central/logs/AWSLogs/1/x.gz",
                "trail/central/logs/AWSLogs/1/x.gz",
            ),
            (
                &below,
                "b/central/logs/AWSLogs/1/x.gz",
                "b/central/logs/AWSLogs/1/x.gz",
            ),
            (&two, "one/AWSLogs/1/x.gz", "one/AWSLogs/1/x.gz"),
            (&two, "AWSLogs/1/x.gz", "folder/AWSLogs/1/x.gz"),
            (&none, "b/p/AWSLogs/1/x.gz", "b/p/AWSLogs/1/x.gz"),
            (&none, "AWSLogs/1/x.gz", "folder/AWSLogs/1/x.gz"),
            (
                &none,
                "notAWSLogs/AWSLogs.gz",
                "folder/notAWSLogs/AWSLogs.gz",
            ),
        ];
        for (layout, path, expected) in rows {
            assert_eq!(layout.name("folder", path).to_string(), expected, "{path}");
        }
    }
}
