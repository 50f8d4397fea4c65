//! The encoding of keys in listings: XML cannot contain every character that a key may have.

use std::borrow::Cow;

/// Decodes a key of a listing that the server encoded as in a URL. A space is encoded as `+`.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '+']) {
        return Cow::Borrowed(text);
    }
    let bytes = decoded_bytes(text.as_bytes());
    match String::from_utf8(bytes) {
        Ok(key) => Cow::Owned(key),
        // Keys are UTF-8, so the server did not encode this one.
        Err(_) => Cow::Borrowed(text),
    }
}

fn decoded_bytes(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, encoded_byte(after)) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            (b'+', _) => bytes.push(b' '),
            // A `%` without two digits after it is not an escape, and stays.
            (other, _) => bytes.push(*other),
        }
    }
    bytes
}

/// Returns the byte that two hexadecimal digits encode.
fn encoded_byte(after: &[u8]) -> Option<u8> {
    let digit = |place: usize| char::from(*after.get(place)?).to_digit(16);
    let value = digit(0)? * 16 + digit(1)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_decoded() {
        let rows = [
            ("AWSLogs/1/a_b.json.gz", "AWSLogs/1/a_b.json.gz"),
            ("a%2Bb+c%20d", "a+b c d"),
            ("%1B%0a%E2%80%AE", "\u{1b}\n\u{202e}"),
            ("100%", "100%"),
            ("%zz%4", "%zz%4"),
            ("%FF", "%FF"),
        ];
        for (text, expected) in rows {
            assert_eq!(decoded(text), expected, "{text}");
        }
    }
}
