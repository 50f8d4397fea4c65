//! The end of the page: what limits the numbers, and how they were computed.

use minijinja::{Error, Value};
use serde::Serialize;

use super::command::command;
use super::input::PageInput;
use super::table::{PageCell, PageTable, ROW_LIMIT};
use super::templates::Templates;
use super::texts::time;
use crate::language::{Message, Words};
use crate::render::quantity::bytes;
use crate::report::integrity::{Gap, IntegritySummary, Outcome};
use crate::report::summary::{ProblemSummary, RuleSummary};

/// The end of the page.
#[derive(Debug, Serialize)]
pub(super) struct Method {
    integrity: Option<IntegrityPart>,
    problems: Option<Value>,
    assumptions: Vec<AssumptionPart>,
    facts: Vec<MethodFact>,
    rules: Value,
    files: Option<Value>,
}

/// The integrity of the archive.
#[derive(Debug, Serialize)]
struct IntegrityPart {
    outcome: String,
    is_wrong: bool,
    proven: u64,
    log_files: u64,
    grades: Value,
    gaps: Option<Value>,
    notes: Vec<String>,
}

/// An assumption that the numbers rest on.
#[derive(Debug, Serialize)]
struct AssumptionPart {
    name: String,
    value: String,
    meaning: String,
}

/// A fact about how the report was computed.
#[derive(Debug, Serialize)]
struct MethodFact {
    label: String,
    text: String,
    is_code: bool,
}

impl Method {
    pub(super) fn new(input: &PageInput<'_>, templates: &Templates) -> Result<Self, Error> {
        let integrity = input.summary.integrity.as_ref();
        Ok(Self {
            integrity: integrity
                .map(|found| integrity_part(input, found, templates))
                .transpose()?,
            problems: problems(input, templates)?,
            assumptions: assumptions(input),
            facts: facts(input),
            rules: rules(input, templates)?,
            files: files(input, templates)?,
        })
    }
}

fn integrity_part(
    input: &PageInput<'_>,
    found: &IntegritySummary,
    templates: &Templates,
) -> Result<IntegrityPart, Error> {
    let words = input.words;
    let columns = ["page-column-grade", "page-column-objects"];
    let caption = words.text("page-grades-caption");
    let mut grades = PageTable::new("grades", caption, &columns, words);
    for (grade, count) in &found.counts {
        grades.add(vec![
            PageCell::text(grade.name()),
            PageCell::count(*count, words),
        ]);
    }
    Ok(IntegrityPart {
        outcome: words.text(outcome(found.outcome)),
        is_wrong: found.outcome == Outcome::Wrong,
        proven: found.proven_log_files,
        log_files: found.log_files,
        grades: grades.fill(templates)?,
        gaps: gaps(input, &found.gaps, templates)?,
        notes: found.notes.clone(),
    })
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Proven => "page-integrity-proven",
        Outcome::Wrong => "page-integrity-wrong",
        Outcome::NotProven => "page-integrity-not-proven",
    }
}

fn gaps(
    input: &PageInput<'_>,
    gaps: &[Gap],
    templates: &Templates,
) -> Result<Option<Value>, Error> {
    if gaps.is_empty() {
        return Ok(None);
    }
    let words = input.words;
    let columns = [
        "page-column-chain",
        "page-column-kind",
        "page-column-start",
        "page-column-end",
    ];
    let caption = words.text("page-gaps-caption");
    let mut table = PageTable::new("gaps", caption, &columns, words);
    for gap in gaps.iter().take(ROW_LIMIT) {
        table.add(vec![
            PageCell::text(gap.chain.to_string()),
            PageCell::text(gap.kind.name()),
            PageCell::text(time(gap.from)),
            PageCell::text(time(gap.to)),
        ]);
    }
    // Gaps have no table of their own.
    table.note_cut(gaps.len(), input.file("summary"), words);
    table.fill(templates).map(Some)
}

fn problems(input: &PageInput<'_>, templates: &Templates) -> Result<Option<Value>, Error> {
    let words = input.words;
    let problems = &input.summary.problems;
    if problems.is_empty() {
        return Ok(None);
    }
    let columns = [
        "page-column-object",
        "page-column-record",
        "page-column-kind",
        "page-column-detail",
    ];
    let caption = words.text("page-problems-caption");
    let mut table = PageTable::new("problems", caption, &columns, words).searchable();
    for problem in problems.iter().take(ROW_LIMIT) {
        table.add(problem_row(problem, words));
    }
    table.note_cut(problems.len(), input.file("problems"), words);
    table.fill(templates).map(Some)
}

fn problem_row(problem: &ProblemSummary, words: &Words) -> Vec<PageCell> {
    vec![
        PageCell::code(Some(&problem.object)),
        match problem.record_index {
            Some(index) => PageCell::number(index as f64, index.to_string()),
            None => PageCell::no_number(),
        },
        PageCell::text(words.say(&problem.kind_message())),
        PageCell::text(problem.detail.as_str()),
    ]
}

fn assumptions(input: &PageInput<'_>) -> Vec<AssumptionPart> {
    let assumptions = input.summary.assumptions.iter();
    let parts = assumptions.map(|assumption| AssumptionPart {
        name: input.words.say(&assumption.name),
        value: input.words.say(&assumption.value),
        meaning: input.words.say(&assumption.meaning),
    });
    parts.collect()
}

fn facts(input: &PageInput<'_>) -> Vec<MethodFact> {
    let (scan, words) = (&input.report.scan, input.words);
    let provenance = input.provenance;
    let objects = &input.summary.objects;
    let version = format!("backtrail {}", env!("CARGO_PKG_VERSION"));
    let size = format!(
        "{} / {}",
        bytes(objects.stored_bytes),
        bytes(objects.content_bytes)
    );
    let command = command(input.report);
    let is_command = command.is_some();
    let command = command.unwrap_or_else(|| words.text("page-command-in-run"));
    let facts = [
        ("page-method-version", Some(version), false),
        (
            "page-method-commit",
            provenance.commit.map(str::to_owned),
            true,
        ),
        ("page-method-command", Some(command), is_command),
        ("page-method-clock", Some(scan.clock.clone()), true),
        (
            "page-method-scope",
            Some(scan.alarm_scope.to_string()),
            true,
        ),
        ("page-method-objects", Some(object_counts(input)), false),
        ("page-method-records", Some(record_counts(input)), false),
        ("page-method-bytes", Some(size), false),
        ("page-method-inputs", Some(scan.inputs.sha256.clone()), true),
        (
            "page-method-rules",
            Some(provenance.rules_sha256.to_owned()),
            true,
        ),
    ];
    let mut made = Vec::new();
    for (label, text, is_code) in facts {
        let Some(text) = text else { continue };
        made.push(MethodFact {
            label: words.text(label),
            text,
            is_code,
        });
    }
    made
}

/// Returns the objects by outcome.
fn object_counts(input: &PageInput<'_>) -> String {
    let objects = &input.summary.objects;
    let message = Message::new("page-objects")
        .with("listed", objects.listed)
        .with("read", objects.read)
        .with("skipped", objects.skipped)
        .with("failed", objects.failed);
    input.words.say(&message)
}

/// Returns the records by outcome.
fn record_counts(input: &PageInput<'_>) -> String {
    let records = &input.summary.records;
    let message = Message::new("page-records")
        .with("total", records.total)
        .with("matched", records.matched)
        .with("unmatched", records.unmatched)
        .with("duplicate", records.duplicate)
        .with("excluded", records.excluded)
        .with("unparseable", records.unparseable);
    input.words.say(&message)
}

fn rules(input: &PageInput<'_>, templates: &Templates) -> Result<Value, Error> {
    let words = input.words;
    let columns = [
        "page-column-rule",
        "page-column-pattern",
        "page-column-metric",
        "page-column-matches",
    ];
    let caption = words.text("page-rules-caption");
    let mut table = PageTable::new("rules", caption, &columns, words);
    for rule in &input.summary.rules {
        table.add(rule_row(rule, words));
    }
    table.fill(templates)
}

fn rule_row(rule: &RuleSummary, words: &Words) -> Vec<PageCell> {
    let metric = format!("{}/{}", rule.namespace, rule.metric_name);
    vec![
        PageCell::text(rule.rule.as_str()),
        PageCell::code(Some(&rule.pattern)),
        PageCell::code(Some(&metric)),
        PageCell::count(rule.attempts, words),
    ]
}

/// Returns the fingerprints of the files beside the page.
fn files(input: &PageInput<'_>, templates: &Templates) -> Result<Option<Value>, Error> {
    let words = input.words;
    let columns = ["page-column-file", "page-column-sha256"];
    let caption = words.text("page-files-caption");
    let mut table = PageTable::new("files", caption, &columns, words);
    for (name, sha256) in input.provenance.sha256 {
        table.add(vec![
            PageCell::code(Some(name)),
            PageCell::code(Some(sha256)),
        ]);
    }
    match table.is_empty() {
        true => Ok(None),
        false => table.fill(templates).map(Some),
    }
}
