//! The keys of files.

use std::path::Path;

/// Returns the path with `/` between its segments, as keys have it. A byte that is not UTF-8 is
/// written as `\xFF`. In a path that has such a byte, or text that looks like one, a backslash is
/// written as `\x5C`, so that different names have different keys.
pub(super) fn key(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    let is_escaped = path.to_str().is_none_or(needs_escape);
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        match is_escaped && !has_backslash_as_separator() {
            true => text.push_str(&chunk.valid().replace('\\', "\\x5C")),
            false => text.push_str(chunk.valid()),
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02X}"));
        }
    }
    if std::path::MAIN_SEPARATOR == '/' {
        return text;
    }
    text.replace(std::path::MAIN_SEPARATOR, "/")
}

/// Returns whether a text has something that looks like an escaped byte. Ordinary paths have no
/// backslash at all.
pub(super) fn needs_escape(text: &str) -> bool {
    if has_backslash_as_separator() {
        return false;
    }
    let mut escapes = text.match_indices("\\x");
    escapes.any(|(start, sign)| has_hex_digits(text, start + sign.len()))
}

fn has_hex_digits(text: &str, start: usize) -> bool {
    let digits = text.as_bytes().get(start..start + 2);
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

const fn has_backslash_as_separator() -> bool {
    std::path::MAIN_SEPARATOR == '\\'
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use super::*;

    #[test]
    #[cfg(unix)]
    fn different_names_have_different_keys() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        let key = |bytes: &[u8]| key(Path::new(OsStr::from_bytes(bytes)));
        let rows: [(&[u8], &str); 7] = [
            (b"a/b.json", "a/b.json"),
            ("a/\u{e9}".as_bytes(), "a/\u{e9}"),
            (b"a\\b", "a\\b"),
            (b"a\\xyz", "a\\xyz"),
            (b"a\xff", "a\\xFF"),
            (b"a\\xFF", "a\\x5CxFF"),
            (b"\\\xff\\xFF", "\\x5C\\xFF\\x5CxFF"),
        ];
        for (name, expected) in rows {
            assert_eq!(key(name), expected);
        }
    }
}
