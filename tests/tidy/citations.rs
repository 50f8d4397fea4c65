//! Citations of `docs/sources.md`: `(sources, P1 and P2)` or `docs/sources.md, P1`.

use super::code::texts;

/// What a citation begins with.
const CITATIONS: [&str; 2] = ["(sources, ", "docs/sources.md, "];

/// Returns the citations of facts that the page does not have, and the facts that it has twice.
pub fn wrong_citations(page: &str, texts: &[(String, String)]) -> Vec<String> {
    let known = facts(page);
    let mut breaches = Vec::new();
    for (place, id) in known.iter().enumerate() {
        if known[..place].contains(id) {
            breaches.push(format!("docs/sources.md: two facts {id}"));
        }
    }
    for (path, text) in texts {
        for citation in citations(text) {
            let ids = leading_ids(citation);
            if ids.is_empty() {
                breaches.push(format!("{path}: a citation without an id"));
            }
            let unknown = ids.into_iter().filter(|id| !known.contains(id));
            breaches.extend(unknown.map(|id| format!("{path}: docs/sources.md has no fact {id}")));
        }
    }
    breaches
}

/// Returns the paths and texts of what may cite: the comments of code, and the cases of tests.
pub fn citing() -> Vec<(String, String)> {
    let mut citing = texts("src", "rs");
    // The rules about citations cite what does not exist.
    citing.extend(
        texts("tests", "rs")
            .into_iter()
            .filter(|(path, _)| path != OWN),
    );
    for (_, text) in &mut citing {
        *text = comments(text);
    }
    citing.extend(texts("tests", "json"));
    citing
}

/// The path of this file.
const OWN: &str = "tests/tidy/citations.rs";

/// Returns what follows each beginning of a citation.
pub fn citations(text: &str) -> Vec<&str> {
    let mut citations = Vec::new();
    for beginning in CITATIONS {
        citations.extend(text.split(beginning).skip(1));
    }
    citations
}

/// Returns the comments of a file in one line, since a citation may continue on the next line.
fn comments(text: &str) -> String {
    let mut comments = Vec::new();
    for line in text.lines() {
        if let Some(comment) = line.trim_start().strip_prefix("//") {
            comments.push(comment.trim_start_matches(['/', '!']).trim());
        }
    }
    comments.join(" ")
}

/// Returns whether a word is the id of a fact: a capital letter and a number.
fn is_fact(word: &str) -> bool {
    let number = word.strip_prefix(|first: char| first.is_ascii_uppercase());
    number.is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Returns the ids that a citation begins with, separated by commas, "and" and "to".
fn leading_ids(citation: &str) -> Vec<&str> {
    let mut ids = Vec::new();
    for word in citation.split_whitespace() {
        let mut parts = word.split(|character: char| !character.is_ascii_alphanumeric());
        let id = parts.next().unwrap_or("");
        if is_fact(id) {
            ids.push(id);
        }
        let goes_on = matches!(word, "and" | "to") || is_fact(word.trim_end_matches(','));
        if !goes_on {
            break;
        }
    }
    ids
}

/// Returns the ids of a page's facts: each begins a row of a table.
fn facts(page: &str) -> Vec<&str> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| "));
    let cells = rows.filter_map(|row| row.split(' ').next());
    cells.filter(|cell| is_fact(cell)).collect()
}

#[test]
fn a_citation_names_facts_until_another_word_follows() {
    let ids = leading_ids("P1, P2 and M4 to E5). Then T1");
    assert_eq!(ids, ["P1", "P2", "M4", "E5"]);
    assert_eq!(
        comments("/// It is so (sources,\nfn a() {}\n    // P1).\n"),
        "It is so (sources, P1)."
    );
}

#[test]
fn a_citation_of_what_does_not_exist_is_reported() {
    let page = "| id | fact |\n| --- | --- |\n| P1 | one |\n| P2 | two |\n| P1 | three |\n";
    let texts = [
        (
            "src/a.rs",
            "so (sources, P1 and P3), or docs/sources.md, P2",
        ),
        ("src/b.rs", "(sources, all)"),
    ]
    .map(|(path, text)| (path.to_owned(), text.to_owned()));
    assert_eq!(
        wrong_citations(page, &texts),
        [
            "docs/sources.md: two facts P1",
            "src/a.rs: docs/sources.md has no fact P3",
            "src/b.rs: a citation without an id",
        ]
    );
}
