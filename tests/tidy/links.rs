//! The links between pages, the files of the code that they name, and the list of the pages of the
//! book.

use std::path::Path;

use regex::Regex;

/// The folder of the pages of the book. A link that leads out of it is dead in the book.
const BOOK: &str = "docs/";

/// The beginning of the paths of tests in projects in Java, which pages cite.
const JAVA_TESTS: &str = "src/test/";

/// The list of the pages of the book.
const CONTENTS: &str = "docs/SUMMARY.md";

/// Returns every link to a file or heading that does not exist.
pub fn wrong_links(pages: &[(String, String)], exists: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut breaches = Vec::new();
    for (path, text) in pages {
        for target in links(text) {
            if let Some(reason) = fault(path, text, &target, pages, exists) {
                breaches.push(format!("{path}: {target}: {reason}"));
            }
        }
    }
    breaches
}

/// Returns every file of the code that a page names and that does not exist.
pub fn wrong_files(pages: &[(String, String)], exists: &dyn Fn(&str) -> bool) -> Vec<String> {
    let file = Regex::new(r"`(src/[^`\s]*)`").unwrap();
    let mut breaches = Vec::new();
    for (path, text) in pages {
        for found in file.captures_iter(text) {
            let name = &found[1];
            if !name.starts_with(JAVA_TESTS) && !exists(name) {
                breaches.push(format!("{path}: {name}: there is no such file"));
            }
        }
    }
    breaches
}

/// Returns every page of the book that its list of pages does not have.
pub fn unlisted(pages: &[(String, String)]) -> Vec<String> {
    let contents = pages.iter().find(|(path, _)| path == CONTENTS);
    let listed: Vec<String> = contents.map(|(_, text)| links(text)).unwrap_or_default();
    let mut breaches = Vec::new();
    for (path, _) in pages {
        let own = path.strip_prefix(BOOK).filter(|_| path != CONTENTS);
        if own.is_some_and(|own| !listed.iter().any(|listed| listed == own)) {
            breaches.push(format!("{path}: {CONTENTS} does not list it"));
        }
    }
    breaches
}

/// Returns whether there is such a file or folder in the project. The path may have wildcards.
pub fn is_in_project(path: &str) -> bool {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let mut found = glob::glob(path.to_str().unwrap()).unwrap();
    found.next().is_some()
}

fn fault(
    path: &str,
    text: &str,
    target: &str,
    pages: &[(String, String)],
    exists: &dyn Fn(&str) -> bool,
) -> Option<&'static str> {
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let file = below(path, file);
    if path.starts_with(BOOK) && !file.starts_with(BOOK) {
        return Some("leads out of the book");
    }
    if !exists(&file) {
        return Some("there is no such file");
    }
    let own = pages.iter().find(|(path, _)| *path == file);
    let text = own.map_or(text, |(_, text)| text);
    let is_known = heading.is_empty() || headings(text).iter().any(|known| known == heading);
    (!is_known).then_some("there is no such heading")
}

/// Returns the path that a link on a page leads to.
fn below(page: &str, link: &str) -> String {
    if link.is_empty() {
        return page.to_owned();
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Returns the targets of the links of a page, except for those in the web.
fn links(text: &str) -> Vec<String> {
    let link = Regex::new(r"\]\(([^)\s]+)\)|(?m:^\[[^\]]+\]:\s*(\S+))").unwrap();
    let prose = prose(text);
    let mut targets = Vec::new();
    for found in link.captures_iter(&prose) {
        let target = found.get(1).or(found.get(2)).unwrap().as_str();
        if !target.contains("://") && !target.starts_with("mailto:") {
            targets.push(target.to_owned());
        }
    }
    targets
}

/// Returns a page without its code, in which brackets are no links.
fn prose(text: &str) -> String {
    let code = Regex::new("`[^`]*`").unwrap();
    code.replace_all(&outside_of_blocks(text), "").into_owned()
}

fn outside_of_blocks(text: &str) -> String {
    let mut kept = String::new();
    let mut is_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            kept += line;
            kept.push('\n');
        }
    }
    kept
}

/// Returns the anchors of the headings of a page, as GitHub and mdBook make them.
fn headings(text: &str) -> Vec<String> {
    let text = outside_of_blocks(text);
    let titles = text.lines().filter_map(|line| {
        let title = line.trim_start_matches('#');
        (title.len() < line.len()).then(|| title.trim())
    });
    titles.map(anchor).collect()
}

fn anchor(title: &str) -> String {
    let mut anchor = String::new();
    for character in title.to_lowercase().chars() {
        match character {
            ' ' => anchor.push('-'),
            '-' | '_' => anchor.push(character),
            _ if character.is_alphanumeric() => anchor.push(character),
            _ => {}
        }
    }
    anchor
}

#[cfg(test)]
fn page(path: &str, text: &str) -> (String, String) {
    (path.to_owned(), text.to_owned())
}

#[test]
fn dead_links_are_reported() {
    let pages = [
        page(
            "README.md",
            "[a](docs/a.md#the-1st-b) [b](docs/c.md) [c](#no) ![d](docs/d.svg)",
        ),
        page(
            "docs/a.md",
            "# The `1st` B!\n[x][y] `[e](e)` [f](../README.md)\n\n[y]: b.md\n",
        ),
        page(
            "docs/b.md",
            "```text\n# Not a heading\n[g](g)\n```\n[h](https://a.b/c) [i](./a.md#x)",
        ),
    ];
    let exists = |path: &str| pages.iter().any(|(own, _)| own == path);
    assert_eq!(
        wrong_links(&pages, &exists),
        [
            "README.md: docs/c.md: there is no such file",
            "README.md: #no: there is no such heading",
            "README.md: docs/d.svg: there is no such file",
            "docs/a.md: ../README.md: leads out of the book",
            "docs/b.md: ./a.md#x: there is no such heading",
        ]
    );
}

#[test]
fn files_that_do_not_exist_are_reported() {
    let text = "`src/a.rs` `src/b.rs` src/c.rs `src/test/resources/x` [d](src/d.rs) `src/e/*`\n";
    let pages = [page("docs/a.md", text)];
    let exists = |path: &str| path == "src/a.rs";
    assert_eq!(
        wrong_files(&pages, &exists),
        [
            "docs/a.md: src/b.rs: there is no such file",
            "docs/a.md: src/e/*: there is no such file",
        ]
    );
    assert!(is_in_project("src/*/mod.rs") && !is_in_project("src/*/none.rs"));
}

#[test]
fn pages_that_are_not_listed_are_reported() {
    let pages = [
        page("docs/SUMMARY.md", "- [A](a.md)\n- [1](decisions/1.md)\n"),
        page("docs/a.md", ""),
        page("docs/b.md", ""),
        page("docs/decisions/1.md", ""),
        page("docs/decisions/2.md", ""),
        page("README.md", ""),
    ];
    assert_eq!(
        unlisted(&pages),
        [
            "docs/b.md: docs/SUMMARY.md does not list it",
            "docs/decisions/2.md: docs/SUMMARY.md does not list it",
        ]
    );
}
