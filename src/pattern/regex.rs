//! The regular expressions of filter patterns: a small part of the usual syntax (user guide, "Supported regular
//! expressions"), matched without backtracking.

use super::error::ErrorKind;

/// The memory that one compiled regular expression may take, in bytes. A pattern has at most 1,024 characters, but a
/// repetition such as `{1000}` multiplies.
const SIZE_LIMIT: usize = 1 << 20;

/// A regular expression that looks for its place anywhere in a text.
#[derive(Clone, Debug)]
pub struct Regex {
    engine: regex::Regex,
}

impl Regex {
    /// Checks and compiles the text between two `%`.
    ///
    /// # Errors
    ///
    /// When the text has a character that CloudWatch Logs does not support, or is no regular expression.
    pub fn new(body: &str) -> Result<Self, ErrorKind> {
        if let Some(unsupported) = body.chars().find(|character| !is_supported(*character)) {
            return Err(ErrorKind::RegexCharacter(unsupported));
        }
        let engine = regex::RegexBuilder::new(&translated(body)?).size_limit(SIZE_LIMIT).build();
        engine.map(|engine| Self { engine }).map_err(|_| ErrorKind::RegexSyntax)
    }

    /// Whether the expression matches somewhere in `text`.
    pub fn matches(&self, text: &str) -> bool {
        self.engine.is_match(text)
    }
}

/// Letters, digits, the documented signs and operators, and the space, which AWS's own example uses although the
/// list lacks it (specification of the filter language, 1.4).
fn is_supported(character: char) -> bool {
    character.is_ascii_alphanumeric() || ":_#=@/;,-^$?[]{}|\\*+. ".contains(character)
}

/// The expression in the syntax of the engine: classes are those of ASCII, and `{,n}` has its zero.
fn translated(body: &str) -> Result<String, ErrorKind> {
    let mut expression = String::with_capacity(body.len() + 16);
    let mut characters = body.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => expression.push_str(&escape(characters.next().ok_or(ErrorKind::RegexSyntax)?)?),
            '{' if characters.peek() == Some(&',') => expression.push_str("{0"),
            other => expression.push(other),
        }
    }
    Ok(expression)
}

fn escape(escaped: char) -> Result<String, ErrorKind> {
    Ok(match escaped {
        'd' => "[0-9]".to_owned(),
        'D' => "[^0-9]".to_owned(),
        's' => r"[\t\n\x0B\f\r ]".to_owned(),
        'S' => r"[^\t\n\x0B\f\r ]".to_owned(),
        'w' => "[0-9A-Za-z_]".to_owned(),
        'W' => "[^0-9A-Za-z_]".to_owned(),
        'x' => r"\x".to_owned(),
        letter if letter.is_ascii_alphanumeric() => return Err(ErrorKind::RegexSyntax),
        sign => regex::escape(&sign.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_supported_part_is_matched_anywhere() {
        let rows = [
            (r"\d{3}", "x401y", true),
            (r"^\w+$", "a_1", true),
            (r"^\w+$", "é", false),
            (r"10\.10\.0\.[44-5]", "10.10.0.4", true),
            (r"\x41", "cAt", true),
            (r"a{,2}$", "aa", true),
            (r"^starting|^shutting down", "shutting down", true),
            (r"[\d-]+x", "1-2x", true),
        ];
        for (body, text, expected) in rows {
            assert_eq!(
                Regex::new(body).map(|regex| regex.matches(text)).ok(),
                Some(expected),
                "{body} on {text}"
            );
        }
    }

    #[test]
    fn what_aws_does_not_support_is_refused() {
        for body in ["a(b)", "a(?=b)", "!", "café", "[", "a{2", r"\b", "\\", "a{1000}{1000}"] {
            assert!(Regex::new(body).is_err(), "{body}");
        }
    }
}
