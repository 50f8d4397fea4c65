//! The hashes of what a report rests on, its manifest, and the check of a folder against it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::program::{Colours, Run, audit, backtrail, files, report_files, run, sample};

pub fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a report of these paths.
fn report(arguments: &str, paths: &[&Path]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let arguments = format!("--quiet {arguments} --out {}", folder.path().display());
    let run = audit(&arguments, paths);
    assert!([0, 3].contains(&run.code), "{}", run.stderr);
    folder
}

fn json(folder: &Path, name: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
}

fn rows(folder: &Path, table: &str) -> Vec<Value> {
    let table = json(folder, &format!("{table}.json"));
    table.as_array().unwrap().clone()
}

fn check(folder: &Path) -> Run {
    backtrail(["evidence".as_ref(), "check".as_ref(), folder.as_os_str()])
}

/// The differences that a check finds, as `kind file`.
fn differences(folder: &Path) -> Vec<String> {
    let folder = folder.to_str().unwrap();
    let run = backtrail(["evidence", "check", "--json", folder]);
    let answer = run.json();
    let differences = answer["differences"].as_array().unwrap();
    assert_eq!(run.code, i32::from(!differences.is_empty()));
    let text = |difference: &Value| {
        let (kind, file) = (&difference["kind"], &difference["file"]);
        format!("{} {}", kind.as_str().unwrap(), file.as_str().unwrap())
    };
    differences.iter().map(text).collect()
}

/// A log file with an attempt.
const LOG: &str = r#"{"Records":[{"eventTime":"2026-03-04T09:00:00Z","eventID":"1","eventSource":"secretsmanager.amazonaws.com","eventName":"GetSecretValue","errorMessage":"You can't perform this operation on the secret because it was marked for deletion."}]}"#;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tar(names: &[&str], bytes: &[u8]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for name in names {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

#[test]
fn every_source_of_the_sample_has_the_hash_of_its_file() {
    let folder = report("--format json", &[sample()]);
    let sources = rows(folder.path(), "sources");
    let hashes: BTreeMap<&str, &str> = sources
        .iter()
        .map(|source| {
            let key = source["object_key"].as_str().unwrap();
            (key, source["sha256"].as_str().unwrap())
        })
        .collect();
    for (key, hash) in &hashes {
        assert_eq!(sha256(&fs::read(key).unwrap()), *hash, "{key}");
    }
    let attempts = rows(folder.path(), "attempts");
    assert_eq!(attempts.len(), 42);
    for attempt in &attempts {
        let key = attempt["object_key"].as_str().unwrap();
        assert_eq!(attempt["source_sha256"], hashes[key]);
    }
    let sum = |column: &str| {
        let numbers = sources
            .iter()
            .map(|source| source[column].as_u64().unwrap());
        numbers.sum::<u64>()
    };
    // Three of them are further copies.
    assert_eq!(sum("attempts"), 45);
    assert!(sum("lifecycle") > 0);
    assert!(sources.len() < 53, "only objects that hold something");
}

/// The hash is that of the stored bytes, whatever they wrap.
#[test]
fn every_form_of_source_has_the_hash_of_its_bytes() {
    let archive = tempfile::tempdir().unwrap();
    let gzipped = gzip(LOG.as_bytes());
    let wide: Vec<u8> = LOG.bytes().flat_map(|byte| [byte, 0]).collect();
    let forms = [
        ("plain.json", LOG.as_bytes().to_vec()),
        ("one.json.gz", gzipped.clone()),
        ("twice.json.gz.gz", gzip(&gzipped)),
        ("wide.json", wide),
        (
            "all.tar.gz",
            gzip(&tar(&["a/x.json.gz", "a/y!/z.json.gz"], &gzipped)),
        ),
        ("cut.json.gz", gzipped[..gzipped.len() - 4].to_vec()),
    ];
    for (name, bytes) in &forms {
        fs::write(archive.path().join(name), bytes).unwrap();
    }
    let options = "--keep-duplicates --format json";
    let folder = report(options, &[archive.path()]);
    let sources = rows(folder.path(), "sources");
    let found: BTreeMap<String, (String, u64, u64)> = sources
        .iter()
        .map(|source| {
            let key = Path::new(source["object_key"].as_str().unwrap());
            let name = key.file_name().unwrap().to_str().unwrap().to_owned();
            let number = |column: &str| source[column].as_u64().unwrap();
            let hash = source["sha256"].as_str().unwrap().to_owned();
            (name, (hash, number("stored_bytes"), number("attempts")))
        })
        .collect();
    let expected: BTreeMap<String, (String, u64, u64)> = forms
        .iter()
        .map(|(name, bytes)| {
            let attempts = if *name == "all.tar.gz" { 2 } else { 1 };
            let entry = (sha256(bytes), bytes.len() as u64, attempts);
            ((*name).to_owned(), entry)
        })
        .collect();
    assert_eq!(found, expected);
    let attempts = rows(folder.path(), "attempts");
    assert_eq!(attempts.len(), 7);
    assert!(
        attempts
            .iter()
            .all(|attempt| attempt["source_sha256"].is_string())
    );

    let ledger = archive.path().join("ledger");
    let options = format!("{options} --ledger {}", ledger.display());
    for paths in [&[archive.path()][..], &[]] {
        let folder = report(&options, paths);
        assert_eq!(rows(folder.path(), "sources"), sources);
        assert_eq!(rows(folder.path(), "attempts"), attempts);
    }
}

#[test]
fn standard_input_has_a_hash() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let bytes = gzip(LOG.as_bytes());
    let arguments = ["audit", "-", "--quiet", "--out", out];
    let run = run(arguments, Colours::Never, &bytes);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let sources = rows(folder.path(), "sources");
    assert_eq!(sources[0]["sha256"], sha256(&bytes).as_str());
}

/// What was not read to its end has no hash, and the report says so.
#[test]
fn an_object_beyond_a_limit_has_no_hash() {
    let archive = tempfile::tempdir().unwrap();
    let path = archive.path().join("large.json");
    let filler = "x".repeat(2 << 20);
    fs::write(&path, LOG.replace("]}", &format!(",\"{filler}\"]}}"))).unwrap();
    let folder = report("--max-content 1", &[&path]);
    let sources = rows(folder.path(), "sources");
    assert_eq!(sources.len(), 1);
    assert_eq!(sources[0]["sha256"], Value::Null);
    let summary = json(folder.path(), "summary.json");
    let assumptions = summary["assumptions"].as_array().unwrap().iter();
    let found = assumptions.filter(|found| found["name"] == "hashes of objects");
    let values: Vec<&Value> = found.map(|found| &found["value"]).collect();
    assert_eq!(values, ["missing for 1 of 1"]);
}

#[test]
fn a_ledger_of_an_earlier_version_has_no_hashes_and_says_so() {
    let fixture = "tests/fixtures/ledger-1";
    let options = format!("--ledger {fixture}/ledger --job {fixture}/filters.json");
    let folder = report(&format!("{options} --from 2026-03-04T09:00:00Z"), &[]);
    let sources = rows(folder.path(), "sources");
    assert!(!sources.is_empty());
    assert!(sources.iter().all(|source| source["sha256"].is_null()));
    let summary = fs::read_to_string(folder.path().join("summary.json")).unwrap();
    assert!(summary.contains("hashes of objects"));
}

#[test]
fn the_manifest_has_the_hash_of_every_other_file() {
    let folder = report("", &[sample()]);
    let evidence = json(folder.path(), "evidence.json");
    let mut found = files(folder.path());
    let text = found.remove(Path::new("evidence.json")).unwrap();
    let run = found.remove(Path::new("run.json")).unwrap();
    let outputs = evidence["outputs"].as_array().unwrap();
    assert_eq!(outputs.len(), found.len());
    for output in outputs {
        let bytes = &found[Path::new(output["file"].as_str().unwrap())];
        assert_eq!(output["sha256"], sha256(bytes).as_str());
        assert_eq!(output["bytes"], bytes.len());
    }
    let run: Value = serde_json::from_slice(&run).unwrap();
    assert_eq!(run["evidence_sha256"], sha256(&text).as_str());
    for field in ["started_at", "finished_at", "host", "system"] {
        assert!(run[field].is_string(), "{field}: {run}");
    }
    assert_eq!(
        evidence["sources"].as_array().unwrap().len(),
        rows(folder.path(), "sources").len()
    );
}

#[test]
fn the_manifest_is_the_same_for_any_number_of_threads() {
    let one = report("--threads 1", &[sample()]);
    let four = report("--threads 4", &[sample()]);
    assert_eq!(report_files(one.path()), report_files(four.path()));
}

/// The list of inputs is recomputed from the archive, and the rules from the manifest.
#[test]
fn the_hashes_of_inputs_and_rules_can_be_recomputed() {
    let folder = report("--rule all", &[sample()]);
    let evidence = json(folder.path(), "evidence.json");
    let mut lines = BTreeMap::new();
    for entry in walkdir::WalkDir::new(sample()) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let key = entry.path().to_str().unwrap().to_owned();
            let bytes = entry.metadata().unwrap().len();
            lines.insert(key.clone(), format!("[\"{key}\",{bytes},null]\n"));
        }
    }
    let list: String = lines.into_values().collect();
    assert_eq!(evidence["inputs"]["objects"], 53);
    assert_eq!(
        evidence["inputs"]["sha256"],
        sha256(list.as_bytes()).as_str()
    );

    #[derive(serde::Deserialize)]
    struct Rules<'a> {
        #[serde(borrow)]
        rules: &'a serde_json::value::RawValue,
    }
    let text = fs::read_to_string(folder.path().join("evidence.json")).unwrap();
    let rules: Rules<'_> = serde_json::from_str(&text).unwrap();
    let lines = rules.rules.get().lines().map(str::trim);
    let compact = lines.collect::<String>().replace("\": ", "\":");
    assert_eq!(
        evidence["rules_sha256"],
        sha256(compact.as_bytes()).as_str()
    );
}

#[test]
fn archives_are_inputs_and_not_their_files() {
    let archive = tempfile::tempdir().unwrap();
    let bytes = tar(&["x.json", "y.json"], LOG.as_bytes());
    let path = archive.path().join("all.tar");
    fs::write(&path, &bytes).unwrap();
    let folder = report("", &[archive.path()]);
    let line = format!("[\"{}\",{},null]\n", path.display(), bytes.len());
    let inputs = &json(folder.path(), "evidence.json")["inputs"];
    assert_eq!(inputs["objects"], 1);
    assert_eq!(inputs["sha256"], sha256(line.as_bytes()).as_str());
}

#[test]
fn options_and_limits_are_in_the_manifest() {
    let options = "--from 2026-03-03 --account 111122223333 --max-record 64 --format csv";
    let folder = report(options, &[sample()]);
    let evidence = json(folder.path(), "evidence.json");
    assert_eq!(evidence["options"]["from"], "2026-03-03T00:00:00Z");
    assert_eq!(evidence["options"]["to"], Value::Null);
    assert_eq!(evidence["options"]["accounts"][0], "111122223333");
    assert_eq!(evidence["options"]["formats"][0], "csv");
    assert_eq!(evidence["limits"]["record_bytes"], 64 << 10);
    assert_eq!(evidence["rules"][0]["rule"], "secrets");
    assert_eq!(evidence["paths"][0], "samples/archive");
}

#[test]
fn changed_missing_and_added_files_are_named() {
    let folder = report("--format csv", &[sample()]);
    let path = folder.path();
    let run = check(path);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout.ends_with("15 files are as recorded\n"),
        "{}",
        run.stdout
    );
    fs::write(path.join("evidence.json.minisig"), "a signature").unwrap();
    assert_eq!(differences(path), Vec::<String>::new());

    let table = path.join("attempts.csv");
    let mut bytes = fs::read(&table).unwrap();
    bytes[10] ^= 1;
    fs::write(&table, &bytes).unwrap();
    fs::write(path.join("metric.csv"), "").unwrap();
    fs::remove_file(path.join("objects.csv")).unwrap();
    fs::write(path.join("note\u{1b}[31m.txt"), "mine").unwrap();
    fs::create_dir(path.join("folder")).unwrap();
    let expected = [
        "changed attempts.csv",
        "added folder",
        "changed metric.csv",
        "added note\u{1b}[31m.txt",
        "missing objects.csv",
    ];
    assert_eq!(differences(path), expected);
    let run = check(path);
    assert_eq!(run.code, 1);
    assert!(!run.stdout.contains('\u{1b}'), "{}", run.stdout);
    assert!(
        run.stdout
            .contains("changed  attempts.csv: it has other contents")
    );
}

#[test]
fn a_manifest_that_was_changed_is_not_that_of_the_run() {
    let folder = report("--format csv", &[sample()]);
    let path = folder.path().join("evidence.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"ratio\": 500", "\"ratio\": 501")).unwrap();
    assert_eq!(differences(folder.path()), ["changed evidence.json"]);
    fs::remove_file(folder.path().join("run.json")).unwrap();
    assert_eq!(differences(folder.path()), ["missing run.json"]);
    fs::write(folder.path().join("run.json"), "{").unwrap();
    assert_eq!(differences(folder.path()), ["changed run.json"]);
}

#[test]
fn a_folder_without_a_manifest_cannot_be_checked() {
    let folder = tempfile::tempdir().unwrap();
    for text in [
        None,
        Some("{}"),
        Some("not JSON"),
        Some("{\"version\":\"1\""),
    ] {
        if let Some(text) = text {
            fs::write(folder.path().join("evidence.json"), text).unwrap();
        }
        let run = check(folder.path());
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{text:?}");
        assert!(run.stderr.contains("evidence.json"), "{}", run.stderr);
    }
}

/// A manifest may claim anything: nothing outside of the folder is read, and no name reaches the
/// terminal as it is.
#[test]
fn a_hostile_manifest_reads_nothing_outside() {
    let place = tempfile::tempdir().unwrap();
    let secret = place.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    let folder = place.path().join("report");
    fs::create_dir(&folder).unwrap();
    let hash = sha256(b"secret");
    let name = secret.to_str().unwrap();
    let names = [
        "../secret",
        name,
        "sub/../../secret",
        "\\u001b[31mred",
        "twice",
        "twice",
        "pipe",
    ];
    let outputs = names.map(|name| {
        let name = name.replace('"', "");
        format!(r#"{{"file":"{name}","bytes":6,"sha256":"{hash}"}}"#)
    });
    let link = format!(r#"{{"file":"link","bytes":6,"sha256":"{hash}"}}"#);
    let outputs = format!("{},{link}", outputs.join(","));
    let text = format!(r#"{{"version":"\u001b]0;x\u0007","outputs":[{outputs}]}}"#);
    fs::write(folder.join("evidence.json"), &text).unwrap();
    let run = format!(r#"{{"evidence_sha256":"{}"}}"#, sha256(text.as_bytes()));
    fs::write(folder.join("run.json"), run).unwrap();
    let mut expected = vec![
        "missing \u{1b}[31mred".to_owned(),
        "refused ../secret".to_owned(),
        format!("refused {name}"),
        "refused sub/../../secret".to_owned(),
        "missing twice".to_owned(),
        "refused twice".to_owned(),
    ];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&secret, folder.join("link")).unwrap();
        let pipe = folder.join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        expected.extend(["changed link".to_owned(), "changed pipe".to_owned()]);
    }
    let mut found = differences(&folder);
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert!(!check(&folder).stdout.contains('\u{1b}'));

    #[cfg(unix)]
    {
        // A manifest that is a link is not followed, either.
        let other = place.path().join("other");
        fs::create_dir(&other).unwrap();
        std::os::unix::fs::symlink(folder.join("evidence.json"), other.join("evidence.json"))
            .unwrap();
        assert_eq!(check(&other).code, 2);
    }
}

/// Every table and column is in the dictionary, with a meaning.
#[test]
fn the_dictionary_describes_every_column() {
    let folder = report("", &[sample()]);
    let dictionary = fs::read_to_string(folder.path().join("data-dictionary.md")).unwrap();
    let mut count = 0;
    for (name, bytes) in files(folder.path()) {
        if name.extension() != Some("csv".as_ref()) {
            continue;
        }
        let table = name.file_stem().unwrap().to_str().unwrap().to_owned();
        let sections = dictionary.split("\n## ");
        let section = sections
            .filter(|section| section.starts_with(&format!("{table}\n")))
            .collect::<String>();
        let text = String::from_utf8(bytes).unwrap();
        for column in text.lines().next().unwrap().split(',') {
            let row = section
                .lines()
                .find(|line| line.starts_with(&format!("| `{column}` | ")))
                .unwrap_or_else(|| panic!("`{column}` of {table} is not in the dictionary"));
            assert!(
                !row.ends_with("|  |"),
                "`{column}` of {table} has no meaning"
            );
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
}
