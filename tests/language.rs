//! The sentences of the languages: none is missing, none is unused.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use regex::Regex;
use walkdir::WalkDir;

use crate::program::{backtrail, files};

/// The folders of sentences.
const LANGUAGES: [&str; 2] = ["en", "ko"];

/// The names of the values in a sentence.
#[derive(Default, Debug, PartialEq)]
struct Arguments {
    /// All of them, those that only decide between forms included.
    all: BTreeSet<String>,
    /// Those that a reader sees.
    seen: BTreeSet<String>,
}

/// The texts of the files below a folder of the project that have one of these extensions.
fn texts(folder: &str, extensions: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut texts = Vec::new();
    for entry in WalkDir::new(root).sort_by_file_name() {
        let path = entry.unwrap().into_path();
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        if extensions.contains(&&*extension) {
            let text = fs::read_to_string(&path).unwrap();
            texts.push((path.display().to_string(), text));
        }
    }
    texts
}

/// The sentences of a language with the values that they mention.
fn sentences(language: &str) -> BTreeMap<String, Arguments> {
    let begin = Regex::new(r"^([a-z][a-z0-9-]*) =").unwrap();
    let value = Regex::new(r"\{ \$([a-z][a-z0-9-]*) (->|\})").unwrap();
    let mut sentences: BTreeMap<String, Arguments> = BTreeMap::new();
    for (path, text) in texts(&format!("src/language/{language}"), &["ftl"]) {
        let mut current = None;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some(found) = begin.captures(line) {
                let id = found[1].to_owned();
                let before = sentences.insert(id.clone(), Arguments::default());
                assert_eq!(before, None, "{path} has {id} twice");
                current = Some(id);
            } else if !line.is_empty() && !line.starts_with([' ', '}']) {
                panic!("{path} has a line that is not part of a sentence: {line}");
            }
            let Some(arguments) = current.as_ref().and_then(|id| sentences.get_mut(id)) else {
                continue;
            };
            for found in value.captures_iter(line) {
                arguments.all.insert(found[1].to_owned());
                if &found[2] == "}" {
                    arguments.seen.insert(found[1].to_owned());
                }
            }
        }
    }
    sentences
}

/// The code and the templates that name sentences. Unit tests name some that are missing, or that
/// nothing else uses.
fn sources() -> Vec<(String, String)> {
    let mut sources = texts("src", &["rs", "html", "md", "jinja"]);
    for (_, text) in &mut sources {
        let end = text.find("#[cfg(test)]").unwrap_or(text.len());
        text.truncate(end);
    }
    sources
}

/// The literals that a pattern finds in the code and the templates, each with its file.
fn literals(pattern: &str) -> Vec<(String, String)> {
    let pattern = Regex::new(pattern).unwrap();
    let mut literals = Vec::new();
    for (path, text) in sources() {
        for found in pattern.captures_iter(&text) {
            literals.push((path.clone(), found[1].to_owned()));
        }
    }
    literals
}

/// Fails if one of the literals is not an identifier, or if there are fewer than expected, since a
/// pattern that finds nothing would find nothing missing.
fn assert_known(literals: &[(String, String)], least: usize, known: &BTreeMap<String, Arguments>) {
    let mut missing = Vec::new();
    for (path, id) in literals {
        if !known.contains_key(id) {
            missing.push(format!("{path}: {id}"));
        }
    }
    assert_eq!(missing, Vec::<String>::new());
    assert!(literals.len() >= least, "only {} literals", literals.len());
}

#[test]
fn every_sentence_is_in_every_language_with_the_same_values() {
    let [english, korean] = LANGUAGES.map(sentences);
    assert!(!english.is_empty());
    let ids = |of: &BTreeMap<String, Arguments>| of.keys().cloned().collect::<BTreeSet<_>>();
    let differing: Vec<_> = ids(&english)
        .symmetric_difference(&ids(&korean))
        .cloned()
        .collect();
    assert_eq!(differing, Vec::<String>::new(), "in one language only");
    for (id, english) in &english {
        let korean = &korean[id];
        // A value that only decides between forms may decide nothing in another language.
        assert!(english.seen.is_subset(&korean.all), "{id}: {korean:?}");
        assert!(korean.all.is_subset(&english.all), "{id}: {korean:?}");
    }
}

#[test]
fn every_sentence_is_used() {
    let used: BTreeSet<String> = literals(r#"["']([a-z0-9-]+)["']"#)
        .into_iter()
        .map(|(_, id)| id)
        .collect();
    let mut unused: Vec<String> = sentences("en").into_keys().collect();
    unused.retain(|id| !used.contains(id));
    assert_eq!(unused, Vec::<String>::new());
}

/// A word alone could be the name of anything, such as a column, and would be used by chance.
#[test]
fn every_identifier_is_of_several_words() {
    for id in sentences("en").into_keys() {
        assert!(id.contains('-'), "{id}");
    }
}

#[test]
fn no_sentence_that_a_template_names_is_missing() {
    let named = literals(r#"\bt\(\s*["']([^"']*)["']"#);
    assert_known(&named, 50, &sentences("en"));
}

#[test]
fn no_sentence_that_code_names_is_missing() {
    let calls =
        r"\bMessage::new|\bAssumption::new|\bSubject::\w+|\bwords\.text|\.text_of|\.heading";
    let named = literals(&format!(r#"(?:{calls})\(\s*"([^"]*)""#));
    assert_known(&named, 180, &sentences("en"));
}

/// Names of other things that begin like identifiers of sentences.
const OTHERS: [&str; 8] = [
    "coverage-calendar",
    "event-name",
    "event-source",
    "not-a-record",
    "not-checked",
    "not-cloudtrail",
    "not-found",
    "not-utf8",
];

/// Most identifiers are in no call: they are in tables, and in the arms of a `match`.
#[test]
fn no_literal_that_looks_like_a_sentence_is_missing() {
    let known = sentences("en");
    let first_word = |id: &str| id.split('-').next().unwrap().to_owned();
    let places: BTreeSet<String> = known.keys().map(|id| first_word(id)).collect();
    let mut named = literals(r#"["']([a-z]+(?:-[a-z0-9]+)+)["']"#);
    named.retain(|(_, id)| places.contains(&first_word(id)) && !OTHERS.contains(&&**id));
    assert_known(&named, 600, &known);
    let found: BTreeSet<&String> = named.iter().map(|(_, id)| id).collect();
    assert_eq!(
        found,
        known.keys().collect(),
        "not every identifier was checked"
    );
}

/// Fails if a text holds the identifier of a sentence, or the name of a value, in braces: that is
/// how one that is missing shows.
fn assert_complete(name: &str, text: &str) {
    let missing = Regex::new(r"\{[a-z]+(-[a-z0-9]+)+\}|\{\$[a-z][a-z0-9_-]*\}").unwrap();
    let found = missing.find(text).map(|found| found.as_str());
    assert_eq!(found, None, "{name}");
    assert!(text.len() > 1_000, "{name} is too short: {text}");
}

/// Runs a command, and checks what it prints and the documents that it writes.
fn assert_run_complete(words: &[&str], documents: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("report");
    let run = backtrail(
        words
            .iter()
            .copied()
            .chain(["--out", out.to_str().unwrap()]),
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_complete(&format!("{words:?}"), &run.stdout);
    for name in documents {
        let text = fs::read_to_string(out.join(name)).unwrap();
        assert_complete(&format!("{name} of {words:?}"), &text);
    }
}

#[test]
fn nothing_that_people_read_lacks_a_sentence() {
    for language in LANGUAGES {
        let audit = [
            "audit",
            "samples/archive",
            "--rule",
            "all",
            "--lang",
            language,
        ];
        let ticket = [&audit[..], &["--report", "markdown"]].concat();
        assert_run_complete(&audit, &["report.html"]);
        assert_run_complete(&ticket, &["report.md"]);
        let sweep = ["--threshold", "1..20", "--period", "60,300"];
        let backtest = [
            &["backtest", "samples/archive"],
            &sweep[..],
            &["--lang", language],
        ];
        assert_run_complete(&backtest.concat(), &["report.html"]);
    }
}

#[test]
fn a_sentence_that_is_missing_is_noticed() {
    for text in ["{page-no-such-sentence}", "{$count} attempts"] {
        let text = text.repeat(100);
        let checked = std::panic::catch_unwind(|| assert_complete("", &text));
        assert!(checked.is_err(), "{text}");
    }
}

/// Everything that programs read is the same in every language, whereas people read their own.
#[test]
fn what_programs_read_is_in_english() {
    let folder = tempfile::tempdir().unwrap();
    let report = |language: &str| {
        let out = folder.path().join(language);
        let words = [
            "audit",
            "samples/archive",
            "--rule",
            "all",
            "--lang",
            language,
        ];
        let run = backtrail(words.into_iter().chain(["--out", out.to_str().unwrap()]));
        (
            run.stdout.replace(out.to_str().unwrap(), "report"),
            files(&out),
        )
    };
    let [(english, mut english_files), (korean, mut korean_files)] = LANGUAGES.map(report);
    // The time and the documents differ.
    let is_table = |path: &Path| {
        let is_document = path.file_stem().is_some_and(|stem| stem == "report");
        let others = ["run.json", "evidence.json", "summary.json"].map(Path::new);
        !is_document && !others.iter().any(|other| path.ends_with(other))
    };
    english_files.retain(|path, _| is_table(path));
    korean_files.retain(|path, _| is_table(path));
    assert!(english_files.len() > 10);
    assert_eq!(english_files, korean_files);
    assert!(english.contains("pending deletion"), "{english}");
    assert!(korean.contains("보고서"), "{korean}");
    let json =
        |language: &str| backtrail(["audit", "samples/archive", "--json", "--lang", language]);
    assert_eq!(json("en").stdout, json("ko").stdout);
}

/// The kinds of problems are in the language of the reader, in every document.
#[test]
fn kinds_of_problems_are_in_the_language_of_the_reader() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    fs::create_dir(&archive).unwrap();
    fs::write(archive.join("broken.json"), "{\"Records\":[{\"eventName\":").unwrap();
    for (language, expected) in [("en", "damaged JSON"), ("ko", "JSON 손상")] {
        let out = folder.path().join(language);
        let options = [
            "--report", "html", "--report", "markdown", "--lang", language,
        ];
        let places = ["--out", out.to_str().unwrap(), archive.to_str().unwrap()];
        let run = backtrail(["audit"].into_iter().chain(options).chain(places));
        assert!(run.stdout.contains(expected), "{}", run.stdout);
        for document in ["report.html", "report.md"] {
            let text = fs::read_to_string(out.join(document)).unwrap();
            assert!(text.contains(expected), "{language} {document}");
        }
    }
}
