//! Gzip with any number of members. Behind a damaged member, the next whole one is looked for.

use std::cell::RefCell;
use std::sync::LazyLock;

use flate2::bufread::GzDecoder;
use libdeflater::Decompressor;
use memchr::memmem::Finder;

use super::Damage;
use super::compression::{Stretch, read_limited};
use super::limits::{Limits, RATIO_FREE_BYTES};
use crate::problem::ProblemKind;

/// How a member begins: the magic number, and the only method there is.
const MEMBER: [u8; 3] = [0x1f, 0x8b, 0x08];

static NEXT_MEMBER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(&MEMBER));

/// How many bytes of a member tell it from any other.
const HEAD_BYTES: usize = 32;

/// How many places that look like the beginning of a member are tried behind damage.
const TRIES_LIMIT: usize = 1000;

/// Decompresses every member that is whole, and the beginning of those that are not.
pub(super) fn gunzip(stored: &[u8], limits: &Limits) -> Vec<Stretch> {
    if let Some(bytes) = only_member(stored, limits) {
        return vec![Stretch {
            bytes,
            damage: None,
        }];
    }
    let mut stretches = Vec::new();
    let mut start = 0;
    let mut left = *limits;
    loop {
        let (stretch, failed_at) = members(stored, start, &left);
        left.content_bytes = left
            .content_bytes
            .saturating_sub(stretch.bytes.len() as u64);
        let is_too_large = stretch
            .damage
            .as_ref()
            .is_some_and(|damage| damage.kind == ProblemKind::TooLarge);
        let next = failed_at.filter(|_| !is_too_large);
        let next = next.and_then(|failed_at| next_member(stored, failed_at, &stretch.bytes, &left));
        stretches.push(stretch);
        match next {
            Some(next) => start = next,
            None => return stretches,
        }
    }
}

/// The most bytes of a buffer that is kept for the next object.
const KEPT_BYTES: usize = 64 << 20;

thread_local! {
    /// Reads whole members at once, almost twice as fast as a stream (docs/performance.md).
    static WHOLE: RefCell<Decompressor> = RefCell::new(Decompressor::new());
    /// What the last object left, whatever it holds. A new buffer would have to be cleared first.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Takes back the bytes of a part, for another one of this thread.
pub(super) fn take_back(bytes: Vec<u8>) {
    BUFFER.with_borrow_mut(|kept| {
        if (kept.capacity()..=KEPT_BYTES).contains(&bytes.capacity()) {
            *kept = bytes;
        }
    });
}

/// The content of an object that is one member and whole, as almost all are; nothing for any other,
/// which is then read as a stream, with all that there is to say of it.
///
/// A member says at its end how large its content is. If the end of the object says what was read,
/// and no other member begins behind the first, it is taken for the end of its only member: other
/// bytes behind it would have to end in the same number.
fn only_member(stored: &[u8], limits: &Limits) -> Option<Vec<u8>> {
    let size = u32::from_le_bytes(*stored.last_chunk()?);
    let size = usize::try_from(size)
        .ok()
        .filter(|size| is_within(*size as u64, stored, limits))?;
    if !stored.starts_with(&MEMBER) {
        return None;
    }
    let mut bytes = BUFFER.take();
    bytes.resize(size, 0);
    let mut read = |stored: &[u8]| {
        WHOLE.with_borrow_mut(|decompressor| decompressor.gzip_decompress(stored, &mut bytes))
    };
    // What looks like the beginning of a member may be compressed bytes: then the first member is
    // not whole before it.
    let last_begin = NEXT_MEMBER
        .find_iter(stored)
        .last()
        .filter(|place| *place > 0);
    if last_begin.is_some_and(|place| {
        stored
            .get(..place)
            .is_some_and(|before| read(before).is_ok())
    }) {
        return None;
    }
    (read(stored) == Ok(size)).then_some(bytes)
}

fn is_within(size: u64, stored: &[u8], limits: &Limits) -> bool {
    let is_likely = size <= RATIO_FREE_BYTES || size / (stored.len() as u64).max(1) <= limits.ratio;
    size <= limits.content_bytes && is_likely
}

/// Reads members from `start` on, and tells where the first one begins that is damaged.
fn members(stored: &[u8], start: usize, limits: &Limits) -> (Stretch, Option<usize>) {
    let mut rest = stored.get(start..).unwrap_or_default();
    let capacity = rest.len().saturating_mul(8).min(64 << 20);
    let mut stretch = Stretch {
        bytes: Vec::with_capacity(capacity),
        damage: None,
    };
    while !rest.is_empty() {
        let at = stored.len() - rest.len();
        if let Err(damage) = member(&mut rest, &mut stretch.bytes, limits) {
            let detail = format!(
                "{}; the gzip member begins at byte {at} of the object",
                damage.detail
            );
            stretch.damage = Some(Damage { detail, ..damage });
            return (stretch, Some(at));
        }
    }
    (stretch, None)
}

/// Reads one member and leaves `rest` behind it.
fn member(rest: &mut &[u8], bytes: &mut Vec<u8>, limits: &Limits) -> Result<(), Damage> {
    if !rest.starts_with(&MEMBER[..2]) {
        let detail = format!("{} bytes follow the end of the compressed data", rest.len());
        let byte = Some(bytes.len() as u64);
        return Err(Damage {
            kind: ProblemKind::DamagedCompression,
            detail,
            byte,
        });
    }
    let whole = rest.len();
    let mut decoder = GzDecoder::new(*rest);
    read_limited(
        &mut decoder,
        bytes,
        |decoder| whole - decoder.get_ref().len(),
        limits,
    )?;
    *rest = decoder.into_inner();
    Ok(())
}

/// Where the next member begins that is whole, behind the one at `failed_at`, of which `content`
/// could be read. Bytes that are compressed twice stand in the first compression as they are; what
/// was read of them already is not read again.
fn next_member(stored: &[u8], failed_at: usize, content: &[u8], limits: &Limits) -> Option<usize> {
    let search = stored.get(failed_at + 1..)?;
    let places = NEXT_MEMBER.find_iter(search).take(TRIES_LIMIT);
    let mut places = places.map(|place| failed_at + 1 + place);
    places.find(|place| {
        let mut rest = stored.get(*place..).unwrap_or_default();
        let head = rest.get(..HEAD_BYTES).unwrap_or(rest);
        memchr::memmem::find(content, head).is_none()
            && member(&mut rest, &mut Vec::new(), limits).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn compressed(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).expect("memory takes bytes");
        encoder.finish().expect("memory takes bytes")
    }

    fn kinds(stretches: &[Stretch]) -> Vec<(&[u8], Option<ProblemKind>)> {
        let kind = |stretch: &Stretch| stretch.damage.as_ref().map(|damage| damage.kind);
        stretches
            .iter()
            .map(|stretch| (stretch.bytes.as_slice(), kind(stretch)))
            .collect()
    }

    const DAMAGED: Option<ProblemKind> = Some(ProblemKind::DamagedCompression);

    #[test]
    fn every_member_is_read() {
        let stored = [compressed(b"one "), compressed(b""), compressed(b"two")].concat();
        assert_eq!(
            kinds(&gunzip(&stored, &Limits::default())),
            [(b"one two".as_slice(), None)]
        );
    }

    #[test]
    fn what_looks_like_a_member_may_be_content() {
        let text = [b"x".as_slice(), &MEMBER, b"y", &compressed(b"z"), &MEMBER].concat();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        encoder.write_all(&text).expect("memory takes bytes");
        let stored = encoder.finish().expect("memory takes bytes");
        assert_eq!(only_member(&stored, &Limits::default()), Some(text));
        // The end of two equal members says of the first what is right.
        let one = compressed(b"one");
        let two = [one.clone(), one.clone()].concat();
        assert_eq!(only_member(&two, &Limits::default()), None);
        let mut damaged = two;
        damaged[one.len() + 12] ^= 0xff;
        assert_eq!(only_member(&damaged, &Limits::default()), None);
        assert_eq!(kinds(&gunzip(&damaged, &Limits::default()))[0].1, DAMAGED);
    }

    #[test]
    fn what_stands_before_and_behind_damage_is_kept() {
        let whole = compressed(&b"0123456789".repeat(2000));
        let first = compressed(b"first");
        let cut = gunzip(
            &[first.clone(), whole[..whole.len() - 9].to_vec()].concat(),
            &Limits::default(),
        );
        assert_eq!(cut.len(), 1);
        assert!(cut[0].bytes.starts_with(b"first0123456789"));
        assert_eq!(kinds(&cut)[0].1, DAMAGED);
        let trailing = gunzip(
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
        let found = gunzip(&stored, &Limits::default());
        let found: Vec<_> = kinds(&found)
            .into_iter()
            .map(|(bytes, kind)| (bytes.len(), kind))
            .collect();
        assert_eq!(found.len(), 3);
        assert_eq!(
            (found[1], found[2]),
            ((11, DAMAGED), (10, None)),
            "with what the broken one still gave"
        );
    }

    #[test]
    fn content_is_limited() {
        let stored = compressed(&[b'x'; 1000]);
        let read = |content_bytes| {
            gunzip(
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
        let bomb = gunzip(&compressed(&vec![0; 24 << 20]), &Limits::default());
        assert_eq!(kinds(&bomb)[0].1, Some(ProblemKind::TooLarge));
        assert!(bomb[0].bytes.len() < 20 << 20);
    }
}
