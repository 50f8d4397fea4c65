//! The space-delimited fields of a raw event.

/// A field of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FieldText<'a> {
    /// The text, without the quotes or brackets around the whole of it.
    pub(super) text: &'a str,
    /// The place where the field begins in the event, with its quote or bracket.
    pub(super) start: usize,
}

/// Splits an event at runs of spaces and tabs. Text in `"…"` or `[…]` is one field, without the
/// signs, if the sign opens the field. The first closing sign ends it, whatever follows. Any other
/// quote or bracket is an ordinary character (sources, P25).
pub(super) fn split(event: &str) -> Vec<FieldText<'_>> {
    let mut splitter = Splitter {
        event,
        quote: ClosingSign::new('"'),
        bracket: ClosingSign::new(']'),
    };
    let mut fields = Vec::new();
    let mut start = skip_blanks(event, 0);
    while start < event.len() {
        let (text, end) = splitter.field(start);
        fields.push(FieldText { text, start });
        start = skip_blanks(event, end);
    }
    fields
}

struct Splitter<'a> {
    event: &'a str,
    quote: ClosingSign,
    bracket: ClosingSign,
}

impl<'a> Splitter<'a> {
    /// Returns the text of the field at `start`, and the place where the field ends.
    fn field(&mut self, start: usize) -> (&'a str, usize) {
        let enclosed = match self.event.as_bytes().get(start) {
            Some(b'"') => self.quote.enclosed(self.event, start),
            Some(b'[') => self.bracket.enclosed(self.event, start),
            _ => None,
        };
        enclosed.unwrap_or_else(|| self.word(start))
    }

    fn word(&self, start: usize) -> (&'a str, usize) {
        let rest = &self.event[start..];
        let length = rest.find(is_separator).unwrap_or(rest.len());
        (&rest[..length], start + length)
    }
}

fn is_separator(character: char) -> bool {
    matches!(character, ' ' | '\t')
}

fn skip_blanks(event: &str, from: usize) -> usize {
    let rest = event.get(from..).unwrap_or("");
    from + rest.len() - rest.trim_start_matches(is_separator).len()
}

/// A sign that closes a field, with the place where it was last found.
struct ClosingSign {
    sign: char,
    /// The first place of the sign from where it was last searched on; the end of the event
    /// without one. Zero before the first search: no field ends there.
    found: usize,
}

impl ClosingSign {
    fn new(sign: char) -> Self {
        Self { sign, found: 0 }
    }

    /// Returns the text between the sign that opens a field at `start` and the one that closes it,
    /// and the place where the field ends; `None` without a closing sign.
    fn enclosed<'a>(&mut self, event: &'a str, start: usize) -> Option<(&'a str, usize)> {
        let close = self.first_from(event, start + 1);
        if close == event.len() {
            return None;
        }
        Some((event.get(start + 1..close)?, close + 1))
    }

    /// Returns the first place of the sign from `from` on, which is later from field to field.
    fn first_from(&mut self, event: &str, from: usize) -> usize {
        // An event is searched once and not from each field on: a line of many brackets that are
        // never closed would otherwise take quadratic time.
        if self.found < from {
            let rest = event.get(from..).unwrap_or("");
            self.found = rest.find(self.sign).map_or(event.len(), |at| from + at);
        }
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn events_are_split_at_blanks_and_enclosed_texts_stay_whole() {
        let rows: [(&str, &[&str]); 14] = [
            ("", &[]),
            (" \t ", &[]),
            (" a \t b ", &["a", "b"]),
            (
                "[10/Oct/2000:13:25:15 -0700] \"GET / HTTP/1.0\" 200",
                &["10/Oct/2000:13:25:15 -0700", "GET / HTTP/1.0", "200"],
            ),
            ("a \"never closed", &["a", "\"never", "closed"]),
            ("x\"a b\"", &["x\"a", "b\""]),
            ("\"a\"b c\"", &["a", "b", "c\""]),
            ("a \"b\"c d", &["a", "b", "c", "d"]),
            ("\"a\"\"b c\"", &["a", "b c"]),
            ("\"\" []", &["", ""]),
            ("é [ü ö]", &["é", "ü ö"]),
            ("\"a b\" \"c d\"", &["a b", "c d"]),
            ("[a b][c d] [e f]", &["a b", "c d", "e f"]),
            ("\"a [b\" c] \"d e\"", &["a [b", "c]", "d e"]),
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
