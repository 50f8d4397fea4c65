//! The accounting of objects: what the sources listed is compared with what came back.
//!
//! Listed keys and outcomes are both sorted, and one walk over both finds every difference, so that
//! no key is copied: there may be ten million.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::conclude::InputList;
use crate::findings::{ContentTag, Findings, ObjectOutcome};
use crate::problem::{Origin, Problem, ProblemKind};
use crate::report::Inputs;
use crate::source::Object;

/// The separator between the key of an archive and the path of a file in it.
const ENTRY_SEPARATOR: &str = "!/";

const LOST: &str = "the object was listed, but nothing says what became of it";

const UNLISTED: &str = "the object was scanned, but never listed";

/// The keys of the objects that were listed.
#[derive(Clone, Debug, Default)]
pub struct Accounting {
    /// In order, each once.
    pub(super) listed: Vec<ListedKey>,
}

/// The key of an object that was listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedKey {
    /// The key or path.
    pub key: Arc<str>,
    /// The ETag of S3, as it was listed.
    pub etag: Option<Box<str>>,
}

impl ListedKey {
    /// Returns the key of an object.
    pub fn from_object(object: &Object) -> Self {
        let etag = match object.listed().tag {
            Some(ContentTag::ETag(etag)) => Some(etag.into()),
            Some(ContentTag::Modified(_)) | None => None,
        };
        Self {
            key: object.key.clone(),
            etag,
        }
    }
}

/// The result of comparing listed keys with outcomes.
#[derive(Debug, Default, PartialEq, Eq)]
struct Comparison<'a> {
    /// The numbers of the listed objects that no outcome has the name of.
    unmatched: Vec<usize>,
    /// The numbers of the listed archives whose files have outcomes.
    archives: BTreeSet<usize>,
    /// The number of outcomes that belong to a listed object.
    accounted: u64,
    /// Outcomes of objects that were not listed.
    unlisted: Vec<&'a str>,
}

impl Accounting {
    /// Takes the keys of the objects that were listed.
    pub fn new(keys: impl Iterator<Item = ListedKey>) -> Self {
        let mut listed: Vec<ListedKey> = keys.collect();
        // A listing is in order, mostly; this sort is quick then.
        listed.par_sort();
        listed.dedup_by(|a, b| a.key == b.key);
        Self { listed }
    }

    /// Compares what was listed with what was found, on the threads of the pool that this is called
    /// in. Every difference becomes a problem, and the findings learn how many objects there must
    /// be, each file of an archive counted as one in place of its archive.
    pub fn settle(&self, findings: &mut Findings) {
        findings.objects.par_sort_unstable();
        let comparison = self.compare(&findings.objects);
        let lost = self.lost(&comparison);
        // Only an archive has further outcomes, since each of its files is one.
        let found = (self.listed.len() - lost.len()) as u64;
        let additional = comparison.accounted.saturating_sub(found);
        let problems = problems(&lost, &comparison.unlisted);
        findings.listed = self.listed.len() as u64 + additional;
        findings.problems.extend(problems);
    }

    /// Begins to compare what was listed with readings, which come in the order of their keys.
    pub fn settlement(&self) -> Settlement<'_> {
        Settlement {
            listed: &self.listed,
            next: 0,
            found: 0,
            inputs: InputList::default(),
            problems: Vec::new(),
        }
    }

    fn compare<'a>(&self, outcomes: &'a [ObjectOutcome]) -> Comparison<'a> {
        let mut comparison = Comparison::default();
        let mut next = 0;
        let mut last: Option<&str> = None;
        for outcome in outcomes {
            let name = &*outcome.object;
            let begin = next;
            next = self.skip_before(name, begin);
            comparison.unmatched.extend(begin..next);
            if self.key(next) == Some(name) {
                next += 1;
                last = Some(name);
                comparison.accounted += 1;
            } else if last == Some(name) {
                // What is wrong with an archive is an outcome beside those of its files.
                comparison.accounted += 1;
            } else {
                self.compare_entry(name, &mut comparison);
            }
        }
        comparison.unmatched.extend(next..self.listed.len());
        comparison
    }

    /// Returns the number of the first listed key from `begin` on that is not before a name.
    fn skip_before(&self, name: &str, begin: usize) -> usize {
        let mut next = begin;
        while self.key(next).is_some_and(|key| key < name) {
            next += 1;
        }
        next
    }

    /// Looks for the archive of an outcome that no listed object has the name of.
    fn compare_entry<'a>(&self, name: &'a str, comparison: &mut Comparison<'a>) {
        match self.archive(name) {
            Some(archive) => {
                comparison.archives.insert(archive);
                comparison.accounted += 1;
            }
            None => comparison.unlisted.push(name),
        }
    }

    /// Returns the number of the archive that a file is in. Paths may contain the separator, too,
    /// so any of them may end the key.
    fn archive(&self, name: &str) -> Option<usize> {
        let mut ends = name.match_indices(ENTRY_SEPARATOR);
        ends.find_map(|(end, _)| {
            let key = name.get(..end)?;
            self.listed
                .binary_search_by(|listed| (*listed.key).cmp(key))
                .ok()
        })
    }

    fn key(&self, number: usize) -> Option<&str> {
        self.listed.get(number).map(|listed| &*listed.key)
    }

    /// Returns the keys of the listed objects that have no outcome at all.
    fn lost(&self, comparison: &Comparison<'_>) -> Vec<&str> {
        let unmatched = comparison.unmatched.iter();
        let lost = unmatched.filter(|number| !comparison.archives.contains(number));
        lost.filter_map(|number| self.key(*number)).collect()
    }
}

/// The comparison of what was listed with readings.
#[derive(Debug)]
pub struct Settlement<'a> {
    listed: &'a [ListedKey],
    /// The number of the first listed key that is not settled.
    next: usize,
    found: u64,
    inputs: InputList,
    problems: Vec<Problem>,
}

/// The result of such a comparison.
#[derive(Debug)]
pub struct Settled {
    /// The number of objects that there must be, each file of an archive counted as one in place of
    /// its archive.
    pub listed: u64,
    /// A problem for each listed object without a reading.
    pub problems: Vec<Problem>,
    /// The list of what was listed.
    pub inputs: Inputs,
}

impl Settlement<'_> {
    /// Adds the reading of an object of this size. Readings come in the order of their keys.
    pub fn add(&mut self, key: &str, bytes: Option<u64>) {
        while self.next_key().is_some_and(|next| next < key) {
            self.lose_next();
        }
        if let Some(listed) = self.listed.get(self.next)
            && *listed.key == *key
        {
            self.inputs.add(key, bytes, listed.etag.as_deref());
            self.next += 1;
            self.found += 1;
        } else {
            self.problems.push(problem(key, UNLISTED));
        }
    }

    fn next_key(&self) -> Option<&str> {
        self.listed.get(self.next).map(|listed| &*listed.key)
    }

    /// Settles the next listed key as one without a reading.
    fn lose_next(&mut self) {
        if let Some(listed) = self.listed.get(self.next) {
            self.inputs.add(&listed.key, None, listed.etag.as_deref());
            self.problems.push(problem(&listed.key, LOST));
        }
        self.next += 1;
    }

    /// Ends the comparison. The readings had this number of objects.
    pub fn finish(mut self, objects: u64) -> Settled {
        while self.next < self.listed.len() {
            self.lose_next();
        }
        // Only an archive has further objects, since each of its files is one.
        let additional = objects.saturating_sub(self.found);
        Settled {
            listed: self.listed.len() as u64 + additional,
            problems: self.problems,
            inputs: self.inputs.finish(),
        }
    }
}

fn problems(lost: &[&str], unlisted: &[&str]) -> Vec<Problem> {
    let lost = lost.iter().map(|key| problem(key, LOST));
    let unlisted = unlisted.iter().map(|key| problem(key, UNLISTED));
    lost.chain(unlisted).collect()
}

fn problem(key: &str, detail: &str) -> Problem {
    Problem {
        origin: Origin {
            object: key.to_owned(),
            record: None,
            byte: None,
        },
        kind: ProblemKind::Unaccounted,
        detail: detail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::ObjectStatus;

    fn findings(names: &[&str]) -> Findings {
        let outcome = |name: &&str| ObjectOutcome {
            object: (*name).into(),
            key: Default::default(),
            status: ObjectStatus::Read,
            stored_bytes: 0,
            content_bytes: 0,
            records: Default::default(),
            time_span: Default::default(),
        };
        Findings {
            objects: names.iter().map(outcome).collect(),
            ..Findings::default()
        }
    }

    /// Settles outcomes with listed keys. Returns how many objects there must be, and the keys that
    /// are not accounted for.
    fn settled(listed: &[&str], outcomes: &[&str]) -> (u64, Vec<String>) {
        let mut findings = findings(outcomes);
        let keys = listed.iter().map(|key| ListedKey {
            key: Arc::from(*key),
            etag: None,
        });
        Accounting::new(keys).settle(&mut findings);
        let problems = findings.problems.into_iter();
        let keys = problems.map(|problem| {
            assert_eq!(problem.kind, ProblemKind::Unaccounted);
            problem.origin.object
        });
        (findings.listed, keys.collect())
    }

    #[test]
    fn every_listed_object_needs_an_outcome() {
        assert_eq!(settled(&[], &[]), (0, vec![]));
        assert_eq!(settled(&["c", "a", "b"], &["b", "a", "c"]), (3, vec![]));
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
}
