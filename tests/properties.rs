//! What must hold for any input.

use backtrail::pattern::ast::InteriorStars;
use backtrail::pattern::wildcard::Wildcard;
use backtrail::pattern::{Matcher, Prefilter, explain, naive, parse, warnings};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use crate::generated::events::{event, object};

fn selector() -> impl Strategy<Value = String> {
    let step = prop_oneof![
        5 => "[abc]".prop_map(|name| format!(".{name}")),
        1 => (0_usize..3).prop_map(|index| format!("[{index}]")),
        1 => Just("['a']".to_owned()),
    ];
    let every = prop_oneof![
        2 => Just(String::new()),
        1 => Just("[*]".to_owned()),
        1 => "\\[\\*\\]\\.[abc]",
    ];
    ("[abc]", proptest::collection::vec(step, 0..3), every)
        .prop_map(|(first, steps, every)| format!("$.{first}{}{every}", steps.concat()))
}

fn value() -> BoxedStrategy<String> {
    prop_oneof![
        "\"[ab1*. ]{0,4}\"",
        "[ab]\\*?",
        "\\*",
        "-?[0-3](\\.[05])?",
        "1e0",
        limit(),
        "\"[19]*[.]?[0E*]{0,3}\"",
    ]
    .boxed()
}

/// Numbers at the limits of floating point, in a pattern or in an event.
fn limit() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("9007199254740992".to_owned()),
        Just("9007199254740993".to_owned()),
        Just("9007199254740993.0".to_owned()),
        Just("1e309".to_owned()),
        Just("-1e309".to_owned()),
        Just("1e-999".to_owned()),
        Just("1e3".to_owned()),
        Just("1000".to_owned()),
    ]
}

fn condition() -> BoxedStrategy<String> {
    let test = prop_oneof![
        (prop_oneof!["=", "!="], value())
            .prop_map(|(operator, value)| format!("{operator} {value}")),
        (prop_oneof!["<", "<=", ">", ">="], 0..3)
            .prop_map(|(operator, bound)| format!("{operator} {bound}")),
        (prop_oneof!["<", ">="], limit())
            .prop_map(|(operator, bound)| format!("{operator} {bound}")),
        prop_oneof!["IS NULL", "IS TRUE", "is false", "NOT EXISTS"],
    ];
    (selector().boxed(), test.boxed())
        .prop_map(|(selector, test)| format!("{selector} {test}"))
        .boxed()
}

/// A pattern of at most three conditions, so that the limit of wildcard steps is kept.
fn pattern() -> impl Strategy<Value = String> {
    let joined = || {
        (
            condition(),
            prop_oneof!["&&", "\\|\\|"],
            condition(),
            prop_oneof!["&&", "\\|\\|"],
            condition(),
        )
    };
    prop_oneof![
        condition().prop_map(|only| format!("{{ {only} }}")),
        (selector(), "!?= %[019.]%")
            .prop_map(|(selector, test)| format!("{{ {selector} {test} }}")),
        joined().prop_map(|(a, x, b, y, c)| format!("{{ {a} {x} {b} {y} {c} }}")),
        joined().prop_map(|(a, x, b, y, c)| format!("{{({a}) {x} ({b} {y} {c})}}")),
    ]
}

/// Terms of every kind, some of which begin where another ends; or one regular expression.
fn terms() -> impl Strategy<Value = String> {
    let word = prop_oneof!["[ab1.é]{1,2}", "\"[ab:{ ]{1,3}\"", "[ab1é][?-][ab.]"];
    let term = ("[?-]?", word).prop_map(|(sign, word)| format!("{sign}{word}"));
    prop_oneof![
        4 => proptest::collection::vec(term, 0..4).prop_map(|terms| terms.join(" ")),
        1 => " ?%[ab][+*]?[1.]% ?",
    ]
}

/// Space-delimited patterns of up to four cells with at most one ellipsis and one regular
/// expression.
fn cells() -> impl Strategy<Value = String> {
    let test = prop_oneof![
        (prop_oneof!["=", "!="], value())
            .prop_map(|(operator, value)| format!("{operator} {value}")),
        (prop_oneof!["<", ">="], 0..3).prop_map(|(operator, bound)| format!("{operator}{bound}")),
    ];
    let cell = prop_oneof![
        2 => Just((String::new(), String::new())),
        2 => Just(("NAME".to_owned(), String::new())),
        4 => (Just("NAME".to_owned()), test.clone().prop_map(|test| format!("NAME {test}"))),
        2 => (test.clone(), prop_oneof!["&&", "\\|\\|"], test)
            .prop_map(|(a, sign, b)| ("NAME".to_owned(), format!("NAME{a} {sign} (NAME {b})"))),
    ];
    let ellipsis = proptest::option::of(0_usize..4);
    (
        proptest::collection::vec(cell, 0..4),
        ellipsis,
        any::<bool>(),
    )
        .prop_map(|(cells, ellipsis, regex)| {
            let mut texts: Vec<String> = cells
                .into_iter()
                .enumerate()
                .map(|(place, (name, test))| {
                    let text = if test.is_empty() { name } else { test };
                    text.replace("NAME", &format!("c{place}"))
                })
                .collect();
            if regex {
                texts.push("r = %[ab]+$%".to_owned());
            }
            if let Some(place) = ellipsis {
                texts.insert(place.min(texts.len()), "...".to_owned());
            }
            format!("[{}]", texts.join(", "))
        })
}

/// Lines of fields, some in quotes or brackets, some with signs that close nothing.
fn line() -> impl Strategy<Value = String> {
    let field = prop_oneof![
        "[ab1]{1,3}",
        "-?[0-3](\\.[05])?",
        "\"[ab 1]{0,4}\"?",
        "\\[[ab 1]{0,4}\\]?",
        "[é\"\\]\\[]{1,3}"
    ];
    (
        proptest::collection::vec((field, "[ \t]{0,2}"), 0..6),
        "[ ]?",
    )
        .prop_map(|(fields, lead)| {
            let fields: Vec<String> = fields
                .into_iter()
                .map(|(field, blank)| format!("{field}{blank}"))
                .collect();
            format!("{lead}{}", fields.concat())
        })
}

/// Patterns of every kind. Without the boxes, the generators fill the stack of a thread in a build
/// without optimization.
fn any_pattern() -> impl Strategy<Value = String> {
    prop_oneof![pattern().boxed(), terms().boxed(), cells().boxed()]
}

/// Patterns of words that are long enough to be looked for in raw bytes.
fn pattern_of_words() -> impl Strategy<Value = String> {
    let name = || prop_oneof![Just("alpha"), Just("beta"), Just("gamma")];
    let selector =
        (name(), proptest::option::of(name()), any::<bool>()).prop_map(|(first, second, every)| {
            let every = if every { "[*]" } else { "" };
            second.map_or(format!("$.{first}{every}"), |second| {
                format!("$.{first}{every}.{second}")
            })
        });
    let word = || {
        prop_oneof![
            Just("marked"),
            Just("deletion"),
            Just("a=b marked"),
            Just("deletion: 404")
        ]
    };
    let value = (word(), proptest::option::of(word()), any::<(bool, bool)>()).prop_map(
        |(first, second, stars)| {
            let star = |is: bool| if is { "*" } else { "" };
            let second = second.map_or(String::new(), |second| format!("*{second}"));
            format!("\"{}{first}{second}{}\"", star(stars.0), star(stars.1))
        },
    );
    let test = prop_oneof![
        4 => value.prop_map(|value| format!("= {value}")),
        2 => Just("!= marked".to_owned()),
        1 => prop_oneof![Just("= \"1000.0\""), Just("= \"*000.0\""), Just("= 1000")]
            .prop_map(str::to_owned),
        1 => prop_oneof!["IS TRUE", "IS NULL", "NOT EXISTS"],
    ];
    let condition = || {
        (selector.clone(), test.clone()).prop_map(|(selector, test)| format!("{selector} {test}"))
    };
    let json = (condition(), prop_oneof!["&&", "\\|\\|"], condition())
        .prop_map(|(a, operator, b)| format!("{{ {a} {operator} {b} }}"));
    let sign = prop_oneof![Just(""), Just("?"), Just("-")];
    let term = (sign, word()).prop_map(|(sign, word)| format!("{sign}\"{word}\""));
    let terms = proptest::collection::vec(term, 1..3).prop_map(|terms| terms.join(" "));
    prop_oneof![4 => json, 1 => terms]
}

/// Events of the same words, some characters of which are written as escapes.
fn event_of_words() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("marked"),
        Just("deletion"),
        Just("a=b marked"),
        Just("deletion: 404"),
        Just("xmarkeddeletionx"),
        Just("")
    ];
    let text = (word, proptest::collection::vec(0_u8..12, 20))
        .prop_map(|(word, rolls)| escaped(word, &rolls));
    let name = prop_oneof![Just("alpha"), Just("beta"), Just("gamma")];
    let key = (name, proptest::collection::vec(0_u8..40, 20))
        .prop_map(|(word, rolls)| escaped(word, &rolls));
    let scalar = prop_oneof![6 => text, 1 => Just("true".to_owned()), 1 => Just("null".to_owned()), 1 => Just("1e3".to_owned())];
    let node = scalar.prop_recursive(2, 8, 3, move |inner| {
        let member = (key.clone(), inner.clone()).prop_map(|(key, value)| format!("{key}:{value}"));
        let elements = proptest::collection::vec(inner, 0..3);
        let members = proptest::collection::vec(member, 0..3);
        prop_oneof![
            1 => elements.prop_map(|elements| format!("[{}]", elements.join(","))),
            3 => members.prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    });
    proptest::collection::vec(
        (
            prop_oneof![Just("alpha"), Just("beta"), Just("gamma")],
            node,
        ),
        0..4,
    )
    .prop_map(|members| {
        object(
            members
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        )
    })
}

/// A JSON string of the word, each character as an escape where its roll is zero, and `=` always,
/// as CloudTrail does.
fn escaped(word: &str, rolls: &[u8]) -> String {
    let character = |(character, roll): (char, &u8)| match roll {
        0 => format!("\\u{:04x}", u32::from(character)),
        1 => format!("\\u{:04X}", u32::from(character)),
        _ if character == '=' => "\\u003d".to_owned(),
        _ => character.to_string(),
    };
    format!(
        "\"{}\"",
        word.chars().zip(rolls).map(character).collect::<String>()
    )
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_compiled_evaluator_answers_as_the_plain_one(pattern in pattern(), event in event()) {
        let parsed = parse(&pattern).unwrap();
        prop_assert_eq!(Matcher::new(&parsed).matches(&event), naive::matches(&parsed, &event));
    }

    #[test]
    fn compiled_terms_answer_as_plain_ones(pattern in terms(), event in event()) {
        let parsed = parse(&pattern).unwrap();
        prop_assert_eq!(Matcher::new(&parsed).matches(&event), naive::matches(&parsed, &event));
    }

    #[test]
    fn compiled_cells_extract_what_plain_ones_do(
        pattern in cells(),
        event in prop_oneof![9 => line(), 1 => event()],
    ) {
        let parsed = parse(&pattern).unwrap();
        let plain = naive::extract(&parsed, InteriorStars::Wildcard, &event);
        prop_assert_eq!(Matcher::new(&parsed).matches(&event), plain.is_some());
        prop_assert_eq!(Matcher::new(&parsed).extract(&event), plain);
    }

    #[test]
    fn both_evaluators_agree_on_the_literal_reading_of_interior_stars(
        pattern in pattern(),
        event in event(),
    ) {
        let parsed = parse(&pattern).unwrap();
        let compiled = Matcher::with_stars(&parsed, InteriorStars::Literal).matches(&event);
        let plain = naive::extract(&parsed, InteriorStars::Literal, &event);
        prop_assert_eq!(compiled, plain.is_some());
        if !parsed.has_interior_star() {
            prop_assert_eq!(compiled, naive::matches(&parsed, &event));
        }
    }

    #[test]
    fn what_the_prefilter_rules_out_the_plain_evaluator_does_not_match(
        pattern in pattern_of_words(),
        event in event_of_words(),
    ) {
        let parsed = parse(&pattern).unwrap();
        let prefilter = Prefilter::new(&parsed);
        // The event as it is, in a string, in a string in a string, and beside other content.
        let once = serde_json::to_string(&event).unwrap();
        let twice = serde_json::to_string(&once).unwrap();
        let slashed = once.replace("\\\\", "\\u005c").replace("\\\"", "\\u0022");
        for bytes in [&event, &once, &twice, &slashed, &format!("{{\"Records\":[{event}]}}")] {
            if !prefilter.may_match(bytes.as_bytes()) {
                for stars in [InteriorStars::Wildcard, InteriorStars::Literal] {
                    let plain = naive::extract(&parsed, stars, &event);
                    prop_assert!(plain.is_none(), "{pattern} on {bytes}");
                }
            }
        }
        prop_assert_eq!(Matcher::new(&parsed).matches(&event), naive::matches(&parsed, &event));
    }

    #[test]
    fn an_explanation_gives_the_answer_of_the_evaluators(
        pattern in any_pattern(),
        event in prop_oneof![event(), line()],
    ) {
        let parsed = parse(&pattern).unwrap();
        let plain = naive::matches(&parsed, &event);
        prop_assert_eq!(explain(&parsed, Some(&event)).holds(), Some(plain));
        prop_assert_eq!(explain(&parsed, None).holds(), None);
        warnings(&parsed, &pattern);
    }

    #[test]
    fn the_canonical_text_means_the_same(
        pattern in any_pattern(),
        event in prop_oneof![event(), line()],
    ) {
        let parsed = parse(&pattern).unwrap();
        let canonical = parsed.to_string();
        let again = parse(&canonical).unwrap();
        prop_assert_eq!(again.to_string(), canonical);
        prop_assert_eq!(
            naive::extract(&again, InteriorStars::Wildcard, &event),
            naive::extract(&parsed, InteriorStars::Wildcard, &event)
        );
    }

    #[test]
    fn no_text_makes_the_parser_panic(
        text in "\\PC{0,40}",
        braced in "[ {}()$.a,\\[\\]*'\"%=!<>&|0-9NOTEXISULé“\u{c}-]{0,40}",
    ) {
        for text in [text, format!("{{{braced}}}"), format!("[{braced}]"), braced] {
            match parse(&text) {
                Ok(pattern) => drop(warnings(&pattern, &text)),
                Err(error) => prop_assert!(error.to_string().contains('^')),
            }
        }
    }

    #[test]
    fn no_key_makes_the_parser_panic(
        key in "[\\PC/_]{0,60}",
        near in "([0-9]{12}|CloudTrail(-Digest)?|eu-west-1|2026[0-9]{4}T[0-9]{2,6}Z|[/_é]){0,9}",
    ) {
        backtrail::cloudtrail::key::ObjectKey::parse(&key);
        backtrail::cloudtrail::key::ObjectKey::parse(&near);
    }

    #[test]
    fn a_text_matches_itself_and_itself_with_any_run_starred(
        before in "[ab]{0,5}",
        middle in "[ab]{0,5}",
        after in "[ab]{0,5}",
    ) {
        let value = format!("{before}{middle}{after}");
        prop_assert!(Wildcard::new(&value).matches(&value));
        let starred = format!("{before}*{after}");
        prop_assert!(Wildcard::new(&starred).matches(&value));
    }
}

/// Returns of how many of 2,000 generated pairs of a pattern and an event something holds.
fn share(
    pairs: impl Strategy<Value = (String, String)>,
    holds: impl Fn(&str, &str) -> bool,
) -> usize {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let pairs = (0..2000).map(|_| pairs.new_tree(&mut runner).unwrap().current());
    pairs
        .filter(|(pattern, event)| holds(pattern, event))
        .count()
}

#[test]
fn the_generated_events_match_often_enough_to_tell_evaluators_apart() {
    let matches = |pattern: &str, event: &str| naive::matches(&parse(pattern).unwrap(), event);
    let is_ruled_out = |pattern: &str, event: &str| {
        !Prefilter::new(&parse(pattern).unwrap()).may_match(event.as_bytes())
    };
    let shares = [
        share((pattern(), event()), matches),
        share((terms(), event()), matches),
        share((cells(), line()), matches),
        share((pattern_of_words(), event_of_words()), matches),
        share((pattern_of_words(), event_of_words()), is_ruled_out),
    ];
    assert!(
        shares.iter().all(|share| (100..1900).contains(share)),
        "{shares:?}"
    );
}
