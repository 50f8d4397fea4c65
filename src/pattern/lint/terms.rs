//! Warnings about patterns of terms.

use super::collector::Collector;
use crate::pattern::ast::{Pattern, Presence, Term, TermText};
use crate::pattern::warning::WarningKind;
use crate::text::span::Span;

impl Collector<'_> {
    /// Warns about the terms of a pattern.
    pub(super) fn terms(&mut self, terms: &[Term]) {
        self.nothing_required(terms);
        self.word_operator(terms);
        self.ignored_optional(terms);
        for run in terms.chunk_by(continues) {
            self.split_term(run);
        }
        for term in terms {
            self.term(term);
        }
    }

    fn nothing_required(&mut self, terms: &[Term]) {
        let whole = Span::new(0, self.text.len());
        if terms.is_empty() {
            self.warn(WarningKind::EmptyPattern, whole);
        } else if terms.iter().all(|term| term.presence == Presence::Excluded) {
            self.warn(WarningKind::OnlyExcluded, whole);
        }
    }

    fn word_operator(&mut self, terms: &[Term]) {
        // A word alone combines nothing, so it can only be meant as a word.
        if terms.len() < 2 {
            return;
        }
        if let Some(word) = terms.iter().find(|term| self.looks_like_operator(term)) {
            self.warn(WarningKind::WordOperator, word.span);
        }
    }

    fn looks_like_operator(&self, term: &Term) -> bool {
        let TermText::Literal(text) = &term.text else {
            return false;
        };
        // Quotes show that the word itself is meant.
        let is_quoted = term.span.slice(self.text).contains('"');
        is_operator(text) && !is_quoted && term.is_required()
    }

    fn ignored_optional(&mut self, terms: &[Term]) {
        if terms.iter().all(Term::is_optional) {
            return;
        }
        if let Some(ignored) = terms.iter().find(|term| term.is_optional()) {
            self.warn(WarningKind::IgnoredOptional, ignored.span);
        }
    }

    /// Warns about terms without spaces between them, since they look like one word.
    fn split_term(&mut self, run: &[Term]) {
        let [first, .., last] = run else {
            return;
        };
        let read_as = Pattern::Terms(run.to_vec()).to_string();
        let kind = WarningKind::SplitTerm { read_as };
        self.warn(kind, first.span.to(last.span));
    }

    fn term(&mut self, term: &Term) {
        match &term.text {
            TermText::Literal(text) if text.contains('*') => {
                self.warn(WarningKind::StarInTerm, term.span);
            }
            TermText::Literal(_) => self.escape(term.span),
            TermText::Regex(body) => self.regex(body, term.span),
        }
    }
}

/// Returns whether an excluded term follows another one without a space.
fn continues(term: &Term, next: &Term) -> bool {
    next.presence == Presence::Excluded && term.span.end == next.span.start
}

fn is_operator(word: &str) -> bool {
    matches!(word, "AND" | "OR" | "NOT")
}
