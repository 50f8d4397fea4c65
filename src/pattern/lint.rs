//! Tree to warnings: what AWS accepts and people get wrong (specification of the filter language, 2.5 and 2.6).

use super::ast::{Condition, Expression, Literal, Pattern, Presence, Selector, Step, Term, TermText, Test};
use super::cloudtrail::{Truth, absence, is_container, text_document, truth};
use super::warning::{BooleanCertainty, Warning, WarningKind};
use crate::span::Span;

/// The largest whole number below which floating point holds every whole number.
const LARGEST_EXACT_INTEGER: f64 = 9_007_199_254_740_992.0;

/// What to know about a pattern before it is used on CloudTrail records, in the order of the text. `text` is what the
/// pattern was parsed from.
pub fn warnings(pattern: &Pattern, text: &str) -> Vec<Warning> {
    let mut lint = Lint { text, warnings: Vec::new() };
    pattern.for_each_test(&mut |test, span| lint.test(test, span));
    match pattern {
        Pattern::Json(expression) => {
            lint.expression(expression, &[]);
            lint.nearly_everything(expression);
        }
        Pattern::Terms(terms) => lint.terms(terms),
        Pattern::Cells(_) => {}
    }
    lint.warnings.sort_by_key(|warning| (warning.span.start, warning.span.end));
    lint.warnings
}

struct Lint<'a> {
    text: &'a str,
    warnings: Vec<Warning>,
}

impl Lint<'_> {
    fn warn(&mut self, kind: WarningKind, span: Span) {
        self.warnings.push(Warning { kind, span, pattern: self.text.to_owned() });
    }

    /// What a single test is about, in any syntax.
    fn test(&mut self, test: &Test, span: Span) {
        let written = span.of(self.text);
        match test {
            Test::Equal(literal) | Test::NotEqual(literal) => self.literal(literal, span),
            Test::Ordering(_, bound) if bound.abs() >= LARGEST_EXACT_INTEGER => {
                self.warn(WarningKind::LargeInteger, span);
            }
            Test::IsNull | Test::IsBoolean(_) | Test::NotExists
                if written != written.to_ascii_uppercase() =>
            {
                self.warn(WarningKind::LowerCaseKeyword, span);
            }
            _ => {}
        }
    }

    fn literal(&mut self, literal: &Literal, span: Span) {
        if literal.has_interior_star() {
            self.warn(WarningKind::InteriorStar, span);
        }
        if literal.number().is_some_and(|number| number.abs() >= LARGEST_EXACT_INTEGER) {
            self.warn(WarningKind::LargeInteger, span);
        }
        match literal {
            Literal::Quoted(text) if text == "*" => self.warn(WarningKind::QuotedStar, span),
            Literal::Quoted(_) if has_escape(span.of(self.text)) => self.warn(WarningKind::Escape, span),
            Literal::Regex(body) if body.contains(' ') => self.warn(WarningKind::SpaceInRegex, span),
            _ => {}
        }
    }

    /// Looks at an expression, of which the selectors `settled` are known to lead somewhere or are asked for absence
    /// beside it.
    fn expression<'e>(&mut self, expression: &'e Expression<Condition>, settled: &[&'e Selector]) {
        match expression {
            Expression::Group(inner) => self.expression(inner, settled),
            Expression::Condition(condition) => self.condition(condition, settled),
            Expression::And(branches) => {
                self.wildcards_apart(branches);
                let settled =
                    with(settled, branches, |test| !matches!(test, Test::NotEqual(_) | Test::NotExists));
                branches.iter().for_each(|branch| self.expression(branch, &settled));
            }
            Expression::Or(branches) => {
                self.precedence(branches);
                let settled = with(settled, branches, |test| *test == Test::NotExists);
                branches.iter().for_each(|branch| self.expression(branch, &settled));
            }
        }
    }

    fn condition(&mut self, condition: &Condition, settled: &[&Selector]) {
        let Condition { selector, test, span, .. } = condition;
        let has_wildcard = selector.steps.contains(&Step::Every);
        if let Some(field) = text_document(selector) {
            self.warn(WarningKind::TextDocument { field: field.to_owned() }, *span);
        }
        match test {
            Test::Equal(_) | Test::NotEqual(_) if is_container(selector) => {
                self.warn(WarningKind::Container { selector: selector.to_string() }, *span);
            }
            Test::Equal(literal) => self.boolean(selector, literal, true, *span),
            Test::NotEqual(literal) => {
                self.boolean(selector, literal, false, *span);
                self.absent_field(condition, settled);
            }
            Test::NotExists | Test::IsNull if has_wildcard => {
                self.warn(WarningKind::AbsenceUnderWildcard, *span);
            }
            _ => {}
        }
    }

    fn absent_field(&mut self, condition: &Condition, settled: &[&Selector]) {
        if settled.contains(&&condition.selector) {
            return;
        }
        if let Some(absence) = absence(&condition.selector) {
            let (selector, condition_text) = (condition.selector.to_string(), condition.to_string());
            let kind = WarningKind::AbsentField { selector, condition: condition_text, absence };
            self.warn(kind, condition.span);
        }
    }

    fn boolean(&mut self, selector: &Selector, literal: &Literal, equal: bool, span: Span) {
        let asked = match literal.text() {
            text if text.eq_ignore_ascii_case("true") => true,
            text if text.eq_ignore_ascii_case("false") => false,
            _ => return,
        };
        let certainty = match truth(selector) {
            Truth::Boolean => BooleanCertainty::Always,
            Truth::Unknown => BooleanCertainty::Usually,
            Truth::Text => return,
        };
        let meant = if asked == equal { "IS TRUE" } else { "IS FALSE" };
        self.warn(WarningKind::BooleanAsText { selector: selector.to_string(), meant, certainty }, span);
    }

    /// An alternative that is a group of `&&` without parentheses.
    fn precedence(&mut self, branches: &[Expression<Condition>]) {
        let is_bare = |branch: &Expression<Condition>| matches!(branch, Expression::And(_));
        let Some(place) = branches.iter().position(is_bare) else { return };
        let before = if place > 0 { "… || " } else { "" };
        let after = if place + 1 < branches.len() { " || …" } else { "" };
        let read_as = format!("{before}({}){after}", branches[place]);
        self.warn(WarningKind::Precedence { read_as }, span(&branches[place]));
    }

    /// Several conditions on the elements of one array, of which each may hold for another element.
    fn wildcards_apart(&mut self, branches: &[Expression<Condition>]) {
        let mut seen: Vec<&[Step]> = Vec::new();
        for condition in branches.iter().filter_map(single) {
            let steps = &condition.selector.steps;
            let Some(wildcard) = steps.iter().position(|step| *step == Step::Every) else { continue };
            let array = &steps[..wildcard];
            if seen.contains(&array) {
                self.warn(WarningKind::WildcardsApart, condition.span);
            }
            seen.push(array);
        }
    }

    /// A `!=` among alternatives that nothing else restricts.
    fn nearly_everything(&mut self, whole: &Expression<Condition>) {
        let Expression::Or(branches) = whole.inner() else { return };
        let conditions: Vec<&Condition> = branches.iter().filter_map(single).collect();
        let is_guarded = |selector: &Selector| {
            let guards = |other: &&Condition| other.test == Test::NotExists && other.selector == *selector;
            conditions.iter().any(guards)
        };
        let too_wide = conditions.iter().find(|condition| {
            matches!(condition.test, Test::NotEqual(_)) && !is_guarded(&condition.selector)
        });
        if let Some(condition) = too_wide {
            self.warn(WarningKind::NearlyEverything { condition: condition.to_string() }, condition.span);
        }
    }

    fn terms(&mut self, terms: &[Term]) {
        let is_optional = |term: &&Term| term.presence == Presence::Optional;
        if terms.is_empty() {
            self.warn(WarningKind::EmptyPattern, Span::new(0, self.text.len()));
        } else if terms.iter().all(|term| term.presence == Presence::Excluded) {
            self.warn(WarningKind::OnlyExcluded, Span::new(0, self.text.len()));
        }
        if let Some(ignored) = terms.iter().find(is_optional)
            && !terms.iter().all(|term| is_optional(&term))
        {
            self.warn(WarningKind::IgnoredOptional, ignored.span);
        }
        for term in terms {
            match &term.text {
                TermText::Literal(text) if text.contains('*') => {
                    self.warn(WarningKind::StarInTerm, term.span)
                }
                TermText::Literal(_) if has_escape(term.span.of(self.text)) => {
                    self.warn(WarningKind::Escape, term.span);
                }
                TermText::Regex(body) if body.contains(' ') => {
                    self.warn(WarningKind::SpaceInRegex, term.span)
                }
                _ => {}
            }
        }
    }
}

/// Whether a quoted text is written with an escape.
fn has_escape(written: &str) -> bool {
    written.contains("\\\"") || written.contains("\\\\")
}

/// The one condition that an expression is, parentheses aside.
fn single(expression: &Expression<Condition>) -> Option<&Condition> {
    match expression.inner() {
        Expression::Condition(condition) => Some(condition),
        _ => None,
    }
}

/// The selectors that are settled already, and those of the conditions among `branches` whose test settles theirs.
fn with<'e>(
    settled: &[&'e Selector],
    branches: &'e [Expression<Condition>],
    settles: impl Fn(&Test) -> bool,
) -> Vec<&'e Selector> {
    let more = branches.iter().filter_map(single).filter(|condition| settles(&condition.test));
    settled.iter().copied().chain(more.map(|condition| &condition.selector)).collect()
}

/// Where an expression stands, without the parentheses around it.
fn span(expression: &Expression<Condition>) -> Span {
    let mut whole: Option<Span> = None;
    expression.for_each(&mut |condition| {
        whole = Some(whole.map_or(condition.span, |span| span.to(condition.span)));
    });
    whole.unwrap_or(Span::new(0, 0))
}
