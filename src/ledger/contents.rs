//! What the parts of a ledger hold together.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::index::{Index, Place};
use super::part::Part;
use super::read::{Identity, Read};
use super::tables::{self, Taken};
use super::{Ledger, LedgerError};
use crate::findings::{ListedObject, Tally};
use crate::plan::Plan;

/// Which objects of a ledger are asked about.
#[derive(Clone, Debug)]
pub enum RequestedObjects<'a> {
    /// All that were ever read.
    All,
    /// Those that are listed, each once, with the content that is listed.
    Listed(Vec<ListedObject<'a>>),
}

/// The parts of a ledger, and which contents each holds.
#[derive(Debug, Default)]
pub struct Contents {
    parts: Vec<PartContents>,
    /// The parts that are not what was written, with what is wrong.
    damaged: Vec<(PathBuf, LedgerError)>,
    index: Index,
}

/// A part, and which contents it holds.
#[derive(Debug)]
struct PartContents {
    part: Part,
    identities: Vec<Identity>,
}

impl Contents {
    /// Looks at the parts of a ledger.
    ///
    /// # Errors
    ///
    /// Returns an error if they cannot be listed. [`Contents::damaged`] returns the damaged ones.
    pub fn of_ledger(ledger: &Ledger) -> Result<Self, LedgerError> {
        let mut contents = Self::default();
        contents.look_again(ledger)?;
        Ok(contents)
    }

    /// Looks at the parts that were not there before, on the threads of the pool that this is
    /// called in.
    ///
    /// # Errors
    ///
    /// Returns an error if they cannot be listed.
    pub fn look_again(&mut self, ledger: &Ledger) -> Result<(), LedgerError> {
        let mut paths = ledger.parts()?;
        paths.retain(|path| !self.parts.iter().any(|known| known.part.path == *path));
        let found: Vec<_> = paths
            .par_iter()
            .map(|path| PartContents::of(ledger, path))
            .collect();
        let readings = found
            .iter()
            .flatten()
            .map(|part| part.identities.len())
            .sum();
        self.index.reserve(readings);
        for (path, found) in paths.into_iter().zip(found) {
            match found {
                Ok(part) => {
                    self.index.add(self.parts.len() as u32, &part.identities);
                    self.parts.push(part);
                }
                Err(error) => self.damaged.push((path, error)),
            }
        }
        Ok(())
    }

    /// The parts that are not what was written, with what is wrong.
    pub fn damaged(&self) -> &[(PathBuf, LedgerError)] {
        &self.damaged
    }

    /// Forgets damaged parts, which are dealt with.
    pub fn forget_damaged(&mut self) {
        self.damaged.clear();
    }

    /// The first damage, as an error.
    ///
    /// # Errors
    ///
    /// Returns an error if a part is damaged.
    pub fn whole(mut self) -> Result<Self, LedgerError> {
        if self.damaged.is_empty() {
            Ok(self)
        } else {
            Err(self.damaged.swap_remove(0).1)
        }
    }

    /// Returns the keys of all objects, in any order.
    pub fn keys(&self) -> impl Iterator<Item = &Arc<str>> {
        self.index.keys()
    }

    /// The parts.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().map(|known| &known.part)
    }

    /// The parts, with how many readings each holds.
    pub(super) fn parts_with_readings(&self) -> impl Iterator<Item = (&Part, usize)> {
        self.parts
            .iter()
            .map(|known| (&known.part, known.identities.len()))
    }

    /// What the scans were asked to read, each once, in order.
    pub fn sources(&self) -> Vec<String> {
        let mut sources: Vec<String> = self
            .parts()
            .flat_map(|part| part.facts.sources.clone())
            .collect();
        sources.sort();
        sources.dedup();
        sources
    }

    /// Whether the listed content of an object need not be read again.
    pub fn knows(&self, listed: ListedObject<'_>) -> bool {
        self.readings_of(listed)
            .any(|(identity, _)| identity.is_final())
    }

    /// All that is wanted, merged, on the threads of the pool that this is called in.
    ///
    /// # Errors
    ///
    /// Returns an error if a part is damaged.
    pub fn tally(&self, wanted: &RequestedObjects<'_>, plan: &Plan) -> Result<Tally, LedgerError> {
        let taken = Taken::of_plan(plan);
        let wanted = self.wanted(wanted);
        let parts = self
            .parts
            .par_iter()
            .zip(&wanted)
            .filter(|(_, readings)| readings.contains(&true));
        let tallies = parts.map(|(known, readings)| {
            let mut tally = Tally::default();
            let reads = tables::reads(&known.part, readings, &taken)?;
            reads.into_iter().for_each(|read| tally.merge(read.tally));
            Ok(tally)
        });
        // Of several damaged parts, the first in order is reported, whichever was read first.
        let tallies: Vec<Result<Tally, LedgerError>> = tallies.collect();
        let mut tally = Tally::default();
        tally.objects.reserve_exact(
            tallies
                .iter()
                .flatten()
                .map(|part| part.objects.len())
                .sum(),
        );
        for part in tallies {
            tally.merge(part?);
        }
        Ok(tally)
    }

    /// Hands on the readings that are wanted, each object once.
    pub(super) fn each(
        &self,
        wanted: &RequestedObjects<'_>,
        taken: &Taken,
        mut take: impl FnMut(Read),
    ) -> Result<(), LedgerError> {
        for (known, readings) in self.parts.iter().zip(&self.wanted(wanted)) {
            if readings.contains(&true) {
                tables::reads(&known.part, readings, taken)?
                    .into_iter()
                    .for_each(&mut take);
            }
        }
        Ok(())
    }

    /// For each part, which of its readings are wanted: of each wanted object, the one that counts.
    fn wanted(&self, wanted: &RequestedObjects<'_>) -> Vec<Vec<bool>> {
        let flags = |known: &PartContents| vec![false; known.identities.len()];
        let mut flags: Vec<Vec<bool>> = self.parts.iter().map(flags).collect();
        for Place { part, reading } in self.last_readings(wanted) {
            let flag = flags
                .get_mut(part as usize)
                .and_then(|readings| readings.get_mut(reading as usize));
            flag.into_iter().for_each(|flag| *flag = true);
        }
        flags
    }

    /// Where the reading of each wanted object stands that counts.
    fn last_readings(&self, wanted: &RequestedObjects<'_>) -> Vec<Place> {
        match wanted {
            RequestedObjects::All => {
                let places = self.index.all();
                places
                    .filter_map(|places| last(self.readings(places)))
                    .collect()
            }
            RequestedObjects::Listed(listed) => listed
                .par_iter()
                .filter_map(|listed| last(self.readings_of(*listed)))
                .collect(),
        }
    }

    /// The readings of the listed content of an object.
    fn readings_of(&self, listed: ListedObject<'_>) -> impl Iterator<Item = (&Identity, Place)> {
        self.readings(self.index.of(listed.key))
            .filter(move |(identity, _)| identity.is(listed))
    }

    /// The readings at these places.
    fn readings(&self, places: &[Place]) -> impl Iterator<Item = (&Identity, Place)> {
        let identity = |place: &Place| {
            self.parts
                .get(place.part as usize)?
                .identities
                .get(place.reading as usize)
        };
        places
            .iter()
            .filter_map(move |place| Some((identity(place)?, *place)))
    }
}

/// Where the reading stands that counts; of equal ones, the first.
fn last<'a>(readings: impl Iterator<Item = (&'a Identity, Place)>) -> Option<Place> {
    let later = |reading: (&'a Identity, Place), other: (&'a Identity, Place)| {
        if reading.0.rank() < other.0.rank() {
            other
        } else {
            reading
        }
    };
    readings.reduce(later).map(|(_, place)| place)
}

impl PartContents {
    fn of(ledger: &Ledger, path: &Path) -> Result<Self, LedgerError> {
        let part = Part::open(path)?;
        if part.facts.fingerprint != ledger.scope.fingerprint {
            return Err(
                part.damaged("it belongs to another ledger: it was scanned for something else")
            );
        }
        let identities = tables::identities(&part)?;
        Ok(Self { part, identities })
    }
}
