//! Where code may be asynchronous, and where it may depend on the feature `s3`.

use proc_macro2::{TokenStream, TokenTree};

use super::code::File;

/// The files that may do both.
const S3: [&str; 2] = ["src/source/s3/", "src/source/s3.rs"];

/// The folder whose files may name the source in S3, each time behind a switch of its own.
const SOURCE: &str = "src/source/";

/// What makes code asynchronous.
const ASYNCHRONOUS: [&str; 4] = ["async", "await", "futures_util", "tokio"];

/// Returns everything asynchronous and every switch that is not where S3 is.
pub fn outside_of_s3(files: &[File]) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in files {
        if S3.iter().any(|allowed| file.path.starts_with(allowed)) {
            continue;
        }
        let lines: Vec<&str> = file.text.lines().collect();
        for (line, word) in words(file) {
            if ASYNCHRONOUS.contains(&&*word) {
                breaches.push(format!("{}:{line}: `{word}`", file.path));
            }
            if word == SWITCH && !names_s3(file, &lines[line..]) {
                breaches.push(format!("{}:{line}: a switch for `s3`", file.path));
            }
        }
    }
    breaches
}

/// The word that a switch is listed as.
const SWITCH: &str = "feature = \"s3\"";

/// Returns whether the code after an attribute is a part of the source that names S3.
fn names_s3(file: &File, after: &[&str]) -> bool {
    let mut code = after.iter().filter(|line| {
        let line = line.trim_start();
        !line.starts_with("#[") && !line.starts_with("//")
    });
    let named = code
        .next()
        .is_some_and(|line| line.to_lowercase().contains("s3"));
    file.path.starts_with(SOURCE) && named
}

/// Returns the lines and names in a file's code, tests left out, and the switches among them.
fn words(file: &File) -> Vec<(usize, String)> {
    let end = file.production().lines().count();
    let tokens: TokenStream = file.text.parse().unwrap();
    let mut words = Vec::new();
    collect(tokens, &mut words);
    words.retain(|(line, _)| *line <= end);
    words
}

fn collect(tokens: TokenStream, words: &mut Vec<(usize, String)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let line = token.span().start().line;
        match token {
            TokenTree::Group(group) => collect(group.stream(), words),
            TokenTree::Ident(name) if name == "feature" && is_s3(tokens.get(at + 2)) => {
                words.push((line, SWITCH.to_owned()));
            }
            TokenTree::Ident(name) => words.push((line, name.to_string())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

fn is_s3(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Literal(text)) if text.to_string() == "\"s3\"")
}

#[test]
fn what_is_asynchronous_is_reported_outside_of_s3() {
    let text = "//! Not async in words.
        use tokio::sync;
        fn a() {
            run(async { b().await });
        }\n#[cfg(test)]\nmod tests {
            async fn c() {}
        }";
    let files = [
        File::new("src/scan/mod.rs", text),
        File::new("src/source/s3/mod.rs", text),
    ];
    assert_eq!(
        outside_of_s3(&files),
        [
            "src/scan/mod.rs:2: `tokio`",
            "src/scan/mod.rs:4: `async`",
            "src/scan/mod.rs:4: `await`",
        ]
    );
}

#[test]
fn a_switch_is_reported_unless_it_names_the_source() {
    let text = r#"#[cfg(feature = "s3")]
        pub mod s3;
        fn a() {
            if cfg!(not(feature = "s3")) {}
        }
        #[cfg(feature = "cli")]
        pub mod disk;"#;
    let files = [
        File::new("src/source/mod.rs", text),
        File::new("src/cli/mod.rs", text),
    ];
    assert_eq!(
        outside_of_s3(&files),
        [
            "src/source/mod.rs:4: a switch for `s3`",
            "src/cli/mod.rs:1: a switch for `s3`",
            "src/cli/mod.rs:4: a switch for `s3`",
        ]
    );
}
