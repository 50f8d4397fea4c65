//! The memory that an audit takes, under a ceiling that the system enforces.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::program::Run;

/// The ceiling in KiB: twenty times less than the files of these tests, several times more than the
/// program itself takes.
const CEILING_KIB: u64 = 128 << 10;

/// The size of a file that takes no space on the disk.
const SPARSE_BYTES: u64 = 3 << 30;

fn sparse(path: &Path, head: &[u8]) {
    let mut file = File::create(path).unwrap();
    file.write_all(head).unwrap();
    file.set_len(SPARSE_BYTES).unwrap();
}

/// Runs an audit that may have no more memory than the ceiling.
fn audit(options: &str, path: &str, input: Stdio) -> Run {
    let output = Command::new("sh")
        .args([
            "-c",
            "ulimit -d \"$1\" && shift && exec \"$@\"",
            "sh",
            &CEILING_KIB.to_string(),
            env!("CARGO_BIN_EXE_backtrail"),
            "audit",
            "--json",
            "--threads",
            "2",
            path,
        ])
        .args(options.split_whitespace())
        .stdin(input)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// The exit code, and the kinds of the problems.
fn problems(run: &Run) -> (i32, Vec<Value>) {
    let problems = run.json()["problems"].take();
    let kinds = problems.as_array().unwrap().iter();
    (
        run.code,
        kinds.map(|problem| problem["kind"].clone()).collect(),
    )
}

#[test]
fn a_large_file_takes_no_memory_to_be_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sparse");
    sparse(&path, b"");
    let path = path.to_str().unwrap();
    let refused = (3, vec![json!("not-cloudtrail")]);
    let run = audit("", path, Stdio::null());
    assert_eq!(problems(&run), refused);
    assert_eq!(run.json()["objects"]["stored_bytes"], SPARSE_BYTES);
    let run = audit("", "-", File::open(path).unwrap().into());
    assert_eq!(problems(&run), refused);

    // In a folder, it is just another file.
    std::fs::write(folder.path().join("a.json"), "{\"Records\":[]}").unwrap();
    let run = audit("", folder.path().to_str().unwrap(), Stdio::null());
    assert_eq!(problems(&run), (0, vec![]));
    assert_eq!(
        run.json()["objects"]["skipped_by_reason"],
        json!({"not-cloudtrail": 1})
    );
}

#[test]
fn a_large_log_takes_no_more_memory_than_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sparse.json");
    let record =
        r#"{"Records":[{"eventName":"A","eventSource":"b","eventTime":"2026-03-01T00:00:00Z"},"#;
    sparse(&path, record.as_bytes());
    let path = path.to_str().unwrap();
    let too_large = (3, vec![json!("too-large")]);
    for (path, input) in [
        (path, Stdio::null()),
        ("-", File::open(path).unwrap().into()),
    ] {
        let run = audit("--max-content 1", path, input);
        assert_eq!(problems(&run), too_large);
        assert_eq!(
            run.json()["records"]["total"],
            1,
            "what comes first is read"
        );
    }
    // The ceiling is real: it is met where the limit allows the whole file. Where there is more
    // memory, the file can be read another time.
    let run = audit("--max-content 4096", path, Stdio::null());
    assert_eq!(problems(&run), (3, vec![json!("unavailable")]));
    assert!(run.stdout.contains("memory"), "{}", run.stdout);
}
