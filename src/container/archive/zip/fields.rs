//! Numbers in the records of a zip file, and its extra fields.

/// Returns the two bytes at a place as a number.
pub(super) fn short(bytes: &[u8], place: usize) -> Option<u16> {
    let field = bytes.get(place..)?.first_chunk()?;
    Some(u16::from_le_bytes(*field))
}

/// Returns the four bytes at a place as a number.
pub(super) fn long(bytes: &[u8], place: usize) -> Option<u32> {
    let field = bytes.get(place..)?.first_chunk()?;
    Some(u32::from_le_bytes(*field))
}

/// Returns the eight bytes at a place as a number.
pub(super) fn quad(bytes: &[u8], place: usize) -> Option<u64> {
    let field = bytes.get(place..)?.first_chunk()?;
    Some(u64::from_le_bytes(*field))
}

/// The number of an extra field that holds numbers of more than 32 bits.
const LARGE_NUMBERS: u16 = 1;

/// Replaces the numbers that have no room in their own fields by those of the extra field for
/// large ones. They have an order, and only those that are needed are there.
pub(super) fn enlarge(numbers: &mut [&mut u64], extra: &[u8]) {
    let Some(mut field) = large_numbers(extra) else {
        return;
    };
    for number in numbers {
        if **number != u64::from(u32::MAX) {
            continue;
        }
        let Some(large) = quad(field, 0) else {
            return;
        };
        **number = large;
        field = field.get(8..).unwrap_or_default();
    }
}

fn large_numbers(mut extra: &[u8]) -> Option<&[u8]> {
    loop {
        let (kind, size) = (short(extra, 0)?, usize::from(short(extra, 2)?));
        let field = extra.get(4..4 + size)?;
        if kind == LARGE_NUMBERS {
            return Some(field);
        }
        extra = extra.get(4 + size..)?;
    }
}
