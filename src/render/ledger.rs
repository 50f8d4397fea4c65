//! What there is to say of a ledger.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;

use indicatif::{HumanBytes, HumanCount};
use serde::Serialize;

use crate::ledger::{Info, Ledger, LedgerCheck, Scope};
use crate::text::printable;

/// Writes what a ledger was scanned for, and what it holds.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_info(ledger: &Ledger, info: &Info, out: &mut dyn Write) -> io::Result<()> {
    let scope = ledger.scope();
    let mut line = |name: &str, text: String| writeln!(out, "{name:<12} {}", printable(&text));
    line("ledger", ledger.path().display().to_string())?;
    for rule in &scope.rules {
        line("rule", format!("{}  {}", rule.rule, rule.pattern))?;
    }
    line("asked", asked(scope))?;
    for source in &info.sources {
        line("source", source.clone())?;
    }
    line(
        "scans",
        format!(
            "{} to {}, by version {}",
            time(info.first_scan),
            time(info.last_scan),
            info.versions.join(", ")
        ),
    )?;
    line(
        "parts",
        format!("{}, {}", info.parts, HumanBytes(info.bytes)),
    )?;
    let count = |number: u64| HumanCount(number).to_string();
    line(
        "objects",
        format!(
            "{}, {} to be read again",
            count(info.objects),
            count(info.to_read_again)
        ),
    )?;
    let records = &info.records;
    line(
        "records",
        format!(
            "{}, {} selected",
            count(records.total()),
            count(records.selected)
        ),
    )?;
    line(
        "events",
        format!(
            "{} to {}",
            time(info.events.first()),
            time(info.events.last())
        ),
    )?;
    line("lifecycle", format!("{} records", count(info.lifecycle)))?;
    line("problems", count(info.problems))?;
    writeln!(out)
}

fn asked(scope: &Scope) -> String {
    let names = |names: &std::collections::BTreeSet<String>, all: &str| match names.is_empty() {
        true => all.to_owned(),
        false => names.iter().cloned().collect::<Vec<_>>().join(", "),
    };
    let range = match (scope.from, scope.to) {
        (None, None) => "any time".to_owned(),
        (from, to) => format!("{} to {}", time(from), time(to)),
    };
    format!(
        "{range}, {}, {}",
        names(&scope.accounts, "all accounts"),
        names(&scope.regions, "all regions")
    )
}

fn time(time: Option<jiff::Timestamp>) -> String {
    time.map_or_else(|| "…".to_owned(), |time| time.to_string())
}

/// A line of JSON on a ledger.
#[derive(Serialize)]
struct InfoLine<'a> {
    ledger: String,
    plan: &'a Scope,
    sources: &'a [String],
    versions: &'a [String],
    parts: usize,
    bytes: u64,
    objects: u64,
    to_read_again: u64,
    records: u64,
    selected: u64,
    lifecycle: u64,
    problems: u64,
    first_event: Option<jiff::Timestamp>,
    last_event: Option<jiff::Timestamp>,
    first_scan: Option<jiff::Timestamp>,
    last_scan: Option<jiff::Timestamp>,
}

/// Writes what a ledger was scanned for, and what it holds, as a line of JSON.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_info_as_json(
    ledger: &Ledger,
    info: &Info,
    out: &mut dyn Write,
) -> Result<(), Box<dyn Error>> {
    let line = InfoLine {
        ledger: ledger.path().to_string_lossy().into_owned(),
        plan: ledger.scope(),
        sources: &info.sources,
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
    serde_json::to_writer(&mut *out, &line)?;
    Ok(writeln!(out)?)
}

/// Writes what a check found.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_check(path: &Path, check: &LedgerCheck, out: &mut dyn Write) -> io::Result<()> {
    let verdict = if check.defects.is_empty() {
        "sound"
    } else {
        "not sound"
    };
    let path = printable(&path.to_string_lossy());
    writeln!(
        out,
        "{path}: {verdict}; {} parts, {} readings of objects",
        check.parts, check.readings
    )?;
    for defect in &check.defects {
        writeln!(
            out,
            "  {}: {}",
            printable(&defect.path.to_string_lossy()),
            printable(&defect.detail)
        )?;
    }
    Ok(())
}
