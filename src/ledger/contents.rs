//! What the parts of a ledger hold together.

use std::collections::HashMap;
use std::path::PathBuf;

use super::part::Part;
use super::read::{Identity, Read};
use super::tables::{self, Taken};
use super::{Ledger, LedgerError};
use crate::plan::Plan;
use crate::tally::{ListedObject, Tally};

/// Which objects of a ledger are asked about.
#[derive(Clone, Debug)]
pub enum Wanted<'a> {
    /// All that were ever read.
    Everything,
    /// Those that are listed, with the content that is listed.
    Listed(HashMap<&'a str, ListedObject<'a>>),
}

/// The parts of a ledger, and which contents each holds.
#[derive(Debug, Default)]
pub struct Contents {
    parts: Vec<PartContents>,
    /// The parts that are not what was written, with what is wrong.
    damaged: Vec<(PathBuf, LedgerError)>,
}

/// A part, and which contents it holds.
#[derive(Debug)]
struct PartContents {
    part: Part,
    identities: Vec<Identity>,
}

/// Which content of which part is the one that counts: the number of the part, that of the reading.
type Place = (usize, usize);

impl Contents {
    /// Looks at the parts of a ledger.
    ///
    /// # Errors
    ///
    /// When they cannot be listed. One that is damaged is told by [`Contents::damaged`].
    pub fn of(ledger: &Ledger) -> Result<Self, LedgerError> {
        let mut contents = Self::default();
        contents.look_again(ledger)?;
        Ok(contents)
    }

    /// Looks at the parts that were not there before.
    ///
    /// # Errors
    ///
    /// When they cannot be listed.
    pub fn look_again(&mut self, ledger: &Ledger) -> Result<(), LedgerError> {
        for path in ledger.parts()? {
            if self.parts.iter().any(|known| known.part.path == path) {
                continue;
            }
            match PartContents::of(ledger, path.clone()) {
                Ok(part) => self.parts.push(part),
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
    /// When a part is damaged.
    pub fn whole(mut self) -> Result<Self, LedgerError> {
        if self.damaged.is_empty() { Ok(self) } else { Err(self.damaged.swap_remove(0).1) }
    }

    /// The parts.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().map(|known| &known.part)
    }

    /// The parts, with how many readings each holds.
    pub(super) fn parts_with_readings(&self) -> impl Iterator<Item = (&Part, usize)> {
        self.parts.iter().map(|known| (&known.part, known.identities.len()))
    }

    /// What the scans were asked to read, each once, in order.
    pub fn sources(&self) -> Vec<String> {
        let mut sources: Vec<String> = self.parts().flat_map(|part| part.facts.sources.clone()).collect();
        sources.sort();
        sources.dedup();
        sources
    }

    /// Tells whether the listed content of an object is known, so that it need not be read.
    pub fn known(&self) -> Known<'_> {
        let identities = self.parts.iter().flat_map(|known| &known.identities);
        let finals = identities.filter(|identity| identity.is_final());
        let mut by_key: HashMap<&str, Vec<&Identity>> = HashMap::new();
        finals.for_each(|identity| by_key.entry(&identity.key).or_default().push(identity));
        Known { by_key }
    }

    /// All that is wanted, merged.
    ///
    /// # Errors
    ///
    /// When a part is damaged.
    pub fn tally(&self, wanted: &Wanted<'_>, plan: &Plan) -> Result<Tally, LedgerError> {
        let mut tally = Tally::default();
        let taken = Taken::of_plan(plan);
        self.each(wanted, &taken, |read| tally.merge(read.tally))?;
        Ok(tally)
    }

    /// Hands on the readings that are wanted, each object once.
    pub(super) fn each(
        &self,
        wanted: &Wanted<'_>,
        taken: &Taken,
        mut take: impl FnMut(Read),
    ) -> Result<(), LedgerError> {
        let mut numbers: Vec<Vec<bool>> =
            self.parts.iter().map(|known| vec![false; known.identities.len()]).collect();
        for (part, reading) in self.winners(wanted) {
            if let Some(flag) = numbers.get_mut(part).and_then(|numbers| numbers.get_mut(reading)) {
                *flag = true;
            }
        }
        for (known, numbers) in self.parts.iter().zip(&numbers) {
            if numbers.contains(&true) {
                tables::reads(&known.part, numbers, taken)?.into_iter().for_each(&mut take);
            }
        }
        Ok(())
    }

    /// The readings that count, one of each wanted object.
    fn winners(&self, wanted: &Wanted<'_>) -> Vec<Place> {
        let mut winners: HashMap<&str, (&Identity, Place)> = HashMap::new();
        for (part, known) in self.parts.iter().enumerate() {
            for (reading, identity) in known.identities.iter().enumerate() {
                if !wanted.includes(identity) {
                    continue;
                }
                let best = winners.entry(&identity.key).or_insert((identity, (part, reading)));
                if best.0.rank() < identity.rank() {
                    *best = (identity, (part, reading));
                }
            }
        }
        winners.into_values().map(|(_, place)| place).collect()
    }
}

impl PartContents {
    fn of(ledger: &Ledger, path: PathBuf) -> Result<Self, LedgerError> {
        let part = Part::open(&path)?;
        if part.facts.fingerprint != ledger.scope.fingerprint {
            return Err(part.damaged("it belongs to another ledger: it was scanned for something else"));
        }
        let identities = tables::identities(&part)?;
        Ok(Self { part, identities })
    }
}

impl Wanted<'_> {
    fn includes(&self, identity: &Identity) -> bool {
        match self {
            Self::Everything => true,
            Self::Listed(listed) => {
                listed.get(identity.key.as_str()).is_some_and(|listed| identity.is(*listed))
            }
        }
    }
}

/// The contents that need not be read again.
#[derive(Debug, Default)]
pub struct Known<'a> {
    by_key: HashMap<&'a str, Vec<&'a Identity>>,
}

impl Known<'_> {
    /// Whether the listed content of an object is among them.
    pub fn contains(&self, listed: ListedObject<'_>) -> bool {
        let known = self.by_key.get(listed.key);
        known.is_some_and(|known| known.iter().any(|identity| identity.is(listed)))
    }
}
