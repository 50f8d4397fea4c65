//! Archives that another program made, signed and tampered with, each with the right answer and with
//! what AWS's own tool says of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde::Deserialize;
use serde_json::Value;

use super::verify;
use crate::generator::digests::sha256;
use crate::program::{beside, skip};

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    commands: Vec<String>,
    range: Option<(String, String)>,
    expected: Expected,
    aws: Aws,
}

#[derive(Deserialize)]
struct Expected {
    objects: usize,
    counts: BTreeMap<String, u64>,
    default_grade: String,
    other_grades: BTreeMap<String, String>,
    moved: BTreeMap<String, String>,
    gaps: Vec<Value>,
    findings: Vec<Value>,
    exit: i32,
    exit_strict: i32,
}

/// What AWS's own tool said.
#[derive(Deserialize)]
struct Aws {
    valid: usize,
    not_valid: BTreeMap<String, Value>,
}

/// The number of cases that are made at once.
const THREADS: usize = 4;

/// The programs that make and spoil archives.
const SCRIPTS: [&str; 3] = [
    "tools/make_archive.py",
    "digests/make_digests.py",
    "digests/spoil_digests.py",
];

const TEST: &str = "archives_that_another_program_tampered_with_have_their_grades";

/// Returns the folder of a case. To make one takes seconds, so it is kept with what was built.
fn made(case: &Case, shared: &Path) -> Option<PathBuf> {
    let mut recipe = case.commands.join("\n").into_bytes();
    for script in SCRIPTS {
        recipe.extend(std::fs::read(shared.join(script)).unwrap());
    }
    let version = &sha256(&recipe)[..16];
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR")).join("digests");
    let folder = parent.join(format!("{}-{version}", case.id));
    if !folder.exists() {
        std::fs::create_dir_all(&parent).unwrap();
        let unfinished = tempfile::tempdir_in(&parent).unwrap();
        make(case, shared, unfinished.path())?;
        // Another run may have been quicker.
        if std::fs::rename(unfinished.path(), &folder).is_ok() {
            let _ = unfinished.keep();
        }
    }
    Some(folder)
}

/// Runs the commands that make a case, if there is a program for them.
fn make(case: &Case, shared: &Path, folder: &Path) -> Option<()> {
    for command in &case.commands {
        let mut words = command.split(' ').map(|word| match word {
            "ARCHIVE" => folder.join("archive"),
            "OUT" => folder.join("out"),
            _ => PathBuf::from(word),
        });
        let program = words.next().unwrap();
        let script = SCRIPTS
            .iter()
            .find(|script| Path::new(script).ends_with(&program))
            .unwrap();
        let mut run = Command::new("python3");
        let output = run.arg(shared.join(script)).args(words).output().ok()?;
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}: {error}");
    }
    Some(())
}

/// Returns the differences between what is expected of a case and what the program says.
fn differences(case: &Case, out: &Path) -> Vec<String> {
    let path = |name: &str| out.join(name).to_str().unwrap().to_owned();
    let (keys, metadata) = (path("keys.json"), path("digest-metadata.jsonl"));
    let mut arguments = vec!["--json", "--keys", &keys, "--metadata", &metadata];
    if let Some((from, to)) = &case.range {
        arguments.extend(["--from", from, "--to", to]);
    }
    let run = verify(&out.join("s3"), &arguments);
    let expected = &case.expected;
    // Nothing is wrong, but not everything is proven.
    let is_unproven = (expected.exit, expected.exit_strict) == (0, 1);
    let exit = if is_unproven { 3 } else { expected.exit };
    let mut wrong = Vec::new();
    if run.code != exit {
        wrong.push(format!(
            "exit {} instead of {exit}: {}",
            run.code, run.stderr
        ));
    }
    let result = run.json();
    compare_objects(expected, &result, &mut wrong);
    compare(
        "gaps",
        sorted(&expected.gaps),
        sorted(array(&result, "gaps")),
        &mut wrong,
    );
    compare(
        "findings",
        sorted(&expected.findings),
        sorted(array(&result, "findings")),
        &mut wrong,
    );
    let counts: BTreeMap<String, u64> = serde_json::from_value(result["counts"].clone()).unwrap();
    let named = expected
        .counts
        .iter()
        .map(|(grade, count)| (grade.replace(' ', "-"), *count));
    compare("counts", named.collect(), counts, &mut wrong);
    compare_with_aws(case, &result, &mut wrong);
    wrong
}

fn compare<T: PartialEq + std::fmt::Debug>(
    what: &str,
    expected: T,
    found: T,
    wrong: &mut Vec<String>,
) {
    if expected != found {
        wrong.push(format!("{what}: {found:?} instead of {expected:?}"));
    }
}

fn array<'a>(result: &'a Value, name: &str) -> &'a Vec<Value> {
    result[name].as_array().unwrap()
}

fn sorted(values: &[Value]) -> Vec<String> {
    let mut texts: Vec<String> = values.iter().map(Value::to_string).collect();
    texts.sort();
    texts
}

fn name(object: &Value) -> String {
    format!(
        "{}/{}",
        object["bucket"].as_str().unwrap(),
        object["key"].as_str().unwrap()
    )
}

fn compare_objects(expected: &Expected, result: &Value, wrong: &mut Vec<String>) {
    let objects = array(result, "objects");
    compare("objects", expected.objects, objects.len(), wrong);
    let mut others = expected.other_grades.clone();
    let mut moved = BTreeMap::new();
    for object in objects {
        let name = name(object);
        let grade = others
            .remove(&name)
            .unwrap_or_else(|| expected.default_grade.clone());
        let found = object["grade"].as_str().unwrap();
        compare(&name, grade.replace(' ', "-").as_str(), found, wrong);
        if let Some(from) = object["moved_from"].as_str() {
            moved.insert(name, from.to_owned());
        }
    }
    compare("objects that are expected", BTreeMap::new(), others, wrong);
    compare("moved", expected.moved.clone(), moved, wrong);
}

/// Where nothing was touched, AWS's own tool accepts as many objects.
fn compare_with_aws(case: &Case, result: &Value, wrong: &mut Vec<String>) {
    if !case.id.starts_with("untouched") {
        return;
    }
    let proven = array(result, "objects").iter();
    let proven = proven.filter(|object| object["grade"] == "signed").count();
    compare("objects that AWS accepts", case.aws.valid, proven, wrong);
    compare(
        "objects that AWS rejects",
        BTreeMap::new(),
        case.aws.not_valid.clone(),
        wrong,
    );
}

#[test]
fn archives_that_another_program_tampered_with_have_their_grades() {
    let Some(shared) = beside("shared", TEST) else {
        return;
    };
    let Ok(text) = std::fs::read_to_string(shared.join("digests/cases-open.json")) else {
        return skip(TEST, "there are no cases");
    };
    let cases: Cases = serde_json::from_str(&text).unwrap();
    // Most of the time is spent in the program that makes the keys.
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    let is_skipped = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(case) = cases.cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Some(folder) = made(case, &shared) else {
                        return is_skipped.store(true, Ordering::Relaxed);
                    };
                    for difference in differences(case, &folder.join("out")) {
                        wrong
                            .lock()
                            .unwrap()
                            .push(format!("{}: {difference}", case.id));
                    }
                }
            });
        }
    });
    if is_skipped.into_inner() {
        return skip(TEST, "there is no python3");
    }
    let wrong = wrong.into_inner().unwrap();
    assert!(cases.cases.len() >= 24);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
