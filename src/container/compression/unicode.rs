//! Text in UTF-16 and UTF-32, as PowerShell and programs of Windows write it.

use super::stream::{Decompressed, Quota};
use crate::container::damage::Damage;
use crate::container::limits::Limits;

/// The first bytes of text in each encoding: the byte order mark. That of UTF-32 comes first,
/// since it begins as that of UTF-16 does.
pub(crate) const UTF_32_LITTLE: &[u8] = b"\xff\xfe\0\0";
pub(crate) const UTF_32_BIG: &[u8] = b"\0\0\xfe\xff";
pub(crate) const UTF_16_LITTLE: &[u8] = b"\xff\xfe";
pub(crate) const UTF_16_BIG: &[u8] = b"\xfe\xff";

const MARK: u32 = 0xfeff;

/// A function that returns text in UTF-8.
pub(crate) type Decode = fn(&[u8], &Limits) -> Decompressed;

/// Decodes UTF-16 with the low byte first.
pub(crate) fn decode_utf_16_little(stored: &[u8], limits: &Limits) -> Decompressed {
    let units = units(stored, u16::from_le_bytes);
    decoded(units.map(u32::from), stored.len() % 2, limits)
}

/// Decodes UTF-16 with the high byte first.
pub(crate) fn decode_utf_16_big(stored: &[u8], limits: &Limits) -> Decompressed {
    let units = units(stored, u16::from_be_bytes);
    decoded(units.map(u32::from), stored.len() % 2, limits)
}

/// Decodes UTF-32 with the low byte first.
pub(crate) fn decode_utf_32_little(stored: &[u8], limits: &Limits) -> Decompressed {
    decoded(units(stored, u32::from_le_bytes), stored.len() % 4, limits)
}

/// Decodes UTF-32 with the high byte first.
pub(crate) fn decode_utf_32_big(stored: &[u8], limits: &Limits) -> Decompressed {
    decoded(units(stored, u32::from_be_bytes), stored.len() % 4, limits)
}

/// Returns the units of text, which have `N` bytes each.
fn units<U, const N: usize>(stored: &[u8], unit: fn([u8; N]) -> U) -> impl Iterator<Item = U> {
    let (units, _) = stored.as_chunks::<N>();
    units.iter().map(move |bytes| unit(*bytes))
}

/// Decodes units of either encoding: those of UTF-16 are surrogates where two are one character.
fn decoded(units: impl Iterator<Item = u32>, left: usize, limits: &Limits) -> Decompressed {
    let mut bytes = Vec::new();
    let mut units = units.peekable();
    while let Some(unit) = units.next() {
        let low = units.next_if(|next| is_surrogate(unit, 0xd800) && is_surrogate(*next, 0xdc00));
        let point = low.map_or(unit, |low| {
            0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
        });
        push(&mut bytes, point);
        // One character beyond the limit shows that there are more.
        if bytes.len() as u64 > limits.content_bytes {
            break;
        }
    }
    let length = bytes.len() as u64;
    let read = match left {
        _ if length > limits.content_bytes => Err(limits.beyond_content(limits.content_bytes)),
        0 => Ok(()),
        _ => Err(cut(length)),
    };
    Quota::new(limits).trim(&mut bytes);
    Decompressed::new(bytes, read)
}

fn is_surrogate(unit: u32, first: u32) -> bool {
    (first..first + 0x400).contains(&unit)
}

fn push(bytes: &mut Vec<u8>, point: u32) {
    match char::from_u32(point) {
        // Marks are also written where texts were put after each other, and mean nothing there.
        Some(_) if point == MARK && is_between(bytes) => {}
        Some(character) => {
            bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        // This byte is in no text, so that the place is reported as one that is not text.
        None => bytes.push(0xff),
    }
}

/// Returns true at the beginning of text, and at that of a line.
fn is_between(bytes: &[u8]) -> bool {
    bytes.last().is_none_or(|last| *last == b'\n')
}

fn cut(length: u64) -> Damage {
    let detail = "the text ends within a character".to_owned();
    Damage::of_compression(detail, Some(length))
}
