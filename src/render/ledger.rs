//! The content of ledgers, and the result of checking them.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use indicatif::{HumanBytes, HumanCount};
use jiff::Timestamp;
use serde::Serialize;

use super::json::write_line;
use super::quantity;
use crate::ledger::{Info, Ledger, LedgerCheck, Scope};
use crate::text::{counted, joined, printable};

/// Writes the scope and the content of a ledger.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_info(ledger: &Ledger, info: &Info, out: &mut dyn Write) -> io::Result<()> {
    let path = ledger.path().display().to_string();
    let lines = [("ledger", path)]
        .into_iter()
        .chain(scope_lines(ledger.scope()))
        .chain(content_lines(info));
    for (name, text) in lines {
        // Names of folders and patterns may hold control characters of a terminal.
        writeln!(out, "{name:<12} {}", printable(&text))?;
    }
    writeln!(out)
}

fn scope_lines(scope: &Scope) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    for rule in &scope.rules {
        lines.push(("rule", format!("{}  {}", rule.rule, rule.pattern)));
    }
    let times = match (scope.from, scope.to) {
        (None, None) => "any time".to_owned(),
        (from, to) => span(from, to),
    };
    let accounts = names(&scope.accounts, "all accounts");
    let regions = names(&scope.regions, "all regions");
    lines.push(("requested", format!("{times}, {accounts}, {regions}")));
    lines
}

fn content_lines(info: &Info) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    for source in &info.sources {
        lines.push(("source", source.clone()));
    }
    for source in &info.unfinished {
        lines.push(("unfinished", source.clone()));
    }
    let scans = span(info.first_scan, info.last_scan);
    let versions = info.versions.join(", ");
    lines.push(("scans", format!("{scans}, by version {versions}")));
    let (parts, bytes) = (info.parts, HumanBytes(info.bytes));
    lines.push(("parts", format!("{parts}, {bytes}")));
    lines.extend(count_lines(info));
    lines
}

fn count_lines(info: &Info) -> [(&'static str, String); 5] {
    let (objects, again) = (HumanCount(info.objects), HumanCount(info.to_read_again));
    let records = HumanCount(info.records.total());
    let selected = HumanCount(info.records.selected);
    [
        ("objects", format!("{objects}, {again} to be read again")),
        ("records", format!("{records}, {selected} selected")),
        ("events", span(info.events.first(), info.events.last())),
        ("lifecycle", quantity::counted(info.lifecycle, "record")),
        ("problems", HumanCount(info.problems).to_string()),
    ]
}

fn names(names: &BTreeSet<String>, all: &str) -> String {
    match names.is_empty() {
        true => all.to_owned(),
        false => joined(names, ", "),
    }
}

fn span(from: Option<Timestamp>, to: Option<Timestamp>) -> String {
    format!("{} to {}", bound(from), bound(to))
}

fn bound(time: Option<Timestamp>) -> String {
    time.map_or("…".to_owned(), |time| time.to_string())
}

/// The content of a ledger, as a line of JSON.
#[derive(Serialize)]
struct InfoLine<'a> {
    ledger: String,
    plan: &'a Scope,
    sources: &'a [String],
    unfinished: &'a [String],
    versions: &'a [String],
    parts: usize,
    bytes: u64,
    objects: u64,
    to_read_again: u64,
    records: u64,
    selected: u64,
    lifecycle: u64,
    problems: u64,
    first_event: Option<Timestamp>,
    last_event: Option<Timestamp>,
    first_scan: Option<Timestamp>,
    last_scan: Option<Timestamp>,
}

/// Writes the scope and the content of a ledger as a line of JSON.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_info_as_json(ledger: &Ledger, info: &Info, out: &mut dyn Write) -> io::Result<()> {
    let line = InfoLine {
        ledger: ledger.path().to_string_lossy().into_owned(),
        plan: ledger.scope(),
        sources: &info.sources,
        unfinished: &info.unfinished,
        versions: &info.versions,
        parts: info.parts,
        bytes: info.bytes,
        objects: info.objects,
        to_read_again: info.to_read_again,
        records: info.records.total(),
        selected: info.records.selected,
        lifecycle: info.lifecycle,
        problems: info.problems,
        first_event: info.events.first(),
        last_event: info.events.last(),
        first_scan: info.first_scan,
        last_scan: info.last_scan,
    };
    write_line(&line, out)
}

/// Writes the result of a check.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_check(path: &Path, check: &LedgerCheck, out: &mut dyn Write) -> io::Result<()> {
    let verdict = match check.defects.is_empty() {
        true => "sound",
        false => "not sound",
    };
    let path = printable(&path.to_string_lossy());
    let parts = counted(check.parts, "part", "parts");
    let readings = counted(check.readings, "reading", "readings");
    writeln!(out, "{path}: {verdict}; {parts}, {readings} of objects")?;
    for defect in &check.defects {
        let path = printable(&defect.path.to_string_lossy());
        writeln!(out, "  {path}: {}", printable(&defect.detail))?;
    }
    Ok(())
}
