//! The page of a report and of a back-test: it says what the other outputs say.

use std::fs;
use std::path::Path;

use regex::Regex;
use serde_json::Value;

use crate::program::{Run, backtrail};

/// A run that writes a folder, and its page.
fn page(words: &[&str]) -> (String, Value) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("report");
    let run = written(words, &out);
    assert_eq!(run.code, 0, "{words:?}: {}", run.stderr);
    let text = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    let made_by = serde_json::from_str(&text("run.json")).unwrap();
    (text("report.html"), made_by)
}

fn written(words: &[&str], out: &Path) -> Run {
    let last = ["--quiet", "--out", out.to_str().unwrap()];
    backtrail(words.iter().copied().chain(last))
}

/// The value of a fact about how a report was computed.
fn fact(page: &str, label: &str) -> String {
    let pattern = format!("<dt>{label}</dt><dd[^>]*>([^<]*)</dd>");
    let found = Regex::new(&pattern).unwrap().captures(page);
    found.map(|found| found[1].to_owned()).unwrap_or_default()
}

#[test]
fn a_card_says_until_when_its_deletion_can_or_could_be_undone() {
    let (page, _) = page(&["audit", "samples/archive"]);
    // It was restored.
    let over = "could be undone until 2026-03-10 09:15:00, 7 days after it was scheduled";
    assert!(page.contains(over));
    assert!(!page.contains("until until"));
    // A service has its name as its address.
    assert!(page.contains("<dd>2026-03-04 05:42:11 by secretsmanager.amazonaws.com</dd>"));
}

#[test]
fn the_page_claims_no_more_than_there_is() {
    let (page, _) = page(&["audit", "samples/archive"]);
    // Another hour has as many.
    assert!(page.contains("the highest number is 9, first at 2026-03-03 10:00."));
    assert!(page.contains("<dd>1, at 2026-03-0"));
    // A secret of which no record gives the ARN.
    assert!(page.contains("<dt>name</dt><dd class=\"code\">=cmd|"));
    assert!(page.contains("<dt>ARN</dt><dd class=\"code\">arn:"));
}

#[test]
fn only_calls_that_an_alarm_of_the_audit_sees_are_seen_by_it() {
    let (page, _) = page(&["audit", "samples/archive"]);
    let seen = Regex::new(r"seen by the alarm: (\d+)").unwrap();
    let seen = seen
        .captures_iter(&page)
        .map(|found| found[1].parse::<u64>().unwrap());
    assert_eq!(seen.sum::<u64>(), 42);
    // The rule is that of secrets, and the calls are for a key.
    assert!(page.contains("; alarm not audited: 6"));
}

#[test]
fn the_command_makes_the_same_report() {
    for options in [
        "--threshold 2 --period 600 --rule secrets,kms",
        "--alarm-scope account --from 2026-03-03T00:00:00Z --keep-duplicates",
    ] {
        let words = format!("audit samples/archive {options}");
        let words: Vec<&str> = words.split(' ').collect();
        let (first, made_by) = page(&words);
        let command = fact(&first, "command");
        let again: Vec<&str> = command.split(' ').skip(1).collect();
        assert_eq!(page(&again).0, first, "{command}");
        assert!(
            made_by["command"].as_str().unwrap().ends_with("/report"),
            "{made_by}"
        );
    }
}

#[test]
fn a_report_of_rules_that_are_not_built_in_has_its_command_in_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let job = folder.path().join("job.toml");
    let filter = |name: &str| {
        format!(
            "[[metric-filter]]\nfilterName = \"{name}\"\nfilterPattern = '{{ $.eventName = {name} }}'\n\
             metricTransformations = [{{ metricNamespace = \"n\", metricName = \"{name}\", \
             metricValue = \"1\" }}]\n"
        )
    };
    let filters = filter("GetSecretValue") + &filter("DeleteSecret");
    fs::write(&job, filters).unwrap();
    for options in [
        ["--job", job.to_str().unwrap()],
        ["--pattern", "{ $.eventName = GetSecretValue }"],
    ] {
        let (page, made_by) = page(&[&["audit", "samples/archive"][..], &options].concat());
        assert_eq!(
            fact(&page, "command"),
            "as typed in run.json, in the folder of this report"
        );
        assert!(
            made_by["command"].as_str().unwrap().contains(options[0]),
            "{made_by}"
        );
    }
}

#[test]
fn threads_and_colours_do_not_change_the_page_of_a_back_test() {
    let words = ["backtest", "samples/archive", "--threshold", "1,2"];
    let (plain, _) = page(&words);
    let how = ["--threads", "1", "--color", "always"];
    let (same, made_by) = page(&[&words[..], &how].concat());
    assert_eq!(same, plain);
    assert_eq!(
        fact(&plain, "command"),
        "backtrail backtest samples/archive --threshold 1,2"
    );
    assert!(
        made_by["command"]
            .as_str()
            .unwrap()
            .contains(" --threads 1 "),
        "{made_by}"
    );
}

#[test]
fn thresholds_of_any_size_have_marks_that_can_be_read() {
    for (thresholds, mark) in [
        ("100000000000000000,100000000000000016", ">1e17<"),
        ("0.1,0.2,0.3,0.4,0.5,0.6,0.7", ">0.3<"),
    ] {
        let (page, _) = page(&["backtest", "samples/archive", "--threshold", thresholds]);
        assert!(page.contains(mark), "{thresholds}");
        assert!(!page.contains("0000000004"), "{thresholds}");
    }
}

#[test]
fn a_report_of_another_command_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let audit = ["audit", "samples/archive", "--format", "json"];
    let backtest = ["backtest", "samples/archive"];
    for (first, second) in [(&audit[..], &backtest[..]), (&backtest, &audit)] {
        let out = folder.path().join(first[0]);
        assert_eq!(written(first, &out).code, 0);
        let run = written(second, &out);
        let expected = format!("it belongs to a report of `backtrail {}`", first[0]);
        assert!(
            run.code == 2 && run.stderr.contains(&expected),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn an_empty_name_is_not_a_folder() {
    for command in ["audit", "backtest"] {
        let run = backtrail([command, "samples/archive", "--quiet", "--out", ""]);
        assert!(
            run.code == 2 && run.stderr.contains("--out"),
            "{}",
            run.stderr
        );
    }
    assert!(
        !Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("evidence.json")
            .exists()
    );
}
