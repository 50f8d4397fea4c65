//! The rule of a composite alarm: it is in ALARM while the states of its children make the rule
//! true (user guide, "Composite alarms"; API, `PutCompositeAlarm`).
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

mod error;
mod expression;
mod parse;

use std::str::FromStr;

pub use error::{AlarmRuleError, AlarmRuleErrorKind, CHILDREN_LIMIT, ELEMENTS_LIMIT, RULE_LIMIT};

use crate::alarm::definition::vocabulary::AlarmState;
use expression::RuleExpression;
use parse::RuleParser;

/// The rule of a composite alarm.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmRule {
    text: String,
    children: Vec<String>,
    expression: RuleExpression,
}

impl AlarmRule {
    /// Returns the rule as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the names of the alarms in the rule, each once, in the order in which it names them.
    /// An ARN is reduced to the name in it, since all alarms of a rule are in one account and
    /// region.
    pub fn children(&self) -> &[String] {
        &self.children
    }

    /// Returns whether the rule is true when its children are in these states, in the order of
    /// [`Self::children`]. A child without a state is in none.
    pub fn holds(&self, states: &[AlarmState]) -> bool {
        self.expression.holds(states)
    }
}

impl FromStr for AlarmRule {
    type Err = AlarmRuleError;

    fn from_str(text: &str) -> Result<Self, AlarmRuleError> {
        let (expression, children) = RuleParser::parse(text)?;
        Ok(Self {
            text: text.to_owned(),
            children,
            expression,
        })
    }
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
            ("ALARM a", Kind::ExpectedCharacter('('), "a"),
            ("ALARM(a b)", Kind::ExpectedCharacter(')'), "b"),
            ("ALARM(a", Kind::ExpectedCharacter(')'), ""),
            ("ALARM()", Kind::ExpectedName, ")"),
            ("ALARM(\"\")", Kind::ExpectedName, "\"\")"),
            ("ALARM(\"a)", Kind::UnclosedQuote, "\"a)"),
            ("(ALARM(a)", Kind::ExpectedCharacter(')'), ""),
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
            ("AT_LEAST(1, ALARM, a)", Kind::ExpectedCharacter('('), "a"),
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
