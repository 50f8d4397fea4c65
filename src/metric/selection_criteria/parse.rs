//! The text of criteria to their tree.

use super::error::{CRITERIA_LIMIT, CriteriaErrorKind as Kind, NESTING_LIMIT};
use super::expression::{CriteriaExpression, FieldCondition, FieldOperator};
use super::{CriteriaDoubt, CriteriaError};
use crate::metric::value::SystemDimension;
use crate::text::span::Span;

/// The parser of criteria.
pub(super) struct CriteriaParser<'a> {
    text: &'a str,
    offset: usize,
    depth: usize,
    doubts: Vec<CriteriaDoubt>,
}

type ParsedCriteria<T> = Result<T, CriteriaError>;

impl<'a> CriteriaParser<'a> {
    /// Parses criteria to their tree and what is doubtful in them.
    pub(super) fn parse(text: &'a str) -> ParsedCriteria<(CriteriaExpression, Vec<CriteriaDoubt>)> {
        let mut parser = Self {
            text,
            offset: 0,
            depth: 0,
            doubts: Vec::new(),
        };
        parser.check_length()?;
        Ok((parser.whole()?, parser.doubts))
    }

    fn check_length(&self) -> ParsedCriteria<()> {
        match self.text.chars().count() {
            ..=CRITERIA_LIMIT => Ok(()),
            length => Err(self.error(Kind::TooLong(length), Span::new(0, self.text.len()))),
        }
    }

    fn whole(&mut self) -> ParsedCriteria<CriteriaExpression> {
        let expression = self.any()?;
        match self.is_at_end() {
            true => Ok(expression),
            false => Err(self.wrong_combination(Kind::ExpectedCombination)),
        }
    }

    /// Parses conditions with OR between them. AND binds tighter (sources, M18).
    fn any(&mut self) -> ParsedCriteria<CriteriaExpression> {
        let mut parts = vec![self.all()?];
        while self.takes_word("OR") {
            parts.push(self.all()?);
        }
        Ok(joined(parts, CriteriaExpression::Any))
    }

    fn all(&mut self) -> ParsedCriteria<CriteriaExpression> {
        let mut parts = vec![self.single()?];
        while self.takes_word("AND") {
            parts.push(self.single()?);
        }
        Ok(joined(parts, CriteriaExpression::All))
    }

    fn single(&mut self) -> ParsedCriteria<CriteriaExpression> {
        let start = self.here();
        match self.takes("(") {
            true => self.rest_of_parentheses(start),
            false => self.condition().map(CriteriaExpression::Condition),
        }
    }

    fn rest_of_parentheses(&mut self, start: usize) -> ParsedCriteria<CriteriaExpression> {
        if self.depth == NESTING_LIMIT {
            return Err(self.error(Kind::TooDeep, Span::new(start, start + 1)));
        }
        self.depth += 1;
        let inside = self.any()?;
        self.depth -= 1;
        match self.takes(")") {
            true => Ok(inside),
            false => Err(self.wrong_combination(Kind::UnclosedParenthesis)),
        }
    }

    fn condition(&mut self) -> ParsedCriteria<FieldCondition> {
        let field = self.field()?;
        let operator = self.operator()?;
        let values = match operator.takes_list() {
            true => self.list()?,
            false => vec![self.value()?],
        };
        Ok(FieldCondition {
            field,
            operator,
            values,
        })
    }

    fn field(&mut self) -> ParsedCriteria<SystemDimension> {
        let word = self.next_word();
        let written = word.slice(self.text);
        if let Ok(field) = written.parse() {
            self.offset = word.end;
            return Ok(field);
        }
        let kind = match written {
            // Other languages negate a whole condition in this way, so it has a hint of its own.
            _ if written.eq_ignore_ascii_case("NOT") => Kind::MisplacedNot,
            _ if written.starts_with('@') => Kind::UnknownField,
            _ => Kind::ExpectedCondition,
        };
        Err(self.error(kind, word))
    }

    fn operator(&mut self) -> ParsedCriteria<FieldOperator> {
        if self.takes("!=") {
            return Ok(FieldOperator::NotEqual);
        }
        if self.takes("=") {
            return self.single_equals();
        }
        if self.takes_word("IN") {
            return Ok(FieldOperator::In);
        }
        match self.takes_word("NOT") {
            true => self.rest_of_not_in(),
            false => Err(self.wrong_next(Kind::ExpectedOperator)),
        }
    }

    fn single_equals(&self) -> ParsedCriteria<FieldOperator> {
        // AWS was seen to refuse `===` (sources, M17), and `==` is refused with it (M18).
        match self.rest().starts_with('=') {
            true => Err(self.error(Kind::DoubleEquals, Span::new(self.offset, self.offset + 1))),
            false => Ok(FieldOperator::Equal),
        }
    }

    fn rest_of_not_in(&mut self) -> ParsedCriteria<FieldOperator> {
        match self.takes_word("IN") {
            true => Ok(FieldOperator::NotIn),
            false => Err(self.wrong_next(Kind::ExpectedIn)),
        }
    }

    /// Parses a list of values. AWS documents square brackets and takes parentheses.
    fn list(&mut self) -> ParsedCriteria<Vec<String>> {
        if self.takes("(") {
            return self.listed_values(')');
        }
        if self.takes("[") {
            self.doubt(CriteriaDoubt::SquareBrackets);
            return self.listed_values(']');
        }
        Err(self.wrong_next(Kind::ExpectedList))
    }

    fn listed_values(&mut self, end: char) -> ParsedCriteria<Vec<String>> {
        let mut values = vec![self.value()?];
        while self.takes(",") {
            values.push(self.value()?);
        }
        match self.takes(end.encode_utf8(&mut [0; 4])) {
            true => Ok(values),
            false => Err(self.wrong_next(Kind::ExpectedListEnd(end))),
        }
    }

    fn value(&mut self) -> ParsedCriteria<String> {
        self.skip_space();
        match self.rest().chars().next() {
            Some(quote @ ('"' | '\'')) => self.quoted(quote),
            _ => self.unquoted(),
        }
    }

    /// Parses a value in quotes, which ends at the next quote of the same kind.
    fn quoted(&mut self, quote: char) -> ParsedCriteria<String> {
        let start = self.offset;
        let inside = self.rest().get(1..).unwrap_or("");
        let Some(length) = inside.find(quote) else {
            return Err(self.error(Kind::UnclosedQuote, Span::new(start, self.text.len())));
        };
        self.offset = start + length + 2;
        Ok(inside.get(..length).unwrap_or("").to_owned())
    }

    fn unquoted(&mut self) -> ParsedCriteria<String> {
        let word = self.next_word();
        let written = word.slice(self.text);
        if !is_plain_value(written) {
            return Err(self.error(Kind::ExpectedValue, word));
        }
        self.doubt(CriteriaDoubt::UnquotedValue);
        self.offset = word.end;
        Ok(written.to_owned())
    }

    fn doubt(&mut self, doubt: CriteriaDoubt) {
        if !self.doubts.contains(&doubt) {
            self.doubts.push(doubt);
        }
    }

    /// Returns the error for what is found between two conditions.
    fn wrong_combination(&mut self, otherwise: Kind) -> CriteriaError {
        self.skip_space();
        // Longer symbols come first, since shorter ones begin them.
        let symbols = [("&&", "AND"), ("||", "OR"), ("&", "AND"), ("|", "OR")];
        let mut symbols = symbols.into_iter();
        match symbols.find(|(symbol, _)| self.rest().starts_with(symbol)) {
            Some((symbol, word)) => {
                let span = Span::new(self.offset, self.offset + symbol.len());
                self.error(Kind::SymbolOperator(word), span)
            }
            None => self.wrong_next(otherwise),
        }
    }

    fn wrong_next(&mut self, kind: Kind) -> CriteriaError {
        let span = self.next_word();
        self.error(kind, span)
    }

    fn error(&self, kind: Kind, span: Span) -> CriteriaError {
        CriteriaError {
            kind,
            span,
            criteria: self.text.to_owned(),
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.offset..).unwrap_or("")
    }

    fn skip_space(&mut self) {
        self.offset += self.rest().len() - self.rest().trim_start().len();
    }

    fn here(&mut self) -> usize {
        self.skip_space();
        self.offset
    }

    fn is_at_end(&mut self) -> bool {
        self.skip_space();
        self.rest().is_empty()
    }

    /// Returns the next word or sign without taking it; an empty span at the end.
    fn next_word(&mut self) -> Span {
        let start = self.here();
        Span::new(start, start + word_length(self.rest()))
    }

    /// Takes a keyword if it is next, in capitals or not (sources, M18).
    // The whole word is compared: `INSIDE` does not begin with the keyword `IN`.
    fn takes_word(&mut self, keyword: &str) -> bool {
        let word = self.next_word();
        let is_next = word.slice(self.text).eq_ignore_ascii_case(keyword);
        if is_next {
            self.offset = word.end;
        }
        is_next
    }

    fn takes(&mut self, sign: &str) -> bool {
        self.skip_space();
        let is_next = self.rest().starts_with(sign);
        if is_next {
            self.offset += sign.len();
        }
        is_next
    }
}

/// Returns the length in bytes of the word that a text begins with, or of its first sign.
fn word_length(rest: &str) -> usize {
    match rest.chars().next() {
        None => 0,
        Some(first) if ends_word(first) => first.len_utf8(),
        Some(_) => rest.find(ends_word).unwrap_or(rest.len()),
    }
}

fn ends_word(character: char) -> bool {
    character.is_whitespace() || "()[],=!<>&|\"'".contains(character)
}

/// Returns true for what may be an account or a region without quotes.
fn is_plain_value(written: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !written.is_empty() && written.bytes().all(is_plain) && !is_keyword(written)
}

// A keyword in the place of a value shows that the value is missing.
fn is_keyword(written: &str) -> bool {
    let mut keywords = ["AND", "OR", "NOT", "IN"].iter();
    keywords.any(|word| written.eq_ignore_ascii_case(word))
}

/// Returns the only part, or all parts in one expression.
fn joined(
    mut parts: Vec<CriteriaExpression>,
    join: fn(Vec<CriteriaExpression>) -> CriteriaExpression,
) -> CriteriaExpression {
    match parts.len() {
        1 => parts.remove(0),
        _ => join(parts),
    }
}
