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

/// The code and the templates that name sentences.
fn sources() -> Vec<(String, String)> {
    texts("src", &["rs", "html", "md", "jinja"])
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
    let sources = sources();
    let mut unused = Vec::new();
    for id in sentences("en").into_keys() {
        let is_used = |text: &str| {
            ['"', '\'']
                .iter()
                .any(|quote| text.contains(&format!("{quote}{id}{quote}")))
        };
        if !sources.iter().any(|(_, text)| is_used(text)) {
            unused.push(id);
        }
    }
    assert_eq!(unused, Vec::<String>::new());
}

#[test]
fn no_sentence_that_is_used_is_missing() {
    let known = sentences("en");
    // What code says by a literal: `Message::new("…")`, `.text("…")`; in templates `say("…")`.
    let said = Regex::new(
        r#"(?:Message::new|\.text|\bsay|\btext|\bmessage)\(\s*["']([a-z]+(?:-[a-z0-9]+)+)["']"#,
    )
    .unwrap();
    let mut missing = Vec::new();
    for (path, text) in sources() {
        // The tests of the sentences name ones that are missing.
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for found in said.captures_iter(text) {
            if !known.contains_key(&found[1]) {
                missing.push(format!("{path}: {}", &found[1]));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
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
