//! The encodings of texts that the user writes or redirects to a file.

/// The mark that some editors write at the beginning of UTF-8.
pub const UTF_8_MARK: &[u8] = b"\xef\xbb\xbf";

/// Returns a text in UTF-8 without a mark at its beginning, as far as it is one. A text that begins
/// with the mark of UTF-16 is converted, since the shells of Windows write what AWS's tools print
/// in that encoding.
pub fn in_utf_8(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(text) = utf_16(&bytes) {
        bytes = text.into_bytes();
    }
    match bytes.strip_prefix(UTF_8_MARK) {
        Some(rest) => rest.to_vec(),
        None => bytes,
    }
}

/// Returns the text of bytes that begin with the mark of UTF-16.
fn utf_16(bytes: &[u8]) -> Option<String> {
    let (decode, rest): (fn([u8; 2]) -> u16, _) = match bytes {
        [0xff, 0xfe, rest @ ..] => (u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => (u16::from_be_bytes, rest),
        _ => return None,
    };
    let (pairs, []) = rest.as_chunks::<2>() else {
        return None;
    };
    let units: Vec<u16> = pairs.iter().map(|pair| decode(*pair)).collect();
    String::from_utf16(&units).ok()
}

#[cfg(test)]
mod tests {
    use super::in_utf_8;

    #[test]
    fn marks_are_taken_off_and_utf_16_is_converted() {
        for (bytes, text) in [
            (&b"a"[..], &b"a"[..]),
            (b"\xef\xbb\xbfa", b"a"),
            (b"\xff\xfea\0", b"a"),
            (b"\xfe\xff\0a", b"a"),
            // Neither is a text, and the reader says so.
            (b"\xff\xfea", b"\xff\xfea"),
            (b"\xff", b"\xff"),
        ] {
            assert_eq!(in_utf_8(bytes.to_vec()), text);
        }
    }
}
