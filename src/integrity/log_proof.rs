//! The proof of log files: by the digests that list them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use smallvec::SmallVec;

use super::digest_proof::DigestProof;
use super::extension::without_compression;
use super::found::Flaw;
use super::hours::HoursByPlace;
use super::window::{DAY, Window, later};
use super::{FoundDigest, FoundLogFile, Grade, LogFile, ObjectName, RequestedPlaces, Sha256};
use crate::cloudtrail::key::{ObjectKey, ObjectKind};
use crate::time::period::TimeRange;

/// The proof of a log file, as far as there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LogProof<'a> {
    pub(super) grade: Grade,
    /// The reason, where the grade alone does not say it.
    pub(super) reason: Option<&'a str>,
    /// The place that it was delivered to, if it lies elsewhere.
    pub(super) moved_from: Option<&'a ObjectName>,
    /// The numbers of the entries that it accounts for.
    entries: &'a [usize],
}

/// A log file in the list of a digest.
#[derive(Clone, Copy, Debug)]
struct ListedLogFile<'a> {
    name: &'a ObjectName,
    hash: Sha256,
    digest: &'a DigestProof,
}

/// The numbers of entries, nearly always one.
type Numbers = SmallVec<[usize; 1]>;

/// The log files that digests list.
pub(super) struct ListedLogFiles<'a> {
    listed: Vec<ListedLogFile<'a>>,
    by_name: HashMap<&'a ObjectName, Numbers>,
    /// Those of buckets that are not in the archive, which may be a copy under another name.
    by_key: HashMap<&'a str, Numbers>,
    /// All of them by their hashes, made for the first file that no digest lists where it lies.
    by_hash: OnceLock<HashMap<Sha256, Numbers>>,
    /// Those of accounts and regions that are not requested.
    of_other_places: BTreeSet<&'a ObjectName>,
}

/// A digest with its proof, and whether it is in the requested range.
#[derive(Clone, Copy)]
pub(super) struct ProvenDigest<'a> {
    pub(super) found: &'a FoundDigest,
    pub(super) proof: &'a DigestProof,
    pub(super) is_requested: bool,
}

impl<'a> ProvenDigest<'a> {
    /// Returns the log files that the digest lists.
    fn log_files(&self) -> &'a [LogFile] {
        let content = self.found.content.as_ref();
        content.map_or(&[], |content| &content.digest.log_files)
    }
}

impl<'a> ListedLogFiles<'a> {
    /// Gathers what the digests in the requested range list, given the requested accounts and
    /// regions, and the buckets in the archive.
    pub(super) fn new(
        digests: impl Iterator<Item = ProvenDigest<'a>>,
        places: &RequestedPlaces,
        buckets: &HashSet<&str>,
    ) -> Self {
        let digests = digests.filter(|digest| digest.is_requested);
        let digests: Vec<ProvenDigest<'a>> = digests.collect();
        let count = digests.iter().map(|digest| digest.log_files().len()).sum();
        let mut files = Self {
            listed: Vec::with_capacity(count),
            by_name: HashMap::with_capacity(count),
            by_key: HashMap::new(),
            by_hash: OnceLock::new(),
            of_other_places: BTreeSet::new(),
        };
        for digest in digests {
            for file in digest.log_files() {
                if places.include(&file.name) {
                    files.add(file, digest.proof, buckets);
                } else {
                    // Nobody looked whether it is there.
                    files.of_other_places.insert(&file.name);
                }
            }
        }
        files
    }

    fn add(&mut self, file: &'a LogFile, digest: &'a DigestProof, buckets: &HashSet<&str>) {
        let number = self.listed.len();
        self.listed.push(ListedLogFile {
            name: &file.name,
            hash: file.hash,
            digest,
        });
        self.by_name.entry(&file.name).or_default().push(number);
        // A copy in another bucket has the same key. Of a bucket that is here, no copy counts.
        if !buckets.contains(&*file.name.bucket) {
            self.by_key.entry(&file.name.key).or_default().push(number);
        }
    }

    /// Returns the names of the log files of accounts and regions that are not requested.
    pub(super) fn of_other_places(&self) -> &BTreeSet<&'a ObjectName> {
        &self.of_other_places
    }

    /// Returns the numbers of the entries for the place where a file lies.
    fn numbers_at(&self, name: &ObjectName) -> &[usize] {
        let numbers = self.by_name.get(name);
        let numbers = numbers.or_else(|| self.by_key.get(&*name.key));
        numbers.map_or(&[], SmallVec::as_slice)
    }

    /// Returns the numbers of the entries for a file, which may be compressed in another way than
    /// it was delivered, or not at all.
    fn numbers_for(&self, name: &ObjectName) -> &[usize] {
        match self.numbers_at(name) {
            [] => self.numbers_at(&as_delivered(name)),
            numbers => numbers,
        }
    }

    /// Returns the entries with the hash of a file, of digests against which nothing speaks.
    fn with_hash(&self, hash: Sha256) -> Vec<ListedLogFile<'a>> {
        let by_hash = self.by_hash.get_or_init(|| self.numbers_by_hash());
        let numbers = by_hash.get(&hash);
        let mut entries = self.entries(numbers.map_or(&[], SmallVec::as_slice));
        entries.retain(|listed| listed.digest.grade.is_consistent());
        entries
    }

    fn numbers_by_hash(&self) -> HashMap<Sha256, Numbers> {
        let mut numbers: HashMap<Sha256, Numbers> = HashMap::new();
        for (number, listed) in self.listed.iter().enumerate() {
            numbers.entry(listed.hash).or_default().push(number);
        }
        numbers
    }

    fn entries(&self, numbers: &[usize]) -> Vec<ListedLogFile<'a>> {
        let numbers = numbers.iter();
        numbers
            .filter_map(|number| self.listed.get(*number).copied())
            .collect()
    }
}

/// The proof of all log files.
pub(super) struct LogProver<'a> {
    pub(super) listed: &'a ListedLogFiles<'a>,
    /// The names of the log files that only digests outside of the requested range list.
    pub(super) not_requested: &'a HashSet<&'a ObjectName>,
    pub(super) hours: &'a HoursByPlace<'a>,
    pub(super) range: TimeRange,
}

const NOT_VALID: &str = "the digest that lists it is not valid";
const OTHER_CONTENT: &str = "its content is not the one that was delivered";
const NOT_LISTED: &str = "no digest lists it, though that of its hour is at hand";
const NO_DIGEST: &str = "no valid digest of its hour is at hand";
const OTHER_NAME: &str = "CloudTrail gives no log file a name without its minute";

impl<'a> LogProver<'a> {
    /// Proves a log file.
    pub(super) fn prove(&self, file: &'a FoundLogFile) -> LogProof<'a> {
        let entries = self.listed.numbers_for(&file.name);
        if !entries.is_empty() {
            let listed = self.listed.entries(entries);
            return LogProof {
                entries,
                ..proof_by_digests(file, &listed)
            };
        }
        if self.is_not_requested(&file.name) {
            return LogProof::new(Grade::NotChecked, None);
        }
        self.moved(file).unwrap_or_else(|| self.unlisted(file))
    }

    /// Returns whether only digests outside of the requested range list a file.
    fn is_not_requested(&self, name: &ObjectName) -> bool {
        let is_listed = |name| self.not_requested.contains(name);
        is_listed(name) || is_listed(&as_delivered(name))
    }

    /// Recognizes a file by its hash that lies elsewhere.
    fn moved(&self, file: &FoundLogFile) -> Option<LogProof<'a>> {
        let hash = file.content.as_ref().ok()?;
        let entries = self.listed.with_hash(*hash);
        let best = entries
            .into_iter()
            .min_by_key(|listed| listed.digest.grade)?;
        Some(LogProof {
            moved_from: Some(best.name),
            entries: self.listed.numbers_at(best.name),
            ..LogProof::new(best.digest.grade, None)
        })
    }

    fn unlisted(&self, file: &FoundLogFile) -> LogProof<'a> {
        // Whether digests list other kinds depends on the trail.
        if file.kind != ObjectKind::Events {
            return LogProof::new(Grade::NotChecked, None);
        }
        let key = ObjectKey::parse(&file.name.key);
        let slot = key.delivery_time;
        let Some(slot) = slot else {
            return self.unnamed(&file.name.key, &key);
        };
        if !Window::at(slot).touches(self.range) {
            return LogProof::new(Grade::NotChecked, None);
        }
        match (&key.account, &key.region) {
            (Some(account), Some(region)) if self.hours.would_list(account, region, slot) => {
                LogProof::new(Grade::Unreferenced, Some(NOT_LISTED))
            }
            _ => LogProof::new(Grade::Unverifiable, Some(NO_DIGEST)),
        }
    }

    /// Proves a file in the layout of CloudTrail whose name has no minute. The digests of the day
    /// of its folder would list it, had CloudTrail delivered it.
    fn unnamed(&self, path: &str, key: &ObjectKey) -> LogProof<'a> {
        let grade = match (&key.account, &key.region, day_of_folder(path)) {
            (Some(account), Some(region), Some(day))
                if self.hours.list_all_of(account, region, day) =>
            {
                Grade::Unreferenced
            }
            _ => Grade::Unverifiable,
        };
        LogProof::new(grade, Some(OTHER_NAME))
    }

    /// Returns the names of files that digests list and that none of the proven ones accounts for.
    pub(super) fn missing(&self, proofs: &[LogProof<'a>]) -> Vec<&'a ObjectName> {
        let mut is_found = vec![false; self.listed.listed.len()];
        for number in proofs.iter().flat_map(|proof| proof.entries) {
            if let Some(is_found) = is_found.get_mut(*number) {
                *is_found = true;
            }
        }
        let entries = self.listed.listed.iter().zip(is_found);
        let missing =
            entries.filter(|(listed, is_found)| !is_found && listed.digest.grade.is_consistent());
        let mut names: Vec<&ObjectName> = missing.map(|(listed, _)| listed.name).collect();
        names.sort();
        names.dedup();
        names
    }
}

/// Returns the name that a log file was delivered with, however it is compressed now.
fn as_delivered(name: &ObjectName) -> ObjectName {
    ObjectName::new(
        &name.bucket,
        &format!("{}.gz", without_compression(&name.key)),
    )
}

/// Returns the day that the folder of a log file is for: `…/YYYY/MM/DD/name`.
fn day_of_folder(path: &str) -> Option<Window> {
    let mut segments = path.rsplit('/').skip(1);
    let [day, month, year] = [segments.next()?, segments.next()?, segments.next()?];
    let day = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    let start = TimeZone::UTC.to_timestamp(day.into()).ok()?;
    Some(Window {
        start,
        end: later(start, DAY),
    })
}

/// Returns what the digests that list a file prove of it.
fn proof_by_digests<'a>(file: &'a FoundLogFile, listed: &[ListedLogFile<'a>]) -> LogProof<'a> {
    let valid = listed
        .iter()
        .filter(|listed| listed.digest.grade.is_consistent());
    let valid: Vec<&ListedLogFile<'_>> = valid.collect();
    let hash = match &file.content {
        Err(Flaw::Unread(reason)) => return LogProof::new(Grade::Unverifiable, Some(reason)),
        // Without a valid digest, not even damage shows that the object was changed.
        _ if valid.is_empty() => return LogProof::new(Grade::Unverifiable, Some(NOT_VALID)),
        Err(Flaw::Damaged(reason)) => return LogProof::new(Grade::Modified, Some(reason)),
        Ok(hash) => *hash,
    };
    let equal = valid.into_iter().filter(|listed| listed.hash == hash);
    // The least grade is the best, and one good proof is enough.
    match equal.map(|listed| listed.digest.grade).min() {
        Some(grade) => LogProof::new(grade, None),
        None => LogProof::new(Grade::Modified, Some(OTHER_CONTENT)),
    }
}

impl<'a> LogProof<'a> {
    fn new(grade: Grade, reason: Option<&'a str>) -> Self {
        Self {
            grade,
            reason,
            moved_from: None,
            entries: &[],
        }
    }
}
