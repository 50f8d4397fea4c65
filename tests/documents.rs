//! What the documents say is what the program does.

use backtrail::pattern::{Matcher, Pattern, naive, parse, warnings};

use crate::program::{backtrail, files};

fn document(name: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The words of a command line, with single quotes as a shell has them.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (number, part) in line.split('\'').enumerate() {
        if number % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// Runs every command line of a document, over the sample archive, and answers how many there are.
fn run_commands(name: &str) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let incidents = "start,end\n2026-03-03T09:30:00Z,2026-03-03T13:00:00Z\n";
    std::fs::write(folder.path().join("incidents.csv"), incidents).unwrap();
    let text = document(name);
    let commands = text
        .lines()
        .filter_map(|line| line.strip_prefix("$ backtrail "));
    let mut count = 0;
    for line in commands.map(|line| line.split("  #").next().unwrap()) {
        let (command, file) = line.split_once(" > ").unwrap_or((line, ""));
        let place = |word: String| match word.as_str() {
            "report" | "nightly" | "account-1" | "account-2" | "all-accounts" | "incidents.csv"
            | "alarm.yaml" => folder.path().join(word).display().to_string(),
            "access.log" | "alarms.json" | "filters.json" | "samples.csv" => {
                format!("samples/{word}")
            }
            _ => word.replace("~/archive", "samples/archive"),
        };
        let mut words = words(command).into_iter();
        let subcommand = words.next();
        let run = backtrail(subcommand.into_iter().chain(words.map(place)));
        let expected = i32::from(command.contains("--fail-on"));
        let worries = run
            .stderr
            .lines()
            .filter(|line| !line.starts_with("note: "))
            .count();
        assert_eq!(
            (run.code, worries),
            (expected, 0),
            "{command}: {}",
            run.stderr
        );
        if !file.is_empty() {
            std::fs::write(folder.path().join(file), run.stdout).unwrap();
        }
        count += 1;
    }
    count
}

#[test]
fn the_commands_of_the_documents_run() {
    assert_eq!(run_commands("README.md"), 34);
    assert_eq!(run_commands("README.ko.md"), 33);
    assert_eq!(run_commands("docs/verify.md"), 2);
    assert_eq!(run_commands("docs/export.md"), 2);
    assert_eq!(run_commands("docs/evidence.md"), 2);
    assert_eq!(run_commands("docs/findings.md"), 1);

    assert_eq!(run_commands("docs/ledger.md"), 10);
    assert_eq!(run_commands("docs/alarm.md"), 2);
    assert_eq!(run_commands("docs/backtest.md"), 5);
    assert_eq!(run_commands("docs/jobs.md"), 1);
}

/// Every example of a back-test whose output is shown prints that.
#[test]
fn the_back_tests_of_the_documents_print_what_is_shown() {
    for name in ["README.md", "docs/backtest.md"] {
        let text = document(name);
        let shown = text.split("```console\n").skip(1);
        let mut count = 0;
        for block in shown.map(|block| block.split("```").next().unwrap()) {
            let (command, output) = block.split_once('\n').unwrap();
            let command = command.strip_prefix("$ backtrail ").unwrap_or("");
            if !command.starts_with("backtest ") || output.is_empty() || output.starts_with("$ ") {
                continue;
            }
            assert_eq!(backtrail(words(command)).stdout, output, "{command}");
            count += 1;
        }
        assert_eq!(count, 1, "{name}");
    }
}

/// The output of a verification that is shown is what it prints.
#[test]
fn the_verifications_of_the_documents_print_what_is_shown() {
    for name in ["README.md", "docs/verify.md"] {
        let text = document(name);
        let (_, shown) = text.split_once("```console\n$ backtrail verify ").unwrap();
        let (shown, _) = shown.split_once("```").unwrap();
        let (command, output) = shown.split_once('\n').unwrap();
        let run = backtrail(words(&format!("verify {command}")));
        assert_eq!((run.code, run.stdout.as_str()), (0, output), "{name}");
    }
}

#[test]
fn every_column_of_a_back_test_is_described() {
    let described = document("docs/backtest.md");
    let (_, described) = described.split_once("\n## All combinations").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let incidents = folder.path().join("incidents.csv");
    std::fs::write(&incidents, "start,end\n").unwrap();
    let table = folder.path().join("t.csv");
    let words = ["backtest", "samples/archive", "--quiet", "--known"];
    let words = words.map(std::ffi::OsStr::new).into_iter();
    let run = backtrail(words.chain([incidents.as_os_str(), "--out".as_ref(), table.as_os_str()]));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let table = std::fs::read_to_string(table).unwrap();
    let columns = table.lines().next().unwrap().split(',');
    for column in columns {
        assert!(
            described.contains(&format!("`{column}`")),
            "`{column}` is not described"
        );
    }
}

#[test]
fn every_column_of_the_report_is_described() {
    let described = document("docs/report.md");
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    assert_eq!(
        backtrail([
            "audit",
            "samples/archive",
            "--quiet",
            "--format",
            "csv",
            "--out",
            out
        ])
        .code,
        0
    );
    for (name, bytes) in files(folder.path())
        .into_iter()
        .filter(|(name, _)| name.extension() == Some("csv".as_ref()))
    {
        let table = name.file_stem().unwrap().to_str().unwrap();
        let section = described
            .split("\n## ")
            .find(|section| section.starts_with(table))
            .unwrap();
        for column in String::from_utf8(bytes)
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .split(',')
        {
            assert!(
                section.contains(&format!("`{column}`")),
                "`{column}` of {table} is not described"
            );
        }
    }
}

/// Every command that has a page of help.
const COMMANDS: [&str; 25] = [
    "",
    "audit",
    "backtest",
    "report",
    "evidence",
    "evidence check",
    "alarm",
    "alarm replay",
    "job",
    "job import",
    "job export",
    "ledger",
    "ledger info",
    "ledger check",
    "ledger merge",
    "metric",
    "metric statistics",
    "pattern",
    "pattern check",
    "pattern test",
    "pattern explain",
    "rules",
    "rules list",
    "rules show",
    "verify",
];

/// The reference of the command line is a snapshot, so that a changed option is a visible change.
/// `BACKTRAIL_BLESS=1 cargo test` writes it anew.
#[test]
fn the_reference_of_the_command_line_is_up_to_date() {
    let mut found = "# Command line\n".to_owned();
    for command in COMMANDS {
        let words: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let title = words.join(" ");
        found += &format!(
            "\n```text\n$ backtrail {title}\n{}```\n",
            backtrail(words).stdout
        );
    }
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md");
    if std::env::var_os("BACKTRAIL_BLESS").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), found);
}

/// Every example of the language reference: a pattern, and below it what it does.
#[test]
fn every_example_of_the_language_reference_is_true() {
    let reference = document("docs/pattern.md");
    let blocks = reference
        .split("```pattern\n")
        .skip(1)
        .map(|block| block.split("```").next().unwrap());
    let (mut patterns, mut claims) = (0, 0);
    for example in blocks.flat_map(|block| block.split("\n\n")) {
        let mut lines = example.trim_end().lines();
        let mut claim = Claim {
            text: lines.next().unwrap(),
            event: "",
        };
        patterns += 1;
        for line in lines {
            claim.check(line.get(..9).unwrap().trim(), &line[9..]);
            claims += 1;
        }
    }
    assert!(
        patterns > 70 && claims > 150,
        "{patterns} patterns, {claims} claims"
    );
}

/// A pattern of the reference, and the last event that it was said to match.
struct Claim<'a> {
    text: &'a str,
    event: &'a str,
}

impl<'a> Claim<'a> {
    fn check(&mut self, claim: &str, rest: &'a str) {
        let text = self.text;
        let pattern = parse(text);
        if claim == "refused" {
            assert_eq!(
                pattern.err().map(|error| error.kind.message()).as_deref(),
                Some(rest),
                "{text}"
            );
            return;
        }
        let pattern = pattern.unwrap_or_else(|error| panic!("{error}"));
        match claim {
            "matches" | "no match" => {
                let expected = claim == "matches";
                assert_eq!(
                    Matcher::new(&pattern).matches(rest),
                    expected,
                    "{text} on {rest}"
                );
                assert_eq!(naive::matches(&pattern, rest), expected, "{text} on {rest}");
                self.event = rest;
            }
            "warning" => {
                let effects: Vec<String> = warnings(&pattern, text)
                    .iter()
                    .map(|warning| warning.kind.effect())
                    .collect();
                assert!(
                    effects.iter().any(|effect| effect.starts_with(rest)),
                    "{text}: {effects:?}"
                );
            }
            "extracts" => self.check_extracts(&pattern, rest),
            other => panic!("`{other}` is no claim"),
        }
    }

    /// Each value reaches to the next `$`.
    fn check_extracts(&self, pattern: &Pattern, values: &str) {
        let extracted = Matcher::new(pattern).extract(self.event).unwrap();
        for value in values.split('$').skip(1) {
            let (name, value) = value.trim_end().split_once('=').unwrap();
            let found = extracted
                .iter()
                .find(|found| found.name == format!("${name}"));
            assert_eq!(
                found.map(|found| found.value.as_str()),
                Some(value),
                "{} on {}",
                self.text,
                self.event
            );
        }
    }
}
