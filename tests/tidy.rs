//! The rules of the house: who may import whom, and what no file may hold.
//!
//! Each rule returns what breaks it, with file and line. The rules themselves are tested beside
//! their code on small planted breaches.

mod circles;
mod citations;
mod code;
mod floors;
mod functions;
mod links;
mod names;
mod orphans;
mod paths;
mod switches;
mod words;

use std::path::Path;

use code::{File, texts};
use floors::House;

/// The modules by floor. A module imports only from floors below its own; modules of one floor
/// import each other only where `neighbours` names them together. A part of a module may have a
/// floor of its own.
const HOUSE: House = House {
    floors: &[
        &["json", "language", "problem", "table", "text", "time"],
        &["cloudtrail", "pattern"],
        &["metric"],
        &["alarm"],
        &["findings", "report"],
        &["plan"],
        &["table::format"],
        &["configuration", "spool"],
        &["conclude", "container", "integrity", "job", "source"],
        &["ledger", "render"],
        &["scan", "shards"],
        &["audit"],
        &["arguments"],
        &["cli", "internals", "main"],
    ],
    neighbours: &[
        ("language", "time"),
        ("report", "findings"),
        ("render", "ledger"),
        ("source", "container"),
        ("main", "cli"),
    ],
    // The floors below this one touch nothing outside of the process.
    first_edge: 6,
    outside: &[
        "std::fs",
        "std::io",
        "std::env",
        "std::net",
        "std::process",
        "std::thread",
        "SystemTime",
        "Instant",
        "Timestamp::now",
        "Zoned::now",
        "print!",
        "println!",
        "eprint!",
        "eprintln!",
        "rayon",
        "polars_arrow",
        "polars_parquet",
    ],
};

/// The pages outside of `docs`.
const PAGES: [&str; 6] = [
    "README.md",
    "README.ko.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "fuzz/README.md",
    "samples/README.md",
];

/// Fails with all breaches of a rule.
fn assert_kept(breaches: &[String]) {
    assert!(
        breaches.is_empty(),
        "{} breaches:\n{}",
        breaches.len(),
        breaches.join("\n")
    );
}

/// Returns the prose of the project beside its code.
pub fn pages() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = texts("docs", "md");
    for name in PAGES {
        let text = std::fs::read_to_string(root.join(name)).unwrap();
        pages.push((name.to_owned(), text));
    }
    pages
}

fn borrowed(texts: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    texts.iter().map(|(path, text)| (&**path, &**text))
}

#[test]
fn modules_import_only_from_floors_below() {
    assert_kept(&HOUSE.wrong_imports(&File::read_all()));
}

#[test]
fn the_lower_floors_touch_nothing_outside() {
    assert_kept(&HOUSE.outside_of_edges(&File::read_all()));
}

#[test]
fn every_module_has_a_floor_and_every_file_a_purpose() {
    let files = File::read_all();
    assert_kept(&HOUSE.misplaced(&files));
    assert_kept(&words::without_purpose(&files));
}

#[test]
fn every_file_is_compiled() {
    assert_kept(&orphans::orphans(&File::read_all()));
}

#[test]
fn functions_are_short() {
    assert_kept(&functions::large_functions(&File::read_all()));
}

#[test]
fn a_name_means_one_type() {
    assert_kept(&names::shared_names(&File::read_all()));
}

#[test]
fn no_file_uses_one_that_uses_it() {
    assert_kept(&circles::circles(&File::read_all()));
}

#[test]
fn lines_are_narrow() {
    // Tests hold recorded texts, which are kept as they are.
    let files = File::read_all();
    let production = files.iter().map(|file| (&*file.path, file.production()));
    assert_kept(&words::wide_lines(production));
}

#[test]
fn documentation_begins_with_verbs_and_nouns() {
    assert_kept(&words::odd_openings(&File::read_all()));
}

#[test]
fn the_prose_is_free_of_odd_phrases() {
    let texts = [texts("src", "rs"), pages()].concat();
    assert_kept(&words::odd_phrases(borrowed(&texts)));
}

#[test]
fn every_link_leads_somewhere() {
    assert_kept(&links::wrong_links(&pages(), &links::is_in_project));
}

#[test]
fn every_file_that_a_page_names_exists() {
    assert_kept(&links::wrong_files(&pages(), &links::is_in_project));
}

#[test]
fn the_book_has_every_page() {
    assert_kept(&links::unlisted(&pages()));
}

#[test]
fn nothing_is_left_unfinished() {
    assert_kept(&words::unfinished(&File::read_all()));
}

#[test]
fn every_cited_source_exists() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/sources.md");
    let citing = citations::citing();
    let count = citing
        .iter()
        .map(|(_, text)| citations::citations(text).len());
    assert!(count.sum::<usize>() > 0, "nothing cites docs/sources.md");
    let page = std::fs::read_to_string(page).unwrap();
    assert_kept(&citations::wrong_citations(&page, &citing));
}

#[test]
fn only_the_source_in_s3_is_asynchronous() {
    assert_kept(&switches::outside_of_s3(&File::read_all()));
}
