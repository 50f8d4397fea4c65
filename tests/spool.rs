//! Reports that are made with little memory are those that are made with much.

use std::path::{Path, PathBuf};

use backtrail::audit::{Audit, LedgerOptions};
use backtrail::plan::built_in::select;
use backtrail::plan::{BuiltInRule, Plan, Selection};
use backtrail::render::json::write_summary;
use backtrail::report::{ObjectOutcome, Report, Summary};

/// An audit whose report is compared.
struct Case<'a> {
    paths: &'a [PathBuf],
    ledger: Option<PathBuf>,
    threads: usize,
}

impl Case<'_> {
    fn report(&self, memory_rows: usize) -> Report {
        let rules = select("all").expect("rules").into_iter();
        let plan = Plan::new(rules.map(BuiltInRule::job).collect(), Selection::default());
        let mut audit = Audit::new(plan.expect("a plan"), self.paths);
        audit.threads = Some(self.threads);
        audit.ledger = self.ledger.as_ref().map(LedgerOptions::new);
        audit.memory_rows = memory_rows;
        audit.report().expect("a report")
    }
}

fn outcomes(report: &Report) -> Vec<ObjectOutcome> {
    let outcomes: Result<Vec<ObjectOutcome>, _> = report.objects.iter().collect();
    outcomes.expect("outcomes")
}

fn summary(report: &Report) -> String {
    let mut bytes = Vec::new();
    write_summary(&Summary::from_report(report), &mut bytes).expect("bytes");
    String::from_utf8(bytes).expect("a text")
}

/// Returns the sample archive, one of its folders once more, and files that are not log files.
fn paths(folder: &Path) -> Vec<PathBuf> {
    for name in ["a.txt", "b.json", "c.json.gz", "d!/e"] {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, "no records").expect("a file");
    }
    let sample = PathBuf::from("samples/archive");
    let again = sample.join("AWSLogs/111122223333/CloudTrail/eu-west-1");
    vec![sample, again, folder.to_owned()]
}

#[test]
fn reports_do_not_depend_on_the_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let other = tempfile::tempdir().expect("a folder");
    let (sample, paths) = ([PathBuf::from("samples/archive")], paths(other.path()));
    for (number, paths) in [&sample[..], &paths].into_iter().enumerate() {
        let case = |threads, ledger| Case {
            paths,
            ledger,
            threads,
        };
        let expected = case(1, None).report(1_000_000);
        assert!(outcomes(&expected).len() > 50);
        for (threads, memory_rows) in [(1, 1), (2, 1), (2, 7), (2, 40)] {
            let report = case(threads, None).report(memory_rows);
            assert_eq!(summary(&report), summary(&expected), "{memory_rows} rows");
            assert_eq!(outcomes(&report), outcomes(&expected), "{memory_rows} rows");
            let ledger = folder
                .path()
                .join(format!("{number}-{threads}-{memory_rows}"));
            for _ in 0..2 {
                let report = case(threads, Some(ledger.clone())).report(memory_rows);
                assert_eq!(outcomes(&report), outcomes(&expected), "{memory_rows} rows");
                assert_eq!(report.scan.inputs, expected.scan.inputs);
                assert_eq!(report.problems, expected.problems);
            }
        }
    }
}
