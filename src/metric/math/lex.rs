//! From the text of an expression to its tokens.

use super::error::{ExpressionError, ExpressionErrorKind as Kind};
use crate::text::span::Span;

/// The smallest piece of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum MathToken {
    Number(f64),
    /// A text in quotes.
    Text(String),
    /// A function, a keyword, or the ID of a metric or an expression.
    Word(String),
    /// An operator, a parenthesis, a bracket or a comma.
    Sign(&'static str),
}

impl MathToken {
    /// Returns true if the token is this sign or word.
    pub(super) fn is(&self, sign: &str) -> bool {
        match self {
            Self::Sign(found) => *found == sign,
            Self::Word(word) => word == sign,
            Self::Number(_) | Self::Text(_) => false,
        }
    }
}

/// A token and its position in the text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PlacedToken {
    pub(super) token: MathToken,
    pub(super) span: Span,
}

/// All signs, longer ones first.
const SIGNS: [&str; 18] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",",
];

/// The quotes of texts; consoles and documents write typographic ones.
const QUOTES: [char; 4] = ['"', '\'', '“', '”'];

/// Splits an expression into tokens.
pub(super) fn tokens(text: &str) -> Result<Vec<PlacedToken>, ExpressionError> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let start = text.len() - rest.len();
        let (token, length) = token(rest, first).map_err(|kind| ExpressionError {
            kind,
            span: Span::new(start, start + first.len_utf8()),
            expression: text.to_owned(),
        })?;
        let span = Span::new(start, start + length);
        tokens.push(PlacedToken { token, span });
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    Ok(tokens)
}

/// Returns the first token of a text, and its length in bytes.
fn token(rest: &str, first: char) -> Result<(MathToken, usize), Kind> {
    // A sign is not part of a number: `1-1` is a subtraction.
    match first {
        '0'..='9' | '.' => number(rest),
        'a'..='z' | 'A'..='Z' | '_' => Ok(word(rest)),
        quote if QUOTES.contains(&quote) => quoted(rest, quote),
        _ => sign(rest).ok_or(Kind::UnexpectedCharacter(first)),
    }
}

fn sign(rest: &str) -> Option<(MathToken, usize)> {
    let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign))?;
    Some((MathToken::Sign(sign), sign.len()))
}

fn number(rest: &str) -> Result<(MathToken, usize), Kind> {
    let length = number_length(rest);
    let digits = rest.get(..length).unwrap_or_default();
    let number = digits.parse().map_err(|_| Kind::Number)?;
    Ok((MathToken::Number(number), length))
}

fn word(rest: &str) -> (MathToken, usize) {
    let length = run_length(rest, is_part_of_word);
    let word = rest.get(..length).unwrap_or_default();
    (MathToken::Word(word.to_owned()), length)
}

/// Returns whether a character may be part of an ID, a keyword or the name of a function.
pub(super) fn is_part_of_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// Reads a text in quotes. Any quote ends it, so that a pair of typographic ones needs no rule of
/// its own.
fn quoted(rest: &str, quote: char) -> Result<(MathToken, usize), Kind> {
    let inside = rest.strip_prefix(quote).unwrap_or_default();
    let (text, after) = inside.split_once(QUOTES).ok_or(Kind::UnclosedQuote)?;
    Ok((MathToken::Text(text.to_owned()), rest.len() - after.len()))
}

/// Returns the number of bytes of a text that are a number: digits, a point, and an exponent.
fn number_length(rest: &str) -> usize {
    let length = run_length(rest, is_digit_or_point);
    length + exponent_length(rest.get(length..).unwrap_or_default())
}

fn is_digit_or_point(character: char) -> bool {
    character.is_ascii_digit() || character == '.'
}

/// Returns the number of bytes of an exponent. Without digits there is none, and the `e` begins a
/// word.
fn exponent_length(rest: &str) -> usize {
    let unsigned = rest.strip_prefix(['e', 'E']).unwrap_or_default();
    let unsigned = unsigned.strip_prefix(['+', '-']).unwrap_or(unsigned);
    match run_length(unsigned, |character| character.is_ascii_digit()) {
        // An `e` without digits is not an exponent, but the beginning of a word.
        0 => 0,
        digits => rest.len() - unsigned.len() + digits,
    }
}

/// Returns the number of bytes at the beginning of a text whose characters have a property.
fn run_length(text: &str, has_property: impl Fn(char) -> bool) -> usize {
    text.find(|character| !has_property(character))
        .unwrap_or(text.len())
}
