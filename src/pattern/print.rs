//! Tree to text: one spelling for each meaning.
//!
//! Values are in double quotes unless they are numbers or the lone `*`, keywords in capitals, and
//! `&&` inside `||` in parentheses, so that the order of evaluation can be seen. Printing what was
//! parsed from a printed pattern gives the same text.

use std::fmt;

use super::ast::{
    Cell, CellCondition, Condition, Expression, Literal, Ordering, Pattern, Presence, Selector,
    SelectorStep, Term, TermText, Test,
};
use super::cells::ELLIPSIS;
use super::lex::{is_name, is_term};
use crate::text::joined;
use crate::text::span::Span;

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(expression) => write!(formatter, "{{ {expression} }}"),
            Self::Terms(terms) => formatter.write_str(&joined(terms, " ")),
            Self::Cells(cells) => write!(formatter, "[{}]", joined(cells, ", ")),
        }
    }
}

impl<C: fmt::Display> fmt::Display for Expression<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(branches) => self.write_branches(formatter, branches, " && "),
            Self::Or(branches) => self.write_branches(formatter, branches, " || "),
            Self::Group(inner) => write!(formatter, "{inner}"),
            Self::Condition(condition) => write!(formatter, "{condition}"),
        }
    }
}

impl<C: fmt::Display> Expression<C> {
    fn write_branches(
        &self,
        formatter: &mut fmt::Formatter<'_>,
        branches: &[Self],
        operator: &str,
    ) -> fmt::Result {
        for (place, branch) in branches.iter().enumerate() {
            if place > 0 {
                formatter.write_str(operator)?;
            }
            self.write_branch(formatter, branch.inner())?;
        }
        Ok(())
    }

    /// Writes a branch, in parentheses if it is of the other operator.
    fn write_branch(&self, formatter: &mut fmt::Formatter<'_>, branch: &Self) -> fmt::Result {
        match (self, branch) {
            // AWS needs no parentheses around `&&` inside `||`, but many readers do.
            (Self::And(_), Self::Or(_)) | (Self::Or(_), Self::And(_)) => {
                write!(formatter, "({branch})")
            }
            _ => write!(formatter, "{branch}"),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.selector, self.test)
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("$")?;
        for (place, step) in self.steps.iter().enumerate() {
            // Names bring their dot, and an index has none, unless it comes first: `$.[0]`.
            match step {
                SelectorStep::Every if place == 0 => formatter.write_str(".*")?,
                SelectorStep::Element(index) if place == 0 => write!(formatter, ".[{index}]")?,
                step => write!(formatter, "{step}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for SelectorStep {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(name) if is_word(name) => write!(formatter, ".{name}"),
            Self::Member(name) => write!(formatter, ".['{name}']"),
            Self::Element(index) => write!(formatter, "[{index}]"),
            Self::Every => formatter.write_str("[*]"),
        }
    }
}

fn is_bare_term(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_term)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_name)
}

impl fmt::Display for Test {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equal(literal) => write!(formatter, "= {literal}"),
            Self::NotEqual(literal) => write!(formatter, "!= {literal}"),
            Self::Ordering(ordering, bound) => write!(formatter, "{} {bound}", ordering.sign()),
            Self::IsNull => formatter.write_str("IS NULL"),
            Self::IsBoolean(true) => formatter.write_str("IS TRUE"),
            Self::IsBoolean(false) => formatter.write_str("IS FALSE"),
            Self::NotExists => formatter.write_str("NOT EXISTS"),
        }
    }
}

impl Ordering {
    /// Returns the operator as a sign.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Numbers mean something else in quotes; for `*` the quotes would only be noise.
            Self::Bare(text) if text == "*" || self.number().is_some() => formatter.write_str(text),
            Self::Bare(text) | Self::Quoted(text) => write_quoted(formatter, text),
            Self::Regex(body) => write!(formatter, "%{body}%"),
        }
    }
}

impl fmt::Display for Presence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Required => "",
            Self::Excluded => "-",
            Self::Optional => "?",
        })
    }
}

impl fmt::Display for Term {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.presence, self.text)
    }
}

impl fmt::Display for TermText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Regex(body) => write!(formatter, "%{body}%"),
            Self::Literal(text) if is_bare_term(text) => formatter.write_str(text),
            Self::Literal(text) => write_quoted(formatter, text),
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Field(field) = self else {
            return formatter.write_str(ELLIPSIS);
        };
        match (&field.name, &field.test) {
            (Some(name), Some(test)) => write!(formatter, "{}", named(test, name)),
            (Some(name), None) => formatter.write_str(name),
            (None, _) => Ok(()),
        }
    }
}

/// Returns the conditions of a cell with the name of the cell before each.
pub(super) fn named<'a>(
    test: &'a Expression<CellCondition>,
    name: &'a str,
) -> Expression<NamedTest<'a>> {
    test.map(&|condition| NamedTest {
        name,
        test: &condition.test,
        span: condition.span,
    })
}

/// A test of a cell with the name of the cell.
pub(super) struct NamedTest<'a> {
    name: &'a str,
    pub(super) test: &'a Test,
    /// The place of the condition in the pattern.
    pub(super) span: Span,
}

impl fmt::Display for NamedTest<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.name, self.test)
    }
}

fn write_quoted(formatter: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    write!(formatter, "\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('"', _) => escaped.push_str("\\\""),
            // Elsewhere a backslash is itself: it only escapes a quote and another backslash.
            ('\\', None | Some('"' | '\\')) => escaped.push_str("\\\\"),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use crate::pattern::parse;

    #[test]
    fn each_meaning_has_one_spelling() {
        let rows = [
            ("{$.a=x}", r#"{ $.a = "x" }"#),
            (
                "{ ($.a = 1) && ((($.b is true) || $.c not exists)) }",
                "{ $.a = 1 && ($.b IS TRUE || $.c NOT EXISTS) }",
            ),
            (
                "{ $.a = 1 || $.b = 2 && $.c = 3 }",
                "{ $.a = 1 || ($.b = 2 && $.c = 3) }",
            ),
            (
                "{ ($.a = 1 || $.b = 2) || $.c != * }",
                "{ $.a = 1 || $.b = 2 || $.c != * }",
            ),
            (
                r#"{ $.['a.b'].*.c[0] = "say \"hi\" \\" }"#,
                r#"{ $.['a.b'][*].c[0] = "say \"hi\" \\" }"#,
            ),
            (r#"{ $.* = "a\b" }"#, r#"{ $.* = "a\b" }"#),
            ("{ $.a >= 1e3 }", "{ $.a >= 1000 }"),
            ("{ $.a < 1e-99 }", "{ $.a < 1e-99 }"),
            (
                r#" "ERROR"  -"a b" ?x.y-é "-y" "#,
                r#"ERROR -"a b" ?x.y -é "-y""#,
            ),
            (" %x+% ", "%x+%"),
            ("", ""),
            (
                "[ ip,..., s=4* && (s!=404 || s>499),, z ]",
                r#"[ip, ..., s = "4*" && (s != 404 || s > 499), , z]"#,
            ),
            ("[ ]", "[]"),
        ];
        for (written, expected) in rows {
            let printed = parse(written).expect(written).to_string();
            assert_eq!(printed, expected);
            assert_eq!(parse(&printed).expect(expected).to_string(), expected);
        }
    }
}
