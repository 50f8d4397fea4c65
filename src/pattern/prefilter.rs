//! Prefilters: the characters that raw bytes must contain for a pattern to match, so that most
//! events need not be parsed.
//!
//! Some characters of a pattern must occur in every event that it matches: a name in a selector, a
//! part of a value. They are searched for in the bytes as they are, without parsing. JSON may write
//! any character as an escape, and CloudTrail writes `=`, `<`, `>`, `&` and `'` so in some strings.
//! Therefore needles are made of characters of a small alphabet only, and where a needle is missing
//! but some escape spells a character of that alphabet, or the backslash that could begin another
//! escape, the answer is "perhaps".

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::ast::{
    Cell, Condition, Expression, Literal, Pattern, SelectorStep, Term, TermText, Test,
};
use super::number::may_match_fraction;

/// The shortest needle. Shorter ones occur in nearly every event.
const SHORTEST_NEEDLE: usize = 3;

/// The most needles. With more, searching for each in turn costs more than it spares (decision 7).
const NEEDLES_LIMIT: usize = 8;

/// A test of bytes that is false only if a pattern cannot match them.
///
/// The bytes may be those of one event or of many: then the answer is about all of them together.
/// An event may be in them as it is or within a JSON string.
#[derive(Clone, Debug)]
pub struct Prefilter {
    needs: Needs,
}

/// The characters that bytes must contain.
#[derive(Clone, Debug)]
enum Needs {
    /// These characters.
    Needle(Box<Finder<'static>>),
    /// The needs of each of these; without any, nothing is needed.
    All(Vec<Needs>),
    /// The needs of one of these; two or more, none of which is without needs.
    Any(Vec<Needs>),
}

impl Prefilter {
    /// Collects the needles of a pattern.
    pub fn new(pattern: &Pattern) -> Self {
        let needs = match pattern {
            Pattern::Json(expression) => expression_needs(expression, &condition_needs),
            Pattern::Terms(terms) => terms_need(terms),
            Pattern::Cells(cells) => Needs::all(cells.iter().map(cell_needs)),
        };
        Self { needs }
    }

    /// Returns whether the pattern could match an event in these bytes. `false` is certain.
    pub fn may_match(&self, bytes: &[u8]) -> bool {
        self.needs.are_met(bytes) || may_hide_needles(bytes)
    }

    /// Returns whether searching for the needles costs less than it spares: there are some, and not
    /// too many.
    pub fn is_worthwhile(&self) -> bool {
        (1..=NEEDLES_LIMIT).contains(&self.needs.count())
    }
}

impl Needs {
    const NOTHING: Self = Self::All(Vec::new());

    fn all(needs: impl Iterator<Item = Self>) -> Self {
        Self::All(needs.collect())
    }

    fn any(needs: impl Iterator<Item = Self>) -> Self {
        let needs: Vec<Self> = needs.collect();
        // An alternative that needs nothing could match whatever the others need.
        if needs.iter().any(|need| need.count() == 0) {
            return Self::NOTHING;
        }
        Self::Any(needs)
    }

    fn needle(text: &str) -> Self {
        Self::Needle(Box::new(Finder::new(text).into_owned()))
    }

    /// Returns the need for the longest part of a text that can be searched for.
    fn part_of(text: &str) -> Self {
        let parts = text.split(|character| !is_safe(character));
        // A longer part is rarer, and so rules out more.
        let longest = parts.max_by_key(|part| part.len()).unwrap_or("");
        if longest.len() < SHORTEST_NEEDLE {
            return Self::NOTHING;
        }
        Self::needle(longest)
    }

    fn count(&self) -> usize {
        match self {
            Self::Needle(_) => 1,
            Self::All(needs) | Self::Any(needs) => needs.iter().map(Self::count).sum(),
        }
    }

    fn are_met(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Needle(finder) => finder.find(bytes).is_some(),
            Self::All(needs) => needs.iter().all(|need| need.are_met(bytes)),
            Self::Any(needs) => needs.iter().any(|need| need.are_met(bytes)),
        }
    }
}

/// Returns whether needles may have a character. None of these has a short escape in JSON, as the
/// quote, the slash and the backslash have.
fn is_safe(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, ' ' | '.' | '_' | '-' | ':')
}

/// Returns whether an escape in the bytes spells a character of the alphabet, or a backslash.
// ASCII is spelled `\u00` and two digits. An escape within an escaped string still has these
// characters in a row, or spells a backslash.
fn may_hide_needles(bytes: &[u8]) -> bool {
    static ESCAPE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(br"\u00"));
    ESCAPE.find_iter(bytes).any(|at| hides_needle(bytes, at))
}

/// Returns whether the escape at `at` spells a character of the alphabet, or a backslash.
fn hides_needle(bytes: &[u8], at: usize) -> bool {
    let character = escaped_character(bytes, at);
    character.is_some_and(|character| is_safe(character) || character == '\\')
}

/// Returns the character that the last two digits of the escape at `at` spell.
fn escaped_character(bytes: &[u8], at: usize) -> Option<char> {
    let (high, low) = (hex_digit(bytes, at + 4)?, hex_digit(bytes, at + 5)?);
    char::from_u32(high * 16 + low)
}

fn hex_digit(bytes: &[u8], place: usize) -> Option<u32> {
    char::from(*bytes.get(place)?).to_digit(16)
}

fn expression_needs<C>(expression: &Expression<C>, needs: &dyn Fn(&C) -> Needs) -> Needs {
    let of_branch = |branch| expression_needs(branch, needs);
    match expression {
        Expression::And(branches) => Needs::all(branches.iter().map(of_branch)),
        Expression::Or(branches) => Needs::any(branches.iter().map(of_branch)),
        Expression::Group(inner) => expression_needs(inner, needs),
        Expression::Condition(condition) => needs(condition),
    }
}

fn condition_needs(condition: &Condition) -> Needs {
    // Every other test requires a value, and so the names on the path to it.
    if condition.test == Test::NotExists {
        return Needs::NOTHING;
    }
    let steps = match condition.excluded_below() {
        // Nothing need be below the wildcard for a `!=` to hold.
        Some(before) => before,
        None => &condition.selector.steps,
    };
    let names = steps.iter().filter_map(SelectorStep::member_name);
    // The value is searched for first, since it is rarer than names.
    let value = std::iter::once(field_needs(&condition.test));
    Needs::all(value.chain(names.map(Needs::part_of)))
}

/// Returns the needs of a test of a field. Its value may be a number that is written in many ways.
fn field_needs(test: &Test) -> Needs {
    match test.literal() {
        Some(literal) if may_match_fraction(literal.text()) => Needs::NOTHING,
        _ => test_needs(test),
    }
}

fn test_needs(test: &Test) -> Needs {
    match test {
        Test::Equal(literal) => literal_needs(literal),
        Test::IsNull => Needs::needle("null"),
        Test::IsBoolean(true) => Needs::needle("true"),
        Test::IsBoolean(false) => Needs::needle("false"),
        // These pass values of too many texts to search for, or no value at all.
        Test::NotEqual(_) | Test::Ordering(..) | Test::NotExists => Needs::NOTHING,
    }
}

fn literal_needs(literal: &Literal) -> Needs {
    match literal {
        // One number is written in many ways, such as `1000` and `1e3`.
        _ if literal.number().is_some() => Needs::NOTHING,
        Literal::Quoted(text) | Literal::Bare(text) => Needs::part_of(text),
        Literal::Regex(_) => Needs::NOTHING,
    }
}

fn terms_need(terms: &[Term]) -> Needs {
    if !terms.is_empty() && terms.iter().all(Term::is_optional) {
        return Needs::any(terms.iter().map(term_needs));
    }
    // Beside a required term, an optional one has no effect; an excluded one may be missing.
    let required = terms.iter().filter(|term| term.is_required());
    Needs::all(required.map(term_needs))
}

fn term_needs(term: &Term) -> Needs {
    match &term.text {
        TermText::Literal(text) => Needs::part_of(text),
        TermText::Regex(_) => Needs::NOTHING,
    }
}

fn cell_needs(cell: &Cell) -> Needs {
    match cell.test() {
        Some(test) => expression_needs(test, &|condition| test_needs(&condition.test)),
        None => Needs::NOTHING,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::parse;

    const SECRETS: &str = concat!(
        r#"{ $.eventName = "GetSecretValue" "#,
        r#"&& $.errorMessage = "*because it was marked for deletion*" }"#
    );

    fn may_match(pattern: &str, bytes: &str) -> bool {
        Prefilter::new(&parse(pattern).expect(pattern)).may_match(bytes.as_bytes())
    }

    #[test]
    fn bytes_without_a_needle_cannot_match() {
        let event = concat!(
            r#"{"eventName":"GetSecretValue","#,
            r#""errorMessage":"It was because it was marked for deletion."}"#
        );
        assert!(may_match(SECRETS, event));
        assert!(!may_match(SECRETS, &event.replace("marked", "listed")));
        assert!(!may_match(
            SECRETS,
            &event.replace("errorMessage", "errorCode")
        ));
        assert!(!may_match("ERROR -x ?y", "WARNING"));
        assert!(!may_match("?alpha ?beta", "gamma"));
        assert!(!may_match("[a, status = 404*, c]", "x 200 y"));
    }

    #[test]
    fn an_escape_that_could_hide_a_needle_is_answered_with_perhaps() {
        let hidden = [
            r#"{"event\u004eame":1}"#,
            r#"{"eventName":"Get\u0053ecretValue"}"#,
            r#"{"eventName":"Get\u005CSecretValue"}"#,
            r#"{"CloudTrailEvent":"{\"eventName\":\"Get\\u0053ecretValue\"}"}"#,
            r#"{"CloudTrailEvent":"\u007b\u0022eventName\u0022"}"#,
        ];
        for event in &hidden[..4] {
            assert!(may_match(SECRETS, event), "{event}");
        }
        assert!(
            !may_match(SECRETS, hidden[4]),
            "no escape spells a character of the alphabet"
        );
        let escaped = r#"{"policy":"a\u003db \u003c\u003e\u0026\u0027","x":"\u00e9\u4e2d\n\u00"}"#;
        assert!(!may_match(SECRETS, escaped));
    }

    #[test]
    fn what_may_be_written_in_many_ways_is_not_looked_for() {
        for pattern in [
            "{ $.a = 1000 }",
            "{ $.a = %x% }",
            "{ $.a NOT EXISTS }",
            "",
            "-ERROR",
            "{ $.a = \"/\" }",
        ] {
            assert!(may_match(pattern, "{}"), "{pattern}");
        }
        for pattern in [
            "{ $.name = 1 }",
            "{ $.a = \"1000\" }",
            "{ $.a IS TRUE }",
            "{ $.a IS NULL }",
        ] {
            assert!(!may_match(pattern, "{}"), "{pattern}");
        }
    }

    #[test]
    fn needles_are_the_longest_parts_that_are_long_enough() {
        assert!(may_match("{ $.a = ab }", "{}"));
        assert!(!may_match("{ $.a = abc }", "{}"));
        assert!(!may_match("{ $.abc = * }", "{}"));
        assert!(may_match("{ $.a = \"abc=defgh\" }", "defgh"));
        assert!(!may_match("{ $.a = \"abc=defgh\" }", "abc"));
    }

    #[test]
    fn some_needles_are_worth_a_search_and_many_are_not() {
        let is_worthwhile =
            |pattern: &str| Prefilter::new(&parse(pattern).expect(pattern)).is_worthwhile();
        let alternatives = |count: usize| {
            let conditions: Vec<String> = (0..count)
                .map(|number| format!("$.a = \"word{number}\""))
                .collect();
            format!("{{ {} }}", conditions.join(" || "))
        };
        assert!(!is_worthwhile("{ $.a = 1 }"));
        assert!(is_worthwhile(&alternatives(1)));
        assert!(is_worthwhile(&alternatives(NEEDLES_LIMIT)));
        assert!(!is_worthwhile(&alternatives(NEEDLES_LIMIT + 1)));
        // One alternative without needles may match whatever the bytes are.
        assert!(!is_worthwhile("{ $.a = word || $.a NOT EXISTS }"));
        assert!(!is_worthwhile("?word ?x"));
        assert!(is_worthwhile("{ $.a = word && $.a != x }"));
    }

    #[test]
    fn each_syntax_needs_its_required_parts() {
        for (pattern, bytes, expected) in [
            ("{ $.name IS NULL }", r#"{"name":null}"#, true),
            ("{ $.name IS NULL }", r#"{"name":""}"#, false),
            ("{ $.name IS FALSE }", r#"{"name":true}"#, false),
            ("{ $.name > 1 }", r#"{"name":2}"#, true),
            ("{ $.a[*].name = * }", r#"{"a":[]}"#, false),
            ("{ $.list[*].name != x }", r#"{"list":[]}"#, true),
            ("{ $.list[*].name != x }", r#"{"a":[]}"#, false),
            ("{ $.list[*] != word }", r#"{"list":[]}"#, true),
            ("{ $.a = \"1000.0\" }", r#"{"a":1e3}"#, true),
            ("{ $.a = \"404*\" }", r#"{"a":4.04e2}"#, true),
            ("{ ($.a = word) }", "{}", false),
            ("word -other", "word other", true),
            ("word ?other", "word", true),
            ("%word%", "", true),
            ("[word, b = other]", "x other", true),
            ("[word, b = other]", "word x", false),
            ("[..., b = other || b = another]", "x another", true),
        ] {
            assert_eq!(may_match(pattern, bytes), expected, "{pattern} on {bytes}");
        }
    }
}
