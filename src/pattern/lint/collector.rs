//! The warnings found so far, and those about a single test, in any syntax.

use crate::pattern::ast::{Literal, Test};
use crate::pattern::warning::{Warning, WarningKind};
use crate::text::span::Span;

/// Collects the warnings of one pattern. Its methods for conditions, alternatives, cells and terms
/// are in the files of these names.
pub(super) struct Collector<'a> {
    pub(super) text: &'a str,
    warnings: Vec<Warning>,
}

impl<'a> Collector<'a> {
    /// Begins without warnings on the text of a pattern.
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            warnings: Vec::new(),
        }
    }

    /// Returns the warnings in the order of the text.
    pub(super) fn into_warnings(mut self) -> Vec<Warning> {
        self.warnings
            .sort_by_key(|warning| (warning.span.start, warning.span.end));
        self.warnings
    }

    /// Adds a warning about a part of the pattern.
    pub(super) fn warn(&mut self, kind: WarningKind, span: Span) {
        self.warnings.push(Warning {
            kind,
            span,
            pattern: self.text.to_owned(),
        });
    }

    /// Warns about a single test.
    pub(super) fn test(&mut self, test: &Test, span: Span) {
        match test {
            // `!= *` never holds, and has a warning that says so.
            test if excludes_all(test) => {}
            Test::Equal(literal) | Test::NotEqual(literal) => self.literal(literal, span),
            Test::Ordering(..) | Test::IsNull | Test::IsBoolean(_) | Test::NotExists => {}
        }
    }

    fn literal(&mut self, literal: &Literal, span: Span) {
        if literal.has_interior_star() {
            self.warn(WarningKind::InteriorStar, span);
        }
        match literal {
            _ if literal.equals_nothing() => self.warn(WarningKind::LostNumber, span),
            Literal::Quoted(text) if text == "*" => self.warn(WarningKind::QuotedStar, span),
            Literal::Quoted(_) => self.escape(span),
            Literal::Regex(body) => self.regex(body, span),
            Literal::Bare(_) => {}
        }
    }

    /// Warns about an escape in a quoted text.
    pub(super) fn escape(&mut self, span: Span) {
        let written = span.slice(self.text);
        if written.contains("\\\"") || written.contains("\\\\") {
            self.warn(WarningKind::Escape, span);
        }
    }

    /// Warns about a space in a regular expression.
    pub(super) fn regex(&mut self, body: &str, span: Span) {
        if body.contains(' ') {
            self.warn(WarningKind::SpaceInRegex, span);
        }
    }
}

/// Returns whether a test is a `!=` that no value passes.
pub(super) fn excludes_all(test: &Test) -> bool {
    matches!(test, Test::NotEqual(literal) if is_any(literal))
}

/// Returns whether a value is equal to any string or number.
fn is_any(literal: &Literal) -> bool {
    match literal {
        Literal::Quoted(text) | Literal::Bare(text) => {
            !text.is_empty() && text.trim_matches('*').is_empty()
        }
        Literal::Regex(_) => false,
    }
}
