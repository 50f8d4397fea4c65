//! The report as Markdown for a ticket, and the outputs that are made again from a ledger.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::program::{Run, backtrail, files, report_files};

/// The texts that would do something if Markdown took them for its own.
const HOSTILE: [&str; 8] = [
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "a|b `c` ``d``",
    "\n# heading\n\n- item",
    "@everyone #1 https://evil.example www.evil.example mail@evil.example",
    "![i](https://evil.example/i.png)",
    "</code></pre><script>alert(1)</script>",
    "\\`*_{}~|\\",
];

/// A run that writes the ticket of an archive, and its text.
fn ticket(source: &Path, language: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("report");
    let words = [
        "--report", "markdown", "--quiet", "--lang", language, "--out",
    ];
    let paths = [source.to_str().unwrap(), out.to_str().unwrap()];
    let run = backtrail(
        ["audit", paths[0]]
            .into_iter()
            .chain(words)
            .chain([paths[1]]),
    );
    assert_eq!(run.stderr, "");
    assert!(!out.join("report.html").exists());
    fs::read_to_string(out.join("report.md")).unwrap()
}

#[test]
fn the_ticket_has_the_answer_and_everything_that_supports_it() {
    let english = ticket(Path::new("samples/archive"), "en");
    let parts = [
        "# Audit of a CloudTrail archive\n",
        "**5 secrets and keys were still requested",
        "### The secret `prod/billing/database`\n",
        "**still in use when scheduled; restored after 33 attempts in 1 day**",
        "| `arn:aws:iam::111122223333:role/billing-batch` | `192.0.2.35` |",
        "## Alarms\n",
        "| In ALARM from | To | For | Peak | Samples |\n",
        "## Problems\n",
        "## Assumptions\n",
        "- **clock**: `event`. AWS counts",
    ];
    let mut rest = english.as_str();
    for part in parts {
        let found = rest.find(part);
        assert!(found.is_some(), "no {part} in {rest}");
        rest = &rest[found.unwrap()..];
    }
    // What GitHub takes.
    assert!(english.chars().count() < 65_536);
    let korean = ticket(Path::new("samples/archive"), "ko");
    assert!(
        korean.contains("### 보안 암호 `prod/billing/database`"),
        "{korean}"
    );
    assert_eq!(
        english.matches("\n#").count(),
        korean.matches("\n#").count()
    );
}

#[test]
fn a_story_of_the_ticket_says_what_the_terminal_says() {
    let ticket = ticket(Path::new("samples/archive"), "en");
    let begin = ticket
        .find("### The secret `prod/billing/database`")
        .unwrap();
    let story = &ticket[begin..];
    let story = &story[..story[4..].find("### ").unwrap()];
    for part in [
        // It was restored.
        "from `203.0.113.14`; could be undone until `2026-03-10T09:15:00Z`\n",
        "- Attempts: 33, from `2026-03-03T09:32:11Z` to `2026-03-03T20:14:35Z`, with 6.5 days left\n",
        "- Not seen by AWS's alarm: 2 calls without permission, 1 call of other operations\n",
    ] {
        assert!(story.contains(part), "no {part} in {story}");
    }
    // No two rows look alike, and all calls are attempts or not seen.
    let rows = story.lines().filter(|line| line.starts_with("| `"));
    let mut rows: Vec<Vec<&str>> = rows.map(|row| row.split(" | ").collect()).collect();
    let count = |row: &Vec<&str>| row[6].parse::<u64>().unwrap();
    let seen = rows.iter().filter(|row| row[5] == "–").map(count);
    assert_eq!(seen.sum::<u64>(), 33);
    for row in &mut rows {
        row.truncate(6);
    }
    let looks = rows.len();
    rows.sort();
    rows.dedup();
    assert_eq!(rows.len(), looks);
    // A service has its name as its address.
    assert!(
        !ticket.contains("by `secretsmanager.amazonaws.com` from"),
        "{ticket}"
    );
    assert!(ticket.contains("- Attempts: 1, at `"), "{ticket}");
    assert!(!ticket.contains("```AttemptsTo"), "{ticket}");
    assert!(
        ticket.contains("; `AttemptsToAccessDeletedSecretsAlarm` has 10 episodes"),
        "{ticket}"
    );
}

/// The lines without their spans of code.
fn outside_of_code(text: &str) -> String {
    let mut outside = String::new();
    let mut rest = text;
    while let Some(begin) = rest.find('`') {
        let length = rest[begin..]
            .chars()
            .take_while(|sign| *sign == '`')
            .count();
        let fence = "`".repeat(length);
        outside += &rest[..begin];
        let inner = &rest[begin + length..];
        // A span ends at the next run of as many backticks.
        let mut end = 0;
        loop {
            let next = inner[end..].find('`').unwrap() + end;
            let run = inner[next..]
                .chars()
                .take_while(|sign| *sign == '`')
                .count();
            end = next + run;
            if run == length {
                break;
            }
        }
        assert!(
            !inner[..end - length].contains('\n') || fence == "```",
            "{inner}"
        );
        rest = &inner[end..];
    }
    outside + rest
}

#[test]
fn hostile_text_is_only_shown() {
    let folder = tempfile::tempdir().unwrap();
    let mut records = Vec::new();
    for (number, text) in HOSTILE.iter().enumerate() {
        records.push(json!({
            "eventTime": format!("2026-01-01T00:0{number}:00Z"),
            "eventSource": "secretsmanager.amazonaws.com",
            "eventName": "GetSecretValue",
            "eventID": format!("{number}"),
            "awsRegion": text,
            "recipientAccountId": "111122223333",
            "sourceIPAddress": text,
            "userAgent": text,
            "userIdentity": {"type": "IAMUser", "arn": text, "userName": text, "accountId": text},
            "requestParameters": {"secretId": text},
            "errorCode": text,
            "errorMessage": "You can't perform this operation on the secret because it was marked \
                             for deletion.",
        }));
    }
    let source = folder.path().join("hostile_`<b>|[x](y).json");
    fs::write(&source, json!({ "Records": records }).to_string()).unwrap();
    fs::write(folder.path().join("<i>`.json.gz"), b"\x1f\x8b damaged").unwrap();
    let text = ticket(folder.path(), "en");
    assert!(text.contains("onerror"), "{text}");
    let outside = outside_of_code(&text);
    for sign in [
        "evil",
        "everyone",
        "<",
        "javascript",
        "script",
        "heading",
        "](",
    ] {
        assert!(!outside.contains(sign), "{sign} in {outside}");
    }
    // Every row of a table has as many cells as its header.
    let mut columns = None;
    for line in text.lines() {
        let cells = line.starts_with('|').then(|| line.matches('|').count());
        if let (Some(expected), Some(found)) = (columns, cells) {
            assert_eq!(found, expected, "{line}");
        }
        columns = cells;
    }
}

fn run(words: &[&str]) -> Run {
    let run = backtrail(words);
    assert_eq!(run.code, 0, "{words:?}: {}", run.stderr);
    run
}

/// The files of a report without those that name the command.
fn tables(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = report_files(folder);
    files.retain(|path, _| !path.ends_with("evidence.json"));
    files
}

#[test]
fn a_report_from_a_ledger_is_that_of_the_audit() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (ledger, first, second) = (place("ledger"), place("first"), place("second"));
    let formats = [
        "--report",
        "html,markdown",
        "--csv-for",
        "spreadsheet",
        "--quiet",
    ];
    let audit = [
        "audit",
        "samples/archive",
        "--ledger",
        &ledger,
        "--out",
        &first,
    ];
    run(&[&audit[..], &formats].concat());
    let report = ["report", "--ledger", &ledger, "--out", &second];
    run(&[&report[..], &formats].concat());
    let (first, second) = (tables(Path::new(&first)), tables(Path::new(&second)));
    assert!(first.len() > 30);
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        second.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in &first {
        // The page says that the objects are those of a ledger.
        if !name.ends_with("report.html") && !name.ends_with("summary.json") {
            assert_eq!(bytes, &second[name], "{}", name.display());
        }
    }
    let json = run(&["report", "--ledger", &ledger, "--json"]).json();
    assert_eq!(json["attempts"], 42);
    let none = backtrail(["report", "--ledger", &place("none")]);
    assert_eq!(none.code, 2);
    assert_eq!(backtrail(["report", "samples/archive"]).code, 2);
}

#[test]
fn documents_are_those_that_are_requested() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("report");
    let documents = |choice: &str| {
        let words = [
            "audit",
            "samples/archive",
            "-q",
            "--format",
            "json",
            "--report",
            choice,
        ];
        run(&[&words[..], &["--out", out.to_str().unwrap()]].concat());
        let names = files(&out).into_keys();
        let names = names.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
        names
            .filter(|name| name.starts_with("report."))
            .collect::<Vec<_>>()
    };
    assert_eq!(documents("html"), ["report.html"]);
    assert_eq!(
        documents("markdown,html,markdown"),
        ["report.html", "report.md"]
    );
    // A document of an earlier report does not stay beside other tables.
    assert_eq!(documents("none"), Vec::<String>::new());
}

#[test]
fn a_spreadsheet_keeps_what_the_tables_hold() {
    let folder = tempfile::tempdir().unwrap();
    let table = |program: &str| {
        let out = folder.path().join(program);
        let words = [
            "audit",
            "samples/archive",
            "-q",
            "--csv-for",
            program,
            "--out",
        ];
        run(&[&words[..], &[out.to_str().unwrap()]].concat());
        fs::read_to_string(out.join("attempts.csv")).unwrap()
    };
    let (plain, spreadsheet) = (table("any"), table("spreadsheet"));
    assert!(!plain.starts_with('\u{feff}') && !plain.contains('\r'));
    assert!(spreadsheet.starts_with('\u{feff}'));
    assert_eq!(spreadsheet.matches("\r\n").count(), plain.lines().count());
    assert!(plain.contains(",111122223333,"));
    assert!(
        spreadsheet.contains(",\"=\"\"111122223333\"\"\","),
        "{spreadsheet}"
    );
}
