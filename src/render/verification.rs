//! The result of a verification.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::Style;

use super::grid::Grid;
use super::json::{write_document, write_line};
use super::quantity::{counted, number};
use super::style::{BAD, GOOD, HEADING, QUIET, UNSURE};
use super::wrap::wrapped;
use crate::integrity::{Gap, Grade, GradedKind, GradedObject, Manifest, Outcome, Verification};
use crate::text::printable;

/// The number of lines of each list that are printed. The table of --out and the JSON have all.
const LINE_LIMIT: usize = 20;

/// The number of columns that notes fit into.
const WIDTH: usize = 100;

/// Writes a verification as one JSON object.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_json(verification: &Verification, out: &mut dyn Write) -> io::Result<()> {
    write_document(verification, out)
}

/// Writes a manifest of metadata, one JSON object in each line.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_manifest(manifest: &Manifest, out: &mut dyn Write) -> io::Result<()> {
    for entry in &manifest.entries {
        write_line(entry, out)?;
    }
    Ok(())
}

/// Writes a verification for a person: the outcome, the number of objects of each grade, and
/// everything that is wrong.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write(verification: &Verification, out: &mut dyn Write) -> io::Result<()> {
    write_outcome(verification.outcome(), out)?;
    writeln!(out)?;
    write_counts(verification, out)?;
    write_objects(verification, out)?;
    write_gaps(&verification.gaps, out)?;
    write_findings(verification, out)?;
    write_problems(verification, out)?;
    write_notes(&verification.notes, out)
}

fn write_outcome(outcome: Outcome, out: &mut dyn Write) -> io::Result<()> {
    let (style, words) = match outcome {
        Outcome::Proven => (GOOD, "everything that was checked is proven"),
        Outcome::Wrong => (BAD, "something is wrong"),
        Outcome::NotProven => (UNSURE, "nothing is wrong, but not everything is proven"),
    };
    writeln!(
        out,
        "{HEADING}Integrity{HEADING:#}  {style}{words}{style:#}"
    )
}

fn write_counts(verification: &Verification, out: &mut dyn Write) -> io::Result<()> {
    let mut counts: BTreeMap<(Grade, GradedKind), u64> = BTreeMap::new();
    for object in &verification.objects {
        *counts.entry((object.grade, object.kind)).or_default() += 1;
    }
    let mut grid = Grid::new(["grade", "digests", "log files"]);
    grid.align_right(1);
    grid.align_right(2);
    for grade in verification.counts.keys() {
        let count = |kind| number(counts.get(&(*grade, kind)).copied().unwrap_or_default());
        let row = [
            grade.name().to_owned(),
            count(GradedKind::Digest),
            count(GradedKind::Log),
        ];
        grid.add(row);
    }
    grid.write("  ", out)
}

/// Writes the objects that are wrong or lie elsewhere.
fn write_objects(verification: &Verification, out: &mut dyn Write) -> io::Result<()> {
    let objects = verification.objects.iter();
    let shown: Vec<_> = objects.filter(|object| object.is_wrong()).collect();
    if shown.is_empty() {
        return Ok(());
    }
    write_heading("Objects", out)?;
    for object in shown.iter().take(LINE_LIMIT) {
        write_object(object, out)?;
    }
    write_rest(shown.len(), out)
}

fn write_object(object: &GradedObject, out: &mut dyn Write) -> io::Result<()> {
    let style = style(object.grade);
    let grade = object.grade.name();
    let name = object.name.to_string();
    writeln!(out, "  {style}{grade}{style:#}  {}", printable(&name))?;
    if let Some(from) = &object.moved_from {
        let from = from.to_string();
        writeln!(out, "    {QUIET}delivered to{QUIET:#} {}", printable(&from))?;
    }
    match &object.reason {
        Some(reason) => writeln!(out, "    {QUIET}{}{QUIET:#}", printable(reason)),
        None => Ok(()),
    }
}

fn write_gaps(gaps: &[Gap], out: &mut dyn Write) -> io::Result<()> {
    if gaps.is_empty() {
        return Ok(());
    }
    write_heading("Gaps", out)?;
    let mut grid = Grid::new(["chain", "kind", "from", "to", ""]);
    for gap in gaps.iter().take(LINE_LIMIT) {
        let words = match gap.explained {
            true => "explained",
            false => "",
        };
        let (from, to) = (gap.from.to_string(), gap.to.to_string());
        let chain = gap.chain.to_string();
        grid.add([&chain, gap.kind.name(), &from, &to, words]);
    }
    grid.write("  ", out)?;
    write_rest(gaps.len(), out)
}

fn write_findings(verification: &Verification, out: &mut dyn Write) -> io::Result<()> {
    if verification.findings.is_empty() {
        return Ok(());
    }
    write_heading("Contradictions", out)?;
    for finding in verification.findings.iter().take(LINE_LIMIT) {
        let (words, detail) = (finding.kind.words(), printable(&finding.detail));
        let name = finding.object.to_string();
        writeln!(out, "  {}", printable(&name))?;
        writeln!(out, "    {QUIET}{words}; {detail}{QUIET:#}")?;
    }
    write_rest(verification.findings.len(), out)
}

fn write_problems(verification: &Verification, out: &mut dyn Write) -> io::Result<()> {
    if verification.problems.is_empty() {
        return Ok(());
    }
    write_heading("Problems", out)?;
    for problem in verification.problems.iter().take(LINE_LIMIT) {
        let (object, detail) = (&problem.origin.object, &problem.detail);
        writeln!(out, "  {}: {}", printable(object), printable(detail))?;
    }
    write_rest(verification.problems.len(), out)
}

fn write_notes(notes: &[String], out: &mut dyn Write) -> io::Result<()> {
    if notes.is_empty() {
        return Ok(());
    }
    write_heading("Notes", out)?;
    for note in notes {
        for line in wrapped(&printable(note), WIDTH) {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}

fn write_heading(heading: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{HEADING}{heading}{HEADING:#}")
}

fn write_rest(count: usize, out: &mut dyn Write) -> io::Result<()> {
    let rest = count.saturating_sub(LINE_LIMIT);
    match rest {
        0 => Ok(()),
        _ => {
            let rest = counted(rest as u64, "more line");
            writeln!(out, "  {QUIET}and {rest}: see --out or --json{QUIET:#}")
        }
    }
}

fn style(grade: Grade) -> Style {
    match grade {
        Grade::Signed | Grade::Chained => GOOD,
        Grade::Unreferenced | Grade::Modified | Grade::Missing => BAD,
        Grade::HashOnly | Grade::Unverifiable | Grade::NotChecked => UNSURE,
    }
}
