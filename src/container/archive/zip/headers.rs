//! The walk over the headers of the files in a zip file whose directory cannot be used.

use std::collections::HashMap;
use std::ops::ControlFlow;

use memchr::memmem::find_iter;

use super::VisitEntry;
use super::ZipFiles;
use super::directory::{END, END_BYTES, LARGE_END, LARGE_END_LOCATOR, LOCATOR_BYTES};
use super::fields::{quad, short};
use super::method::{self, STORED};
use super::record::{
    CENTRAL, DESCRIPTOR, Description, Descriptor, DirectoryEntry, LOCAL, central, descriptor, local,
};
use crate::container::damage::Damage;

/// The most bytes that a header is looked for before the place where it was expected, which is
/// where it is if bytes were lost.
const LOST_BYTES: usize = 64;

/// The most places that are tried as the end of a file whose size is not known.
const TRIES_LIMIT: usize = 100;

/// A file that was found by its header.
struct HeaderFile<'a> {
    description: Description,
    packed: &'a [u8],
    /// The place after the file.
    end: usize,
}

impl<'a> ZipFiles<'a, '_> {
    /// Visits the files that follow each other from a place on. Entries of a damaged directory may
    /// have the sizes that headers lack.
    pub(super) fn walked(
        self,
        base: usize,
        listed: &[DirectoryEntry],
        visit: &mut VisitEntry<'_>,
    ) -> Vec<Damage> {
        let detail = "the directory of the zip file is cut, damaged, or followed by other bytes; \
                      its files were found by their own headers";
        let mut damages = vec![Damage::of_compression(detail.to_owned(), None)];
        let known = by_name(listed);
        let mut place = base;
        while place < self.stored.len() {
            if let Some(found) = self.found(place, &known) {
                // Each step goes forward, whatever size a header claims.
                place = found.end.max(place + LOCAL.len());
                if self.visit(&found, visit).is_break() {
                    return damages;
                }
            } else if let Some(length) = self.other_record(place) {
                place = place.saturating_add(length);
            } else {
                let next = self.next_record(place + 1).unwrap_or(self.stored.len());
                damages.push(unknown(place, next));
                place = next;
            }
        }
        damages
    }

    fn visit(self, found: &HeaderFile<'_>, visit: &mut VisitEntry<'_>) -> ControlFlow<()> {
        if found.description.is_folder() && found.packed.is_empty() {
            return ControlFlow::Continue(());
        }
        visit(self.entry(&found.description, found.packed))
    }

    /// Reads the header at a place, and finds the end of its file.
    fn found(self, place: usize, listed: &EntriesByName<'_>) -> Option<HeaderFile<'a>> {
        let (mut description, start) = local(self.stored, place)?;
        if description.lacks_size() {
            // Several files may have one name, so the place decides between their entries.
            match nearest(listed, &description.name, place) {
                Some(known) => description = known.clone(),
                None => return Some(self.measured(description, start)),
            }
        }
        let end = (start as u64).saturating_add(description.packed_bytes);
        let end = usize::try_from(end).unwrap_or(usize::MAX);
        let packed = self.packed(start, end as u64);
        if let Some(next) = self.record_after(end, &description) {
            return Some(HeaderFile {
                description,
                packed,
                end: next,
            });
        }
        Some(self.resized(description, start, end))
    }

    /// Returns the place of the record that begins at the end of a file, or after its descriptor.
    fn record_after(self, end: usize, file: &Description) -> Option<usize> {
        let rest = self.stored.get(end..)?;
        if is_end(rest) {
            return Some(end);
        }
        Some(end + descriptor_bytes(rest, file)?)
    }

    /// Finds the end of a file whose header has a wrong size, or in which bytes were lost or added.
    fn resized(self, description: Description, start: usize, end: usize) -> HeaderFile<'a> {
        let is_beyond = end > self.stored.len();
        if description.method == STORED
            && let Some(found) = self.stored_file(&description, start)
        {
            return found;
        }
        // What is stored may hold such records itself, so they do not end it if it is cut.
        let next = match is_beyond {
            true if description.method == STORED => None,
            true => self.next_record(start),
            false => self.next_record(end.saturating_sub(LOST_BYTES).max(start)),
        };
        let next = next.unwrap_or(self.stored.len());
        let packed_end = match is_beyond {
            true => next,
            false => end.min(next),
        };
        HeaderFile {
            description,
            packed: self.packed(start, packed_end as u64),
            end: next,
        }
    }

    /// Finds the end of a file that is not compressed: the record before which its bytes have its
    /// checksum.
    fn stored_file(self, description: &Description, start: usize) -> Option<HeaderFile<'a>> {
        let rest = self.stored.get(start..)?;
        let mut hasher = crc32fast::Hasher::new();
        let mut hashed = 0;
        for length in record_places(rest).take(TRIES_LIMIT) {
            hasher.update(rest.get(hashed..length)?);
            hashed = length;
            // The sum goes on from place to place, so that no byte is added twice.
            if hasher.clone().finalize() == description.checksum {
                let mut description = description.clone();
                description.size_bytes = length as u64;
                return Some(HeaderFile {
                    description,
                    packed: rest.get(..length)?,
                    end: start + length,
                });
            }
        }
        None
    }

    /// Finds the end of a file whose size is known nowhere: the end of its compressed bytes, or its
    /// descriptor.
    fn measured(self, description: Description, start: usize) -> HeaderFile<'a> {
        let rest = self.stored.get(start..).unwrap_or_default();
        let has_end = method::has_end(description.method) && !description.is_encrypted();
        let known = match has_end {
            // Such files may overlap, so the work on their ends is bounded for all of them
            // together.
            _ if self.is_exhausted() => None,
            true => self.unpacked_size(&description, rest),
            false => described(rest),
        };
        // The search itself may read all of the rest.
        self.charge(rest.len());
        match known {
            Some((length, found)) => self.with_descriptor(description, start, length, found),
            None => self.up_to_next(description, start),
        }
    }

    /// Finds the end of compressed bytes before a descriptor.
    fn unpacked_size(self, description: &Description, rest: &[u8]) -> Option<(usize, Descriptor)> {
        let unpacked = self.unpacked(description, rest);
        self.charge(unpacked.content.bytes.len());
        let length = rest.len().saturating_sub(unpacked.left);
        let found = descriptor(rest.get(length..)?, length as u64)?;
        Some((length, found))
    }

    fn with_descriptor(
        self,
        description: Description,
        start: usize,
        length: usize,
        found: Descriptor,
    ) -> HeaderFile<'a> {
        let end = start + length;
        HeaderFile {
            description: Description {
                checksum: found.checksum,
                packed_bytes: found.packed_bytes,
                size_bytes: found.size_bytes,
                ..description
            },
            packed: self.packed(start, end as u64),
            end: end + found.length,
        }
    }

    /// Takes everything up to the next record as the content of a file. Its checksum is not known,
    /// so that it counts as damaged.
    fn up_to_next(self, mut description: Description, start: usize) -> HeaderFile<'a> {
        let end = self.next_record(start).unwrap_or(self.stored.len());
        description.size_bytes = u64::MAX;
        HeaderFile {
            description,
            packed: self.packed(start, end as u64),
            end,
        }
    }

    /// Returns the size of a record that is not the header of a file.
    fn other_record(self, place: usize) -> Option<usize> {
        let rest = self.stored.get(place..)?;
        if rest.starts_with(CENTRAL) {
            return central(rest).map(|(_, length)| length);
        }
        if rest.starts_with(END) {
            return Some(END_BYTES + usize::from(short(rest, 20)?));
        }
        if rest.starts_with(LARGE_END) {
            return usize::try_from(quad(rest, 4)?.saturating_add(12)).ok();
        }
        // Zeros fill the last block of some media.
        let is_padding = rest.iter().all(|byte| *byte == 0);
        match rest.starts_with(LARGE_END_LOCATOR) {
            true => Some(LOCATOR_BYTES),
            false => is_padding.then_some(rest.len()),
        }
    }

    /// Returns the place of the next record from a place on.
    fn next_record(self, from: usize) -> Option<usize> {
        let rest = self.stored.get(from..)?;
        record_places(rest).next().map(|place| from + place)
    }
}

/// Entries of the directory by the names of their files, in the order of their places.
type EntriesByName<'l> = HashMap<&'l [u8], Vec<&'l DirectoryEntry>>;

fn by_name(listed: &[DirectoryEntry]) -> EntriesByName<'_> {
    let mut by_name = EntriesByName::new();
    for entry in listed {
        by_name
            .entry(&entry.description.name)
            .or_default()
            .push(entry);
    }
    for entries in by_name.values_mut() {
        entries.sort_by_key(|entry| entry.offset);
    }
    by_name
}

/// Returns the entry for a file whose place is nearest.
fn nearest<'l>(listed: &EntriesByName<'l>, name: &[u8], place: usize) -> Option<&'l Description> {
    let same = listed.get(name)?;
    let place = place as u64;
    let next = same.partition_point(|entry| entry.offset < place);
    let around = same.get(next.saturating_sub(1)..same.len().min(next + 1))?;
    let nearest = around
        .iter()
        .min_by_key(|entry| entry.offset.abs_diff(place));
    nearest.map(|entry| &entry.description)
}

/// Returns true if bytes begin with a record of a zip file.
fn is_record(bytes: &[u8]) -> bool {
    let marks = [CENTRAL, END, LARGE_END, LARGE_END_LOCATOR];
    local(bytes, 0).is_some() || marks.iter().any(|mark| bytes.starts_with(mark))
}

/// Returns true if a file may end before these bytes: they are a record, or there are none.
fn is_end(rest: &[u8]) -> bool {
    rest.is_empty() || is_record(rest)
}

/// Returns the size of the descriptor of a file, if it is all that is before the next record.
fn descriptor_bytes(rest: &[u8], file: &Description) -> Option<usize> {
    let size = descriptor(rest, file.packed_bytes)?.length;
    (file.has_descriptor() && is_end(rest.get(size..)?)).then_some(size)
}

fn record_places(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let places = find_iter(bytes, b"PK");
    places.filter(move |place| bytes.get(*place..).is_some_and(is_record))
}

/// Finds the descriptor of a file that is not compressed, and returns the size of the file.
fn described(bytes: &[u8]) -> Option<(usize, Descriptor)> {
    let places = find_iter(bytes, DESCRIPTOR).take(TRIES_LIMIT);
    for place in places {
        let after = bytes.get(place..)?;
        if let Some(found) = descriptor(after, place as u64) {
            return Some((place, found));
        }
    }
    None
}

fn unknown(start: usize, end: usize) -> Damage {
    let count = end - start;
    let detail =
        format!("{count} bytes from byte {start} of the zip file on are not part of any file");
    Damage::of_compression(detail, None)
}
