//! The contents of all parts of a ledger.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::index::{Index, Position};
use super::part::Part;
use super::scanned::{Identity, ScannedObject};
use super::{Ledger, LedgerError, tables};
use crate::findings::{Findings, ListedObject, StoredRequest};
use crate::plan::Plan;

/// The objects of a ledger that are requested.
#[derive(Clone, Debug)]
pub enum RequestedObjects<'a> {
    /// All that were ever read.
    All,
    /// Those that are listed, each once, with the content that is listed.
    Listed(Vec<ListedObject<'a>>),
}

/// The parts of a ledger, and the contents that each holds.
#[derive(Debug, Default)]
pub struct Contents {
    parts: Vec<PartContents>,
    damaged: Vec<(PathBuf, LedgerError)>,
    index: Index,
}

/// A part, and the contents that it holds.
#[derive(Debug)]
pub(super) struct PartContents {
    pub(super) part: Part,
    /// The identity of each reading, by its number.
    pub(super) identities: Vec<Identity>,
}

impl Contents {
    /// Reads the contents of a ledger.
    ///
    /// # Errors
    ///
    /// Returns an error if the parts cannot be listed. [`Contents::damaged`] returns those that are
    /// damaged.
    pub fn read(ledger: &Ledger) -> Result<Self, LedgerError> {
        let mut contents = Self::default();
        contents.look_again(ledger)?;
        Ok(contents)
    }

    /// Adds the parts that are new, on the threads of the pool that this is called in.
    ///
    /// # Errors
    ///
    /// Returns an error if they cannot be listed.
    pub fn look_again(&mut self, ledger: &Ledger) -> Result<(), LedgerError> {
        let mut paths = ledger.parts()?;
        // A part never changes, so one that is known is not opened again.
        paths.retain(|path| !self.parts.iter().any(|known| known.part.path == *path));
        let opened: Vec<_> = paths
            .par_iter()
            .map(|path| PartContents::open(ledger, path))
            .collect();
        let readings = opened.iter().flatten().map(|part| part.identities.len());
        self.index.reserve(readings.sum());
        for (path, opened) in paths.into_iter().zip(opened) {
            match opened {
                Ok(part) => self.add(part),
                Err(error) => self.damaged.push((path, error)),
            }
        }
        Ok(())
    }

    fn add(&mut self, part: PartContents) {
        self.index.add(self.parts.len() as u32, &part.identities);
        self.parts.push(part);
    }

    /// Returns the damaged parts, with their damage.
    pub fn damaged(&self) -> &[(PathBuf, LedgerError)] {
        &self.damaged
    }

    /// Forgets damaged parts, after they have been dealt with.
    pub fn forget_damaged(&mut self) {
        self.damaged.clear();
    }

    /// Returns the contents if no part is damaged.
    ///
    /// # Errors
    ///
    /// Returns an error if a part is damaged; the error is that of the first.
    pub fn whole(mut self) -> Result<Self, LedgerError> {
        match self.damaged.is_empty() {
            true => Ok(self),
            false => Err(self.damaged.swap_remove(0).1),
        }
    }

    /// Returns the reading of each object that counts, in any order.
    pub fn latest(&self) -> impl Iterator<Item = &Identity> {
        let objects = self.index.all();
        objects.filter_map(|readings| {
            let Position { part, reading } = latest(self.readings(readings))?;
            let part = self.parts.get(part as usize)?;
            part.identities.get(reading as usize)
        })
    }

    /// Returns the parts.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().map(|known| &known.part)
    }

    /// Returns the parts with their contents.
    pub(super) fn part_contents(&self) -> &[PartContents] {
        &self.parts
    }

    /// Returns the paths that the scans were given, each once, in order.
    pub fn sources(&self) -> Vec<String> {
        let sources = self.parts().flat_map(|part| &part.manifest.sources);
        let sources: BTreeSet<&String> = sources.collect();
        sources.into_iter().cloned().collect()
    }

    /// Returns whether the listed content of an object need not be read again.
    pub fn knows(&self, listed: ListedObject<'_>) -> bool {
        let mut readings = self.readings_of(listed);
        readings.any(|(identity, _)| identity.is_final())
    }

    /// Returns the findings of the requested objects, merged, on the threads of the pool that this
    /// is called in.
    ///
    /// # Errors
    ///
    /// Returns an error if a part is damaged.
    pub fn findings(
        &self,
        objects: &RequestedObjects<'_>,
        plan: &Plan,
    ) -> Result<Findings, LedgerError> {
        let request = StoredRequest::from_plan(plan);
        let wanted = self.wanted(objects);
        let parts = self.parts.par_iter().zip(&wanted);
        let merged = parts.map(|(known, wanted)| known.merged(wanted, &request));
        // All results are collected before the first error is returned, so that of several damages
        // it is always that of the first part.
        let merged: Vec<Result<Findings, LedgerError>> = merged.collect();
        merge_all(merged)
    }

    /// Calls `take` with the reading of each requested object that counts.
    pub(super) fn each(
        &self,
        objects: &RequestedObjects<'_>,
        request: &StoredRequest,
        mut take: impl FnMut(ScannedObject),
    ) -> Result<(), LedgerError> {
        for (known, wanted) in self.parts.iter().zip(&self.wanted(objects)) {
            known.each(wanted, request, &mut take)?;
        }
        Ok(())
    }

    /// Returns, for each part, which of its readings are wanted: of each requested object, the one
    /// that counts.
    fn wanted(&self, objects: &RequestedObjects<'_>) -> Vec<Vec<bool>> {
        let mut wanted = Vec::with_capacity(self.parts.len());
        for known in &self.parts {
            wanted.push(vec![false; known.identities.len()]);
        }
        for Position { part, reading } in self.latest_readings(objects) {
            let part = wanted.get_mut(part as usize);
            if let Some(is_wanted) = part.and_then(|part| part.get_mut(reading as usize)) {
                *is_wanted = true;
            }
        }
        wanted
    }

    /// Returns the position of the reading of each requested object that counts.
    fn latest_readings(&self, objects: &RequestedObjects<'_>) -> Vec<Position> {
        match objects {
            RequestedObjects::All => {
                let objects = self.index.all();
                let latest = objects.filter_map(|readings| latest(self.readings(readings)));
                latest.collect()
            }
            RequestedObjects::Listed(listed) => {
                let listed = listed.par_iter();
                let latest = listed.filter_map(|listed| latest(self.readings_of(*listed)));
                latest.collect()
            }
        }
    }

    /// Returns the readings of the listed content of an object.
    fn readings_of(&self, listed: ListedObject<'_>) -> impl Iterator<Item = (&Identity, Position)> {
        let readings = self.readings(self.index.find(listed.key));
        readings.filter(move |(identity, _)| identity.is(listed))
    }

    /// Returns the readings at these positions.
    fn readings(&self, positions: &[Position]) -> impl Iterator<Item = (&Identity, Position)> {
        positions.iter().filter_map(|position| {
            let part = self.parts.get(position.part as usize)?;
            let identity = part.identities.get(position.reading as usize)?;
            Some((identity, *position))
        })
    }
}

fn merge_all(parts: Vec<Result<Findings, LedgerError>>) -> Result<Findings, LedgerError> {
    // There may be millions of objects, and growing by doubling would take twice their memory.
    let objects = parts.iter().flatten().map(|part| part.objects.len());
    let mut merged = Findings::default();
    merged.objects.reserve_exact(objects.sum());
    for part in parts {
        merged.merge(part?);
    }
    Ok(merged)
}

/// Returns the position of the reading that counts; of equal ones, the first.
fn latest<'a>(readings: impl Iterator<Item = (&'a Identity, Position)>) -> Option<Position> {
    let mut latest: Option<(&Identity, Position)> = None;
    for (identity, position) in readings {
        if latest.is_none_or(|(known, _)| known.rank() < identity.rank()) {
            latest = Some((identity, position));
        }
    }
    latest.map(|(_, position)| position)
}

/// Takes a reading as final that failed for the form of the bytes: the version that read it is this
/// one, which would fail again.
fn accept_unknown_forms(identity: &mut Identity) {
    identity.failure = identity.failure.filter(|kind| !kind.is_of_form());
}

impl PartContents {
    fn open(ledger: &Ledger, path: &Path) -> Result<Self, LedgerError> {
        let part = Part::open(path)?;
        if part.manifest.fingerprint != ledger.scope().fingerprint {
            let detail = "it belongs to another ledger: it was scanned for something else";
            return Err(part.damaged(detail));
        }
        let mut identities = tables::identities(&part)?;
        if part.manifest.version == env!("CARGO_PKG_VERSION") {
            identities.iter_mut().for_each(accept_unknown_forms);
        }
        Ok(Self { part, identities })
    }

    /// Returns the merged findings of the wanted readings.
    fn merged(&self, wanted: &[bool], request: &StoredRequest) -> Result<Findings, LedgerError> {
        let mut merged = Findings::default();
        if wanted.contains(&true) {
            for (_, findings) in tables::readings(&self.part, wanted, request)? {
                merged.merge(findings);
            }
        }
        Ok(merged)
    }

    fn each(
        &self,
        wanted: &[bool],
        request: &StoredRequest,
        take: &mut impl FnMut(ScannedObject),
    ) -> Result<(), LedgerError> {
        if !wanted.contains(&true) {
            return Ok(());
        }
        for (reading, findings) in tables::readings(&self.part, wanted, request)? {
            if let Some(identity) = self.identities.get(reading) {
                let identity = identity.clone();
                take(ScannedObject { identity, findings });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_rank_counts_and_of_equal_ones_the_first() {
        let (old, new) = (Identity::example("a", 1), Identity::example("a", 2));
        let readings = [&old, &new, &new, &old].into_iter();
        let positions = (0..).map(|reading| Position { part: 0, reading });
        let position = latest(readings.zip(positions)).expect("a reading");
        assert_eq!(position.reading, 1);
        assert_eq!(latest(std::iter::empty()), None);
    }
}
