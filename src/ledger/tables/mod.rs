//! The tables of a part: readings to rows, and rows to readings.

mod counts;
mod objects;
mod problems;
mod records;

use std::collections::HashMap;

use super::LedgerError;
use super::part::Part;
use super::read::{Identity, Read};
use super::scope::Scope;
use crate::findings::{MatchedRecord, ObjectOutcome, ObjectStatus, Tally};
use crate::plan::Plan;
use crate::problem::{Origin, ProblemKind};
use crate::table::Column;
use crate::table::ColumnValues;
use crate::table::Table;
use crate::time::period::TimeRange;

/// What is taken of the records that a ledger keeps.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    /// The rules that are asked about, with their numbers.
    rules: HashMap<String, usize>,
    /// The event times that are asked about.
    range: TimeRange,
    /// Those and, before them, what only alarms see.
    observed_range: TimeRange,
    /// Whether the JSON of records is taken along.
    with_json: bool,
}

impl Taken {
    /// What a report of a plan needs.
    pub(super) fn of_plan(plan: &Plan) -> Self {
        let names = plan.rules.iter().enumerate();
        Self {
            rules: names
                .map(|(number, rule)| (rule.name.clone(), number))
                .collect(),
            range: plan.selection.range,
            observed_range: plan.observed_range(),
            with_json: false,
        }
    }

    /// Everything, with the rules numbered in the order of the scope.
    pub(super) fn whole(scope: &Scope) -> Self {
        let names = scope.rules.iter().enumerate();
        Self {
            rules: names
                .map(|(number, rule)| (rule.rule.clone(), number))
                .collect(),
            range: TimeRange {
                start: scope.from,
                end: scope.to,
            },
            observed_range: TimeRange {
                start: scope.known_from,
                end: scope.to,
            },
            with_json: true,
        }
    }

    /// Puts a record to those of the range, to those before it, or to none.
    fn sort(&self, selected: MatchedRecord, tally: &mut Tally) {
        let is_in = |range: &TimeRange| {
            selected
                .record
                .event_time
                .is_none_or(|time| range.contains(time))
        };
        if is_in(&self.range) {
            tally.matches.inside.push(selected);
        } else if is_in(&self.observed_range) {
            tally.matches.earlier.push(selected);
        }
    }

    /// Takes back that a record in the range was selected, since no rule that is asked about
    /// selects it.
    fn unselect(&self, selected: &MatchedRecord, tally: &mut Tally) {
        if selected
            .record
            .event_time
            .is_some_and(|time| !self.range.contains(time))
        {
            return;
        }
        let origin = Origin {
            byte: None,
            ..selected.record.origin.clone()
        };
        let outcome = tally
            .objects
            .iter_mut()
            .find(|outcome| *outcome.object == *origin.object);
        if let Some(ObjectOutcome { records, .. }) = outcome {
            records.selected = records.selected.saturating_sub(1);
            records.unmatched += 1;
        }
        tally.problems.retain(|problem| {
            let of_record = Origin {
                byte: None,
                ..problem.origin.clone()
            } == origin;
            !(of_record && problem.kind == ProblemKind::NoEventTime)
        });
        if tally
            .problems
            .iter()
            .any(|problem| problem.origin.object == origin.object)
        {
            return;
        }
        let outcome = tally
            .objects
            .iter_mut()
            .find(|outcome| *outcome.object == *origin.object);
        if let Some(outcome) = outcome.filter(|outcome| outcome.status == ObjectStatus::Damaged) {
            outcome.status = ObjectStatus::Read;
        }
    }
}

/// The tables of readings, whose rules have these names.
pub(super) fn of_reads<'a>(reads: &'a [Read], rules: &'a [String]) -> Vec<Table<'a>> {
    vec![
        objects::table(reads),
        records::attempts(reads, rules),
        records::lifecycle(reads),
        problems::table(reads),
        counts::table(reads, rules),
    ]
}

/// Which contents a part holds, by the numbers of their readings.
///
/// # Errors
///
/// Returns an error if the part is damaged.
pub(super) fn identities(part: &Part) -> Result<Vec<Identity>, LedgerError> {
    let table = part.table(objects::NAME, &objects::identity_shape())?;
    objects::identities(table).map_err(|detail| part.damaged(detail))
}

/// The readings of a part whose numbers are wanted.
///
/// # Errors
///
/// Returns an error if the part is damaged.
pub(super) fn reads(part: &Part, wanted: &[bool], taken: &Taken) -> Result<Vec<Read>, LedgerError> {
    let objects = part.table(objects::NAME, &objects::shape())?;
    let mut reads = Wanted {
        reads: Vec::new(),
        wanted,
    };
    let filled = objects::read(objects, &mut reads);
    filled.map_err(|detail| part.damaged(format!("{}: {detail}", objects::NAME)))?;
    let problems = part.table(problems::NAME, &problems::shape())?;
    let filled = problems::read(problems, &mut reads);
    filled.map_err(|detail| part.damaged(format!("{}: {detail}", problems::NAME)))?;
    let counts = part.table(counts::NAME, &counts::shape())?;
    let filled = counts::read(counts, &mut reads, taken);
    filled.map_err(|detail| part.damaged(format!("{}: {detail}", counts::NAME)))?;
    let attempts = part.table(records::ATTEMPTS, &records::attempts_shape(taken.with_json))?;
    let filled = records::read_attempts(attempts, &mut reads, taken);
    filled.map_err(|detail| part.damaged(format!("{}: {detail}", records::ATTEMPTS)))?;
    let lifecycle = part.table(
        records::LIFECYCLE,
        &records::lifecycle_shape(taken.with_json),
    )?;
    let filled = records::read_lifecycle(lifecycle, &mut reads, taken);
    filled.map_err(|detail| part.damaged(format!("{}: {detail}", records::LIFECYCLE)))?;
    Ok(reads.reads.into_iter().flatten().collect())
}

/// The readings that are wanted, at the places of their numbers.
struct Wanted<'a> {
    reads: Vec<Option<Read>>,
    wanted: &'a [bool],
}

impl Wanted<'_> {
    fn is_wanted(&self, reading: usize) -> bool {
        self.wanted.get(reading).copied().unwrap_or(false)
    }

    /// The tally of a reading; nothing for one that is not wanted.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such reading.
    fn tally(&mut self, reading: usize) -> Result<Option<&mut Tally>, String> {
        if !self.is_wanted(reading) {
            let is_known = reading < self.wanted.len();
            return if is_known {
                Ok(None)
            } else {
                Err(format!("there is no reading {reading}"))
            };
        }
        let read = self.reads.get_mut(reading).and_then(Option::as_mut);
        read.map(|read| Some(&mut read.tally))
            .ok_or_else(|| format!("there is no reading {reading}"))
    }
}

fn column<'a>(name: &'static str, values: ColumnValues<'a>) -> Column<'a> {
    Column { name, values }
}

/// The number of a reading, as a column holds it.
fn number(reading: u64) -> usize {
    usize::try_from(reading).unwrap_or(usize::MAX)
}
