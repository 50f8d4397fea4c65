//! From objects to findings: one loop over all sources, on all threads.

pub mod accounting;
mod digest;
mod events;
mod hashes;
mod in_memory;
mod inputs;
mod inventory;
pub mod object;
mod piece;
mod record;
mod remarks;

use std::ops::ControlFlow;

pub use accounting::{Accounting, ListedKey, Settled, Settlement};
pub use events::{EventsError, FoundEvent, VisitEvent, find_event, for_each_event};
pub use hashes::{ContentHash, ContentHashes};
pub use in_memory::InMemory;
pub use inventory::{Inventory, is_digest};

use self::object::{ScanContext, is_skipped, scan_object};
use crate::container::Limits;
use crate::findings::{Findings, FindingsSink};
use crate::plan::Plan;
use crate::problem::ProblemKind;
use crate::source::{Fetch, Object, ReadOptions, Source};

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
    /// Scans the objects of these sources, on the threads of the pool that this is called in. Ends
    /// early when the sink breaks.
    pub fn scan(&self, sources: &[&dyn Source], objects: &[Object]) -> ControlFlow<()> {
        let options = ReadOptions {
            limits: self.limits,
            is_wanted: &|object| !is_skipped(self.plan, object),
        };
        for source in sources {
            source.read_all(objects, &options, &|object, fetch| {
                self.visit(object, fetch)
            })?;
        }
        ControlFlow::Continue(())
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
            && let Some(Ok(again)) = fetch.fetch_again()
        {
            findings = scan_object(context, object, || Ok(again));
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
    use super::*;
    use crate::findings::ListedObject;
    use crate::plan::{Job, Selection};
    use crate::source::{Detail, Disk, Visit, disk};

    /// Selects the object that is lost.
    fn is_lost(key: &str) -> bool {
        key.contains("_20260303T1505Z_")
    }

    /// A sink that loses one object.
    struct LosingSink(InMemory);

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
            objects: &[Object],
            options: &ReadOptions<'_>,
            visit: &Visit<'_>,
        ) -> ControlFlow<()> {
            let kept = objects.iter().filter(|object| !is_lost(&object.key));
            let kept: Vec<Object> = kept.cloned().collect();
            Disk.read_all(&kept, options, visit)
        }
    }

    /// Scans the sample archive.
    fn scanned(source: &dyn Source, sink: &dyn FindingsSink) -> Accounting {
        let plan = Plan::new(vec![Job::custom("GetSecretValue")], Selection::default());
        let listing = disk::list(&["samples/archive".into()], &[], Detail::Name);
        let listing = listing.expect("the sample archive");
        let scanner = Scanner {
            plan: &plan.expect("a plan"),
            limits: &Limits::default(),
            inventory: &Inventory::default(),
            hashes: None,
            sink,
            done: &|_| (),
        };
        assert!(scanner.scan(&[source], &listing.objects).is_continue());
        Accounting::new(listing.objects.iter().map(ListedKey::from_object))
    }

    fn assert_one_is_lost(accounting: &Accounting, mut findings: Findings) {
        accounting.settle(&mut findings);
        assert_eq!((findings.listed, findings.objects.len()), (53, 52));
        let [problem] = findings.problems.as_slice() else {
            panic!("one problem: {:?}", findings.problems);
        };
        assert_eq!(problem.kind, ProblemKind::Unaccounted);
        assert!(is_lost(&problem.origin.object), "{problem:?}");
    }

    #[test]
    fn every_object_of_an_archive_is_accounted_for() {
        let sink = InMemory::for_threads(2);
        let accounting = scanned(&Disk, &sink);
        let mut findings = sink.merged();
        accounting.settle(&mut findings);
        assert_eq!((findings.listed, findings.objects.len()), (53, 53));
        assert!(findings.problems.is_empty());
    }

    #[test]
    fn an_object_that_is_lost_is_a_problem() {
        let sink = LosingSink(InMemory::for_threads(2));
        let accounting = scanned(&Disk, &sink);
        assert_one_is_lost(&accounting, sink.0.merged());

        let sink = InMemory::for_threads(2);
        let accounting = scanned(&LosingSource, &sink);
        assert_one_is_lost(&accounting, sink.merged());
    }
}
