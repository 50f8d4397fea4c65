//! Who may import whom, and who may touch the world outside of the process.

use super::code::File;
use super::paths::Paths;

/// The floors of a crate.
pub struct House {
    /// The modules by floor, the lowest first.
    pub floors: &'static [&'static [&'static str]],
    /// Pairs of one floor of which the first uses the second.
    pub neighbours: &'static [(&'static str, &'static str)],
    /// The lowest floor that may touch what is outside.
    pub first_edge: usize,
    /// The paths that only edges may use, and the names of other crates.
    pub outside: &'static [&'static str],
}

impl House {
    /// Returns every import that is not from a floor below.
    pub fn wrong_imports(&self, files: &[File]) -> Vec<String> {
        let mut breaches = Vec::new();
        for file in files {
            if file.path == "src/lib.rs" {
                continue;
            }
            let own = file.module.join("::");
            let own = self.module(&own);
            for reference in Paths::from_file(file).references {
                let Some(path) = reference.path.strip_prefix("crate::") else {
                    continue;
                };
                let imported = self.module(path);
                if !self.may_import(own, imported) {
                    breaches.push(format!(
                        "{}:{}: `{own}` may not import `{imported}`",
                        file.path, reference.line
                    ));
                }
            }
        }
        breaches.dedup();
        breaches
    }

    /// Returns every use of the world outside on a floor that has none.
    pub fn outside_of_edges(&self, files: &[File]) -> Vec<String> {
        let mut breaches = Vec::new();
        for file in files {
            let own = self.floor(self.module(&file.module.join("::")));
            if file.path == "src/lib.rs" || own.is_none_or(|own| own >= self.first_edge) {
                continue;
            }
            for reference in Paths::from_file(file).references {
                if let Some(outside) = self.outside_in(&reference.path) {
                    breaches.push(format!(
                        "{}:{}: `{outside}` from floor {} on only",
                        file.path, reference.line, self.first_edge
                    ));
                }
            }
        }
        breaches
    }

    /// Returns every file whose module has no floor, and every floor's module without a file.
    pub fn misplaced(&self, files: &[File]) -> Vec<String> {
        let mut breaches = Vec::new();
        for file in files {
            let own = file.module.join("::");
            if file.path != "src/lib.rs" && self.floor(self.module(&own)).is_none() {
                breaches.push(format!("{}:1: `{own}` has no floor", file.path));
            }
        }
        for module in self.floors.iter().copied().flatten() {
            if !files.iter().any(|file| file.module.join("::") == *module) {
                breaches.push(format!("the floors name `{module}`, which has no file"));
            }
        }
        breaches
    }

    fn may_import(&self, own: &str, imported: &str) -> bool {
        let is_below = match (self.floor(own), self.floor(imported)) {
            (Some(own), Some(imported)) => imported < own,
            _ => false,
        };
        is_below || own == imported || self.neighbours.contains(&(own, imported))
    }

    /// Returns the longest name of a floor that a path of modules begins with, or else the path's
    /// first name.
    fn module<'a>(&self, path: &'a str) -> &'a str {
        let mut name = path;
        while self.floor(name).is_none() {
            match name.rsplit_once("::") {
                Some((outer, _)) => name = outer,
                None => break,
            }
        }
        name
    }

    fn floor(&self, module: &str) -> Option<usize> {
        self.floors.iter().position(|floor| floor.contains(&module))
    }

    /// Returns the forbidden path that is part of a path.
    fn outside_in(&self, path: &str) -> Option<&'static str> {
        let path = format!("::{path}::");
        let mut outside = self.outside.iter().copied();
        outside.find(|outside| path.contains(&format!("::{outside}::")))
    }
}

const HOUSE: House = House {
    floors: &[
        &["json", "table"],
        &["alarm", "table::csv"],
        &["cli", "main"],
    ],
    neighbours: &[("main", "cli")],
    first_edge: 2,
    outside: &[
        "std::fs",
        "std::time::Instant",
        "Timestamp::now",
        "println!",
        "rayon",
    ],
};

#[test]
fn an_import_from_above_is_reported_however_it_is_written() {
    let alarm = "use crate::json;\nuse crate::{\n    json::Text,\n    cli::Exit,\n};\n\
        fn a() { super::cli::run(); format!(\"{}\", crate::table::csv::WIDTH) }\n";
    let files = [
        File::new("src/alarm/mod.rs", alarm),
        File::new(
            "src/alarm/replay.rs",
            "use super::super::cli::Exit;\nuse super::Alarm;\n",
        ),
        File::new(
            "src/table/mod.rs",
            "pub mod csv;\nfn a() { csv::write() }\n",
        ),
        File::new("src/main.rs", "fn main() { backtrail::cli::run() }\n"),
        File::new(
            "src/cli.rs",
            "use crate::alarm;\nuse crate::unknown::Thing;\n",
        ),
        File::new("src/lib.rs", "pub use cli::run;\n"),
    ];
    assert_eq!(
        HOUSE.wrong_imports(&files),
        [
            "src/alarm/mod.rs:4: `alarm` may not import `cli`",
            "src/alarm/mod.rs:6: `alarm` may not import `cli`",
            "src/alarm/mod.rs:6: `alarm` may not import `table::csv`",
            "src/alarm/replay.rs:1: `alarm` may not import `cli`",
            "src/table/mod.rs:2: `table` may not import `table::csv`",
            "src/cli.rs:2: `cli` may not import `unknown`",
        ]
    );
}

#[test]
fn what_is_outside_is_reported_below_the_edges() {
    let alarm = "use std::{collections::HashMap, fs};\nuse std::time::{Duration, Instant};\n\
        use jiff::Timestamp;\nfn a() {\n    println!(\"{}\", Timestamp::now());\n}\n\
        fn b() -> Duration { vec.par_iter(); rayon::join() }\n";
    let files = [
        File::new("src/alarm/mod.rs", alarm),
        File::new("src/cli.rs", "use std::fs;\n"),
    ];
    assert_eq!(
        HOUSE.outside_of_edges(&files),
        [
            "src/alarm/mod.rs:1: `std::fs` from floor 2 on only",
            "src/alarm/mod.rs:2: `std::time::Instant` from floor 2 on only",
            "src/alarm/mod.rs:5: `println!` from floor 2 on only",
            "src/alarm/mod.rs:5: `Timestamp::now` from floor 2 on only",
            "src/alarm/mod.rs:7: `rayon` from floor 2 on only",
        ]
    );
}

#[test]
fn a_module_without_a_floor_and_a_floor_without_a_module_are_reported() {
    let files = ["alarm", "cli", "json", "main", "stray", "table/mod", "lib"]
        .map(|name| File::new(&format!("src/{name}.rs"), ""));
    assert_eq!(
        HOUSE.misplaced(&files),
        [
            "src/stray.rs:1: `stray` has no floor",
            "the floors name `table::csv`, which has no file",
        ]
    );
}
