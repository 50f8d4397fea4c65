//! Files that no module declaration reaches, so that nobody compiles them.

use std::collections::HashSet;

use syn::Item;

use super::code::File;

/// The files with which the library and the program begin.
const ROOTS: [&str; 2] = ["src/lib.rs", "src/main.rs"];

/// Returns every file that no `mod` reaches from the library or the program.
pub fn orphans(files: &[File]) -> Vec<String> {
    let mut reached: HashSet<&str> = HashSet::from(ROOTS);
    let mut open: Vec<&File> = files
        .iter()
        .filter(|file| reached.contains(&*file.path))
        .collect();
    while let Some(file) = open.pop() {
        let declared = declared(file);
        let declared = files.iter().filter(|file| declared.contains(&file.module));
        open.extend(declared.filter(|file| reached.insert(&file.path)));
    }
    let orphans = files.iter().filter(|file| !reached.contains(&*file.path));
    orphans
        .map(|file| format!("{}:1: no `mod` names this file", file.path))
        .collect()
}

/// Returns the modules that a file declares, by their names from the crate's root.
fn declared(file: &File) -> Vec<Vec<String>> {
    let module = if ROOTS.contains(&&*file.path) {
        Vec::new()
    } else {
        file.module.clone()
    };
    // Tests may have files of their own, so the whole text is read.
    let syntax = syn::parse_file(&file.text).unwrap();
    let mut declared = Vec::new();
    declare(&syntax.items, &module, &mut declared);
    declared
}

fn declare(items: &[Item], outer: &[String], declared: &mut Vec<Vec<String>>) {
    for item in items {
        let Item::Mod(item) = item else {
            continue;
        };
        let mut module = outer.to_vec();
        module.push(item.ident.to_string());
        match &item.content {
            Some((_, items)) => declare(items, &module, declared),
            None => declared.push(module),
        }
    }
}

#[test]
fn a_file_is_reported_unless_declarations_lead_to_it() {
    let files = [
        File::new("src/lib.rs", "pub mod a; mod inline { mod c; }"),
        File::new("src/main.rs", "mod d;"),
        File::new("src/a/mod.rs", "mod b; #[cfg(test)] mod tests;"),
        File::new("src/a/b.rs", "// mod orphan;"),
        File::new("src/a/tests.rs", ""),
        File::new("src/a/orphan.rs", "mod child;"),
        File::new("src/a/orphan/child.rs", ""),
        File::new("src/b.rs", ""),
        File::new("src/d.rs", ""),
        File::new("src/inline/c.rs", ""),
    ];
    assert_eq!(
        orphans(&files),
        [
            "src/a/orphan.rs:1: no `mod` names this file",
            "src/a/orphan/child.rs:1: no `mod` names this file",
            "src/b.rs:1: no `mod` names this file",
        ]
    );
}
