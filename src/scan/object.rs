//! From one object to its findings.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::path::Path;
use std::sync::Arc;

use super::hashes::{ContentHashes, Hashing};
use super::inventory::Inventory;
use super::own_output::is_own_table;
use crate::cloudtrail::key::{ObjectKey, ObjectKind};
use crate::cloudtrail::other_log::{is_marker, is_of_macos};
use crate::container::{Damage, Limits, Piece, shows_cloudtrail, unpack};
use crate::findings::{
    ContentTag, Findings, ForeignContent, ObjectOutcome, ObjectStatus, SkipReason, SourceObject,
    UseLimit, Uses,
};
use crate::integrity::Sha256;
use crate::plan::Plan;
use crate::problem::{Origin, Problem, ProblemKind};
use crate::source::{Object, ObjectBytes, ReadError};
use crate::text::counted;

/// Says what to do about a file that shows records but has none in a known form.
const UNRECOGNIZED: &str = "the bytes show records of CloudTrail, in a form that is not known; \
                            export the records as JSON, one in each line";

/// The extensions of log files and of what they are compressed, archived and copied to.
const LOG_EXTENSIONS: [&str; 17] = [
    "gz", "json", "jsonl", "ndjson", "tgz", "zst", "zstd", "bz2", "br", "xz", "lz4", "snappy",
    "sz", "zip", "tar", "parquet", "csv",
];

/// The extensions of texts that tools export logs to.
const EXPORT_EXTENSIONS: [&str; 12] = [
    "gz", "json", "jsonl", "ndjson", "csv", "tsv", "txt", "log", "yaml", "yml", "xml", "out",
];

/// Returns whether an object is skipped without being read, because of its key.
pub fn is_skipped(plan: &Plan, object: &Object) -> bool {
    let reason = skip_reason(plan, &ObjectKey::parse(&object.key), object.named);
    // A digest holds no records, but it is read for the log files that it lists.
    reason.is_some_and(|reason| reason != SkipReason::Digest)
}

/// What the scan of every object goes by.
#[derive(Clone, Copy)]
pub struct ScanContext<'a> {
    /// The rules to look for.
    pub plan: &'a Plan,
    /// The limits of an object.
    pub limits: &'a Limits,
    /// The objects of the archive by name, if there are digests.
    pub inventory: &'a Inventory,
    /// The uses that are kept of the object.
    pub uses: UseLimit,
    /// Takes the hash of the content of each object, if they are requested.
    pub hashes: Option<&'a ContentHashes>,
}

/// Scans one object. Each file of an archive counts as an object of its own. The bytes of an object
/// that is skipped because of its key are not fetched. Uses beyond the limit are only counted.
pub fn scan_object(
    context: ScanContext<'_>,
    object: &Object,
    fetch: impl FnOnce() -> Result<ObjectBytes, ReadError>,
) -> Findings {
    let name = FileName {
        object: object.key.clone(),
        stored_bytes: 0,
        named: object.named,
    };
    let ScanContext { plan, limits, .. } = context;
    let mut scan = ObjectScan {
        plan,
        limits,
        findings: Findings {
            uses: Uses::within(context.uses),
            ..Findings::default()
        },
        object: object.key.clone(),
        is_archive: false,
        hashes: context.hashes,
        hashing: context.hashes.map(|_| Hashing::new(limits)),
        further_problems: BTreeMap::new(),
        file: FileScan::new(name),
    };
    let outcome = &mut scan.file.outcome;
    if let Some(reason) = skip_reason(plan, &outcome.key, object.named) {
        outcome.status = ObjectStatus::Skipped(reason);
        // The report has the size of every object, and a listing by names alone has none.
        outcome.stored_bytes = object.size_bytes().unwrap_or_default();
        if reason != SkipReason::Digest {
            return scan.finish();
        }
    }
    let is_digest = outcome.status == ObjectStatus::Skipped(SkipReason::Digest);
    match fetch() {
        Ok(fetched) if is_digest => {
            outcome.stored_bytes = fetched.stored_bytes;
            scan.digest(fetched.bytes, context.inventory);
        }
        Ok(fetched) => {
            outcome.stored_bytes = fetched.stored_bytes;
            scan.source(object, fetched);
        }
        Err(error) => {
            outcome.stored_bytes = object.size_bytes().unwrap_or_default();
            scan.fail(error.kind(), error.to_string());
        }
    }
    scan.finish()
}

/// The name and size of an object, or of a file in an archive.
#[derive(Clone)]
struct FileName {
    object: Arc<str>,
    stored_bytes: u64,
    /// True if the user named it, rather than a folder or an archive that contains it.
    named: bool,
}

/// The scan of one object.
pub(super) struct ObjectScan<'p> {
    pub(super) plan: &'p Plan,
    pub(super) limits: &'p Limits,
    pub(super) findings: Findings,
    /// The key of the object.
    object: Arc<str>,
    /// True once a file in it was found.
    is_archive: bool,
    hashes: Option<&'p ContentHashes>,
    hashing: Option<Hashing<'p>>,
    /// The number of problems of each kind that are not in the findings.
    further_problems: BTreeMap<ProblemKind, u64>,
    /// The object, or the present file if it is an archive.
    pub(super) file: FileScan,
}

/// The scan of an object, or of a file in an archive.
pub(super) struct FileScan {
    pub(super) outcome: ObjectOutcome,
    pub(super) named: bool,
    pub(super) next_record: u64,
    /// The number of values in the place of a record that the container counted. Each of them must
    /// be in one of the counts of the outcome.
    pub(super) values: u64,
    pub(super) pieces: u64,
    problems: u64,
}

impl ObjectScan<'_> {
    /// Scans the bytes of an object. Of one that holds kept records, the stored bytes are hashed.
    fn source(&mut self, object: &Object, fetched: ObjectBytes) {
        if is_own_table(&self.object, &fetched.bytes) {
            self.file.outcome.content_bytes = fetched.stored_bytes;
            return self.skip(SkipReason::OwnTable);
        }
        let stored_bytes = fetched.stored_bytes;
        let stored = self.unpack(fetched.bytes);
        self.keep_hash(&stored);
        let holds_kept =
            !self.findings.matches.inside.is_empty() || !self.findings.lifecycle.is_empty();
        if !holds_kept && !self.is_archive {
            return;
        }
        // Hashing every object would slow down the scan, and few hold anything.
        let is_hashed = holds_kept && stored.len() as u64 == stored_bytes;
        self.findings.sources.push(SourceObject {
            object: self.object.clone(),
            stored_bytes,
            etag: etag(object),
            sha256: is_hashed.then(|| Sha256::of_bytes(&stored).to_string().into()),
        });
    }

    /// Keeps the hash of the object, if hashes are requested.
    fn keep_hash(&mut self, stored: &[u8]) {
        if let (Some(hashes), Some(hashing)) = (self.hashes, self.hashing.take()) {
            hashes.add(self.object.clone(), hashing.finish(stored));
        }
    }

    /// Scans the bytes of an object: as one, or file by file if it is an archive. Returns the bytes
    /// as far as they were read.
    fn unpack(&mut self, stored: Vec<u8>) -> Vec<u8> {
        if stored.is_empty() {
            self.empty_object();
            return stored;
        }
        let archive = FileName {
            object: self.file.outcome.object.clone(),
            stored_bytes: self.file.outcome.stored_bytes,
            named: self.file.named,
        };
        let mut entry = 0;
        let limits = self.limits;
        let stored = unpack(stored, limits, &mut |piece| {
            if piece.entry_number != entry {
                self.begin_file(&archive, piece);
            }
            if let Some(hashing) = &mut self.hashing {
                hashing.piece(piece);
            }
            self.piece(piece);
            entry = piece.entry_number;
        });
        if self.file.pieces == 0 {
            self.fail(ProblemKind::Empty, "the archive holds no file".to_owned());
        }
        stored
    }

    /// Begins a file in an archive, or what is wrong with the archive itself.
    fn begin_file(&mut self, archive: &FileName, piece: &Piece) {
        let next = match &piece.entry {
            None => archive.clone(),
            Some(entry) => FileName {
                object: format!("{}!/{entry}", archive.object).into(),
                stored_bytes: piece.bytes.len() as u64,
                named: false,
            },
        };
        let previous = mem::replace(&mut self.file, FileScan::new(next));
        self.is_archive |= piece.entry.is_some();
        // An archive of which only the files are read has no outcome of its own.
        if previous.pieces > 0 {
            previous.finish(&mut self.findings);
        }
    }

    /// Handles an object without bytes. Tools mark things with such objects (`_SUCCESS`,
    /// `x_$folder$`), but one that is named as log files are has lost its records.
    fn empty_object(&mut self) {
        if self.is_expected() || self.has_extension_of_logs() {
            return self.fail(ProblemKind::Empty, "the object has no bytes".to_owned());
        }
        self.skip(SkipReason::Marker);
    }

    /// Handles a file in which no records were found, and which is not damaged. A folder may
    /// contain any other file, unless its bytes or its name show that it has records after all.
    pub(super) fn foreign_file(&mut self, content: ForeignContent, bytes: &[u8]) {
        if self.is_marker() {
            return self.skip(SkipReason::Marker);
        }
        if is_of_macos(bytes) {
            return self.skip(SkipReason::AppleDouble);
        }
        // Programs and their documentation may hold a record as an example.
        let is_export =
            content != ForeignContent::Text || self.is_expected() || self.has_name_of_exports();
        if is_export && shows_cloudtrail(bytes) {
            return self.fail(ProblemKind::UnrecognizedRecords, UNRECOGNIZED.to_owned());
        }
        // An object with the name of a log file that is not text may be encrypted or damaged.
        let is_garbled = content == ForeignContent::Binary && self.has_extension_of_logs();
        if self.is_expected() || is_garbled {
            let detail = "the object is neither compressed nor JSON".to_owned();
            return self.fail(ProblemKind::NotCloudTrail, detail);
        }
        self.skip(SkipReason::NotCloudTrail(content));
    }

    /// Returns true if the file was meant to be read: it is named as CloudTrail names its files, or
    /// by the user.
    pub(super) fn is_expected(&self) -> bool {
        self.file.named || ObjectKey::is_of_layout(&self.file.outcome.object)
    }

    fn has_extension_of_logs(&self) -> bool {
        let extension = self.extension();
        extension.is_some_and(|extension| is_one_of(&LOG_EXTENSIONS, extension))
    }

    /// Returns true if the name is one that exports of logs have: many have no extension.
    fn has_name_of_exports(&self) -> bool {
        let extension = self.extension();
        extension.is_none_or(|extension| is_one_of(&EXPORT_EXTENSIONS, extension))
    }

    fn extension(&self) -> Option<&str> {
        Path::new(&*self.file.outcome.object).extension()?.to_str()
    }

    /// Returns true if a service wrote the file to see whether it may.
    fn is_marker(&self) -> bool {
        let name = self.file.outcome.object.rsplit('/').next();
        name.is_some_and(is_marker)
    }

    pub(super) fn skip(&mut self, reason: SkipReason) {
        self.file.outcome.status = ObjectStatus::Skipped(reason);
    }

    /// Reports that nothing could be read.
    pub(super) fn fail(&mut self, kind: ProblemKind, detail: String) {
        self.file.outcome.status = ObjectStatus::Unreadable;
        self.damage(Damage {
            kind,
            detail,
            byte: None,
        });
    }

    /// Reports that a part could not be read.
    pub(super) fn damage(&mut self, damage: Damage) {
        let origin = Origin {
            object: self.file.outcome.object.clone(),
            record: None,
            byte: damage.byte,
        };
        self.problem(origin, damage.kind, damage.detail);
    }

    /// Keeps a problem. Beyond the limit of an object, problems are only counted.
    pub(super) fn problem(&mut self, origin: Origin, kind: ProblemKind, detail: String) {
        self.file.problems += 1;
        if self.findings.problems.len() as u64 >= self.limits.problems {
            *self.further_problems.entry(kind).or_default() += 1;
            return;
        }
        self.findings.problems.push(Problem {
            origin,
            kind,
            detail,
        });
    }

    /// Adds one problem of each kind for all that were only counted.
    fn sum_up_problems(&mut self) {
        for (kind, count) in mem::take(&mut self.further_problems) {
            let detail = format!(
                "and {} of this kind; `--max-problems` sets how many of an object are listed",
                counted(count, "more problem", "more problems")
            );
            self.findings.problems.push(Problem {
                origin: Origin {
                    object: self.object.clone(),
                    record: None,
                    byte: None,
                },
                kind,
                detail,
            });
        }
    }

    fn finish(mut self) -> Findings {
        self.sum_up_problems();
        self.file.finish(&mut self.findings);
        self.findings
    }
}

impl FileScan {
    fn new(name: FileName) -> Self {
        Self {
            outcome: ObjectOutcome {
                key: ObjectKey::parse(&name.object),
                object: name.object,
                status: ObjectStatus::Read,
                stored_bytes: name.stored_bytes,
                content_bytes: 0,
                records: Default::default(),
                time_span: Default::default(),
            },
            named: name.named,
            next_record: 0,
            values: 0,
            pieces: 0,
            problems: 0,
        }
    }

    /// Adds the outcome to the findings.
    fn finish(mut self, findings: &mut Findings) {
        if let Some(problem) = self.unaccounted() {
            findings.problems.push(problem);
            self.problems += 1;
        }
        let outcome = &mut self.outcome;
        let has_records = outcome.records.total() > 0;
        if has_records && matches!(outcome.status, ObjectStatus::Skipped(_)) {
            // Another of several pieces held something else.
            outcome.status = ObjectStatus::Read;
        }
        if self.problems > 0 && outcome.status == ObjectStatus::Read {
            // An object of which no record could be used failed; it was not read in part.
            let is_empty = outcome.records.total() == outcome.records.unparseable;
            outcome.status = match is_empty {
                true => ObjectStatus::Unreadable,
                false => ObjectStatus::Damaged,
            };
        }
        findings.call_times.end_file(&self.outcome.key);
        findings.push_object(self.outcome);
    }

    /// Compares the values that the container counted with the counts of the records: a value that
    /// is in none of them was lost.
    fn unaccounted(&self) -> Option<Problem> {
        let accounted = self.outcome.records.total();
        if self.values == accounted {
            return None;
        }
        let origin = Origin {
            object: self.outcome.object.clone(),
            record: None,
            byte: None,
        };
        let values = counted(self.values, "record", "records");
        Some(Problem {
            origin,
            kind: ProblemKind::Unaccounted,
            detail: format!("the object has {values}, but {accounted} are accounted for"),
        })
    }
}

/// Returns the reason to skip an object without reading it, as far as its key tells. Results of
/// queries are copies of records that an archive mostly has, and are read if the user named them.
pub(super) fn skip_reason(plan: &Plan, key: &ObjectKey, named: bool) -> Option<SkipReason> {
    let is_requested = named && key.kind == ObjectKind::Lake;
    if let Some(reason) = skip_reason_of_kind(key.kind).filter(|_| !is_requested) {
        return Some(reason);
    }
    skip_reason_of_place(plan, key)
}

/// Returns the reason to skip objects of an account or a region that is not requested.
pub(super) fn skip_reason_of_place(plan: &Plan, key: &ObjectKey) -> Option<SkipReason> {
    if is_left_out(plan.accounts(), key.account.as_deref()) {
        return Some(SkipReason::Account);
    }
    is_left_out(plan.regions(), key.region.as_deref()).then_some(SkipReason::Region)
}

/// Returns the ETag of an object in S3, as it was listed.
fn etag(object: &Object) -> Option<Box<str>> {
    let etag = object.listed().tag.and_then(ContentTag::etag);
    etag.map(Into::into)
}

/// Returns true if an extension is one of these, in any case.
fn is_one_of(known: &[&str], extension: &str) -> bool {
    known
        .iter()
        .any(|known| known.eq_ignore_ascii_case(extension))
}

/// Returns whether a set leaves out a value; an empty set, or a value that is not known, leaves out
/// nothing.
fn is_left_out(set: &BTreeSet<String>, value: Option<&str>) -> bool {
    !set.is_empty() && value.is_some_and(|value| !set.contains(value))
}

/// Returns the reason to skip objects that contain something other than events.
pub(super) fn skip_reason_of_kind(kind: ObjectKind) -> Option<SkipReason> {
    match kind {
        ObjectKind::Events => None,
        ObjectKind::Digest => Some(SkipReason::Digest),
        ObjectKind::Insight => Some(SkipReason::Insight),
        ObjectKind::NetworkActivity => Some(SkipReason::NetworkActivity),
        ObjectKind::Aggregated => Some(SkipReason::Aggregated),
        ObjectKind::Lake => Some(SkipReason::Lake),
        ObjectKind::Other(log) => Some(SkipReason::OtherLog(log)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::plan::{Job, Selection};

    const TWO_RECORDS: &str = r#"{"Records":[{"eventName":"a"},{"eventName":"b"}]}"#;

    fn plan() -> Plan {
        Plan::new(vec![Job::custom("x")], Selection::default()).expect("a plan")
    }

    /// Begins to scan an object of this name, which the user named or not.
    fn begun<'p>(plan: &'p Plan, limits: &'p Limits, name: &str, named: bool) -> ObjectScan<'p> {
        let name = FileName {
            object: name.into(),
            stored_bytes: 0,
            named,
        };
        ObjectScan {
            plan,
            limits,
            findings: Findings::default(),
            object: name.object.clone(),
            is_archive: false,
            hashes: None,
            hashing: None,
            further_problems: BTreeMap::new(),
            file: FileScan::new(name),
        }
    }

    /// Scans an object of these bytes, and counts this number of values too many.
    fn scanned(bytes: &[u8], limits: &Limits, more_values: u64) -> Findings {
        let plan = plan();
        let mut scan = begun(&plan, limits, "a.json", true);
        scan.unpack(bytes.to_vec());
        scan.file.values += more_values;
        scan.finish()
    }

    fn scanned_as(name: &str, named: bool, bytes: &[u8], limits: &Limits) -> Findings {
        let plan = plan();
        let mut scan = begun(&plan, limits, name, named);
        scan.unpack(bytes.to_vec());
        scan.finish()
    }

    #[test]
    fn every_record_of_an_object_is_accounted_for() {
        let scanned =
            |more_values| scanned(TWO_RECORDS.as_bytes(), &Limits::default(), more_values);
        let whole = scanned(0);
        assert_eq!((whole.records().total(), whole.problems), (2, vec![]));
        let lost = scanned(1);
        let kinds: Vec<ProblemKind> = lost.problems.iter().map(|problem| problem.kind).collect();
        assert_eq!(kinds, [ProblemKind::Unaccounted]);
        assert_eq!(lost.objects[0].status, ObjectStatus::Damaged);
        let detail = &lost.problems[0].detail;
        assert!(detail.contains("3 records, but 2"), "{detail}");
    }

    #[test]
    fn a_record_may_have_as_many_bytes_as_its_limit() {
        let of_limit = |record_bytes| {
            let limits = Limits {
                record_bytes,
                ..Limits::default()
            };
            let findings = scanned(TWO_RECORDS.as_bytes(), &limits, 0);
            let problems = findings.problems.iter();
            let kinds: Vec<ProblemKind> = problems.map(|problem| problem.kind).collect();
            (findings.records().unparseable, kinds)
        };
        let longest = r#"{"eventName":"a"}"#.len() as u64;
        assert_eq!(of_limit(longest), (0, vec![]));
        assert_eq!(of_limit(longest - 1), (2, vec![ProblemKind::TooLarge; 2]));
    }

    /// Returns gzip of two members, which are two pieces since the first is damaged at its end.
    fn two_pieces(contents: [&[u8]; 2]) -> Vec<u8> {
        let [mut first, second] = contents.map(|content| {
            let level = flate2::Compression::none();
            let mut bytes = Vec::new();
            let mut encoder = flate2::read::GzEncoder::new(content, level);
            encoder.read_to_end(&mut bytes).expect("in memory");
            bytes
        });
        let checksum = first.len() - 8;
        first[checksum] ^= 1;
        first.extend(second);
        first
    }

    #[test]
    fn problems_after_damage_have_their_place_in_the_content() {
        let later = b"{\"Records\":[7,{\"eventName\":\"\xff\"}]}";
        let bytes = two_pieces([TWO_RECORDS.as_bytes(), later]);
        let findings = scanned(&bytes, &Limits::default(), 0);
        let problems = findings.problems.iter().skip(1);
        let problems: Vec<_> = problems
            .map(|problem| (problem.kind, problem.origin.record, problem.origin.byte))
            .collect();
        let place = |byte: u8| later.iter().position(|one| *one == byte);
        let place = |byte: u8| place(byte).map(|place| (TWO_RECORDS.len() + place) as u64);
        let expected = [
            (ProblemKind::NotUtf8, None, place(b'\xff')),
            (ProblemKind::NotARecord, Some(2), place(b'7')),
        ];
        assert_eq!(problems, expected);
        let bytes = (TWO_RECORDS.len() + later.len()) as u64;
        assert_eq!(findings.objects[0].content_bytes, bytes);
    }

    #[test]
    fn an_object_with_records_is_not_skipped_for_what_follows_them() {
        let bytes = two_pieces([TWO_RECORDS.as_bytes(), br#"{"a":1}"#]);
        let findings = scanned_as("a.json", false, &bytes, &Limits::default());
        assert_eq!(findings.objects[0].status, ObjectStatus::Damaged);
        assert_eq!(findings.records().total(), 2);
    }

    #[test]
    fn an_archive_without_files_is_unreadable() {
        let zip = [&b"PK\x05\x06"[..], &[0; 18]].concat();
        let findings = scanned(&zip, &Limits::default(), 0);
        assert_eq!(findings.objects[0].status, ObjectStatus::Unreadable);
        assert_eq!(findings.problems[0].kind, ProblemKind::Empty);
    }

    #[test]
    fn problems_beyond_their_limit_are_counted() {
        let details = |problems| {
            let limits = Limits {
                problems,
                ..Limits::default()
            };
            let findings = scanned(br#"{"Records":[1,2,3,{"eventName":"a"}]}"#, &limits, 0);
            assert_eq!(findings.records().unparseable, 3);
            let problems = findings.problems.into_iter();
            problems.map(|one| one.detail).collect::<Vec<_>>()
        };
        let whole = details(3);
        assert_eq!(whole.len(), 3, "{whole:?}");
        let [first, more] = &details(1)[..] else {
            panic!("a problem, and one for the others");
        };
        assert_eq!(first, &whole[0]);
        assert!(
            more.starts_with("and 2 more problems of this kind"),
            "{more}"
        );
    }

    #[test]
    fn records_in_an_unknown_form_are_found_whatever_the_name_and_content() {
        let shown = "\0eventSource: \"kms.amazonaws.com\", eventName: \"Decrypt\"";
        let rows = [
            ("a.bin", shown, ObjectStatus::Unreadable),
            ("a.log", &shown[1..], ObjectStatus::Unreadable),
            // Programs may hold a record as an example.
            (
                "a.rs",
                &shown[1..],
                ObjectStatus::Skipped(SkipReason::NotCloudTrail(ForeignContent::Text)),
            ),
        ];
        for (name, content, expected) in rows {
            let findings = scanned_as(name, false, content.as_bytes(), &Limits::default());
            assert_eq!(findings.objects[0].status, expected, "{name}");
        }
    }

    #[test]
    fn a_key_says_what_is_skipped() {
        let log = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/04/part.json.gz";
        let digest = "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/04/x.json.gz";
        let result = "AWSLogs/111122223333/CloudTrail-Lake/Query/2026/03/04/q/result_1.csv.gz";
        let reason = |key: &str, named: bool, account: &str, region: &str| {
            let set = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
            let selection = Selection {
                accounts: set(account).into_iter().collect(),
                regions: set(region).into_iter().collect(),
                ..Selection::default()
            };
            let plan = Plan::new(vec![Job::custom("x")], selection).expect("a plan");
            skip_reason(&plan, &ObjectKey::parse(key), named)
        };
        let (own, other) = ("111122223333", "444455556666");
        for (key, named, account, region, expected) in [
            (log, false, "", "", None),
            (log, false, own, "us-east-1", None),
            (log, true, other, "", Some(SkipReason::Account)),
            (log, true, own, "eu-west-1", Some(SkipReason::Region)),
            ("a.json", false, other, "eu-west-1", None),
            (digest, false, "", "", Some(SkipReason::Digest)),
            (digest, true, "", "", Some(SkipReason::Digest)),
            (result, false, "", "", Some(SkipReason::Lake)),
            (result, true, "", "", None),
            (result, true, other, "", Some(SkipReason::Account)),
        ] {
            let found = reason(key, named, account, region);
            assert_eq!(found, expected, "{key} {named} {account} {region}");
        }
        // A digest is skipped, and yet read.
        for (key, expected) in [(log, false), (digest, false), (result, true)] {
            assert_eq!(
                is_skipped(&plan(), &Object::example(key)),
                expected,
                "{key}"
            );
        }
    }

    #[test]
    fn what_follows_damage_is_read_as_records_whatever_it_is() {
        let bytes = two_pieces([TWO_RECORDS.as_bytes(), b"a"]);
        let findings = scanned(&bytes, &Limits::default(), 0);
        let problems = findings.problems.iter();
        let kinds: Vec<ProblemKind> = problems.map(|problem| problem.kind).collect();
        assert_eq!(
            kinds,
            [ProblemKind::DamagedCompression, ProblemKind::DamagedJson]
        );
        assert_eq!(findings.objects[0].status, ObjectStatus::Damaged);
    }

    #[test]
    fn an_own_table_in_an_archive_is_skipped() {
        let table = b"rule,recipient_account_id,object_key,record_index\na,1,b,2\n";
        let name = "a.zip!/report/attempts.csv";
        let findings = scanned_as(name, false, table, &Limits::default());
        let expected = ObjectStatus::Skipped(SkipReason::OwnTable);
        assert_eq!(findings.objects[0].status, expected);
    }

    /// Returns an archive of files with this content.
    fn tar(names: &[&str], content: &[u8]) -> Vec<u8> {
        let mut builder = ::tar::Builder::new(Vec::new());
        for name in names {
            let mut header = ::tar::Header::new_ustar();
            header.set_size(content.len() as u64);
            let added = builder.append_data(&mut header, name, content);
            added.expect("memory takes bytes");
        }
        builder.into_inner().expect("memory takes bytes")
    }

    /// The files have outcomes of their own, and the size of the archive is in none of them.
    #[test]
    fn an_archive_is_a_source_whatever_its_files_hold() {
        for names in [&["a.json"][..], &["a.json", "b.json"]] {
            let bytes = tar(names, TWO_RECORDS.as_bytes());
            let stored_bytes = bytes.len() as u64;
            let (plan, limits) = (plan(), Limits::default());
            let mut scan = begun(&plan, &limits, "x.tar", false);
            let fetched = ObjectBytes {
                bytes,
                stored_bytes,
                metadata: Default::default(),
            };
            scan.source(&Object::example("x.tar"), fetched);
            let findings = scan.finish();
            let files = findings.objects.iter().map(|file| file.object.to_string());
            let expected = names.iter().map(|name| format!("x.tar!/{name}"));
            assert!(files.eq(expected), "{:?}", findings.objects);
            let [source] = &findings.sources[..] else {
                panic!("one source: {:?}", findings.sources);
            };
            assert_eq!(
                (&*source.object, source.stored_bytes),
                ("x.tar", stored_bytes)
            );
        }
    }
}
