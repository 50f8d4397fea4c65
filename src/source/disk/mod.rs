//! Files, folders, and standard input.

mod ahead;
mod copies;
mod files;
mod key;
mod list;
mod metadata;
mod open;
mod walk;

use std::fs::{File, Metadata};
use std::io;
use std::ops::ControlFlow;

use rayon::prelude::*;

pub use list::{distinct, list, list_files};
pub use metadata::user_attribute;

use self::ahead::ReadAhead;
use self::files::modified;
use super::intake::Intake;
use super::{
    Fetch, Location, Object, ObjectBytes, ReadError, ReadOptions, Source, SourceObjects,
    VisitObject,
};
use crate::container::Limits;

/// The number of objects that a thread takes at once: few enough that no thread is left with many
/// when the others are done.
const TAKEN_AT_ONCE: usize = 16;

/// The usual size of a file in an archive, in bytes; most are smaller.
const USUAL_BYTES: usize = 16 << 10;

/// The files of this machine, and its standard input.
///
/// Each thread of the pool holds one object at a time, so memory is bounded by the largest objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Disk;

/// The files of this machine as they were listed. One that was replaced since is not delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListedFiles;

/// The content of a file that is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileContent {
    /// That which the file has now.
    Present,
    /// That which was listed, by its size and time of modification.
    Listed,
}

impl Source for Disk {
    fn read_all(
        &self,
        objects: &mut SourceObjects<'_>,
        options: &ReadOptions<'_>,
        visit: &VisitObject<'_>,
    ) -> ControlFlow<()> {
        read_batches(objects, FileContent::Present, options, visit)
    }
}

impl Source for ListedFiles {
    fn read_all(
        &self,
        objects: &mut SourceObjects<'_>,
        options: &ReadOptions<'_>,
        visit: &VisitObject<'_>,
    ) -> ControlFlow<()> {
        read_batches(objects, FileContent::Listed, options, visit)
    }
}

fn read_batches(
    objects: &mut SourceObjects<'_>,
    content: FileContent,
    options: &ReadOptions<'_>,
    visit: &VisitObject<'_>,
) -> ControlFlow<()> {
    let mut next = objects.next();
    while let Some(batch) = next {
        // While a batch is read, the next one is prepared.
        let read = || read_batch(&batch, content, options, visit);
        let (end, following) = rayon::join(read, || objects.next());
        end?;
        next = following;
    }
    ControlFlow::Continue(())
}

fn read_batch(
    objects: &[Object],
    content: FileContent,
    options: &ReadOptions<'_>,
    visit: &VisitObject<'_>,
) -> ControlFlow<()> {
    let ahead = ReadAhead::new(objects, options.is_wanted);
    let numbered = objects.par_iter().enumerate().with_max_len(TAKEN_AT_ONCE);
    numbered.try_for_each(|(number, object)| {
        if matches!(object.location, Location::Remote(_)) {
            return ControlFlow::Continue(());
        }
        let mut file = FileFetch {
            number,
            object,
            content,
            limits: options.limits,
            ahead: &ahead,
        };
        visit(object, &mut file)
    })
}

/// A file that is read when its bytes are requested.
struct FileFetch<'a> {
    number: usize,
    object: &'a Object,
    content: FileContent,
    limits: &'a Limits,
    ahead: &'a ReadAhead<'a>,
}

impl Fetch for FileFetch<'_> {
    fn fetch(&mut self) -> Result<ObjectBytes, ReadError> {
        self.ahead.read(self.number, || self.read())
    }
}

impl FileFetch<'_> {
    fn read(&self) -> Result<ObjectBytes, ReadError> {
        let Some(path) = self.object.path() else {
            return Ok(read_input(self.limits)?);
        };
        let mut file = open::open(path)?;
        let bytes = read_file(&mut file, self.object.stored_bytes, self.limits)?;
        if self.content == FileContent::Listed {
            // After it was read, so that a change meanwhile shows, too.
            check_listed(self.object, &file.metadata()?)?;
        }
        Ok(bytes)
    }
}

/// Checks that a file has the size and the time of modification with which it was listed, as far as
/// these are known.
fn check_listed(object: &Object, metadata: &Metadata) -> Result<(), ReadError> {
    let Location::File {
        modified: listed, ..
    } = &object.location
    else {
        return Ok(());
    };
    let (bytes, time) = (metadata.len(), modified(Some(metadata)));
    let is_listed = object.stored_bytes.is_none_or(|listed| listed == bytes)
        && (listed.is_none() || *listed == time);
    if is_listed {
        return Ok(());
    }
    let time = time.map_or("an unknown time".to_owned(), |time| time.to_string());
    Err(ReadError::Replaced(format!(
        "the file was replaced after it was listed: it has {bytes} bytes and was modified at {time}"
    )))
}

/// Reads a file that had `listed_bytes` when it was listed, if that is known. It may have grown or
/// shrunk since.
fn read_file(
    file: &mut File,
    listed_bytes: Option<u64>,
    limits: &Limits,
) -> io::Result<ObjectBytes> {
    let mut intake = Intake::new(limits, listed_bytes).with_room(USUAL_BYTES);
    let is_whole = intake.take_from(&mut *file)?;
    let stored_bytes = match is_whole {
        true => intake.taken(),
        // Reading stopped at a limit, so only the system knows the size.
        false => file.metadata()?.len(),
    };
    Ok(intake.finish(stored_bytes))
}

/// Reads standard input. The rest of what holds no records, or too much, is left unread, since it
/// may be endless.
fn read_input(limits: &Limits) -> io::Result<ObjectBytes> {
    let mut intake = Intake::new(limits, None);
    intake.take_from(io::stdin().lock())?;
    let stored_bytes = intake.taken();
    Ok(intake.finish(stored_bytes))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::problem::ProblemKind;

    #[test]
    fn a_file_is_read_whole_however_large_it_was_when_it_was_listed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        let limits = Limits::default();
        for size in [0, 1, 31, 32, 9_000, 70_000] {
            std::fs::write(&path, vec![b'['; size]).expect("a file");
            let sizes = [0, 1, size.saturating_sub(1), size, size + 1, 2 * size];
            let sizes = sizes.map(|size| Some(size as u64));
            for listed in sizes.into_iter().chain([None, Some(u64::MAX)]) {
                let mut file = File::open(&path).expect("a file");
                let read = read_file(&mut file, listed, &limits).expect("bytes");
                assert_eq!(read.bytes, vec![b'['; size], "{listed:?}");
                assert_eq!(read.stored_bytes, size as u64);
            }
        }
    }

    #[test]
    fn a_large_file_is_not_read_to_be_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sparse");
        let file = File::create(&path).expect("a file");
        file.set_len(1 << 40).expect("a sparse file");
        let mut file = File::open(&path).expect("a file");
        let read = read_file(&mut file, None, &Limits::default()).expect("bytes");
        assert_eq!(read.stored_bytes, 1 << 40);
        assert!(read.bytes.len() <= 64 << 10);
    }

    /// Reads a file that was listed with this size and time.
    fn read_listed(
        path: &Path,
        content: FileContent,
        stored_bytes: Option<u64>,
        time: Option<jiff::Timestamp>,
    ) -> Result<ObjectBytes, ReadError> {
        let object = Object {
            key: path.to_string_lossy().into(),
            location: Location::File {
                path: None,
                modified: time,
            },
            stored_bytes,
            named: false,
        };
        let objects = std::slice::from_ref(&object);
        let mut file = FileFetch {
            number: 0,
            object: &object,
            content,
            limits: &Limits::default(),
            ahead: &ReadAhead::new(objects, &|_| true),
        };
        file.fetch()
    }

    #[test]
    fn a_file_that_was_replaced_is_not_delivered_where_the_listed_one_is_wanted() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        std::fs::write(&path, "[]").expect("a file");
        let metadata = path.metadata().expect("a file");
        let (bytes, time) = (Some(2), modified(Some(&metadata)));
        let other_time = time.map(|time| time + jiff::Span::new().microseconds(1));
        for (bytes, time, is_same) in [
            (bytes, time, true),
            (bytes, None, true),
            (None, time, true),
            (None, None, true),
            (Some(3), time, false),
            (Some(1), None, false),
            (bytes, other_time, false),
        ] {
            let read = read_listed(&path, FileContent::Listed, bytes, time);
            match read {
                Ok(read) => assert!(is_same && read.bytes == b"[]", "{bytes:?} {time:?}"),
                Err(error) => {
                    assert!(!is_same, "{bytes:?} {time:?}: {error}");
                    assert_eq!(error.kind(), ProblemKind::Replaced);
                }
            }
            assert!(read_listed(&path, FileContent::Present, bytes, time).is_ok());
        }
        assert!(read_listed(folder.path(), FileContent::Present, None, None).is_err());
        let missing = read_listed(&folder.path().join("b"), FileContent::Listed, bytes, time);
        assert_eq!(missing.expect_err("no file").kind(), ProblemKind::Missing);
    }
}
