//! The rules of the house: who may import whom, and what no file may hold.

use std::path::{Path, PathBuf};

/// The modules by floor. A module imports only from floors below its own; modules of one floor import each other
/// only where they are named together.
const FLOORS: [&[&str]; 12] = [
    &["by_name", "json", "key", "period", "problem", "record", "span", "text", "underline"],
    &["lifecycle", "pattern"],
    &["evidence", "metric"],
    &["alarm"],
    &["report", "tally"],
    &["plan"],
    &["parquet"],
    &["container", "job", "source"],
    &["ledger", "render"],
    &["scan"],
    &["cli"],
    &["main"],
];

/// Pairs of one floor of which the first knows the second: a report holds outcomes of objects, a record is JSON with times, what is
/// underlined is a span of a harmless text, and a ledger is written about.
const NEIGHBOURS: [(&str, &str); 6] = [
    ("report", "tally"),
    ("record", "json"),
    ("record", "period"),
    ("underline", "span"),
    ("underline", "text"),
    ("render", "ledger"),
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
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let entries = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().map(Result::unwrap);
    let rust = entries.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"));
    rust.map(|entry| {
        (entry.path().strip_prefix(&root).unwrap().to_owned(), std::fs::read_to_string(entry.path()).unwrap())
    })
    .collect()
}

fn module(path: &Path) -> String {
    let first = path.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
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
        for (number, line) in
            production(&text).lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            for imported in line.split("crate::").skip(1) {
                let imported: String = imported
                    .chars()
                    .take_while(|character| character.is_alphanumeric() || *character == '_')
                    .collect();
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
    let modules: Vec<String> =
        sources().iter().map(|(path, _)| module(path)).filter(|module| module != "lib").collect();
    modules.iter().for_each(|module| assert!(floor(module) < FLOORS.len()));
    for (path, text) in sources() {
        assert!(text.starts_with("//! "), "src/{} does not say what it is", path.display());
    }
}

#[test]
fn functions_are_short() {
    for (path, text) in sources() {
        let lines: Vec<&str> = text.lines().collect();
        for (start, line) in
            lines.iter().enumerate().filter(|(_, line)| line.contains("fn ") && line.ends_with('{'))
        {
            let indent = line.len() - line.trim_start().len();
            let closing = format!("{}}}", " ".repeat(indent));
            let length = lines[start..].iter().position(|line| *line == closing).map_or(0, |end| end + 1);
            assert!(length <= FUNCTION_LINES, "src/{}:{}: {length} lines", path.display(), start + 1);
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
