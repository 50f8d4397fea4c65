//! The beginning of a document that breaks off, closed after its last whole element.

/// Closes the document that `text` is the beginning of after the last whole element of an array in
/// it; returns nothing if there is none.
///
/// The members in `missing`, each a name and a text, are added if the beginning has none of that
/// name, since they may come after the array.
pub fn salvage(text: &str, missing: &[(&str, &str)]) -> Option<String> {
    let LastElement { end, closing } = last_element(text)?;
    let whole = text.get(..end)?;
    let mut document = whole.to_owned() + closing;
    for (name, value) in missing {
        if !whole.contains(&format!("\"{name}\"")) {
            document += &format!(",\"{name}\":\"{value}\"");
        }
    }
    Some(document + "}")
}

/// The end of the whole part of a document.
#[derive(Debug, PartialEq, Eq)]
struct LastElement {
    end: usize,
    /// The sign that closes the array that is open there.
    closing: &'static str,
}

/// Finds the end of the last element of an array that is a member of the document, or of such an
/// array itself.
fn last_element(text: &str) -> Option<LastElement> {
    let (mut open, mut last) = (Vec::new(), None);
    // Whether a closing sign is the right one does not matter: of a text that is not JSON in its
    // beginning, the document that is made here is not JSON, either.
    for (place, sign) in signs(text) {
        if matches!(sign, b'{' | b'[') {
            open.push(sign);
            continue;
        }
        open.pop()?;
        if let Some(closing) = closing(&open) {
            let end = place + 1;
            last = Some(LastElement { end, closing });
        }
    }
    last.filter(|_| open.first() == Some(&b'{'))
}

/// Returns the sign that closes the open array of a document, of which an element or the whole has
/// just ended.
fn closing(open: &[u8]) -> Option<&'static str> {
    match open {
        b"{[" => Some("]"),
        b"{" => Some(""),
        _ => None,
    }
}

/// Iterates over the signs that open and close arrays and objects, outside of strings.
fn signs(text: &str) -> impl Iterator<Item = (usize, u8)> {
    let (mut is_string, mut is_escaped) = (false, false);
    text.bytes().enumerate().filter(move |(_, byte)| {
        let is_escape = is_string && !is_escaped && *byte == b'\\';
        if *byte == b'"' && !is_escaped {
            is_string = !is_string;
        }
        is_escaped = is_escape;
        !is_string && matches!(byte, b'{' | b'[' | b'}' | b']')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_closed_after_its_last_whole_element() {
        fn closed(text: &str) -> Option<String> {
            last_element(text).map(|last| format!("{}|{}", &text[..last.end], last.closing))
        }
        assert_eq!(
            closed(r#"{"a":1,"e":[{"m":"]}"},{"m":[1]},{"m""#).as_deref(),
            Some(r#"{"a":1,"e":[{"m":"]}"},{"m":[1]}|]"#)
        );
        assert_eq!(
            closed(r#"{"e":[[{"a":"\"]"}],[{"#).as_deref(),
            Some(r#"{"e":[[{"a":"\"]"}]|]"#)
        );
        assert_eq!(
            closed(r#"{"e":[{"m":1}],"n"#).as_deref(),
            Some(r#"{"e":[{"m":1}]|"#)
        );
        for nothing in [
            "",
            "{",
            r#"{"e":[{"m""#,
            "]]]",
            "[[1],[2]",
            r#"{"a":{"b":[{}"#,
        ] {
            assert_eq!(closed(nothing), None, "{nothing}");
        }
        let missing = [("status", "Complete"), ("QueryStatus", "FINISHED")];
        let closed = salvage(r#"{"status":"Running","results":[[],["#, &missing);
        let expected = r#"{"status":"Running","results":[[]],"QueryStatus":"FINISHED"}"#;
        assert_eq!(closed.as_deref(), Some(expected));
    }
}
