//! The space-delimited fields of a raw event.

/// A field of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldText<'a> {
    /// The text, without the quotes or brackets around the whole of it.
    pub text: &'a str,
    /// Where the field begins in the event, with its quote or bracket.
    pub start: usize,
}

/// Splits an event at runs of spaces and tabs. Text in `"…"` or `[…]` is one field, without the
/// signs, if the sign opens the field and the first closing sign ends it. Any other quote or
/// bracket is an ordinary character (sources, P25).
pub fn split(event: &str) -> Vec<FieldText<'_>> {
    let mut signs = [ClosingSign::new('"'), ClosingSign::new(']')];
    let mut fields = Vec::new();
    let mut start = skip_blanks(event, 0);
    while let Some(rest) = event.get(start..).filter(|rest| !rest.is_empty()) {
        let enclosed = match rest.as_bytes()[0] {
            b'"' => signs[0].enclosed(event, start),
            b'[' => signs[1].enclosed(event, start),
            _ => None,
        };
        let (text, length) = enclosed.unwrap_or_else(|| {
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

/// A sign that closes a field, and where it was last found, so that an event is searched once and
/// not from each field on.
struct ClosingSign {
    sign: char,
    /// The first place of the sign at or behind `searched_from`; the end of the event where there
    /// is none.
    found: usize,
    searched_from: Option<usize>,
}

impl ClosingSign {
    fn new(sign: char) -> Self {
        Self {
            sign,
            found: 0,
            searched_from: None,
        }
    }

    /// The text between the sign that opens a field at `start` and the one that closes it, and how
    /// long it is with them; nothing where the closing sign does not end the field.
    fn enclosed<'a>(&mut self, event: &'a str, start: usize) -> Option<(&'a str, usize)> {
        let end = self.first_from(event, start + 1);
        let text = event.get(start + 1..end)?;
        let behind = event.get(end + 1..)?;
        (behind.is_empty() || behind.starts_with(is_separator)).then_some((text, end + 1 - start))
    }

    fn first_from(&mut self, event: &str, from: usize) -> usize {
        if self.searched_from.is_none_or(|searched| searched > from) || self.found < from {
            let rest = event.get(from..).unwrap_or("");
            self.found = rest.find(self.sign).map_or(event.len(), |at| from + at);
            self.searched_from = Some(from);
        }
        self.found
    }
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
        let starts: Vec<usize> = split("a  [b c] d")
            .iter()
            .map(|field| field.start)
            .collect();
        assert_eq!(starts, [0, 3, 9]);
    }
}
