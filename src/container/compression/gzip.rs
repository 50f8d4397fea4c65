//! Gzip with any number of members. After a damaged member, the next whole one is searched.

use std::cell::RefCell;
use std::io::Read;
use std::sync::LazyLock;

use flate2::bufread::GzDecoder;
use libdeflater::Decompressor;
use memchr::memmem::{Finder, find};

use super::stream::{Decompressed, Quota, read_limited, recover};
use crate::container::content::ContentBytes;
use crate::container::damage::Damage;
use crate::container::limits::Limits;

/// The first bytes.
pub(crate) const MAGIC: &[u8] = &[0x1f, 0x8b];

/// The first bytes of a member: the magic number, and the only method there is.
const MEMBER: [u8; 3] = [0x1f, 0x8b, 0x08];

static NEXT_MEMBER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(&MEMBER));

/// The number of bytes of a member that identify it.
const MEMBER_HEAD_BYTES: usize = 32;

/// The most places that are tried as the beginning of a member after damage.
const TRIES_LIMIT: usize = 1000;

/// The number of bytes of content by which a damaged member is recognized.
const SAMPLE_BYTES: u64 = 64;

/// The most bytes of a buffer that is kept for the next object.
const KEPT_BYTES: usize = 64 << 20;

/// The expected size of content as a multiple of its compressed size, and the most bytes that are
/// reserved for it. A buffer that is large enough is not copied to a larger one.
const EXPECTED_RATIO: usize = 8;
const RESERVED_BYTES: usize = 64 << 20;

/// Decompresses every member that is whole, and the beginning of those that are not.
pub(crate) fn decompress(stored: &[u8], limits: &Limits) -> Vec<Decompressed> {
    match only_member(stored, limits) {
        Some(bytes) => vec![Decompressed::new(bytes, Ok(()))],
        None => all_members(stored, limits),
    }
}

/// The checksum and the size of the content, which a member ends with.
const TRAILER_BYTES: usize = 8;

/// Returns the content of an object that is one whole member and nothing else.
///
/// # Errors
///
/// Returns the damage of any other object.
pub(crate) fn only_content(stored: &[u8], limits: &Limits) -> Result<ContentBytes, Damage> {
    if let Some(bytes) = only_member(stored, limits) {
        if ContentChecksum::new(&bytes).is_last_in(stored) {
            return Ok(bytes);
        }
        take_back(bytes);
    }
    let mut members = GzipMembers::new(stored, Quota::new(limits));
    members.read_next()?;
    match members.rest.is_empty() && !members.has_padding {
        true => Ok(members.bytes.into()),
        false => Err(Damage::of_compression(
            "bytes follow the end of the compressed data".to_owned(),
            None,
        )),
    }
}

/// The end of a member with some content: the checksum and the size of the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentChecksum([u8; TRAILER_BYTES]);

impl ContentChecksum {
    /// Computes the checksum of content.
    pub fn new(content: &[u8]) -> Self {
        let mut trailer = [0; TRAILER_BYTES];
        let (checksum, size) = trailer.split_at_mut(TRAILER_BYTES / 2);
        checksum.copy_from_slice(&crc32fast::hash(content).to_le_bytes());
        // A member records the size of its content modulo 2^32.
        size.copy_from_slice(&(content.len() as u32).to_le_bytes());
        Self(trailer)
    }

    /// Returns whether an object, from which the content was decompressed, holds nothing else. One
    /// that is not gzip is its content.
    pub fn is_of_only_content(self, stored: &[u8], limits: &Limits) -> bool {
        if !stored.starts_with(MAGIC) || self.is_last_in(stored) {
            return true;
        }
        // The last bytes of a member may be among its own by chance.
        let only = only_content(stored, limits);
        only.is_ok_and(|only| Self::new(&only) == self)
    }

    /// Returns whether the member certainly ends where the object does: its last bytes are those of
    /// the object, and they are nowhere else in it.
    fn is_last_in(self, stored: &[u8]) -> bool {
        find(stored, &self.0) == stored.len().checked_sub(TRAILER_BYTES)
    }
}

fn all_members(stored: &[u8], limits: &Limits) -> Vec<Decompressed> {
    let mut contents = Vec::new();
    let mut search = MemberSearch {
        stored,
        quota: Quota::new(limits),
        work_bytes: limits.work_bytes(stored.len()),
    };
    let mut next = Some(0);
    while let Some(start) = next {
        let (content, failed_at) = members(stored, start, search.quota);
        search.quota.spend(&content.bytes);
        next = failed_at.and_then(|place| search.next_member(place, &content.bytes));
        contents.push(content);
    }
    contents
}

thread_local! {
    /// Reads whole members at once, almost twice as fast as a stream (docs/performance.md).
    static WHOLE: RefCell<Decompressor> = RefCell::new(Decompressor::new());
    /// The memory of an earlier object. It keeps its content, since new memory would have to be
    /// cleared first.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Takes back the bytes of a piece, for another one of this thread.
pub(crate) fn take_back(bytes: ContentBytes) {
    let memory = bytes.into_memory();
    BUFFER.with_borrow_mut(|kept| {
        // The larger one of the two is kept, since it fits more objects.
        if (kept.capacity()..=KEPT_BYTES).contains(&memory.capacity()) {
            *kept = memory;
        }
    });
}

/// Returns the content of an object that is one whole member, as almost all are. Any other object
/// is read as a stream, which finds the damage.
///
/// A member ends with the size of its content. If that is the size of what was read, and no other
/// member begins after the first, the end of the object is taken for the end of its only member:
/// other bytes after it would have to end in the same number.
fn only_member(stored: &[u8], limits: &Limits) -> Option<ContentBytes> {
    let size = claimed_size(stored, limits)?;
    let mut memory = BUFFER.take();
    // Only the bytes that no earlier object used are cleared.
    if memory.len() < size {
        memory.resize(size, 0);
    }
    let is_only = memory
        .get_mut(..size)
        .is_some_and(|bytes| is_only_member(stored, bytes));
    let bytes = ContentBytes::within(memory, size);
    if !is_only {
        take_back(bytes);
        return None;
    }
    Some(bytes)
}

/// Reads a member into bytes of the size that it claims. Returns whether it is whole, and no other
/// one is before it.
fn is_only_member(stored: &[u8], bytes: &mut [u8]) -> bool {
    let before = before_last_member(stored);
    if before.is_some_and(|before| read_member(before, bytes).is_some()) {
        return false;
    }
    read_member(stored, bytes) == Some(bytes.len())
}

/// Returns the size of the content of the last member, as it claims, if that is within the limits.
fn claimed_size(stored: &[u8], limits: &Limits) -> Option<usize> {
    // Four bytes are too few for content of 4 GiB or more, which claims less and then does not fit.
    let claimed = stored
        .last_chunk()
        .filter(|_| stored.starts_with(&MEMBER))?;
    let size_bytes = u64::from(u32::from_le_bytes(*claimed));
    let is_beyond = size_bytes > limits.content_bytes
        || limits.is_beyond_ratio(size_bytes, stored.len() as u64);
    usize::try_from(size_bytes).ok().filter(|_| !is_beyond)
}

/// Returns the bytes before the last ones that look like the beginning of a member, except for the
/// first. These may also be compressed bytes, and then no member ends before them.
fn before_last_member(stored: &[u8]) -> Option<&[u8]> {
    let last = NEXT_MEMBER.find_iter(stored).last()?;
    stored.get(..last).filter(|before| !before.is_empty())
}

/// Reads a whole member into `bytes`, and returns the size of its content.
fn read_member(stored: &[u8], bytes: &mut [u8]) -> Option<usize> {
    WHOLE.with_borrow_mut(|decompressor| decompressor.gzip_decompress(stored, bytes).ok())
}

/// Reads members from `start` on, and returns the beginning of the first one that is damaged, if
/// any. A member that a limit cut off is not damaged.
fn members(stored: &[u8], start: usize, quota: Quota<'_>) -> (Decompressed, Option<usize>) {
    let mut members = GzipMembers::new(stored.get(start..).unwrap_or_default(), quota);
    members.reserve();
    while !members.rest.is_empty() {
        let at = stored.len() - members.rest.len();
        let before = members.bytes.len();
        if let Err(mut damage) = members.read_next() {
            // A limit cuts off content that was read rightly, so there is nothing to recover.
            let failed_at = (!damage.is_limit()).then_some(at);
            if failed_at.is_some() {
                members.recover(before);
                damage.byte = Some(members.bytes.len() as u64);
            }
            let read = Err(at_member(damage, at));
            return (Decompressed::new(members.bytes, read), failed_at);
        }
    }
    (Decompressed::new(members.bytes, Ok(())), None)
}

/// The members of an object that follow each other without damage.
struct GzipMembers<'s, 'l> {
    stored_bytes: usize,
    /// The stored bytes that were not read yet.
    rest: &'s [u8],
    bytes: Vec<u8>,
    quota: Quota<'l>,
    /// True if zeros or line breaks followed the last member.
    has_padding: bool,
}

impl<'s, 'l> GzipMembers<'s, 'l> {
    fn new(stored: &'s [u8], quota: Quota<'l>) -> Self {
        Self {
            stored_bytes: stored.len(),
            rest: stored,
            bytes: Vec::new(),
            quota,
            has_padding: false,
        }
    }

    /// Reserves memory for the expected content.
    fn reserve(&mut self) {
        let expected = self.stored_bytes.saturating_mul(EXPECTED_RATIO);
        let reserved = expected.min(RESERVED_BYTES).min(self.most_bytes());
        self.bytes.reserve_exact(reserved);
    }

    /// Returns the most bytes that are read: one more than the content may have shows that it is
    /// too large.
    fn most_bytes(&self) -> usize {
        let most = self.quota.content_bytes().saturating_add(1);
        usize::try_from(most).unwrap_or(usize::MAX)
    }

    /// Reads one member.
    fn read_next(&mut self) -> Result<(), Damage> {
        if !self.rest.starts_with(MAGIC) {
            return Err(self.not_a_member());
        }
        let mut decoder = GzDecoder::new(self.rest);
        // The ratio is that of all members, so all of their stored bytes are counted.
        let consumed = |decoder: &GzDecoder<&[u8]>| self.stored_bytes - decoder.get_ref().len();
        read_limited(&mut decoder, &mut self.bytes, consumed, self.quota)?;
        let rest = decoder.into_inner();
        self.rest = without_line_breaks(without_padding(rest));
        self.has_padding = self.rest.len() < rest.len();
        Ok(())
    }

    /// Adds what the damaged member still gives to its content, which begins after `before` bytes.
    fn recover(&mut self, before: usize) {
        let known = self.bytes.len().saturating_sub(before);
        let mut decoder = GzDecoder::new(self.rest);
        recover(&mut decoder, known as u64, &mut self.bytes);
        self.quota.trim(&mut self.bytes);
    }

    fn not_a_member(&self) -> Damage {
        let count = self.rest.len();
        let detail = format!("{count} bytes follow the end of the compressed data");
        Damage::of_compression(detail, Some(self.bytes.len() as u64))
    }
}

/// Returns the bytes after the zeros that tapes and disks fill their last block with. Gzip ignores
/// them, too.
fn without_padding(rest: &[u8]) -> &[u8] {
    let padding = rest.iter().take_while(|byte| **byte == 0).count();
    rest.get(padding..).unwrap_or_default()
}

/// Returns the bytes after the line breaks that Firehose writes after each record that it delivers,
/// which may be a member.
fn without_line_breaks(rest: &[u8]) -> &[u8] {
    let breaks = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
    let after = rest.get(breaks.count()..).unwrap_or_default();
    match after.is_empty() || after.starts_with(&MEMBER) {
        true => after,
        false => rest,
    }
}

/// Adds the place of the member to the description of its damage.
fn at_member(damage: Damage, at: usize) -> Damage {
    if damage.is_limit() {
        return damage;
    }
    let place = format!("; the gzip member begins at byte {at} of the object");
    let detail = damage.detail + &place;
    Damage { detail, ..damage }
}

/// The search for members after damaged ones.
struct MemberSearch<'s, 'l> {
    stored: &'s [u8],
    quota: Quota<'l>,
    /// The bytes of content that may still be read to find members. What looks like a member can
    /// hold others, so that each of them may be as long as the rest of the object.
    work_bytes: u64,
}

impl MemberSearch<'_, '_> {
    /// Finds the next member after the one at `failed_at`, of which `content` could be read.
    ///
    /// If bytes are compressed twice, the inner members may be in the object as they are in
    /// `content`. They are not read again.
    fn next_member(&mut self, failed_at: usize, content: &[u8]) -> Option<usize> {
        let first = failed_at + 1;
        let places = NEXT_MEMBER.find_iter(self.stored.get(first..)?);
        for place in places.take(TRIES_LIMIT) {
            let member = self.stored.get(first + place..)?;
            if !is_in(member, content) && self.is_member(member) {
                return Some(first + place);
            }
        }
        None
    }

    /// Returns true if bytes are a member: a whole one, or one that begins with text or with
    /// another member, since bytes that only look like a member hardly do.
    fn is_member(&mut self, bytes: &[u8]) -> bool {
        // The sample comes first, since a whole member may be long.
        begins_as_content(&sample(bytes)) || (self.work_bytes > 0 && self.is_whole(bytes))
    }

    fn is_whole(&mut self, bytes: &[u8]) -> bool {
        let mut member = GzipMembers::new(bytes, self.quota);
        let is_whole = member.read_next().is_ok();
        self.charge(&member.bytes);
        is_whole
    }

    /// Takes the bytes of content from those that may still be read.
    fn charge(&mut self, content: &[u8]) {
        self.work_bytes = self.work_bytes.saturating_sub(content.len() as u64);
    }
}

/// Returns the first bytes of the content of a member, or fewer of one that is shorter or damaged.
fn sample(member: &[u8]) -> Vec<u8> {
    let mut sample = Vec::new();
    let mut decoder = GzDecoder::new(member);
    recover(&mut decoder.by_ref().take(SAMPLE_BYTES), 0, &mut sample);
    sample
}

fn begins_as_content(sample: &[u8]) -> bool {
    let is_sample = sample.len() as u64 == SAMPLE_BYTES;
    is_sample && (sample.starts_with(&MEMBER) || is_text(sample))
}

fn is_text(sample: &[u8]) -> bool {
    !sample.iter().any(is_control) && str::from_utf8(sample).is_ok_and(|text| text.is_ascii())
}

/// Returns true for the bytes below the space that text does not have.
fn is_control(byte: &u8) -> bool {
    *byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t')
}

/// Returns true if content has the beginning of a member.
fn is_in(member: &[u8], content: &[u8]) -> bool {
    let head = member.get(..MEMBER_HEAD_BYTES).unwrap_or(member);
    find(content, head).is_some()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::problem::ProblemKind;

    fn compressed(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).expect("memory takes bytes");
        encoder.finish().expect("memory takes bytes")
    }

    fn kinds(contents: &[Decompressed]) -> Vec<(&[u8], Option<ProblemKind>)> {
        let kind = |content: &Decompressed| content.damage.as_ref().map(|damage| damage.kind);
        contents
            .iter()
            .map(|content| (&*content.bytes, kind(content)))
            .collect()
    }

    const DAMAGED: Option<ProblemKind> = Some(ProblemKind::DamagedCompression);

    #[test]
    fn every_member_is_read() {
        let stored = [compressed(b"one "), compressed(b""), compressed(b"two")].concat();
        assert_eq!(
            kinds(&decompress(&stored, &Limits::default())),
            [(b"one two".as_slice(), None)]
        );
    }

    #[test]
    fn line_breaks_after_members_are_no_damage() {
        let (one, two) = (compressed(b"one "), compressed(b"two"));
        let stored = [&one, b"\n".as_slice(), &two, b"\r\n"].concat();
        assert_eq!(
            kinds(&decompress(&stored, &Limits::default())),
            [(b"one two".as_slice(), None)]
        );
        assert!(only_content(&[&one, b"\n".as_slice()].concat(), &Limits::default()).is_err());
        let other = [&one, b"\nx".as_slice()].concat();
        assert_eq!(kinds(&decompress(&other, &Limits::default()))[0].1, DAMAGED);
    }

    #[test]
    fn bytes_that_look_like_a_member_may_be_content() {
        let text = [b"x".as_slice(), &MEMBER, b"y", &compressed(b"z"), &MEMBER].concat();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        encoder.write_all(&text).expect("memory takes bytes");
        let stored = encoder.finish().expect("memory takes bytes");
        assert_eq!(only_member(&stored, &Limits::default()), Some(text.into()));
        // The end of two equal members is right for the first, too.
        let one = compressed(b"one");
        let two = [one.clone(), one.clone()].concat();
        assert_eq!(only_member(&two, &Limits::default()), None);
        let mut damaged = two;
        damaged[one.len() + 12] ^= 0xff;
        assert_eq!(only_member(&damaged, &Limits::default()), None);
        assert_eq!(
            kinds(&decompress(&damaged, &Limits::default()))[0].1,
            DAMAGED
        );
    }

    #[test]
    fn content_before_and_after_damage_is_kept() {
        let whole = compressed(&b"0123456789".repeat(2000));
        let first = compressed(b"first");
        let cut = decompress(
            &[first.clone(), whole[..whole.len() - 9].to_vec()].concat(),
            &Limits::default(),
        );
        assert_eq!(cut.len(), 1);
        assert!(cut[0].bytes.starts_with(b"first0123456789"));
        assert_eq!(kinds(&cut)[0].1, DAMAGED);
        let trailing = decompress(
            &[first.clone(), b"garbage".to_vec()].concat(),
            &Limits::default(),
        );
        assert_eq!(kinds(&trailing), [(b"first".as_slice(), DAMAGED)]);
        let mut broken = compressed(b"broken");
        broken[12] ^= 0xff;
        let stored = [
            first.clone(),
            broken.clone(),
            compressed(b"third"),
            broken,
            compressed(b"fifth"),
            first,
        ]
        .concat();
        let found = decompress(&stored, &Limits::default());
        let found: Vec<_> = kinds(&found)
            .into_iter()
            .map(|(bytes, kind)| (bytes.len(), kind))
            .collect();
        assert_eq!(found.len(), 3);
        assert_eq!(
            (found[1], found[2]),
            ((11, DAMAGED), (10, None)),
            "with the content of the broken one before its damage"
        );
    }

    #[test]
    fn the_ratio_is_that_of_all_members() {
        let line = "{\"eventName\":\"GetSecretValue\"},".repeat(4);
        let lines = (0..4000).map(|number| format!("{number}{line}"));
        let text: String = lines.collect();
        let count = (17 << 20) / text.len() + 1;
        let stored = compressed(text.as_bytes()).repeat(count);
        let found = decompress(&stored, &Limits::default());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].damage, None);
        assert_eq!(found[0].bytes.len(), count * text.len());
    }

    #[test]
    fn the_limit_holds_for_all_content_together() {
        let (whole, mut broken) = (compressed(&[b'x'; 1000]), compressed(&[b'y'; 1000]));
        let middle = broken.len() / 2;
        broken[middle] ^= 0xff;
        let stored = [whole.clone(), broken, whole.clone(), whole].concat();
        let limits = Limits {
            content_bytes: 2500,
            ..Limits::default()
        };
        let found = decompress(&stored, &limits);
        let total: usize = found.iter().map(|content| content.bytes.len()).sum();
        assert_eq!(total, 2500);
        let damage = found.last().and_then(|content| content.damage.clone());
        let detail = damage.expect("too much").detail;
        assert!(detail.contains("more than 2500 bytes"), "{detail}");
    }

    #[test]
    fn content_is_limited() {
        let stored = compressed(&[b'x'; 1000]);
        let read = |content_bytes| {
            decompress(
                &stored,
                &Limits {
                    content_bytes,
                    ..Limits::default()
                },
            )
        };
        assert_eq!(kinds(&read(1000))[0].1, None);
        assert_eq!(
            kinds(&read(999)),
            [([b'x'; 999].as_slice(), Some(ProblemKind::TooLarge))]
        );
        let bomb = decompress(&compressed(&vec![0; 24 << 20]), &Limits::default());
        assert_eq!(kinds(&bomb)[0].1, Some(ProblemKind::TooLarge));
        assert!(bomb[0].bytes.len() < 20 << 20);
    }
}
