//! Strings that hold something else: JSON, or bytes in base64 that may be compressed.

use std::io::Read;

use flate2::bufread::ZlibDecoder;

use crate::container::compression::base64::decoded;
use crate::container::wrapping::Wrapping;
use crate::json::unescaped;

/// The fewest characters of a string in which bytes are looked for: a record has far more.
const FEWEST_CHARACTERS: usize = 16;

/// The first characters of a string by which it is decided whether they are base64. They are twelve
/// bytes.
const HEAD_CHARACTERS: usize = 16;

/// The content of a string.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PackedContent {
    /// Nothing that may hold records.
    Nothing,
    /// Text that may hold JSON.
    Text,
    /// Bytes that are JSON, or are compressed.
    Bytes(Vec<u8>),
    /// Bytes that are compressed as zlib does, which has no signature of its own.
    Zlib(Vec<u8>),
}

impl PackedContent {
    /// Decides by its beginning what the string `raw` holds, and decodes bytes. In a text that was
    /// written as a message, JSON may follow a prefix.
    pub(super) fn from_string(raw: &str, is_message: bool) -> Self {
        let inner = raw.strip_prefix('"').unwrap_or(raw);
        if holds_json(inner, is_message) {
            return Self::Text;
        }
        if is_hexadecimal(inner) {
            return Self::Nothing;
        }
        let is_packed = begins_with_bytes(inner);
        let is_message = is_message && begins_with_text(inner);
        if raw.len() < FEWEST_CHARACTERS || !(is_packed || is_message) {
            return Self::Nothing;
        }
        let Some(bytes) = unescaped(raw).and_then(|text| decoded(text.as_bytes())) else {
            return Self::Nothing;
        };
        if !is_packed && memchr::memmem::find(&bytes, b"{\"").is_none() {
            return Self::Nothing;
        }
        match is_zlib(&bytes) {
            true => Self::Zlib(bytes),
            false => Self::Bytes(bytes),
        }
    }
}

/// Returns true if a string has only hexadecimal digits, as a hash has. It is base64, too, and some
/// hashes begin as compressed bytes do.
fn is_hexadecimal(inner: &str) -> bool {
    let digits = inner.strip_suffix('"').unwrap_or(inner);
    digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Returns true if a string begins with JSON, or has an object after the prefix of a message.
fn holds_json(inner: &str, is_message: bool) -> bool {
    let rest = without_escaped_spaces(inner);
    let has_object = || memchr::memmem::find(rest.as_bytes(), b"{\\\"").is_some();
    begins_with_json(rest) || is_message && has_object()
}

fn begins_with_json(inner: &str) -> bool {
    // A string may also hold a string, whose quote is escaped.
    inner.starts_with(['{', '[']) || inner.starts_with("\\\"{")
}

fn without_escaped_spaces(text: &str) -> &str {
    let mut rest = text;
    while let Some(after) = without_escaped_space(rest) {
        rest = after;
    }
    rest
}

fn without_escaped_space(text: &str) -> Option<&str> {
    let spaces = ["\\n", "\\r", "\\t", " "];
    spaces.iter().find_map(|space| text.strip_prefix(space))
}

/// Returns true if the first characters are base64 of JSON or of compressed bytes.
fn begins_with_bytes(inner: &str) -> bool {
    let bytes = head(inner);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let is_json = bytes.trim_ascii_start().starts_with(b"{") || bytes.starts_with(b"[");
    is_json || is_zlib(bytes) || Wrapping::from_head(bytes).is_some()
}

/// Returns true if the first characters are base64 of a text, such as the time of a line.
fn begins_with_text(inner: &str) -> bool {
    let bytes = head(inner);
    let is_text = |byte: &u8| byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t');
    !bytes.is_empty() && bytes.iter().all(is_text)
}

/// Returns the bytes that the first characters of a string are base64 of.
fn head(inner: &str) -> Vec<u8> {
    let head: String = inner
        .chars()
        // JSON may escape a slash, which is also a character of base64.
        .filter(|character| *character != '\\')
        .take(HEAD_CHARACTERS)
        .collect();
    decoded(head.as_bytes()).unwrap_or_default()
}

/// Returns true if bytes have the two bytes that zlib begins with, of the usual window.
fn is_zlib(bytes: &[u8]) -> bool {
    match bytes {
        [0x78, flags, ..] => (0x7800 | u32::from(*flags)).is_multiple_of(31),
        _ => false,
    }
}

/// Decompresses bytes of zlib up to a limit; returns nothing for what is damaged or larger.
pub(super) fn decompressed(bytes: &[u8], limit_bytes: u64) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    let decoder = ZlibDecoder::new(bytes);
    let mut limited = decoder.take(limit_bytes.saturating_add(1));
    limited.read_to_end(&mut content).ok()?;
    (content.len() as u64 <= limit_bytes).then_some(content)
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD as BASE64, Engine};

    use super::*;

    fn packed(text: &str) -> PackedContent {
        PackedContent::from_string(&serde_json::to_string(text).expect("a string"), true)
    }

    #[test]
    fn json_in_a_string_is_text_after_any_prefix() {
        for text in [
            "{\"a\":1}",
            "\n\t [1]",
            "\"{\\\"a\\\":1}\"",
            "<13>1 host app - {\"a\":1}",
        ] {
            assert_eq!(packed(text), PackedContent::Text, "{text}");
        }
        for text in [
            "",
            "x",
            "a { b",
            "arn:aws:iam::111122223333:role/job",
            "AKIA",
        ] {
            assert_eq!(packed(text), PackedContent::Nothing, "{text}");
        }
    }

    #[test]
    fn base64_is_decoded_in_all_its_spellings() {
        let json = b"{\"a\":\"\xc3\xbf\xc3\xbf?>\"}".to_vec();
        let standard = BASE64.encode(&json);
        let lines = format!("{}\n{}", &standard[..8], &standard[8..]);
        let safe = standard.replace('+', "-").replace('/', "_");
        for text in [standard.trim_end_matches('='), &standard, &lines, &safe] {
            assert_eq!(packed(text), PackedContent::Bytes(json.clone()), "{text}");
        }
        assert_eq!(
            PackedContent::from_string("\"eyJhIjoiw7\\/Dvz8+In0=\"", false),
            PackedContent::Bytes("{\"a\":\"\u{ff}\u{ff}?>\"}".into())
        );
        for text in [
            b"2026-03-02T02:00:00Z {\"a\":1}".as_slice(),
            b"\xef\xbb\xbf{\"a\":1}",
        ] {
            assert_eq!(
                packed(&BASE64.encode(text)),
                PackedContent::Bytes(text.to_vec())
            );
        }
        assert_eq!(
            packed(&BASE64.encode(b"a text without any")),
            PackedContent::Nothing
        );
        // A token of JSON is base64, too, but has dots between its parts.
        assert_eq!(
            packed("eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.x"),
            PackedContent::Nothing
        );
    }

    #[test]
    fn zlib_is_decompressed_up_to_the_limit() {
        let mut encoder = flate2::bufread::ZlibEncoder::new(&[b'{'; 100][..], Default::default());
        let mut bytes = Vec::new();
        encoder.read_to_end(&mut bytes).expect("memory takes bytes");
        assert_eq!(
            packed(&BASE64.encode(&bytes)),
            PackedContent::Zlib(bytes.clone())
        );
        assert_eq!(
            decompressed(&bytes, 100).map(|bytes| bytes.len()),
            Some(100)
        );
        assert_eq!(decompressed(&bytes, 99), None);
        assert_eq!(decompressed(&bytes[..9], 100), None);
    }

    #[test]
    fn hashes_are_not_compressed_bytes() {
        // Decoded, it begins as a block of Snappy may.
        let hash = "\"ccc9754edb237021960d859481de2eb0108a68906f3e032a30564b89e0e52015\"";
        assert_eq!(
            PackedContent::from_string(hash, false),
            PackedContent::Nothing
        );
    }
}
