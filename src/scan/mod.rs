//! From objects to findings: one loop over all sources, on all threads.

mod accounting;
mod digest;
mod event_argument;
mod events;
mod hashes;
mod inventory;
mod listed_keys;
mod object;
mod own_output;
mod piece;
mod record;
mod remarks;
mod thread_findings;

use std::ops::ControlFlow;

pub use accounting::{LedgerAccounting, Settled, settle};
pub use event_argument::{ArgumentEvent, ArgumentEventError, event_of_argument};
pub use events::{EventsError, FoundEvent, VisitEvent, for_each_event};
pub use hashes::{ContentHash, ContentHashes, hashed_content};
pub use inventory::{Inventory, is_digest};
pub use listed_keys::ListedKeys;
pub use object::{ScanContext, is_skipped, scan_object};
pub use thread_findings::{ScanFindings, ThreadFindings};

use crate::container::Limits;
use crate::findings::{Findings, FindingsSink};
use crate::plan::Plan;
use crate::problem::ProblemKind;
use crate::source::{Fetch, Object, ReadOptions, Source};
use crate::spool::{RowBatches, SpoolError};

/// A scan: what it looks for, and where its findings go.
pub struct Scanner<'a> {
    /// The rules to look for.
    pub plan: &'a Plan,
    /// The limits of an object.
    pub limits: &'a Limits,
    /// The objects of the archive by name, if there are digests.
    pub inventory: &'a Inventory,
    /// Takes the hash of the content of each object, if they are requested.
    pub hashes: Option<&'a ContentHashes>,
    /// Takes the findings of each object.
    pub sink: &'a dyn FindingsSink,
    /// Takes the size of each object, as it was listed, once it has been scanned.
    pub done: &'a (dyn Fn(u64) + Sync),
}

impl Scanner<'_> {
    /// Scans the objects of these sources, on the threads of the pool that this is called in. Each
    /// source passes through the objects once. Ends early when the sink breaks.
    ///
    /// # Errors
    ///
    /// Returns an error if the objects cannot be read from their temporary file.
    pub fn scan<'o>(
        &self,
        sources: &[&dyn Source],
        objects: impl Fn() -> RowBatches<'o, Object>,
    ) -> Result<ControlFlow<()>, SpoolError> {
        let options = ReadOptions {
            limits: self.limits,
            is_wanted: &|object| !is_skipped(self.plan, object),
        };
        for source in sources {
            let mut failure = None;
            let mut batches = objects().map_while(|batch| match batch {
                Ok(batch) => Some(batch),
                Err(error) => {
                    failure = Some(error);
                    None
                }
            });
            let visit = |object: &Object, fetch: &mut dyn Fetch| self.visit(object, fetch);
            let end = source.read_all(&mut batches, &options, &visit);
            drop(batches);
            match failure {
                Some(error) => return Err(error),
                None if end.is_break() => return Ok(end),
                None => {}
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn visit(&self, object: &Object, fetch: &mut dyn Fetch) -> ControlFlow<()> {
        let findings = self.findings(object, fetch);
        let kept = self.sink.keep(object.listed(), findings);
        // After the findings are kept, so that the progress is never ahead of the ledger.
        (self.done)(object.stored_bytes.unwrap_or_default());
        kept
    }

    fn findings(&self, object: &Object, fetch: &mut dyn Fetch) -> Findings {
        let context = ScanContext {
            plan: self.plan,
            limits: self.limits,
            inventory: self.inventory,
            uses: self.sink.use_limit(),
            hashes: self.hashes,
        };
        let mut findings = scan_object(context, object, || fetch.fetch());
        // The checksum of the compression is the last one that can reveal damage in transit.
        while is_damaged(&findings)
            && let Some(again) = fetch.fetch_again()
        {
            findings = scan_object(context, object, || again);
        }
        findings
    }
}

fn is_damaged(findings: &Findings) -> bool {
    let mut kinds = findings.problems.iter().map(|problem| problem.kind);
    kinds.any(|kind| kind == ProblemKind::DamagedCompression)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::collections::HashMap;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::findings::{ListedObject, ObjectOutcome};
    use crate::plan::{Job, Selection};
    use crate::source::{Detail, Disk, ObjectBytes, ReadError, SourceObjects, VisitObject, disk};
    use crate::spool::{Spool, Spooled};
    use crate::time::period::TimeRange;

    /// Selects the object that is lost.
    fn is_lost(key: &str) -> bool {
        key.contains("_20260303T1505Z_")
    }

    /// A sink that loses one object.
    struct LosingSink(ThreadFindings);

    impl FindingsSink for LosingSink {
        fn keep(&self, listed: ListedObject<'_>, findings: Findings) -> ControlFlow<()> {
            match is_lost(listed.key) {
                true => ControlFlow::Continue(()),
                false => self.0.keep(listed, findings),
            }
        }
    }

    /// A source that loses one object.
    struct LosingSource;

    impl Source for LosingSource {
        fn read_all(
            &self,
            objects: &mut SourceObjects<'_>,
            options: &ReadOptions<'_>,
            visit: &VisitObject<'_>,
        ) -> ControlFlow<()> {
            let mut kept = objects.map(|batch| {
                let mut batch = batch.into_owned();
                batch.retain(|object| !is_lost(&object.key));
                Cow::Owned(batch)
            });
            Disk.read_all(&mut kept, options, visit)
        }
    }

    fn sink() -> ThreadFindings {
        ThreadFindings::new(2, TimeRange::default(), 20)
    }

    /// A source that none of the objects is in, and that knows how many of them were wanted.
    #[derive(Default)]
    struct EmptySource(AtomicUsize);

    impl Source for EmptySource {
        fn read_all(
            &self,
            objects: &mut SourceObjects<'_>,
            options: &ReadOptions<'_>,
            _: &VisitObject<'_>,
        ) -> ControlFlow<()> {
            for batch in objects {
                let wanted = batch.iter().filter(|object| (options.is_wanted)(object));
                self.0.fetch_add(wanted.count(), Ordering::Relaxed);
            }
            ControlFlow::Continue(())
        }
    }

    /// A sink that ends the scan.
    struct BreakingSink;

    impl FindingsSink for BreakingSink {
        fn keep(&self, _: ListedObject<'_>, _: Findings) -> ControlFlow<()> {
            ControlFlow::Break(())
        }
    }

    /// Scans the sample archive. Returns what was listed.
    fn scanned(sources: &[&dyn Source], sink: &dyn FindingsSink) -> Spooled<Object> {
        let (objects, end) = ended(sources, sink);
        assert!(end.is_continue());
        objects
    }

    /// Scans the sample archive. Returns what was listed, and whether the scan went to the end.
    fn ended(
        sources: &[&dyn Source],
        sink: &dyn FindingsSink,
    ) -> (Spooled<Object>, ControlFlow<()>) {
        let plan = Plan::new(vec![Job::custom("GetSecretValue")], Selection::default());
        let objects = Spool::with_memory(20);
        let problems = disk::list(&["samples/archive".into()], &[], Detail::Name, &objects);
        assert!(problems.expect("the sample archive").is_empty());
        let objects = objects.finish().expect("a listing");
        let scanner = Scanner {
            plan: &plan.expect("a plan"),
            limits: &Limits::default(),
            inventory: &Inventory::default(),
            hashes: None,
            sink,
            done: &|_| (),
        };
        let end = scanner.scan(sources, || objects.batches());
        let end = end.expect("no temporary file");
        (objects, end)
    }

    fn settled(listed: &Spooled<Object>, sink: ThreadFindings) -> (Settled, Vec<ObjectOutcome>) {
        let found = sink.merged().expect("no temporary file");
        let keys = ListedKeys::new(listed.batches());
        let settled = settle(keys, &found.findings, &found.outcomes);
        let outcomes: Result<Vec<ObjectOutcome>, SpoolError> = found.outcomes.rows().collect();
        (settled.expect("no temporary file"), outcomes.expect("rows"))
    }

    /// An object that arrives damaged, and not at all when it is fetched again.
    struct BrokenFetch;

    impl Fetch for BrokenFetch {
        fn fetch(&mut self) -> Result<ObjectBytes, ReadError> {
            let mut bytes = std::fs::read(
                "samples/archive/AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/02/\
                 111122223333_CloudTrail_us-east-1_20260302T0815Z_248p3gMR4EHt6Qya.json.gz",
            )?;
            let checksum = bytes.len() - 8;
            bytes[checksum] ^= 1;
            Ok(ObjectBytes {
                stored_bytes: bytes.len() as u64,
                bytes,
                metadata: HashMap::new(),
            })
        }

        fn fetch_again(&mut self) -> Option<Result<ObjectBytes, ReadError>> {
            Some(Err(ReadError::S3 {
                kind: ProblemKind::Unavailable,
                detail: "SlowDown".to_owned(),
                source: None,
            }))
        }
    }

    #[test]
    fn an_object_that_does_not_arrive_again_has_failed_for_that_reason() {
        let plan = Plan::new(vec![Job::custom("GetSecretValue")], Selection::default());
        let scanner = Scanner {
            plan: &plan.expect("a plan"),
            limits: &Limits::default(),
            inventory: &Inventory::default(),
            hashes: None,
            sink: &sink(),
            done: &|_| (),
        };
        let findings = scanner.findings(&Object::example("a.json.gz"), &mut BrokenFetch);
        let kinds = findings.problems.iter().map(|problem| problem.kind);
        assert_eq!(kinds.collect::<Vec<_>>(), [ProblemKind::Unavailable]);
    }

    fn assert_one_is_lost(listed: &Spooled<Object>, sink: ThreadFindings) {
        let (settled, outcomes) = settled(listed, sink);
        assert_eq!((settled.listed, outcomes.len()), (53, 52));
        let [problem] = settled.problems.as_slice() else {
            panic!("one problem: {:?}", settled.problems);
        };
        assert_eq!(problem.kind, ProblemKind::Unaccounted);
        assert!(is_lost(&problem.origin.object), "{problem:?}");
    }

    #[test]
    fn every_object_of_an_archive_is_accounted_for() {
        let sink = sink();
        let listed = scanned(&[&Disk], &sink);
        let (settled, outcomes) = settled(&listed, sink);
        assert_eq!((settled.listed, outcomes.len()), (53, 53));
        assert!(settled.problems.is_empty());
    }

    #[test]
    fn every_source_is_asked_until_the_sink_ends_the_scan() {
        let (first, last, sink) = (EmptySource::default(), EmptySource::default(), sink());
        let listed = scanned(&[&first, &Disk, &last], &sink);
        let (settled, outcomes) = settled(&listed, sink);
        assert_eq!((settled.listed, outcomes.len()), (53, 53));
        // All but those of Insights events.
        assert_eq!(last.0.into_inner(), 52);

        let last = EmptySource::default();
        let (_, end) = ended(&[&Disk, &last], &BreakingSink);
        assert!(end.is_break());
        assert_eq!(last.0.into_inner(), 0);
    }

    #[test]
    fn an_object_that_is_lost_is_a_problem() {
        let losing = LosingSink(sink());
        let listed = scanned(&[&Disk], &losing);
        assert_one_is_lost(&listed, losing.0);

        let sink = sink();
        let listed = scanned(&[&LosingSource], &sink);
        assert_one_is_lost(&listed, sink);
    }
}
