//! What raw bytes must hold for a pattern to match, so that most events need not be parsed to say
//! no.
//!
//! Some characters of a pattern must stand in every event that it matches: a name on the way of a
//! selector, a part of a value. They are looked for in the bytes as they are, without parsing. JSON
//! may write any character as an escape, and CloudTrail writes `=`, `<`, `>`, `&` and `'` so in
//! some strings. Therefore needles are made of characters of a small alphabet only, and where a
//! needle is missing but some escape spells a character of that alphabet, or the backslash that
//! could begin another escape, the answer is "perhaps".

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::ast::{
    Cell, CellCondition, Condition, Expression, Literal, Pattern, Presence, Step, Term, TermText,
    Test,
};

/// Needles that are shorter stand in nearly every event.
const SHORTEST_NEEDLE: usize = 3;

/// With more needles than this, looking for each in turn costs more than it spares (decision 7).
const NEEDLES_LIMIT: usize = 8;

/// Says of bytes whether a pattern could match them.
///
/// The bytes may be those of one event or of many: then the answer is about all of them together.
/// An event may stand in them as it is or within a JSON string.
#[derive(Clone, Debug)]
pub struct Prefilter {
    needs: Needs,
}

/// What bytes must hold.
#[derive(Clone, Debug)]
enum Needs {
    /// These characters.
    Needle(Box<Finder<'static>>),
    /// What each of these needs; without any, nothing is needed.
    All(Vec<Needs>),
    /// What one of these needs; two or more, none of which needs nothing.
    Any(Vec<Needs>),
}

impl Prefilter {
    /// Finds out what a pattern needs.
    pub fn new(pattern: &Pattern) -> Self {
        let needs = match pattern {
            Pattern::Json(expression) => expression_needs(expression, &condition_needs),
            Pattern::Terms(terms) => terms_need(terms),
            Pattern::Cells(cells) => Needs::all(cells.iter().map(cell_needs)),
        };
        Self { needs }
    }

    /// Whether the pattern could match an event in these bytes. `false` is certain.
    pub fn may_match(&self, bytes: &[u8]) -> bool {
        self.needs.are_met(bytes) || may_hide_needles(bytes)
    }

    /// Whether looking for the needles costs less than it spares: there are some, and not too many.
    pub fn is_worthwhile(&self) -> bool {
        (1..=NEEDLES_LIMIT).contains(&self.needs.count())
    }
}

impl Needs {
    const NOTHING: Self = Self::All(Vec::new());

    fn all(needs: impl Iterator<Item = Self>) -> Self {
        let mut needs: Vec<Self> = needs.filter(|need| need.count() > 0).collect();
        match (needs.len(), needs.pop()) {
            (1, Some(only)) => only,
            (_, last) => Self::All(needs.into_iter().chain(last).collect()),
        }
    }

    /// An alternative that needs nothing makes the whole need nothing.
    fn any(needs: impl Iterator<Item = Self>) -> Self {
        let needs: Vec<Self> = needs.collect();
        if needs.iter().any(|need| need.count() == 0) {
            Self::NOTHING
        } else {
            Self::Any(needs)
        }
    }

    fn needle(text: &str) -> Self {
        Self::Needle(Box::new(Finder::new(text).into_owned()))
    }

    /// The longest part of a text that can be looked for.
    fn part_of(text: &str) -> Self {
        let parts = text
            .split(|character| !is_safe(character))
            .filter(|part| part.len() >= SHORTEST_NEEDLE);
        parts
            .max_by_key(|part| part.len())
            .map_or(Self::NOTHING, Self::needle)
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

/// The characters that needles are made of. None of them has an escape of its own in JSON, as the
/// quote, the slash and the backslash have.
fn is_safe(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, ' ' | '.' | '_' | '-' | ':')
}

/// Whether an escape in the bytes spells a character of the alphabet, or a backslash. ASCII is
/// spelled `\u00` and two digits; an escape within an escaped string still has these characters in
/// a row, or spells a backslash.
fn may_hide_needles(bytes: &[u8]) -> bool {
    static ESCAPE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(br"\u00"));
    ESCAPE.find_iter(bytes).any(|at| {
        let digit = |place: usize| {
            bytes
                .get(at + place)
                .and_then(|digit| char::from(*digit).to_digit(16))
        };
        let spelled = digit(4)
            .zip(digit(5))
            .and_then(|(high, low)| char::from_u32(high * 16 + low));
        spelled.is_some_and(|character| is_safe(character) || character == '\\')
    })
}

fn expression_needs<C>(expression: &Expression<C>, needs: &dyn Fn(&C) -> Needs) -> Needs {
    match expression {
        Expression::And(branches) => Needs::all(
            branches
                .iter()
                .map(|branch| expression_needs(branch, needs)),
        ),
        Expression::Or(branches) => Needs::any(
            branches
                .iter()
                .map(|branch| expression_needs(branch, needs)),
        ),
        Expression::Group(inner) => expression_needs(inner, needs),
        Expression::Condition(condition) => needs(condition),
    }
}

/// Every test but `NOT EXISTS` needs a value, and so the names on the way to it. What the value
/// needs comes first: it is rarer than names.
fn condition_needs(condition: &Condition) -> Needs {
    if condition.test == Test::NotExists {
        return Needs::NOTHING;
    }
    let names = condition
        .selector
        .steps
        .iter()
        .filter_map(Step::member_name)
        .map(Needs::part_of);
    Needs::all(std::iter::once(test_needs(&condition.test)).chain(names))
}

/// A value that is compared by number may be written in many ways, and a regular expression may
/// find anything.
fn test_needs(test: &Test) -> Needs {
    match test {
        Test::Equal(literal @ (Literal::Quoted(text) | Literal::Bare(text)))
            if literal.number().is_none() =>
        {
            Needs::part_of(text)
        }
        Test::IsNull => Needs::needle("null"),
        Test::IsBoolean(true) => Needs::needle("true"),
        Test::IsBoolean(false) => Needs::needle("false"),
        Test::Equal(_) | Test::NotEqual(_) | Test::Ordering(..) | Test::NotExists => Needs::NOTHING,
    }
}

fn terms_need(terms: &[Term]) -> Needs {
    let part = |term: &Term| match &term.text {
        TermText::Literal(text) => Needs::part_of(text),
        TermText::Regex(_) => Needs::NOTHING,
    };
    let is_optional = |term: &Term| term.presence == Presence::Optional;
    if !terms.is_empty() && terms.iter().all(is_optional) {
        return Needs::any(terms.iter().map(part));
    }
    Needs::all(
        terms
            .iter()
            .filter(|term| term.presence == Presence::Required)
            .map(part),
    )
}

fn cell_needs(cell: &Cell) -> Needs {
    match cell {
        Cell::Ellipsis => Needs::NOTHING,
        Cell::Field(field) => field.test.as_ref().map_or(Needs::NOTHING, |test| {
            expression_needs(test, &|condition: &CellCondition| {
                test_needs(&condition.test)
            })
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::parse;

    const SECRETS: &str = r#"{ $.eventName = "GetSecretValue" && $.errorMessage = "*because it was marked for deletion*" }"#;

    fn may_match(pattern: &str, bytes: &str) -> bool {
        Prefilter::new(&parse(pattern).expect(pattern)).may_match(bytes.as_bytes())
    }

    #[test]
    fn bytes_without_a_needle_cannot_match() {
        let event = r#"{"eventName":"GetSecretValue","errorMessage":"It was because it was marked for deletion."}"#;
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
}
