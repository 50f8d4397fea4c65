//! The readings of a ledger that count, and what they found.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::days;
use super::opened::PartContents;
use super::{LedgerError, tables};
use crate::findings::{Findings, ObjectDays, ObjectOutcome, StoredRequest};
use crate::plan::Plan;
use crate::report::{ObjectBatches, OutcomeBatches};
use crate::spool::{Chunk, EvenBatches, LoadRows, Sequence};
use crate::time::period::TimeRange;

/// The readings of a ledger that count.
#[derive(Debug)]
pub struct CountedReadings {
    pub(super) parts: Arc<Vec<CountedPart>>,
    /// The names of the rules that the parts were scanned for.
    rules: BTreeSet<String>,
    /// The range of time that they were scanned for.
    range: TimeRange,
}

/// A part, and its readings that count.
#[derive(Clone, Debug)]
pub(super) struct CountedPart {
    pub(super) contents: PartContents,
    /// For each reading, true if it counts.
    pub(super) wanted: Vec<bool>,
}

impl CountedReadings {
    pub(super) fn new(parts: Vec<CountedPart>, rules: BTreeSet<String>, range: TimeRange) -> Self {
        Self {
            parts: Arc::new(parts),
            rules,
            range,
        }
    }

    /// Returns what the readings found, on the threads of the pool that this is called in. Their
    /// objects are counted.
    ///
    /// # Errors
    ///
    /// Returns an error if a part is damaged.
    pub fn findings(&self, plan: &Plan) -> Result<Findings, LedgerError> {
        let request = StoredRequest::from_plan(plan);
        let has_all_rules = self.has_all_rules(&request);
        let found = self.parts.par_iter().map(|part| match has_all_rules {
            true => part.merged(&request, self.range),
            false => part.merged_one_by_one(&request, self.range),
        });
        // Parts have many texts in common, so they are merged as they come.
        let nothing = || Ok(Findings::default());
        found.fold(nothing, merged).reduce(nothing, merged)
    }

    /// Returns the outcomes of the objects, in the order of their names.
    pub fn objects(&self, plan: &Plan) -> CountedObjects {
        let request = StoredRequest::from_plan(plan);
        CountedObjects {
            parts: self.parts.clone(),
            // Without all rules, records that one of the others selected count as unmatched.
            request: (!self.has_all_rules(&request)).then_some(request),
        }
    }

    /// Returns whether a request has every rule that the parts were scanned for.
    fn has_all_rules(&self, request: &StoredRequest) -> bool {
        self.rules
            .iter()
            .all(|rule| request.rules.contains_key(rule))
    }
}

impl CountedPart {
    /// Returns whether every reading counts.
    pub(super) fn is_whole(&self) -> bool {
        !self.wanted.contains(&false)
    }

    /// Returns the number of readings that count.
    pub(super) fn counted(&self) -> usize {
        self.wanted.iter().filter(|is_wanted| **is_wanted).count()
    }

    /// Returns whether no reading counts.
    pub(super) fn is_empty(&self) -> bool {
        !self.wanted.contains(&true)
    }

    fn merged(&self, request: &StoredRequest, range: TimeRange) -> Result<Findings, LedgerError> {
        if self.is_empty() {
            return Ok(Findings::default());
        }
        let mut findings = tables::merged(&self.contents.part, &self.wanted, request)?;
        findings.days = self.days(range)?;
        Ok(findings)
    }

    /// Returns the objects in numbers.
    pub(super) fn days(&self, range: TimeRange) -> Result<ObjectDays, LedgerError> {
        let part = &self.contents.part;
        // A part of format 1 has no numbers.
        if self.is_whole() && part.manifest.readings.is_some() {
            return days::read(part);
        }
        let objects = tables::objects(part, &self.wanted)?;
        Ok(ObjectDays::new(&objects, range))
    }

    /// Returns the same, reading by reading: what the rules that are not requested selected changes
    /// the outcomes of objects.
    fn merged_one_by_one(
        &self,
        request: &StoredRequest,
        range: TimeRange,
    ) -> Result<Findings, LedgerError> {
        let mut merged = Findings::default();
        for findings in self.each_wanted(request)? {
            merged.merge(findings);
        }
        merged.count_objects(range);
        Ok(merged)
    }

    /// Returns what each reading found that counts.
    fn each_wanted(&self, request: &StoredRequest) -> Result<Vec<Findings>, LedgerError> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        tables::each_wanted(&self.contents.part, &self.wanted, request)
    }
}

/// Merges what parts found with what the parts before them found. Of several damages, the first
/// counts.
fn merged(
    before: Result<Findings, LedgerError>,
    found: Result<Findings, LedgerError>,
) -> Result<Findings, LedgerError> {
    let (mut merged, found) = (before?, found?);
    merged.merge(found);
    Ok(merged)
}

/// The outcomes of the objects of the readings that count.
#[derive(Debug)]
pub struct CountedObjects {
    parts: Arc<Vec<CountedPart>>,
    /// The request, if it lacks some of the rules.
    request: Option<StoredRequest>,
}

impl CountedObjects {
    /// Returns the outcomes of the objects of a part, in the order of their names.
    fn of_part(&self, number: usize) -> Result<Vec<ObjectOutcome>, LedgerError> {
        let Some(part) = self.parts.get(number) else {
            return Ok(Vec::new());
        };
        let Some(request) = &self.request else {
            return tables::objects(&part.contents.part, &part.wanted);
        };
        let found = part.each_wanted(request)?.into_iter();
        let mut objects: Vec<ObjectOutcome> = found.flat_map(|found| found.objects).collect();
        objects.sort();
        Ok(objects)
    }

    fn chunks(&self) -> Vec<Chunk> {
        let parts = self.parts.iter().enumerate();
        let parts = parts.filter(|(_, part)| !part.is_empty());
        parts
            .map(|(number, part)| part.contents.chunk(number))
            .collect()
    }
}

impl ObjectBatches for CountedObjects {
    fn batches(&self) -> OutcomeBatches<'_> {
        let load: LoadRows<'_, ObjectOutcome, LedgerError> =
            Box::new(|number| self.of_part(number));
        match Sequence::new(self.chunks(), load) {
            Ok(sequence) => {
                Box::new(EvenBatches::new(sequence).map(|batch| batch.map_err(Into::into)))
            }
            Err(error) => Box::new(std::iter::once(Err(error.into()))),
        }
    }
}
