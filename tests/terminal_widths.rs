//! The summary in a terminal at several widths: it fits, and neither words nor timestamps are
//! broken. Its looks are snapshots in `tests/snapshots`; `BACKTRAIL_BLESS=1 cargo test` writes them again.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;
use unicode_width::UnicodeWidthStr;

use crate::program::{Colours, audit, run, sample};

/// The columns before the text of a field.
const FIELD_INDENT: usize = 13;

fn summary(options: &str) -> String {
    let run = audit(options, &[sample()]);
    assert_eq!(run.stderr, "", "{options}");
    run.stdout
}

fn width(line: &str) -> usize {
    UnicodeWidthStr::width(line)
}

/// Compares a text with a file of snapshots.
fn assert_snapshot(name: &str, found: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let path = folder.join(name);
    if std::env::var_os("BACKTRAIL_BLESS").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == found, "{name} differs:\n{found}");
}

/// Checks that no line is wider than the terminal, and that every word of it is whole: it is also
/// one of the widest summary, or a part of a name that no line can hold.
fn assert_fits(options: &str, columns: usize) -> String {
    let found = summary(&format!("{options} --width {columns}"));
    for line in found.lines() {
        assert!(width(line) <= columns, "{options} {columns}: {line}");
        assert!(line.trim_end() == line, "{options} {columns}: `{line}`");
    }
    let wide = summary(&format!("{options} --width 1000"));
    let words: BTreeSet<&str> = wide.split_whitespace().collect();
    let long: Vec<&&str> = words
        .iter()
        .filter(|word| width(word) > columns - FIELD_INDENT)
        .collect();
    for word in found.split_whitespace() {
        let is_part = || long.iter().any(|name| name.contains(word));
        assert!(
            words.contains(word) || is_part(),
            "{options} {columns}: {word}"
        );
    }
    found
}

#[test]
fn the_summary_fits_and_breaks_no_word() {
    for columns in [40, 60, 80, 100, 120, 160] {
        for options in [
            "",
            "--rule all",
            "--lang ko",
            "--time-zone Asia/Seoul",
            "--secret prod/billing",
            "--secret ftp --lang ko --time-zone Asia/Seoul",
            "--from 2026-01-01 --to 2026-04-01",
        ] {
            assert_fits(options, columns);
        }
    }
}

#[test]
fn the_summary_looks_like_its_snapshots() {
    for (name, options) in [
        ("terminal-80.txt", "--width 80"),
        ("terminal-120.txt", "--width 120"),
        ("terminal-80-ko.txt", "--width 80 --lang ko"),
        ("terminal-120-ko.txt", "--width 120 --lang ko"),
        ("terminal-80-seoul.txt", "--width 80 --time-zone Asia/Seoul"),
        (
            "terminal-80-secret.txt",
            "--width 80 --secret prod/billing/database",
        ),
        ("terminal-120-rules.txt", "--width 120 --rule cis"),
    ] {
        assert_snapshot(name, &summary(options));
    }
}

/// The texts of fields begin in one column, however wide the signs of their labels are.
#[test]
fn korean_is_aligned() {
    let words = ["audit", "samples/archive", "--lang", "ko", "--width", "80"];
    let found = run(words, Colours::Always, b"").stdout;
    let mut count = 0;
    for line in found.lines() {
        let Some(rest) = line.strip_prefix("  \u{1b}[90m") else {
            continue;
        };
        let Some((label, rest)) = rest.split_once("\u{1b}[0m ") else {
            continue;
        };
        let text = rest.trim_start();
        let blanks = 1 + width(rest) - width(text);
        assert_eq!(2 + width(label) + blanks, FIELD_INDENT, "{line}");
        count += 1;
    }
    assert!(count > 30, "{found}");
}

fn printed(options: &[&str], variables: &[(&str, &str)]) -> String {
    let mut command = crate::program::command();
    command
        .args(["audit", "samples/archive"])
        .args(options)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("COLUMNS")
        .env("NO_COLOR", "1")
        .envs(variables.iter().copied());
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

fn widest(text: &str) -> usize {
    text.lines().map(width).max().unwrap()
}

#[test]
fn the_width_is_that_of_the_option_or_of_columns() {
    assert!(widest(&printed(&[], &[("COLUMNS", "70")])) <= 70);
    let option = printed(&["--width", "60"], &[("COLUMNS", "70")]);
    assert!(widest(&option) <= 60);
    let default = widest(&printed(&[], &[]));
    assert!((81..=100).contains(&default), "{default}");
    assert_eq!(printed(&[], &[("COLUMNS", "wide")]), printed(&[], &[]));
    for wrong in ["39", "1001", "x"] {
        assert_eq!(audit(&format!("--width {wrong}"), &[sample()]).code, 2);
    }
}

/// Where the locale shows only ASCII, the line of the metric is ASCII.
#[test]
fn the_line_of_the_metric_is_of_signs_that_the_locale_has() {
    let bars = |text: &str| {
        text.chars()
            .filter(|sign| "▁▂▃▄▅▆▇█".contains(*sign))
            .count()
    };
    assert_eq!(bars(&printed(&[], &[("LC_ALL", "C.UTF-8")])), 60);
    assert_eq!(bars(&printed(&[], &[("LC_ALL", "C")])), 0);
    assert!(printed(&[], &[("LC_ALL", "C")]).contains("____"));
}

#[test]
fn times_are_shown_in_a_time_zone_with_utc_beside_them() {
    let text = summary("--time-zone Asia/Seoul");
    assert!(
        text.contains("Times are in Asia/Seoul, with UTC in brackets."),
        "{text}"
    );
    assert!(text.contains("2026-03-03T18:15:00 (09:15:00Z)"), "{text}");
    let json = |options: &str| summary(&format!("--json {options}"));
    assert_eq!(json("--time-zone Asia/Seoul"), json(""));
    let run = audit("--time-zone Mars/Olympus", &[sample()]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("Europe/Berlin"), "{}", run.stderr);
}

#[test]
fn a_time_within_the_name_of_the_folder_stays() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("r-2026-03-03T10:00:00Z");
    let options = format!(
        "--out {} --time-zone Asia/Seoul --width 1000",
        out.display()
    );
    let text = summary(&options);
    let place = format!("The report is in {} (", out.display());
    assert!(text.contains(&place), "{text}");
}

#[test]
fn colours_are_shown_as_the_option_says() {
    let printed = |option: &str, colours: Colours| {
        let words = ["audit", "samples/archive", "--color", option];
        run(words, colours, b"").stdout.contains("\u{1b}[")
    };
    assert!(printed("always", Colours::Never));
    assert!(!printed("never", Colours::Always));
    assert!(printed("auto", Colours::Always) && !printed("auto", Colours::Never));
}

/// A cut list names the file that has the rest.
#[test]
fn what_is_left_out_is_in_a_file_that_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("events.json");
    let records: Vec<_> = (0..30)
        .map(|number| {
            json!({
                "eventTime": "2026-03-03T10:00:00Z", "eventSource": "s3.amazonaws.com",
                "eventName": format!("Name{number}"), "eventID": number.to_string(),
                "recipientAccountId": "111122223333", "awsRegion": "eu-west-1",
            })
        })
        .collect();
    std::fs::write(&archive, json!({ "Records": records }).to_string()).unwrap();
    let pattern = ["audit", "--pattern", "{ $.eventName = \"Name*\" }"];
    let audit = |options: &[&str]| {
        let words = pattern.iter().chain(options).map(|word| (*word).to_owned());
        let words = words.chain([archive.display().to_string()]);
        run(words, Colours::Never, b"").stdout
    };
    let out = folder.path().join("out");
    let out = out.to_str().unwrap();
    let text = audit(&[]);
    let hint = "… and 10 more; --out DIR writes all of them to attempts.csv";
    assert!(text.contains(hint), "{text}");
    let text = audit(&["--out", out, "--format", "parquet"]);
    assert!(
        text.contains("… and 10 more; attempts.parquet has all of them"),
        "{text}"
    );
}
