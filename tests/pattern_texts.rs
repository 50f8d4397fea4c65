//! The texts of the pattern module for a person: errors with hints and AWS's replies, warnings with
//! repairs.

use backtrail::pattern::aws_reply::Certainty;
use backtrail::pattern::{Matcher, Prefilter, explain, naive, parse, warnings};

/// Patterns, each with the message of its error, the underlined part, and a part of the hint.
const ERRORS: [(&str, &str, &str, &str); 69] = [
    ("{ }", "there is no condition between the braces", "{ }", ""),
    (
        "{ $.a = 1",
        "a pattern that starts with `{` must end with `}`",
        "",
        "add `}`",
    ),
    (
        "[a, b",
        "a pattern that starts with `[` must end with `]`",
        "",
        "add `]`",
    ),
    ("{ ($.a = 1 }", "this `(` is never closed", "(", "add `)`"),
    (
        "{ $.a = \"x }",
        "this quote is never closed",
        "\"",
        "written `\\\"`",
    ),
    ("{ $.['a = 1 }", "this `[` is never closed", "[", "add `]`"),
    (
        "{ $.a = %x }",
        "this regular expression is never closed",
        "%",
        "add `%`",
    ),
    (
        "{ $.a = 1 } x }",
        "the pattern has ended, but text follows",
        "x }",
        "combine all",
    ),
    (
        "{ $.a = x/y }",
        "unexpected character `/`",
        "/",
        "double quotes",
    ),
    (
        "{ $.a = “x” }",
        "a typographic quote does not quote a value",
        "“",
        "double quote",
    ),
    (
        "{ $.a = 'x' }",
        "single quotes do not quote a value",
        "'",
        "double quote",
    ),
    ("{ $.a == 1 }", "`==` is not an operator", "==", "write `=`"),
    (
        "{ $.a <> 1 }",
        "`<>` is not an operator",
        "<>",
        "write `!=`",
    ),
    (
        "{ $.a = 1 & $.b = 1 }",
        "a single `&` is not an operator",
        "&",
        "write `&&`",
    ),
    (
        "{ $.a = 1 AND $.b = 1 }",
        "conditions are not combined by a word",
        "AND",
        "write `&&`",
    ),
    (
        "{ $.a = 1 or $.b = 1 }",
        "conditions are not combined by a word",
        "or",
        "write `||`",
    ),
    (
        "{ !($.a = 1) }",
        "there is no operator that negates a condition",
        "!",
        "`NOT EXISTS`",
    ),
    (
        "{ NOT $.a = 1 }",
        "there is no operator that negates a condition",
        "NOT",
        "`!=`",
    ),
    (
        "{ eventName = x }",
        "a field is named by a selector, which begins with `$.`",
        "eventName",
        "write `$.`",
    ),
    (
        "{ $eventName = x }",
        "a selector begins with `$.`",
        "$eventName",
        "write `$.`",
    ),
    (
        "{ \"a\": 1 }",
        "expected a condition",
        "\"a\"",
        "looks like",
    ),
    (
        "{ $.a 1 }",
        "expected an operator after the selector",
        "1",
        "one of `=`",
    ),
    ("{ $.a = }", "expected a value", "}", ""),
    (
        "{ $.a = $.b }",
        "a field is compared with a fixed value, not with another field",
        "$.b",
        "placeholder",
    ),
    (
        "{ $.a = null }",
        "`null` is not a value to compare with",
        "null",
        "write `IS NULL`",
    ),
    (
        "{ $.a > \"1\" }",
        "an order is only defined for a number without quotes",
        "\"1\"",
        "without quotes",
    ),
    (
        "{ $.a = Failed authentication }",
        "a value without quotes ends at the space",
        "authentication",
        "double quotes",
    ),
    (
        "{ $.a = 1 $.b = 1 }",
        "expected `&&`, `||` or the end of the conditions",
        "$.b",
        "",
    ),
    (
        "{ $.a IS 1 }",
        "expected `NULL`, `TRUE` or `FALSE` after `IS`",
        "1",
        "write `=`",
    ),
    (
        "{ $.a IS NOT NULL }",
        "there is no `IS NOT`",
        "NOT",
        "`NOT EXISTS` tests for absence",
    ),
    (
        "{ $.a NOT NULL }",
        "expected `EXISTS` after `NOT`",
        "NULL",
        "negates a comparison",
    ),
    (
        "{ $.a EXISTS }",
        "there is no `EXISTS`, only `NOT EXISTS`",
        "EXISTS",
        "`= *`",
    ),
    (
        "{ $.aNOT EXISTS }",
        "the field and the keyword run together",
        "NOT",
        "space before `NOT`",
    ),
    (
        "{ $.. = 1 }",
        "this is not a selector",
        ".",
        "selectors look like",
    ),
    (
        "{ $.a..b[0] = 1 }",
        "this is not a selector",
        ".",
        "selectors look like",
    ),
    (
        "{ $.a[-1] = 1 }",
        "an index is a number from 0 upwards, or `*`",
        "[-1]",
        "count from 0",
    ),
    (
        "{ $.a[*].b[*] = 1 }",
        "a selector may have one wildcard step",
        "$.a[*].b[*]",
        "all but one",
    ),
    (
        "{ $.a = %a% || $.b = %b% || $.c = %c% }",
        "a pattern may have 2 regular expressions",
        "%c%",
        "`|`",
    ),
    (
        "%a% %b% %c%",
        "a regular expression is a pattern by itself, without terms",
        " ",
        "%ERROR|WARN%",
    ),
    (
        "ERROR %WARN%",
        "a regular expression is a pattern by itself, without terms",
        "%",
        "%ERROR|WARN%",
    ),
    (
        "?%WARN%",
        "a regular expression is a pattern by itself, without terms",
        "%",
        "%ERROR|WARN%",
    ),
    (
        "%%",
        "a regular expression has at least one character",
        "%%",
        "leave them out",
    ),
    (
        "%a++%",
        "this is not a regular expression",
        "%a++%",
        "groups",
    ),
    (
        "a \"\"",
        "a term has at least one character",
        "\"\"",
        "matches every event",
    ),
    ("a- b", "expected a term", "-", "directly before"),
    (
        "{ $.[\"a.b\"] = 1 }",
        "a name in brackets has single quotes",
        "[\"a.b\"]",
        "$.['a.b']",
    ),
    (
        "{ $.a = 1e2147483648 }",
        "the exponent of this number is too large",
        "1e2147483648",
        "in quotes",
    ),
    (
        "{ $.a < -1e2147483648 }",
        "the exponent of this number is too large",
        "-1e2147483648",
        "in quotes",
    ),
    (
        "[a, 1a]",
        "the name of a cell does not begin with a digit",
        "1a",
        "begin the name",
    ),
    (
        "%a(b)%",
        "`(` is not supported in a regular expression",
        "(",
        "there are no groups",
    ),
    (
        "$.eventName = \"ConsoleLogin\"",
        "unexpected character `$`",
        "$",
        "in braces",
    ),
    (
        "($.eventName = x)",
        "unexpected character `(`",
        "(",
        "in braces",
    ),
    ("(x)", "unexpected character `(`", "(", "double quotes"),
    (
        "{ $.a = \"x\" , $.b = 1 }",
        "unexpected character `,`",
        ",",
        "by `&&` or `||`",
    ),
    (
        "{ $.a = %ab!% }",
        "`!` is not supported in a regular expression",
        "!",
        "write `\\x21`",
    ),
    ("%a[%", "this is not a regular expression", "%a[%", "groups"),
    (
        "email@example.com",
        "unexpected character `@`",
        "@",
        "double quotes",
    ),
    ("- x", "expected a term", "-", "directly before"),
    (
        "\"a\"b",
        "terms are separated by spaces",
        "b",
        "put a space",
    ),
    (
        "[a, b.c]",
        "a cell is `...`, nothing, or a name of letters, digits, `_` and `-`",
        "b.c",
        "after `=`",
    ),
    ("[a, a]", "two cells are called `a`", "a", "name of its own"),
    (
        "[a = 1 && b = 1, b]",
        "the conditions of cell `a` may test `a` only",
        "b",
        "move the condition",
    ),
    (
        "{ $.a = NULL }",
        "`null` is not a value to compare with",
        "NULL",
        "write `IS NULL`",
    ),
    (
        "[a && b]",
        "expected an operator and a value after the name of the cell",
        "&&",
        "after a comma",
    ),
    (
        "[a=1 b=2]",
        "expected `,` or `]` after the cell",
        "b",
        "separated by commas",
    ),
    (
        "[a = x y, b]",
        "a value without quotes ends at the space",
        "y",
        "double quotes",
    ),
    (
        "{ $.a IS TRUE FALSE }",
        "expected `&&`, `||` or the end of the conditions",
        "FALSE",
        "",
    ),
    (
        "{ $.a = \"x\"y }",
        "expected `&&`, `||` or the end of the conditions",
        "y",
        "",
    ),
    (
        "[a NOT EXISTS]",
        "keywords test the fields of JSON, not cells",
        "NOT",
        "always has text",
    ),
];

#[test]
fn errors_say_what_is_wrong_where_and_what_to_write() {
    for (pattern, message, underlined, hint) in ERRORS {
        let error = parse(pattern).expect_err(pattern);
        assert_eq!(error.kind.message(), message, "{pattern}");
        assert_eq!(error.span.slice(pattern), underlined, "{pattern}");
        let found = error.kind.hint().unwrap_or_default();
        assert!(
            found.contains(hint) && found.is_empty() == hint.is_empty(),
            "{pattern}: {found}"
        );
        assert!(error.to_string().contains("\nAWS "), "{error}");
    }
}

#[test]
fn the_words_of_aws_are_as_certain_as_they_were_seen() {
    let certainty = |pattern: &str| {
        let reply = parse(pattern).expect_err(pattern).aws_reply();
        reply.map(|reply| reply.certainty)
    };
    assert_eq!(certainty("{ $.a..b = 1 }"), Some(Certainty::Observed));
    assert_eq!(certainty("{ $.a[1]b = 1 }"), Some(Certainty::Inferred));
    // AWS may not have the limits of backtrail.
    let nested = format!("{{ {}$.a = 1{} }}", "(".repeat(251), ")".repeat(251));
    for pattern in [r"%\S{60000}%", nested.as_str()] {
        assert_eq!(certainty(pattern), None, "{pattern}");
        let error = parse(pattern).expect_err(pattern).to_string();
        assert!(
            error.contains("backtrail sets this limit, not AWS"),
            "{error}"
        );
        assert!(
            !error.contains("AWS says") && !error.contains("probably"),
            "{error}"
        );
    }
}

#[test]
fn limits_hold_at_the_limit_and_not_one_past_it() {
    let of_length = |length: usize| format!("{{ $.a = \"{}\" }}", "é".repeat(length - 12));
    assert!(parse(&of_length(1024)).is_ok());
    assert!(parse(&of_length(1025)).is_err());
    let group = |depth: usize| format!("{}$.a = 1{}", "(".repeat(depth), ")".repeat(depth));
    let nested = |depth: usize| format!("{{ {} }}", group(depth));
    assert!(parse(&nested(250)).is_ok_and(|pattern| pattern.to_string() == "{ $.a = 1 }"));
    assert!(parse(&nested(251)).is_err());
    // Only those count that are open at once.
    assert!(parse(&format!("{{ {0} || {0} }}", group(126))).is_ok());
    let wildcards = |count: usize| format!("{{ {} }}", vec!["$.a[*] = 1"; count].join(" || "));
    assert!(parse(&wildcards(3)).is_ok());
    assert!(parse(&wildcards(4)).is_err());
    let regexes = |count: usize| {
        format!(
            "[{}]",
            (0..count)
                .map(|n| format!("c{n} = %x%"))
                .collect::<Vec<_>>()
                .join(", ")
        )
    };
    assert!(parse(&regexes(2)).is_ok());
    assert!(parse(&regexes(3)).is_err());
}

/// Every stage recurses as deep as a pattern nests, and each must do so on the stack of a thread.
#[test]
fn every_stage_answers_for_the_deepest_patterns_and_the_longest_selectors() {
    let nested = (0..75).fold("$.a=1".to_owned(), |inner, level| match level % 2 {
        0 => format!("({inner})&&$.a=1"),
        _ => format!("({inner})||$.b=1"),
    });
    let parentheses = format!("{}$.a=1{}", "(".repeat(250), ")".repeat(250));
    let selector = format!("$.a{} NOT EXISTS", "[0]".repeat(330));
    for expression in [nested, parentheses, selector] {
        let text = format!("{{{expression}}}");
        let pattern = parse(&text).unwrap();
        assert_eq!(parse(&pattern.to_string()).as_ref().map(|_| ()), Ok(()));
        let event = r#"{"a":1}"#;
        assert!(naive::matches(&pattern, event), "{text}");
        assert!(Matcher::new(&pattern).matches(event), "{text}");
        assert!(Prefilter::new(&pattern).may_match(event.as_bytes()));
        assert_eq!(explain(&pattern, Some(event)).holds(), Some(true), "{text}");
        warnings(&pattern, &text);
    }
}

/// Patterns, each with a part of the warning, the underlined part, and a part of the repair.
const WARNINGS: [(&str, &str, &str, &str); 42] = [
    (
        "{ $.errorCode != x }",
        "`!=` is false where `$.errorCode` is missing: calls that succeed",
        "$.errorCode != x",
        "`($.errorCode NOT EXISTS || $.errorCode != \"x\")`",
    ),
    (
        "{ $.userIdentity.userName != bot }",
        "assumed roles have none",
        "$.userIdentity.userName != bot",
        "NOT EXISTS",
    ),
    (
        "{ $.additionalEventData.MFAUsed != \"Yes\" }",
        "only console logins",
        "$.additionalEventData.MFAUsed != \"Yes\"",
        "NOT EXISTS",
    ),
    (
        "{ $.readOnly = true }",
        "this never holds: `$.readOnly` is a boolean",
        "$.readOnly = true",
        "write `$.readOnly IS TRUE`",
    ),
    (
        "{ $.managementEvent = \"false\" }",
        "never holds",
        "$.managementEvent = \"false\"",
        "IS FALSE",
    ),
    (
        "{ $.responseElements.encrypted = false }",
        "where `$.responseElements.encrypted` is a boolean",
        "$.responseElements.encrypted = false",
        "IS FALSE",
    ),
    (
        "{ $.eventName = a || $.eventName = b && $.awsRegion = c }",
        "is read as `… || ($.eventName = \"b\" && $.awsRegion = \"c\")`",
        "$.eventName = b && $.awsRegion = c",
        "parentheses",
    ),
    (
        "{ $.errorCode = a || $.eventName != b }",
        "nearly every event matches: `$.eventName != \"b\"`",
        "$.eventName != b",
        "`&&`",
    ),
    (
        "{ $.readOnly = * }",
        "never holds: `$.readOnly` is a boolean",
        "$.readOnly = *",
        "IS TRUE",
    ),
    (
        "{ $.sessionCredentialFromConsole IS TRUE }",
        "is the string `true`",
        "$.sessionCredentialFromConsole IS TRUE",
        "= \"true\"`",
    ),
    (
        "{ $.userIdentity.sessionContext.attributes.mfaAuthenticated IS FALSE }",
        "is the string",
        "$.userIdentity.sessionContext.attributes.mfaAuthenticated IS FALSE",
        "= \"false\"`",
    ),
    (
        "{ $.eventVersion > 1 }",
        "never holds: `$.eventVersion` is a string",
        "$.eventVersion > 1",
        "compare the text",
    ),
    (
        "{ $.errorCode != * }",
        "never holds: every string and number is equal",
        "$.errorCode != *",
        "`$.errorCode NOT EXISTS`",
    ),
    (
        "[a != *, b]",
        "never holds",
        "a != *",
        "leave the condition out",
    ),
    (
        "{ ($.errorCode = a || $.eventName != b) || $.awsRegion = c }",
        "nearly every event",
        "$.eventName != b",
        "`&&`",
    ),
    (
        "{ $.errorCode = a || ($.eventName != b && $.eventName != c) }",
        "nearly every event",
        "$.eventName != b",
        "`&&`",
    ),
    (
        "{ $.eventSource = s && ($.eventName != a || $.eventName != b) }",
        "holds for every value of `$.eventName`",
        "$.eventName != b",
        "`&&`",
    ),
    ("ERROR OR WARN", "not combined by words", "OR", "write `?`"),
    (
        "NOT ERROR",
        "not combined by words",
        "NOT",
        "`-` before one that must not",
    ),
    (
        "[level = ERROR]",
        "the last cell takes all",
        "level = ERROR",
        "add a cell",
    ),
    (
        "[ip, user, status = 404]",
        "the last cell takes all",
        "status = 404",
        "add a cell",
    ),
    (
        "[a = 1 || a = 2 && a != 3, b]",
        "is read as `… || (a = 2 && a != 3)`",
        "a = 2 && a != 3",
        "parentheses",
    ),
    (
        "{ $.a != x && $.a != y }",
        "`!=` is false where `$.a` is missing",
        "$.a != x",
        "NOT EXISTS",
    ),
    (
        "{ $.eventName = Put*Policy }",
        "AWS does not say",
        "= Put*Policy",
        "%Put.*Policy%",
    ),
    (
        "[a = x*y]",
        "AWS does not say",
        "= x*y",
        "regular expression",
    ),
    (
        "{ $.requestParameters.action = \"*\" }",
        "even in quotes",
        "= \"*\"",
        "%^\\*$%",
    ),
    (
        "{ $.userIdentity = * }",
        "never holds: `$.userIdentity` is an object",
        "$.userIdentity = *",
        "inside it",
    ),
    (
        "{ $.requestParameters.policyDocument.Statement[0].Effect = Allow }",
        "`policyDocument` mostly contains",
        "$.requestParameters.policyDocument.Statement[0].Effect = Allow",
        "compare the string",
    ),
    (
        "{ $.items[*].a = 1 && $.items[*].b = 2 }",
        "different elements",
        "$.items[*].b = 2",
        "index",
    ),
    (
        "{ $.items[*].a != x }",
        "under a wildcard, `!=` is false as soon as one `$.items[*].a` is equal",
        "$.items[*].a != x",
        "index",
    ),
    (
        "{ $.a = \"say \\\"hi\\\"\" }",
        "no escapes",
        "= \"say \\\"hi\\\"\"",
        "x22",
    ),
    (
        "%shutting down%",
        "lacks the space",
        "%shutting down%",
        "x20",
    ),
    ("{ $.a = %a b% }", "lacks the space", "= %a b%", "x20"),
    ("{ $.a = 1e-999 }", "nothing is equal", "= 1e-999", "quotes"),
    (
        "{ $.errorCode NOT EXISTS && $.errorCode != x }",
        "never holds together with `$.errorCode NOT EXISTS`",
        "$.errorCode != x",
        "`||`",
    ),
    (
        "{ $.eventName = a && $.awsRegion = b && ($.eventName = c) }",
        "never holds together with `$.eventName = \"a\"`",
        "$.eventName = c",
        "`||`",
    ),
    ("?ERROR Exception", "are ignored", "?ERROR", "or none"),
    ("\"ERR*\"", "no wildcards", "\"ERR*\"", "leave the `*` out"),
    (
        "x access-denied",
        "this is read as `access -denied`",
        "access-denied",
        "double quotes",
    ),
    (
        "2024-05-01",
        "this is read as `2024 -05 -01`",
        "2024-05-01",
        "double quotes",
    ),
    ("-ERROR", "without the excluded", "-ERROR", "must occur"),
    (" ", "every event matches", " ", "name a term"),
];

#[test]
fn warnings_say_what_will_happen_and_the_repair() {
    for (pattern, effect, underlined, repair) in WARNINGS {
        let found = warnings(&parse(pattern).unwrap(), pattern);
        let warning = found
            .iter()
            .find(|warning| warning.kind.effect().contains(effect));
        let warning = warning.unwrap_or_else(|| panic!("{pattern}: {found:#?}"));
        assert_eq!(warning.span.slice(pattern), underlined, "{pattern}");
        assert!(
            warning.kind.repair().contains(repair),
            "{pattern}: {warning}"
        );
    }
}

#[test]
fn patterns_without_a_trap_have_no_warning() {
    for pattern in [
        r#"{ $.eventName = "GetSecretValue" && $.errorMessage = "*it was marked for deletion*" }"#,
        r#"{ $.eventSource = kms* && $.errorMessage = "* is pending deletion."}"#,
        r#"{ $.errorCode NOT EXISTS || $.errorCode != "AccessDenied" }"#,
        r#"{ $.errorCode = * && $.errorCode != "AccessDenied" }"#,
        r#"{ $.eventName != "HeadBucket" }"#,
        r#"{ ($.eventName = a && $.awsRegion = b) || $.eventName = c }"#,
        r#"{ $.userIdentity.sessionContext.attributes.mfaAuthenticated = "false" }"#,
        "{ $.readOnly IS FALSE }",
        r#"{ $.resources[*].ARN = "x" || $.resources[0].ARN = "y" }"#,
        r#"{ $.requestParameters.* = "x" }"#,
        r#"{ ($.errorCode = "*Unauth*" || $.errorCode = "Access*") && $.errorCode != "AccessX" }"#,
        r#"{ $.eventName = "DeleteX" || $.errorCode NOT EXISTS || $.errorCode != "NoSuchKey" }"#,
        "{ $.items[*].a NOT EXISTS || $.readOnly is true }",
        "{ $.a = 9007199254740993 }",
        r#"{ $.eventName = "Put*" && $.eventName = "*Policy" }"#,
        r#"{ $.requestParameters.a[*] = "x" || ($.eventName = "y" && $.errorCode NOT EXISTS) }"#,
        "?OR ?AND",
        "\"NOT\" x",
        "[level = ERROR, message]",
        "[..., status = 404]",
        "[message = *ERROR*]",
        "ERROR -\"not found\"",
        "access -denied",
        "\"access-denied\"",
        "[ip, ..., status = 4*, bytes > 1000]",
    ] {
        let found = warnings(&parse(pattern).unwrap(), pattern);
        assert!(found.is_empty(), "{pattern}: {}", found[0]);
    }
}

/// Two values of `!=` on one field, and whether one of the two holds for every value.
#[test]
fn alternatives_hold_for_every_value_if_none_fails_both() {
    for (first, second, is_always_true) in [
        ("a", "b", true),
        ("\"a\"", "b", true),
        ("1", "2", true),
        ("\"1\"", "2", true),
        ("a", "\"a\"", false),
        ("\"Put*\"", "PutObject", false),
        ("a*", "b*", false),
        ("%a%", "b", false),
        ("1", "1.0", false),
        ("1", "\"1\"", false),
        ("1000", "\"1000.0\"", false),
    ] {
        let pattern = format!("{{ $.eventName != {first} || $.eventName != {second} }}");
        let found = warnings(&parse(&pattern).unwrap(), &pattern);
        let mut effects = found.iter().map(|warning| warning.kind.effect());
        let is_found = effects.any(|effect| effect.contains("holds for every value"));
        assert_eq!(is_found, is_always_true, "{pattern}");
    }
}

#[test]
fn no_text_about_a_pattern_steers_a_terminal() {
    let patterns = [
        "{ $.['a\u{1b}[31mb'] != \"x\" }",
        "{ $.x = 1 && $.y = \"\u{1b}]0;pwn\u{7}\" || $.z = 1 }",
        "x\u{202e}y",
        "{ $.a = \u{1b} }",
        "[a\u{1b}]",
    ];
    for pattern in patterns {
        let texts = match parse(pattern) {
            Ok(parsed) => warnings(&parsed, pattern)
                .iter()
                .map(ToString::to_string)
                .collect(),
            Err(error) => vec![error.to_string()],
        };
        assert!(!texts.is_empty());
        for text in texts {
            assert!(
                !text
                    .contains(|sign: char| sign.is_control() && sign != '\n' || sign == '\u{202e}'),
                "{text:?}"
            );
        }
    }
}
