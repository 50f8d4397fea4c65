//! Sizes in bytes, as users write them.

use crate::text::printable;

/// The units, with the number of bits that each shifts a number by.
const UNITS: [(&str, u32); 5] = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40), ("B", 0)];

/// A text that is not a size.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{}` is not a size; write a number of bytes, or one with KiB, MiB, GiB or TiB",
    printable(.0)
)]
pub struct InvalidSize(String);

/// Parses a size, such as 256MiB.
///
/// # Errors
///
/// Returns an error if the text is not a number from 1, with or without a unit.
pub fn parse_size(text: &str) -> Result<u64, InvalidSize> {
    let mut units = UNITS.iter();
    let with_unit = units.find_map(|(unit, bits)| Some((text.strip_suffix(unit)?, *bits)));
    let (number, bits) = with_unit.unwrap_or((text, 0));
    let number: Option<u64> = number.trim_end().parse().ok();
    let bytes = number.and_then(|number| number.checked_mul(1 << bits));
    let bytes = bytes.filter(|bytes| *bytes > 0);
    bytes.ok_or_else(|| InvalidSize(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_their_units() {
        for (text, bytes) in [
            ("1", Some(1)),
            ("1MiBMiB", None),
            ("5BB", None),
            ("7B", Some(7)),
            ("256 MiB", Some(256 << 20)),
            ("1GiB", Some(1 << 30)),
            ("0", None),
            ("-1", None),
            ("1GB", None),
            ("GiB", None),
            ("99999999TiB", None),
        ] {
            assert_eq!(parse_size(text).ok(), bytes, "{text}");
        }
    }
}
