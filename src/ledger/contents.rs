//! The parts of a ledger, and the readings in them that count.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::mem;
use std::path::PathBuf;

use rayon::prelude::*;

use super::counted::{CountedPart, CountedReadings};
use super::index::{ContentDigest, ContentSet};
use super::opened::PartContents;
use super::part::Part;
use super::reading::{Position, Reading, readings};
use super::scanned::StoredIdentity;
use super::superseded::{FinalReadings, repeated_keys, superseded};
use super::{Ledger, LedgerError, tables};
use crate::spool::{Chunk, Sequence};
use crate::time::period::TimeRange;

/// The parts of a ledger.
#[derive(Debug, Default)]
pub struct LedgerContents {
    parts: Vec<PartContents>,
    /// The folders of the ledgers, by their numbers.
    ledgers: Vec<PathBuf>,
    damaged: Vec<(PathBuf, LedgerError)>,
    /// The names of the rules that the parts were scanned for.
    rules: BTreeSet<String>,
    /// The range of time that they were scanned for.
    range: TimeRange,
}

impl LedgerContents {
    /// Opens the parts of a ledger.
    ///
    /// # Errors
    ///
    /// Returns an error if the parts cannot be listed or read. [`LedgerContents::damaged`] returns
    /// those that are damaged.
    pub fn read(ledger: &Ledger) -> Result<Self, LedgerError> {
        let mut contents = Self::default();
        contents.look_again(ledger)?;
        Ok(contents)
    }

    /// Adds the parts that are new, on the threads of the pool that this is called in.
    ///
    /// # Errors
    ///
    /// Returns an error if they cannot be listed or read.
    pub fn look_again(&mut self, ledger: &Ledger) -> Result<(), LedgerError> {
        let scope = ledger.scope();
        self.rules = scope.rules.iter().map(|rule| rule.rule.clone()).collect();
        self.range = scope.range();
        let number = self.number_of(ledger);
        let mut paths = ledger.parts()?;
        // A part never changes, and its name is the hash of its content, so one that is known is
        // not opened again, not even in another ledger.
        let known: BTreeSet<&OsStr> = self
            .parts()
            .filter_map(|part| part.path.file_name())
            .collect();
        paths.retain(|path| path.file_name().is_none_or(|name| !known.contains(name)));
        let opened: Vec<_> = paths
            .par_iter()
            .map(|path| PartContents::open(ledger, number, path))
            .collect();
        for (path, opened) in paths.into_iter().zip(opened) {
            match opened {
                Ok(part) => self.parts.extend(part),
                Err(error) => self.add_damaged(path, error)?,
            }
        }
        Ok(())
    }

    /// Returns the number of a ledger.
    fn number_of(&mut self, ledger: &Ledger) -> usize {
        let mut known = self.ledgers.iter();
        known
            .position(|path| path == ledger.path())
            .unwrap_or_else(|| {
                self.ledgers.push(ledger.path().to_owned());
                self.ledgers.len() - 1
            })
    }

    /// Adds a part if it is damaged. One that cannot be read may be sound, so it is an error.
    fn add_damaged(&mut self, part: PathBuf, error: LedgerError) -> Result<(), LedgerError> {
        if !error.is_damage() {
            return Err(error);
        }
        self.damaged.push((part, error));
        Ok(())
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

    /// Returns the parts.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().map(|known| &known.part)
    }

    /// Returns the parts with their readings in numbers.
    pub(super) fn part_contents(&self) -> &[PartContents] {
        &self.parts
    }

    /// Returns the contents of objects that need not be read again, on the threads of the pool that
    /// this is called in. A part whose readings are damaged becomes a damaged one.
    ///
    /// # Errors
    ///
    /// Returns an error if a part cannot be read.
    pub fn known(&mut self) -> Result<ContentSet, LedgerError> {
        let contested: BTreeSet<usize> = contested(&self.parts).into_iter().collect();
        let parts = mem::take(&mut self.parts).into_par_iter().enumerate();
        let read: Vec<_> = parts
            .map(|(number, contents)| {
                let is_contested = contested.contains(&number);
                let readings = FinalReadings::from_part(&contents.part, is_contested);
                (contents, readings)
            })
            .collect();
        let mut known = Vec::with_capacity(read.len());
        for (contents, readings) in read {
            match readings {
                Ok(readings) => {
                    known.push(readings);
                    self.parts.push(contents);
                }
                Err(error) => self.add_damaged(contents.part.path, error)?,
            }
        }
        let repeated = repeated_keys(&known);
        let superseded = superseded(&repeated, self.parts().zip(&known))?;
        let digests = known.into_iter().map(|readings| readings.digests);
        Ok(ContentSet::of_final(digests.collect(), &superseded))
    }

    /// Calls `visit` with the key of each reading whose content is not listed, on the threads of
    /// the pool that this is called in.
    ///
    /// # Errors
    ///
    /// Returns an error if a part cannot be read.
    pub fn for_each_unlisted(
        &self,
        listed: &ContentSet,
        visit: &(dyn Fn(&str) + Sync),
    ) -> Result<(), LedgerError> {
        self.parts.par_iter().try_for_each(|contents| {
            for StoredIdentity { identity, .. } in tables::identities(&contents.part)? {
                if !listed.contains(&ContentDigest::new(identity.listed())) {
                    visit(&identity.key);
                }
            }
            Ok(())
        })
    }

    /// Selects the readings that count: of each object, the latest that the source delivered or, if
    /// it never did, the latest failure. With a listing, only readings of what is listed count.
    /// Calls `take` with them in the order of their keys, some at a time.
    ///
    /// # Errors
    ///
    /// Returns an error if a part is damaged.
    pub fn select(
        self,
        listed: Option<&ContentSet>,
        take: &mut dyn FnMut(&[Reading]),
    ) -> Result<CountedReadings, LedgerError> {
        let all = 0..self.parts.len();
        self.counted(all.collect(), listed, take)
    }

    /// Selects the readings that count, without passing through those of parts that hold no object
    /// of another scan.
    ///
    /// # Errors
    ///
    /// Returns an error if a part is damaged.
    pub fn select_all(self) -> Result<CountedReadings, LedgerError> {
        let contested = contested(&self.parts);
        self.counted(contested, None, &mut |_| ())
    }

    /// Selects among the readings of these parts; those of the others all count.
    fn counted(
        self,
        contested: Vec<usize>,
        listed: Option<&ContentSet>,
        take: &mut dyn FnMut(&[Reading]),
    ) -> Result<CountedReadings, LedgerError> {
        // Those of the parts that nothing contests are wanted without being looked at.
        let mut wanted = WantedReadings::all(&self.parts);
        for part in &contested {
            wanted.clear(*part);
        }
        for batch in self.sequence(&contested, listed)? {
            let counted = latest_of_each(batch?);
            for Reading { position, .. } in &counted {
                wanted.mark(*position);
            }
            take(&counted);
        }
        let parts = self.parts.into_iter().zip(wanted.0);
        let parts = parts.map(|(contents, wanted)| CountedPart { contents, wanted });
        Ok(CountedReadings::new(
            parts.collect(),
            self.rules,
            self.range,
        ))
    }

    /// Returns the readings of these parts in the order of their keys. All of them may take more
    /// memory than there is, so they come some at a time.
    fn sequence<'a>(
        &'a self,
        parts: &[usize],
        listed: Option<&'a ContentSet>,
    ) -> Result<Sequence<'a, Reading, LedgerError>, LedgerError> {
        let chunks = parts.iter().filter_map(|part| self.chunk(*part));
        // Looking up takes as long as loading, so it is left to the threads that load parts.
        let load = move |part| Ok(listed_only(self.readings(part)?, listed));
        Sequence::new(chunks.collect(), Box::new(load))
    }

    fn chunk(&self, part: usize) -> Option<Chunk> {
        Some(self.parts.get(part)?.chunk(part))
    }

    fn readings(&self, part: usize) -> Result<Vec<Reading>, LedgerError> {
        let contents = self.parts.get(part);
        contents.map_or(Ok(Vec::new()), |contents| readings(&contents.part, part))
    }
}

/// For each reading, true if it counts, by the parts that they are in.
struct WantedReadings(Vec<Vec<bool>>);

impl WantedReadings {
    /// Returns that all readings of these parts count.
    fn all(parts: &[PartContents]) -> Self {
        let counts = parts.iter().map(|contents| contents.readings.count);
        Self(counts.map(|count| vec![true; count]).collect())
    }

    /// Lets no reading of a part count.
    fn clear(&mut self, part: usize) {
        if let Some(wanted) = self.0.get_mut(part) {
            wanted.fill(false);
        }
    }

    fn mark(&mut self, position: Position) {
        let part = self.0.get_mut(position.part);
        if let Some(is_wanted) = part.and_then(|part| part.get_mut(position.reading)) {
            *is_wanted = true;
        }
    }
}

/// Returns the readings whose contents are listed; all of them without a listing.
fn listed_only(mut readings: Vec<Reading>, listed: Option<&ContentSet>) -> Vec<Reading> {
    if let Some(listed) = listed {
        readings.retain(|reading| listed.contains(&ContentDigest::new(reading.identity.listed())));
    }
    readings
}

/// Returns the readings that count among readings in the order of their keys.
fn latest_of_each(mut readings: Vec<Reading>) -> Vec<Reading> {
    readings.dedup_by(is_merged);
    readings
}

/// Returns whether a reading is of the same object as the one before it, which then becomes the one
/// of them that counts.
fn is_merged(next: &mut Reading, last: &mut Reading) -> bool {
    if next.identity.key != last.identity.key {
        return false;
    }
    if last.identity.rank() < next.identity.rank() {
        mem::swap(last, next);
    }
    true
}

/// Returns the numbers of the parts that may hold objects of parts of other scans.
fn contested(parts: &[PartContents]) -> Vec<usize> {
    let mut in_order: Vec<usize> = (0..parts.len()).collect();
    let readings = |number: usize| parts.get(number).map(|contents| &contents.readings);
    in_order.sort_by_key(|number| readings(*number).map(|readings| &readings.keys));
    let mut contested = Vec::new();
    let mut group: Vec<usize> = Vec::new();
    let mut last = "";
    for number in in_order {
        let Some(own) = readings(number) else {
            continue;
        };
        // No later part begins before this one, so none can overlap those of the group any more.
        if !group.is_empty() && *own.keys.first > *last {
            add_contested(&mut contested, &mut group, parts);
            last = "";
        }
        group.push(number);
        last = last.max(&own.keys.last);
    }
    add_contested(&mut contested, &mut group, parts);
    contested
}

/// Adds parts that overlap, unless they are of one scan, which reads each object once.
fn add_contested(contested: &mut Vec<usize>, group: &mut Vec<usize>, parts: &[PartContents]) {
    let own = group
        .drain(..)
        .filter_map(|number| Some((number, parts.get(number)?)));
    let own: Vec<(usize, &PartContents)> = own.collect();
    let mut scans = own.iter().map(|(_, contents)| contents.scans());
    let Some(first) = scans.next() else { return };
    let is_of_one_scan = first.is_one() && scans.all(|scan| scan == first);
    if own.len() > 1 && !is_of_one_scan {
        contested.extend(own.iter().map(|(number, _)| *number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Identity;

    fn reading(key: &str, second: i64, number: usize) -> Reading {
        Reading {
            identity: Identity::example(key, second),
            source_bytes: None,
            position: Position {
                part: number,
                reading: number,
            },
        }
    }

    #[test]
    fn the_highest_rank_counts_and_of_equal_ones_the_first() {
        let readings = [("a", 1), ("a", 2), ("a", 2), ("b", 1)];
        let readings = readings.iter().enumerate();
        let readings = readings.map(|(number, (key, second))| reading(key, *second, number));
        let counted = latest_of_each(readings.collect());
        let numbers: Vec<usize> = counted.iter().map(|one| one.position.part).collect();
        assert_eq!(numbers, [1, 3]);
    }

    #[test]
    fn of_a_listing_only_what_is_listed_counts() {
        let readings = vec![reading("a", 1, 0), reading("b", 1, 1)];
        let listed = readings[1].identity.clone();
        let listed = ContentSet::from_digests(vec![ContentDigest::new(listed.listed())]);
        let counted = listed_only(readings.clone(), Some(&listed));
        assert_eq!(listed_only(readings, None).len(), 2);
        assert_eq!(counted.len(), 1);
        assert_eq!(&*counted[0].identity.key, "b");
    }
}
