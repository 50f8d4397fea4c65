//! The table of filter patterns: each row is a pattern, an event and AWS's answer, with its source.

use std::collections::BTreeMap;

use backtrail::pattern::ast::InteriorStars;
use backtrail::pattern::aws_reply::Certainty;
use backtrail::pattern::gate::Gate;
use backtrail::pattern::{
    Extracted, Matcher, Pattern, Prefilter, Projection, compile, naive, parse,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    id: String,
    kind: String,
    pattern: String,
    event: Option<String>,
    #[serde(rename = "match")]
    expected: Option<bool>,
    error: Option<String>,
    extract: Option<BTreeMap<String, String>>,
    #[serde(default)]
    ambiguous: bool,
    source: String,
}

/// The rows that contradict the rules and the rows beside them, with the reason; they are not
/// followed.
const CONTRADICTORY: [(&str, &str); 2] = [
    (
        "native/str_prefix/54",
        "`Amber*` cannot match `Alphabet`: the words were replaced in the pattern only",
    ),
    (
        "native/str_regex/52",
        "`^Al.*` cannot match `Amber`: the words were replaced in the event only",
    ),
];

fn contradictory(case: &Case) -> bool {
    CONTRADICTORY.iter().any(|(id, _)| *id == case.id)
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("conformance/pattern/cases.json")).unwrap()
}

/// The rows whose answer is an assumption, each with the row of the table "Where AWS is silent" in
/// `docs/pattern.md` that explains it, or with that of `docs/sources.md`. They are followed like
/// the others.
const ASSUMPTIONS: [(&str, &str); 10] = [
    ("amb/interior-star-2", "A1"),
    ("amb/interior-star-3", "A1"),
    ("amb/escaped-quote", "A3"),
    ("amb/single-quotes", "A10"),
    ("amb/bracket-nested-dot", "A9"),
    ("amb/regex-on-number", "A6"),
    ("amb/star-on-number", "A6"),
    ("amb/empty-braces", "A10"),
    ("amb/quoted-star-term", "P21"),
    ("amb/lone-surrogate", "P43"),
];

/// The rows whose text is not that of the API: a description of it, or the words of the console of
/// 2019.
const OTHER_WORDS: [(&str, &str); 3] = [
    (
        "native/inv_4wild",
        "the table describes the error instead of quoting it",
    ),
    ("doc/160", "the console's words for the same refusal"),
    (
        "reject/two-wildcards-one-selector",
        "the beginning of the sentence is left out; the second recording has all of it",
    ),
];

fn by_name(extracted: Vec<Extracted>) -> BTreeMap<String, String> {
    extracted
        .into_iter()
        .map(|value| (value.name, value.value))
        .collect()
}

#[test]
fn both_evaluators_answer_as_the_table_does() {
    let (mut evaluated, mut failures) = (0, Vec::new());
    for case in cases()
        .iter()
        .filter(|case| case.kind == "match" && !contradictory(case))
    {
        let pattern = parse(&case.pattern).unwrap_or_else(|error| panic!("{}: {error}", case.id));
        let event = case.event.as_deref().unwrap();
        let answers = [
            Matcher::new(&pattern).matches(event),
            naive::matches(&pattern, event),
        ];
        evaluated += 1;
        if answers.iter().any(|answer| Some(*answer) != case.expected) {
            failures.push(format!(
                "{} {} on {event}: {answers:?} ({})",
                case.id, case.pattern, case.source
            ));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {evaluated} rows:\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert_eq!(evaluated, 942);
}

#[test]
fn both_evaluators_extract_what_the_table_says() {
    let mut extracted = 0;
    for case in cases().iter().filter(|case| case.extract.is_some()) {
        let (pattern, event) = (
            parse(&case.pattern).unwrap(),
            case.event.as_deref().unwrap(),
        );
        let compiled = Matcher::new(&pattern).extract(event);
        assert_eq!(
            naive::extract(&pattern, InteriorStars::default(), event),
            compiled,
            "{}",
            case.id
        );
        assert_eq!(compiled.map(by_name), case.extract, "{}", case.id);
        extracted += 1;
    }
    assert_eq!(extracted, 29);
}

#[test]
fn every_ambiguous_row_is_a_listed_assumption() {
    let ambiguous: Vec<String> = cases()
        .into_iter()
        .filter(|case| case.ambiguous)
        .map(|case| case.id)
        .collect();
    assert_eq!(ambiguous, ASSUMPTIONS.map(|(id, _)| id));
}

#[test]
fn what_aws_refuses_is_refused_with_its_place_and_the_words_of_aws() {
    let mut refused = 0;
    for case in cases().iter().filter(|case| case.kind == "invalid") {
        let Err(error) = parse(&case.pattern) else {
            panic!("{} was accepted: {}", case.id, case.pattern)
        };
        assert!(error.to_string().contains('^'), "{}: {error}", case.id);
        refused += 1;
        if let Some(expected) = &case.error
            && OTHER_WORDS.iter().all(|(id, _)| *id != case.id)
        {
            let reply = error.aws_reply().unwrap().text;
            assert!(
                reply.contains(expected.as_str()),
                "{}: {reply} instead of {expected}",
                case.id
            );
        }
    }
    assert_eq!(refused, 30);
}

#[derive(Deserialize)]
struct Deployed {
    pattern: String,
    source: String,
}

/// The patterns in real use that AWS refuses, by a part of their text, with the mistake in each.
const REFUSED: [(&str, &str); 8] = [
    ("ConsoleLogin = \"Success\"}", "this `(` is never closed"),
    ("ConsoleLogin = Success}", "this `(` is never closed"),
    ("$.eventNa me=", "expected an operator after the selector"),
    (
        "invokedByNOT EXISTS",
        "the field and the keyword run together",
    ),
    ("($eventName=", "a selector begins with `$.`"),
    (
        "“<YourRepoName>”",
        "a typographic quote does not quote a value",
    ),
    (
        "${ALARM-NOT-IP}",
        "a field is compared with a fixed value, not with another field",
    ),
    (
        "= Failed authentication",
        "a value without quotes ends at the space",
    ),
];

#[test]
fn patterns_in_real_use_parse_or_are_refused_as_aws_refuses_them() {
    let deployed: Vec<Deployed> =
        serde_json::from_str(include_str!("conformance/pattern/deployed.json")).unwrap();
    assert_eq!(deployed.len(), 240);
    for Deployed { pattern, source } in &deployed {
        let refused = REFUSED.iter().find(|(part, _)| pattern.contains(part));
        match (parse(pattern), refused) {
            (Ok(_), None) => {}
            (Err(error), Some((_, message))) => {
                assert_eq!(error.kind.message(), *message, "{error}")
            }
            (Err(error), None) => panic!("{source}: {error}"),
            (Ok(_), Some(_)) => panic!("{source}: AWS refuses {pattern}"),
        }
    }
}

/// A row of the second recording: a pattern, and the places of the events that it matches.
#[derive(Deserialize)]
struct Recorded {
    id: String,
    pattern: String,
    events: Vec<String>,
    #[serde(default)]
    matches: Vec<usize>,
    refused: Option<String>,
    #[serde(default)]
    extracted: BTreeMap<usize, BTreeMap<String, String>>,
    source: String,
}

fn recorded() -> Vec<Recorded> {
    serde_json::from_str(include_str!("conformance/pattern/live.json")).unwrap()
}

/// Returns the answers of both evaluators, and those of everything that may rule an event out.
fn answers(pattern: &Pattern, event: &str) -> [bool; 5] {
    let mut projection = Projection::default();
    let program = compile(pattern, &mut projection);
    let gates = Gate::all_of(&program);
    let slots = projection.read(event).ok();
    let is_json = pattern.syntax() == backtrail::pattern::ast::Syntax::Json;
    let admitted = |slots| gates.iter().all(|gate| gate.admits(slots));
    let answer = Matcher::new(pattern).matches(event);
    [
        answer,
        naive::matches(pattern, event),
        slots
            .as_ref()
            .map_or(answer && !is_json, |slots| program.matches(slots)),
        answer && Prefilter::new(pattern).may_match(event.as_bytes()),
        answer && slots.as_ref().is_none_or(admitted),
    ]
}

#[test]
fn the_second_recording_is_answered_by_everything_that_evaluates() {
    let mut failures = Vec::new();
    let rows = recorded();
    for row in rows.iter().filter(|row| row.refused.is_none()) {
        let pattern = match parse(&row.pattern) {
            Ok(pattern) => pattern,
            Err(error) => {
                failures.push(format!("{} is refused: {error}", row.id));
                continue;
            }
        };
        for (place, event) in row.events.iter().enumerate() {
            let expected = row.matches.contains(&place);
            let found = answers(&pattern, event);
            if found != [expected; 5] {
                let Recorded { id, source, .. } = row;
                failures.push(format!("{id} on {event}: {found:?} ({source})"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(rows.len(), 68);
}

#[test]
fn the_second_recording_is_extracted_by_both_evaluators() {
    for row in recorded() {
        for (place, expected) in &row.extracted {
            let (pattern, event) = (parse(&row.pattern).unwrap(), &row.events[*place]);
            let compiled = Matcher::new(&pattern).extract(event);
            let plain = naive::extract(&pattern, InteriorStars::default(), event);
            assert_eq!(compiled, plain, "{}", row.id);
            assert_eq!(compiled.map(by_name).as_ref(), Some(expected), "{}", row.id);
        }
    }
}

#[test]
fn what_the_second_recording_refuses_is_refused_in_its_words() {
    for row in recorded() {
        let Some(refused) = row.refused else {
            continue;
        };
        let Err(error) = parse(&row.pattern) else {
            panic!("{} was accepted: {}", row.id, row.pattern)
        };
        let reply = error.aws_reply().unwrap();
        assert_eq!(reply.text, refused, "{}: {}", row.id, row.pattern);
        assert_eq!(reply.certainty, Certainty::Observed, "{}", row.id);
    }
}
