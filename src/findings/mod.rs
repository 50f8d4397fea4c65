//! The things that a scan collects: partial results that merge.
//!
//! Each thing is a [`ScanFinding`] in a file of its own, and a line in the list below. A thread
//! collects the findings of one object after another. Merging them is associative and free of
//! order, up to the order of lists, which the conclusion sorts by value.

mod activity;
mod ambiguous;
mod call_times;
mod counts;
mod days;
mod defaults;
mod kept;
mod lifecycle;
mod mapped;
mod matches;
mod objects;
mod places;
mod problems;
mod restore;
mod seen;
mod sink;
mod sources;
mod store;
mod stored;
mod uses;

pub use activity::Activity;
pub use ambiguous::AmbiguousRecords;
pub use call_times::{CallHours, CallTimes};
pub use counts::Count;
pub use days::{CountedDay, ObjectCounts, ObjectDays, ObjectGroup};
pub use defaults::{Defaults, DefaultsByMinute, DefaultsOfMinute};
pub use kept::{KeptRecord, LifecycleRecord, Match, MatchedRecord, PublishedDefaults, by_time};
pub use lifecycle::TABLE as LIFECYCLE;
pub use mapped::MappedRecords;
pub use matches::Matches;
pub use objects::schema as object_schema;
pub use objects::{ForeignContent, OBJECTS, ObjectOutcome, ObjectStatus, RecordCounts, SkipReason};
pub use places::Places;
pub use problems::TABLE as PROBLEMS;
pub use restore::{LoadTable, StoredPart, readings_of_rows, stored_rows};
pub use seen::SeenRecord;
pub use sink::{ContentTag, FindingsSink, ListedObject};
pub use sources::{SourceObject, source_sizes};
pub use store::StoredTables;
pub use stored::{LoadError, StoredError, StoredRequest};
pub use uses::{MAX_USES, Use, UseDetail, UseLimit, Uses};

use crate::problem::Problem;

/// A thing that a scan collects.
///
/// A ledger stores the findings of each reading of an object. What [`store`](Self::store) writes,
/// [`restore`](Self::restore) reads.
pub trait ScanFinding: Default {
    /// Takes the share of this finding from a record in the requested range.
    fn observe(&mut self, _record: &mut SeenRecord<'_>) {}

    /// Takes the share of this finding from a record before that range, which only alarms see.
    fn observe_earlier(&mut self, _record: &mut SeenRecord<'_>) {}

    // Threads and parts merge as they happen to finish. A finding that depended on their order
    // would give another report each time.
    /// Adds all that `other` holds.
    fn merge(&mut self, other: Self);

    /// Puts lists into the order of their values.
    fn put_in_order(&mut self) {}

    /// Adds this finding of each reading to the tables of a part of a ledger.
    fn store(_tables: &mut StoredTables<'_>) {}

    /// Restores this finding of each reading from the tables of a part. The findings above it in
    /// the list are restored already.
    ///
    /// # Errors
    ///
    /// Returns an error if the tables are not those that [`store`](Self::store) makes.
    fn restore(_part: &mut StoredPart<'_>) -> Result<(), StoredError> {
        Ok(())
    }
}

/// Defines [`Findings`], and all that it does with each finding, from one list.
macro_rules! findings {
    ($($(#[$doc:meta])* $name:ident: $Finding:ty,)*) => {
        /// Everything that some part of a scan found.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Findings {
            $($(#[$doc])* pub $name: $Finding,)*
        }

        impl Findings {
            /// Adds a record that counts.
            pub fn observe(&mut self, mut record: SeenRecord<'_>) {
                // Each finding moves its own share out of the record, so that nothing is copied.
                if record.is_inside {
                    $(ScanFinding::observe(&mut self.$name, &mut record);)*
                } else {
                    $(ScanFinding::observe_earlier(&mut self.$name, &mut record);)*
                }
            }

            /// Adds everything that `other` found.
            pub fn merge(&mut self, other: Self) {
                $(ScanFinding::merge(&mut self.$name, other.$name);)*
            }

            /// Puts all lists into the order of their values.
            pub fn sort(&mut self) {
                $(ScanFinding::put_in_order(&mut self.$name);)*
            }

            /// Adds the findings of readings to the tables of a part of a ledger.
            pub fn store(tables: &mut StoredTables<'_>) {
                $(<$Finding>::store(tables);)*
            }

            /// Restores the findings of readings from the tables of a part.
            ///
            /// # Errors
            ///
            /// Returns an error if the tables are not those that [`Findings::store`] makes.
            pub fn restore(part: &mut StoredPart<'_>) -> Result<(), StoredError> {
                $(<$Finding>::restore(part)?;)*
                // A part with counts that no finding knows is of a later program, or damaged. It is
                // refused, since a report without them would be wrong.
                part.check_counts()
            }
        }
    };
}

findings! {
    /// The outcomes of the objects that are not counted yet.
    objects: Vec<ObjectOutcome>,
    /// The objects that are counted, in numbers.
    days: ObjectDays,
    /// The number of outcomes that there must be: one for each object that was listed, or for each
    /// file of a listed archive.
    listed: u64,
    /// The stored objects that hold kept records, and the archives.
    sources: Vec<SourceObject>,
    /// The things that could not be read.
    problems: Vec<Problem>,
    /// The records that rules selected.
    matches: Matches,
    /// The records of steps in the life of a secret or key, copies included, whatever the rules.
    lifecycle: Vec<LifecycleRecord>,
    /// The uses of secrets and keys, copies included, whatever the rules.
    uses: Uses,
    /// The number of records of kinds that a trail may exclude.
    activity: Activity,
    /// The hours in which there are such records, by account and region.
    call_times: CallTimes,
    /// The accounts and regions that records name where the key of their object does not.
    places: Places,
    /// The number of records that a rule would answer differently under the other reading of `*`.
    ambiguous: AmbiguousRecords,
    /// The events that did not match a rule whose filter has a default value.
    defaults: Defaults,
    /// The number of records that were mapped from another schema.
    mapped: MappedRecords,
}

impl Findings {
    /// Drops the JSON of the records that are kept, which only a ledger stores.
    pub fn forget_json(&mut self) {
        for record in self.kept_records_mut() {
            record.json = Box::default();
        }
    }

    /// Returns every record that is kept, once for each reason.
    pub fn kept_records(&self) -> impl Iterator<Item = &KeptRecord> {
        let matched = self.matches.all().map(|matched| &matched.record);
        matched.chain(self.lifecycle.iter().map(|found| &found.record))
    }

    fn kept_records_mut(&mut self) -> impl Iterator<Item = &mut KeptRecord> {
        let matched = self.matches.all_mut().map(|matched| &mut matched.record);
        matched.chain(self.lifecycle.iter_mut().map(|found| &mut found.record))
    }
}
