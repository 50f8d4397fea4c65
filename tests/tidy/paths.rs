//! The paths that a file names: in imports, in code, in macros and in attributes.

use std::collections::HashMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;
use syn::{Attribute, ItemMod, ItemUse, Meta, UseTree, Visibility};

use super::code::{File, line};

/// A path named in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The line.
    pub line: usize,
    /// The path from the crate's root, as in `crate::alarm::replay`, or from another crate's.
    pub path: String,
    /// True if the file only passes the name on, as `pub use` does.
    pub is_reexport: bool,
}

/// What a file names, and what it gives a name to.
#[derive(Default)]
pub struct Paths {
    /// Every path in the order of the file.
    pub references: Vec<Reference>,
    /// The paths of imported names and of the modules that the file declares.
    pub names: HashMap<String, String>,
    /// The modules of which all names are imported.
    pub globs: Vec<String>,
    module: Vec<String>,
}

impl Paths {
    /// Collects the paths of a file.
    pub fn from_file(file: &File) -> Self {
        let mut paths = Self {
            module: file.module.clone(),
            ..Self::default()
        };
        paths.declare(&file.syntax().items);
        paths.visit_file(file.syntax());
        paths
    }

    /// Names the modules that these items declare, since imports may begin with them.
    fn declare(&mut self, items: &[syn::Item]) {
        for item in items {
            if let syn::Item::Mod(module) = item {
                let name = module.ident.to_string();
                let path = format!("{}::{name}", self.own());
                self.names.insert(name, path);
            }
        }
    }

    /// The path of the module at hand.
    fn own(&self) -> String {
        let mut path = "crate".to_owned();
        for name in &self.module {
            path += "::";
            path += name;
        }
        path
    }

    /// Returns a path from the crate's root, or unchanged if it begins with a name from elsewhere.
    fn absolute(&self, path: &[String]) -> String {
        let ups = path.iter().take_while(|name| *name == "super").count();
        let first = path[0].as_str();
        let start = match first {
            "super" => {
                let outer = self.module.len().saturating_sub(ups);
                let outer = self.module[..outer].iter().map(String::as_str);
                ["crate"]
                    .into_iter()
                    .chain(outer)
                    .collect::<Vec<_>>()
                    .join("::")
            }
            "self" => self.own(),
            "backtrail" => "crate".to_owned(),
            _ => self.named(first).unwrap_or(first).to_owned(),
        };
        let rest = &path[ups.max(1)..];
        rest.iter()
            .fold(start, |path, name| format!("{path}::{name}"))
    }

    fn named(&self, name: &str) -> Option<&str> {
        self.names.get(name).map(String::as_str)
    }

    fn refer(&mut self, line: usize, path: &[String], is_reexport: bool) {
        let path = self.absolute(path);
        self.references.push(Reference {
            line,
            path,
            is_reexport,
        });
    }

    fn import(&mut self, tree: &UseTree, mut path: Vec<String>, is_reexport: bool) {
        let (name, alias) = match tree {
            UseTree::Path(inner) => {
                path.push(inner.ident.to_string());
                return self.import(&inner.tree, path, is_reexport);
            }
            UseTree::Group(group) => {
                for inner in &group.items {
                    self.import(inner, path.clone(), is_reexport);
                }
                return;
            }
            UseTree::Glob(_) => {
                self.globs.push(self.absolute(&path));
                return self.refer(line(tree), &path, is_reexport);
            }
            UseTree::Name(name) => (&name.ident, &name.ident),
            UseTree::Rename(renamed) => (&renamed.ident, &renamed.rename),
        };
        if name != "self" {
            path.push(name.to_string());
        }
        let alias = if alias == "self" {
            path.last().cloned()
        } else {
            Some(alias.to_string())
        };
        self.refer(line(tree), &path, is_reexport);
        self.names
            .insert(alias.unwrap_or_default(), self.absolute(&path));
    }

    /// Collects the paths in tokens that are not parsed: those of macros and attributes.
    fn refer_tokens(&mut self, tokens: TokenStream, are_texts_paths: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.refer_tokens(group.stream(), are_texts_paths),
                TokenTree::Literal(literal) if are_texts_paths => {
                    self.refer_text(&literal.to_string(), literal.span().start().line);
                }
                TokenTree::Ident(_) if at > 0 && is_sign(&tokens[at - 1], '.') => {}
                TokenTree::Ident(first) => {
                    let path = path_at(&tokens[at..]);
                    at += 3 * (path.len() - 1);
                    self.refer(first.span().start().line, &path, false);
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            at += 1;
        }
    }

    /// Takes a text as a path, as `#[serde(with = "…")]` does.
    fn refer_text(&mut self, literal: &str, line: usize) {
        if let Ok(path) = syn::parse_str::<syn::Path>(literal.trim_matches('"')) {
            self.refer(line, &names(&path), false);
        }
    }
}

/// Returns the path that tokens begin with: a name, and more of them after double colons.
fn path_at(tokens: &[TokenTree]) -> Vec<String> {
    let mut path = Vec::new();
    for step in tokens.chunks(3) {
        let TokenTree::Ident(name) = &step[0] else {
            break;
        };
        path.push(name.to_string());
        let goes_on = step.len() == 3 && is_sign(&step[1], ':') && is_sign(&step[2], ':');
        if !goes_on {
            break;
        }
    }
    path
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(found) if found.as_char() == sign)
}

fn names(path: &syn::Path) -> Vec<String> {
    let segments = path.segments.iter();
    segments.map(|segment| segment.ident.to_string()).collect()
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let is_reexport = !matches!(item.vis, Visibility::Inherited);
        self.import(&item.tree, Vec::new(), is_reexport);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(item.ident.to_string());
        if let Some((_, items)) = &item.content {
            self.declare(items);
        }
        syn::visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.refer(line(path), &names(path), false);
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let mut path = names(&call.path);
        if let Some(name) = path.last_mut() {
            name.push('!');
        }
        self.refer(line(&call.path), &path, false);
        self.refer_tokens(call.tokens.clone(), false);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.refer_tokens(list.tokens.clone(), true);
        }
    }

    // `pub(in crate::…)` says who may use a thing, not what it uses.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}
}

#[test]
fn paths_are_found_wherever_code_may_name_them() {
    let text = r#"
        use crate::time::{self, period::Period as Length};
        use super::{windows::*, cut};
        pub use self::inner::Thing;
        mod inner;
        #[derive(serde::Deserialize)]
        struct A {
            #[serde(with = "super::name")]
            a: crate::json::Text,
        }
        impl inner::Kind for A {
            fn a(&self) -> Option<Length> {
                println!("{}", crate::text::printable(self.crate_name, &time::now()));
                std::fs::read(Length::MINUTE)
            }
        }
    "#;
    let paths = Paths::from_file(&File::new("src/alarm/replay/mod.rs", text));
    let found = |line: usize| -> Vec<&str> {
        let here = paths.references.iter().filter(|found| found.line == line);
        here.map(|found| found.path.as_str()).collect()
    };
    assert_eq!(found(2), ["crate::time", "crate::time::period::Period"]);
    assert_eq!(found(3), ["crate::alarm::windows", "crate::alarm::cut"]);
    assert_eq!(found(4), ["crate::alarm::replay::inner::Thing"]);
    assert_eq!(found(6), ["serde::Deserialize"]);
    assert!(found(8).contains(&"crate::alarm::name"));
    assert_eq!(found(9), ["crate::json::Text"]);
    assert!(found(11).contains(&"crate::alarm::replay::inner::Kind"));
    assert!(found(12).contains(&"crate::time::period::Period"));
    for path in ["println!", "crate::text::printable", "crate::time::now"] {
        assert!(found(13).contains(&path), "{path}");
    }
    assert!(!found(13).contains(&"crate_name"));
    assert_eq!(
        found(14),
        ["std::fs::read", "crate::time::period::Period::MINUTE"]
    );
    let reexports = paths.references.iter().filter(|found| found.is_reexport);
    assert_eq!(reexports.count(), 1);
    assert_eq!(paths.globs, ["crate::alarm::windows"]);
}
