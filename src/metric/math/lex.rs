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
    let mut offset = 0;
    while let Some(rest) = text.get(offset..)
        && let Some(first) = rest.chars().next()
    {
        if first.is_whitespace() {
            offset += first.len_utf8();
            continue;
        }
        let (token, length) = token(rest, first).map_err(|kind| ExpressionError {
            kind,
            span: Span::new(offset, offset + first.len_utf8()),
            expression: text.to_owned(),
        })?;
        let span = Span::new(offset, offset + length);
        tokens.push(PlacedToken { token, span });
        offset += length;
    }
    Ok(tokens)
}

/// Returns the first token of a text, and its length in bytes.
fn token(rest: &str, first: char) -> Result<(MathToken, usize), Kind> {
    if first.is_ascii_digit() || first == '.' {
        return number(rest);
    }
    if first.is_ascii_alphabetic() || first == '_' {
        return Ok(word(rest));
    }
    if QUOTES.contains(&first) {
        return quoted(rest, first);
    }
    match SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
        Some(sign) => Ok((MathToken::Sign(sign), sign.len())),
        None => Err(Kind::UnexpectedCharacter(first)),
    }
}

fn number(rest: &str) -> Result<(MathToken, usize), Kind> {
    let length = number_length(rest);
    let digits = rest.get(..length).unwrap_or_default();
    let number = digits.parse().map_err(|_| Kind::Number)?;
    Ok((MathToken::Number(number), length))
}

fn word(rest: &str) -> (MathToken, usize) {
    let belongs = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let length = rest.find(|character| !belongs(character));
    let word = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
    (MathToken::Word(word.to_owned()), word.len())
}

/// Reads a text in quotes. Any quote ends it, so that a pair of typographic ones needs no rule of
/// its own.
fn quoted(rest: &str, first: char) -> Result<(MathToken, usize), Kind> {
    let inside = rest.get(first.len_utf8()..).unwrap_or_default();
    let (text, after) = inside.split_once(QUOTES).ok_or(Kind::UnclosedQuote)?;
    Ok((MathToken::Text(text.to_owned()), rest.len() - after.len()))
}

/// Returns the number of bytes of a text that are a number: digits, a point, and an exponent.
fn number_length(rest: &str) -> usize {
    let is_part = |character: char| character.is_ascii_digit() || character == '.';
    let after_digits = rest.trim_start_matches(is_part);
    let digits = rest.len() - after_digits.len();
    let Some(exponent) = after_digits.strip_prefix(['e', 'E']) else {
        return digits;
    };
    let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let after_exponent = unsigned.trim_start_matches(|character: char| character.is_ascii_digit());
    // Without digits, the `e` begins a word.
    if after_exponent.len() == unsigned.len() {
        return digits;
    }
    rest.len() - after_exponent.len()
}
