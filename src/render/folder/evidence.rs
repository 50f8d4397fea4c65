//! The manifest of a report: `evidence.json`. It says what the report was made of, by what, and
//! which files it has. The same archive and options give the same manifest.

use std::collections::BTreeSet;
use std::io::Write;

use serde::Serialize;

use super::ReportFormat;
use super::file::{Written, WrittenFiles};
use crate::container::Limits;
use crate::integrity::Sha256;
use crate::metric::MetricFilter;
use crate::report::{AlarmReport, EvidenceObject, Inputs, Report, RuleReport, Scan};
use crate::table::format::WriteError;

/// The commit that the program was built from, where whoever built it said so.
pub(super) const COMMIT: Option<&str> = option_env!("BACKTRAIL_COMMIT");

/// The manifest of a report. The order of its fields is that of `evidence.json`.
#[derive(Debug, Serialize)]
pub(super) struct EvidenceManifest<'a> {
    generator: &'static str,
    version: &'static str,
    commit: Option<&'static str>,
    paths: &'a [String],
    options: Options<'a>,
    limits: LimitOptions,
    rules: Vec<RecordedRule<'a>>,
    rules_sha256: String,
    alarms: Vec<Alarm<'a>>,
    inputs: &'a Inputs,
    sources: &'a [EvidenceObject],
    outputs: Vec<OutputFile<'a>>,
}

/// The options that decide what the report contains.
#[derive(Debug, Serialize)]
struct Options<'a> {
    from: Option<String>,
    to: Option<String>,
    accounts: Vec<&'a str>,
    regions: Vec<&'a str>,
    keep_duplicates: bool,
    clock: &'a str,
    alarm_scope: String,
    formats: Vec<String>,
}

/// The limits of an object.
#[derive(Debug, Serialize)]
struct LimitOptions {
    content_bytes: u64,
    ratio: u64,
    total_bytes: u64,
    entries: u64,
    problems: u64,
    nesting: u32,
    record_bytes: u64,
}

/// A rule. Every value is a text, so that its JSON has one form.
#[derive(Debug, Serialize)]
struct RecordedRule<'a> {
    rule: &'a str,
    pattern: &'a str,
    namespace: &'a str,
    metric_name: &'a str,
    metric_value: String,
    default_value: Option<String>,
    dimensions: Vec<String>,
    unit: &'static str,
    field_selection_criteria: Option<String>,
}

/// An alarm.
#[derive(Debug, Serialize)]
struct Alarm<'a> {
    alarm_name: &'a str,
    origin: &'static str,
    condition: String,
}

/// A file of the report.
#[derive(Debug, Serialize)]
pub(super) struct OutputFile<'a> {
    file: &'a str,
    bytes: u64,
    sha256: &'a str,
}

impl<'a> EvidenceManifest<'a> {
    /// Returns the manifest of a report in these formats, with these files.
    pub(super) fn new(
        report: &'a Report,
        limits: &Limits,
        formats: &BTreeSet<ReportFormat>,
        files: &'a WrittenFiles,
    ) -> Self {
        let rules: Vec<RecordedRule<'_>> =
            report.rules.iter().map(RecordedRule::from_report).collect();
        Self {
            generator: "backtrail",
            version: env!("CARGO_PKG_VERSION"),
            commit: COMMIT,
            paths: &report.scan.sources,
            options: Options::from_scan(&report.scan, formats),
            limits: LimitOptions::from_limits(limits),
            rules_sha256: fingerprint(&rules),
            rules,
            alarms: report.alarms.iter().map(Alarm::from_report).collect(),
            inputs: &report.scan.inputs,
            sources: report.sources.all(),
            outputs: files.iter().map(OutputFile::from_file).collect(),
        }
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> Result<(), WriteError> {
        serde_json::to_writer_pretty(&mut *out, self).map_err(std::io::Error::from)?;
        Ok(out.write_all(b"\n")?)
    }
}

/// Returns the SHA-256 of the rules of a report, as the manifest has it.
pub(super) fn rules_sha256(report: &Report) -> String {
    let rules: Vec<RecordedRule<'_>> = report.rules.iter().map(RecordedRule::from_report).collect();
    fingerprint(&rules)
}

/// Returns the SHA-256 of the rules as compact JSON.
fn fingerprint(rules: &[RecordedRule<'_>]) -> String {
    // Texts can always be written as JSON.
    let text = serde_json::to_vec(rules).unwrap_or_default();
    Sha256::of_bytes(&text).to_string()
}

impl<'a> Options<'a> {
    fn from_scan(scan: &'a Scan, formats: &BTreeSet<ReportFormat>) -> Self {
        Self {
            from: scan.requested.start.map(|time| time.to_string()),
            to: scan.requested.end.map(|time| time.to_string()),
            accounts: scan.requested_accounts.iter().map(String::as_str).collect(),
            regions: scan.requested_regions.iter().map(String::as_str).collect(),
            keep_duplicates: !scan.duplicates_dropped,
            clock: &scan.clock,
            alarm_scope: scan.alarm_scope.to_string(),
            formats: formats.iter().map(|format| format.name()).collect(),
        }
    }
}

impl LimitOptions {
    fn from_limits(limits: &Limits) -> Self {
        Self {
            content_bytes: limits.content_bytes,
            ratio: limits.ratio,
            total_bytes: limits.total_bytes,
            entries: limits.entries,
            problems: limits.problems,
            nesting: limits.nesting,
            record_bytes: limits.record_bytes,
        }
    }
}

impl<'a> RecordedRule<'a> {
    fn from_report(report: &'a RuleReport) -> Self {
        let filter = &report.filter;
        let criteria = filter.field_selection_criteria.as_ref();
        Self {
            rule: &report.rule,
            pattern: &filter.pattern,
            namespace: &filter.namespace,
            metric_name: &filter.metric_name,
            metric_value: filter.metric_value.to_string(),
            default_value: filter.default_value.map(|value| value.to_string()),
            dimensions: dimensions(filter),
            unit: filter.unit.name(),
            field_selection_criteria: criteria.map(ToString::to_string),
        }
    }
}

fn dimensions(filter: &MetricFilter) -> Vec<String> {
    let own = filter.dimensions.iter();
    let own = own.map(|dimension| format!("{}={}", dimension.name, dimension.value));
    let system = filter.system_dimensions.iter();
    own.chain(system.map(|dimension| dimension.name().to_owned()))
        .collect()
}

impl<'a> Alarm<'a> {
    fn from_report(report: &'a AlarmReport) -> Self {
        Self {
            alarm_name: report.name(),
            origin: report.origin.name(),
            condition: report.alarm.condition(),
        }
    }
}

impl<'a> OutputFile<'a> {
    pub(super) fn from_file((file, written): (&'a String, &'a Written)) -> Self {
        Self {
            file,
            bytes: written.bytes,
            sha256: &written.sha256,
        }
    }
}
