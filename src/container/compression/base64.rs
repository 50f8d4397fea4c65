//! Base64: bytes as text, in lines of any length, or one value in each line.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::stream::Decompressed;
use super::{bzip2, gzip, zlib, zstd};
use crate::container::damage::Damage;
use crate::container::limits::Limits;

/// The first characters of a text by which it is decided whether they are base64 of a form that is
/// read. They are twelve bytes.
const HEAD_CHARACTERS: usize = 16;

/// Base64 with or without padding at its end, as producers differ.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Returns the bytes that a text is base64 of, in either alphabet and on any number of lines.
pub(crate) fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut characters = Vec::with_capacity(text.len());
    characters.extend(text.iter().copied().filter_map(standard_character));
    BASE64.decode(characters).ok()
}

/// Returns the character of the standard alphabet; nothing for white space.
fn standard_character(byte: u8) -> Option<u8> {
    match byte {
        b'-' => Some(b'+'),
        b'_' => Some(b'/'),
        b' ' | b'\r' | b'\n' | b'\t' => None,
        _ => Some(byte),
    }
}

/// Returns true if bytes begin with base64 of JSON or of compressed bytes.
pub(crate) fn is_base64(head: &[u8]) -> bool {
    let characters = head.get(..HEAD_CHARACTERS);
    characters.and_then(decoded).is_some_and(|bytes| {
        let magics = [gzip::MAGIC, zstd::MAGIC, bzip2::MAGIC];
        is_json(&bytes)
            || magics
                .into_iter()
                .chain(zlib::MAGIC)
                .any(|magic| bytes.starts_with(magic))
    })
}

/// Returns true if bytes begin with an object that has a member, or with an array of objects.
fn is_json(bytes: &[u8]) -> bool {
    [b"{\"", b"[{"].iter().any(|sign| bytes.starts_with(*sign))
}

/// Decodes, as far as possible.
pub(crate) fn decode(stored: &[u8], _: &Limits) -> Vec<Decompressed> {
    let lines = stored.split(|byte| *byte == b'\n');
    let mut lines = lines
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty());
    match lines.clone().count() > 1 && lines.clone().all(is_base64) {
        true => vec![each(&mut lines)],
        false => vec![whole(stored)],
    }
}

/// Decodes a text whose lines are parts of one value.
fn whole(stored: &[u8]) -> Decompressed {
    match decoded(stored) {
        Some(bytes) => Decompressed::new(bytes, Ok(())),
        None => Decompressed::new(Vec::new(), Err(damage())),
    }
}

/// Decodes a value in each line.
fn each<'l>(lines: &mut impl Iterator<Item = &'l [u8]>) -> Decompressed {
    let mut content = Vec::new();
    for line in lines {
        let Some(bytes) = decoded(line) else {
            return Decompressed::new(content, Err(damage()));
        };
        content.extend_from_slice(&bytes);
        // Compressed bytes may follow each other, and nothing may be between them.
        if is_json(&bytes) {
            content.push(b'\n');
        }
    }
    Decompressed::new(content, Ok(()))
}

fn damage() -> Damage {
    Damage::of_compression("the text is base64 only at its beginning".to_owned(), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(stored: &str) -> (Vec<u8>, bool) {
        let decoded = decode(stored.as_bytes(), &Limits::default()).remove(0);
        (decoded.bytes.into(), decoded.damage.is_some())
    }

    #[test]
    fn values_are_decoded_whole_or_line_by_line() {
        let text = br#"{"Records":[{"eventName":"GetSecretValue"}]}"#;
        let line = BASE64.encode(text);
        let wrapped = format!("{}\r\n{}\r\n", &line[..40], &line[40..]);
        assert!(is_base64(line.as_bytes()) && is_base64(wrapped.as_bytes()));
        assert_eq!(content(&line), (text.to_vec(), false));
        assert_eq!(content(&wrapped), (text.to_vec(), false));
        let twice = [text.as_slice(), b"\n", text, b"\n"].concat();
        assert_eq!(content(&format!("{line}\n{line}\n")), (twice, false));
        assert_eq!(content(&format!("{line}\n*")), (Vec::new(), true));
    }

    #[test]
    fn text_is_not_base64() {
        for text in [
            "",
            "eyJh",
            "GetSecretValue by a user",
            "{\"Records\":[]}     ",
        ] {
            assert!(!is_base64(text.as_bytes()), "{text}");
        }
    }
}
