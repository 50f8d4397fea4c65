//! Kept records, each event once.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use crate::findings::KeptRecord;
use crate::plan::{Duplicates, Plan};
use crate::problem::{Problem, ProblemKind};
use crate::report::Event;
use crate::report::integrity::{Grade, Grades};
use crate::text::joined;

/// The number of records that leave a list before it gives back their room.
// Giving back the room of each would copy all others each time.
const ROOM: usize = 1 << 14;

/// Kept records, each event once.
pub(super) struct DistinctEvents<R> {
    /// The kept record of each event, in the order of time.
    pub(super) records: Vec<R>,
    /// The number of records of each event, the kept one included.
    copies: Vec<u64>,
    /// The number of further copies in each object that has any.
    pub(super) duplicates_by_object: BTreeMap<Arc<str>, u64>,
    /// The copies that say something else of their event than the one that counts.
    pub(super) contradictions: Vec<Problem>,
}

/// The copies of events, while they are counted.
struct CountedCopies {
    /// The copies of each event.
    events: Vec<EventCopies>,
    by_object: BTreeMap<Arc<str>, u64>,
}

/// The copies of one event.
struct EventCopies {
    /// The place of the one that is kept.
    kept: usize,
    count: u64,
    /// The first time that a copy has of a log group.
    log_time: Option<Timestamp>,
}

impl<R: AsRef<KeptRecord> + AsMut<KeptRecord>> DistinctEvents<R> {
    /// Drops copies of an event where the plan says so, given the grades of objects if they were
    /// verified. The records must be in the order of [`by_time`](crate::findings::by_time).
    pub(super) fn new(plan: &Plan, mut records: Vec<R>, grades: Option<&Grades<'_>>) -> Self {
        // Here rather than in a scan, so that ledgers hold what the records say.
        for record in records.iter_mut().map(AsMut::as_mut) {
            record.evidence.add_place(&record.origin.object);
        }
        let numbers = event_numbers(&records);
        let counted = CountedCopies::new(&numbers, &records, grades);
        let contradictions = counted.contradictions(&numbers, &records);
        let distinct = match plan.selection.duplicates {
            Duplicates::Keep => Self::with_copies(records),
            Duplicates::Drop => Self::without_copies(records, numbers, counted),
        };
        Self {
            contradictions,
            ..distinct
        }
    }

    fn with_copies(records: Vec<R>) -> Self {
        Self {
            copies: vec![1; records.len()],
            records,
            duplicates_by_object: BTreeMap::new(),
            contradictions: Vec::new(),
        }
    }

    /// Keeps the copy of each event that counts. The records have these numbers of events.
    fn without_copies(mut records: Vec<R>, numbers: Vec<usize>, counted: CountedCopies) -> Self {
        let mut counted = counted;
        let mut copies = Vec::with_capacity(counted.events.len());
        let mut places = numbers.into_iter().enumerate();
        // There may be millions of records, so they stay where they are.
        records.retain_mut(|record| {
            let Some((place, number)) = places.next() else {
                return true;
            };
            let event = counted.events.get(number);
            let Some(event) = event.filter(|event| event.kept == place) else {
                counted.drop_copy(record.as_ref());
                return false;
            };
            // Only an export of a log group has this time, and the kept copy may be of another
            // source.
            let log_time = &mut record.as_mut().log_time;
            *log_time = log_time.or(event.log_time);
            copies.push(event.count);
            true
        });
        Self {
            records,
            copies,
            duplicates_by_object: counted.by_object,
            contradictions: Vec::new(),
        }
    }

    /// Takes the last event: the kept one of its records, and the number of all of them.
    pub(super) fn pop(&mut self) -> Option<(R, u64)> {
        let record = self.records.pop()?;
        if self.records.len().is_multiple_of(ROOM) {
            self.records.shrink_to_fit();
        }
        Some((record, self.copies.pop().unwrap_or(1)))
    }
}

impl CountedCopies {
    /// Counts the copies of each event, of which the records have these numbers. The copy counts
    /// for which most speaks, the first of those in the order of the list.
    fn new<R: AsRef<KeptRecord>>(
        numbers: &[usize],
        records: &[R],
        grades: Option<&Grades<'_>>,
    ) -> Self {
        let mut events: Vec<EventCopies> = Vec::new();
        for (place, (number, record)) in numbers.iter().zip(records).enumerate() {
            let record = record.as_ref();
            let Some(event) = events.get_mut(*number) else {
                events.push(EventCopies {
                    kept: place,
                    count: 1,
                    log_time: record.log_time,
                });
                continue;
            };
            event.count += 1;
            event.log_time = event.log_time.or(record.log_time);
            let Some(kept) = records.get(event.kept).map(AsRef::as_ref) else {
                continue;
            };
            if weight(kept, grades) < weight(record, grades) {
                event.kept = place;
            }
        }
        Self {
            events,
            by_object: BTreeMap::new(),
        }
    }

    /// Returns the records that contradict the copy of their event that counts.
    fn contradictions<R: AsRef<KeptRecord>>(
        &self,
        numbers: &[usize],
        records: &[R],
    ) -> Vec<Problem> {
        let copies = numbers.iter().zip(records).enumerate();
        let problems = copies.filter_map(|(place, (number, record))| {
            let kept = self.events.get(*number)?.kept;
            // Most events have one record.
            if kept == place {
                return None;
            }
            contradiction(record.as_ref(), records.get(kept)?.as_ref())
        });
        problems.collect()
    }

    fn drop_copy(&mut self, record: &KeptRecord) {
        let of_object = self.by_object.entry(record.origin.object.clone());
        *of_object.or_default() += 1;
    }
}

/// The columns that an event is kept for: without them it is nobody's, or no attempt.
const MOST_NEEDED: [&str; 3] = ["target", "error_code", "error_message"];

/// Returns how much speaks for a copy of an event: first its proof, and then what it knows. Without
/// the proof, whoever can add a file could replace every event by one that fills more columns.
fn weight(record: &KeptRecord, grades: Option<&Grades<'_>>) -> [usize; 3] {
    let grade = grades.map(|grades| grades.grade(&record.origin.object));
    let [needed, known] = knowledge(record);
    [grade.map_or(0, Grade::weight), needed, known]
}

/// Returns how much a record knows: the number of the most needed columns, and that of all columns
/// that it fills. Exports of one event differ by the fields that they include.
fn knowledge(record: &KeptRecord) -> [usize; 2] {
    let evidence = &record.evidence;
    let needed = MOST_NEEDED.iter();
    let needed = needed.filter(|name| evidence.text(name).is_some()).count();
    [needed, evidence.known()]
}

/// The column of the caller.
const PRINCIPAL: &str = "principal";

/// The columns in which copies of an event must not differ, and what they are called. Whoever
/// forges one changes who did what, to what, or how it ended.
const SAME_IN_COPIES: [(&str, &str); 4] = [
    ("target", "target"),
    (PRINCIPAL, "principal"),
    ("error_code", "error code"),
    ("error_message", "error message"),
];

/// Returns the problem that a record says something else of its event than the copy that counts.
/// A field that one of them lacks is no contradiction, since exports leave out fields.
fn contradiction(record: &KeptRecord, kept: &KeptRecord) -> Option<Problem> {
    let differs = |column: &str| {
        let texts = [record, kept].map(|record| record.evidence.text(column));
        matches!(&texts, [Some(text), Some(other)] if contradict(column, text, other))
    };
    let columns = SAME_IN_COPIES.into_iter();
    let others = columns.filter(|(column, _)| differs(column));
    let others = joined(others.map(|(_, name)| name), " and another ");
    if others.is_empty() {
        return None;
    }
    let id = kept.event_id.as_deref().unwrap_or_default();
    let object = &kept.origin.object;
    Some(Problem {
        origin: record.origin.clone(),
        kind: ProblemKind::Contradictory,
        detail: format!(
            "names another {others} of the event {id} than its copy in `{object}`, which counts"
        ),
    })
}

/// Returns true if two texts of a column cannot be of one event. Exports name a secret or user by a
/// part of its ARN, and only ARNs say for certain that two callers differ.
fn contradict(column: &str, text: &str, other: &str) -> bool {
    let are_comparable = column != PRINCIPAL || [text, other].iter().all(|text| is_arn(text));
    are_comparable && !text.contains(other) && !other.contains(text)
}

fn is_arn(text: &str) -> bool {
    text.starts_with("arn:")
}

/// Returns the number of the event of each record. A record without an identifier is an event of
/// its own.
fn event_numbers<R: AsRef<KeptRecord>>(records: &[R]) -> Vec<usize> {
    // The identifiers are borrowed from the records, and the numbers are all that outlives the map:
    // copying millions of identifiers would take longer than everything else here.
    let mut by_id: HashMap<&str, usize> = HashMap::with_capacity(records.len());
    let mut numbers = Vec::with_capacity(records.len());
    let mut next = 0;
    for record in records {
        let id = record.as_ref().event_id.as_deref();
        let number = id.map_or(next, |id| *by_id.entry(id).or_insert(next));
        next += usize::from(number == next);
        numbers.push(number);
    }
    numbers
}

/// Returns the event of a record in a report.
pub(super) fn event(record: KeptRecord, copies: u64) -> Event {
    Event {
        event_time: record.event_time,
        event_id: record.event_id,
        copies,
        origin: record.origin,
        delivery_time: record.delivery_time,
        log_time: record.log_time,
        evidence: record.evidence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_contradict_if_neither_is_a_part_of_the_other() {
        let user = "arn:aws:iam::111122223333:user/robin";
        for (column, text, other, expected) in [
            ("target", "app/db", "app/db", false),
            (
                "target",
                "app/db",
                "arn:aws:secretsmanager:a:1:secret:app/db-AbCdEf",
                false,
            ),
            ("target", "app/db", "app/mail", true),
            (
                "error_code",
                "AccessDenied",
                "InvalidRequestException",
                true,
            ),
            (PRINCIPAL, user, "robin", false),
            (PRINCIPAL, user, "session", false),
            (PRINCIPAL, user, "arn:aws:iam::111122223333:user/kim", true),
        ] {
            assert_eq!(contradict(column, text, other), expected, "{text} {other}");
            assert_eq!(contradict(column, other, text), expected, "{text} {other}");
        }
    }
    use crate::cloudtrail::evidence::Evidence;
    use crate::plan::Selection;
    use crate::problem::Origin;
    use crate::time::period::timestamp;

    fn record(id: Option<&str>, object: &str, log_time: Option<i64>) -> KeptRecord {
        KeptRecord {
            event_time: Some(timestamp(60)),
            delivery_time: None,
            log_time: log_time.map(timestamp),
            event_id: id.map(str::to_owned),
            origin: Origin {
                object: object.into(),
                ..Origin::default()
            },
            evidence: Evidence::blank(),
            json: Box::default(),
        }
    }

    fn without_copies(
        records: Vec<KeptRecord>,
        grades: Option<&Grades<'_>>,
    ) -> DistinctEvents<KeptRecord> {
        DistinctEvents::new(&plan(), records, grades)
    }

    fn plan() -> Plan {
        Plan::new(Vec::new(), Selection::default()).expect("a plan")
    }

    #[test]
    fn of_copies_the_first_remains_with_the_first_log_time() {
        let records = vec![
            record(Some("a"), "1", None),
            record(None, "1", None),
            record(Some("a"), "2", Some(70)),
            record(Some("b"), "2", Some(80)),
            record(None, "2", None),
            record(Some("a"), "3", Some(90)),
            record(Some("b"), "3", None),
            record(None, "3", None),
        ];
        let mut distinct = without_copies(records, None);
        let copies: Vec<(&str, u64)> = distinct
            .duplicates_by_object
            .iter()
            .map(|(object, copies)| (&**object, *copies))
            .collect();
        assert_eq!(copies, [("2", 1), ("3", 2)]);
        let expected = [
            (record(None, "3", None), 1),
            (record(None, "2", None), 1),
            (record(Some("b"), "2", Some(80)), 2),
            (record(None, "1", None), 1),
            (record(Some("a"), "1", Some(70)), 3),
        ];
        for event in expected {
            assert_eq!(distinct.pop(), Some(event));
        }
        assert_eq!(distinct.pop(), None);
    }

    /// An export may leave out the request, in which the secret is.
    #[test]
    fn of_copies_the_one_that_knows_more_remains() {
        let with = |names: &[&str], mut record: KeptRecord| {
            for name in names {
                let column = Evidence::index_of(name).expect("a column");
                record
                    .evidence
                    .set_text_at(column, Some((*name).to_owned()));
            }
            record
        };
        let poor = with(&["user_agent", "principal"], record(Some("a"), "1", None));
        let rich = with(&["target"], record(Some("a"), "2", Some(70)));
        let same = with(&["target"], record(Some("a"), "3", None));
        let other = record(Some("b"), "1", None);
        let records = vec![poor, other.clone(), rich.clone(), same];
        let mut distinct = without_copies(records, None);
        assert_eq!(distinct.pop(), Some((rich, 3)));
        assert_eq!(distinct.pop(), Some((other, 1)));
        let dropped: Vec<(Arc<str>, u64)> = distinct.duplicates_by_object.into_iter().collect();
        assert_eq!(dropped, [("1".into(), 1), ("3".into(), 1)]);
    }

    /// Fills a column of a record.
    fn with(mut record: KeptRecord, column: &str, text: &str) -> KeptRecord {
        let column = Evidence::index_of(column).expect("a column");
        let text = Some(text.to_owned());
        record.evidence.set_text_at(column, text);
        record
    }

    /// Whoever can add a file to the archive knows the identifiers of its events.
    #[test]
    fn of_copies_a_proven_one_remains_whatever_it_knows() {
        let rows = [
            (Grade::Signed, Grade::Unverifiable, "proven"),
            (Grade::Chained, Grade::Modified, "proven"),
            (Grade::HashOnly, Grade::Unreferenced, "proven"),
            (Grade::Signed, Grade::Chained, "added"),
            (Grade::Unverifiable, Grade::NotChecked, "added"),
        ];
        for (first, second, expected) in rows {
            let keys = BTreeMap::from([("proven", first), ("added", second)]);
            let grades = keys.into_iter().collect::<Grades<'_>>();
            let poor = record(Some("a"), "proven", None);
            let rich = with(record(Some("a"), "added", None), "target", "other");
            let mut distinct = without_copies(vec![poor, rich], Some(&grades));
            let (kept, copies) = distinct.pop().expect("a record");
            assert_eq!((&*kept.origin.object, copies), (expected, 2), "{first}");
        }
    }

    #[test]
    fn copies_that_disagree_are_reported() {
        let full = |object, target, principal| {
            let record = with(record(Some("a"), object, None), "target", target);
            with(record, "principal", principal)
        };
        let first = full("1", "one", "arn:me");
        let unknown = with(record(Some("a"), "2", None), "user_agent", "x");
        let same = with(full("3", "one", "arn:me"), "user_agent", "x");
        let other = full("4", "two", "arn:you");
        let apart = with(record(Some("b"), "5", None), "target", "three");
        for duplicates in [Duplicates::Drop, Duplicates::Keep] {
            let mut plan = plan();
            plan.selection.duplicates = duplicates;
            let records = [&first, &unknown, &same, &other, &apart].map(Clone::clone);
            let distinct = DistinctEvents::new(&plan, records.into(), None);
            let problems = distinct.contradictions.iter();
            let problems: Vec<_> = problems
                .map(|problem| (&*problem.origin.object, problem.detail.as_str()))
                .collect();
            let detail = "names another target and another principal of the event a than its copy \
                          in `3`, which counts";
            assert_eq!(problems, [("4", detail)]);
        }
    }

    #[test]
    fn a_list_gives_back_its_room() {
        let records = (0..3 * ROOM).map(|number| record(None, &number.to_string(), None));
        let mut distinct = DistinctEvents::with_copies(records.collect());
        for number in (ROOM..3 * ROOM).rev() {
            let (record, copies) = distinct.pop().expect("a record");
            assert_eq!((&*record.origin.object, copies), (&*number.to_string(), 1));
        }
        assert_eq!(distinct.records.capacity(), ROOM);
    }
}
