//! Files that the system reads while others are looked at.

use std::time::{Duration, Instant};

use super::object::Unreadable;
use crate::source::{Object, announce};

/// How many files the system is told of. With a quarter of them, reading an archive that is not in memory takes 1.2 times as
/// long, with four times as many no less (docs/performance.md).
const FILES_AHEAD: usize = 32;

/// How long opening and reading a file takes at most that is in memory: so long, and so much longer for each byte.
const FAST_FILE: Duration = Duration::from_micros(50);

/// See [`FAST_FILE`].
const FAST_BYTE: Duration = Duration::from_nanos(1);

/// Reads files one by one, and has the system read those that come next where one had to be waited for. Where none is,
/// nothing is told: that would cost as much as it takes to open each file.
#[derive(Debug, Default)]
pub(super) struct ReadAhead {
    /// How many of the files behind the last one the system was told of.
    told: usize,
}

impl ReadAhead {
    /// Reads a file. `behind` are those that come next.
    pub(super) fn read(
        &mut self,
        read: impl FnOnce() -> Result<Vec<u8>, Unreadable>,
        behind: &[Object],
    ) -> Result<Vec<u8>, Unreadable> {
        let begun = Instant::now();
        let content = read();
        self.told = self.told.saturating_sub(1);
        let bytes = content.as_ref().map_or(0, Vec::len);
        if begun.elapsed() > FAST_FILE + FAST_BYTE.saturating_mul(u32::try_from(bytes).unwrap_or(u32::MAX)) {
            let next = behind.iter().take(FILES_AHEAD).skip(self.told);
            self.told += next.filter_map(Object::path).map(announce).count();
        }
        content
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Location;

    #[test]
    fn the_system_is_told_of_files_where_one_had_to_be_waited_for() {
        let file = |number: usize| Object {
            key: format!("there is no such file/{number}").into(),
            location: Location::File { path: None, modified: None },
            stored_bytes: None,
            named: false,
        };
        let behind: Vec<Object> = (0..FILES_AHEAD + 9).map(file).collect();
        let slow = || {
            std::thread::sleep(FAST_FILE + Duration::from_micros(10));
            Ok(b"x".to_vec())
        };
        let mut ahead = ReadAhead::default();
        assert_eq!(ahead.read(slow, &behind), Ok(b"x".to_vec()));
        assert_eq!(ahead.told, FILES_AHEAD);
        // One of them was read, so there is another one to tell of.
        assert_eq!(ahead.read(slow, &behind[1..]), Ok(b"x".to_vec()));
        assert_eq!(ahead.told, FILES_AHEAD);
        let mut last = ReadAhead::default();
        assert_eq!(last.read(slow, &behind[..2]), Ok(b"x".to_vec()));
        assert_eq!(last.told, 2);
    }
}
