//! What is fast answers as what is plain.

use backtrail::container::{Pass, unpack, walk, walk_trail};
use backtrail::key::ObjectKey;
use backtrail::plan::built_in::RULES;
use backtrail::plan::{BuiltInRule, Depth, Observation, Place, Plan, Selection};

use crate::program::sample;

fn plan(name: &str) -> Plan {
    let rules = RULES.iter().filter(|rule| rule.name == name).map(BuiltInRule::rule).collect();
    Plan::new(rules, Selection::default()).unwrap()
}

fn unpacked(stored: Vec<u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    unpack(stored, &Default::default(), &mut |part| bytes.extend(part.bytes));
    bytes
}

/// The content of every object below a folder that is gzip or JSON.
fn contents(folder: &std::path::Path) -> Vec<String> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    let files = files.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| unpacked(std::fs::read(entry.path()).unwrap()))
        .filter_map(|bytes| String::from_utf8(bytes).ok())
        .collect()
}

/// Records of content that a rule provably cannot select are read only in their head. They must come to the same as
/// when they are read whole.
fn check(plan: &Plan, contents: &[String]) -> [usize; 2] {
    let place = Place { object: "", key: &ObjectKey::default(), record: 0, byte: None, log_time: None };
    let mut by_depth = [0, 0];
    for content in contents {
        let depth = plan.depth(content);
        by_depth[usize::from(depth == Depth::Head)] += 1;
        if depth == Depth::Head {
            walk(content, &mut |found| {
                let whole = plan.observe(&found.text, &place, Depth::Whole);
                assert_eq!(plan.observe(&found.text, &place, Depth::Head), whole);
                assert!(!matches!(whole, Observation::Seen(seen) if seen.selected.is_some()));
            });
        }
    }
    by_depth
}

#[test]
fn records_that_are_read_in_their_head_only_come_to_the_same() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(sample());
    let contents = contents(&folder);
    for name in ["secrets", "kms"] {
        let [whole, head] = check(&plan(name), &contents);
        assert!(
            whole > 0 && head > 20 && whole + head == 53,
            "{name}: {whole} whole, {head} in the head only"
        );
    }
    for rule in RULES {
        check(&plan(rule.name), &contents);
    }
}

#[test]
fn records_of_real_archives_come_to_the_same() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/real");
    if folder.is_dir() {
        let contents = contents(&folder);
        for name in ["secrets", "kms", "aws-root-activity", "cis-kms-key-deletion"] {
            check(&plan(name), &contents);
        }
    }
}

/// What is read in one pass must come to the same as what the plain walk finds, record by record, for every rule at once.
/// Answers how many contents were read whole in one pass.
fn check_passes(contents: &[String]) -> usize {
    let plan = Plan::new(RULES.iter().map(BuiltInRule::rule).collect(), Selection::default()).unwrap();
    let place = Place { object: "", key: &ObjectKey::default(), record: 0, byte: None, log_time: None };
    let mut whole = 0;
    for content in contents {
        let mut plain = Vec::new();
        walk(content, &mut |found| {
            plain.push((found.byte, format!("{:?}", plan.observe(&found.text, &place, Depth::Whole))));
        });
        let mut fast = Vec::new();
        let pass = walk_trail(content, &mut |found, members| {
            let observation = plan.observe_members(&found.text, members, &place, Depth::Whole);
            fast.push((found.byte, format!("{observation:?}")));
        });
        whole += usize::from(pass == Pass::Whole);
        plain.truncate(fast.len());
        assert_eq!(fast, plain);
    }
    whole
}

#[test]
fn one_pass_comes_to_the_same_as_the_plain_walk() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(sample());
    let whole = check_passes(&contents(&folder));
    assert!(whole > 40, "{whole}");
    let real = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/real");
    if real.is_dir() {
        // Most of them were printed anew, with line breaks, which is left to the plain walk.
        check_passes(&contents(&real));
    }
}
