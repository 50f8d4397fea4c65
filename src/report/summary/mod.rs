//! The summary of a report: what the terminal shows first, and what `summary.json` contains.

mod alarm;
mod answer;
mod findings;
mod groups;
mod metric_line;
mod problem;
mod resource;
mod restoration;
mod rule;
mod story;
mod times;
mod uses;

pub use alarm::{AlarmKind, AlarmSummary, EpisodeSummary, NotificationSummary};
pub use answer::{Answer, Doubt, Fate, Requests, Things, Urgent, kind_id};
pub use findings::FindingsSummary;
pub use groups::{GroupTable, Grouping, MatchGroup};
pub use metric_line::MetricLine;
pub use resource::{ResourceSummary, StepSummary, UsePeriodSummary, UserSummary};
pub use restoration::{Restoration, RestoreCommand};
pub use rule::RuleSummary;
pub use story::{
    PrincipalSummary, RequesterSummary, StoryCallerSummary, StoryEventSummary, StorySummary,
    caused_by,
};
pub use times::times;
pub use uses::UsesSummary;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use self::problem::problem_message;
use super::assumptions::{Assumption, assumptions};
use super::coverage::CoverageSummary;
use super::integrity::{AuditedIntegrity, IntegritySummary};
use super::resource::ResourceReport;
use super::story::Story;
use super::{Report, Scan};
use crate::findings::{ForeignContent, ObjectCounts, ObjectDays, ObjectStatus, SkipReason};
use crate::language::Message;
use crate::problem::{Problem, ProblemKind};

/// The number of rules up to which each has its own section. If there are more, one table lists
/// them all, and only those with matches have a section.
const SECTION_LIMIT: usize = 2;

/// The summary of a report. The order of its fields is that of `summary.json`, and nearly that of
/// the terminal: the answer first, then the reasons, then the limits.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// The answer in one sentence.
    pub answer: Answer,
    /// Always `backtrail`; marks a folder as one that contains a report of this program.
    pub generator: &'static str,
    /// The version of the program.
    pub version: &'static str,
    /// The sources as they were given.
    pub sources: Vec<String>,
    /// The number of all stories.
    pub stories_total: u64,
    /// The most urgent stories of secrets and keys.
    pub stories: Vec<StorySummary>,
    /// The secrets and keys that the summary is narrowed to, if it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<ResourceSummary>,
    /// The number of matches of all rules.
    pub attempts: u64,
    /// The findings of each rule.
    pub rules: Vec<RuleSummary>,
    /// The alarms of all rules, the composite ones included.
    pub alarms: Vec<AlarmSummary>,
    /// The problems.
    pub problems: Vec<ProblemSummary>,
    /// The integrity of the archive, if it was verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrity: Option<IntegritySummary>,
    /// The days and hours that the archive covers.
    pub coverage: CoverageSummary,
    /// The uses of secrets and keys, in numbers.
    pub uses: UsesSummary,
    /// The assumptions that the numbers rest on.
    pub assumptions: Vec<Assumption>,
    /// The number of objects by outcome.
    pub objects: ObjectSummary,
    /// The number of records by outcome.
    pub records: RecordSummary,
    /// The earliest event.
    pub first_event: Option<String>,
    /// The latest event.
    pub last_event: Option<String>,
    /// The start of the requested time range.
    pub from: Option<String>,
    /// The end of the requested time range.
    pub to: Option<String>,
    /// The accounts of the records in the selection.
    pub accounts: Vec<String>,
    /// The regions of the records in the selection.
    pub regions: Vec<String>,
    /// The findings for other systems, if they were written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<FindingsSummary>,
    /// The files of the report, if it was written to a folder.
    pub files: Vec<String>,
    /// The tables that were left out since they have too many rows, and none was requested.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tables_left_out: Vec<&'static str>,
    /// The SHA-256 of the tables, by the names of their files, if the report was written to a
    /// folder. A table with another hash is not part of this report.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sha256: BTreeMap<String, String>,
}

/// The number of objects by outcome: `listed = read + skipped + failed`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ObjectSummary {
    /// The number of objects that were listed, whatever came back of them.
    pub listed: u64,
    /// The number of objects that were read in full.
    pub read: u64,
    /// The number of objects that were left out for a reason.
    pub skipped: u64,
    /// The number of objects that could not be read in full.
    pub failed: u64,
    /// The number of failed objects that were read in part.
    pub failed_in_part: u64,
    /// The number of skipped objects by reason.
    pub skipped_by_reason: BTreeMap<&'static str, u64>,
    /// The skipped objects that are not of CloudTrail, by their content.
    pub not_cloudtrail: Vec<ContentSummary>,
    /// The size of the objects in the source, in bytes.
    pub stored_bytes: u64,
    /// The size of the objects after decompression, in bytes.
    pub content_bytes: u64,
}

/// The objects that are not of CloudTrail and have the same kind of content.
#[derive(Clone, Debug, Serialize)]
pub struct ContentSummary {
    /// The kind of content: `json`, `table`, `text`, `binary`, or `unknown`.
    pub content: ForeignContent,
    /// The number of objects.
    pub objects: u64,
    /// The first of them, in the order of their names.
    pub example: String,
}

/// The number of records by outcome:
/// `total = matched + unmatched + duplicate + excluded + unparseable`.
#[derive(Clone, Debug, Serialize)]
pub struct RecordSummary {
    /// The number of records.
    pub total: u64,
    /// The number of records that at least one rule matched.
    pub matched: u64,
    /// The number of records that no rule matched.
    pub unmatched: u64,
    /// The number of further copies of matched records.
    pub duplicate: u64,
    /// The number of records outside of the requested time range, accounts and regions.
    pub excluded: u64,
    /// The number of values that are not records.
    pub unparseable: u64,
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
    /// The kind of problem.
    pub kind: ProblemKind,
    /// A description.
    pub detail: String,
}

impl Summary {
    /// Summarizes a report.
    pub fn from_report(report: &Report) -> Self {
        let (scan, records) = (&report.scan, RecordSummary::from_scan(&report.scan));
        let coverage = CoverageSummary::from_report(report);
        Self {
            answer: Answer::new(report, report.stories.iter().collect(), &coverage),
            generator: "backtrail",
            version: env!("CARGO_PKG_VERSION"),
            sources: scan.sources.clone(),
            objects: ObjectSummary::new(scan.listed, &report.days),
            coverage,
            records,
            uses: UsesSummary::from_report(report),
            first_event: text(scan.first_event),
            last_event: text(scan.last_event),
            from: text(scan.requested.start),
            to: text(scan.requested.end),
            accounts: scan.accounts.clone(),
            regions: scan.regions.clone(),
            resources: Vec::new(),
            attempts: report.attempts.len() as u64,
            rules: rule::summaries(report),
            alarms: alarm_summaries(report),
            stories: story::summaries(report.stories.iter()),
            stories_total: report.stories.len() as u64,
            integrity: report.integrity.as_ref().map(AuditedIntegrity::summary),
            problems: problem_summaries(report),
            assumptions: assumptions(report),
            findings: None,
            files: Vec::new(),
            tables_left_out: Vec::new(),
            sha256: BTreeMap::new(),
        }
    }

    /// Returns the name of the first file with all rows of a table, if the report has one.
    pub fn file_of(&self, table: &str) -> Option<&str> {
        let mut files = self.files.iter();
        let file = files.find(|name| is_of_table(name, table))?;
        Some(file)
    }

    /// Narrows the summary to secrets and keys: the answer and the stories are about these alone.
    pub fn narrow(&mut self, report: &Report, resources: &[ResourceReport]) {
        let mut stories: Vec<&Story> = report.stories.iter().collect();
        stories.retain(|story| resources.iter().any(|own| own.resource == story.resource));
        self.stories_total = stories.len() as u64;
        self.stories = story::summaries(stories.iter().copied());
        self.answer = Answer::new(report, stories, &self.coverage);
        let resources = resources.iter();
        self.resources = resources
            .map(|own| ResourceSummary::new(report, own))
            .collect();
    }

    /// Returns whether one table lists all rules before the sections of the rules.
    pub fn has_overview(&self) -> bool {
        self.rules.len() > SECTION_LIMIT
    }

    /// Returns the alarms whose first rule this is: each alarm belongs to one section, also if
    /// several rules publish what it watches.
    pub fn alarms_first_on(&self, rule: &RuleSummary) -> impl Iterator<Item = &AlarmSummary> {
        let alarms = self.alarms.iter();
        alarms.filter(|alarm| self.first_shown(alarm) == Some(&rule.rule))
    }

    /// Returns the first rule of an alarm that has a section.
    fn first_shown(&self, alarm: &AlarmSummary) -> Option<&String> {
        let mut shown = self.rules_in_detail().map(|rule| &rule.rule);
        shown.find(|rule| alarm.rules.contains(rule))
    }

    /// Returns the composite alarms.
    pub fn composite_alarms(&self) -> impl Iterator<Item = &AlarmSummary> {
        let alarms = self.alarms.iter();
        alarms.filter(|alarm| alarm.kind == AlarmKind::Composite)
    }

    /// Returns the rules that have a section of their own.
    pub fn rules_in_detail(&self) -> impl Iterator<Item = &RuleSummary> {
        let is_shown = |rule: &&RuleSummary| !self.has_overview() || rule.attempts > 0;
        self.rules.iter().filter(is_shown)
    }
}

fn alarm_summaries(report: &Report) -> Vec<AlarmSummary> {
    let alarms = report.alarms.iter();
    alarms
        .map(|alarm| AlarmSummary::new(alarm, &report.rules))
        .collect()
}

fn problem_summaries(report: &Report) -> Vec<ProblemSummary> {
    let problems = report.problems.iter();
    problems.map(ProblemSummary::from_problem).collect()
}

/// Returns whether a file is named after a table.
fn is_of_table(file: &str, table: &str) -> bool {
    let rest = file.strip_prefix(table);
    rest.is_some_and(|rest| rest.starts_with('.'))
}

fn text(time: Option<Timestamp>) -> Option<String> {
    time.map(|time| time.to_string())
}

impl ObjectSummary {
    fn new(listed: u64, days: &ObjectDays) -> Self {
        let mut summary = Self {
            listed,
            ..Self::default()
        };
        for (group, counts) in days.groups() {
            summary.count(group.status, counts);
            summary.add_bytes(counts);
        }
        let contents = &mut summary.not_cloudtrail;
        contents.sort_by(|one, other| one.example.cmp(&other.example));
        summary
    }

    /// Returns true if every object is of CloudTrail, or of a kind that is known and left out.
    pub fn are_all_recognized(&self) -> bool {
        self.not_cloudtrail.is_empty()
    }

    fn count(&mut self, status: ObjectStatus, counts: &ObjectCounts) {
        let objects = counts.objects;
        match status {
            ObjectStatus::Read => self.read += objects,
            ObjectStatus::Unreadable => self.failed += objects,
            ObjectStatus::Damaged => {
                self.failed += objects;
                self.failed_in_part += objects;
            }
            ObjectStatus::Skipped(reason) => {
                self.skipped += objects;
                *self.skipped_by_reason.entry(reason.name()).or_default() += objects;
                if let SkipReason::NotCloudTrail(content) = reason {
                    self.count_content(content, counts);
                }
            }
        }
    }

    fn add_bytes(&mut self, counts: &ObjectCounts) {
        self.stored_bytes = self.stored_bytes.saturating_add(counts.stored_bytes);
        self.content_bytes = self.content_bytes.saturating_add(counts.content_bytes);
    }

    fn count_content(&mut self, content: ForeignContent, counts: &ObjectCounts) {
        let example = counts.example.as_deref().unwrap_or_default();
        let mut known = self.not_cloudtrail.iter_mut();
        match known.find(|summary| summary.content == content) {
            Some(summary) => summary.add(counts.objects, example),
            None => self.not_cloudtrail.push(ContentSummary {
                content,
                objects: counts.objects,
                example: example.to_owned(),
            }),
        }
    }
}

impl ContentSummary {
    fn add(&mut self, objects: u64, example: &str) {
        self.objects += objects;
        if *example < *self.example {
            self.example = example.to_owned();
        }
    }
}

impl RecordSummary {
    fn from_scan(scan: &Scan) -> Self {
        let records = &scan.records;
        Self {
            // Copies were taken out of the selected records, but they were read all the same.
            total: records.total() + scan.duplicates,
            matched: records.selected,
            unmatched: records.unmatched,
            duplicate: scan.duplicates,
            excluded: records.excluded,
            unparseable: records.unparseable,
        }
    }
}

impl ProblemSummary {
    /// Returns the kind of problem in words.
    pub fn kind_message(&self) -> Message {
        problem_message(self.kind)
    }

    fn from_problem(problem: &Problem) -> Self {
        Self {
            object: problem.origin.object.to_string(),
            record_index: problem.origin.record,
            byte: problem.origin.byte,
            kind: problem.kind,
            detail: problem.detail.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudtrail::key::ObjectKey;
    use crate::findings::ObjectOutcome;
    use crate::time::period::TimeRange;

    fn outcome(name: &str, status: ObjectStatus) -> ObjectOutcome {
        ObjectOutcome {
            object: name.into(),
            key: ObjectKey::parse(name),
            status,
            stored_bytes: 10,
            content_bytes: 70,
            ..ObjectOutcome::default()
        }
    }

    #[test]
    fn every_object_is_read_or_skipped_or_failed() {
        let of_region = |region: &str, name: &str| {
            let name = format!("AWSLogs/111122223333/CloudTrail/{region}/2026/03/04/{name}");
            outcome(
                &name,
                ObjectStatus::Skipped(SkipReason::NotCloudTrail(ForeignContent::Text)),
            )
        };
        let objects = [
            outcome("a", ObjectStatus::Read),
            outcome("b", ObjectStatus::Damaged),
            outcome("c", ObjectStatus::Unreadable),
            outcome("d", ObjectStatus::Unreadable),
            outcome("e", ObjectStatus::Skipped(SkipReason::Marker)),
            outcome(
                "f",
                ObjectStatus::Skipped(SkipReason::NotCloudTrail(ForeignContent::Binary)),
            ),
            of_region("us-east-1", "x"),
            of_region("eu-west-1", "z"),
            of_region("eu-west-1", "y"),
        ];
        let days = ObjectDays::new(&objects, TimeRange::default());
        let summary = ObjectSummary::new(9, &days);
        let failed = (summary.failed, summary.failed_in_part);
        assert_eq!(
            (summary.listed, summary.read, summary.skipped, failed),
            (9, 1, 5, (3, 1))
        );
        let reasons = BTreeMap::from([("marker", 1), ("not-cloudtrail", 4)]);
        assert_eq!(summary.skipped_by_reason, reasons);
        let contents = summary.not_cloudtrail.iter();
        let contents: Vec<_> = contents
            .map(|one| (one.content, one.objects, &*one.example))
            .collect();
        let first = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/04/y";
        assert_eq!(
            contents,
            [
                (ForeignContent::Text, 3, first),
                (ForeignContent::Binary, 1, "f")
            ]
        );
        assert_eq!((summary.stored_bytes, summary.content_bytes), (90, 630));
    }

    #[test]
    fn the_example_of_a_content_is_the_first_by_name() {
        let mut summary = ContentSummary {
            content: ForeignContent::Text,
            objects: 1,
            example: "b".to_owned(),
        };
        for (name, expected) in [("c", "b"), ("a", "a"), ("b", "a")] {
            summary.add(1, name);
            assert_eq!(summary.example, expected);
        }
        assert_eq!(summary.objects, 4);
    }
}
