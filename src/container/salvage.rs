//! What stands before the damage of a document that wraps records in an array.
//!
//! `{"Records":[…]}` is read element by element. Other envelopes are read whole, since what they
//! are, the members behind the array may tell; where such a document breaks off, it is closed
//! behind the last element that is whole.

/// The members that tell what a document is, and may stand behind its array: of results of Logs
/// Insights, of answers of CloudTrail Lake, of subscriptions.
const TELLING: [(&str, &str); 3] = [
    ("status", "Complete"),
    ("QueryStatus", "FINISHED"),
    ("messageType", "DATA_MESSAGE"),
];

/// The document that `text` is the beginning of, up to the last element of an array in it that is
/// whole; nothing when there is none.
pub(super) fn salvage(text: &str) -> Option<String> {
    let End { place, closing } = end_of_elements(text)?;
    let whole = text.get(..place)?;
    let missing = TELLING
        .iter()
        .filter(|(name, _)| !whole.contains(&format!("\"{name}\"")));
    let missing: String = missing
        .map(|(name, value)| format!(",\"{name}\":\"{value}\""))
        .collect();
    Some(format!("{whole}{closing}{missing}}}"))
}

/// Where the part of a document ends that is whole.
#[derive(Debug, PartialEq, Eq)]
struct End {
    place: usize,
    /// What closes the array that is open there.
    closing: &'static str,
}

/// Where the last element ends of an array that is a member of the document, or such an array
/// itself.
fn end_of_elements(text: &str) -> Option<End> {
    let mut open = Vec::new();
    let (mut is_string, mut is_escaped) = (false, false);
    let mut end = None;
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_string => is_escaped = true,
            b'"' => is_string = !is_string,
            _ if is_string => {}
            b'{' | b'[' => open.push(byte),
            b'}' | b']' => {
                open.pop()?;
                let place = place + 1;
                end = match open.as_slice() {
                    b"{[" => Some(End {
                        place,
                        closing: "]",
                    }),
                    b"{" => Some(End { place, closing: "" }),
                    _ => end,
                };
            }
            _ => {}
        }
    }
    end.filter(|_| open.first() == Some(&b'{'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_closed_behind_its_last_whole_element() {
        fn closed(text: &str) -> Option<String> {
            end_of_elements(text).map(|end| format!("{}|{}", &text[..end.place], end.closing))
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
        let closed = salvage(r#"{"status":"Running","results":[[],["#);
        let expected = r#"{"status":"Running","results":[[]],"QueryStatus":"FINISHED","messageType":"DATA_MESSAGE"}"#;
        assert_eq!(closed.as_deref(), Some(expected));
    }
}
