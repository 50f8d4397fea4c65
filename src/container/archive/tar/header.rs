//! The headers of tar files: blocks with a checksum, in the old form, POSIX's, and GNU's.

use memchr::memmem::find_iter;

/// The size of a block. Headers are one block, and contents are filled up to whole blocks.
pub(super) const BLOCK_BYTES: usize = 512;

/// The place of the checksum in a header, and that of the name of the form.
const CHECKSUM: std::ops::Range<usize> = 148..156;
const FORM: std::ops::Range<usize> = 257..265;

/// The name of the form that POSIX and GNU write; the old form has none.
const USTAR: &[u8] = b"ustar";

/// The name of GNU's form, in which the place of the prefix holds other fields.
const GNU: &[u8] = b"ustar  \0";

/// A header with a valid checksum.
#[derive(Clone, Copy)]
pub(super) struct TarHeader<'a>(&'a [u8]);

impl<'a> TarHeader<'a> {
    /// Reads the header at a place.
    pub(super) fn at(stored: &'a [u8], place: usize) -> Option<Self> {
        let block = stored.get(place..place.checked_add(BLOCK_BYTES)?)?;
        has_checksum(block).then_some(Self(block))
    }

    /// Returns the type of the entry.
    pub(super) fn kind(self) -> u8 {
        self.0.get(156).copied().unwrap_or_default()
    }

    /// Returns the size of the content, as the header has it.
    pub(super) fn size_bytes(self) -> Option<u64> {
        number(self.field(124..136))
    }

    /// Returns the path: the name after its prefix.
    pub(super) fn path(self) -> Vec<u8> {
        let name = until_zero(self.field(0..100));
        match self.prefix() {
            b"" => name.to_vec(),
            prefix => [prefix, b"/", name].concat(),
        }
    }

    /// Returns the folders before the name, for which only POSIX's form has a place.
    fn prefix(self) -> &'a [u8] {
        let form = self.field(FORM);
        if !form.starts_with(USTAR) || form == GNU {
            return b"";
        }
        until_zero(self.field(345..500))
    }

    /// Returns the fields of a range of the block.
    pub(super) fn field(self, range: std::ops::Range<usize>) -> &'a [u8] {
        self.0.get(range).unwrap_or_default()
    }
}

/// Returns true if bytes begin like a tar file: with a header, or with a damaged one that has the
/// name of its form.
pub(in crate::container) fn is_tar(head: &[u8]) -> bool {
    let form = head.get(FORM.start..).unwrap_or_default();
    form.starts_with(USTAR) || TarHeader::at(head, 0).is_some()
}

/// Returns the place of the next header from a place on: at a whole number of blocks from `origin`,
/// or, where bytes were lost or added, anywhere.
pub(super) fn next_header(stored: &[u8], from: usize, origin: usize) -> Option<usize> {
    let aligned = next_aligned(stored, from, origin);
    let end = aligned.map_or(stored.len(), |place| place + BLOCK_BYTES);
    let area = stored.get(from..end)?;
    // The old form has no name to search for, so its headers are only found at whole blocks.
    let unaligned = find_iter(area, USTAR)
        .filter_map(|form| (from + form).checked_sub(FORM.start))
        .find(|place| *place >= from && TarHeader::at(stored, *place).is_some());
    unaligned.or(aligned)
}

fn next_aligned(stored: &[u8], from: usize, origin: usize) -> Option<usize> {
    let first = origin + (from.saturating_sub(origin)).next_multiple_of(BLOCK_BYTES);
    let mut places = (first..stored.len()).step_by(BLOCK_BYTES);
    places.find(|place| TarHeader::at(stored, *place).is_some())
}

/// Returns true if the checksum is the sum of the bytes of the block, with spaces in its own place.
/// Some old programs add signed bytes.
fn has_checksum(block: &[u8]) -> bool {
    let field = block.get(CHECKSUM).unwrap_or_default();
    // A field without digits is read as zero, which is not the sum of a header.
    let Some(expected) = octal(field).filter(|sum| *sum > 0) else {
        return false;
    };
    let (mut unsigned, mut signed) = (0_i64, 0_i64);
    for (place, byte) in block.iter().enumerate() {
        let byte = match CHECKSUM.contains(&place) {
            true => b' ',
            false => *byte,
        };
        unsigned += i64::from(byte);
        signed += i64::from(byte.cast_signed());
    }
    let expected = i64::try_from(expected).unwrap_or(-1);
    expected == unsigned || expected == signed
}

/// Returns a number in octal digits, or in GNU's binary form, which begins with a set bit.
pub(super) fn number(field: &[u8]) -> Option<u64> {
    match field.split_first() {
        None => Some(0),
        Some((first, _)) if first & 0x80 == 0 => octal(field),
        Some((first, rest)) => binary(first & 0x7f, rest),
    }
}

/// Returns a number in bytes, the highest first; nothing for one of more than 64 bits.
fn binary(first: u8, rest: &[u8]) -> Option<u64> {
    rest.iter().try_fold(u64::from(first), |number, byte| {
        number.checked_mul(256)?.checked_add(u64::from(*byte))
    })
}

/// Returns a number in octal digits between spaces and zeros. No digits are zero.
fn octal(field: &[u8]) -> Option<u64> {
    let mut number: u64 = 0;
    for digit in until_zero(field).trim_ascii() {
        number = number.checked_mul(8)?.checked_add(octal_digit(*digit)?)?;
    }
    Some(number)
}

/// Returns the value of an octal digit; nothing for any other sign.
fn octal_digit(sign: u8) -> Option<u64> {
    matches!(sign, b'0'..=b'7').then(|| u64::from(sign - b'0'))
}

/// Returns the bytes before the first zero.
pub(super) fn until_zero(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}
