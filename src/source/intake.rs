//! The bytes of an object as they arrive: no further than the limit, and only the first ones of an
//! object that holds no records.

use std::collections::HashMap;
use std::io::{self, Read};

use crate::container::{Assessment, HEAD_BYTES, Limits, assess};

/// The bytes of an object, as far as they were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectBytes {
    /// The bytes: all of them, those up to the limit, or the first ones of an object that holds no
    /// records.
    pub bytes: Vec<u8>,
    /// The size of the whole object in bytes.
    pub stored_bytes: u64,
    /// The metadata that S3 keeps beside the object.
    pub metadata: HashMap<String, String>,
}

/// Collects the bytes of one object.
#[derive(Debug)]
pub(super) struct Intake<'a> {
    limits: &'a Limits,
    pub(super) bytes: Vec<u8>,
    /// The size of the object, if it is known.
    expected_bytes: Option<u64>,
    /// The number of bytes that are worth reading, known once the head has arrived.
    end: Option<u64>,
}

impl<'a> Intake<'a> {
    /// Prepares to take an object of this size.
    pub(super) fn new(limits: &'a Limits, expected_bytes: Option<u64>) -> Self {
        Self {
            limits,
            bytes: Vec::new(),
            expected_bytes,
            end: None,
        }
    }

    /// Makes room for the usual size of an object, or for the whole head of a larger one.
    pub(super) fn with_room(mut self, usual_bytes: usize) -> Self {
        let expected = self.expected_bytes.map(|bytes| bytes as usize);
        let room = expected.unwrap_or(usual_bytes).min(HEAD_BYTES);
        self.bytes.reserve_exact(room);
        self
    }

    /// Returns the number of further bytes that are worth reading.
    pub(super) fn wanted(&mut self) -> u64 {
        let length = self.bytes.len();
        if length < HEAD_BYTES {
            return (HEAD_BYTES - length) as u64;
        }
        self.end().saturating_sub(length as u64)
    }

    fn end(&mut self) -> u64 {
        if let Some(end) = self.end {
            return end;
        }
        let end = self.assessed_end();
        self.end = Some(end);
        self.reserve(end);
        end
    }

    fn assessed_end(&self) -> u64 {
        match assess(&self.bytes, self.limits) {
            Assessment::ReadUpTo(end) => end,
            Assessment::NotCloudTrail => 0,
        }
    }

    /// Makes room for the rest of an object of known size.
    fn reserve(&mut self, end: u64) {
        let all = self.expected_bytes.unwrap_or(0).min(end);
        let rest = all.saturating_sub(self.taken());
        // It only saves copying: where it fails, taking the bytes will fail and say so.
        let _ = self.bytes.try_reserve_exact(rest as usize);
    }

    /// Takes what is worth reading from a reader. Returns whether it was read to its end.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be read, or there is no memory for it.
    pub(super) fn take_from(&mut self, mut reader: impl Read) -> io::Result<bool> {
        loop {
            let wanted = self.wanted();
            if wanted == 0 {
                return Ok(false);
            }
            // A file that is read to its end asks the system for its size first, which costs as
            // much as reading a small one. Behind `take` it does not.
            let mut part = reader.by_ref().take(wanted);
            let taken = part.read_to_end(&mut self.bytes)?;
            if (taken as u64) < wanted {
                return Ok(true);
            }
        }
    }

    /// Returns the number of bytes that were taken.
    pub(super) fn taken(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Returns the bytes of an object of this size.
    pub(super) fn finish(self, stored_bytes: u64) -> ObjectBytes {
        ObjectBytes {
            stored_bytes: stored_bytes.max(self.taken()),
            bytes: self.bytes,
            metadata: HashMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that counts the bytes that are read from it.
    struct Counted<R> {
        inner: R,
        bytes: u64,
    }

    impl<R: Read> Read for Counted<R> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let read = self.inner.read(buffer)?;
            self.bytes += read as u64;
            Ok(read)
        }
    }

    /// Reads endless bytes that begin with `head`; returns how many were taken and read.
    fn endless(head: &'static [u8], limits: &Limits) -> (u64, u64) {
        let mut reader = Counted {
            inner: head.chain(io::repeat(b' ')),
            bytes: 0,
        };
        let mut intake = Intake::new(limits, None);
        assert!(!intake.take_from(&mut reader).expect("endless bytes"));
        (intake.taken(), reader.bytes)
    }

    #[test]
    fn no_more_is_read_than_is_worth_reading() {
        let limits = Limits {
            content_bytes: 1 << 20,
            ..Limits::default()
        };
        let beyond = (1 << 20) + 1;
        assert_eq!(endless(b"{\"Records\":[", &limits), (beyond, beyond));
        let head = HEAD_BYTES as u64;
        assert_eq!(endless(b"not a log", &limits), (head, head));
    }

    #[test]
    fn parts_are_taken_as_long_as_they_are_wanted() {
        let limits = Limits {
            content_bytes: 100_000,
            ..Limits::default()
        };
        let mut intake = Intake::new(&limits, Some(200_000));
        while intake.wanted() > 0 {
            intake.bytes.extend([b'['; 1000]);
        }
        assert_eq!(intake.taken(), 101_000);
        let object = intake.finish(200_000);
        assert_eq!(
            (object.bytes.len(), object.stored_bytes),
            (101_000, 200_000)
        );
    }

    #[test]
    fn an_object_of_the_size_of_a_head_is_read_to_its_end() {
        let limits = Limits::default();
        for size in [0, HEAD_BYTES - 1, HEAD_BYTES, HEAD_BYTES + 1] {
            let object = vec![b'['; size];
            let mut intake = Intake::new(&limits, None).with_room(10);
            assert!(intake.take_from(object.as_slice()).expect("memory"));
            assert_eq!(intake.finish(0).bytes, object);
        }
    }
}
