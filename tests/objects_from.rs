//! Plans of lists that other programs write: they are those of a listing of the same objects.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program::{Colours, Run, audit, report_files, run};

/// Returns the files of the sample archive.
fn files() -> Vec<String> {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/archive");
    let entries = walkdir::WalkDir::new(sample)
        .into_iter()
        .map(Result::unwrap);
    let entries = entries.filter(|entry| entry.file_type().is_file());
    entries
        .map(|entry| {
            let path = entry
                .path()
                .strip_prefix(env!("CARGO_MANIFEST_DIR"))
                .unwrap();
            path.to_str().unwrap().to_owned()
        })
        .collect()
}

/// A folder of plans.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command with a list on standard input.
    fn run(&self, line: &str, list: &str) -> Run {
        let line = line.replace("{}", &self.folder.path().to_string_lossy());
        run(line.split_whitespace(), Colours::Never, list.as_bytes())
    }

    /// Runs a command that succeeds.
    fn good(&self, line: &str, list: &str) {
        let run = self.run(line, list);
        assert_eq!(run.code, 0, "{line}: {}{}", run.stdout, run.stderr);
    }

    fn shards(&self, plan: &str) -> String {
        std::fs::read_to_string(self.path(plan).join("shards.jsonl")).unwrap()
    }
}

#[test]
fn a_list_of_files_has_the_plan_and_the_report_of_their_folder() {
    let place = Place::new();
    let options = "--rule all --shard-objects 9";
    let listed = place.run(
        &format!("plan samples/archive {options} --out {{}}/listed"),
        "",
    );
    let mut files = files();
    files.rotate_left(20);
    // Lines as Windows ends them.
    let list = files.join("\r\n") + "\n\n";
    let own = place.run(
        &format!("plan --objects-from - {options} --out {{}}/own"),
        &list,
    );
    assert_eq!((listed.code, own.code), (0, 0), "{}", own.stderr);
    let shards = place.shards("listed");
    assert_eq!(place.shards("own"), shards);
    // As editors of Windows write a list.
    let marked = format!("\u{feff}{list}");
    place.good(
        &format!("plan --objects-from - {options} --out {{}}/marked"),
        &marked,
    );
    assert_eq!(place.shards("marked"), shards);
    // The same file again, by another way.
    files.push(format!("./{}", files[0]));
    let twice = place.run("plan --objects-from - --out {}/twice", &files.join("\n"));
    assert_eq!(twice.json()["objects"], listed.json()["objects"]);
    std::fs::write(place.path("list"), &list[..list.len() - 1]).unwrap();
    place.run(
        &format!("plan --objects-from {{}}/list {options} --out {{}}/file"),
        "",
    );
    assert_eq!(place.shards("file"), shards);

    let scan = place.run("scan --plan {}/own --shard 0 --of 1 --out {}/parts", "");
    assert_eq!(scan.code, 0, "{}", scan.stderr);
    let merge = place.run("merge --plan {}/own --parts {}/parts --out {}/ledger", "");
    assert_eq!(merge.code, 0, "{}", merge.stderr);
    let report = |line: &str, out: &str| {
        let out = place.path(out);
        let line = format!("{line} --rule all --quiet --out {}", out.display());
        assert_eq!(audit(&line, &[]).code, 0);
        report_files(&out)[Path::new("attempts.csv")].clone()
    };
    let ledger = format!("--ledger {}", place.path("ledger").display());
    assert!(report(&ledger, "alone") == report("samples/archive", "plain"));
}

#[test]
fn the_plan_of_a_list_leaves_out_what_a_ledger_knows() {
    let place = Place::new();
    let line = format!(
        "--quiet --ledger {} --rule secrets",
        place.path("ledger").display()
    );
    assert_eq!(audit(&format!("{line} samples/archive"), &[]).code, 0);
    let mut list = files();
    list.truncate(3);
    let new = place.path("new.json.gz");
    std::fs::copy(&list[0], &new).unwrap();
    list.push(new.to_str().unwrap().to_owned());
    let line = "plan --objects-from - --rule secrets --ledger {}/ledger --out {}/plan";
    let printed = place.run(line, &list.join("\n")).json();
    assert_eq!(
        (&printed["objects"], &printed["known"]),
        (&1.into(), &3.into())
    );
}

#[test]
fn what_cannot_be_looked_up_is_a_problem_of_the_plan() {
    let place = Place::new();
    let files = files();
    let list = format!("{}\nsamples/archive\nno/such.json.gz\n", files[0]);
    let run = place.run("plan --objects-from - --out {}/plan", &list);
    assert_eq!(
        (run.code, &run.json()["objects"]),
        (3, &1.into()),
        "{}",
        run.stderr
    );
    for part in [
        "`samples/archive` could not be listed: it is not",
        "`no/such.json.gz` could",
    ] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    let plan = std::fs::read_to_string(place.path("plan/plan.json")).unwrap();
    let plan: Value = serde_json::from_str(&plan).unwrap();
    assert_eq!(plan["listing"]["problems"].as_array().unwrap().len(), 2);
    assert_eq!(
        plan["listing"]["sources"],
        serde_json::json!(["standard input"])
    );
    let hash = plan["listing"]["list_sha256"].as_str().unwrap();
    assert_eq!(hash.len(), 64, "it tells the list from others");
}

#[test]
fn lines_that_contradict_each_other_are_a_problem_of_the_plan() {
    let place = Place::new();
    let line = |etag: &str| format!(r#"{{"key":"s3://b/a.json","size":1,"etag":"{etag}"}}"#);
    let lines = [line("v1"), line("v1")];
    place.good("plan --objects-from - --out {}/same", &lines.join("\n"));
    let mut shards = Vec::new();
    for (out, lines) in [("one", ["v1", "v2"]), ("two", ["v2", "v1"])] {
        let plan = format!("plan --objects-from - --out {{}}/{out}");
        let run = place.run(&plan, &lines.map(line).join("\n"));
        assert_eq!((run.code, &run.json()["objects"]), (3, &1.into()));
        let part = "`standard input`: 1 line has the key of another line with another size or ETag";
        assert!(run.stderr.contains(part), "{}", run.stderr);
        shards.push(place.shards(out));
    }
    assert_eq!(shards[0], shards[1]);
    let lines = ["[", "    {", "        \"Key\": \"a\""].join("\n");
    let run = place.run("plan --objects-from - --out {}/json", &lines);
    assert!(run.code == 2 && run.stderr.contains("line 1: it is a part of JSON"));
}

#[test]
fn a_list_of_something_else_is_refused() {
    let place = Place::new();
    let long = "a".repeat(70_000);
    for (options, list, part) in [
        (
            "",
            "a\ns3:/b/c\n",
            "cannot use the list `standard input`, line 2: `s3:/b/c` has no bucket",
        ),
        ("", "{\"Key\":\"a\"}", "line 1: `a` has no bucket"),
        ("s3://b/c", "{\"Key\":\"a\"}", "`a` is not below `s3://b/c`"),
        ("s3://b", "{\"Key\":", "line 1: EOF"),
        ("samples/archive", "a", "beside a list, give no path"),
        ("s3://b s3://c", "a", "beside a list, give no path"),
        (
            "--max-objects 1",
            "a\nb",
            "line 2: there are more than 1 object;",
        ),
        ("", &long, "line 1: it is longer than 65536 bytes"),
        ("--inventory m", "a", "cannot be used with"),
    ] {
        let line = format!("plan --objects-from - {options} --out {{}}/plan");
        let run = place.run(&line, list);
        assert_eq!(run.code, 2, "{part}: {}", run.stdout);
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    let run = place.run("plan --objects-from {}/none --out {}/plan", "");
    assert!(
        run.code == 2 && run.stderr.contains("cannot open"),
        "{}",
        run.stderr
    );
    assert!(!place.path("plan").exists());
}

#[cfg(feature = "s3")]
mod in_s3 {
    use super::*;
    use crate::s3::Server;

    fn shards(server: &Server, arguments: &str) -> (String, String) {
        let out = tempfile::tempdir().unwrap();
        let plan = out.path().join("plan");
        let (code, stdout, stderr) =
            server.run(&format!("plan {arguments} --out {}", plan.display()));
        assert!(code == 0 || code == 3, "{stdout}{stderr}");
        (
            std::fs::read_to_string(plan.join("shards.jsonl")).unwrap(),
            stderr,
        )
    }

    #[test]
    fn lists_of_a_bucket_have_the_plan_of_a_listing() {
        let server = Server::start(&[]).with_sample();
        let (listed, _) = shards(&server, "s3://trail");
        let keys = files().into_iter().filter_map(|file| {
            let key = file.strip_prefix("samples/archive/")?.to_owned();
            Some((std::fs::metadata(&file).unwrap().len(), key))
        });
        let keys: Vec<(u64, String)> = keys.collect();
        let list = server.root().join("list");
        let write = |line: &dyn Fn(&(u64, String)) -> String| {
            let lines: Vec<String> = keys.iter().map(line).collect();
            std::fs::write(&list, lines.join("\n")).unwrap();
        };
        let from = format!("--objects-from {}", list.display());
        // As `aws s3api list-objects-v2` prints them.
        write(&|(size, key)| {
            serde_json::json!({ "Key": key, "Size": size, "ETag": "\"v1\"" }).to_string()
        });
        assert_eq!(shards(&server, &format!("s3://trail {from}")).0, listed);
        // As `s5cmd --json ls` prints them.
        write(&|(size, key)| {
            let key = format!("s3://trail/{key}");
            serde_json::json!({ "key": key, "size": size, "etag": "v1" }).to_string()
        });
        assert_eq!(shards(&server, &from).0, listed);
        // Without sizes, each is looked up.
        write(&|(_, key)| format!("s3://trail/{key}"));
        assert_eq!(shards(&server, &from).0, listed);
        assert_eq!(server.gets(""), 0, "nothing is read");
    }

    #[test]
    fn an_object_that_is_not_there_is_a_problem() {
        let server = Server::start(&[]).with_sample();
        let list = server.root().join("list");
        std::fs::write(&list, "s3://trail/none.json.gz\ns3://none/a\n").unwrap();
        let (shards, stderr) = shards(&server, &format!("--objects-from {}", list.display()));
        assert_eq!(shards, "");
        for key in ["s3://trail/none.json.gz", "s3://none/a"] {
            let part = format!("`{key}` could not be listed: the object cannot be looked up");
            assert!(stderr.contains(&part), "{stderr}");
        }
    }
}
