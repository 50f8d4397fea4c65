//! The table of filter patterns: each row is a pattern, an event and AWS's answer, with its source.

use backtrail::pattern::error::ErrorKind;
use backtrail::pattern::{Matcher, PatternError, naive, parse};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    id: String,
    kind: String,
    pattern: String,
    event: Option<String>,
    #[serde(rename = "match")]
    expected: Option<bool>,
    source: String,
}

/// Rows that contradict the rules and the rows beside them, with the reason; they are not followed.
const CONTRADICTORY: [(&str, &str); 2] = [
    (
        "native/str_prefix/54",
        "`Amber*` cannot match `Alphabet`: the words of the recording were replaced in the pattern and not in the event",
    ),
    (
        "native/str_regex/52",
        "`^Al.*` cannot match `Amber`: the words were replaced in the event and not in the pattern",
    ),
];

fn contradictory(case: &Case) -> bool {
    CONTRADICTORY.iter().any(|(id, _)| *id == case.id)
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("conformance/pattern/cases.json")).unwrap()
}

fn unsupported(error: &PatternError) -> bool {
    matches!(error.kind, ErrorKind::Unsupported(_))
}

#[test]
fn both_evaluators_answer_as_the_table_does() {
    let (mut evaluated, mut failures) = (0, Vec::new());
    for case in cases().iter().filter(|case| case.kind == "match" && !contradictory(case)) {
        let pattern = match parse(&case.pattern) {
            Ok(pattern) => pattern,
            Err(error) if unsupported(&error) => continue,
            Err(error) => panic!("{}: {error}", case.id),
        };
        let event = case.event.as_deref().unwrap();
        let answers = [Matcher::new(&pattern).matches(event), naive::matches(&pattern, event)];
        evaluated += 1;
        if answers.iter().any(|answer| Some(*answer) != case.expected) {
            failures.push(format!("{} {} on {event}: {answers:?} ({})", case.id, case.pattern, case.source));
        }
    }
    assert!(failures.is_empty(), "{} of {evaluated} rows:\n{}", failures.len(), failures.join("\n"));
    assert!(evaluated >= 850, "only {evaluated} rows were evaluated");
}

#[test]
fn what_aws_refuses_is_refused_with_its_place() {
    for case in cases().iter().filter(|case| case.kind == "invalid") {
        let Err(error) = parse(&case.pattern) else { panic!("{} was accepted: {}", case.id, case.pattern) };
        assert!(error.to_string().contains('^'), "{}: {error}", case.id);
    }
}
