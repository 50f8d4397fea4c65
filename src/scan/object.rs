//! One object into a tally.

use std::path::Path;

use crate::container::{Content, Damage, Found, decompress, is_log, walk};
use crate::key::{ObjectKey, ObjectKind};
use crate::plan::{Depth, Observation, Place, Plan, Seen};
use crate::problem::{Origin, Problem, ProblemKind};
use crate::source::{self, Object};
use crate::tally::{ObjectOutcome, ObjectStatus, SkipReason, Tally};

/// Reads one object and adds what it holds to the tally.
pub fn tally(plan: &Plan, object: &Object, tally: Tally) -> Tally {
    let key = ObjectKey::parse(&object.key);
    let mut reading = Reading {
        plan,
        outcome: ObjectOutcome {
            object: object.key.clone(),
            status: ObjectStatus::Read,
            stored_bytes: object.stored_bytes,
            content_bytes: 0,
            records: Default::default(),
            time_span: Default::default(),
            key,
        },
        tally,
        next_record: 0,
        problems: 0,
    };
    reading.read(object);
    reading.finish()
}

/// The reading of one object.
struct Reading<'p> {
    plan: &'p Plan,
    outcome: ObjectOutcome,
    tally: Tally,
    next_record: u64,
    problems: u64,
}

impl Reading<'_> {
    fn read(&mut self, object: &Object) {
        if let Some(reason) = self.plan.skips(&self.outcome.key) {
            self.outcome.status = ObjectStatus::Skipped(reason);
            return;
        }
        let stored = match source::read(object) {
            Ok(stored) => stored,
            Err(error) => return self.fail(ProblemKind::Unreadable, error.to_string()),
        };
        if stored.is_empty() {
            return self.fail(ProblemKind::Empty, "the object has no bytes".to_owned());
        }
        if stored.starts_with(b"PK\x03\x04")
            || stored.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
            || stored.starts_with(b"BZh")
        {
            let detail = "zip, zstd and bzip2 are not read by this version".to_owned();
            return self.fail(ProblemKind::UnsupportedContainer, detail);
        }
        let is_compressed = stored.starts_with(&[0x1f, 0x8b]);
        let content = decompress(stored);
        self.outcome.content_bytes = content.bytes.len() as u64;
        if content.bytes.is_empty() && content.damage.is_none() {
            return self.fail(ProblemKind::Empty, "the object holds no bytes".to_owned());
        }
        if !is_compressed && !is_json(&content.bytes) {
            return self.foreign_file(object);
        }
        let cut_short = content.damage.is_some();
        content.damage.into_iter().for_each(|damage| self.damage(damage));
        self.content(&content.bytes, cut_short, object);
    }

    /// Reads decompressed bytes. When they are `cut_short`, the end of the JSON is missing for a reason that is
    /// already known.
    fn content(&mut self, bytes: &[u8], cut_short: bool, object: &Object) {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let (text, wrong_byte) = text(bytes, cut_short);
        if let Some(byte) = wrong_byte {
            let detail = "the text is not UTF-8; what could not be read was replaced".to_owned();
            self.damage(Damage { kind: ProblemKind::NotUtf8, detail, byte: Some(byte) });
        }
        let depth = self.plan.depth(&text);
        let content = walk(&text, &mut |found| self.record(&found, depth));
        self.conclude(content, cut_short, object);
    }

    fn conclude(&mut self, content: Content, cut_short: bool, object: &Object) {
        let is_foreign = content.recognized == 0 && content.damage.is_none();
        match content.other_kind {
            Some(kind) if is_foreign => return self.outcome.status = skipped(kind),
            None if is_foreign && !object.named && !cut_short => {
                return self.outcome.status = ObjectStatus::Skipped(SkipReason::Other);
            }
            _ => {}
        }
        for byte in content.foreign {
            let detail = "a JSON value that is no record of CloudTrail and wraps none".to_owned();
            self.outcome.records.unparseable += 1;
            self.damage(Damage { kind: ProblemKind::NotARecord, detail, byte: Some(byte) });
        }
        if let Some(damage) = content.damage.filter(|_| !cut_short) {
            self.damage(damage);
        }
    }

    fn record(&mut self, found: &Found<'_>, depth: Depth) {
        let origin =
            Origin { object: self.outcome.object.clone(), record: Some(self.next_record), byte: found.byte };
        self.next_record += 1;
        let place = Place { key: &self.outcome.key, origin: origin.clone(), log_time: found.log_time };
        let observation = self.plan.observe(&found.text, &place, depth);
        match observation {
            Observation::Excluded => self.outcome.records.excluded += 1,
            Observation::Seen(seen) => self.seen(seen, origin),
            Observation::Unparseable(error) => {
                self.outcome.records.unparseable += 1;
                let detail = format!("not a record: {error}");
                self.problem(origin, ProblemKind::NotARecord, detail);
            }
        }
    }

    fn seen(&mut self, seen: Seen, origin: Origin) {
        self.plan.tally_defaults(&seen, &self.outcome.key, &mut self.tally);
        if !seen.is_inside {
            self.outcome.records.excluded += 1;
            self.tally.earlier.extend(seen.selected.map(|selected| *selected));
            return;
        }
        if let Some(time) = seen.event_time {
            self.outcome.time_span.include(time);
        }
        remember(&mut self.tally.accounts, seen.account);
        remember(&mut self.tally.regions, seen.region);
        for rule in seen.ambiguous {
            *self.tally.ambiguous.entry(rule).or_default() += 1;
        }
        let Some(selected) = seen.selected else {
            self.outcome.records.unmatched += 1;
            return;
        };
        self.outcome.records.selected += 1;
        if selected.event_time.is_none() {
            let detail =
                "a selected record has no event time that can be read, so it counts in no period".to_owned();
            self.problem(origin, ProblemKind::NoEventTime, detail);
        }
        self.tally.selected.push(*selected);
    }

    /// A file that is neither compressed nor JSON. In a folder there may be any other file; one that is named as
    /// CloudTrail names its files, or that the user named, was meant to be read.
    fn foreign_file(&mut self, object: &Object) {
        let extension = Path::new(&object.key).extension().and_then(|extension| extension.to_str());
        let expected = object.named
            || self.outcome.key != ObjectKey::default()
            || matches!(extension, Some("gz" | "json" | "jsonl" | "ndjson"));
        if expected {
            let detail = "the object is neither gzip nor JSON".to_owned();
            return self.fail(ProblemKind::NotCloudTrail, detail);
        }
        self.outcome.status = ObjectStatus::Skipped(SkipReason::Other);
    }

    fn fail(&mut self, kind: ProblemKind, detail: String) {
        self.outcome.status = ObjectStatus::Unreadable;
        let origin = Origin { object: self.outcome.object.clone(), record: None, byte: None };
        self.problem(origin, kind, detail);
    }

    fn damage(&mut self, damage: Damage) {
        let origin = Origin { object: self.outcome.object.clone(), record: None, byte: damage.byte };
        self.problem(origin, damage.kind, damage.detail);
    }

    fn problem(&mut self, origin: Origin, kind: ProblemKind, detail: String) {
        self.problems += 1;
        self.tally.problems.push(Problem { origin, kind, detail });
    }

    fn finish(mut self) -> Tally {
        let nothing_read = self.outcome.records.total() == self.outcome.records.unparseable;
        self.outcome.status = match self.outcome.status {
            ObjectStatus::Read if self.problems > 0 && nothing_read => ObjectStatus::Unreadable,
            ObjectStatus::Read if self.problems > 0 => ObjectStatus::Damaged,
            other => other,
        };
        self.tally.records.merge(&self.outcome.records);
        self.tally.time_span.merge(&self.outcome.time_span);
        self.tally.objects.push(self.outcome);
        self.tally
    }
}

impl Plan {
    /// Why an object is left out unread, as far as its key tells.
    fn skips(&self, key: &ObjectKey) -> Option<SkipReason> {
        if let ObjectStatus::Skipped(reason) = skipped(key.kind) {
            return Some(reason);
        }
        let unwanted = |set: &std::collections::BTreeSet<String>, value: &Option<String>| {
            !set.is_empty() && value.as_ref().is_some_and(|value| !set.contains(value))
        };
        if unwanted(&self.selection.accounts, &key.account) {
            return Some(SkipReason::Account);
        }
        unwanted(&self.selection.regions, &key.region).then_some(SkipReason::Region)
    }
}

fn skipped(kind: ObjectKind) -> ObjectStatus {
    ObjectStatus::Skipped(match kind {
        ObjectKind::Events => return ObjectStatus::Read,
        ObjectKind::Digest => SkipReason::Digest,
        ObjectKind::Insight => SkipReason::Insight,
        ObjectKind::NetworkActivity => SkipReason::NetworkActivity,
        ObjectKind::Aggregated => SkipReason::Aggregated,
        ObjectKind::Lake => SkipReason::Lake,
    })
}

/// Adds a text to a set that mostly holds it already.
fn remember(set: &mut std::collections::BTreeSet<String>, text: Option<String>) {
    if let Some(text) = text
        && !set.contains(&text)
    {
        set.insert(text);
    }
}

/// Whether bytes begin as JSON does, or with a line of a log.
fn is_json(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    matches!(bytes.first(), Some(b'{' | b'[')) || is_log(bytes)
}

/// The bytes as text, and where they are not UTF-8. A character that is cut off at the end of bytes that are
/// `cut_short` is no damage of its own.
fn text(bytes: &[u8], cut_short: bool) -> (std::borrow::Cow<'_, str>, Option<u64>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.into(), None),
        Err(error) => {
            let only_cut = cut_short && error.error_len().is_none();
            let place = (!only_cut).then_some(error.valid_up_to() as u64);
            (String::from_utf8_lossy(bytes), place)
        }
    }
}
