//! The accounting of objects: what the sources listed is compared with what came back.
//!
//! Listed keys and outcomes both come in order, and one walk over both finds every difference, so
//! that neither needs to be in memory: there may be ten million.

use std::collections::HashMap;

use super::listed_keys::{ListedKey, ListedKeys};
use crate::conclude::InputList;
use crate::findings::{Findings, ObjectOutcome};
use crate::problem::{Origin, Problem, ProblemKind};
use crate::report::Inputs;
use crate::spool::{SpoolError, Spooled};

/// The separator between the key of an archive and the path of a file in it.
const ENTRY_SEPARATOR: &str = "!/";

/// The text that follows the names of all files of an archive in the order of names: `0` is the
/// character after `/`.
const AFTER_ENTRIES: &str = "!0";

const LOST: &str = "the object was listed, but nothing says what became of it";

const UNLISTED: &str = "the object was scanned, but never listed";

/// The result of comparing what was listed with what came back.
#[derive(Debug)]
pub struct Settled {
    /// The number of objects that there must be, each file of an archive counted as one in place of
    /// its archive.
    pub listed: u64,
    /// A problem for each difference.
    pub problems: Vec<Problem>,
    /// The list of what was listed.
    pub inputs: Inputs,
}

/// Compares all outcomes of a scan with what was listed. The files of archives count as objects in
/// the place of their archives.
///
/// # Errors
///
/// Returns an error if listed objects or outcomes cannot be read from their temporary files.
pub fn settle<'a>(
    listed: ListedKeys<'a>,
    findings: &'a Findings,
    outcomes: &Spooled<ObjectOutcome>,
) -> Result<Settled, SpoolError> {
    let archives = findings.sources.iter();
    let archives = archives.map(|found| (&*found.object, found.stored_bytes));
    let mut accounting = ScanAccounting::new(listed, archives.collect());
    outcomes.for_each_batch(|batch| {
        for outcome in batch {
            accounting.add(&outcome.object, outcome.stored_bytes);
        }
    })?;
    accounting.finish()
}

/// The accounting of a scan: listed objects are compared with outcomes, which come in the order of
/// their names.
struct ScanAccounting<'a> {
    listed: ListedKeys<'a>,
    /// The sizes of archives, of which only the files have outcomes.
    archives: HashMap<&'a str, u64>,
    /// Listed objects before the present outcome that may be archives of this or a later one. Each
    /// begins with the one before it.
    passed: Vec<Passed>,
    /// The number of outcomes that belong to a listed object.
    accounted: u64,
    /// The number of listed objects without an outcome.
    lost: u64,
    inputs: InputList,
    problems: Vec<Problem>,
}

/// A listed object that was passed.
struct Passed {
    key: ListedKey,
    /// True if an outcome has its name, or that of one of its files.
    is_accounted: bool,
}

impl<'a> ScanAccounting<'a> {
    /// Begins to compare listed objects with outcomes, of which the archives have these sizes.
    fn new(listed: ListedKeys<'a>, archives: HashMap<&'a str, u64>) -> Self {
        Self {
            listed,
            archives,
            passed: Vec::new(),
            accounted: 0,
            lost: 0,
            inputs: InputList::default(),
            problems: Vec::new(),
        }
    }

    /// Adds an outcome. Outcomes come in the order of their names.
    fn add(&mut self, name: &str, bytes: u64) {
        while let Some(key) = self.listed.take_before(Some(name)) {
            let archive = self.archives.get(&*key.key).copied();
            self.pass(key, archive);
        }
        self.leave_passed(name);
        if let Some(key) = self.listed.take_if_named(name) {
            self.pass(key, Some(bytes));
        }
        match self.owner(name) {
            Some(owner) => {
                owner.is_accounted = true;
                self.accounted += 1;
            }
            None => self.problems.push(problem(name, UNLISTED)),
        }
    }

    /// Passes a listed object of this size.
    fn pass(&mut self, key: ListedKey, bytes: Option<u64>) {
        self.leave_passed(&key.key);
        self.inputs.add(&key.key, bytes, key.etag.as_deref());
        self.passed.push(Passed {
            key,
            is_accounted: false,
        });
    }

    /// Leaves the passed objects that have no name or file at `name` or after it.
    // Of two passed objects, the later one begins with the earlier one, or the earlier one would
    // have been left. So the last one is always the first to be left.
    fn leave_passed(&mut self, name: &str) {
        while let Some(last) = self.passed.pop_if(|last| last.is_before(name)) {
            self.leave(last);
        }
    }

    fn leave(&mut self, passed: Passed) {
        if !passed.is_accounted {
            self.lost += 1;
            self.problems.push(problem(&passed.key.key, LOST));
        }
    }

    /// Returns the listed object that an outcome belongs to: the one with its name, or its archive.
    /// Paths may contain the separator, too, so any of them may end the key.
    fn owner(&mut self, name: &str) -> Option<&mut Passed> {
        // A damaged archive has an outcome of its own, beside those of its files.
        let is_named = |passed: &Passed| *passed.key.key == *name;
        let own = self.passed.iter().position(is_named);
        let archive = || self.passed.iter().position(|passed| passed.contains(name));
        let number = own.or_else(archive)?;
        self.passed.get_mut(number)
    }

    /// Ends the accounting.
    fn finish(mut self) -> Result<Settled, SpoolError> {
        while let Some(key) = self.listed.take_before(None) {
            let archive = self.archives.get(&*key.key).copied();
            self.pass(key, archive);
        }
        while let Some(last) = self.passed.pop() {
            self.leave(last);
        }
        let listed = self.listed.finish()?;
        // Only an archive has further outcomes, since each of its files is one.
        let found = listed.saturating_sub(self.lost);
        Ok(Settled {
            listed: listed + self.accounted.saturating_sub(found),
            problems: self.problems,
            inputs: self.inputs.finish(),
        })
    }
}

impl Passed {
    /// Returns whether all names of the object and of its files are before this name.
    fn is_before(&self, name: &str) -> bool {
        match name.strip_prefix(&*self.key.key) {
            Some(rest) => rest >= AFTER_ENTRIES,
            None => *self.key.key < *name,
        }
    }

    /// Returns whether this is the archive of a file with this name.
    fn contains(&self, name: &str) -> bool {
        let rest = name.strip_prefix(&*self.key.key);
        rest.is_some_and(|rest| rest.starts_with(ENTRY_SEPARATOR))
    }
}

/// The accounting of a ledger: listed objects are compared with readings, which come in the order
/// of their keys.
pub struct LedgerAccounting<'a> {
    listed: ListedKeys<'a>,
    found: u64,
    inputs: InputList,
    problems: Vec<Problem>,
}

impl<'a> LedgerAccounting<'a> {
    /// Begins to compare listed objects with readings.
    pub fn new(listed: ListedKeys<'a>) -> Self {
        Self {
            listed,
            found: 0,
            inputs: InputList::default(),
            problems: Vec::new(),
        }
    }

    /// Adds the reading of an object of this size. Readings come in the order of their keys.
    pub fn add(&mut self, key: &str, bytes: Option<u64>) {
        while let Some(lost) = self.listed.take_before(Some(key)) {
            self.lose(&lost);
        }
        match self.listed.take_if_named(key) {
            Some(listed) => {
                self.inputs.add(key, bytes, listed.etag.as_deref());
                self.found += 1;
            }
            None => self.problems.push(problem(key, UNLISTED)),
        }
    }

    /// Settles a listed object as one without a reading.
    fn lose(&mut self, listed: &ListedKey) {
        self.inputs.add(&listed.key, None, listed.etag.as_deref());
        self.problems.push(problem(&listed.key, LOST));
    }

    /// Ends the accounting. The readings had this number of objects.
    ///
    /// # Errors
    ///
    /// Returns an error if listed objects cannot be read from their temporary file.
    pub fn finish(mut self, objects: u64) -> Result<Settled, SpoolError> {
        while let Some(lost) = self.listed.take_before(None) {
            self.lose(&lost);
        }
        // Only an archive has further objects, since each of its files is one.
        let additional = objects.saturating_sub(self.found);
        Ok(Settled {
            listed: self.listed.finish()? + additional,
            problems: self.problems,
            inputs: self.inputs.finish(),
        })
    }
}

fn problem(key: &str, detail: &str) -> Problem {
    Problem {
        origin: Origin {
            object: key.into(),
            record: None,
            byte: None,
        },
        kind: ProblemKind::Unaccounted,
        detail: detail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::iter;

    use proptest::collection::{btree_set, vec};
    use proptest::prelude::*;

    use super::*;
    use crate::source::Object;

    fn keys(names: &[&str]) -> ListedKeys<'static> {
        let mut objects = Vec::new();
        for name in names {
            objects.push(Object::example(name));
        }
        ListedKeys::new(Box::new(iter::once(Ok(Cow::Owned(objects)))))
    }

    /// Settles outcomes with listed keys. Returns how many objects there must be, and the keys that
    /// are not accounted for.
    fn settled(listed: &[&str], outcomes: &[&str]) -> (u64, Vec<String>) {
        let mut accounting = ScanAccounting::new(keys(listed), HashMap::new());
        for outcome in outcomes {
            accounting.add(outcome, 0);
        }
        let settled = accounting.finish().expect("no temporary file");
        assert_eq!(settled.inputs.objects, listed.len() as u64);
        let problems = settled.problems.into_iter();
        let keys = problems.map(|problem| {
            assert_eq!(problem.kind, ProblemKind::Unaccounted);
            problem.origin.object.to_string()
        });
        let mut keys: Vec<String> = keys.collect();
        keys.sort();
        (settled.listed, keys)
    }

    #[test]
    fn every_listed_object_needs_an_outcome() {
        assert_eq!(settled(&[], &[]), (0, vec![]));
        assert_eq!(settled(&["a", "b", "c"], &["a", "b", "c"]), (3, vec![]));
        for lost in ["a", "b", "c"] {
            let kept: Vec<&str> = ["a", "b", "c"]
                .into_iter()
                .filter(|key| *key != lost)
                .collect();
            assert_eq!(settled(&["a", "b", "c"], &kept), (3, vec![lost.to_owned()]));
        }
        assert_eq!(settled(&["a", "b"], &[]), (2, vec!["a".into(), "b".into()]));
    }

    #[test]
    fn every_outcome_needs_a_listed_object() {
        assert_eq!(settled(&["b"], &["a", "b"]), (1, vec!["a".to_owned()]));
        assert_eq!(settled(&[], &["a!/b"]), (0, vec!["a!/b".to_owned()]));
    }

    #[test]
    fn files_of_an_archive_count_in_its_place() {
        // `a x` is sorted between the archive and its files.
        let listed = ["a", "a x", "b"];
        assert_eq!(settled(&listed, &["a x", "a!/1", "a!/2", "b"]), (4, vec![]));
        assert_eq!(settled(&listed, &["a", "a x", "a!/1", "b"]), (4, vec![]));
        assert_eq!(settled(&listed, &["a", "a", "a x", "b"]), (4, vec![]));
        let lost = vec!["a".to_owned()];
        assert_eq!(settled(&listed, &["a x", "b", "b!/1"]), (4, lost));
        assert_eq!(settled(&["a!/b"], &["a!/b!/c", "a!/b!/d"]), (2, vec![]));
    }

    #[test]
    fn only_what_may_own_a_later_outcome_is_kept() {
        let listed = keys(&["a", "a x", "a!0", "ab"]);
        let mut accounting = ScanAccounting::new(listed, HashMap::new());
        let rows: [(&str, &[&str]); 5] = [
            ("a", &["a"]),
            ("a x", &["a", "a x"]),
            ("a!/1", &["a"]),
            ("a!0", &["a!0"]),
            ("ab", &["ab"]),
        ];
        for (outcome, expected) in rows {
            accounting.add(outcome, 0);
            let kept = accounting.passed.iter().map(|passed| &*passed.key.key);
            assert_eq!(kept.collect::<Vec<_>>(), expected, "{outcome}");
        }
    }

    #[test]
    fn readings_are_settled_as_outcomes_are() {
        let settled = |listed: &[&str], readings: &[&str], objects: u64| {
            let mut accounting = LedgerAccounting::new(keys(listed));
            for reading in readings {
                accounting.add(reading, Some(1));
            }
            let settled = accounting.finish(objects).expect("no temporary file");
            assert_eq!(settled.inputs.objects, listed.len() as u64);
            let problems = settled.problems.into_iter();
            let keys = problems.map(|problem| problem.origin.object.to_string());
            (settled.listed, keys.collect::<Vec<_>>())
        };
        let listed = ["a", "b", "c"];
        assert_eq!(settled(&listed, &["a", "b", "c"], 3), (3, vec![]));
        assert_eq!(settled(&listed, &["a", "c"], 2), (3, vec!["b".to_owned()]));
        assert_eq!(settled(&listed, &["a", "b"], 2), (3, vec!["c".to_owned()]));
        let unlisted = (3, vec!["aa".to_owned()]);
        assert_eq!(settled(&listed, &["a", "aa", "b", "c"], 3), unlisted);
        // One of them is an archive of four files.
        assert_eq!(settled(&listed, &["a", "b", "c"], 6), (6, vec![]));
    }

    /// Settles as the walk does, by looking everything up.
    fn settled_naively(listed: &[&str], outcomes: &[&str]) -> (u64, Vec<String>) {
        let owner = |name: &str| {
            let archive = |key: &&&str| name.starts_with(&format!("{key}{ENTRY_SEPARATOR}"));
            let own = listed.iter().find(|key| **key == name);
            own.or_else(|| listed.iter().filter(archive).min_by_key(|key| key.len()))
        };
        let mut problems = Vec::new();
        let mut found = std::collections::BTreeSet::new();
        let mut accounted = 0;
        for outcome in outcomes {
            match owner(outcome) {
                Some(key) => {
                    found.insert(*key);
                    accounted += 1;
                }
                None => problems.push((*outcome).to_owned()),
            }
        }
        for key in listed {
            if !found.contains(key) {
                problems.push((*key).to_owned());
            }
        }
        problems.sort();
        let additional = accounted - found.len() as u64;
        (listed.len() as u64 + additional, problems)
    }

    proptest! {
        #[test]
        fn one_walk_finds_what_looking_up_finds(
            listed in btree_set("[ab]([ !/0]{0,3}[ab]){0,2}", 0..12),
            mut outcomes in vec("[ab]([ !/0]{0,3}[ab]){0,3}", 0..20),
        ) {
            outcomes.extend(listed.iter().skip(1).cloned());
            outcomes.sort();
            let listed: Vec<&str> = listed.iter().map(String::as_str).collect();
            let outcomes: Vec<&str> = outcomes.iter().map(String::as_str).collect();
            prop_assert_eq!(settled(&listed, &outcomes), settled_naively(&listed, &outcomes));
        }
    }
}
