//! Files, folders, and standard input.

mod ahead;
mod copies;
mod files;
mod key;
mod list;
mod metadata;
mod open;
mod walk;

use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use rayon::prelude::*;

pub use list::{distinct, list, list_files};
pub use metadata::user_attribute;

use self::ahead::ReadAhead;
use super::intake::Intake;
use super::{Fetch, Location, Object, ObjectBytes, Objects, ReadError, ReadOptions, Source, Visit};
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

impl Source for Disk {
    fn read_all(
        &self,
        objects: &mut Objects<'_>,
        options: &ReadOptions<'_>,
        visit: &Visit<'_>,
    ) -> ControlFlow<()> {
        let mut next = objects.next();
        while let Some(batch) = next {
            // While a batch is read, the next one is prepared.
            let read = || read_batch(&batch, options, visit);
            let (end, following) = rayon::join(read, || objects.next());
            end?;
            next = following;
        }
        ControlFlow::Continue(())
    }
}

fn read_batch(objects: &[Object], options: &ReadOptions<'_>, visit: &Visit<'_>) -> ControlFlow<()> {
    let ahead = ReadAhead::new(objects, options.is_wanted);
    let numbered = objects.par_iter().enumerate().with_max_len(TAKEN_AT_ONCE);
    numbered.try_for_each(|(number, object)| {
        if matches!(object.location, Location::Remote(_)) {
            return ControlFlow::Continue(());
        }
        let mut file = FileFetch {
            number,
            object,
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
    limits: &'a Limits,
    ahead: &'a ReadAhead<'a>,
}

impl Fetch for FileFetch<'_> {
    fn fetch(&mut self) -> Result<ObjectBytes, ReadError> {
        Ok(self.ahead.read(self.number, || self.read())?)
    }
}

impl FileFetch<'_> {
    fn read(&self) -> io::Result<ObjectBytes> {
        match self.object.path() {
            Some(path) => read_file(path, self.object.stored_bytes, self.limits),
            None => read_input(self.limits),
        }
    }
}

/// Reads a file that had `listed_bytes` when it was listed, if that is known. It may have grown or
/// shrunk since.
fn read_file(path: &Path, listed_bytes: Option<u64>, limits: &Limits) -> io::Result<ObjectBytes> {
    let mut file = open::open(path)?;
    let mut intake = Intake::new(limits, listed_bytes).with_room(USUAL_BYTES);
    let is_whole = intake.take_from(&mut file)?;
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
    use super::*;

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
                let read = read_file(&path, listed, &limits).expect("a file");
                assert_eq!(read.bytes, vec![b'['; size], "{listed:?}");
                assert_eq!(read.stored_bytes, size as u64);
            }
        }
        assert!(read_file(folder.path(), Some(0), &limits).is_err());
    }

    #[test]
    fn a_large_file_is_not_read_to_be_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sparse");
        let file = std::fs::File::create(&path).expect("a file");
        file.set_len(1 << 40).expect("a sparse file");
        let read = read_file(&path, None, &Limits::default()).expect("a file");
        assert_eq!(read.stored_bytes, 1 << 40);
        assert!(read.bytes.len() <= 64 << 10);
    }
}
