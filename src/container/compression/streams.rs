//! Compressions whose files are streams that follow each other. After a damaged one, the next is
//! searched.

use std::io::{self, Read};

use memchr::memmem::find_iter;

use super::stream::{Decompressed, Quota, damaged, read_limited, recover};
use crate::container::limits::Limits;

/// A decoder of streams that follow each other.
pub(super) trait StreamDecoder: Read {
    /// Returns the number of stored bytes that it did not read.
    fn left(&self) -> usize;
}

/// A decoder of bytes, or the reason why there is none.
pub(super) type OpenDecoder<'s> = io::Result<Box<dyn StreamDecoder + 's>>;

/// A compression.
pub(super) struct CompressionFormat {
    /// The bytes that each stream begins with.
    pub(super) magic: &'static [u8],
    /// Returns a decoder of bytes.
    pub(super) decoder: for<'s> fn(&'s [u8], &Limits) -> OpenDecoder<'s>,
}

/// The most places that are tried as the beginning of a stream after damage.
const TRIES_LIMIT: usize = 1000;

impl CompressionFormat {
    /// Decompresses every stream that is whole, and the beginning of those that are not.
    pub(super) fn decompress(&self, stored: &[u8], limits: &Limits) -> Vec<Decompressed> {
        let mut contents = Vec::new();
        let mut quota = Quota::new(limits);
        let mut next = Some(0);
        while let Some(start) = next {
            let streams = stored.get(start..).unwrap_or_default();
            let (content, left) = self.read(streams, quota);
            quota.spend(&content.bytes);
            let is_damaged = content
                .damage
                .as_ref()
                .is_some_and(|damage| !damage.is_limit());
            // A decoder may fail before it reads a byte, so the search begins after the first one.
            let failed_at = stored.len().saturating_sub(left);
            next = is_damaged
                .then(|| self.next_stream(stored, failed_at.max(start + 1), limits))
                .flatten();
            contents.push(content);
        }
        contents
    }

    /// Reads streams up to the first damage, and returns the number of bytes that are left.
    fn read(&self, stored: &[u8], quota: Quota<'_>) -> (Decompressed, usize) {
        let mut bytes = Vec::new();
        let mut decoder = match (self.decoder)(stored, quota.limits) {
            Ok(decoder) => decoder,
            Err(error) => return (Decompressed::new(bytes, Err(damaged(&error, 0))), 0),
        };
        let mut read = read_limited(
            &mut decoder,
            &mut bytes,
            |decoder| stored.len() - decoder.left(),
            quota,
        );
        let mut left = decoder.left();
        if let Err(damage) = &mut read
            && !damage.is_limit()
            && let Ok(mut again) = (self.decoder)(stored, quota.limits)
        {
            recover(&mut again, bytes.len() as u64, &mut bytes);
            quota.trim(&mut bytes);
            damage.byte = Some(bytes.len() as u64);
            left = again.left();
        }
        (Decompressed::new(bytes, read), left)
    }

    /// Finds the next stream of which something can be read.
    fn next_stream(&self, stored: &[u8], from: usize, limits: &Limits) -> Option<usize> {
        let places = find_iter(stored.get(from..)?, self.magic);
        for place in places.take(TRIES_LIMIT) {
            let start = from + place;
            let decoder = (self.decoder)(stored.get(start..)?, limits);
            if decoder.is_ok_and(|mut decoder| matches!(decoder.read(&mut [0]), Ok(1))) {
                return Some(start);
            }
        }
        None
    }
}
