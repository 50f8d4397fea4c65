//! What is fast answers as what is plain.

use backtrail::cloudtrail::key::{ObjectKey, ObjectKind};
use backtrail::internals::container::{Limits, Pass, unpack, walk, walk_log_file};
use backtrail::internals::findings::Match;
use backtrail::metric::CompiledFilter;
use backtrail::metric::value::{Dimension, MetricValue, ValueSource};
use backtrail::pattern::{Projection, parse_field};
use backtrail::plan::built_in::RULES;
use backtrail::plan::{BuiltInRule, Depth, Job, Observation, Plan, RecordLocation, Selection};

use crate::program::sample;

fn plan(name: &str) -> Plan {
    let rules = RULES
        .iter()
        .filter(|rule| rule.name == name)
        .map(BuiltInRule::job)
        .collect();
    Plan::new(rules, Selection::default()).unwrap()
}

fn custom(pattern: &str) -> Plan {
    Plan::new(vec![Job::custom(pattern)], Selection::default()).unwrap()
}

fn unpacked(stored: Vec<u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    unpack(stored, &Default::default(), &mut |part| {
        bytes.extend(&*part.bytes)
    });
    bytes
}

/// The content of every object below a folder that is gzip or JSON.
fn contents(folder: &std::path::Path) -> Vec<String> {
    let files = walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .map(Result::unwrap);
    let files = files.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| unpacked(std::fs::read(entry.path()).unwrap()))
        .filter_map(|bytes| String::from_utf8(bytes).ok())
        .collect()
}

/// Records of content that a rule provably cannot select are read only in their head. They must
/// come to the same as when they are read whole.
fn check(plan: &Plan, contents: &[String]) -> [usize; 2] {
    let place = RecordLocation {
        object: "",
        key: &ObjectKey::default(),
        record: 0,
        byte: None,
        log_time: None,
    };
    let mut by_depth = [0, 0];
    for content in contents {
        let depth = plan.depth(content);
        by_depth[usize::from(depth == Depth::Head)] += 1;
        if depth == Depth::Head {
            walk(content, &Limits::default(), &mut |found| {
                let whole = plan.observe(&found.text, &place, Depth::Whole);
                assert_eq!(plan.observe(&found.text, &place, Depth::Head), whole);
                assert!(!matches!(whole, Observation::Seen(seen) if seen.matched.is_some()));
            });
        }
    }
    by_depth
}

#[test]
fn records_that_are_read_in_their_head_only_come_to_the_same() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(sample());
    let contents = contents(&folder);
    let patterns = [
        "\"marked for deletion\"",
        "\"is pending deletion\"",
        "{ $.requestParameters.secretId = \"prod*database\" }",
    ];
    for pattern in patterns {
        let plan = custom(pattern);
        let [whole, head] = check(&plan, &contents);
        assert!(
            whole > 0 && head > 20 && whole + head == 53,
            "{pattern}: {whole} whole, {head} in the head only"
        );
    }
    // A rule that asks for fields of the record itself is asked as fast as the file is looked
    // through.
    let [_, head] = check(&plan("secrets"), &contents);
    assert_eq!(head, 0);
    for rule in RULES {
        check(&plan(rule.name), &contents);
    }
}

#[test]
fn records_of_real_archives_come_to_the_same() {
    let Some(contents) = real_contents("records_of_real_archives_come_to_the_same") else {
        return;
    };
    let mut by_head = 0;
    for name in [
        "secrets",
        "kms",
        "aws-root-activity",
        "cis-kms-key-deletion",
    ] {
        let [whole, head] = check(&plan(name), &contents);
        assert_eq!(whole + head, contents.len());
        by_head += head;
    }
    // Rules that ask for fields of the record itself read every content whole.
    let [_, head] = check(&custom("\"marked for deletion\""), &contents);
    assert!(by_head == 0 && head > 300, "{by_head}, {head}");
}

/// The contents of the real archives, if they lie beside the project.
fn real_contents(test: &str) -> Option<Vec<String>> {
    let contents = contents(&crate::program::beside("shared/real", test)?);
    assert!(contents.len() > 400, "{} contents", contents.len());
    Some(contents)
}

/// Patterns that ask in ways that the built-in rules do not: for texts within a member, in a field
/// that the account is read from, in either of two fields, by index, by stars inside of values, for
/// what is not there, and for terms.
const PATTERNS: [&str; 13] = [
    r#"{ $.userIdentity.type = "AssumedRole" }"#,
    r#"{ $.userIdentity.accountId = "111122223333" && $.eventName = "GetSecretValue" }"#,
    r#"{ $.userIdentity.accountId = "111122223333" }"#,
    r#"{ $.eventName = "GetSecretValue" || $.eventSource = "kms.amazonaws.com" }"#,
    r#"{ $.eventName = "GetSecretValue" && $.eventName = "GetSecretValue" && $.errorCode NOT EXISTS }"#,
    r#"{ ($.eventSource = "kms.amazonaws.com" && $.eventName = "Decrypt") || $.eventName = "Encrypt" }"#,
    r#"{ $.resources[0].type = "AWS::KMS::Key" }"#,
    r#"{ $.eventName = "Get*Value" && $.readOnly IS TRUE }"#,
    r#"{ $.userIdentity.sessionContext.sessionIssuer.type = "Role" && $.awsRegion = "us-east-1" }"#,
    r#"{ $.requestParameters.secretId NOT EXISTS }"#,
    r#"{ $.eventVersion = "1.08" || $.eventVersion = "1.09" || $.eventVersion = "1.11" }"#,
    "GetSecretValue",
    r#"{ $.eventType = "AwsApiCall" && $.eventVersion = "1.10" && $.eventName = "GetSecretValue" }"#,
];

/// The built-in rules and those of the patterns. Some measure what a field says.
fn rules() -> Vec<Job> {
    let mut own: Vec<Job> = PATTERNS.into_iter().map(Job::custom).collect();
    for rule in own.iter_mut().step_by(2).flat_map(|job| &mut job.rules) {
        let field = |text| ValueSource::Field(parse_field(text).unwrap());
        rule.filter.metric_value = MetricValue::Source(field("$.userIdentity.accountId"));
        let value = field("$.userIdentity.sessionContext.sessionIssuer.userName");
        rule.filter.dimensions = vec![Dimension {
            name: "Role".to_owned(),
            value,
        }];
    }
    RULES.iter().map(BuiltInRule::job).chain(own).collect()
}

/// Every rule, asked about the whole of every record, whatever the record says.
struct Plainly {
    filters: Vec<CompiledFilter>,
    projection: Projection,
}

impl Plainly {
    fn new(jobs: &[Job]) -> Self {
        let mut projection = Projection::default();
        let filters = jobs
            .iter()
            .flat_map(|job| &job.rules)
            .map(|rule| rule.filter.compile(&mut projection).unwrap())
            .collect();
        Self {
            filters,
            projection,
        }
    }

    fn matches(&self, record: &str) -> Option<Vec<Match>> {
        let slots = self.projection.read(record).ok()?;
        let matching = self
            .filters
            .iter()
            .enumerate()
            .filter(|(_, filter)| filter.matches(&slots));
        Some(
            matching
                .map(|(rule, filter)| Match {
                    rule,
                    measured: filter.measure(&slots),
                })
                .collect(),
        )
    }

    fn ambiguous(&self, record: &str) -> Vec<usize> {
        let Ok(slots) = self.projection.read(record) else {
            return Vec::new();
        };
        let filters = self.filters.iter().enumerate();
        filters
            .filter(|(_, filter)| filter.is_ambiguous(&slots))
            .map(|(rule, _)| rule)
            .collect()
    }
}

/// What an observation says of the rules must be what each rule says by itself.
fn check_rules(plainly: &Plainly, record: &str, observation: &Observation<'_>) -> usize {
    let Observation::Seen(seen) = observation else {
        assert_eq!(plainly.matches(record), None, "{record}");
        return 0;
    };
    let selected = seen
        .matched
        .as_ref()
        .map(|matched| matched.matches.clone())
        .unwrap_or_default();
    assert_eq!(plainly.matches(record), Some(selected), "{record}");
    assert_eq!(plainly.ambiguous(record), seen.ambiguous, "{record}");
    plainly.matches(record).map_or(0, |matches| matches.len())
}

/// What is read in one pass must come to the same as what the plain walk finds, record by record,
/// for every rule at once, and both to what each rule says by itself; whether the key of the object
/// names the account or not. Answers how many contents were read whole in one pass, and how often a
/// rule matched.
fn check_passes(contents: &[String]) -> (usize, usize) {
    let (plan, plainly) = (
        Plan::new(rules(), Selection::default()).unwrap(),
        Plainly::new(&rules()),
    );
    let named = ObjectKey::parse("AWSLogs/111122223333/CloudTrail/us-east-1/2026/01/01/a.json.gz");
    assert!(named.account.is_some() && named.region.is_some());
    let (mut whole, mut matches) = (0, 0);
    for (content, key) in contents
        .iter()
        .flat_map(|content| [(content, &named), (content, &EMPTY)])
    {
        let place = RecordLocation {
            object: "",
            key,
            record: 0,
            byte: None,
            log_time: None,
        };
        let mut plain = Vec::new();
        walk(content, &Limits::default(), &mut |found| {
            let observation = plan.observe(&found.text, &place, Depth::Whole);
            check_rules(&plainly, &found.text, &observation);
            plain.push((found.byte, format!("{observation:?}")));
        });
        let mut fast = Vec::new();
        let pass = walk_log_file(content, &mut |found, members| {
            let observation = plan.observe_members(&found.text, members, &place, Depth::Whole);
            matches += check_rules(&plainly, &found.text, &observation);
            fast.push((found.byte, format!("{observation:?}")));
        });
        whole += usize::from(pass == Pass::Whole);
        plain.truncate(fast.len());
        assert_eq!(fast, plain);
    }
    (whole, matches)
}

/// The key of an object whose name says nothing.
const EMPTY: ObjectKey = ObjectKey {
    kind: ObjectKind::Events,
    account: None,
    region: None,
    delivery_time: None,
};

#[test]
fn one_pass_comes_to_the_same_as_the_plain_walk() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(sample());
    let (whole, matches) = check_passes(&contents(&folder));
    assert!(whole > 80 && matches > 1000, "{whole}, {matches}");
    if let Some(contents) = real_contents("one_pass_comes_to_the_same_as_the_plain_walk") {
        // Most of them were reformatted, with line breaks, so the plain walk reads them.
        let (whole, matches) = check_passes(&contents);
        assert!(whole > 0 && matches > 1000, "{whole}, {matches}");
    }
}

/// Within a string, a function of a log may hand on what is no JSON.
#[test]
fn what_is_no_json_is_no_record_wherever_it_is_wrong() {
    let (plan, plainly) = (
        Plan::new(rules(), Selection::default()).unwrap(),
        Plainly::new(&rules()),
    );
    let place = RecordLocation {
        object: "",
        key: &EMPTY,
        record: 0,
        byte: None,
        log_time: None,
    };
    for wrong in [
        "\"x\ny\":1",
        "\"x\":\"\n\"",
        "\"x\":tru",
        "\"x\"",
        "\"\\q\":1",
    ] {
        let record = format!(
            r#"{{{wrong},"eventSource":"kms.amazonaws.com","eventName":"ScheduleKeyDeletion"}}"#
        );
        let observation = plan.observe(&record, &place, Depth::Whole);
        assert!(
            matches!(observation, Observation::Unparseable(_)),
            "{record}"
        );
        check_rules(&plainly, &record, &observation);
    }
}
