//! Circles of files: files of which each uses the next, and the last the first.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use syn::Item;

use super::code::File;
use super::paths::Paths;

/// Where a name of a module comes from.
struct Module {
    file: usize,
    items: BTreeSet<String>,
    imports: HashMap<String, String>,
    globs: Vec<String>,
}

/// Which file uses which, and the first line that does.
struct Uses {
    lines: Vec<BTreeMap<usize, usize>>,
}

/// Returns each set of files that use each other in a circle, by one circle that is as short as
/// any through the first of them.
///
/// A file uses another if it names something that is defined there; to pass a name on (`pub use`)
/// does not count. A folder's `mod.rs` and the files of the folder may use each other, since it is
/// their common ground: it holds what they share and puts them together.
pub fn circles(files: &[File]) -> Vec<String> {
    let uses = Uses::new(files);
    let reached: Vec<BTreeSet<usize>> = (0..files.len()).map(|file| uses.reached(file)).collect();
    let mut circles = Vec::new();
    let mut done = BTreeSet::new();
    for file in 0..files.len() {
        if done.contains(&file) || !reached[file].contains(&file) {
            continue;
        }
        let others = reached[file].iter().copied();
        let circle: Vec<usize> = others
            .filter(|other| reached[*other].contains(&file))
            .collect();
        circles.push(described(files, &uses, file, &circle));
        done.extend(circle);
    }
    circles
}

fn described(files: &[File], uses: &Uses, first: usize, members: &[usize]) -> String {
    let way = uses.way_back(first);
    let mut text = String::new();
    for (place, file) in way.iter().enumerate() {
        let next = way.get(place + 1).unwrap_or(&first);
        text += &format!("{}:{} → ", files[*file].path, uses.lines[*file][next]);
    }
    text += &files[first].path;
    if members.len() > way.len() {
        let others = members.iter().filter(|file| !way.contains(file));
        let others: Vec<&str> = others.map(|file| files[*file].path.as_str()).collect();
        text += &format!(", in a knot with {}", others.join(", "));
    }
    text
}

impl Uses {
    fn new(files: &[File]) -> Self {
        let paths: Vec<Paths> = files.iter().map(Paths::from_file).collect();
        let modules = modules(files, &paths);
        let mut lines = vec![BTreeMap::new(); files.len()];
        for (file, paths) in paths.iter().enumerate() {
            for reference in paths.references.iter().filter(|found| !found.is_reexport) {
                match definer(&modules, &reference.path, 0) {
                    Some(used) if used != file && !are_one_folder(&files[used], &files[file]) => {
                        lines[file].entry(used).or_insert(reference.line);
                    }
                    _ => {}
                }
            }
        }
        Self { lines }
    }

    /// Returns the files that a file uses, directly or through others.
    fn reached(&self, file: usize) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut open = vec![file];
        while let Some(file) = open.pop() {
            let new = self.lines[file]
                .keys()
                .filter(|used| reached.insert(**used));
            open.extend(new.copied().collect::<Vec<_>>());
        }
        reached
    }

    /// Returns the files of a shortest circle through a file, beginning with it.
    fn way_back(&self, first: usize) -> Vec<usize> {
        let mut before: HashMap<usize, usize> = HashMap::new();
        let mut open = VecDeque::from([first]);
        while let Some(file) = open.pop_front() {
            for used in self.lines[file].keys() {
                before.entry(*used).or_insert_with(|| {
                    open.push_back(*used);
                    file
                });
            }
        }
        let mut way = vec![before[&first]];
        while way.last() != Some(&first) {
            way.push(before[way.last().unwrap()]);
        }
        way.reverse();
        way
    }
}

/// Returns whether one of the files is the `mod.rs` of a folder that the other is in.
fn are_one_folder(a: &File, b: &File) -> bool {
    let holds = |folder: &File, file: &File| {
        let folder = folder.path.strip_suffix("mod.rs");
        folder.is_some_and(|folder| file.path.starts_with(folder))
    };
    holds(a, b) || holds(b, a)
}

fn modules(files: &[File], paths: &[Paths]) -> HashMap<String, Module> {
    let mut modules = HashMap::new();
    for (file, paths) in paths.iter().enumerate() {
        let mut path = vec!["crate".to_owned()];
        path.extend_from_slice(&files[file].module);
        let module = Module {
            file,
            items: files[file].syntax().items.iter().filter_map(name).collect(),
            imports: paths.names.clone(),
            globs: paths.globs.clone(),
        };
        modules.insert(path.join("::"), module);
    }
    modules
}

/// Returns the file that defines what a path names; none for a module, which only holds names.
fn definer(modules: &HashMap<String, Module>, path: &str, depth: usize) -> Option<usize> {
    // Imports that name each other would never end. No path of ours has so many steps.
    if depth > 8 {
        return None;
    }
    let mut own = path;
    while !modules.contains_key(own) {
        own = own.rsplit_once("::")?.0;
    }
    let module = &modules[own];
    let name = path[own.len()..].split("::").nth(1)?;
    if module.items.contains(name) {
        return Some(module.file);
    }
    let rest = &path[own.len() + "::".len() + name.len()..];
    if let Some(import) = module.imports.get(name) {
        return definer(modules, &format!("{import}{rest}"), depth + 1);
    }
    let globs = module.globs.iter();
    let mut paths = globs.map(|glob| format!("{glob}::{name}{rest}"));
    paths.find_map(|path| definer(modules, &path, depth + 1))
}

fn name(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        // Modules with a body: their names count as names of the file.
        Item::Mod(item) if item.content.is_some() => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

#[test]
fn a_circle_is_reported_with_its_lines() {
    let files = [
        File::new(
            "src/a/mod.rs",
            "mod b;\nmod c;\npub use b::B;\npub struct A;\n",
        ),
        File::new(
            "src/a/b.rs",
            "use super::A;\npub struct B(super::c::C, A);\n",
        ),
        File::new(
            "src/a/c.rs",
            "pub struct C;\nuse crate::d;\nfn c() { d::d() }\n",
        ),
        File::new("src/d.rs", "use crate::a::B;\npub fn d() {}\n"),
    ];
    assert_eq!(
        circles(&files),
        ["src/a/b.rs:2 → src/a/c.rs:3 → src/d.rs:1 → src/a/b.rs"]
    );
    let cut = File::new("src/d.rs", "use crate::a::A;\npub fn d() {}\n");
    let [a, b, c, _] = files;
    assert_eq!(circles(&[a, b, c, cut]), [""; 0]);
}

#[test]
fn a_knot_names_all_its_files() {
    let files = [
        File::new(
            "src/a.rs",
            "use crate::b::B;\nuse crate::c::C;\npub struct A;\n",
        ),
        File::new("src/b.rs", "use crate::a::A;\npub struct B;\n"),
        File::new(
            "src/c.rs",
            "use crate::a::*;\npub struct C(A, crate::a::A);\n",
        ),
    ];
    assert_eq!(
        circles(&files),
        ["src/a.rs:1 → src/b.rs:1 → src/a.rs, in a knot with src/c.rs"]
    );
}

#[test]
fn a_folder_and_its_files_may_use_each_other() {
    let files = [
        File::new(
            "src/a/mod.rs",
            "mod b;\npub use b::B;\npub struct A;\nfn a() { B::new() }\n",
        ),
        File::new("src/a/b.rs", "use super::A;\npub struct B(A);\n"),
    ];
    assert_eq!(circles(&files), [""; 0]);
}

#[test]
fn a_folder_that_passes_names_on_does_not_hide_a_circle() {
    let files = [
        File::new(
            "src/a/mod.rs",
            "mod b;\nmod c;\npub use b::*;\npub use c::C as D;\n",
        ),
        File::new("src/a/b.rs", "use crate::a;\npub struct B(a::D);\n"),
        File::new("src/a/c.rs", "use super::B;\npub struct C;\n"),
    ];
    assert_eq!(
        circles(&files),
        ["src/a/b.rs:2 → src/a/c.rs:1 → src/a/b.rs"]
    );
}
