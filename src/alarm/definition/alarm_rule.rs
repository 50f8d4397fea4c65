//! The rule of a composite alarm: which states of its children make it go off (user guide,
//! "Composite alarms"; API, `PutCompositeAlarm`).
//!
//! ```
//! use backtrail::alarm::definition::alarm_rule::AlarmRule;
//! use backtrail::alarm::definition::configuration::AlarmState::{Alarm, Ok as Fine};
//!
//! let rule: AlarmRule = "ALARM(errors) AND NOT ALARM(\"deployment in progress\")".parse()?;
//! assert_eq!(rule.children(), ["errors", "deployment in progress"]);
//! assert!(rule.holds(&[Alarm, Fine]));
//! assert!(!rule.holds(&[Alarm, Alarm]));
//! # Ok::<(), backtrail::alarm::definition::alarm_rule::AlarmRuleError>(())
//! ```

use std::fmt;
use std::str::FromStr;

use crate::alarm::definition::configuration::AlarmState;
use crate::text::printable;
use crate::text::span::Span;
use crate::text::underline::Underlined;

/// The longest rule, in characters (API, `PutCompositeAlarm`).
pub const RULE_LIMIT: usize = 10_240;

/// How many alarms one rule may watch (API, `PutCompositeAlarm`).
pub const CHILDREN_LIMIT: usize = 100;

/// How many elements a rule may have: references to alarms, constants, and pairs of parentheses
/// (API, `PutCompositeAlarm`). It bounds the recursion of the parser, too.
pub const ELEMENTS_LIMIT: usize = 500;

/// The rule of a composite alarm.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmRule {
    text: String,
    children: Vec<String>,
    expression: Expression,
}

/// What a rule says. Alarms are numbered as in the list of children.
#[derive(Clone, Debug, PartialEq)]
enum Expression {
    Constant(bool),
    /// Whether an alarm is in a state.
    Is(Condition, usize),
    Not(Box<Expression>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
    /// Whether at least so many of these alarms meet a condition.
    AtLeast(Quantity, Condition, Vec<usize>),
}

/// A state that an alarm must be in, or must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Condition {
    state: AlarmState,
    is_negated: bool,
}

/// How many alarms must meet a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quantity {
    Number(usize),
    Percent(usize),
}

impl Condition {
    fn is_met(self, state: AlarmState) -> bool {
        (state == self.state) != self.is_negated
    }
}

impl Quantity {
    fn is_reached(self, count: usize, of: usize) -> bool {
        match self {
            Self::Number(number) => count >= number,
            Self::Percent(percent) => count * 100 >= percent * of,
        }
    }
}

impl AlarmRule {
    /// The rule as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names of the alarms that the rule watches, each once, in the order in which it names
    /// them. An ARN is reduced to the name in it, since all alarms of a rule stand in one account
    /// and region.
    pub fn children(&self) -> &[String] {
        &self.children
    }

    /// Whether the rule is true when its children are in these states, in the order of
    /// [`Self::children`]. A child without a state is in none.
    pub fn holds(&self, states: &[AlarmState]) -> bool {
        self.expression.holds(states)
    }
}

impl Expression {
    fn holds(&self, states: &[AlarmState]) -> bool {
        let meets = |condition: &Condition, alarm: &usize| {
            states
                .get(*alarm)
                .is_some_and(|state| condition.is_met(*state))
        };
        match self {
            Self::Constant(value) => *value,
            Self::Is(condition, alarm) => meets(condition, alarm),
            Self::Not(inner) => !inner.holds(states),
            Self::All(parts) => parts.iter().all(|part| part.holds(states)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(states)),
            Self::AtLeast(quantity, condition, alarms) => {
                let count = alarms
                    .iter()
                    .filter(|alarm| meets(condition, alarm))
                    .count();
                quantity.is_reached(count, alarms.len())
            }
        }
    }
}

/// A text that is no rule. Printing it shows what is wrong, and the rule with the wrong part
/// underlined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmRuleError {
    /// What is wrong.
    pub kind: AlarmRuleErrorKind,
    /// The part of the rule that is wrong.
    pub span: Span,
    /// The whole rule.
    pub rule: String,
}

/// What can be wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AlarmRuleErrorKind {
    /// More than [`RULE_LIMIT`] characters.
    #[error("the rule has {0} characters, the limit is {RULE_LIMIT}")]
    TooLong(usize),
    /// More than [`CHILDREN_LIMIT`] alarms.
    #[error("the rule names more than {CHILDREN_LIMIT} alarms")]
    TooManyChildren,
    /// More than [`ELEMENTS_LIMIT`] elements.
    #[error("the rule has more than {ELEMENTS_LIMIT} elements (alarms, constants, parentheses)")]
    TooManyElements,
    /// Something else where a condition should be.
    #[error(
        "expected a condition: ALARM(name), OK(name), INSUFFICIENT_DATA(name), AT_LEAST(number, state, (names)), TRUE, FALSE, \
         NOT or a parenthesis"
    )]
    ExpectedCondition,
    /// Something behind a whole expression.
    #[error("expected AND, OR or the end of the rule")]
    ExpectedOperator,
    /// A character that must be here.
    #[error("expected `{0}`")]
    Expected(char),
    /// No name of an alarm.
    #[error(
        "expected the name or ARN of an alarm; one with spaces, parentheses or commas goes in double quotes"
    )]
    ExpectedName,
    /// A quote without its end.
    #[error("the quote is not closed")]
    UnclosedQuote,
    /// No state in `AT_LEAST`.
    #[error("expected a state: ALARM, OK, INSUFFICIENT_DATA, or NOT and one of them")]
    ExpectedState,
    /// No number in `AT_LEAST`.
    #[error("expected how many: a number from 1 to {alarms}, or a percentage from 1% to 100%")]
    ExpectedQuantity {
        /// How many alarms there are to choose from.
        alarms: usize,
    },
}

impl fmt::Display for AlarmRuleError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", printable(&self.kind.to_string()))?;
        write!(
            formatter,
            "{}",
            Underlined {
                text: &self.rule,
                span: self.span
            }
        )
    }
}

impl std::error::Error for AlarmRuleError {}

impl FromStr for AlarmRule {
    type Err = AlarmRuleError;

    fn from_str(text: &str) -> Result<Self, AlarmRuleError> {
        let mut parser = Parser {
            text,
            offset: 0,
            elements: 0,
            children: Vec::new(),
        };
        let length = text.chars().count();
        if length > RULE_LIMIT {
            return Err(parser.error(
                AlarmRuleErrorKind::TooLong(length),
                Span::new(0, text.len()),
            ));
        }
        let expression = parser.any()?;
        if let Some(rest) = parser.word() {
            return Err(parser.error(AlarmRuleErrorKind::ExpectedOperator, rest));
        }
        Ok(Self {
            text: text.to_owned(),
            children: parser.children,
            expression,
        })
    }
}

/// A rule on its way from text to tree.
struct Parser<'a> {
    text: &'a str,
    offset: usize,
    elements: usize,
    children: Vec<String>,
}

type Parsed<T> = Result<T, AlarmRuleError>;

impl Parser<'_> {
    fn error(&self, kind: AlarmRuleErrorKind, span: Span) -> AlarmRuleError {
        AlarmRuleError {
            kind,
            span,
            rule: self.text.to_owned(),
        }
    }

    /// Conditions with OR between them. AND binds closer, as everywhere.
    fn any(&mut self) -> Parsed<Expression> {
        let mut parts = vec![self.all()?];
        while self.takes_word("OR") {
            parts.push(self.all()?);
        }
        Ok(single(parts, Expression::Any))
    }

    fn all(&mut self) -> Parsed<Expression> {
        let mut parts = vec![self.not()?];
        while self.takes_word("AND") {
            parts.push(self.not()?);
        }
        Ok(single(parts, Expression::All))
    }

    fn not(&mut self) -> Parsed<Expression> {
        let mut is_negated = false;
        while self.takes_word("NOT") {
            is_negated = !is_negated;
        }
        let condition = self.condition()?;
        Ok(if is_negated {
            Expression::Not(Box::new(condition))
        } else {
            condition
        })
    }

    fn condition(&mut self) -> Parsed<Expression> {
        self.count_element()?;
        if self.takes('(') {
            let inside = self.any()?;
            self.expect(')')?;
            return Ok(inside);
        }
        for (name, value) in [("TRUE", true), ("FALSE", false)] {
            if self.takes_word(name) {
                return Ok(Expression::Constant(value));
            }
        }
        if self.takes_word("AT_LEAST") {
            return self.at_least();
        }
        let Some(state) = self.state() else {
            let span = self
                .word()
                .unwrap_or(Span::new(self.text.len(), self.text.len()));
            return Err(self.error(AlarmRuleErrorKind::ExpectedCondition, span));
        };
        self.expect('(')?;
        let alarm = self.alarm()?;
        self.expect(')')?;
        Ok(Expression::Is(
            Condition {
                state,
                is_negated: false,
            },
            alarm,
        ))
    }

    /// What follows `AT_LEAST`.
    fn at_least(&mut self) -> Parsed<Expression> {
        self.expect('(')?;
        let quantity = self.word().unwrap_or(Span::new(self.offset, self.offset));
        self.offset = quantity.end;
        self.expect(',')?;
        let is_negated = self.takes_word("NOT");
        let Some(state) = self.state() else {
            let span = self.word().unwrap_or(Span::new(self.offset, self.offset));
            return Err(self.error(AlarmRuleErrorKind::ExpectedState, span));
        };
        self.expect(',')?;
        self.expect('(')?;
        let mut alarms = vec![self.alarm()?];
        while self.takes(',') {
            self.count_element()?;
            alarms.push(self.alarm()?);
        }
        self.expect(')')?;
        self.expect(')')?;
        let needed = self.quantity(quantity, alarms.len())?;
        Ok(Expression::AtLeast(
            needed,
            Condition { state, is_negated },
            alarms,
        ))
    }

    fn quantity(&self, span: Span, alarms: usize) -> Parsed<Quantity> {
        let written = span.slice(self.text);
        let quantity = match written.strip_suffix('%') {
            Some(percent) => percent
                .parse()
                .ok()
                .filter(|n| (1..=100).contains(n))
                .map(Quantity::Percent),
            None => written
                .parse()
                .ok()
                .filter(|n| (1..=alarms).contains(n))
                .map(Quantity::Number),
        };
        quantity.ok_or_else(|| self.error(AlarmRuleErrorKind::ExpectedQuantity { alarms }, span))
    }

    fn state(&mut self) -> Option<AlarmState> {
        let states = [
            AlarmState::Alarm,
            AlarmState::Ok,
            AlarmState::InsufficientData,
        ];
        states
            .into_iter()
            .find(|state| self.takes_word(&state.to_string()))
    }

    /// A name or an ARN, as the number of the child.
    fn alarm(&mut self) -> Parsed<usize> {
        self.skip_space();
        let start = self.offset;
        let written = if self.takes('"') {
            self.quoted(start)?
        } else {
            self.unquoted()?
        };
        let name = name_of(&written);
        if let Some(known) = self.children.iter().position(|child| child == name) {
            return Ok(known);
        }
        if self.children.len() == CHILDREN_LIMIT {
            return Err(self.error(
                AlarmRuleErrorKind::TooManyChildren,
                Span::new(start, self.offset),
            ));
        }
        self.children.push(name.to_owned());
        Ok(self.children.len() - 1)
    }

    fn unquoted(&mut self) -> Parsed<String> {
        let Some(span) = self
            .word()
            .filter(|span| !span.slice(self.text).starts_with(['(', ')', ',']))
        else {
            let end = (self.offset + 1).min(self.text.len());
            let span = self.word().unwrap_or(Span::new(self.offset, end));
            return Err(self.error(AlarmRuleErrorKind::ExpectedName, span));
        };
        self.offset = span.end;
        Ok(span.slice(self.text).to_owned())
    }

    /// The rest of a quoted name; a backslash makes the next character itself.
    fn quoted(&mut self, start: usize) -> Parsed<String> {
        let mut name = String::new();
        let mut characters = self.rest().char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' if name.is_empty() => break,
                '"' => {
                    self.offset += at + 1;
                    return Ok(name);
                }
                '\\' => name.extend(characters.next().map(|(_, escaped)| escaped)),
                other => name.push(other),
            }
        }
        let kind = match self.rest().starts_with('"') {
            true => AlarmRuleErrorKind::ExpectedName,
            false => AlarmRuleErrorKind::UnclosedQuote,
        };
        Err(self.error(kind, Span::new(start, self.text.len())))
    }

    fn count_element(&mut self) -> Parsed<()> {
        self.elements += 1;
        if self.elements > ELEMENTS_LIMIT {
            return Err(self.error(
                AlarmRuleErrorKind::TooManyElements,
                Span::new(self.offset, self.text.len()),
            ));
        }
        Ok(())
    }

    fn rest(&self) -> &str {
        self.text.get(self.offset..).unwrap_or("")
    }

    fn skip_space(&mut self) {
        self.offset += self.rest().len() - self.rest().trim_start().len();
    }

    /// The next word: up to a space, a parenthesis or a comma, of which the last two are words of
    /// their own. Nothing at the end.
    fn word(&mut self) -> Option<Span> {
        self.skip_space();
        let rest = self.rest();
        let first = rest.chars().next()?;
        let ends =
            |character: char| character.is_whitespace() || matches!(character, '(' | ')' | ',');
        let length = match ends(first) {
            true => first.len_utf8(),
            false => rest.find(ends).unwrap_or(rest.len()),
        };
        Some(Span::new(self.offset, self.offset + length))
    }

    /// Takes a keyword. AWS writes them in capitals; no other meaning could be taken for one that
    /// is not.
    fn takes_word(&mut self, keyword: &str) -> bool {
        let word = self
            .word()
            .filter(|span| span.slice(self.text).eq_ignore_ascii_case(keyword));
        self.offset = word.map_or(self.offset, |span| span.end);
        word.is_some()
    }

    fn takes(&mut self, character: char) -> bool {
        self.skip_space();
        let is_next = self.rest().starts_with(character);
        self.offset += if is_next { character.len_utf8() } else { 0 };
        is_next
    }

    fn expect(&mut self, character: char) -> Parsed<()> {
        if self.takes(character) {
            return Ok(());
        }
        let span = self
            .word()
            .unwrap_or(Span::new(self.text.len(), self.text.len()));
        Err(self.error(AlarmRuleErrorKind::Expected(character), span))
    }
}

/// The only part, or all of them together.
fn single(mut parts: Vec<Expression>, together: fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.len() {
        1 => parts.remove(0),
        _ => together(parts),
    }
}

/// The name of the alarm that a name or an ARN names.
pub fn name_of(name_or_arn: &str) -> &str {
    let is_arn = name_or_arn.starts_with("arn:");
    name_or_arn
        .split_once(":alarm:")
        .filter(|_| is_arn)
        .map_or(name_or_arn, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::AlarmState::{Alarm, InsufficientData, Ok as Fine};
    use super::*;

    fn rule(text: &str) -> AlarmRule {
        text.parse().expect(text)
    }

    #[test]
    fn rules_hold_for_the_states_that_they_name() {
        let rows: [(&str, &[AlarmState], bool); 16] = [
            ("TRUE", &[], true),
            ("NOT TRUE OR FALSE", &[], false),
            ("ALARM(a)", &[Alarm], true),
            ("OK(a)", &[Alarm], false),
            ("INSUFFICIENT_DATA(a)", &[InsufficientData], true),
            (
                "ALARM(a) OR ALARM(b) AND ALARM(c)",
                &[Alarm, Fine, Fine],
                true,
            ),
            (
                "(ALARM(a) OR ALARM(b)) AND ALARM(c)",
                &[Alarm, Fine, Fine],
                false,
            ),
            ("NOT NOT ALARM(a)", &[Alarm], true),
            ("NOT (ALARM(a) AND OK(a))", &[Alarm], true),
            ("AT_LEAST(2, ALARM, (a, b, c))", &[Alarm, Fine, Alarm], true),
            (
                "AT_LEAST(3, ALARM, (a, b, c))",
                &[Alarm, Fine, Alarm],
                false,
            ),
            (
                "AT_LEAST(50%, OK, (a, b, c, d))",
                &[Fine, Fine, Alarm, Alarm],
                true,
            ),
            (
                "AT_LEAST(51%, OK, (a, b, c, d))",
                &[Fine, Fine, Alarm, Alarm],
                false,
            ),
            (
                "AT_LEAST(1, NOT OK, (a, b)) AND NOT ALARM(m)",
                &[Fine, InsufficientData, Fine],
                true,
            ),
            ("AT_LEAST(2, ALARM, (a, a))", &[Alarm], true),
            ("alarm(a) and not ok(b)", &[Alarm, Alarm], true),
        ];
        for (text, states, expected) in rows {
            assert_eq!(rule(text).holds(states), expected, "{text}");
        }
    }

    #[test]
    fn names_are_read_in_all_their_forms() {
        let children = |text: &str| rule(text).children().to_vec();
        assert_eq!(
            children(r#"ALARM("a b, (c)") OR OK(a/b:c)"#),
            ["a b, (c)", "a/b:c"]
        );
        assert_eq!(children(r#"ALARM("say \"x\" \\")"#), [r#"say "x" \"#]);
        let arn = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:x:alarm:y";
        assert_eq!(
            children(&format!("ALARM({arn}) OR OK(\"{arn}\") OR OK(z)")),
            ["x:alarm:y", "z"]
        );
        assert_eq!(children("ALARM (\n a )"), ["a"]);
        assert_eq!(children("ALARM(AND) AND OK(NOT)"), ["AND", "NOT"]);
    }

    #[test]
    fn what_is_wrong_is_underlined() {
        use AlarmRuleErrorKind as Kind;
        let rows = [
            ("", Kind::ExpectedCondition, ""),
            ("ALARM(a) ALARM(b)", Kind::ExpectedOperator, "ALARM"),
            ("ALARM(a) AND", Kind::ExpectedCondition, ""),
            ("WARN(a)", Kind::ExpectedCondition, "WARN"),
            ("ALARM a", Kind::Expected('('), "a"),
            ("ALARM(a b)", Kind::Expected(')'), "b"),
            ("ALARM(a", Kind::Expected(')'), ""),
            ("ALARM()", Kind::ExpectedName, ")"),
            ("ALARM(\"\")", Kind::ExpectedName, "\"\")"),
            ("ALARM(\"a)", Kind::UnclosedQuote, "\"a)"),
            ("(ALARM(a)", Kind::Expected(')'), ""),
            (
                "AT_LEAST(0, ALARM, (a))",
                Kind::ExpectedQuantity { alarms: 1 },
                "0",
            ),
            (
                "AT_LEAST(101%, ALARM, (a))",
                Kind::ExpectedQuantity { alarms: 1 },
                "101%",
            ),
            ("AT_LEAST(1, ALL, (a))", Kind::ExpectedState, "ALL"),
            ("AT_LEAST(1, ALARM, a)", Kind::Expected('('), "a"),
        ];
        for (text, kind, underlined) in rows {
            let error = text.parse::<AlarmRule>().expect_err(text);
            assert_eq!(
                (&error.kind, error.span.slice(text)),
                (&kind, underlined),
                "{text}"
            );
        }
        let shown = "ALARM(a) XOR OK(b)"
            .parse::<AlarmRule>()
            .map_err(|error| error.to_string());
        let expected =
            "expected AND, OR or the end of the rule\n  ALARM(a) XOR OK(b)\n           ^^^";
        assert_eq!(shown, Err(expected.to_owned()));
    }

    #[test]
    fn limits_are_kept_and_nothing_overflows() {
        let kind = |text: String| text.parse::<AlarmRule>().map_err(|error| error.kind);
        let children = |count: usize| {
            (0..count)
                .map(|number| format!("OK(a{number})"))
                .collect::<Vec<_>>()
                .join(" OR ")
        };
        assert!(kind(children(100)).is_ok());
        assert_eq!(
            kind(children(101)),
            Err(AlarmRuleErrorKind::TooManyChildren)
        );
        assert_eq!(
            kind("(".repeat(10_000)),
            Err(AlarmRuleErrorKind::TooManyElements)
        );
        assert!(kind(format!("{}TRUE{}", "(".repeat(499), ")".repeat(499))).is_ok());
        assert!(kind(format!("{}TRUE", "NOT ".repeat(2_000))).is_ok());
        assert_eq!(
            kind("x".repeat(10_241)),
            Err(AlarmRuleErrorKind::TooLong(10_241))
        );
    }
}
