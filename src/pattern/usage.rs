//! The limits of AWS on patterns, and the share of each that a pattern uses.

use super::ast::Pattern;

/// The share of each limit of AWS that a pattern uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitUsage {
    /// The number of characters.
    pub characters: usize,
    /// The number of wildcard steps in all selectors.
    pub wildcard_steps: usize,
    /// The number of regular expressions.
    pub regexes: usize,
}

impl LimitUsage {
    /// Counts what a pattern uses. `text` is what it was parsed from.
    pub fn from_pattern(pattern: &Pattern, text: &str) -> Self {
        Self {
            characters: text.chars().count(),
            wildcard_steps: wildcard_steps(pattern),
            regexes: regexes(pattern),
        }
    }
}

fn wildcard_steps(pattern: &Pattern) -> usize {
    // A selector has at most one wildcard step.
    let mut count = 0;
    if let Pattern::Json(expression) = pattern {
        expression.for_each(&mut |condition| {
            count += usize::from(condition.selector.has_wildcard());
        });
    }
    count
}

fn regexes(pattern: &Pattern) -> usize {
    match pattern {
        Pattern::Terms(terms) => terms.iter().filter(|term| term.is_regex()).count(),
        _ => regexes_in_tests(pattern),
    }
}

fn regexes_in_tests(pattern: &Pattern) -> usize {
    let mut count = 0;
    pattern.for_each_test(&mut |test, _| {
        count += usize::from(test.is_regex());
    });
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::parse;

    #[test]
    fn each_limit_is_counted_in_every_syntax() {
        let usage = |text: &str| {
            let usage = LimitUsage::from_pattern(&parse(text).expect(text), text);
            [usage.characters, usage.wildcard_steps, usage.regexes]
        };
        let json = r#"{ $.a[*] = %x% && ($.b.* = "é" || $.c = y) }"#;
        assert_eq!(usage(json), [44, 2, 1]);
        assert_eq!(usage("%a|b%"), [5, 0, 1]);
        assert_eq!(usage("[a = %x% && a != %y%, b]"), [24, 0, 2]);
        assert_eq!(usage(""), [0, 0, 0]);
    }
}
