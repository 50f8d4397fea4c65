//! From the text of an expression to its tokens.

use super::error::{ExpressionError, ExpressionErrorKind};
use crate::text::span::Span;

/// The smallest piece of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(f64),
    /// A text in quotes.
    Text(String),
    /// A function, a keyword, or the identifier of a metric or an expression.
    Word(String),
    /// An operator, a parenthesis, a bracket or a comma.
    Sign(&'static str),
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) span: Span,
}

/// All signs, longer ones first.
const SIGNS: [&str; 18] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",",
];

/// The quotes that texts stand in; consoles and documents write typographic ones.
const QUOTES: [char; 4] = ['"', '\'', '“', '”'];

/// The tokens of an expression.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, ExpressionError> {
    let mut tokens = Vec::new();
    let mut offset = 0;
    while let Some(rest) = text.get(offset..).filter(|rest| !rest.is_empty()) {
        let first = rest.chars().next().unwrap_or(' ');
        if first.is_whitespace() {
            offset += first.len_utf8();
            continue;
        }
        let (token, length) = token(rest, first).map_err(|kind| ExpressionError {
            kind,
            span: Span::new(offset, offset + first.len_utf8()),
            expression: text.to_owned(),
        })?;
        tokens.push(Placed {
            token,
            span: Span::new(offset, offset + length),
        });
        offset += length;
    }
    Ok(tokens)
}

/// The first token of a text, and its length in bytes.
fn token(rest: &str, first: char) -> Result<(Token, usize), ExpressionErrorKind> {
    let run = |belongs: fn(char) -> bool| rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    if first.is_ascii_digit() || first == '.' {
        let length = number_length(rest);
        let number = rest.get(..length).and_then(|number| number.parse().ok());
        return number
            .map(|number| (Token::Number(number), length))
            .ok_or(ExpressionErrorKind::Number);
    }
    if first.is_ascii_alphabetic() || first == '_' {
        let length = run(|c| c.is_ascii_alphanumeric() || c == '_');
        return Ok((
            Token::Word(rest.get(..length).unwrap_or_default().to_owned()),
            length,
        ));
    }
    if QUOTES.contains(&first) {
        let inside = rest.get(first.len_utf8()..).unwrap_or_default();
        let (length, last) = inside
            .char_indices()
            .find(|(_, c)| QUOTES.contains(c))
            .ok_or(ExpressionErrorKind::UnclosedQuote)?;
        let text = inside.get(..length).unwrap_or_default().to_owned();
        return Ok((
            Token::Text(text),
            first.len_utf8() + length + last.len_utf8(),
        ));
    }
    let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
    sign.map(|sign| (Token::Sign(sign), sign.len()))
        .ok_or(ExpressionErrorKind::UnexpectedCharacter(first))
}

/// How many bytes of a text are a number: digits, a point, and an exponent.
fn number_length(rest: &str) -> usize {
    let digits = rest
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(rest.len());
    let exponent = rest.get(digits..).unwrap_or_default();
    let Some(behind) = exponent.strip_prefix(['e', 'E']) else {
        return digits;
    };
    let unsigned = behind.strip_prefix(['+', '-']).unwrap_or(behind);
    let length = unsigned
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(unsigned.len());
    match length {
        0 => digits,
        _ => digits + (exponent.len() - unsigned.len()) + length,
    }
}
