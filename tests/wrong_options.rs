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
