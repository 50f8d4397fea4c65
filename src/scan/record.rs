//! One record, and its place in the counts.

use super::object::ObjectScan;
use crate::container::RecordText;
use crate::findings::SeenRecord;
use crate::json::Members;
use crate::plan::{Depth, Observation, RecordLocation};
use crate::problem::{Origin, ProblemKind};
use crate::time::period::to_microsecond;

impl ObjectScan<'_> {
    /// Observes a value in the place of a record, and counts it in one of the ways that records go.
    pub(super) fn record(
        &mut self,
        record: &RecordText<'_>,
        members: Option<Members<'_, '_>>,
        depth: Depth,
    ) {
        let place = RecordLocation {
            object: &self.file.outcome.object,
            key: &self.file.outcome.key,
            record: self.file.next_record,
            byte: record.byte,
            log_time: record.log_time.map(to_microsecond),
        };
        // The number of a record is its place among all values, so those that are refused have one.
        self.file.next_record += 1;
        if record.text.len() as u64 > self.limits.record_bytes {
            let origin = place.origin();
            return self.too_large(origin, record.text.len());
        }
        let observation = match members {
            Some(members) => self
                .plan
                .observe_members(&record.text, members, &place, depth),
            None => self.plan.observe(&record.text, &place, depth),
        };
        match observation {
            Observation::Excluded => self.file.outcome.records.excluded += 1,
            Observation::Seen(seen) => {
                let timeless = seen.lacks_time().map(|detail| (place.origin(), detail));
                self.seen(seen, timeless);
            }
            Observation::Unparseable(error) => {
                let origin = place.origin();
                let detail = format!("not a record: {error}");
                self.unparseable(origin, ProblemKind::NotARecord, detail);
            }
        }
    }

    fn too_large(&mut self, origin: Origin, bytes: usize) {
        let limit = self.limits.record_bytes;
        let detail = format!("the record has {bytes} bytes, the limit is {limit}");
        self.unparseable(origin, ProblemKind::TooLarge, detail);
    }

    fn unparseable(&mut self, origin: Origin, kind: ProblemKind, detail: String) {
        self.file.outcome.records.unparseable += 1;
        self.problem(origin, kind, detail);
    }

    /// Adds a record that the plan has seen; `timeless` is its place and the problem, if it lacks a
    /// time that it needs.
    fn seen(&mut self, seen: SeenRecord<'_>, timeless: Option<(Origin, &str)>) {
        self.file.outcome.observe(&seen);
        self.findings.observe(seen);
        if let Some((origin, detail)) = timeless {
            self.problem(origin, ProblemKind::NoEventTime, detail.to_owned());
        }
    }
}
