//! The summary of a report: what a person reads first, and what `summary.json` holds.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::Serialize;

use super::assumptions::{Assumption, assumptions};
use super::coverage::{CoverageSummary, coverage};
use super::{Attempt, Report, RuleReport, Subject};
use crate::alarm::Episode;
use crate::cloudtrail::evidence::Evidence;
use crate::findings::{ObjectOutcome, ObjectStatus};
use crate::pattern::{parse, warnings};
use crate::time::period::TimeSpan;

/// What a report says in short.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Always `backtrail`; it marks a folder as holding a report of this program.
    pub generator: &'static str,
    /// The version of the program.
    pub version: &'static str,
    /// The sources as they were given.
    pub sources: Vec<String>,
    /// Which objects were read.
    pub objects: ObjectSummary,
    /// Which way the records went.
    pub records: RecordSummary,
    /// What the archive covers.
    pub coverage: CoverageSummary,
    /// The earliest event.
    pub first_event: Option<String>,
    /// The latest event.
    pub last_event: Option<String>,
    /// The start of the range that was asked for.
    pub from: Option<String>,
    /// The end of the range that was asked for.
    pub to: Option<String>,
    /// The accounts whose records were looked at.
    pub accounts: Vec<String>,
    /// The regions whose records were looked at.
    pub regions: Vec<String>,
    /// How many attempts all rules found together.
    pub attempts: u64,
    /// What each rule found.
    pub rules: Vec<RuleSummary>,
    /// What could not be read.
    pub problems: Vec<ProblemSummary>,
    /// The assumptions that the numbers rest on.
    pub assumptions: Vec<Assumption>,
    /// The files of the report, when it was written to a folder.
    pub files: Vec<String>,
}

/// Which objects were read: `listed = read + skipped + failed`.
#[derive(Clone, Debug, Serialize)]
pub struct ObjectSummary {
    /// The number of objects that were listed, whatever came back of them.
    pub listed: u64,
    /// How many were read whole.
    pub read: u64,
    /// How many were left out, for a reason.
    pub skipped: u64,
    /// How many could not be read whole.
    pub failed: u64,
    /// How many of those were read in part.
    pub failed_in_part: u64,
    /// How many were left out for which reason.
    pub skipped_by_reason: BTreeMap<&'static str, u64>,
    /// Their size in the source, in bytes.
    pub stored_bytes: u64,
    /// The size of what they hold, in bytes.
    pub content_bytes: u64,
}

/// Which way the records went: `total = matched + unmatched + duplicate + excluded + unparseable`.
#[derive(Clone, Debug, Serialize)]
pub struct RecordSummary {
    /// How many there were.
    pub total: u64,
    /// Selected by at least one rule.
    pub matched: u64,
    /// Selected by none.
    pub unmatched: u64,
    /// Copies of a selected record.
    pub duplicate: u64,
    /// Left out by the time range, account or region that was asked for.
    pub excluded: u64,
    /// Not to be read as a record.
    pub unparseable: u64,
}

/// What one rule found.
#[derive(Clone, Debug, Serialize)]
pub struct RuleSummary {
    /// The name of the rule.
    pub rule: String,
    /// What it counts.
    pub subject: Subject,
    /// The filter pattern.
    pub pattern: String,
    /// What to know about the pattern; `backtrail pattern check` says more.
    pub warnings: Vec<String>,
    /// The namespace of the metric.
    pub namespace: String,
    /// The name of the metric.
    pub metric_name: String,
    /// How many attempts.
    pub attempts: u64,
    /// What each event that matches adds to the metric: a number, a field or a cell.
    pub metric_value: String,
    /// What each event that does not match adds, if anything.
    pub default_value: Option<f64>,
    /// The names of the dimensions.
    pub dimensions: Vec<String>,
    /// The unit of the samples.
    pub unit: &'static str,
    /// How many periods have a sample; those of each set of dimensions count.
    pub periods: u64,
    /// How many attempts added nothing to the metric, by the reason.
    pub without_sample: BTreeMap<&'static str, u64>,
    /// How many records would be answered otherwise if a `*` inside of a value stood for itself.
    pub ambiguous: u64,
    /// The attempts of each secret or key.
    pub by_target: Vec<Group>,
    /// The attempts by the name of the event.
    pub by_event: Vec<Group>,
    /// The attempts of each principal.
    pub by_principal: Vec<Group>,
    /// What the alarm would have done.
    pub alarm: AlarmSummary,
}

/// The attempts that have something in common.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// What they have in common; nothing when the records do not name it.
    pub name: Option<String>,
    /// The account of the records.
    pub account: Option<String>,
    /// The region of the records; nothing for principals, who act in many.
    pub region: Option<String>,
    /// How many.
    pub attempts: u64,
    /// The first.
    pub first: Option<String>,
    /// The last.
    pub last: Option<String>,
}

/// What an alarm would have done.
#[derive(Clone, Debug, Serialize)]
pub struct AlarmSummary {
    /// The name of the alarm.
    pub alarm_name: String,
    /// What it asks, in one line.
    pub condition: String,
    /// From when it was replayed.
    pub replayed_from: Option<String>,
    /// Until when it was replayed.
    pub replayed_to: Option<String>,
    /// How many changes of state.
    pub transitions: u64,
    /// How long it was in ALARM, in seconds.
    pub seconds_in_alarm: i64,
    /// The stretches in ALARM.
    pub episodes: Vec<EpisodeSummary>,
}

/// One stretch in ALARM.
#[derive(Clone, Debug, Serialize)]
pub struct EpisodeSummary {
    /// When the alarm went off.
    pub start: String,
    /// When it left ALARM; nothing when it did not within the replay.
    pub end: Option<String>,
    /// How long it lasted, in seconds.
    pub duration_seconds: i64,
    /// The most extreme value of the statistic.
    pub peak: Option<f64>,
    /// How many samples it covers.
    pub samples: u64,
    /// The clocks under which it is not found again; empty for an episode that is certain, nothing
    /// where clocks were not compared, since the filter has a default value.
    pub vanishes_under: Option<Vec<String>>,
}

/// Something that could not be read.
#[derive(Clone, Debug, Serialize)]
pub struct ProblemSummary {
    /// The object.
    pub object: String,
    /// The position of the record in the object.
    pub record_index: Option<u64>,
    /// The offset of the first byte concerned.
    pub byte: Option<u64>,
    /// The kind.
    pub kind: &'static str,
    /// What was wrong.
    pub detail: String,
}

impl Summary {
    /// Sums a report up.
    pub fn from_report(report: &Report) -> Self {
        let (scan, records) = (&report.scan, RecordSummary::from_report(report));
        Self {
            generator: "backtrail",
            version: env!("CARGO_PKG_VERSION"),
            sources: scan.sources.clone(),
            objects: ObjectSummary::new(scan.listed, &report.objects),
            coverage: CoverageSummary::new(
                &coverage(&report.objects, &report.duplicates_by_object),
                scan.activity,
                records.total - records.excluded,
            ),
            records,
            first_event: text(scan.first_event),
            last_event: text(scan.last_event),
            from: text(scan.requested.start),
            to: text(scan.requested.end),
            accounts: scan.accounts.clone(),
            regions: scan.regions.clone(),
            attempts: report.attempts.len() as u64,
            rules: report
                .rules
                .iter()
                .map(|rule| RuleSummary::new(rule, &report.attempts))
                .collect(),
            problems: report
                .problems
                .iter()
                .map(ProblemSummary::from_problem)
                .collect(),
            assumptions: assumptions(report),
            files: Vec::new(),
        }
    }
}

fn text(time: Option<Timestamp>) -> Option<String> {
    time.map(|time| time.to_string())
}

impl ObjectSummary {
    fn new(listed: u64, objects: &[ObjectOutcome]) -> Self {
        let count = |wanted: fn(ObjectStatus) -> bool| {
            objects
                .iter()
                .filter(|object| wanted(object.status))
                .count() as u64
        };
        let mut skipped_by_reason = BTreeMap::new();
        for object in objects {
            if let ObjectStatus::Skipped(reason) = object.status {
                *skipped_by_reason.entry(reason.name()).or_default() += 1;
            }
        }
        Self {
            listed,
            read: count(|status| status == ObjectStatus::Read),
            skipped: count(|status| matches!(status, ObjectStatus::Skipped(_))),
            failed: count(|status| {
                matches!(status, ObjectStatus::Damaged | ObjectStatus::Unreadable)
            }),
            failed_in_part: count(|status| status == ObjectStatus::Damaged),
            skipped_by_reason,
            stored_bytes: objects.iter().map(|object| object.stored_bytes).sum(),
            content_bytes: objects.iter().map(|object| object.content_bytes).sum(),
        }
    }
}

impl RecordSummary {
    fn from_report(report: &Report) -> Self {
        let (records, duplicate) = (&report.scan.records, report.scan.duplicates);
        Self {
            total: records.total() + duplicate,
            matched: records.selected,
            unmatched: records.unmatched,
            duplicate,
            excluded: records.excluded,
            unparseable: records.unparseable,
        }
    }
}

impl RuleSummary {
    fn new(rule: &RuleReport, attempts: &[Attempt]) -> Self {
        let own: Vec<&Attempt> = attempts
            .iter()
            .filter(|attempt| attempt.rule == rule.rule)
            .collect();
        Self {
            rule: rule.rule.clone(),
            subject: rule.subject.clone(),
            pattern: rule.filter.pattern.clone(),
            warnings: pattern_warnings(&rule.filter.pattern),
            namespace: rule.filter.namespace.clone(),
            metric_name: rule.filter.metric_name.clone(),
            attempts: own.len() as u64,
            metric_value: rule.filter.metric_value.to_string(),
            default_value: rule.filter.default_value,
            dimensions: rule
                .filter
                .dimensions
                .iter()
                .map(|dimension| dimension.name.clone())
                .collect(),
            unit: rule.filter.unit.name(),
            periods: rule
                .metrics
                .iter()
                .map(|metric| metric.datapoints.len() as u64)
                .sum(),
            without_sample: rule
                .without_sample
                .iter()
                .map(|(reason, count)| (reason.name(), *count))
                .collect(),
            ambiguous: rule.ambiguous,
            by_target: groups(&own, ["target", ACCOUNT, REGION].map(Some)),
            by_event: groups(&own, ["event_name", ACCOUNT, REGION].map(Some)),
            by_principal: groups(&own, [Some("principal"), Some(ACCOUNT), None]),
            alarm: AlarmSummary::from_rule(rule),
        }
    }
}

fn pattern_warnings(text: &str) -> Vec<String> {
    let found = parse(text)
        .map(|pattern| warnings(&pattern, text))
        .unwrap_or_default();
    found.iter().map(|warning| warning.kind.effect()).collect()
}

/// The column of the account of a record.
const ACCOUNT: &str = "recipient_account_id";

/// The column of the region of a record.
const REGION: &str = "aws_region";

/// What attempts are grouped by: the name, the account, the region.
type GroupKey<'a> = [Option<&'a str>; 3];

/// What is told of the attempts of a group.
#[derive(Default)]
struct Grouped {
    attempts: u64,
    times: TimeSpan,
}

/// Groups attempts by columns of their evidence: the name, the account, the region. The largest
/// group comes first, equal ones in the order of their names.
fn groups(attempts: &[&Attempt], columns: [Option<&str>; 3]) -> Vec<Group> {
    let places = columns.map(|column| column.and_then(Evidence::place));
    let mut groups: HashMap<GroupKey<'_>, Grouped> = HashMap::new();
    for attempt in attempts {
        let group = groups
            .entry(places.map(|place| attempt.event.evidence.at(place?)))
            .or_default();
        group.attempts += 1;
        attempt
            .event
            .event_time
            .iter()
            .for_each(|time| group.times.include(*time));
    }
    let mut groups: Vec<(GroupKey<'_>, Grouped)> = groups.into_iter().collect();
    groups.sort_unstable_by(|(key, group), (other_key, other)| {
        other
            .attempts
            .cmp(&group.attempts)
            .then_with(|| key.cmp(other_key))
    });
    groups
        .iter()
        .map(|(key, grouped)| group(*key, grouped))
        .collect()
}

fn group(key: GroupKey<'_>, grouped: &Grouped) -> Group {
    let [name, account, region] = key.map(|part| part.map(str::to_owned));
    let (first, last) = (text(grouped.times.first()), text(grouped.times.last()));
    Group {
        name,
        account,
        region,
        attempts: grouped.attempts,
        first,
        last,
    }
}

impl AlarmSummary {
    fn from_rule(rule: &RuleReport) -> Self {
        let alarm = &rule.alarm;
        Self {
            alarm_name: alarm.alarm_name.clone(),
            condition: alarm.condition(),
            replayed_from: text(rule.range.map(|range| range.start)),
            replayed_to: text(rule.range.map(|range| range.end)),
            transitions: rule.transitions.len() as u64,
            seconds_in_alarm: rule
                .episodes
                .iter()
                .map(|episode| episode.duration_seconds)
                .sum(),
            episodes: rule
                .episodes
                .iter()
                .enumerate()
                .map(|(place, episode)| {
                    let vanishing = rule
                        .vanishing
                        .as_ref()
                        .and_then(|vanishing| vanishing.get(place));
                    EpisodeSummary::new(episode, vanishing.cloned())
                })
                .collect(),
        }
    }
}

impl EpisodeSummary {
    fn new(episode: &Episode, vanishes_under: Option<Vec<String>>) -> Self {
        Self {
            vanishes_under,
            start: episode.start.to_string(),
            end: text(episode.end),
            duration_seconds: episode.duration_seconds,
            peak: episode.peak,
            samples: episode.samples,
        }
    }
}

impl ProblemSummary {
    fn from_problem(problem: &crate::problem::Problem) -> Self {
        Self {
            object: problem.origin.object.clone(),
            record_index: problem.origin.record,
            byte: problem.origin.byte,
            kind: problem.kind.name(),
            detail: problem.detail.clone(),
        }
    }
}
