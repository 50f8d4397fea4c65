//! Places in damaged JSON where a value may begin, so that what is whole after damage is found.

/// The most white space that is passed over on the way to the sign before or after a place.
const SPACE_BYTES: usize = 256;

/// Iterates over the places from `start` on where an object with members, a row of objects or a
/// string that holds an object may begin. It may be that nothing whole begins there.
pub fn beginnings(text: &str, start: usize) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let signs = memchr::memchr3_iter(b'{', b'[', b'"', bytes.get(start..).unwrap_or_default());
    signs
        .map(move |place| start + place)
        .filter(|place| is_beginning(bytes, *place))
}

fn is_beginning(bytes: &[u8], place: usize) -> bool {
    let after = bytes.get(place + 1..).unwrap_or_default();
    match bytes.get(place) {
        Some(b'{') => next_sign(after) == Some(b'"'),
        Some(b'[') => matches!(next_sign(after), Some(b'{' | b'[')),
        // Quotes within a string are escaped, so its own quote is the only one that fits.
        _ => after.starts_with(b"{\\\"") || after.starts_with(b"[{\\\""),
    }
}

fn next_sign(bytes: &[u8]) -> Option<u8> {
    let mut signs = bytes.iter().take(SPACE_BYTES);
    signs.find(|byte| !byte.is_ascii_whitespace()).copied()
}

/// Returns true if a place is that of the value of a member, after a name in quotes and a colon on
/// the same line. A line that breaks off after a colon says nothing about the next one.
pub fn is_member_value(text: &str, place: usize) -> bool {
    let before = text.as_bytes().get(..place).unwrap_or_default();
    let near = before.iter().rev().take(SPACE_BYTES);
    let mut signs = near.filter(|byte| !matches!(byte, b' ' | b'\t'));
    signs.next() == Some(&b':') && signs.next() == Some(&b'"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<usize> {
        beginnings(text, 0).collect()
    }

    #[test]
    fn only_signs_that_may_begin_a_value_are_found() {
        assert_eq!(
            found(r#"{"a":[{ "b":1},[2],{}],"c":"{\"d\""#),
            [0, 5, 6, 27]
        );
        assert_eq!(found(r#"[[{"a""#), [0, 1, 2]);
        assert_eq!(found("{ [ \" {\\\"a\\\""), [0; 0]);
        assert_eq!(beginnings("{\"a\":1},{\"a\"", 1).collect::<Vec<_>>(), [8]);
        assert_eq!(beginnings("{\"a\"", 9).count(), 0);
    }

    #[test]
    fn a_value_of_a_member_follows_a_colon_on_its_line() {
        let at = |text: &str| is_member_value(text, text.rfind('{').expect("an object"));
        assert!(at(r#"{"a": {"#) && at(r#"{"a" :{"#));
        assert!(!at("{\"a\":\n{") && !at(r#"[{},{"#) && !at("{") && !at("host app[1]: {"));
    }
}
