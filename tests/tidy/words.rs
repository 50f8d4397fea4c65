//! The form of the text: its width, its words, and how documentation begins.

use regex::Regex;

use super::code::File;

/// The widest line, in characters.
const COLUMNS: usize = 100;

/// Words that documentation seldom begins with. A sentence with a verb says more.
const OPENERS: [&str; 7] = ["What", "How", "Whether", "Which", "Where", "Why", "When"];

/// The most lines of documentation that begin with one of `OPENERS`, of a hundred.
const OPENERS_PER_HUNDRED: usize = 3;

/// Phrases that English does not use as they were used here. A space may be a line's end.
const PHRASES: [&str; 5] = [
    r"\banew\b",
    r"\b(?:is|are|was|were) told\b",
    r"\btells? of\b",
    r"\btold of\b",
    r"\bstands? in one another",
];

/// Words for what is left to do.
const UNFINISHED: [&str; 4] = ["TODO", "FIXME", "unimplemented!", "todo!"];

/// Returns every line that is too wide.
pub fn wide_lines<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let mut breaches = Vec::new();
    for (path, text) in texts {
        for (number, line) in text.lines().enumerate() {
            let columns = line.chars().count();
            if columns > COLUMNS {
                breaches.push(format!("{path}:{}: {columns} columns", number + 1));
            }
        }
    }
    breaches
}

/// Returns every line of documentation that begins with one of `OPENERS`, if they are too many.
pub fn odd_openings(files: &[File]) -> Vec<String> {
    let opening = Regex::new(r"(?-u)^\s*///\s+([A-Z]\w*)").unwrap();
    let mut odd = Vec::new();
    let mut all = 0;
    for file in files {
        for (number, line) in file.production().lines().enumerate() {
            let Some(found) = opening.captures(line) else {
                continue;
            };
            all += 1;
            if OPENERS.contains(&&found[1]) {
                odd.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    if odd.len() * 100 > all * OPENERS_PER_HUNDRED {
        odd.push(format!("{} of {all} lines of documentation", odd.len()));
        odd
    } else {
        Vec::new()
    }
}

/// Returns every place of one of `PHRASES`.
pub fn odd_phrases<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    // Between two words there may be a line's end, an indentation and the marks of a comment.
    let pattern = PHRASES.join("|").replace(' ', r"[\s/!>*]+");
    let phrase = Regex::new(&format!("(?i-u){pattern}")).unwrap();
    let mut breaches = Vec::new();
    for (path, text) in texts {
        for found in phrase.find_iter(text) {
            let line = 1 + text[..found.start()].matches('\n').count();
            let words: Vec<&str> = found.as_str().split_whitespace().collect();
            breaches.push(format!("{path}:{line}: {}", words.join(" ")));
        }
    }
    breaches
}

/// Returns every place of one of `UNFINISHED`.
pub fn unfinished(files: &[File]) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in files {
        for (number, line) in file.text.lines().enumerate() {
            for word in UNFINISHED {
                if line.contains(word) {
                    breaches.push(format!("{}:{}: {word}", file.path, number + 1));
                }
            }
        }
    }
    breaches
}

/// Returns every file that does not begin by saying its purpose.
pub fn without_purpose(files: &[File]) -> Vec<String> {
    let silent = files.iter().filter(|file| !file.text.starts_with("//! "));
    silent
        .map(|file| format!("{}:1: the purpose of the file is missing", file.path))
        .collect()
}

#[test]
fn a_wide_line_is_reported() {
    let text = format!("{}\n{}\n", "é".repeat(100), "é".repeat(101));
    assert_eq!(
        wide_lines([("src/a.rs", &*text)]),
        ["src/a.rs:2: 101 columns"]
    );
}

#[test]
fn odd_openings_are_reported_when_they_are_more_than_three_of_a_hundred() {
    let file = |odd: usize, good: usize| {
        let odd = "/// Whether it is so.\nfn a() {}\n".repeat(odd);
        let good = "/// Returns it.\n/// more of it.\nfn b() {}\n".repeat(good);
        let tests = "#[cfg(test)]\nmod tests {\n    /// What.\n    fn c() {}\n}\n";
        [File::new("src/a.rs", &(odd + &good + tests))]
    };
    assert_eq!(odd_openings(&file(3, 97)), [""; 0]);
    assert_eq!(
        odd_openings(&file(4, 96))[3..],
        [
            "src/a.rs:7: /// Whether it is so.",
            "4 of 100 lines of documentation"
        ]
    );
}

#[test]
fn odd_phrases_are_reported_across_lines() {
    let text = "/// It begins Anew when it is
        /// told to.
        // He told offhand, retold a tale: tell, of
        //! They stand in one
        //! another.";
    assert_eq!(
        odd_phrases([("src/a.rs", text), ("README.md", "This tells\nof it.")]),
        [
            "src/a.rs:1: Anew",
            "src/a.rs:1: is /// told",
            "src/a.rs:4: stand in one //! another",
            "README.md:1: tells of",
        ]
    );
}

#[test]
fn what_is_left_to_do_is_reported() {
    let file = File::new("src/a.rs", "fn a() {\n    // TODO\n    todo!()\n}\n");
    assert_eq!(
        unfinished(&[file]),
        ["src/a.rs:2: TODO", "src/a.rs:3: todo!"]
    );
}

#[test]
fn a_file_without_a_purpose_is_reported() {
    let files = [
        File::new("src/a.rs", "//! Purpose.\n"),
        File::new("src/b.rs", "// Not for documentation.\n"),
    ];
    assert_eq!(
        without_purpose(&files),
        ["src/b.rs:1: the purpose of the file is missing"]
    );
}
