//! The regular expressions of filter patterns: a small part of the usual syntax (user guide,
//! "Supported regular expressions"), matched without backtracking.

use super::error::ErrorKind;

/// The memory that one compiled regular expression may take, in bytes. A pattern has at most 1,024
/// characters, but a repetition such as `{1000}` multiplies.
const SIZE_LIMIT: usize = 16 << 20;

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
    /// When the text has a character that CloudWatch Logs does not support, or is no regular
    /// expression.
    pub fn new(body: &str) -> Result<Self, ErrorKind> {
        if let Some(unsupported) = body.chars().find(|character| !is_supported(*character)) {
            return Err(ErrorKind::RegexCharacter(unsupported));
        }
        let engine = regex::RegexBuilder::new(&translated(body)?)
            .size_limit(SIZE_LIMIT)
            .build();
        engine
            .map(|engine| Self { engine })
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => ErrorKind::RegexTooLarge,
                _ => ErrorKind::RegexSyntax,
            })
    }

    /// Whether the expression matches somewhere in `text`.
    pub fn matches(&self, text: &str) -> bool {
        self.engine.is_match(text)
    }
}

/// Returns whether a character is supported: letters, digits, the documented signs and operators,
/// and the space, which AWS's own example uses although the list lacks it (sources, P32 and P33).
fn is_supported(character: char) -> bool {
    character.is_ascii_alphanumeric() || ":_#=@/;,-^$?[]{}|\\*+. ".contains(character)
}

/// The expression in the syntax of the engine: classes are those of ASCII, `{,n}` has its zero, and
/// in brackets only ranges and escapes mean anything, where the engine knows nested sets, too.
fn translated(body: &str) -> Result<String, ErrorKind> {
    let mut expression = String::with_capacity(body.len() + 16);
    let mut characters = body.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => expression.push_str(&escape(&mut characters)?.outside()),
            '[' => bracket(&mut characters, &mut expression)?,
            '{' if characters.peek() == Some(&',') => expression.push_str("{0"),
            other => expression.push(other),
        }
    }
    Ok(expression)
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// What an escape stands for.
enum Escape {
    /// One character, in the syntax of the engine.
    Character(String),
    /// A class: the items of its set, and whether it is the set of all others.
    Class { items: &'static str, negated: bool },
}

impl Escape {
    fn outside(&self) -> String {
        match self {
            Self::Character(character) => character.clone(),
            Self::Class { items, negated } => {
                format!("[{}{items}]", if *negated { "^" } else { "" })
            }
        }
    }
}

/// Reads an escape behind its backslash.
fn escape(characters: &mut Characters<'_>) -> Result<Escape, ErrorKind> {
    const SPACES: &str = r"\t\n\x0B\f\r ";
    const WORD: &str = "0-9A-Za-z_";
    let class = |items, negated| Ok(Escape::Class { items, negated });
    match characters.next().ok_or(ErrorKind::RegexSyntax)? {
        'd' => class("0-9", false),
        'D' => class("0-9", true),
        's' => class(SPACES, false),
        'S' => class(SPACES, true),
        'w' => class(WORD, false),
        'W' => class(WORD, true),
        'x' => {
            let digits: String = characters.by_ref().take(2).collect();
            let is_code =
                digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            if is_code {
                Ok(Escape::Character(format!(r"\x{digits}")))
            } else {
                Err(ErrorKind::RegexSyntax)
            }
        }
        letter if letter.is_ascii_alphanumeric() => Err(ErrorKind::RegexSyntax),
        sign => Ok(Escape::Character(in_brackets(sign))),
    }
}

/// Reads the inside of brackets and writes it, up to and with the closing one. A `]` that stands
/// first is a character, and so is a `-` that stands first or last.
fn bracket(characters: &mut Characters<'_>, expression: &mut String) -> Result<(), ErrorKind> {
    expression.push('[');
    if characters.next_if_eq(&'^').is_some() {
        expression.push('^');
    }
    let mut is_first = true;
    loop {
        if characters.peek() == Some(&']') && !is_first {
            characters.next();
            expression.push(']');
            return Ok(());
        }
        is_first = false;
        let item = bracket_item(characters)?;
        let mut ahead = characters.clone();
        let is_range = ahead.next() == Some('-') && ahead.next().is_some_and(|end| end != ']');
        match (item, is_range) {
            (Escape::Character(start), true) => {
                characters.next();
                let Escape::Character(end) = bracket_item(characters)? else {
                    return Err(ErrorKind::RegexSyntax);
                };
                expression.push_str(&format!("{start}-{end}"));
            }
            (Escape::Class { .. }, true) => return Err(ErrorKind::RegexSyntax),
            (Escape::Character(character), false) => expression.push_str(&character),
            (
                Escape::Class {
                    items,
                    negated: false,
                },
                false,
            ) => expression.push_str(items),
            (class, false) => expression.push_str(&class.outside()),
        }
    }
}

fn bracket_item(characters: &mut Characters<'_>) -> Result<Escape, ErrorKind> {
    match characters.next().ok_or(ErrorKind::RegexSyntax)? {
        '\\' => escape(characters),
        // `[:alpha:]` and its like are not among what AWS lists.
        '[' if characters.peek() == Some(&':') => Err(ErrorKind::RegexSyntax),
        character => Ok(Escape::Character(in_brackets(character))),
    }
}

/// A character that stands for itself, in brackets and outside of them.
fn in_brackets(character: char) -> String {
    match character.is_ascii_punctuation() {
        true => format!(r"\x{:02x}", u32::from(character)),
        false => character.to_string(),
    }
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
            (r"^[+--]$", ",", true),
            (r"^[{,]$", "0", false),
            (r"^[{,]$", ",", true),
            (r"^[]a]$", "]", true),
            (r"^[^]a]$", "]", false),
            (r"^[[]$", "[", true),
            (r"^[\S ]$", " ", true),
            (r"^[\D]$", "5", false),
            (r"^[a\]b]$", "]", true),
            (r"^\S{1,1000}$", "é", true),
            (r"a\|b\.", "a|b.", true),
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
        for body in [
            "a(b)",
            "a(?=b)",
            "!",
            "café",
            "[",
            "[]",
            "[^]",
            "a{2",
            "a{2,1}",
            r"\b",
            "\\",
            "a{1000}{1000}",
            r"[+-\d]",
            r"[\d-z]",
            "[[:alpha:]]",
            r"\x{41}",
            r"\x4",
            "[z-a]",
        ] {
            assert!(Regex::new(body).is_err(), "{body}");
        }
    }
}
