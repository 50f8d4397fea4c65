//! The rules of the house: who may import whom, and what no file may hold.

use std::path::{Path, PathBuf};

/// The modules by floor. A module imports only from floors below its own; modules of one floor
/// import each other only where `NEIGHBOURS` names them together. A part of a module may have a
/// floor of its own.
const FLOORS: [&[&str]; 12] = [
    &["json", "problem", "table", "text", "time"],
    &["cloudtrail", "pattern"],
    &["metric"],
    &["alarm"],
    &["findings", "report"],
    &["plan"],
    &[
        "table::csv",
        "table::format",
        "table::json",
        "table::parquet",
    ],
    &["conclude", "container", "job", "source"],
    &["ledger", "render"],
    &["scan"],
    &["audit"],
    &["cli", "main"],
];

/// Pairs of one floor of which the first uses the second.
const NEIGHBOURS: [(&str, &str); 6] = [
    ("report", "findings"),
    ("render", "ledger"),
    ("table::format", "table::csv"),
    ("table::format", "table::json"),
    ("table::format", "table::parquet"),
    ("main", "cli"),
];

/// The floors below this one touch nothing outside of the process.
const FIRST_EDGE: usize = 6;

/// What only edges may use.
const OUTSIDE: [&str; 12] = [
    "std::fs",
    "std::io",
    "std::env",
    "std::net",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "println!",
    "rayon",
    "polars",
];

/// The longest function, in lines, and the most parameters.
const FUNCTION_LINES: usize = 70;

fn sources() -> Vec<(PathBuf, String)> {
    texts("src", "rs")
}

/// The files below a folder of the project whose names have this extension.
fn texts(folder: &str, extension: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = walkdir::WalkDir::new(&root)
        .sort_by_file_name()
        .into_iter()
        .map(Result::unwrap);
    let wanted = entries.filter(|entry| {
        entry
            .path()
            .extension()
            .is_some_and(|found| found == extension)
    });
    wanted
        .map(|entry| {
            let path = entry.path().strip_prefix(&root).unwrap().to_owned();
            (path, std::fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

/// The module of a file: the longest name in `FLOORS` that its path begins with.
fn module(path: &Path) -> String {
    let path = path.with_extension("");
    let segments: Vec<&str> = path
        .iter()
        .map(|segment| segment.to_str().unwrap())
        .collect();
    named(&segments.join("::"))
}

/// The longest name in `FLOORS` that a path of modules begins with.
fn named(path: &str) -> String {
    let mut name = path;
    while !FLOORS.iter().any(|floor| floor.contains(&name)) {
        match name.rsplit_once("::") {
            Some((outer, _)) => name = outer,
            None => break,
        }
    }
    name.to_owned()
}

fn floor(module: &str) -> usize {
    FLOORS
        .iter()
        .position(|floor| floor.contains(&module))
        .unwrap_or_else(|| panic!("`{module}` has no floor"))
}

/// The text of a file without its unit tests.
fn production(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests").next().unwrap()
}

#[test]
fn modules_import_only_from_floors_below() {
    for (path, text) in sources() {
        let own = module(&path);
        if own == "lib" {
            continue;
        }
        for (number, line) in production(&text)
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            for imported in line.split("crate::").skip(1) {
                let imported: String = imported
                    .chars()
                    .take_while(|character| {
                        character.is_alphanumeric() || "_:".contains(*character)
                    })
                    .collect();
                let imported = named(imported.trim_end_matches(':'));
                let is_below = imported == own
                    || NEIGHBOURS.contains(&(own.as_str(), imported.as_str()))
                    || floor(&imported) < floor(&own);
                assert!(
                    is_below,
                    "src/{}:{}: `{own}` may not import `{imported}`",
                    path.display(),
                    number + 1
                );
            }
        }
    }
}

#[test]
fn the_lower_floors_touch_nothing_outside() {
    for (path, text) in sources() {
        let own = module(&path);
        if own == "lib" || floor(&own) >= FIRST_EDGE {
            continue;
        }
        for (number, line) in production(&text).lines().enumerate() {
            for outside in OUTSIDE {
                assert!(
                    !line.contains(outside),
                    "src/{}:{}: `{outside}` above floor {FIRST_EDGE} only",
                    path.display(),
                    number + 1
                );
            }
        }
    }
}

#[test]
fn every_module_has_a_floor_and_every_file_a_purpose() {
    let modules: Vec<String> = sources()
        .iter()
        .map(|(path, _)| module(path))
        .filter(|module| module != "lib")
        .collect();
    modules
        .iter()
        .for_each(|module| assert!(floor(module) < FLOORS.len()));
    for (path, text) in sources() {
        assert!(
            text.starts_with("//! "),
            "src/{} does not say what it is",
            path.display()
        );
    }
}

#[test]
fn functions_are_short() {
    for (path, text) in sources() {
        let lines: Vec<&str> = text.lines().collect();
        for (start, line) in lines
            .iter()
            .enumerate()
            .filter(|(_, line)| line.contains("fn ") && line.ends_with('{'))
        {
            let indent = line.len() - line.trim_start().len();
            let closing = format!("{}}}", " ".repeat(indent));
            let length = lines[start..]
                .iter()
                .position(|line| *line == closing)
                .map_or(0, |end| end + 1);
            assert!(
                length <= FUNCTION_LINES,
                "src/{}:{}: {length} lines",
                path.display(),
                start + 1
            );
        }
    }
}

#[test]
fn nothing_is_left_unfinished() {
    for (path, text) in sources() {
        for word in ["TODO", "FIXME", "unimplemented!", "todo!"] {
            assert!(!text.contains(word), "src/{}: {word}", path.display());
        }
    }
}

/// The comments of a file in one line, since a citation may continue on the next line.
fn comments(text: &str) -> String {
    let comments = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("//"));
    let bare = comments.map(|comment| comment.trim_start_matches(['/', '!']).trim());
    bare.collect::<Vec<_>>().join(" ")
}

/// Returns whether a word is the id of a fact: a capital letter and a number.
fn is_source_id(word: &str) -> bool {
    let number = word
        .strip_prefix(|first: char| first.is_ascii_uppercase())
        .unwrap_or("");
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The ids that a citation begins with, separated by commas, "and" and "to".
fn leading_ids(citation: &str) -> Vec<&str> {
    let mut ids = Vec::new();
    for word in citation.split_whitespace() {
        let id = word
            .split(|character: char| !character.is_ascii_alphanumeric())
            .next()
            .unwrap_or("");
        if is_source_id(id) {
            ids.push(id);
        }
        let goes_on = matches!(word, "and" | "to") || is_source_id(word.trim_end_matches(','));
        if !goes_on {
            break;
        }
    }
    ids
}

/// The ids of the facts in `docs/sources.md`: each begins a row of a table.
fn source_ids(page: &str) -> Vec<&str> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| "));
    rows.filter_map(|row| row.split(' ').next())
        .filter(|cell| is_source_id(cell))
        .collect()
}

#[test]
fn every_cited_source_exists() {
    assert_eq!(
        leading_ids("P1, P2 and M4 to E5). Then T1"),
        ["P1", "P2", "M4", "E5"]
    );
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/sources.md"))
            .unwrap();
    let known = source_ids(&page);
    for (place, id) in known.iter().enumerate() {
        assert!(
            !known[..place].contains(id),
            "docs/sources.md has two facts {id}"
        );
    }
    let code = sources().into_iter().chain(texts("tests", "rs"));
    let commented = code.map(|(path, text)| (path, comments(&text)));
    let mut count = 0;
    for (path, text) in commented.chain(texts("tests", "json")) {
        for citation in text
            .split("(sources, ")
            .skip(1)
            .chain(text.split("docs/sources.md, ").skip(1))
        {
            let ids = leading_ids(citation);
            assert!(
                !ids.is_empty(),
                "{}: a citation of docs/sources.md without an id",
                path.display()
            );
            for id in ids {
                assert!(
                    known.contains(&id),
                    "{}: docs/sources.md has no fact {id}",
                    path.display()
                );
                count += 1;
            }
        }
    }
    assert!(count > 0, "nothing cites docs/sources.md");
}
