//! What the documents say is what the program does.

use backtrail::pattern::{Matcher, Pattern, naive, parse, warnings};

use crate::program::{backtrail, files};
use crate::tidy::pages;

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

/// A line of a document for which any number of lines may be printed.
const ANY_LINES: &str = "…";

/// A command line of a document, and the lines below it, which are its output.
struct Example<'a> {
    command: &'a str,
    shown: Vec<&'a str>,
}

/// The number of commands of a document, and of those whose output is shown.
#[derive(Debug, PartialEq, Eq)]
struct Commands {
    run: usize,
    shown: usize,
}

fn examples(text: &str) -> Vec<Example<'_>> {
    let mut examples: Vec<Example<'_>> = Vec::new();
    let mut is_output = false;
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ backtrail ") {
            let command = command.split("  #").next().unwrap();
            let shown = Vec::new();
            examples.push(Example { command, shown });
            is_output = true;
        } else if line.starts_with("$ ") || line.starts_with("```") {
            is_output = false;
        } else if let Some(example) = examples.last_mut().filter(|_| is_output) {
            example.shown.push(line);
        }
    }
    examples
}

impl Example<'_> {
    /// Returns true if the document shows what the command prints.
    fn has_output(&self) -> bool {
        self.shown.iter().any(|line| !line.is_empty())
    }

    /// Fails if the command prints something other than the lines that are shown.
    fn compare(&self, printed: &str) {
        let printed: Vec<&str> = printed.lines().collect();
        let mut rest = &printed[..];
        for (number, lines) in self.shown.split(|line| *line == ANY_LINES).enumerate() {
            let mut windows = rest.windows(lines.len().max(1));
            let place = if number == 0 {
                Some(0).filter(|_| rest.starts_with(lines))
            } else if lines.is_empty() {
                Some(0)
            } else {
                windows.position(|window| window == lines)
            };
            let Some(place) = place else {
                let (shown, printed) = (lines.join("\n"), printed.join("\n"));
                panic!("{}\nshown:\n{shown}\nprinted:\n{printed}", self.command);
            };
            rest = &rest[place + lines.len()..];
        }
        let is_open = self.shown.last() == Some(&ANY_LINES);
        assert!(is_open || rest.is_empty(), "{}: {rest:?}", self.command);
    }
}

/// An object of the sample archive.
const LOG_FILE: &str = concat!(
    "samples/archive/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/",
    "111122223333_CloudTrail_eu-west-1_20260302T0705Z_l1SpRoEAPDZn7dGF.json.gz"
);

/// The folder in which the commands of a document write.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let incidents = "start,end\n2026-03-03T09:30:00Z,2026-03-03T13:00:00Z\n";
        std::fs::write(folder.path().join("incidents.csv"), incidents).unwrap();
        Self { folder }
    }

    /// Returns the word that a command is given for a word of the document.
    fn word(&self, word: &str) -> String {
        match word {
            "report" | "nightly" | "account-1" | "account-2" | "all-accounts" | "incidents.csv"
            | "alarm.yaml" | "curves" | "plan" | "parts" | "merged" => {
                self.folder.path().join(word).display().to_string()
            }
            "access.log" | "alarms.json" | "filters.json" | "samples.csv" => {
                format!("samples/{word}")
            }
            "log.json.gz" => LOG_FILE.to_owned(),
            _ => word.replace("~/archive", "samples/archive"),
        }
    }

    /// Runs a command, and returns what it prints on standard output.
    fn run(&self, line: &str) -> String {
        let (command, file) = line.split_once(" > ").unwrap_or((line, ""));
        let mut words = words(command);
        // The name of a subcommand is not that of a folder, even if it is the same word.
        for word in words.iter_mut().skip(1) {
            *word = self.word(word);
        }
        let run = backtrail(words);
        let expected = i32::from(command.contains("--fail-on"));
        let is_worry = |line: &&str| !line.starts_with("note: ");
        let worries = run.stderr.lines().filter(is_worry).count();
        let outcome = (run.code, worries);
        assert_eq!(outcome, (expected, 0), "{command}: {}", run.stderr);
        if !file.is_empty() {
            std::fs::write(self.folder.path().join(file), &run.stdout).unwrap();
        }
        let folder = format!("{}/", self.folder.path().display());
        run.stdout.replace(&folder, "")
    }
}

/// Runs every command line of a document, over the sample archive, and compares what it prints with
/// what is shown below it.
fn run_commands(name: &str) -> Commands {
    let place = Place::new();
    let text = document(name);
    let examples = examples(&text);
    let mut shown = 0;
    for example in &examples {
        let printed = place.run(example.command);
        if example.has_output() {
            example.compare(&printed);
            shown += 1;
        }
    }
    let run = examples.len();
    Commands { run, shown }
}

/// The pages with commands, each with the number of commands that are run, and of those whose
/// output is shown.
const PAGES: [(&str, usize, usize); 17] = [
    ("README.md", 41, 2),
    ("README.ko.md", 38, 0),
    ("docs/alarm.md", 2, 0),
    ("docs/auditor.md", 3, 3),
    ("docs/backtest.md", 5, 1),
    ("docs/configuration.md", 1, 1),
    ("docs/evidence.md", 2, 0),
    ("docs/export.md", 2, 0),
    ("docs/faq.md", 4, 0),
    ("docs/findings.md", 1, 0),
    ("docs/incident.md", 7, 6),
    ("docs/install.md", 4, 2),
    ("docs/jobs.md", 1, 0),
    ("docs/ledger.md", 10, 0),
    ("docs/scale.md", 5, 0),
    ("docs/threshold.md", 10, 4),
    ("docs/verify.md", 2, 1),
];

#[test]
fn the_commands_of_the_documents_run_and_print_what_is_shown() {
    for (name, run, shown) in PAGES {
        assert_eq!(run_commands(name), Commands { run, shown }, "{name}");
    }
}

/// No page has a command that is not run. The reference of the command line is made from the help,
/// so its commands are run to make it.
#[test]
fn every_page_with_commands_is_run() {
    let mut with_commands = Vec::new();
    for (name, text) in pages() {
        if name != "docs/cli.md" && !examples(&text).is_empty() {
            with_commands.push(name);
        }
    }
    with_commands.sort();
    let mut run = PAGES.map(|(name, _, _)| name);
    run.sort();
    assert_eq!(with_commands, run);
}

/// The first cells of the rows of a table whose head begins with these words.
fn first_cells<'a>(text: &'a str, head: &str) -> Vec<&'a str> {
    let (_, table) = text.split_once(&format!("\n| {head} |")).unwrap();
    let rows = table.lines().skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    rows.map(|row| row.split('|').nth(1).unwrap().trim())
        .collect()
}

#[test]
fn both_readmes_have_the_same_exit_codes() {
    let [english, korean] = ["README.md", "README.ko.md"].map(document);
    let english = first_cells(&english, "exit code");
    assert_eq!(english, ["0", "1", "2", "3", "75", "130"]);
    assert_eq!(english, first_cells(&korean, "종료 코드"));
}

#[test]
fn output_that_is_not_printed_is_noticed() {
    for (shown, is_right) in [
        ("a\nb\nc", true),
        ("a\n…", true),
        ("…\nb\n…", true),
        ("…\nc", true),
        ("a\n…\nc", true),
        ("…", true),
        ("a\nb", false),
        ("b\n…", false),
        ("…\nb", false),
        ("…\nc\n…\na\n…", false),
        ("a\n…\nd\n…", false),
    ] {
        let shown = shown.lines().collect();
        let example = Example { command: "", shown };
        let compared = std::panic::catch_unwind(|| example.compare("a\nb\nc\n"));
        assert_eq!(compared.is_ok(), is_right, "{:?}", example.shown);
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
const COMMANDS: [&str; 32] = [
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
    "merge",
    "metric",
    "metric statistics",
    "pattern",
    "pattern check",
    "pattern test",
    "pattern explain",
    "plan",
    "rules",
    "rules list",
    "rules show",
    "scan",
    "verify",
    "completions",
    "config",
    "config show",
    "man",
];

/// The commands that the help of a command lists.
fn listed(command: &str) -> Vec<String> {
    let words: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
    let help = backtrail(words).stdout;
    let Some((_, list)) = help.split_once("\nCommands:\n") else {
        return Vec::new();
    };
    let mut listed = Vec::new();
    for line in list.lines().take_while(|line| !line.is_empty()) {
        // Lines that continue a description are further to the right.
        let name = line
            .strip_prefix("  ")
            .filter(|line| !line.starts_with(' '));
        let name = name.and_then(|line| line.split(' ').next());
        if let Some(name) = name.filter(|name| *name != "help") {
            listed.push(format!("{command} {name}").trim_start().to_owned());
        }
    }
    listed
}

#[test]
fn every_command_is_in_the_reference() {
    let mut expected = vec![String::new()];
    for command in COMMANDS {
        expected.extend(listed(command));
    }
    expected.sort();
    let mut commands = COMMANDS.map(str::to_owned);
    commands.sort();
    assert_eq!(expected, commands);
}

/// The reference of the command line is a snapshot, so that a changed option is a visible change.
/// `BACKTRAIL_BLESS=1 cargo test` writes it.
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
