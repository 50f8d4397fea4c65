//! Options that are wrong, and what to write instead.

use std::fs;

use crate::program::{audit, backtrail, sample};

#[test]
fn a_number_that_is_none_says_what_to_write() {
    for options in ["--threshold x", "--pattern a --default-value x"] {
        let run = audit(options, &[sample()]);
        assert_eq!(run.code, 2, "{options}");
        let expected = "write a number such as 1 or 2.5";
        assert!(run.stderr.contains(expected), "{options}: {}", run.stderr);
    }
    assert_eq!(audit("--threshold 2.5", &[sample()]).code, 0);
}

#[test]
fn a_file_is_neither_a_report_folder_nor_a_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "mine").unwrap();
    for out in [file.clone(), file.join("report")] {
        let run = audit(&format!("--out {}", out.display()), &[sample()]);
        assert_eq!(run.code, 2, "{}", run.stdout);
        let expected = format!("`{}` is a file, not a folder", file.display());
        assert!(run.stderr.contains(&expected), "{}", run.stderr);
    }
    let run = backtrail(["report", "--ledger", file.to_str().unwrap()]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    let expected = format!("there is no ledger in `{}`", file.display());
    assert!(run.stderr.contains(&expected), "{}", run.stderr);
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn csv_for_a_program_needs_csv() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let run = |format: &str| {
        let options = format!(
            "--csv-for spreadsheet --format {format} --out {}",
            out.display()
        );
        audit(&options, &[sample()])
    };
    let json = run("json");
    assert_eq!(json.code, 2, "{}", json.stdout);
    let expected = "--csv-for needs CSV, which --format leaves out: add csv to --format";
    assert!(json.stderr.contains(expected), "{}", json.stderr);
    assert!(!out.exists());
    assert_eq!(run("json,csv").code, 0);
}

#[test]
fn a_folder_that_must_be_local_is_not_an_address_in_s3() {
    let write = "copy it with `aws s3 cp --recursive`";
    let read = "copy it to a folder first, with `aws s3 cp --recursive`";
    for (line, words) in [
        ("audit ARCHIVE --out s3://b/p", write),
        (
            "audit ARCHIVE --ledger s3://b/p",
            "keep the ledger in a folder",
        ),
        (
            "backtest ARCHIVE --ledger s3://b/p",
            "keep the ledger in a folder",
        ),
        ("backtest ARCHIVE --out s3://b/p", write),
        ("report --ledger s3://b/p", read),
        ("plan ARCHIVE --out s3://b/p", write),
        ("plan ARCHIVE --ledger s3://b/p --out plan", read),
        ("merge --plan plan --parts parts --out s3://b/p", write),
        (
            "merge --plan plan --parts parts --base s3://b/p --out out",
            read,
        ),
        ("ledger info s3://b/p", read),
        ("ledger check s3://b/p", read),
        ("ledger merge s3://b/p --out out", read),
        ("ledger merge ledger --out s3://b/p", write),
        ("evidence check s3://b/p", read),
        ("man --out s3://b/p", write),
    ] {
        // Nothing may be written there, so the command runs in a folder of its own.
        let folder = tempfile::tempdir().unwrap();
        let archive = fs::canonicalize(sample()).unwrap();
        let words_of_line = line.replace("ARCHIVE", archive.to_str().unwrap());
        let output = crate::program::command()
            .args(words_of_line.split_whitespace())
            .current_dir(folder.path())
            .output()
            .unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{line}: {error}");
        assert!(error.contains(words), "{line}: {error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{line}");
    }
}

#[test]
fn a_folder_of_manual_pages_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "mine").unwrap();
    let page = folder.path().join("pages/backtrail.1");
    fs::create_dir_all(&page).unwrap();
    let pages = folder.path().join("pages");
    for (out, named) in [(&file, &file), (&pages, &page)] {
        let run = backtrail(["man", "--out", out.to_str().unwrap()]);
        assert_eq!(run.code, 2, "{}", run.stdout);
        let expected = format!("cannot write `{}`: ", named.display());
        assert!(run.stderr.contains(&expected), "{}", run.stderr);
    }
}
