//! The source files.

use std::cell::OnceCell;
use std::path::Path;

use syn::spanned::Spanned;
use syn::{Attribute, ImplItem, Item};

/// A source file.
pub struct File {
    /// The path below the project's folder, with slashes.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// The syntax without what only tests compile, once a rule has asked for it.
    syntax: OnceCell<syn::File>,
    /// The names from the crate's root to the file's module. The program's file is `main`.
    pub module: Vec<String>,
}

impl File {
    /// A file of this path and text.
    pub fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            syntax: OnceCell::new(),
            module: module(path),
        }
    }

    /// Parses the file, and leaves out what only tests compile.
    pub fn syntax(&self) -> &syn::File {
        self.syntax.get_or_init(|| {
            let mut syntax = syn::parse_file(&self.text).unwrap_or_else(|error| {
                let line = error.span().start().line;
                panic!("{}:{line}: {error}", self.path)
            });
            remove_tests(&mut syntax.items);
            syntax
        })
    }

    /// Reads all files below `src`.
    pub fn read_all() -> Vec<Self> {
        let texts = texts("src", "rs").into_iter();
        texts.map(|(path, text)| Self::new(&path, &text)).collect()
    }

    /// Returns the text without the unit tests, which end each file that has any.
    pub fn production(&self) -> &str {
        let end = self.text.find("#[cfg(test)]\nmod tests");
        &self.text[..end.unwrap_or(self.text.len())]
    }
}

/// Returns the line of a piece of syntax.
pub fn line(syntax: &impl Spanned) -> usize {
    syntax.span().start().line
}

/// Returns the module of a file: `alarm`, `replay` for both `src/alarm/replay.rs` and
/// `src/alarm/replay/mod.rs`.
fn module(path: &str) -> Vec<String> {
    let below = path.strip_prefix("src/").unwrap_or(path);
    let mut names: Vec<String> = below
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    if names.last().is_some_and(|name| name == "mod") || names == ["lib"] {
        names.pop();
    }
    names
}

/// Returns the paths and texts of the files below a folder of the project whose names have this
/// extension, in the order of their paths.
pub fn texts(folder: &str, extension: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(root.join(folder)).sort_by_file_name() {
        let path = entry.unwrap().into_path();
        if path.extension().is_some_and(|own| own == extension) {
            let below = path.strip_prefix(root).unwrap().to_str().unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((below.replace('\\', "/"), text));
        }
    }
    found
}

fn remove_tests(items: &mut Vec<Item>) {
    items.retain(|item| !is_test(attributes(item)));
    for item in items {
        match item {
            Item::Mod(module) => {
                if let Some((_, items)) = &mut module.content {
                    remove_tests(items);
                }
            }
            Item::Impl(implementation) => {
                implementation.items.retain(|item| match item {
                    ImplItem::Fn(function) => !is_test(&function.attrs),
                    _ => true,
                });
            }
            _ => {}
        }
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|condition| condition.is_ident("test"))
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

#[test]
fn a_file_knows_its_module_and_leaves_its_tests_out() {
    let text = "fn a() {}\n#[cfg(test)]\nmod tests { fn b() {} }\n";
    let file = File::new("src/alarm/mod.rs", text);
    assert_eq!(file.module, ["alarm"]);
    assert_eq!(file.syntax().items.len(), 1);
    assert_eq!(file.production(), "fn a() {}\n");
    assert_eq!(File::new("src/lib.rs", "").module, [""; 0]);
    let method = "struct A; impl A { #[cfg(test)] fn a() {} fn b() {} }";
    let file = File::new("src/a/b.rs", method);
    let Item::Impl(implementation) = &file.syntax().items[1] else {
        panic!("an implementation");
    };
    assert_eq!(implementation.items.len(), 1);
}
