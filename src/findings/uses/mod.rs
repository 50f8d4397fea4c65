//! The uses of all secrets and keys.
//!
//! Only at the end of a scan is it known which secrets and keys were pending deletion, so the uses
//! of all of them are collected: in rows, one for each resource, caller, outcome and hour. There is
//! a limit to the rows. Where there are more of them, rows of several hours become one; if that is
//! not enough, rows of several addresses; and only then, rows are left out, mostly those of whole
//! resources (decision 21).

mod counted;
mod detail;
mod hash;
mod limit;
mod places;
mod row;
mod stored;
mod texts;

pub(super) use counted::can_be_merged;
pub use detail::UseDetail;
pub use limit::UseLimit;

use std::fmt;

use jiff::Timestamp;

use self::places::RowPlaces;
use self::row::UseRow;
use self::texts::UseTexts;
use super::{ScanFinding, SeenRecord, StoredError, StoredPart, StoredTables};
use crate::cloudtrail::usage::{UseOutcome, UseService, UsedRecord, UsedResources};

/// The largest number of rows. One takes about 350 bytes.
pub const MAX_USES: usize = 1 << 13;

/// The number of rows at which they are put in order, so that equal ones become one.
// Twice as many as remain, so that thousands of rows come between one sort and the next.
const UNORDERED_LIMIT: usize = 2 * MAX_USES;

/// The room for the first rows and their texts. Most objects have some, few have many.
const FIRST_ROWS: usize = 16;
const FIRST_BYTES: usize = 4 << 10;

/// Uses of one resource by one caller with one outcome, close to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use<'a> {
    /// The secret or key, as the records write it.
    pub resource: &'a str,
    /// The account that recorded the calls.
    pub account: Option<&'a str>,
    /// The region of that.
    pub region: Option<&'a str>,
    /// The service that was called.
    pub service: UseService,
    /// The call, as in `GetSecretValue`.
    pub event_name: &'a str,
    /// The outcome.
    pub outcome: UseOutcome,
    /// The accountable identity: the role of a session, the user, or a service.
    pub principal: Option<&'a str>,
    /// The address of the caller; `None` beyond [`UseDetail::WholeTime`].
    pub source_ip_address: Option<&'a str>,
    /// The program of the caller; `None` beyond [`UseDetail::WholeTime`].
    pub user_agent: Option<&'a str>,
    /// The time of the first use.
    pub first: Timestamp,
    /// The time of the last use.
    pub last: Timestamp,
    /// The number of uses. Copies of one event count each.
    pub count: u64,
}

/// The uses of all secrets and keys.
#[derive(Clone, Default)]
pub struct Uses {
    rows: Vec<UseRow>,
    /// The texts of all rows.
    texts: String,
    /// The places of rows that were merged, as far as they are known.
    places: RowPlaces,
    limit: UseLimit,
    omitted: u64,
    unknown_objects: u64,
}

impl Uses {
    /// Creates uses without any yet, which leave out from the beginning what is beyond a limit.
    pub fn within(limit: UseLimit) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// Returns all rows. Once they are put in order, each is a use of its own: uses that are alike
    /// are in one row.
    pub fn all(&self) -> impl Iterator<Item = Use<'_>> {
        self.rows.iter().map(|row| row.view(&self.texts))
    }

    /// Returns the number of uses that are in none of the rows.
    pub fn omitted(&self) -> u64 {
        self.omitted
    }

    /// Returns the detail in which the uses are kept.
    pub fn detail(&self) -> UseDetail {
        self.limit.detail
    }

    /// Returns the limit beyond which uses are left out.
    pub fn limit(&self) -> UseLimit {
        self.limit
    }

    /// Returns the number of objects whose uses are not known, since an earlier version scanned
    /// them into the ledger.
    pub fn unknown_objects(&self) -> u64 {
        self.unknown_objects
    }

    /// Adds the uses that a record documents.
    fn add_record(&mut self, used: &UsedRecord<'_>, event_name: &str, time: Timestamp) {
        if !used.is_use() {
            return;
        }
        let resources = self.kept_resources(used);
        if resources.is_empty() {
            return;
        }
        let Some(facts) = used.facts() else {
            return;
        };
        for resource in resources {
            self.add(&Use {
                resource: &resource,
                account: used.account.as_deref(),
                region: used.region.as_deref(),
                service: used.call.service,
                event_name,
                outcome: facts.outcome,
                principal: facts.principal.as_deref(),
                source_ip_address: facts.source_ip_address.as_deref(),
                user_agent: facts.user_agent.as_deref(),
                first: time,
                last: time,
                count: 1,
            });
        }
    }

    /// Returns the resources that a call uses, but for those beyond the limit, which are counted.
    fn kept_resources<'t>(&mut self, used: &UsedRecord<'t>) -> UsedResources<'t> {
        let place = [used.account.as_deref(), used.region.as_deref()];
        let limit = self.limit;
        let mut resources = used.resources();
        let count = resources.len();
        // The hash alone rules out most of what is beyond the limit, before any row is made.
        resources.retain(|resource| limit.may_keep(hash::resource(resource, place)));
        self.omitted += (count - resources.len()) as u64;
        resources
    }

    /// Adds a row, or counts its uses as left out.
    fn add(&mut self, added: &Use<'_>) {
        if self.rows.is_empty() {
            self.rows.reserve(FIRST_ROWS);
            self.texts.reserve(FIRST_BYTES);
        }
        let texts = UseTexts::append(&mut self.texts, added, self.limit.detail);
        self.add_row(UseRow::new(added, texts, &self.texts, self.limit.detail));
    }

    /// Adds a row whose texts are the last ones.
    fn add_row(&mut self, row: UseRow) {
        if self.limit.keeps(row.key) {
            self.rows.push(row);
        } else {
            self.texts.truncate(row.texts.start());
            self.omitted += row.count;
        }
        if self.rows.len() >= UNORDERED_LIMIT {
            self.settle();
        }
    }

    /// Adds a row of other uses, to the same one if there is one.
    fn merge_row(&mut self, mut row: UseRow, texts: &str) {
        let place = self.places.place(row.key);
        let same = place.and_then(|place| self.rows.get_mut(place));
        if same.is_some_and(|same| same.absorbs(&self.texts, &row, texts)) {
            return;
        }
        self.places.set(row.key, self.rows.len());
        row.texts = row.texts.copied(texts, &mut self.texts);
        self.add_row(row);
    }

    /// Puts the rows in order, makes one of equal ones, and keeps to the limit.
    fn settle(&mut self) {
        self.order();
        while self.rows.len() > MAX_USES {
            match self.limit.detail.coarser() {
                Some(detail) => {
                    // Rows without the detail may be equal, and then there are fewer of them.
                    self.coarsen(detail);
                    self.order();
                }
                None => self.evict(),
            }
        }
        self.compact();
    }

    fn order(&mut self) {
        self.rows.sort_unstable_by_key(|row| row.key);
        let texts = &self.texts;
        self.rows
            .dedup_by(|later, earlier| earlier.absorbs(texts, later, texts));
        self.places.forget();
    }

    /// Gives up detail, down to this one.
    fn coarsen(&mut self, detail: UseDetail) {
        self.limit.detail = detail;
        for row in &mut self.rows {
            row.coarsen(detail, &self.texts);
        }
        self.places.forget();
    }

    /// Leaves out the rows with the largest keys.
    fn evict(&mut self) {
        // A key depends on nothing but the row, and the limit only falls. So what is left out once
        // cannot come back, and the same rows remain in whichever order they came.
        let evicted = self.rows.split_off(MAX_USES);
        self.limit.evicted_from = evicted.first().map(|row| row.key);
        self.omitted += evicted.iter().map(|row| row.count).sum::<u64>();
    }

    /// Leaves out the rows that are beyond the limit.
    fn keep_within_limit(&mut self) {
        let (limit, mut omitted) = (self.limit, 0);
        self.rows.retain(|row| {
            let is_kept = limit.keeps(row.key);
            omitted += if is_kept { 0 } else { row.count };
            is_kept
        });
        self.omitted += omitted;
        self.places.forget();
    }

    /// Drops the texts of rows that are gone.
    fn compact(&mut self) {
        let mut texts = String::new();
        for row in &mut self.rows {
            row.texts = row.texts.copied(&self.texts, &mut texts);
        }
        self.texts = texts;
    }

    fn numbers(&self) -> (UseLimit, u64, u64) {
        (self.limit, self.omitted, self.unknown_objects)
    }

    fn settled(&self) -> Self {
        let mut settled = self.clone();
        settled.settle();
        settled
    }

    /// Keeps to the limit of others as well.
    fn lower_limit(&mut self, other: UseLimit) {
        if other.detail > self.limit.detail {
            self.coarsen(other.detail);
        }
        if other.evicts_more_than(self.limit) {
            self.limit.evicted_from = other.evicted_from;
            self.keep_within_limit();
        }
    }
}

#[cfg(test)]
impl Uses {
    /// Returns the same uses, beside objects of a version that did not collect them.
    pub(super) fn with_unknown_objects(self, unknown_objects: u64) -> Self {
        Self {
            unknown_objects,
            ..self
        }
    }
}

impl ScanFinding for Uses {
    fn observe(&mut self, record: &mut SeenRecord<'_>) {
        // A use without a time is before or after nothing.
        if let Some(used) = record.used.take()
            && let (Some(name), Some(time)) = (&record.event_name, record.event_time)
        {
            self.add_record(&used, name, time);
        }
    }

    fn merge(&mut self, other: Self) {
        self.omitted += other.omitted;
        self.unknown_objects += other.unknown_objects;
        self.lower_limit(other.limit);
        for mut row in other.rows {
            // Detail may be given up after any row.
            if self.limit.detail > other.limit.detail {
                row.coarsen(self.limit.detail, &other.texts);
            }
            self.merge_row(row, &other.texts);
        }
    }

    fn put_in_order(&mut self) {
        self.settle();
    }

    fn store(tables: &mut StoredTables<'_>) {
        stored::store(tables);
    }

    fn restore(part: &mut StoredPart<'_>) -> Result<(), StoredError> {
        stored::restore(part)
    }
}

// Uses are equal if their rows are, in whichever order they were added.
impl PartialEq for Uses {
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (self.settled(), other.settled());
        one.numbers() == other.numbers() && one.all().eq(other.all())
    }
}

impl fmt::Debug for Uses {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Uses")
            .field("rows", &self.all().collect::<Vec<_>>())
            .field("limit", &self.limit)
            .field("omitted", &self.omitted)
            .field("unknown_objects", &self.unknown_objects)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::time::period::timestamp;

    fn row<'a>(resource: &'a str, address: &'a str, seconds: i64) -> Use<'a> {
        Use {
            resource,
            account: Some("111122223333"),
            region: None,
            service: UseService::Kms,
            event_name: "Decrypt",
            outcome: UseOutcome::Succeeded,
            principal: Some("arn:aws:iam::111122223333:role/app"),
            source_ip_address: Some(address),
            user_agent: None,
            first: timestamp(seconds),
            last: timestamp(seconds),
            count: 1,
        }
    }

    fn uses<'a>(rows: impl IntoIterator<Item = Use<'a>>) -> Uses {
        let mut uses = Uses::default();
        for row in rows {
            uses.add(&row);
        }
        uses
    }

    fn counted(uses: &Uses) -> u64 {
        uses.all().map(|row| row.count).sum()
    }

    #[test]
    fn uses_of_one_hour_are_one_row() {
        let mut uses = uses([
            row("a", "192.0.2.1", 3_700),
            row("a", "192.0.2.1", 3_600),
            row("a", "192.0.2.1", 7_199),
            row("a", "192.0.2.1", 7_200),
            row("a", "192.0.2.2", 3_600),
            row("a1", "92.0.2.1", 3_600),
        ]);
        uses.put_in_order();
        let mut rows: Vec<_> = uses
            .all()
            .map(|row| {
                (
                    row.resource,
                    row.source_ip_address,
                    row.count,
                    row.first.as_second(),
                    row.last.as_second(),
                )
            })
            .collect();
        rows.sort();
        assert_eq!(
            rows,
            [
                ("a", Some("192.0.2.1"), 1, 7_200, 7_200),
                ("a", Some("192.0.2.1"), 3, 3_600, 7_199),
                ("a", Some("192.0.2.2"), 1, 3_600, 3_600),
                ("a1", Some("92.0.2.1"), 1, 3_600, 3_600),
            ]
        );
    }

    /// Returns rows of this many resources, each used from two addresses in two hours of two days.
    fn many(resources: usize) -> Vec<(String, &'static str, i64)> {
        let mut rows = Vec::new();
        for number in 0..resources {
            for address in ["192.0.2.1", "192.0.2.2"] {
                for seconds in [0, 3_600, 86_400, 90_000] {
                    rows.push((format!("key-{number}"), address, seconds));
                }
            }
        }
        rows
    }

    /// Returns all rows, added in this order to this many parts that are merged.
    fn merged(rows: &[(String, &'static str, i64)], parts: usize) -> Uses {
        let mut parts: Vec<Uses> = vec![Uses::default(); parts];
        for (number, (resource, address, seconds)) in rows.iter().enumerate() {
            let part = number % parts.len();
            parts[part].add(&row(resource, address, *seconds));
        }
        let mut all = Uses::default();
        for part in parts {
            all.merge(part);
        }
        all.put_in_order();
        all
    }

    #[test]
    fn detail_is_given_up_before_rows_are_left_out() {
        for (resources, detail, rows) in [
            (MAX_USES / 8, UseDetail::Hour, MAX_USES),
            (MAX_USES / 8 + 1, UseDetail::Day, MAX_USES / 2 + 4),
            (MAX_USES / 4 + 1, UseDetail::WholeTime, MAX_USES / 2 + 2),
            (MAX_USES / 2 + 1, UseDetail::Caller, MAX_USES / 2 + 1),
            (MAX_USES, UseDetail::Caller, MAX_USES),
        ] {
            let uses = merged(&many(resources), 1);
            assert_eq!(
                (uses.detail(), uses.all().count()),
                (detail, rows),
                "{resources}"
            );
            assert_eq!((uses.omitted(), counted(&uses)), (0, 8 * resources as u64));
        }
    }

    #[test]
    fn the_same_rows_remain_in_whichever_order_they_came() {
        let mut rows = many(2 * MAX_USES);
        let once = merged(&rows, 1);
        assert_eq!(once.all().count(), MAX_USES);
        assert_eq!(once.omitted() + counted(&once), rows.len() as u64);
        assert_eq!(merged(&rows, 7), once);
        rows.reverse();
        assert_eq!(merged(&rows, 3), once);
        let half = rows.len() / 2;
        rows.rotate_left(half);
        assert_eq!(merged(&rows, 2), once);
        // What one part is known to leave out, the others need not collect.
        let mut seeded = Uses::within(once.limit());
        for (resource, address, seconds) in &rows {
            seeded.add(&row(resource, address, *seconds));
        }
        assert_eq!(seeded, once);
    }

    #[test]
    fn rows_of_a_resource_remain_together() {
        let uses = merged(&many(2 * MAX_USES), 2);
        let limit = uses.limit().evicted_from.expect("a limit");
        for row in uses.rows {
            assert!(row.key.resource <= limit.resource);
        }
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let agent = "ä".repeat(1_000);
        let mut long = row("a", "192.0.2.1", 0);
        long.user_agent = Some(&agent);
        let uses = uses([long]);
        let kept = uses.all().next().expect("a row");
        assert_eq!(kept.user_agent, Some("ä".repeat(128).as_str()));
        assert_eq!(kept.region, None);
    }

    /// Returns the rows in order, with their texts and numbers.
    fn sorted(uses: &Uses) -> Vec<String> {
        let mut rows: Vec<String> = uses.all().map(|row| format!("{row:?}")).collect();
        rows.sort();
        rows
    }

    /// Returns the rows that there must be, found without hashes.
    fn plainly(rows: &[(String, &'static str, i64)]) -> Vec<String> {
        let mut by_key: BTreeMap<(&str, &str, i64), (i64, i64, u64)> = BTreeMap::new();
        for (resource, address, seconds) in rows {
            let key = (resource.as_str(), *address, seconds.div_euclid(3_600));
            let (first, last, count) = by_key.entry(key).or_insert((*seconds, *seconds, 0));
            *first = *seconds.min(first);
            *last = *seconds.max(last);
            *count += 1;
        }
        let mut plain = Vec::new();
        for ((resource, address, _), (first, last, count)) in by_key {
            let last = timestamp(last);
            let row = row(resource, address, first);
            plain.push(format!("{:?}", Use { last, count, ..row }));
        }
        plain.sort();
        plain
    }

    proptest! {
        #[test]
        fn rows_are_those_of_a_plain_count(
            rows in vec(("[a-c]{0,3}", select(vec!["", "a", "192.0.2.1"]), -9_000..9_000_i64), 0..60),
            parts in 1_usize..5,
        ) {
            prop_assert_eq!(sorted(&merged(&rows, parts)), plainly(&rows));
        }
    }
}
