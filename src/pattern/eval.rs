//! Program and event to answer.

use super::ast::{InteriorStars, Pattern, Syntax};
use super::compile::{
    FieldCheck, Instruction, LiteralMatcher, Needle, NullElements, Program, ProgramRoot, TermSet,
    TestMatcher, TextMatcher, compile_with_stars,
};
use super::extracted::Extracted;
use super::number::{Number, characters_of};
use super::prefilter::Prefilter;
use super::projection::{Projection, Slots};
use super::values::{elements, for_each_value, single_value};
use crate::json::Shallow;

/// A pattern that evaluates whole events by itself.
#[derive(Clone, Debug)]
pub struct Matcher {
    projection: Projection,
    program: Program,
    /// Spares the parsing of events that lack what a JSON pattern requires.
    prefilter: Option<Prefilter>,
}

impl Matcher {
    /// Compiles a pattern with a projection of its own.
    pub fn new(pattern: &Pattern) -> Self {
        Self::with_stars(pattern, InteriorStars::default())
    }

    /// Compiles a pattern with this meaning of the stars inside its values.
    pub fn with_stars(pattern: &Pattern, stars: InteriorStars) -> Self {
        let mut projection = Projection::default();
        let program = compile_with_stars(pattern, stars, &mut projection);
        Self {
            projection,
            program,
            prefilter: worthwhile_prefilter(pattern),
        }
    }

    /// Returns whether the event matches. An event that is not one JSON object matches no JSON
    /// pattern, not even `NOT EXISTS` (recorded `TestMetricFilter` replies).
    pub fn matches(&self, event: &str) -> bool {
        match &self.program.root {
            // Most events lack the needles, and then they need not be parsed.
            ProgramRoot::Json(root) => self.may_match(event) && self.json_matches(root, event),
            ProgramRoot::Terms(terms) => terms.hold(event),
            ProgramRoot::Cells(cells) => cells.bind(event).is_some(),
        }
    }

    fn may_match(&self, event: &str) -> bool {
        match &self.prefilter {
            Some(prefilter) => prefilter.may_match(event.as_bytes()),
            None => true,
        }
    }

    fn json_matches(&self, root: &Instruction<FieldCheck>, event: &str) -> bool {
        match self.projection.read(event) {
            Ok(slots) => root.holds_in(&slots),
            Err(_) => false,
        }
    }

    /// Returns the values that the cells of a space-delimited pattern extract from an event that
    /// matches, in the order of the fields; `None` when it does not match. The other syntaxes
    /// extract nothing.
    pub fn extract(&self, event: &str) -> Option<Vec<Extracted>> {
        match &self.program.root {
            ProgramRoot::Cells(cells) => cells.bind(event),
            _ => self.matches(event).then(Vec::new),
        }
    }
}

/// Returns the prefilter of a JSON pattern, if it costs less than the parsing that it spares. The
/// other syntaxes parse nothing.
fn worthwhile_prefilter(pattern: &Pattern) -> Option<Prefilter> {
    let prefilter = Prefilter::new(pattern);
    let is_json = pattern.syntax() == Syntax::Json;
    (is_json && prefilter.is_worthwhile()).then_some(prefilter)
}

impl Program {
    /// Returns whether the event that `slots` were read from matches.
    pub fn matches(&self, slots: &Slots<'_>) -> bool {
        match &self.root {
            ProgramRoot::Json(root) => root.holds_in(slots),
            ProgramRoot::Terms(terms) => terms.hold(slots.text()),
            ProgramRoot::Cells(cells) => cells.bind(slots.text()).is_some(),
        }
    }

    /// Returns the values that the cells extract from an event that matches; none for the other
    /// syntaxes.
    pub fn extract(&self, event: &str) -> Vec<Extracted> {
        match &self.root {
            ProgramRoot::Cells(cells) => cells.bind(event).unwrap_or_default(),
            ProgramRoot::Json(_) | ProgramRoot::Terms(_) => Vec::new(),
        }
    }
}

impl TermSet {
    /// Returns whether a text has the terms. Optional terms count only where there is no other
    /// (user guide; recorded `TestMetricFilter` replies).
    fn hold(&self, text: &str) -> bool {
        let only_optional = self.required.is_empty() && self.excluded.is_empty();
        // Without any term at all, every event matches.
        if only_optional && !self.optional.is_empty() {
            return self.optional.iter().any(|needle| needle.is_in(text));
        }
        self.required.iter().all(|needle| needle.is_in(text))
            && !self.excluded.iter().any(|needle| needle.is_in(text))
    }
}

impl Needle {
    /// Returns whether it occurs in the text.
    pub(super) fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Literal(literal) => text.contains(literal.as_str()),
            Self::Regex(regex) => regex.matches(text),
            Self::Never => false,
        }
    }
}

impl TextMatcher {
    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Whole(wildcard) => wildcard.matches(text),
            Self::Somewhere(needle) => needle.is_in(text),
        }
    }
}

impl<C> Instruction<C> {
    /// Returns whether the instruction holds, where `check` says so of each condition.
    pub(super) fn holds(&self, check: &mut impl FnMut(&C) -> bool) -> bool {
        match self {
            Self::And(branches) => branches.iter().all(|branch| branch.holds(check)),
            Self::Or(branches) => branches.iter().any(|branch| branch.holds(check)),
            Self::Check(condition) => check(condition),
        }
    }
}

impl Instruction<FieldCheck> {
    fn holds_in(&self, slots: &Slots<'_>) -> bool {
        self.holds(&mut |check| check.holds(slots))
    }
}

impl FieldCheck {
    fn holds(&self, slots: &Slots<'_>) -> bool {
        match slots.get(self.slot) {
            None => self.test.holds_for_nothing(),
            // Most selectors have names only, which the projection has followed already.
            Some(raw) if self.rest.is_empty() => self.test.holds(raw),
            Some(raw) => self.holds_below(raw),
        }
    }

    /// Returns whether one of the values that the rest of the selector leads to passes.
    fn holds_below(&self, raw: &str) -> bool {
        if let Some(before) = self.before_exclusion {
            return self.excludes_all_below(raw, before);
        }
        let (mut is_reached, mut is_passed) = (false, false);
        for_each_value(raw, &self.rest, &mut |value| {
            is_reached = true;
            is_passed |= self.test.holds(value);
        });
        // A wildcard over an empty array reaches nothing, and that is what `NOT EXISTS` tests.
        is_passed || !is_reached && self.test.holds_for_nothing()
    }
}

impl FieldCheck {
    /// Returns whether a `!=` holds whose wildcard comes after `before` steps: the value before the
    /// wildcard is there, whatever it is, and no value below is equal (sources, P8).
    fn excludes_all_below(&self, raw: &str, before: usize) -> bool {
        let steps = self.rest.get(..before).unwrap_or_default();
        if single_value(raw, steps).is_none() {
            return false;
        }
        let mut is_found = false;
        for_each_value(raw, &self.rest, &mut |value| {
            is_found |= self.test.finds_excluded(value);
        });
        !is_found
    }
}

impl TestMatcher {
    /// Returns whether the JSON text of a value is equal to what a `!=` excludes.
    pub(super) fn finds_excluded(&self, raw: &str) -> bool {
        match self {
            Self::NotEqual(excluded) => excluded.equals(&Shallow::from_accepted(raw)) == Some(true),
            _ => false,
        }
    }

    /// Returns whether the test passes where the selector leads to no value.
    fn holds_for_nothing(&self) -> bool {
        matches!(self, Self::NotExists)
    }

    /// Returns whether the JSON text of a value passes.
    pub(super) fn holds(&self, raw: &str) -> bool {
        let value = Shallow::from_accepted(raw);
        match self {
            // `=` and `!=` are not opposites: both are false for a value that is not comparable.
            Self::Equal(expected) => expected.equals(&value) == Some(true),
            Self::NotEqual(expected) => expected.equals(&value) == Some(false),
            Self::Ordering(ordering, bound) => {
                json_number(&value).is_some_and(|number| ordering.holds(&number, bound))
            }
            Self::IsNull(elements) => is_null(&value, *elements),
            Self::IsBoolean(expected) => value == Shallow::Boolean(*expected),
            Self::NotExists => false,
        }
    }

    /// Returns whether the text of a cell passes. It is compared as a number if both it and the
    /// value read as one (sources, P29).
    pub(super) fn holds_for_text(&self, text: &str) -> bool {
        match self {
            Self::Equal(expected) => expected.equals_text(text),
            Self::NotEqual(expected) => !expected.equals_text(text),
            Self::Ordering(ordering, bound) => {
                Number::from_event(text).is_some_and(|number| ordering.holds(&number, bound))
            }
            Self::IsNull(_) | Self::IsBoolean(_) | Self::NotExists => false,
        }
    }
}

fn json_number(value: &Shallow<'_>) -> Option<Number> {
    match value {
        Shallow::Number(characters) => Number::from_event(characters),
        _ => None,
    }
}

/// Returns whether a value is null or, where elements count, an array that contains null (sources,
/// P16).
fn is_null(value: &Shallow<'_>, nulls: NullElements) -> bool {
    match value {
        Shallow::Null => true,
        Shallow::Array(array) if nulls == NullElements::Count => elements(array).contains(&"null"),
        _ => false,
    }
}

impl LiteralMatcher {
    fn equals_text(&self, text: &str) -> bool {
        self.is_same_number(text) || self.characters.matches(text)
    }

    fn is_same_number(&self, characters: &str) -> bool {
        let Some(expected) = &self.number else {
            return false;
        };
        Number::from_event(characters).as_ref() == Some(expected)
    }

    /// Returns whether a value is this one, or `None` where neither `=` nor `!=` is true: for
    /// everything but strings and numbers, and for a number beyond the range of a double (recorded
    /// `TestMetricFilter` replies).
    fn equals(&self, value: &Shallow<'_>) -> Option<bool> {
        match value {
            Shallow::Text(text) => Some(self.characters.matches(text)),
            Shallow::Number(characters) => {
                let text = characters_of(characters)?;
                // The characters count, too: `"1.0"` and `1*` are compared with them.
                Some(self.is_same_number(characters) || self.characters.matches(&text))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{compile, naive, parse};

    /// Patterns and events, with the values that are extracted, or `None` where nothing matches.
    const ROWS: [(&str, &str, Option<&str>); 72] = [
        ("{ $.a[*] = 1 }", r#"{"a":[1,1]}"#, Some("")),
        ("{ $.a[*] = 1 }", r#"{"a":[2,1,2]}"#, Some("")),
        ("{ $.a[*] = 1 }", r#"{"a":[]}"#, None),
        ("{ $.a[*] != 1 }", r#"{"a":[1,2]}"#, None),
        ("{ $.a[*] != 1 }", r#"{"a":[1,1]}"#, None),
        ("{ $.a[*] != 1 }", r#"{"a":[2,3]}"#, Some("")),
        ("{ $.a[*] != 1 }", r#"{"a":[]}"#, Some("")),
        ("{ $.a[*] != 1 }", r#"{"a":null}"#, Some("")),
        ("{ $.a[*] != 1 }", r#"{"a":1}"#, Some("")),
        ("{ $.a[*] != 1 }", r#"{"a":[{"b":1}]}"#, Some("")),
        ("{ $.a[*] != 1 }", r#"{"b":[2]}"#, None),
        ("{ $.a[*].b != 1 }", r#"{"a":[{"b":2},{"b":1}]}"#, None),
        ("{ $.a[*].b != 1 }", r#"{"a":[{"c":1}]}"#, Some("")),
        ("{ $.a[0].b[*] != 1 }", r#"{"a":[{"b":{}}]}"#, Some("")),
        ("{ $.a[0].b[*] != 1 }", r#"{"a":[{}]}"#, None),
        ("{ $.* != 1 }", "{}", Some("")),
        ("{ $.* != 1 }", r#"{"a":2,"b":1}"#, None),
        ("{ $.a[*] != * }", r#"{"a":[null]}"#, Some("")),
        ("{ $.a[*] IS NULL }", r#"{"a":[null]}"#, Some("")),
        ("{ $.a[*] IS NULL }", r#"{"a":[[null]]}"#, None),
        ("{ $.a[*].b IS NULL }", r#"{"a":[{"b":[null]}]}"#, None),
        (
            "{ $.a = 9007199254740993 }",
            r#"{"a":9007199254740992}"#,
            None,
        ),
        (
            "{ $.a > 9007199254740992 }",
            r#"{"a":9007199254740993}"#,
            Some(""),
        ),
        ("{ $.a = 1e309 }", r#"{"a":1e309}"#, None),
        ("{ $.a = 1e309 }", r#"{"a":"1e309"}"#, Some("")),
        ("{ $.a != 1 }", r#"{"a":1e309}"#, None),
        ("{ $.a = * }", r#"{"a":1e309}"#, None),
        ("{ $.a = 1e-999 }", r#"{"a":1e-999}"#, None),
        ("{ $.a = 1e-999 }", r#"{"a":"1e-999"}"#, None),
        ("{ $.a != %1% }", r#"{"a":1e-999}"#, Some("")),
        ("{ $.a = \"1e0\" }", r#"{"a":1e0}"#, None),
        ("{ $.a[*] NOT EXISTS }", r#"{"a":[]}"#, Some("")),
        ("{ $.a[*] NOT EXISTS }", r#"{"a":[null]}"#, None),
        ("{ $.a[1] NOT EXISTS }", r#"{"a":[1]}"#, Some("")),
        ("{ $.a.b NOT EXISTS }", r#"{"a":1}"#, Some("")),
        ("{ $.a IS NULL }", r#"{"a":[["null"],null]}"#, Some("")),
        ("{ $.a IS NULL }", r#"{"a":[[null],"null"]}"#, None),
        ("{ $.a IS FALSE }", r#"{"a":false}"#, Some("")),
        ("{ $.a IS FALSE }", r#"{"a":null}"#, None),
        ("{ $.a = 10 }", r#"{"a":1e1}"#, Some("")),
        ("{ $.a = 1* }", r#"{"a":1e1}"#, Some("")),
        ("{ $.a = \"10\" }", r#"{"a":1e1}"#, None),
        ("{ $.a != 10 }", r#"{"a":1e1}"#, None),
        ("{ $.a != 10 }", r#"{"a":"1e1"}"#, Some("")),
        ("{ $.a >= 2 }", r#"{"a":2}"#, Some("")),
        ("{ $.a > 2 }", r#"{"a":2}"#, None),
        ("{ $.a < 2 }", r#"{"a":"1"}"#, None),
        ("", "", Some("")),
        ("-a", "b", Some("")),
        ("a -b", "ab", None),
        ("?a ?b", "b", Some("")),
        ("?a ?b", "c", None),
        ("?a c", "c", Some("")),
        ("?a -b", "c", Some("")),
        ("[]", "", None),
        ("[]", " x  y", Some("$1=x|$2=y")),
        ("[...]", "", Some("")),
        ("[a]", "", None),
        ("[a]", "x  y ", Some("$a=x  y ")),
        ("[a]", "\"x y\"", Some("$a=x y")),
        ("[a]", "\"x\" \"y\"", Some("$a=\"x\" \"y\"")),
        ("[a, b]", "\"x\"y z", Some("$a=x|$b=y z")),
        ("[a, ...]", "1 2 3", Some("$a=1|$2=2|$3=3")),
        ("[..., a]", "1 2 3", Some("$1=1|$2=2|$a=3")),
        ("[a, ..., b]", "1 2", Some("$a=1|$b=2")),
        ("[a, ..., b]", "1", None),
        (
            "[a, ..., b, c]",
            "1 2 3 4 5",
            Some("$a=1|$2=2|$3=3|$b=4|$c=5"),
        ),
        ("[a, , c]", "1 2 3", Some("$a=1|$2=2|$c=3")),
        ("[n = 1, m]", "1.0 x", Some("$n=1.0|$m=x")),
        ("[n != 1, m]", "1.0 x", None),
        ("[n = \"1\", m]", "1.0 x", None),
        ("[n > 1, m]", "x y", None),
    ];

    fn shown(extracted: Option<Vec<Extracted>>) -> Option<String> {
        let values = extracted?.into_iter();
        let texts: Vec<String> = values
            .map(|value| format!("{}={}", value.name, value.value))
            .collect();
        Some(texts.join("|"))
    }

    #[test]
    fn both_evaluators_give_the_answers_of_the_rows() {
        for (pattern, event, expected) in ROWS {
            let parsed = parse(pattern).expect(pattern);
            let expected = expected.map(str::to_owned);
            let matcher = Matcher::new(&parsed);
            assert_eq!(
                shown(matcher.extract(event)),
                expected,
                "{pattern} on {event}"
            );
            assert_eq!(
                matcher.matches(event),
                expected.is_some(),
                "{pattern} on {event}"
            );
            let plain = naive::extract(&parsed, InteriorStars::default(), event);
            assert_eq!(shown(plain), expected, "{pattern} on {event}");
        }
    }

    #[test]
    fn a_program_answers_from_slots_as_a_matcher_does_from_text() {
        let event = r#"{"a":"x y","b":[1]}"#;
        for (pattern, expected) in [
            ("{ $.a = x* && $.b[0] = 1 }", Some("")),
            ("{ $.b[1] = 1 }", None),
            ("y -z", Some("")),
            ("z", None),
            ("[first, rest]", Some(r#"$first={"a":"x|$rest=y","b":[1]}"#)),
            ("[first = y, rest]", None),
        ] {
            let mut projection = Projection::default();
            let program = compile(&parse(pattern).expect(pattern), &mut projection);
            let slots = projection.read(event).expect("an object");
            assert_eq!(program.matches(&slots), expected.is_some(), "{pattern}");
            let extracted = shown(Some(program.extract(event)));
            assert_eq!(extracted.as_deref(), expected.or(Some("")), "{pattern}");
        }
    }

    #[test]
    fn only_events_that_may_match_are_parsed() {
        let matcher = |pattern: &str| Matcher::new(&parse(pattern).expect(pattern));
        let json = matcher("{ $.eventName = GetSecretValue }");
        assert!(json.may_match(r#"{"eventName":"GetSecretValue"}"#));
        assert!(!json.may_match(r#"{"eventName":"ListSecrets"}"#));
        for pattern in ["{ $.a = 1 }", "GetSecretValue", "[a = GetSecretValue]"] {
            assert!(matcher(pattern).prefilter.is_none(), "{pattern}");
            assert!(matcher(pattern).may_match("{}"), "{pattern}");
        }
    }
}
