//! The table of whole lives: each row is a set of records, and the states of each secret and key
//! that they make, in whatever order the records arrive.

use std::collections::BTreeMap;

use backtrail::cloudtrail::Record;
use backtrail::cloudtrail::lifecycle::{
    Deletion, DeletionState, Histories, Home, Names, Resource, ResourceKind, StateInterval, Step,
    StepRecord,
};
use jiff::Timestamp;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Case {
    id: String,
    source: String,
    records: Vec<Value>,
    lives: BTreeMap<String, Vec<Value>>,
    phases: Vec<PhaseCase>,
    names: Vec<NameCase>,
}

#[derive(Deserialize)]
struct PhaseCase {
    resource: String,
    at: Timestamp,
    phase: String,
    days_left: Option<f64>,
}

#[derive(Deserialize)]
struct NameCase {
    kind: String,
    region: String,
    written: String,
    at: Timestamp,
    id: String,
    resolved_by: String,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("conformance/lifecycle/lives.json")).unwrap()
}

/// A record of a step with everything that is read from it.
struct OwnedStep {
    step: Step,
    deletion: Deletion,
    names: Names,
    texts: [Option<String>; 6],
    at: Option<Timestamp>,
}

impl OwnedStep {
    fn new(json: &Value) -> Option<Self> {
        let json = json.to_string();
        let record = Record::parse(&json).unwrap();
        let paths = [
            "eventSource",
            "eventName",
            "recipientAccountId",
            "awsRegion",
            "eventID",
            "errorCode",
        ];
        let texts = paths.map(|path| record.text(&[path]));
        let step = Step::from_event(texts[0].as_deref()?, texts[1].as_deref()?)?;
        Some(Self {
            step,
            deletion: Deletion::from_record(step, &record),
            names: Names::from_record(&record),
            texts,
            at: record.event_time(),
        })
    }

    fn record(&self) -> StepRecord<'_> {
        let [source, name, account, region, event_id, error] =
            self.texts.each_ref().map(|text| text.as_deref());
        StepRecord {
            step: self.step,
            deletion: &self.deletion,
            names: &self.names,
            event_source: source.unwrap(),
            event_name: name.unwrap(),
            account,
            region,
            at: self.at,
            event_id,
            is_refused: error.is_some(),
        }
    }
}

fn steps(records: &[Value]) -> Vec<OwnedStep> {
    records.iter().filter_map(OwnedStep::new).collect()
}

fn histories(steps: &[OwnedStep]) -> Histories {
    let records: Vec<StepRecord<'_>> = steps.iter().map(OwnedStep::record).collect();
    Histories::new(&records, &[])
}

fn interval(interval: &StateInterval) -> Value {
    let mut value = json!({
        "state": interval.state.name(),
        "from": interval.from,
        "to": interval.to,
        "evidence": interval.evidence.iter().map(|id| &**id).collect::<Vec<_>>(),
    });
    if let DeletionState::Pending { until } = interval.state {
        value["until"] = json!(until);
    }
    value
}

/// Returns the intervals of each secret and key by its ARN or name.
fn lives(histories: &Histories) -> BTreeMap<String, Vec<Value>> {
    let mut lives = BTreeMap::new();
    for (resource, history) in &histories.by_resource {
        let intervals = history.timeline.intervals();
        lives.insert(
            resource.id.clone(),
            intervals.iter().map(interval).collect(),
        );
    }
    lives
}

fn kind(noun: &str) -> ResourceKind {
    let kinds = [
        ResourceKind::Secret,
        ResourceKind::Key,
        ResourceKind::CertificateAuthority,
        ResourceKind::PaymentKey,
    ];
    kinds.into_iter().find(|kind| kind.noun() == noun).unwrap()
}

#[test]
fn lives_are_those_of_the_table() {
    for case in cases() {
        assert!(!case.source.is_empty(), "{}", case.id);
        let mut steps = steps(&case.records);
        // Each record comes first once, and in both directions.
        for _ in 0..case.records.len().max(1) {
            assert_eq!(lives(&histories(&steps)), case.lives, "{}", case.id);
            steps.reverse();
            assert_eq!(lives(&histories(&steps)), case.lives, "{}", case.id);
            steps.reverse();
            if !steps.is_empty() {
                steps.rotate_left(1);
            }
        }
    }
}

#[test]
fn phases_and_days_left_are_those_of_the_table() {
    for case in cases() {
        let histories = histories(&steps(&case.records));
        for row in case.phases {
            let mut all = histories.by_resource.iter();
            let (_, history) = all.find(|(found, _)| found.id == row.resource).unwrap();
            let found = (
                history.timeline.phase(row.at).name(),
                history.timeline.days_left(row.at),
            );
            let expected = (row.phase.as_str(), row.days_left);
            assert_eq!(found, expected, "{} at {}", case.id, row.at);
        }
    }
}

#[test]
fn names_are_joined_as_the_table_says() {
    for case in cases() {
        let histories = histories(&steps(&case.records));
        for row in case.names {
            let home = Home::new(Some("111122223333"), Some(&row.region));
            let identities = &histories.identities;
            let found = identities.resolve(kind(&row.kind), &home, &row.written, Some(row.at));
            assert_eq!(
                (found.resource.id.as_str(), found.reason.name()),
                (row.id.as_str(), row.resolved_by.as_str()),
                "{}: {} at {}",
                case.id,
                row.written,
                row.at
            );
        }
    }
}

/// The records of a life that may be impossible, within a few seconds.
fn any_records() -> impl Strategy<Value = Vec<Value>> {
    let step = (0_usize..9, 0_i64..6, 0_usize..3, 0_usize..3);
    proptest::collection::vec(step, 0..14).prop_map(|steps| {
        let numbered = steps.into_iter().enumerate();
        numbered
            .map(|(number, step)| any_record(number, step))
            .collect()
    })
}

fn any_record(number: usize, step: (usize, i64, usize, usize)) -> Value {
    let (event, second, secret, given) = step;
    let events = [
        "CreateSecret",
        "DeleteSecret",
        "DeleteSecret",
        "RestoreSecret",
        "CancelSecretVersionDelete",
        "StartSecretVersionDelete",
        "EndSecretVersionDelete",
        "RemoveRegionsFromReplication",
        "DeleteSecret",
    ];
    let suffix = ["AbCdEf", "XyZxYz", "123456"][secret];
    let arn = format!("arn:aws:secretsmanager:eu-west-1:1:secret:db-{suffix}");
    let written = [
        arn.as_str(),
        "db",
        "arn:aws:secretsmanager:eu-west-1:1:secret:db",
    ][given];
    let mut record = json!({
        "eventTime": Timestamp::from_second(1_772_532_000 + second).unwrap().to_string(),
        "eventSource": "secretsmanager.amazonaws.com", "eventName": events[event],
        "recipientAccountId": "1", "awsRegion": "eu-west-1", "eventID": number.to_string(),
        "requestParameters": {
            "secretId": written, "name": "db", "recoveryWindowInDays": 7 + event,
            "forceDeleteWithoutRecovery": event == 2, "removeReplicaRegions": ["us-east-1"],
        },
    });
    if given == 0 {
        record["responseElements"] = json!({ "arn": arn, "name": "db" });
    }
    if event == 8 {
        record["errorCode"] = "InvalidRequestException".into();
    }
    record
}

proptest! {
    #[test]
    fn the_order_of_records_does_not_matter(
        (records, shuffled) in any_records()
            .prop_flat_map(|records| (Just(records.clone()), Just(records).prop_shuffle()))
    ) {
        let (one, other) = (histories(&steps(&records)), histories(&steps(&shuffled)));
        prop_assert_eq!(lives(&one), lives(&other));
        for second in 0..6 {
            let at = Timestamp::from_second(1_772_532_000 + second).unwrap();
            let home = Home::new(Some("1"), Some("eu-west-1"));
            let resolve = |histories: &Histories| {
                histories.identities.resolve(ResourceKind::Secret, &home, "db", Some(at))
            };
            prop_assert_eq!(resolve(&one), resolve(&other));
        }
    }

    #[test]
    fn intervals_follow_each_other(records in any_records()) {
        for history in histories(&steps(&records)).by_resource.values() {
            let intervals = history.timeline.intervals();
            for pair in intervals.windows(2) {
                prop_assert_eq!(pair[0].to, pair[1].from);
                prop_assert!(pair[0].from <= pair[1].from);
            }
            prop_assert_eq!(intervals.last().and_then(|last| last.to), None);
        }
    }
}

/// Very many steps, all in one second or each in its own, take a moment.
#[test]
fn very_many_steps_are_put_in_order_at_once() {
    let kinds: Vec<Value> = (0..81_usize)
        .map(|number| any_record(number, (number % 9, 0, number / 9 % 3, number / 27)))
        .collect();
    let mut steps: Vec<OwnedStep> = (0..1_235).flat_map(|_| steps(&kinds)).collect();
    assert!(steps.len() > 100_000);
    for distance in [0, 1] {
        for (number, step) in steps.iter_mut().enumerate() {
            step.at = Timestamp::from_second(i64::try_from(number).unwrap() * distance).ok();
        }
        let started = std::time::Instant::now();
        assert!(!histories(&steps).by_resource.is_empty());
        let seconds = started.elapsed().as_secs_f64();
        assert!(seconds < 20.0, "{seconds} s");
    }
}

/// The recorded forced deletions of 2023, if the real data lies beside the project.
#[test]
fn recorded_forced_deletions_end_seconds_later() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/real/invictus-ir+aws_dataset/CloudTrail");
    let Ok(files) = std::fs::read_dir(folder) else {
        return;
    };
    let mut records = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let mut log: Value = serde_json::from_str(&text).unwrap();
        records.append(log["Records"].as_array_mut().unwrap());
    }
    let histories = histories(&steps(&records));
    let mut forced = 0;
    for history in histories.by_resource.values() {
        let names = history.timeline.intervals().iter();
        let names: Vec<&str> = names.map(|interval| interval.state.name()).collect();
        if !names.contains(&"deleted-at-once") {
            continue;
        }
        forced += 1;
        assert_eq!(
            names,
            ["live", "deleted-at-once", "deletion-started", "deleted"]
        );
        let [.., called, _, deleted] = history.timeline.intervals() else {
            unreachable!()
        };
        let seconds = deleted.from.unwrap().as_second() - called.from.unwrap().as_second();
        assert!((1..=60).contains(&seconds), "{seconds} s");
    }
    assert_eq!(forced, 17);
}

#[test]
fn a_resource_is_found_by_its_identity() {
    let case = cases()
        .into_iter()
        .find(|case| case.id == "window")
        .unwrap();
    let histories = histories(&steps(&case.records));
    let (id, _) = case.lives.first_key_value().unwrap();
    let resource = Resource::new(ResourceKind::Secret, &Home::default(), id);
    assert!(histories.history(&resource).is_some());
}
