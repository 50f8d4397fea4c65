//! The command line itself: completions, manual pages, help and version.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use crate::program::backtrail;

/// Runs a program. Returns what it prints to standard output and to standard error; nothing if it
/// is not installed.
fn output(program: &str, arguments: &[&str]) -> Option<(String, String)> {
    let mut command = Command::new(program);
    command.args(arguments).env("LC_ALL", "C.UTF-8");
    match command.env("MANWIDTH", "100").output() {
        Ok(output) => {
            let [out, error] = [output.stdout, output.stderr].map(String::from_utf8);
            Some((out.unwrap(), error.unwrap()))
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::NotFound, "{program}: {error}");
            crate::program::skip(program, "it is not installed");
            None
        }
    }
}

/// Writes the completions of a shell into a folder, and returns the path.
fn completions(shell: &str, folder: &Path) -> String {
    let run = backtrail(["completions", shell]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let path = folder.join(format!("backtrail.{shell}"));
    fs::write(&path, run.stdout).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn shells_load_the_completions_and_complete_commands() {
    let folder = tempfile::tempdir().unwrap();
    let bash = "source \"$0\"; COMP_WORDS=(backtrail ledger ch); COMP_CWORD=2; \
                _backtrail backtrail ch ledger; echo \"${COMPREPLY[@]}\"";
    let zsh = "autoload -U compinit; compinit -D -u; source \"$0\"; whence -w _backtrail";
    let fish = "source $argv[1]; complete -C 'backtrail ledger ch'";
    for (shell, arguments, expected) in [
        ("bash", ["--norc", "-c", bash].as_slice(), "check\n"),
        ("zsh", &["-f", "-c", zsh], "_backtrail: function\n"),
        ("fish", &["--no-config", "-c", fish], "check\t"),
    ] {
        let script = completions(shell, folder.path());
        let Some((out, error)) = output(shell, &[arguments, &[&script]].concat()) else {
            continue;
        };
        assert!(out.starts_with(expected), "{shell}: {out}{error}");
        assert_eq!(error, "", "{shell}");
    }
    for shell in ["powershell", "elvish"] {
        let script = fs::read_to_string(completions(shell, folder.path())).unwrap();
        assert!(script.contains("backtrail;ledger;check"), "{shell}");
    }
}

#[test]
fn manual_pages_have_no_warnings_and_name_examples_and_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("man1");
    let run = backtrail(["man", "--out", out.to_str().unwrap()]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    let program = fs::read_to_string(out.join("backtrail.1")).unwrap();
    assert_eq!(backtrail(["man"]).stdout, program);
    let mut names = Vec::new();
    for page in fs::read_dir(&out).unwrap().map(Result::unwrap) {
        names.push(page.file_name().into_string().unwrap());
        let path = page.path();
        let Some((text, warnings)) = output("man", &["--warnings", "-l", path.to_str().unwrap()])
        else {
            continue;
        };
        assert_eq!(warnings, "", "{path:?}");
        assert!(text.contains("NAME") && text.contains("SYNOPSIS"), "{text}");
    }
    assert!(
        names.contains(&"backtrail-ledger-check.1".to_owned()),
        "{names:?}"
    );
    let audit = fs::read_to_string(out.join("backtrail-audit.1")).unwrap();
    for part in [
        ".SH EXAMPLES",
        "backtrail audit s3://my",
        ".SH \"EXIT STATUS\"",
        "Ctrl",
    ] {
        assert!(audit.contains(part), "{part}: {audit}");
    }
}

#[test]
fn help_begins_with_two_examples_and_ends_with_the_exit_codes() {
    for command in ["", "audit", "ledger", "pattern", "verify"] {
        let words = [command, "--help"]
            .into_iter()
            .filter(|word| !word.is_empty());
        let help = backtrail(words).stdout;
        let mut lines = help.lines();
        assert_eq!(lines.next(), Some("Examples:"));
        let example = format!("  backtrail {command}");
        for line in lines.by_ref().take(2) {
            assert!(line.starts_with(example.trim_end()), "{line}");
        }
        assert_eq!(lines.next(), Some(""));
        let (_, codes) = help.split_once("\nExit codes:\n").unwrap();
        for line in codes.lines() {
            let code = line.split_whitespace().next().unwrap();
            assert!(code.parse::<u8>().is_ok(), "{line}");
        }
        assert!(codes.starts_with("    0  "), "{codes}");
    }
}

#[test]
fn the_long_version_names_commit_date_and_features() {
    let short = backtrail(["-V"]).stdout;
    assert_eq!(
        short,
        concat!("backtrail ", env!("CARGO_PKG_VERSION"), "\n")
    );
    let long = backtrail(["--version"]).stdout;
    let lines: Vec<&str> = long.lines().collect();
    let [version, commit, date, features] = lines[..] else {
        panic!("{long}");
    };
    assert_eq!(version, short.trim_end());
    assert!(commit.starts_with("commit: ") && date.starts_with("date: "));
    assert!(features.starts_with("features: cli"), "{features}");
}

#[test]
fn an_unknown_option_brings_no_tip_to_name_a_file_like_it() {
    for (option, tip) in [("--colour", "'--color'"), ("--zzz", "try '--help'")] {
        let run = backtrail(["audit", "samples/archive", option]);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains("unexpected argument"), "{}", run.stderr);
        assert!(!run.stderr.contains("as a value"), "{}", run.stderr);
        assert!(run.stderr.contains(tip), "{}", run.stderr);
    }
}

#[test]
fn the_help_has_every_exit_code_of_the_readme() {
    let help = backtrail(["--help"]).stdout;
    let (_, help) = help.split_once("\nExit codes:\n").unwrap();
    let words = help.lines().map(|line| line.split_whitespace().next());
    let in_help: Vec<&str> = words.map(Option::unwrap).collect();
    let readme = fs::read_to_string("README.md").unwrap();
    let (_, table) = readme.split_once("\n## Exit codes\n").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let cells = table.lines().filter_map(|line| line.split('|').nth(1));
    let in_readme: Vec<&str> = cells
        .map(str::trim)
        .filter(|cell| cell.parse::<u8>().is_ok())
        .collect();
    assert_eq!(in_help, in_readme);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_standard_output_is_named() {
    let mut command = crate::program::command();
    command.args(["rules", "list"]);
    command.stdout(fs::File::create("/dev/full").unwrap());
    let output = command.output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("cannot write to standard output"), "{error}");
}
