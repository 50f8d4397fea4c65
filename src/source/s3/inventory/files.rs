//! The files of an inventory, in a bucket or a folder.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

use md5::{Digest, Md5};

use super::manifest::DataFile;
use super::row::shortened;
use crate::problem::ProblemKind;
use crate::source::s3::{Address, InventoryError, S3Options, S3Source};

/// The most bytes of a manifest. It takes 180 for each data file, and a data file has millions of
/// rows.
const MANIFEST_BYTES: u64 = 256 << 20;

/// The most bytes of the file with the MD5 of a manifest.
const CHECKSUM_BYTES: u64 = 1 << 10;

/// The number of bytes that are hashed at a time.
const BUFFER_BYTES: usize = 64 << 10;

/// The end of the name of a manifest, and that of the file with its MD5.
const MANIFEST_END: &str = ".json";
const CHECKSUM_END: &str = ".checksum";

/// The files of an inventory.
#[derive(Debug)]
pub(super) enum InventoryFiles {
    /// Those of a bucket. The manifest names its own bucket, too, but an inventory may be copied.
    Bucket {
        s3: Box<S3Source>,
        manifest: Address,
    },
    /// Those of a folder.
    Folder { manifest: PathBuf },
}

impl InventoryFiles {
    /// Returns the files of the manifest at a path or an address.
    ///
    /// # Errors
    ///
    /// Returns an error if it is an address, and S3 cannot be reached.
    pub(super) fn new(manifest: &Path, options: &S3Options) -> Result<Self, InventoryError> {
        match manifest.to_str().and_then(Address::parse) {
            Some(manifest) => Ok(Self::Bucket {
                s3: Box::new(S3Source::connect(options)?),
                manifest,
            }),
            None => Ok(Self::Folder {
                manifest: manifest.to_owned(),
            }),
        }
    }

    /// Reads the manifest, and compares it with the MD5 beside it if there is one.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be read, or is not as it was written.
    pub(super) fn manifest(&self) -> Result<Vec<u8>, InventoryError> {
        let (name, mut file) = match self {
            Self::Bucket { s3, manifest } => download(s3, manifest, MANIFEST_BYTES)?,
            Self::Folder { manifest } => open(manifest)?,
        };
        let mut text = Vec::new();
        // A longer one is cut here, and is not a manifest then.
        let read = file.by_ref().take(MANIFEST_BYTES).read_to_end(&mut text);
        read.map_err(|source| failed(&name, source))?;
        if let Some(expected) = self.checksum()? {
            check(&name, &expected, Md5::digest(&text).as_slice())?;
        }
        Ok(text)
    }

    /// Reads the MD5 of the manifest, if it is there.
    fn checksum(&self) -> Result<Option<String>, InventoryError> {
        let opened = match self {
            Self::Bucket { s3, manifest } => checksum_name(&manifest.prefix).map(|prefix| {
                let bucket = manifest.bucket.clone();
                download(s3, &Address { bucket, prefix }, CHECKSUM_BYTES)
            }),
            Self::Folder { manifest } => {
                let name = manifest.to_str().and_then(checksum_name);
                name.map(|name| open(Path::new(&name)))
            }
        };
        let (name, mut file) = match opened {
            None => return Ok(None),
            Some(Err(error)) if is_absence(&error) => return Ok(None),
            Some(opened) => opened?,
        };
        let mut text = String::new();
        let read = file.by_ref().take(CHECKSUM_BYTES).read_to_string(&mut text);
        read.map_err(|source| failed(&name, source))?;
        Ok(Some(text.trim().to_owned()))
    }

    /// Opens a data file that is as it was written. Returns its name, too.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be read, or is damaged.
    pub(super) fn open(&self, file: &DataFile) -> Result<(String, File), InventoryError> {
        let (name, mut opened) = match self {
            Self::Bucket { s3, manifest } => {
                let address = Address {
                    bucket: manifest.bucket.clone(),
                    prefix: file.key.clone(),
                };
                download(s3, &address, file.size)?
            }
            Self::Folder { manifest } => open(&find(manifest, &file.key)?)?,
        };
        // Before any row is read, so that a damaged file adds nothing to a plan.
        let digest = digest(&mut opened).map_err(|source| failed(&name, source))?;
        check(&name, &file.md5, &digest)?;
        Ok((name, opened))
    }
}

fn checksum_name(manifest: &str) -> Option<String> {
    let name = manifest.strip_suffix(MANIFEST_END)?;
    Some(format!("{name}{CHECKSUM_END}"))
}

/// Returns whether a file is not there. Without the permission to list a bucket, S3 says no more
/// than that access is denied.
fn is_absence(error: &InventoryError) -> bool {
    match error {
        InventoryError::Missing(_) => true,
        InventoryError::Read { source, .. } => source.kind() == ProblemKind::AccessDenied,
        _ => false,
    }
}

/// Copies a file of a bucket into a temporary one.
fn download(
    s3: &S3Source,
    address: &Address,
    most_bytes: u64,
) -> Result<(String, File), InventoryError> {
    let name = address.to_string();
    // It may be larger than memory, and Parquet is read from its end.
    let mut file = tempfile::tempfile().map_err(|source| InventoryError::Io {
        file: std::env::temp_dir().to_string_lossy().into_owned(),
        source,
    })?;
    match s3.download(address, &file, most_bytes) {
        Ok(true) => {}
        Ok(false) => return Err(InventoryError::Missing(name)),
        Err(source) => return Err(InventoryError::Read { file: name, source }),
    }
    file.rewind().map_err(|source| failed(&name, source))?;
    Ok((name, file))
}

fn open(path: &Path) -> Result<(String, File), InventoryError> {
    let name = path.to_string_lossy().into_owned();
    match File::open(path) {
        Ok(file) => Ok((name, file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(InventoryError::Missing(name)),
        Err(error) => Err(failed(&name, error)),
    }
}

/// Finds the copy of a data file by the end of its key: beside the manifest or its folder, as
/// `aws s3 cp --recursive` copies an inventory.
fn find(manifest: &Path, key: &str) -> Result<PathBuf, InventoryError> {
    let missing = || InventoryError::Missing(shortened(key));
    let key = Path::new(key);
    // A name that leads elsewhere is not one of a data file.
    let mut parts = key.components();
    if !parts.all(|part| matches!(part, Component::Normal(_))) {
        return Err(missing());
    }
    let name = key.file_name().ok_or_else(missing)?;
    let folder = key.parent().and_then(Path::file_name);
    let short = folder.map_or_else(|| name.into(), |folder| Path::new(folder).join(name));
    let absolute = std::path::absolute(manifest);
    let absolute = absolute.map_err(|source| failed(&manifest.to_string_lossy(), source))?;
    // The folder of the manifest is named by its time, and the data files are in another one
    // beside it.
    for place in absolute.ancestors().skip(1).take(2) {
        for end in [short.as_path(), Path::new(name), key] {
            let path = place.join(end);
            if path.is_file() {
                return Ok(path);
            }
        }
    }
    Err(missing())
}

/// Returns the MD5 of a file, which is read from its start to its end.
fn digest(file: &mut File) -> io::Result<[u8; 16]> {
    let mut hasher = Md5::new();
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(hasher.finalize().into())
}

fn check(name: &str, expected: &str, digest: &[u8]) -> Result<(), InventoryError> {
    let found = hex::encode(digest);
    match found.eq_ignore_ascii_case(expected) {
        true => Ok(()),
        false => Err(InventoryError::Checksum {
            file: name.to_owned(),
            expected: shortened(expected),
            found,
        }),
    }
}

fn failed(name: &str, source: io::Error) -> InventoryError {
    InventoryError::Io {
        file: name.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_found_by_the_end_of_its_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let date = folder.path().join("2026-03-09T01-00Z");
        let data = folder.path().join("data");
        for path in [&date, &data] {
            std::fs::create_dir(path).expect("a folder");
        }
        std::fs::write(data.join("a.csv.gz"), "").expect("a file");
        std::fs::write(date.join("b.csv.gz"), "").expect("a file");
        let manifest = date.join("manifest.json");
        let find = |key: &str| find(&manifest, key).ok();
        assert_eq!(find("x/b/id/data/a.csv.gz"), Some(data.join("a.csv.gz")));
        assert_eq!(find("x/b/id/data/b.csv.gz"), Some(date.join("b.csv.gz")));
        assert_eq!(find("x/b/id/data/c.csv.gz"), None);
        for key in ["../data/a.csv.gz", "/data/a.csv.gz", "..", "", "/"] {
            assert_eq!(find(key), None, "{key}");
        }
    }
}
