//! Texts in which `*` matches any run of characters.

/// A text with wildcards, split at its stars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wildcard {
    first: String,
    /// The piece after each star; empty without a star.
    others: Vec<String>,
}

impl Wildcard {
    /// Splits `text` at its stars.
    pub fn new(text: &str) -> Self {
        let mut pieces = text.split('*').map(str::to_owned);
        Self {
            first: pieces.next().unwrap_or_default(),
            others: pieces.collect(),
        }
    }

    /// Splits `text` at the stars before and after all other characters; those inside are literal.
    pub fn with_literal_interior(text: &str) -> Self {
        let core = text.trim_matches('*');
        // Stars alone have no inside.
        if core.is_empty() {
            return Self::new(text);
        }
        let mut pieces = vec![core.to_owned()];
        if text.starts_with('*') {
            pieces.insert(0, String::new());
        }
        if text.ends_with('*') {
            pieces.push(String::new());
        }
        let first = pieces.remove(0);
        Self {
            first,
            others: pieces,
        }
    }

    /// Returns the text, if it has no star.
    pub fn literal(&self) -> Option<&str> {
        self.others.is_empty().then_some(&self.first)
    }

    /// Returns whether the whole of `value` is the text, where each star matches any run of
    /// characters. Takes time linear in the value for each piece.
    pub fn matches(&self, value: &str) -> bool {
        let Some((last, middle)) = self.others.split_last() else {
            return self.first == value;
        };
        let rest = value.strip_prefix(self.first.as_str());
        match rest.and_then(|rest| after_pieces(rest, middle)) {
            // What is left is tested, so that pieces cannot overlap: `ab*ba` does not match `aba`.
            Some(rest) => rest.ends_with(last.as_str()),
            None => false,
        }
    }
}

/// Returns the text after the first places of the pieces, one after the other.
fn after_pieces<'v>(mut rest: &'v str, pieces: &[String]) -> Option<&'v str> {
    for piece in pieces {
        // The first place is always right: it leaves the most for the pieces after it, so there is
        // no need to come back for another.
        (_, rest) = rest.split_once(piece.as_str())?;
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::Wildcard;

    #[test]
    fn stars_match_any_run() {
        let rows = [
            ("", "", true),
            ("", "x", false),
            ("*", "", true),
            ("*", "anything", true),
            ("ab*", "ab", true),
            ("ab*", "xab", false),
            ("*ab", "ab", true),
            ("*ab", "abx", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b*", "ba", false),
            ("ab*ba", "aba", false),
            ("ab*ba", "abba", true),
            ("a**b", "ab", true),
            ("*aab", "aaab", true),
            ("a?c", "abc", false),
        ];
        for (text, value, expected) in rows {
            assert_eq!(
                Wildcard::new(text).matches(value),
                expected,
                "{text:?} on {value:?}"
            );
        }
    }

    #[test]
    fn interior_stars_can_be_literal() {
        let rows = [
            ("a*b", "a*b", true),
            ("a*b", "axb", false),
            ("*a*b*", "xa*by", true),
            ("*a*b*", "xaxby", false),
            ("**a*", "xay", true),
            ("ab*", "abc", true),
            ("*ab", "abc", false),
            ("*", "anything", true),
            ("", "", true),
        ];
        for (text, value, expected) in rows {
            let wildcard = Wildcard::with_literal_interior(text);
            assert_eq!(wildcard.matches(value), expected, "{text:?} on {value:?}");
        }
    }
}
