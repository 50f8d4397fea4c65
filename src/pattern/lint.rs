//! From tree to warnings: constructs that AWS accepts and people get wrong, or on which AWS is
//! silent (sources, P35 to P42).

use super::ast::{
    Cell, Condition, Expression, FieldCell, Literal, Pattern, Presence, Selector, Step, Term,
    TermText, Test,
};
use super::known_fields::{Truth, absence, incomparable, is_text, text_document, truth};
use super::print::{NamedTest, named};
use super::warning::{BooleanCertainty, Warning, WarningKind};
use crate::text::span::Span;

/// The largest whole number below which floating point holds every whole number.
const LARGEST_EXACT_INTEGER: f64 = 9_007_199_254_740_992.0;

/// What to know about a pattern before it is used on CloudTrail records, in the order of the text.
/// `text` is what the pattern was parsed from.
pub fn warnings(pattern: &Pattern, text: &str) -> Vec<Warning> {
    let mut lint = Lint {
        text,
        warnings: Vec::new(),
    };
    pattern.for_each_test(&mut |test, span| lint.test(test, span));
    match pattern {
        Pattern::Json(expression) => {
            lint.expression(expression, &[]);
            lint.precedence(expression, &|condition| condition.span);
            lint.nearly_everything(expression);
        }
        Pattern::Terms(terms) => lint.terms(terms),
        Pattern::Cells(cells) => lint.cells(cells),
    }
    lint.warnings
        .sort_by_key(|warning| (warning.span.start, warning.span.end));
    lint.warnings
}

struct Lint<'a> {
    text: &'a str,
    warnings: Vec<Warning>,
}

impl Lint<'_> {
    fn warn(&mut self, kind: WarningKind, span: Span) {
        self.warnings.push(Warning {
            kind,
            span,
            pattern: self.text.to_owned(),
        });
    }

    /// What a single test is about, in any syntax.
    fn test(&mut self, test: &Test, span: Span) {
        let written = span.slice(self.text);
        match test {
            Test::NotEqual(literal) if is_any(literal) => {}
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
        if literal
            .number()
            .is_some_and(|number| number.abs() >= LARGEST_EXACT_INTEGER)
        {
            self.warn(WarningKind::LargeInteger, span);
        }
        match literal {
            Literal::Quoted(text) if text == "*" => self.warn(WarningKind::QuotedStar, span),
            Literal::Quoted(_) if has_escape(span.slice(self.text)) => {
                self.warn(WarningKind::Escape, span)
            }
            Literal::Regex(body) if body.contains(' ') => {
                self.warn(WarningKind::SpaceInRegex, span)
            }
            _ => {}
        }
    }

    /// Looks at an expression, of which the selectors `settled` are known to lead somewhere or are
    /// asked for absence beside it.
    fn expression<'e>(&mut self, expression: &'e Expression<Condition>, settled: &[&'e Selector]) {
        match expression {
            Expression::Group(inner) => self.expression(inner, settled),
            Expression::Condition(condition) => self.condition(condition, settled),
            Expression::And(branches) => {
                self.wildcards_apart(branches);
                let mut settled = settled.to_vec();
                settled.extend(branches.iter().flat_map(required));
                for branch in branches {
                    self.expression(branch, &settled);
                    // One warning for a field is enough; where `!=` holds, the field is there for
                    // the others.
                    settled.extend(single(branch).map(|condition| &condition.selector));
                }
            }
            Expression::Or(branches) => {
                self.always_true(expression);
                let absent = branches
                    .iter()
                    .filter_map(single)
                    .filter(|other| other.test == Test::NotExists);
                let settled: Vec<&Selector> = settled
                    .iter()
                    .copied()
                    .chain(absent.map(|condition| &condition.selector))
                    .collect();
                branches
                    .iter()
                    .for_each(|branch| self.expression(branch, &settled));
            }
        }
    }

    fn condition(&mut self, condition: &Condition, settled: &[&Selector]) {
        let Condition {
            selector,
            test,
            span,
            ..
        } = condition;
        if let Some(field) = text_document(selector) {
            self.warn(
                WarningKind::TextDocument {
                    field: field.to_owned(),
                },
                *span,
            );
        }
        let selector_text = || selector.to_string();
        match test {
            Test::NotEqual(literal) if is_any(literal) => {
                self.warn(
                    WarningKind::UnlikeAnything {
                        selector: Some(selector_text()),
                    },
                    *span,
                );
            }
            Test::Equal(literal) => self.comparison(selector, literal, true, *span),
            Test::NotEqual(literal) => {
                self.comparison(selector, literal, false, *span);
                self.absent_field(condition, settled);
            }
            Test::Ordering(..) if is_text(selector) => {
                self.warn(
                    WarningKind::TextOrdered {
                        selector: selector_text(),
                    },
                    *span,
                );
            }
            Test::IsBoolean(meant) if truth(selector) == Truth::Text => {
                self.warn(
                    WarningKind::TextAsBoolean {
                        selector: selector_text(),
                        meant: *meant,
                    },
                    *span,
                );
            }
            Test::NotExists | Test::IsNull if selector.steps.contains(&Step::Every) => {
                self.warn(WarningKind::AbsenceUnderWildcard, *span);
            }
            _ => {}
        }
    }

    fn absent_field(&mut self, condition: &Condition, settled: &[&Selector]) {
        if settled.contains(&&condition.selector) || incomparable(&condition.selector).is_some() {
            return;
        }
        if let Some(absence) = absence(&condition.selector) {
            let (selector, condition_text) =
                (condition.selector.to_string(), condition.to_string());
            let kind = WarningKind::AbsentField {
                selector,
                condition: condition_text,
                absence,
            };
            self.warn(kind, condition.span);
        }
    }

    /// What the value of `=` or `!=` and the field have to do with each other.
    fn comparison(&mut self, selector: &Selector, literal: &Literal, equal: bool, span: Span) {
        let asked = match literal.text() {
            text if text.eq_ignore_ascii_case("true") => Some(true),
            text if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        };
        let certainty = match truth(selector) {
            Truth::Boolean => BooleanCertainty::Always,
            Truth::Unknown => BooleanCertainty::Usually,
            Truth::Text => return,
        };
        if let Some(asked) = asked {
            let meant = if asked == equal {
                "IS TRUE"
            } else {
                "IS FALSE"
            };
            let kind = WarningKind::BooleanAsText {
                selector: selector.to_string(),
                meant,
                certainty,
            };
            self.warn(kind, span);
        } else if let Some(what) = incomparable(selector) {
            self.warn(
                WarningKind::Incomparable {
                    selector: selector.to_string(),
                    what,
                },
                span,
            );
        }
    }

    /// Alternatives that are a group of `&&` without parentheses.
    fn precedence<C: std::fmt::Display>(
        &mut self,
        expression: &Expression<C>,
        span: &dyn Fn(&C) -> Span,
    ) {
        match expression {
            Expression::Condition(_) => {}
            Expression::Group(inner) => self.precedence(inner, span),
            Expression::And(branches) => branches
                .iter()
                .for_each(|branch| self.precedence(branch, span)),
            Expression::Or(branches) => {
                branches
                    .iter()
                    .for_each(|branch| self.precedence(branch, span));
                let is_bare = |branch: &Expression<C>| matches!(branch, Expression::And(_));
                let Some(place) = branches.iter().position(is_bare) else {
                    return;
                };
                let before = if place > 0 { "… || " } else { "" };
                let after = if place + 1 < branches.len() {
                    " || …"
                } else {
                    ""
                };
                let read_as = format!("{before}({}){after}", branches[place]);
                self.warn(
                    WarningKind::Precedence { read_as },
                    whole_span(&branches[place], span),
                );
            }
        }
    }

    /// Several conditions on the elements of one array, of which each may hold for another element.
    fn wildcards_apart(&mut self, branches: &[Expression<Condition>]) {
        let mut seen: Vec<&[Step]> = Vec::new();
        for condition in branches
            .iter()
            .filter_map(single)
            .filter(|other| other.test != Test::NotExists)
        {
            let steps = &condition.selector.steps;
            let Some(wildcard) = steps.iter().position(|step| *step == Step::Every) else {
                continue;
            };
            let array = &steps[..wildcard];
            if seen.contains(&array) {
                self.warn(WarningKind::WildcardsApart, condition.span);
            }
            seen.push(array);
        }
    }

    /// Two `!=` with different values on one field, of which one always holds.
    fn always_true(&mut self, whole: &Expression<Condition>) {
        let mut alternatives = Vec::new();
        flatten(whole, &mut alternatives);
        let unequal: Vec<&Condition> = alternatives
            .into_iter()
            .filter_map(single)
            .filter(|other| matches!(&other.test, Test::NotEqual(literal) if !is_any(literal)))
            .collect();
        let earlier = |place: usize, condition: &Condition| {
            unequal[..place]
                .iter()
                .any(|other| other.selector == condition.selector && other.test != condition.test)
        };
        if let Some((_, condition)) = unequal
            .iter()
            .enumerate()
            .find(|(place, other)| earlier(*place, other))
        {
            self.warn(
                WarningKind::AlwaysTrue {
                    selector: condition.selector.to_string(),
                },
                condition.span,
            );
        }
    }

    /// Alternatives of which one holds for nearly every event, so that the others mean nothing: a
    /// `!=` on a field that is always there.
    fn nearly_everything(&mut self, whole: &Expression<Condition>) {
        let mut alternatives = Vec::new();
        flatten(whole, &mut alternatives);
        if alternatives.len() < 2 {
            return;
        }
        let wide = alternatives
            .iter()
            .filter_map(|branch| wide(branch))
            .find(|condition| {
                let is_always_there = absence(&condition.selector).is_none();
                is_always_there && incomparable(&condition.selector).is_none()
            });
        if let Some(condition) = wide {
            self.warn(
                WarningKind::NearlyEverything {
                    condition: condition.to_string(),
                },
                condition.span,
            );
        }
    }

    fn cells(&mut self, cells: &[Cell]) {
        for cell in cells {
            let Cell::Field(FieldCell {
                test: Some(test),
                name: Some(name),
            }) = cell
            else {
                continue;
            };
            self.precedence(&named(test, name), &|condition: &NamedTest<'_>| {
                condition.span
            });
            test.for_each(&mut |condition| {
                if matches!(&condition.test, Test::NotEqual(literal) if is_any(literal)) {
                    self.warn(
                        WarningKind::UnlikeAnything { selector: None },
                        condition.span,
                    );
                }
            });
        }
        if let Some(Cell::Field(FieldCell {
            test: Some(test), ..
        })) = cells.last()
            && !cells.contains(&Cell::Ellipsis)
        {
            let mut last = None;
            test.for_each(&mut |condition| last = Some((&condition.test, condition.span)));
            // A regular expression and a number are meant for the end or fail on more; a star at
            // the end takes more.
            if let Some((Test::Equal(literal), span)) = last
                && !matches!(literal, Literal::Regex(_))
                && !literal.text().ends_with('*')
            {
                self.warn(WarningKind::LastCell, span);
            }
        }
    }

    fn terms(&mut self, terms: &[Term]) {
        let is_optional = |term: &&Term| term.presence == Presence::Optional;
        if terms.is_empty() {
            self.warn(WarningKind::EmptyPattern, Span::new(0, self.text.len()));
        } else if terms.iter().all(|term| term.presence == Presence::Excluded) {
            self.warn(WarningKind::OnlyExcluded, Span::new(0, self.text.len()));
        }
        let is_operator = |term: &&Term| {
            term.presence == Presence::Required
                && matches!(&term.text, TermText::Literal(text) if matches!(text.as_str(), "AND" | "OR" | "NOT"))
                && !term.span.slice(self.text).contains('"')
        };
        if let Some(word) = terms.iter().find(is_operator).filter(|_| terms.len() > 1) {
            self.warn(WarningKind::WordOperator, word.span);
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
                TermText::Literal(_) if has_escape(term.span.slice(self.text)) => {
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

/// Whether a value is any string or number.
fn is_any(literal: &Literal) -> bool {
    match literal {
        Literal::Quoted(text) | Literal::Bare(text) => {
            !text.is_empty() && text.bytes().all(|byte| byte == b'*')
        }
        Literal::Regex(_) => false,
    }
}

/// The selectors that lead somewhere wherever an expression holds.
fn required(expression: &Expression<Condition>) -> Vec<&Selector> {
    match expression.inner() {
        Expression::And(branches) => branches.iter().flat_map(required).collect(),
        Expression::Or(branches) => {
            let Some((first, others)) = branches.split_first() else {
                return Vec::new();
            };
            let in_all = |selector: &&Selector| {
                others
                    .iter()
                    .all(|other| required(other).contains(selector))
            };
            required(first).into_iter().filter(in_all).collect()
        }
        Expression::Condition(condition) => match condition.test {
            Test::NotEqual(_) | Test::NotExists => Vec::new(),
            _ => vec![&condition.selector],
        },
        Expression::Group(_) => Vec::new(),
    }
}

/// The alternatives of an expression, those of nested groups included.
fn flatten<'e>(
    expression: &'e Expression<Condition>,
    alternatives: &mut Vec<&'e Expression<Condition>>,
) {
    match expression.inner() {
        Expression::Or(branches) => branches
            .iter()
            .for_each(|branch| flatten(branch, alternatives)),
        other => alternatives.push(other),
    }
}

/// The first of the `!=` that an alternative consists of, if it has nothing else.
fn wide(alternative: &Expression<Condition>) -> Option<&Condition> {
    match alternative.inner() {
        Expression::Condition(condition) => match &condition.test {
            Test::NotEqual(literal) if !is_any(literal) => Some(condition),
            _ => None,
        },
        Expression::And(branches) if branches.iter().all(|branch| wide(branch).is_some()) => {
            branches.first().and_then(wide)
        }
        _ => None,
    }
}

/// Where an expression stands, without the parentheses around it.
fn whole_span<C>(expression: &Expression<C>, span: &dyn Fn(&C) -> Span) -> Span {
    let mut whole: Option<Span> = None;
    expression.for_each(&mut |condition| {
        let own = span(condition);
        whole = Some(whole.map_or(own, |span| span.to(own)));
    });
    whole.unwrap_or(Span::new(0, 0))
}
