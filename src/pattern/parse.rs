//! Text to tree, for all three syntaxes.

use super::ast::{Pattern, Syntax};
use super::error::{ErrorKind, PATTERN_LIMIT, PatternError};
use super::lex::is_blank;
use super::parser::Parser;
use super::terms::parse_terms;
use crate::text::span::Span;

/// Parses a filter pattern. Its first character that is not white space decides the syntax
/// (sources, P1).
///
/// # Errors
///
/// Returns an error if AWS would refuse the pattern. The error shows the pattern with the wrong
/// part underlined.
pub fn parse(pattern: &str) -> Result<Pattern, PatternError> {
    let length = pattern.chars().count();
    if length > PATTERN_LIMIT {
        let whole = Span::new(0, pattern.len());
        return Err(PatternError::new(
            ErrorKind::TooLong(length),
            whole,
            pattern,
        ));
    }
    match pattern.trim_start_matches(is_blank).chars().next() {
        Some('{') => Parser::new(pattern, Syntax::Json).json(),
        Some('[') => Parser::new(pattern, Syntax::Cells).cells(),
        _ => parse_terms(pattern),
    }
}
