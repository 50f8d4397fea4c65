//! Files that the system reads while others are processed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::open::announce;
use crate::source::{Object, ObjectBytes, ReadError};

/// The number of files that are announced to the system. With a quarter of them, reading an archive
/// that is not in memory takes 1.2 times as long, with four times as many about as long (decision
/// 11).
const FILES_AHEAD: usize = 32;

/// The longest time that it takes to open and read a file that is in memory, without the time for
/// its bytes.
const FAST_FILE: Duration = Duration::from_micros(50);

/// The longest time for each byte of such a file.
const FAST_BYTE: Duration = Duration::from_nanos(1);

/// Announces the next files to the system when one had to be waited for. Where none has to be,
/// nothing is announced, because that costs as much as opening each file once more.
pub(super) struct ReadAhead<'a> {
    objects: &'a [Object],
    is_wanted: &'a (dyn Fn(&Object) -> bool + Sync),
    /// For each thread, the number of the object that follows those that it announced last.
    announced: Vec<AtomicUsize>,
}

impl<'a> ReadAhead<'a> {
    /// Prepares for objects that each thread of the present pool reads in stretches, in order.
    pub(super) fn new(
        objects: &'a [Object],
        is_wanted: &'a (dyn Fn(&Object) -> bool + Sync),
    ) -> Self {
        let mut announced = Vec::new();
        announced.resize_with(rayon::current_num_threads(), AtomicUsize::default);
        Self {
            objects,
            is_wanted,
            announced,
        }
    }

    /// Reads the object with this number, and announces the next ones if it had to be waited for.
    pub(super) fn read(
        &self,
        number: usize,
        read: impl FnOnce() -> Result<ObjectBytes, ReadError>,
    ) -> Result<ObjectBytes, ReadError> {
        let begun = Instant::now();
        let object = read();
        let bytes = object.as_ref().map_or(0, |object| object.bytes.len());
        if begun.elapsed() > longest_fast_time(bytes) {
            self.announce_next(number);
        }
        object
    }

    fn announce_next(&self, number: usize) {
        let next = self.unannounced(number).iter();
        let wanted = next.filter(|object| (self.is_wanted)(object));
        wanted.filter_map(Object::path).for_each(announce);
    }

    /// Returns the objects after this one that this thread has not announced yet, and counts them
    /// as announced.
    fn unannounced(&self, number: usize) -> &'a [Object] {
        let first = number + 1;
        let end = first + FILES_AHEAD;
        let announced = self.swap_announced(end);
        // A thread that continues somewhere else has announced nothing there.
        let start = match (first..=end).contains(&announced) {
            true => announced,
            false => first,
        };
        let end = end.min(self.objects.len());
        self.objects.get(start..end).unwrap_or_default()
    }

    /// Notes up to which object this thread has announced, and returns what it had noted before.
    fn swap_announced(&self, end: usize) -> usize {
        let thread = rayon::current_thread_index().unwrap_or(0);
        match self.announced.get(thread) {
            // Each thread has its own, so no other order has to be kept.
            Some(announced) => announced.swap(end, Ordering::Relaxed),
            None => 0,
        }
    }
}

/// Returns the longest time that it takes to read a file of this size that is in memory.
fn longest_fast_time(bytes: usize) -> Duration {
    let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
    FAST_FILE + FAST_BYTE.saturating_mul(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Location;

    fn files(count: usize) -> Vec<Object> {
        let file = |number: usize| Object {
            key: number.to_string().into(),
            location: Location::File {
                path: None,
                modified: None,
            },
            stored_bytes: None,
            named: false,
        };
        (0..count).map(file).collect()
    }

    fn object(size: usize) -> ObjectBytes {
        ObjectBytes {
            metadata: Default::default(),
            bytes: vec![0; size],
            stored_bytes: size as u64,
        }
    }

    #[test]
    fn the_next_files_are_announced_once() {
        let objects = files(100);
        let ahead = ReadAhead::new(&objects, &|_| true);
        let unannounced = |number| {
            let keys: Vec<usize> = ahead
                .unannounced(number)
                .iter()
                .map(|object| object.key.parse().expect("a number"))
                .collect();
            (keys.first().copied(), keys.len())
        };
        assert_eq!(unannounced(0), (Some(1), FILES_AHEAD));
        assert_eq!(unannounced(0), (None, 0));
        assert_eq!(unannounced(5), (Some(33), 5));
        assert_eq!(unannounced(60), (Some(61), FILES_AHEAD), "somewhere else");
        assert_eq!(unannounced(10), (Some(11), FILES_AHEAD), "and back");
        assert_eq!(unannounced(90), (Some(91), 9));
        assert_eq!(unannounced(99), (None, 0));
    }

    #[test]
    fn only_a_file_that_was_waited_for_announces_others() {
        let objects = files(3);
        let ahead = ReadAhead::new(&objects, &|_| true);
        let announced = || ahead.announced[0].load(Ordering::Relaxed);
        // So many bytes may take a while.
        let large = ahead.read(0, || Ok(object(256 << 20))).expect("bytes");
        assert_eq!(large.stored_bytes, 256 << 20);
        assert_eq!(announced(), 0);
        let slow = || {
            std::thread::sleep(FAST_FILE * 2);
            Ok(object(1))
        };
        assert_eq!(ahead.read(1, slow).expect("bytes"), object(1));
        assert_eq!(announced(), 2 + FILES_AHEAD);
    }
}
