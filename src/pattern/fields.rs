//! The space-delimited fields of a raw event.

/// A field of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldText<'a> {
    /// The text, without the quotes or brackets around the whole of it.
    pub text: &'a str,
    /// Where the field begins in the event, with its quote or bracket.
    pub start: usize,
}

/// Splits an event at runs of spaces and tabs. Text in `"…"` or `[…]` is one field, without the signs, when the sign
/// opens the field and the first closing sign ends it; any other quote or bracket is an ordinary character
/// (specification of the filter language, S1).
pub fn split(event: &str) -> Vec<FieldText<'_>> {
    let mut fields = Vec::new();
    let mut start = skip_blanks(event, 0);
    while let Some(rest) = event.get(start..).filter(|rest| !rest.is_empty()) {
        let (text, length) = enclosed(rest).unwrap_or_else(|| {
            let end = rest.find(is_separator).unwrap_or(rest.len());
            (&rest[..end], end)
        });
        fields.push(FieldText { text, start });
        start = skip_blanks(event, start + length);
    }
    fields
}

fn is_separator(character: char) -> bool {
    matches!(character, ' ' | '\t')
}

fn skip_blanks(event: &str, from: usize) -> usize {
    let rest = event.get(from..).unwrap_or("");
    from + rest.len() - rest.trim_start_matches(is_separator).len()
}

/// The text in the quotes or brackets that `rest` begins with, and how long it is with them.
fn enclosed(rest: &str) -> Option<(&str, usize)> {
    let closing = match rest.chars().next()? {
        '"' => '"',
        '[' => ']',
        _ => return None,
    };
    let inside = rest.get(1..)?;
    let end = inside.find(closing)?;
    let behind = inside.get(end + 1..)?;
    (behind.is_empty() || behind.starts_with(is_separator)).then(|| (&inside[..end], end + 2))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn events_are_split_at_blanks_and_enclosed_texts_stay_whole() {
        let rows: [(&str, &[&str]); 9] = [
            ("", &[]),
            (" \t ", &[]),
            (" a \t b ", &["a", "b"]),
            (
                "[10/Oct/2000:13:25:15 -0700] \"GET / HTTP/1.0\" 200",
                &["10/Oct/2000:13:25:15 -0700", "GET / HTTP/1.0", "200"],
            ),
            ("a \"never closed", &["a", "\"never", "closed"]),
            ("x\"a b\"", &["x\"a", "b\""]),
            ("\"a\"b c\"", &["\"a\"b", "c\""]),
            ("\"\" []", &["", ""]),
            ("é [ü ö]", &["é", "ü ö"]),
        ];
        for (event, expected) in rows {
            let texts: Vec<&str> = split(event).iter().map(|field| field.text).collect();
            assert_eq!(texts, expected, "{event:?}");
        }
    }

    #[test]
    fn fields_know_where_they_begin() {
        let starts: Vec<usize> = split("a  [b c] d").iter().map(|field| field.start).collect();
        assert_eq!(starts, [0, 3, 9]);
    }
}
