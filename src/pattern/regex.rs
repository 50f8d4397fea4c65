//! The regular expressions of filter patterns: a small part of the usual syntax (user guide,
//! "Supported regular expressions"), matched without backtracking.

use std::iter::Peekable;
use std::str::Chars;

use super::error::ErrorKind;

/// The most memory that one compiled regular expression may take, in bytes. A pattern has at most
/// 1,024 characters, but a repetition such as `{1000}` multiplies.
const SIZE_LIMIT: usize = 16 << 20;

/// A regular expression that is searched for anywhere in a text.
#[derive(Clone, Debug)]
pub struct Regex {
    engine: regex::Regex,
}

impl Regex {
    /// Checks and compiles the text between two `%`.
    ///
    /// # Errors
    ///
    /// Returns the kind of mistake if the text has a character that CloudWatch Logs does not
    /// support, or is not a regular expression.
    pub fn new(body: &str) -> Result<Self, ErrorKind> {
        // The engine would accept many characters that AWS does not.
        if let Some(unsupported) = body.chars().find(|character| !is_supported(*character)) {
            return Err(ErrorKind::RegexCharacter(unsupported));
        }
        let engine = regex::RegexBuilder::new(&translated(body)?)
            .size_limit(SIZE_LIMIT)
            .build()
            .map_err(|error| error_kind(&error))?;
        Ok(Self { engine })
    }

    /// Returns whether the expression matches somewhere in `text`.
    pub fn matches(&self, text: &str) -> bool {
        self.engine.is_match(text)
    }
}

fn error_kind(error: &regex::Error) -> ErrorKind {
    match error {
        regex::Error::CompiledTooBig(_) => ErrorKind::RegexTooLarge,
        _ => ErrorKind::RegexSyntax,
    }
}

/// Returns whether a character is supported: letters, digits, the documented signs and operators,
/// and the space, which AWS's own example uses although the list lacks it (sources, P32 and P33).
fn is_supported(character: char) -> bool {
    character.is_ascii_alphanumeric() || ":_#=@/;,-^$?[]{}|\\*+. ".contains(character)
}

/// Translates an expression into the syntax of the engine. The classes of the engine are those of
/// Unicode, it does not know `{,n}`, and it reads nested sets in brackets, where AWS documents
/// ranges and escapes only.
fn translated(body: &str) -> Result<String, ErrorKind> {
    let mut translator = Translator {
        characters: body.chars().peekable(),
        expression: String::with_capacity(body.len() + 16),
    };
    translator.translate()?;
    Ok(translator.expression)
}

struct Translator<'a> {
    characters: Peekable<Chars<'a>>,
    expression: String,
}

/// The meaning of an escape, or of a character in brackets.
enum Escape {
    /// One character, in the syntax of the engine.
    Character(String),
    /// The characters of a set, given by its items.
    Class(&'static str),
    /// The characters outside a set.
    NegatedClass(&'static str),
}

const DIGITS: &str = "0-9";
const SPACES: &str = r"\t\n\x0B\f\r ";
const WORD: &str = "0-9A-Za-z_";

impl Escape {
    /// Returns the escape as it is written outside brackets.
    fn outside(&self) -> String {
        match self {
            Self::Character(character) => character.clone(),
            Self::Class(items) => format!("[{items}]"),
            Self::NegatedClass(items) => format!("[^{items}]"),
        }
    }

    /// Returns the escape as it is written in brackets.
    fn inside(&self) -> String {
        match self {
            Self::Class(items) => (*items).to_owned(),
            other => other.outside(),
        }
    }
}

impl Translator<'_> {
    fn translate(&mut self) -> Result<(), ErrorKind> {
        while let Some(character) = self.characters.next() {
            if self.repeats(character)? {
                continue;
            }
            match character {
                '\\' => {
                    let escape = self.escape()?.outside();
                    self.expression.push_str(&escape);
                }
                '[' => self.bracket()?,
                other => self.expression.push(other),
            }
        }
        Ok(())
    }

    /// Reads a repetition, if `sign` begins one, with the `?` that makes it lazy. The engine would
    /// repeat a repetition; AWS does not compile that (sources, P32).
    fn repeats(&mut self, sign: char) -> Result<bool, ErrorKind> {
        match sign {
            '*' | '+' | '?' => self.expression.push(sign),
            '{' => self.bounds()?,
            _ => return Ok(false),
        }
        if self.characters.next_if_eq(&'?').is_some() {
            self.expression.push('?');
        }
        match self.characters.peek() {
            Some('*' | '+' | '?' | '{') => Err(ErrorKind::RegexSyntax),
            _ => Ok(true),
        }
    }

    /// Reads the bounds of a repetition after their `{`. AWS lets the lower one be left out, the
    /// engine does not.
    fn bounds(&mut self) -> Result<(), ErrorKind> {
        self.expression.push('{');
        if self.characters.peek() == Some(&',') {
            self.expression.push('0');
        }
        loop {
            let character = self.next()?;
            self.expression.push(character);
            if character == '}' {
                return Ok(());
            }
        }
    }

    fn next(&mut self) -> Result<char, ErrorKind> {
        self.characters.next().ok_or(ErrorKind::RegexSyntax)
    }

    /// Reads an escape after its backslash.
    fn escape(&mut self) -> Result<Escape, ErrorKind> {
        let sign = self.next()?;
        if let Some(class) = class(sign) {
            return Ok(class);
        }
        match sign {
            'x' => self.code(),
            // An escape of the engine that AWS does not list, such as `\b`.
            letter if letter.is_ascii_alphanumeric() => Err(ErrorKind::RegexSyntax),
            sign => Ok(Escape::Character(literal(sign))),
        }
    }

    /// Reads the two digits of `\x`.
    fn code(&mut self) -> Result<Escape, ErrorKind> {
        let digits: String = self.characters.by_ref().take(2).collect();
        let is_hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        if digits.len() == 2 && is_hexadecimal {
            Ok(Escape::Character(format!(r"\x{digits}")))
        } else {
            Err(ErrorKind::RegexSyntax)
        }
    }

    /// Reads the inside of brackets and writes it, including the closing one. A `]` in the first
    /// place is a character, and so is a `-` in the first or last place.
    fn bracket(&mut self) -> Result<(), ErrorKind> {
        self.expression.push('[');
        if self.characters.next_if_eq(&'^').is_some() {
            self.expression.push('^');
        }
        self.bracket_entry()?;
        while self.characters.next_if_eq(&']').is_none() {
            self.bracket_entry()?;
        }
        self.expression.push(']');
        Ok(())
    }

    /// Reads a range, a class or a character in brackets.
    fn bracket_entry(&mut self) -> Result<(), ErrorKind> {
        let item = self.bracket_item()?;
        if !self.is_range() {
            self.expression.push_str(&item.inside());
            return Ok(());
        }
        self.characters.next();
        let end = self.bracket_item()?;
        self.expression.push_str(&range(&item, &end)?);
        Ok(())
    }

    /// Returns whether a `-` follows, and after it something other than the end of the brackets.
    fn is_range(&self) -> bool {
        let mut ahead = self.characters.clone();
        ahead.next() == Some('-') && ahead.next().is_some_and(|end| end != ']')
    }

    fn bracket_item(&mut self) -> Result<Escape, ErrorKind> {
        match self.next()? {
            '\\' => self.escape(),
            // `[:alpha:]` and the like are not among what AWS lists.
            '[' if self.characters.peek() == Some(&':') => Err(ErrorKind::RegexSyntax),
            character => Ok(Escape::Character(literal(character))),
        }
    }
}

/// Returns a range of characters. A class has no first or last character that a range could begin
/// or end with.
fn range(start: &Escape, end: &Escape) -> Result<String, ErrorKind> {
    match (start, end) {
        (Escape::Character(start), Escape::Character(end)) => Ok(format!("{start}-{end}")),
        _ => Err(ErrorKind::RegexSyntax),
    }
}

fn class(letter: char) -> Option<Escape> {
    match letter {
        'd' => Some(Escape::Class(DIGITS)),
        'D' => Some(Escape::NegatedClass(DIGITS)),
        's' => Some(Escape::Class(SPACES)),
        'S' => Some(Escape::NegatedClass(SPACES)),
        'w' => Some(Escape::Class(WORD)),
        'W' => Some(Escape::NegatedClass(WORD)),
        _ => None,
    }
}

// In brackets the engine gives some signs a meaning that AWS does not, such as the difference of
// sets to `--`, so every sign is written by its code.

/// Returns a character that means itself, in brackets and outside them.
fn literal(character: char) -> String {
    if character.is_ascii_punctuation() {
        format!(r"\x{:02x}", u32::from(character))
    } else {
        character.to_string()
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
            (r"^\W$", "é", true),
            (r"\W", "a_1", false),
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
            ("^a+?b??c{,2}?$", "aab", true),
            (r"a\++", "a++", true),
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
            "a++",
            "a*+",
            "a+??",
            "a{2}{3}",
            "*a",
        ] {
            assert!(Regex::new(body).is_err(), "{body}");
        }
    }
}
