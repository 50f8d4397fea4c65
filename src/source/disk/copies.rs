//! Files that several paths lead to.

use std::collections::HashSet;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::source::Object;
use crate::spool::{Spool, SpoolError, Spooled};

/// Keeps one of the paths that lead to the same file: the one that was named, or else the first by
/// its key.
///
/// # Errors
///
/// Returns an error if the files cannot be read from their temporary file.
pub(super) fn keep_one_of_each(
    files: &Spooled<Object>,
    kept: &Spool<Object>,
) -> Result<(), SpoolError> {
    let mut copies = SeenFiles::default();
    for named in [true, false] {
        for file in files.rows() {
            let file = file?;
            if file.named == named && copies.is_new(&file) {
                // A temporary file that failed says why when the listing is finished.
                let _ = kept.push(file);
            }
        }
    }
    Ok(())
}

/// The files that were seen.
#[derive(Default)]
struct SeenFiles {
    /// The first half of the SHA-256 of each path without links, which takes less memory than the
    /// path. Names come from others, who could choose two with the same value of a weaker hash, so
    /// that one of the files would never be read.
    seen: HashSet<[u8; 16]>,
}

impl SeenFiles {
    fn is_new(&mut self, file: &Object) -> bool {
        let path = file.path().and_then(|path| path.canonicalize().ok());
        path.is_none_or(|path| self.seen.insert(digest(&path)))
    }
}

fn digest(path: &Path) -> [u8; 16] {
    let hash = Sha256::digest(path.as_os_str().as_encoded_bytes());
    let mut digest = [0; 16];
    digest.copy_from_slice(&hash[..16]);
    digest
}
