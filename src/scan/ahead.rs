//! Files that the system reads while others are looked at.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::object::{Unreadable, is_skipped};
use crate::plan::Plan;
use crate::source::{Object, announce};

/// How many files the system is told of. With a quarter of them, reading an archive that is not in
/// memory takes 1.2 times as long, with four times as many about as long (decision 11).
const FILES_AHEAD: usize = 32;

/// How long opening and reading a file takes at most that is in memory: so long, and so much longer
/// for each byte.
const FAST_FILE: Duration = Duration::from_micros(50);

/// See [`FAST_FILE`].
const FAST_BYTE: Duration = Duration::from_nanos(1);

/// Has the system read the files that come next where one had to be waited for. Where none is, it
/// is told of none: that costs as much as opening each file once more.
#[derive(Debug)]
pub(super) struct ReadAhead<'a> {
    plan: &'a Plan,
    objects: &'a [Object],
    /// For each thread, the number of the first object behind those that the system was told of
    /// last.
    told: Vec<AtomicUsize>,
}

impl<'a> ReadAhead<'a> {
    /// For objects that the threads of the pool that this is called in read in order, each stretch
    /// by itself.
    pub(super) fn new(plan: &'a Plan, objects: &'a [Object]) -> Self {
        Self {
            plan,
            objects,
            told: (0..rayon::current_num_threads())
                .map(|_| AtomicUsize::new(0))
                .collect(),
        }
    }

    /// Reads the file with this number.
    pub(super) fn read(
        &self,
        number: usize,
        read: impl FnOnce() -> Result<Vec<u8>, Unreadable>,
    ) -> Result<Vec<u8>, Unreadable> {
        let begun = Instant::now();
        let content = read();
        let bytes = content.as_ref().map_or(0, Vec::len);
        let fast = FAST_FILE + FAST_BYTE.saturating_mul(u32::try_from(bytes).unwrap_or(u32::MAX));
        if begun.elapsed() > fast {
            let next = self
                .untold(number)
                .filter(|object| !is_skipped(self.plan, object));
            next.filter_map(Object::path).for_each(announce);
        }
        content
    }

    /// The objects behind this one that the system has not been told of by this thread, which it is
    /// going to be told of.
    fn untold(&self, number: usize) -> impl Iterator<Item = &'a Object> {
        let first = number + 1;
        let behind = first + FILES_AHEAD;
        let thread = rayon::current_thread_index().unwrap_or(0);
        let told = self
            .told
            .get(thread)
            .map_or(first, |told| told.swap(behind, Ordering::Relaxed));
        // A thread that goes on elsewhere begins anew.
        let start = if (first..=behind).contains(&told) {
            told
        } else {
            first
        };
        self.objects.iter().take(behind).skip(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Selection;
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

    #[test]
    fn the_system_is_told_once_of_the_next_files() {
        let (plan, objects) = (
            Plan::new(Vec::new(), Selection::default()).expect("a plan"),
            files(100),
        );
        let ahead = ReadAhead::new(&plan, &objects);
        let untold = |number| {
            let keys: Vec<usize> = ahead
                .untold(number)
                .map(|object| object.key.parse().expect("a number"))
                .collect();
            (keys.first().copied(), keys.len())
        };
        assert_eq!(untold(0), (Some(1), FILES_AHEAD));
        assert_eq!(untold(0), (None, 0));
        assert_eq!(untold(5), (Some(33), 5));
        assert_eq!(untold(60), (Some(61), FILES_AHEAD), "somewhere else");
        assert_eq!(untold(10), (Some(11), FILES_AHEAD), "and back");
        assert_eq!(untold(90), (Some(91), 9));
        assert_eq!(untold(99), (None, 0));
    }

    #[test]
    fn a_file_is_read_whether_it_is_waited_for_or_not() {
        let (plan, objects) = (
            Plan::new(Vec::new(), Selection::default()).expect("a plan"),
            files(3),
        );
        let ahead = ReadAhead::new(&plan, &objects);
        let told = || ahead.told[0].load(Ordering::Relaxed);
        // So many bytes may take a while.
        assert_eq!(
            ahead
                .read(0, || Ok(vec![0; 256 << 20]))
                .map(|bytes| bytes.len()),
            Ok(256 << 20)
        );
        assert_eq!(told(), 0);
        let slow = || {
            std::thread::sleep(FAST_FILE * 2);
            Ok(b"x".to_vec())
        };
        assert_eq!(ahead.read(1, slow), Ok(b"x".to_vec()));
        assert_eq!(told(), 2 + FILES_AHEAD);
    }
}
