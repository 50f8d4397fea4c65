//! One object into a tally.

use std::path::Path;
use std::sync::Arc;

use crate::cloudtrail::key::{ObjectKey, ObjectKind};
use crate::container::{
    Damage, Limits, Pass, Piece, RecordText, WalkOutcome, is_json, is_table, unpack, walk,
    walk_log_file, walk_table,
};
use crate::findings::{ObjectOutcome, ObjectStatus, SkipReason, Tally, remember};
use crate::json::Members;
use crate::plan::{Depth, Observation, Plan, RecordLocation, Seen};
use crate::problem::{Origin, Problem, ProblemKind};
use crate::source::Object;
use crate::time::period::to_microsecond;

/// Why the bytes of an object could not be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What kind of problem it is.
    pub kind: ProblemKind,
    /// What was wrong, for a person.
    pub detail: String,
}

/// Whether an object is left out unread, as far as its key tells.
pub fn is_skipped(plan: &Plan, object: &Object) -> bool {
    plan.skips(&ObjectKey::parse(&object.key)).is_some()
}

/// Reads one object and tallies what it holds. Each file of an archive counts as an object of its
/// own. `content` gives its bytes, and is not called for an object that is left out unread.
pub fn tally(
    plan: &Plan,
    limits: &Limits,
    object: &Object,
    content: impl FnOnce() -> Result<Vec<u8>, Unreadable>,
) -> Tally {
    let name = Name {
        object: object.key.clone(),
        stored_bytes: 0,
        named: object.named,
    };
    let mut reading = Reading::new(plan, limits, name, Tally::default());
    let skipped = plan.skips(&reading.outcome.key).map(ObjectStatus::Skipped);
    let content = skipped.is_none().then(content);
    reading.outcome.stored_bytes = match &content {
        Some(Ok(stored)) => stored.len() as u64,
        _ => object.size_bytes().unwrap_or_default(),
    };
    reading.outcome.status = skipped.unwrap_or(ObjectStatus::Read);
    match content {
        Some(Ok(stored)) if stored.is_empty() => {
            reading.fail(ProblemKind::Empty, "the object has no bytes".to_owned());
        }
        Some(Ok(stored)) => return reading.unpack(stored),
        Some(Err(Unreadable { kind, detail })) => reading.fail(kind, detail),
        None => {}
    }
    reading.finish()
}

/// An object, or a file in an archive, as it was listed.
#[derive(Clone)]
struct Name {
    object: Arc<str>,
    stored_bytes: u64,
    named: bool,
}

/// The reading of one object, or of a file in an archive.
struct Reading<'p> {
    plan: &'p Plan,
    limits: &'p Limits,
    outcome: ObjectOutcome,
    /// Whether it was named by the user rather than found in a folder or an archive.
    named: bool,
    tally: Tally,
    next_record: u64,
    problems: u64,
    parts: u64,
}

impl<'p> Reading<'p> {
    fn new(plan: &'p Plan, limits: &'p Limits, name: Name, tally: Tally) -> Self {
        Self {
            plan,
            limits,
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
            tally,
            next_record: 0,
            problems: 0,
            parts: 0,
        }
    }

    /// Reads the bytes of an object: as one, or file by file if it is an archive.
    fn unpack(self, stored: Vec<u8>) -> Tally {
        let (plan, limits) = (self.plan, self.limits);
        let archive = Name {
            object: self.outcome.object.clone(),
            stored_bytes: self.outcome.stored_bytes,
            named: self.named,
        };
        let mut reading = Some((None::<String>, self));
        unpack(stored, limits, &mut |mut part| {
            let Some((entry, mut open)) = reading.take() else {
                return;
            };
            if entry != part.entry {
                let tally = open.finish_entry();
                open = Self::of_entry(plan, limits, &archive, &part, tally);
            }
            open.part(&part);
            reading = Some((part.entry.take(), open));
            part.give_back();
        });
        let Some((entry, mut last)) = reading else {
            return Tally::default();
        };
        if last.parts == 0 && entry.is_none() {
            last.fail(ProblemKind::Empty, "the archive holds no file".to_owned());
        }
        last.finish()
    }

    /// The reading of a file in an archive, or of what is wrong with the archive itself.
    fn of_entry(
        plan: &'p Plan,
        limits: &'p Limits,
        archive: &Name,
        part: &Piece,
        tally: Tally,
    ) -> Self {
        let Some(entry) = &part.entry else {
            return Self::new(plan, limits, archive.clone(), tally);
        };
        let object = format!("{}!/{entry}", archive.object);
        let entry = Name {
            object: object.into(),
            stored_bytes: part.bytes.len() as u64,
            named: false,
        };
        Self::new(plan, limits, entry, tally)
    }

    /// The tally, without an outcome for an archive of which only its files were read.
    fn finish_entry(self) -> Tally {
        if self.parts == 0 {
            self.tally
        } else {
            self.finish()
        }
    }

    fn part(&mut self, part: &Piece) {
        self.parts += 1;
        if let Some(reason) = self.plan.skips(&self.outcome.key) {
            self.outcome.status = ObjectStatus::Skipped(reason);
            return;
        }
        self.outcome.content_bytes += part.bytes.len() as u64;
        if part.bytes.is_empty() && part.damage.is_none() {
            if self.parts == 1 {
                self.fail(ProblemKind::Empty, "the object holds no bytes".to_owned());
            }
            return;
        }
        let is_table = is_table(&part.bytes);
        if !part.is_packed && !is_table && !is_json(&part.bytes) {
            return self.foreign_file();
        }
        part.damage
            .iter()
            .for_each(|damage| self.damage(damage.clone()));
        self.content(part, is_table);
    }

    /// Reads decompressed bytes. When they are `cut_short`, the end of the JSON is missing for a
    /// reason that is already known.
    fn content(&mut self, part: &Piece, is_table: bool) {
        let cut_short = part.damage.is_some();
        let bytes = part
            .bytes
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&part.bytes);
        let (text, wrong_byte) = text(bytes, cut_short);
        if let Some(byte) = wrong_byte {
            let detail = "the text is not UTF-8; what could not be read was replaced".to_owned();
            self.damage(Damage {
                kind: ProblemKind::NotUtf8,
                detail,
                byte: Some(part.offset + byte),
            });
        }
        let depth = self.plan.depth(&text);
        let pass = match is_table {
            true => Pass::Stopped(0),
            false => walk_log_file(&text, &mut |found, members| {
                let byte = found.byte.map(|byte| part.offset + byte);
                self.record(&RecordText { byte, ..found }, Some(members), depth);
            }),
        };
        let content = match pass {
            Pass::Whole => WalkOutcome {
                recognized: 1,
                ..WalkOutcome::default()
            },
            Pass::Stopped(visited) => self.walk(&text, part, depth, is_table, visited),
        };
        self.conclude(content, part, cut_short);
    }

    /// Reads content in any form, but for its first records, which were read already.
    fn walk(
        &mut self,
        text: &str,
        part: &Piece,
        depth: Depth,
        is_table: bool,
        read: u64,
    ) -> WalkOutcome {
        let mut known = read;
        let mut visit = |found: RecordText<'_>| {
            if known > 0 {
                known -= 1;
                return;
            }
            let byte = found.byte.map(|byte| part.offset + byte);
            // A record that was unwrapped is not in the content as it is.
            let is_as_it_is = !is_table && byte.is_some();
            let depth = if is_as_it_is {
                depth
            } else {
                self.plan.depth(&found.text)
            };
            self.record(&RecordText { byte, ..found }, None, depth);
        };
        match is_table {
            true => walk_table(text, &mut visit),
            false => walk(text, &mut visit),
        }
    }

    fn conclude(&mut self, content: WalkOutcome, part: &Piece, cut_short: bool) {
        let is_foreign = content.recognized == 0 && content.damage.is_none();
        match content.other_kind {
            Some(kind) if is_foreign => return self.outcome.status = skipped(kind),
            None if is_foreign && !self.named && !cut_short => {
                return self.outcome.status = ObjectStatus::Skipped(SkipReason::Other);
            }
            _ => {}
        }
        for byte in content.foreign {
            let detail = "a JSON value that is no record of CloudTrail and wraps none".to_owned();
            self.outcome.records.unparseable += 1;
            self.damage(Damage {
                kind: ProblemKind::NotARecord,
                detail,
                byte: Some(part.offset + byte),
            });
        }
        if let Some(damage) = content.damage.filter(|_| !cut_short) {
            let byte = damage.byte.map(|byte| part.offset + byte);
            self.damage(Damage { byte, ..damage });
        }
    }

    fn record(&mut self, found: &RecordText<'_>, members: Option<Members<'_, '_>>, depth: Depth) {
        let place = RecordLocation {
            object: &self.outcome.object,
            key: &self.outcome.key,
            record: self.next_record,
            byte: found.byte,
            log_time: found.log_time.map(to_microsecond),
        };
        self.next_record += 1;
        if found.text.len() as u64 > self.limits.record_bytes {
            self.outcome.records.unparseable += 1;
            let detail = format!(
                "the record has {} bytes, the limit is {}",
                found.text.len(),
                self.limits.record_bytes
            );
            let origin = place.origin();
            return self.problem(origin, ProblemKind::TooLarge, detail);
        }
        let observation = match members {
            Some(members) => self
                .plan
                .observe_members(&found.text, members, &place, depth),
            None => self.plan.observe(&found.text, &place, depth),
        };
        match observation {
            Observation::Excluded => self.outcome.records.excluded += 1,
            Observation::Seen(seen) => {
                let origin = seen.lacks_time().then(|| place.origin());
                self.seen(seen, origin);
            }
            Observation::Unparseable(error) => {
                let origin = place.origin();
                self.outcome.records.unparseable += 1;
                let detail = format!("not a record: {error}");
                self.problem(origin, ProblemKind::NotARecord, detail);
            }
        }
    }

    /// Counts a record; `origin` is where it stands, where it is a problem.
    fn seen(&mut self, seen: Seen<'_>, origin: Option<Origin>) {
        self.plan
            .count_defaults(&seen, &self.outcome.key, &mut self.tally);
        if !seen.is_inside {
            self.outcome.records.excluded += 1;
            self.tally
                .earlier
                .extend(seen.selected.map(|selected| *selected));
            return;
        }
        if let Some(time) = seen.event_time {
            self.outcome.time_span.include(time);
        }
        self.tally.activity.merge(seen.activity);
        remember(&mut self.tally.accounts, seen.account.as_deref());
        remember(&mut self.tally.regions, seen.region.as_deref());
        self.tally
            .lifecycle
            .extend(seen.lifecycle.map(|kept| *kept));
        for rule in seen.ambiguous {
            *self.tally.ambiguous.entry(rule).or_default() += 1;
        }
        let Some(selected) = seen.selected else {
            self.outcome.records.unmatched += 1;
            return;
        };
        self.outcome.records.selected += 1;
        if let Some(origin) = origin {
            let detail =
                "a selected record has no event time that can be read, so it counts in no period"
                    .to_owned();
            self.problem(origin, ProblemKind::NoEventTime, detail);
        }
        self.tally.selected.push(*selected);
    }

    /// A file that is neither compressed nor JSON. In a folder there may be any other file; one
    /// that is named as CloudTrail names its files, or that the user named, was meant to be read.
    fn foreign_file(&mut self) {
        let extension = Path::new(&*self.outcome.object)
            .extension()
            .and_then(|extension| extension.to_str());
        let expected = self.named
            || self.outcome.key != ObjectKey::default()
            || matches!(extension, Some("gz" | "json" | "jsonl" | "ndjson"));
        if expected {
            let detail = "the object is neither compressed nor JSON".to_owned();
            return self.fail(ProblemKind::NotCloudTrail, detail);
        }
        self.outcome.status = ObjectStatus::Skipped(SkipReason::Other);
    }

    fn fail(&mut self, kind: ProblemKind, detail: String) {
        self.outcome.status = ObjectStatus::Unreadable;
        let origin = Origin {
            object: self.outcome.object.to_string(),
            record: None,
            byte: None,
        };
        self.problem(origin, kind, detail);
    }

    fn damage(&mut self, damage: Damage) {
        let origin = Origin {
            object: self.outcome.object.to_string(),
            record: None,
            byte: damage.byte,
        };
        self.problem(origin, damage.kind, damage.detail);
    }

    fn problem(&mut self, origin: Origin, kind: ProblemKind, detail: String) {
        self.problems += 1;
        self.tally.problems.push(Problem {
            origin,
            kind,
            detail,
        });
    }

    fn finish(mut self) -> Tally {
        if self.outcome.records.has_wanted() {
            remember(
                &mut self.tally.accounts,
                self.outcome.key.account.as_deref(),
            );
            remember(&mut self.tally.regions, self.outcome.key.region.as_deref());
        }
        let nothing_read = self.outcome.records.total() == self.outcome.records.unparseable;
        self.outcome.status = match self.outcome.status {
            ObjectStatus::Read if self.problems > 0 && nothing_read => ObjectStatus::Unreadable,
            ObjectStatus::Read if self.problems > 0 => ObjectStatus::Damaged,
            other => other,
        };
        self.tally.records.merge(&self.outcome.records);
        self.tally.time_span.merge(&self.outcome.time_span);
        // Most tallies hold one object, and there may be millions.
        if self.tally.objects.is_empty() {
            self.tally.objects.reserve_exact(1);
        }
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
        let unwanted = |set: &std::collections::BTreeSet<String>, value: Option<&str>| {
            !set.is_empty() && value.is_some_and(|value| !set.contains(value))
        };
        if unwanted(&self.selection.accounts, key.account.as_deref()) {
            return Some(SkipReason::Account);
        }
        unwanted(&self.selection.regions, key.region.as_deref()).then_some(SkipReason::Region)
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

/// The bytes as text, and where they are not UTF-8. A character that is cut off at the end of bytes
/// that are `cut_short` is no damage of its own.
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
