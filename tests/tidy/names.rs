//! The names of types.

use std::collections::BTreeMap;

use syn::visit::Visit;
use syn::{Ident, ItemEnum, ItemStruct, ItemTrait, ItemType, ItemUnion};

use super::code::{File, line};

/// The file whose types take the place of those of S3 in a program without S3.
const STAND_INS: &str = "src/source/s3/absent.rs";

/// Returns every type whose name another one has, too. A name that means one thing needs no path
/// to be understood, and a search for it finds that thing alone.
pub fn shared_names(files: &[File]) -> Vec<String> {
    let mut types = Types::default();
    for file in files.iter().filter(|file| file.path != STAND_INS) {
        types.path.clone_from(&file.path);
        types.visit_file(file.syntax());
    }
    let shared = types
        .places
        .into_iter()
        .filter(|(_, places)| places.len() > 1);
    let breaches = shared.map(|(name, places)| format!("`{name}`: {}", places.join(", ")));
    breaches.collect()
}

/// The places of types by their names.
#[derive(Default)]
struct Types {
    path: String,
    places: BTreeMap<String, Vec<String>>,
}

impl Types {
    fn add(&mut self, name: &Ident) {
        let place = format!("{}:{}", self.path, line(name));
        self.places.entry(name.to_string()).or_default().push(place);
    }
}

impl<'ast> Visit<'ast> for Types {
    fn visit_item_struct(&mut self, item: &'ast ItemStruct) {
        self.add(&item.ident);
    }

    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        self.add(&item.ident);
    }

    fn visit_item_union(&mut self, item: &'ast ItemUnion) {
        self.add(&item.ident);
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        self.add(&item.ident);
    }

    fn visit_item_type(&mut self, item: &'ast ItemType) {
        self.add(&item.ident);
    }
}

#[test]
fn a_name_of_several_types_is_reported_with_all_of_them() {
    let files = [
        File::new("src/a.rs", "struct Row;\n\nenum Cell { Row }\n"),
        File::new("src/b.rs", "mod inner {\n    type Row = u8;\n}\n"),
        File::new(
            "src/c.rs",
            "trait Reads { type Row; }\n\n#[cfg(test)]\nmod tests {\n    struct Cell;\n}\n",
        ),
        File::new(STAND_INS, "pub enum Row {}\n"),
    ];
    assert_eq!(shared_names(&files), ["`Row`: src/a.rs:1, src/b.rs:2"]);
}
