//! `backtrail pattern` as a user runs it.

use std::fs;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::program::{Colours, Run, backtrail, sample};

const LOG: &str =
    "127.0.0.1 - robin [10/Oct/2000:13:25:15 -0700] \"GET /index.html HTTP/1.0\" 404 1534\nERROR";

fn with_input(arguments: &[&str], input: &[u8]) -> Run {
    let mut command = crate::program::command();
    command.args(arguments).env("NO_COLOR", "1");
    run(command, input)
}

/// Runs the program as on a terminal with colours, so that escapes pass that would be stripped
/// without.
fn with_colours(arguments: &[&str], input: &[u8]) -> Run {
    let mut command = crate::program::command();
    command.args(arguments).env_remove("NO_COLOR");
    command.env("CLICOLOR_FORCE", "1");
    run(command, input)
}

fn run(mut command: Command, input: &[u8]) -> Run {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program may end without reading its input.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

fn lines(run: &Run) -> Vec<Value> {
    run.stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn check_answers_with_the_canonical_text_the_limits_and_the_warnings() {
    let run = backtrail([
        "pattern",
        "check",
        "{ $.a[*]=%x% && ($.readOnly = true) }",
        "--json",
    ]);
    let found = run.json();
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(
        found["canonical"],
        r#"{ $.a[*] = %x% && $.readOnly = "true" }"#
    );
    assert_eq!(
        (&found["syntax"], &found["valid"]),
        (&json!("JSON"), &json!(true))
    );
    assert_eq!(found["characters"], json!({ "used": 37, "limit": 1024 }));
    assert_eq!(found["wildcard_steps"], json!({ "used": 1, "limit": 3 }));
    assert_eq!(
        found["regular_expressions"],
        json!({ "used": 1, "limit": 2 })
    );
    assert_eq!(found["warnings"][0]["repair"], "write `$.readOnly IS TRUE`");

    let run = backtrail(["pattern", "check", "{ $.errorCode != x }"]);
    assert_eq!(run.code, 0);
    for part in [
        "valid",
        r#"{ $.errorCode != "x" }"#,
        "20 of 1024 characters",
        "warning: `!=` is false",
        "repair: ",
    ] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
}

#[test]
fn a_wrong_pattern_is_exit_code_2_with_a_caret_a_hint_and_the_words_of_aws() {
    for command in ["check", "test", "explain"] {
        let run = backtrail(["pattern", command, "{ $.a == 1 }"]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""));
        let expected = [
            "error: `==` is not an operator",
            "  { $.a == 1 }",
            "        ^^",
            "hint: write `=`",
            "AWS says: Invalid metric filter pattern\n",
        ];
        let expected = expected.join("\n");
        assert_eq!(run.stderr, expected);
    }
    let run = backtrail(["pattern", "check", "--json", "ERR*"]);
    assert_eq!(run.code, 2);
    assert_eq!(run.json()["aws"], "Invalid character(s) in term '*'");
    assert_eq!(run.json()["aws_certainty"], "observed");
    let run = backtrail(["pattern", "check", "--json", r"%\S{60000}%"]);
    assert_eq!(
        (&run.json()["aws"], &run.json()["aws_certainty"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn a_pattern_that_begins_with_a_hyphen_is_a_pattern() {
    for pattern in ["-ERROR", "-hello", "-h", "-json", "-\"a b\" -c"] {
        let run = backtrail(["pattern", "check", "--json", "--", pattern]);
        assert_eq!(run.json()["valid"], true, "{pattern}");
    }
    assert_eq!(
        backtrail(["pattern", "check", "-ERROR", "--json"]).json()["canonical"],
        "-ERROR"
    );
    let run = with_input(&["pattern", "test", "-ERROR", "--json"], b"ERROR\nINFO\n");
    let matches: Vec<Value> = lines(&run)
        .iter()
        .map(|line| line["match"].clone())
        .collect();
    assert_eq!(matches, [json!(false), json!(true)]);
    assert_eq!(backtrail(["pattern", "explain", "-ERROR", "-x"]).code, 0);
}

#[test]
fn test_answers_for_each_line_and_extracts_in_the_order_of_the_fields() {
    let run = with_input(
        &[
            "pattern",
            "test",
            "[ip, ..., status = 4*, bytes]",
            "-",
            "--json",
        ],
        LOG.as_bytes(),
    );
    let expected = concat!(
        r#"{"event":1,"match":true,"extracted":{"$ip":"127.0.0.1","$2":"-","$3":"robin","#,
        r#""$4":"10/Oct/2000:13:25:15 -0700","$5":"GET /index.html HTTP/1.0","#,
        r#""$status":"404","$bytes":"1534"}}"#,
        "\n",
        r#"{"event":2,"match":false,"extracted":{}}"#,
        "\n",
    );
    assert_eq!((run.code, run.stdout.as_str()), (0, expected));
    let run = with_input(&["pattern", "test", "ERROR"], LOG.as_bytes());
    assert_eq!(
        run.stdout,
        "     1  no match\n     2  match\n1 of 2 events match\n"
    );
}

#[test]
fn events_come_from_a_file_from_standard_input_or_from_a_json_array() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events");
    std::fs::write(&file, b"a\r\n\n\xff b").unwrap();
    let run = backtrail(["pattern", "test", "?b ?a", file.to_str().unwrap(), "--json"]);
    let matches: Vec<Value> = lines(&run)
        .iter()
        .map(|line| line["match"].clone())
        .collect();
    assert_eq!(matches, [json!(true), json!(false), json!(true)]);
    let run = with_input(
        &["pattern", "test", "%^a\\sb$%", "--events-json", "--json"],
        br#"["a\nb", "a"]"#,
    );
    assert_eq!(
        lines(&run)
            .iter()
            .filter(|line| line["match"] == true)
            .count(),
        1
    );
    for input in [&br#"{"a":1}"#[..], b"[1]", b"", b"[\"a\""] {
        let run = with_input(&["pattern", "test", "a", "--events-json"], input);
        assert_eq!(run.code, 2);
        assert!(
            run.stderr.contains("not a JSON array of strings"),
            "{}",
            run.stderr
        );
    }
    let run = backtrail(["pattern", "test", "a", "no/such/file"]);
    assert!(
        run.code == 2 && run.stderr.contains("no/such/file"),
        "{}",
        run.stderr
    );
}

#[test]
fn events_whose_answer_depends_on_an_interior_star_are_counted() {
    let input = b"{\"v\":\"axb\"}\n{\"v\":\"a*b\"}\n";
    let run = with_input(&["pattern", "test", "{ $.v = a*b }", "--json"], input);
    assert!(lines(&run).iter().all(|line| line["match"] == true));
    assert!(
        run.stderr
            .starts_with("note: 1 of 2 events would get a different answer"),
        "{}",
        run.stderr
    );
}

#[test]
fn explain_says_which_condition_was_false_and_what_it_saw() {
    let pattern =
        "{ $.eventName = \"Get*\" && ($.readOnly = true || $.userIdentity.userName != x) }";
    let event = r#"{"eventName":"GetX","readOnly":true,"userIdentity":{"type":"Root"}}"#;
    let run = backtrail(["pattern", "explain", pattern, event]);
    let expected = "the event does not match, since
  no  all of these hold:
    yes $.eventName is \"Get*\", each * matching any run of characters
        saw \"GetX\"
    no  at least one of these holds:
      no  $.readOnly is \"true\"
          saw true; `=` and `!=` compare strings and numbers only
      no  $.userIdentity.userName is a string or number, but not \"x\"
          saw nothing: $.userIdentity is an object with type
";
    assert_eq!((run.code, run.stdout.as_str()), (0, expected));
    let run = backtrail(["pattern", "explain", pattern]);
    assert!(
        run.stdout.starts_with("an event matches when\n"),
        "{}",
        run.stdout
    );
    let run = with_input(
        &["pattern", "explain", "{ $.a > 1 }", "-", "--json"],
        b"{\"a\":\"\\u001b[31m2\"}\n",
    );
    assert_eq!(run.json()["holds"], false);
    let run = crate::program::run(
        ["pattern", "explain", "{ $.a > 1 }", "-"],
        Colours::Always,
        b"{\"a\":\"\\u001b[31m2\"}\n",
    );
    assert!(
        !run.stdout.contains("\u{1b}[31m2") && run.stdout.contains("a string has no order"),
        "{}",
        run.stdout
    );
}

/// Nothing that one line of a log can contain may make an answer slow.
#[test]
fn long_events_are_answered_quickly() {
    let brackets = "[ ".repeat(200_000);
    let quotes = "\" x".repeat(100_000);
    let texts = format!(
        "{{\"a\":[{}\"\"]}}",
        "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\",".repeat(3000)
    );
    let long = format!("{{\"a\":\"{}\"}}", "z".repeat(100_000));
    let started = std::time::Instant::now();
    for (pattern, event) in [
        ("[a, ...]", &brackets),
        ("[a, ...]", &quotes),
        ("{ $.a[*] = %\\S{1,100}9% }", &texts),
        ("{ $.a = \"*zy*\" }", &long),
    ] {
        for command in ["explain", "test"] {
            let run = with_input(&["pattern", command, pattern, "-"], event.as_bytes());
            assert_eq!(run.code, 0, "{}", run.stderr);
        }
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn deep_events_are_answered_alike_by_every_command() {
    let event = format!(
        r#"{{"a":1,"\ud800":2,"b":{}{}}}"#,
        "[".repeat(3000),
        "]".repeat(3000)
    );
    let run = with_input(
        &["pattern", "test", "{ $.a = 1 }", "--json"],
        event.as_bytes(),
    );
    assert_eq!(lines(&run)[0]["match"], true);
    let run = with_input(
        &["pattern", "explain", "{ $.a = 1 }", "-", "--json"],
        event.as_bytes(),
    );
    assert_eq!(run.json()["holds"], true);
}

/// A text that sets the title of a terminal, colours what follows, and turns the line around.
const HOSTILE: &str = "\u{1b}]0;title\u{7}\u{9b}31m\u{202e}";

fn assert_harmless(output: &str) {
    for sign in ["\u{1b}]", "\u{7}", "\u{9b}", "\u{202e}"] {
        assert!(!output.contains(sign), "{sign:?} in {output:?}");
    }
}

#[test]
fn nothing_hostile_reaches_a_terminal() {
    let pattern = format!("{{ $.a != \"x*{HOSTILE}\" && $.['{HOSTILE}'].b = \"{HOSTILE}\" }}");
    let wrong = format!("{{ $.a = {HOSTILE} }}");
    let event = serde_json::json!({ "a": HOSTILE, HOSTILE: { HOSTILE: 1 } }).to_string();
    let line = format!("x {HOSTILE} {HOSTILE}");
    let terms = format!("\"{HOSTILE}\"");
    let runs: [(&[&str], &str); 8] = [
        (&["check", &pattern], ""),
        (&["check", &wrong], ""),
        (&["check", &terms], ""),
        (&["explain", &pattern, "-"], &event),
        (&["explain", &terms, "-"], HOSTILE),
        (&["explain", "[a, b = x, c]", "-"], &line),
        (&["test", "[a, b, c]"], &line),
        (&["test", "x", HOSTILE], ""),
    ];
    for (arguments, input) in runs {
        let arguments = [&["pattern"], arguments].concat();
        let run = with_colours(&arguments, input.as_bytes());
        let output = run.stdout + &run.stderr;
        assert!(output.contains("\u{1b}["), "without colours: {output:?}");
        assert_harmless(&output);
        let run = with_colours(&[&arguments[..], &["--json"]].concat(), input.as_bytes());
        assert_harmless(&(run.stdout + &run.stderr));
    }
}

#[test]
fn json_means_the_same_though_it_is_harmless() {
    let run = with_input(
        &["pattern", "test", "[a, b]", "--json"],
        format!("x {HOSTILE}").as_bytes(),
    );
    assert_eq!(lines(&run)[0]["extracted"]["$b"], HOSTILE);
    // A character beyond the basic plane is escaped by two units.
    let tagged = "y\u{e0001}";
    let run = with_input(&["pattern", "test", "[a]", "--json"], tagged.as_bytes());
    assert!(run.stdout.contains("\\udb40\\udc01"), "{}", run.stdout);
    assert_eq!(lines(&run)[0]["extracted"]["$a"], tagged);
}

/// An object of the sample archive, and the number of its records.
fn sample_object() -> (Vec<u8>, u64) {
    let objects = walkdir::WalkDir::new(sample()).into_iter();
    let mut objects = objects
        .map(Result::unwrap)
        .filter(|entry| entry.file_name().to_string_lossy().contains("_CloudTrail_"));
    let compressed = fs::read(objects.next().unwrap().path()).unwrap();
    let mut content = Vec::new();
    let mut decoder = flate2::read::MultiGzDecoder::new(compressed.as_slice());
    decoder.read_to_end(&mut content).unwrap();
    let file: Value = serde_json::from_slice(&content).unwrap();
    let records = file["Records"].as_array().unwrap().len();
    (content, records as u64)
}

#[test]
fn objects_of_cloudtrail_are_read_in_any_form() {
    let (content, records) = sample_object();
    let folder = tempfile::tempdir().unwrap();
    let gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Default::default());
        encoder.write_all(&content).unwrap();
        encoder.finish().unwrap()
    };
    let zstd = zstd::encode_all(content.as_slice(), 3).unwrap();
    for (name, bytes) in [("a.json.gz", &gzip), ("a.json", &content), ("a.zst", &zstd)] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let path = path.to_str().unwrap();
        for run in [
            backtrail(["pattern", "test", "{ $.eventName = * }", path, "--json"]),
            with_input(&["pattern", "test", "{ $.eventName = * }", "--json"], bytes),
        ] {
            assert_eq!(run.code, 0, "{name}: {}", run.stderr);
            let lines = lines(&run);
            assert_eq!(lines.len() as u64, records, "{name}");
            assert!(lines.iter().all(|line| line["match"] == true), "{name}");
        }
        let last = records.to_string();
        let explain = ["pattern", "explain", "{ $.eventName = * }", path, "--json"];
        let run = backtrail(explain.into_iter().chain(["--number", &last]));
        assert_eq!(
            (run.code, &run.json()["holds"]),
            (0, &json!(true)),
            "{name}"
        );
        let run = backtrail(explain.into_iter().chain(["--number", "9999"]));
        assert_eq!(run.code, 2, "{name}");
        assert!(
            run.stderr.contains("there is no event 9999"),
            "{}",
            run.stderr
        );
        let run = backtrail(explain);
        assert_eq!(
            run.stderr.contains("--number N"),
            records > 1,
            "{}",
            run.stderr
        );
    }
    let cut = folder.path().join("cut.gz");
    fs::write(&cut, &gzip[..gzip.len() / 2]).unwrap();
    let run = backtrail([
        "pattern",
        "test",
        "{ $.eventName = * }",
        cut.to_str().unwrap(),
    ]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(
        run.stderr.contains("cannot read all events in"),
        "{}",
        run.stderr
    );
}

#[test]
fn nothing_matched_is_an_exit_code_when_it_is_requested() {
    for (pattern, code) in [("ERROR", 0), ("WARN", 1)] {
        let test = ["pattern", "test", pattern, "--fail-on", "no-match"];
        assert_eq!(with_input(&test, LOG.as_bytes()).code, code, "{pattern}");
        assert_eq!(with_input(&test[..3], LOG.as_bytes()).code, 0, "{pattern}");
        let explain = [
            "pattern",
            "explain",
            pattern,
            "an ERROR",
            "--fail-on",
            "no-match",
        ];
        assert_eq!(backtrail(explain).code, code, "{pattern}");
    }
}

#[test]
fn damage_without_records_is_an_error_and_not_an_event() {
    let (content, _) = sample_object();
    let text = String::from_utf8(content).unwrap();
    let pretty = text.replacen("{\"Records\":[{", "{\n  \"Records\": [\n    {", 1);
    let first_record = text.find("},{\"eventVersion\"").unwrap_or(text.len());
    let mut cases = Vec::new();
    for document in [&text, &pretty] {
        // The first record is cut, or nothing but its beginning is left.
        for end in [13, 100, first_record / 2] {
            cases.push(document.as_bytes()[..end].to_vec());
        }
    }
    for document in [&text, &pretty] {
        // The deflated bytes are stored, so that each cut of them is a cut of the text.
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        encoder.write_all(document.as_bytes()).unwrap();
        let gzip = encoder.finish().unwrap();
        // The header has 10 bytes, and that of the stored bytes 5.
        for end in [5, 17, 20, 25, 28, 100] {
            cases.push(gzip[..end].to_vec());
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut");
    for bytes in cases {
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        fs::write(&path, &bytes).unwrap();
        let path = path.to_str().unwrap();
        let test = ["pattern", "test", "{ $.eventName = * }", path];
        for run in [
            backtrail(test),
            backtrail(test.into_iter().chain(["--json"])),
            backtrail(["pattern", "explain", "{ $.eventName = * }", path]),
        ] {
            assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{shown}");
            let expected = "cannot read all events in";
            assert!(run.stderr.contains(expected), "{shown}: {}", run.stderr);
        }
    }
}

#[test]
fn lines_before_damage_are_events_except_the_one_that_is_cut() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    encoder.write_all(b"ERROR a\nb\nERROR cut").unwrap();
    let mut gzip = encoder.finish().unwrap();
    // The checksum, the size and four bytes of the text.
    gzip.truncate(gzip.len() - 12);
    let run = with_input(&["pattern", "test", "ERROR"], &gzip);
    let expected = "     1  match\n     2  no match\n";
    assert_eq!((run.code, run.stdout.as_str()), (2, expected));
}

#[test]
fn an_event_that_should_be_a_file_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let missing = format!("{place}/gone.json.gz");
    for event in [
        "gone.json.gz",
        "gone.JSON",
        "s3://bucket/a.json.gz",
        &missing,
    ] {
        let run = backtrail(["pattern", "explain", "ERROR", event]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{event}");
        let expected = format!("there is no file {event}");
        assert!(run.stderr.contains(&expected), "{}", run.stderr);
    }
    let run = backtrail(["pattern", "explain", "ERROR", "an ERROR", "--number", "3"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("there is no file"), "{}", run.stderr);
    for options in [&[][..], &["--number", "1"]] {
        let explain = ["pattern", "explain", "ERROR", place];
        let run = backtrail(explain.iter().chain(options));
        assert_eq!((run.code, run.stdout.as_str()), (2, ""));
        assert!(run.stderr.contains("is a folder"), "{}", run.stderr);
    }
    // Other words with a stop or slash are events, with a note.
    let run = backtrail(["pattern", "explain", "ERROR", "kms/ERROR"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("there is no file"), "{}", run.stderr);
}
