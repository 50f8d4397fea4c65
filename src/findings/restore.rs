//! The way of findings back from the tables of a part of a ledger.

use std::collections::BTreeMap;

use super::Findings;
use super::counts::{self, Count, StoredCounts};
use super::stored::{LoadError, StoredError, StoredRequest, reading_schema};
use super::uses;
use crate::table::schema::{TableColumns, TableSchema};
use crate::table::{ColumnKind, Table};

/// A function that loads columns of a table of a part.
pub type LoadTable<'l> =
    dyn Fn(&'static str, &[(&'static str, ColumnKind)]) -> Result<Table<'static>, LoadError> + 'l;

/// A part, while the findings of its readings are restored.
pub struct StoredPart<'p> {
    load: &'p LoadTable<'p>,
    /// For each reading, true if it is wanted.
    wanted: &'p [bool],
    pub(super) request: &'p StoredRequest,
    /// The findings of each reading, or those of all together.
    readings: Vec<Findings>,
    /// True if the findings of all readings are restored together.
    pub(super) is_merged: bool,
    /// The counts that no finding has taken yet, by what they count; `None` before they are loaded.
    counts: Option<StoredCounts>,
}

/// One table of a part, from which rows are read.
pub(super) struct StoredColumns {
    table: &'static str,
    columns: TableColumns<'static>,
    /// The number of the reading of each row.
    pub(super) readings: Vec<u64>,
}

impl<'p> StoredPart<'p> {
    /// Returns the part whose tables `load` loads, to restore the findings of each reading. Of its
    /// readings, those are wanted for which `wanted` is true.
    pub fn each(load: &'p LoadTable<'p>, wanted: &'p [bool], request: &'p StoredRequest) -> Self {
        let mut readings = Vec::new();
        readings.resize_with(wanted.len(), Findings::default);
        Self {
            load,
            wanted,
            request,
            readings,
            is_merged: false,
            counts: None,
        }
    }

    /// Returns the part whose tables `load` loads, to restore the findings of the wanted readings
    /// together, without the outcomes of objects. Where that is not possible, those of each reading
    /// are restored.
    ///
    /// # Errors
    ///
    /// Returns an error if the counts are not as they should be.
    pub fn merged(
        load: &'p LoadTable<'p>,
        wanted: &'p [bool],
        request: &'p StoredRequest,
    ) -> Result<Self, StoredError> {
        let mut part = Self::each(load, wanted, request);
        let counts = part.load_counts()?;
        // A part has a thousand readings, and most of them add a few numbers.
        part.is_merged = uses::can_be_merged(&counts, wanted);
        if part.is_merged {
            part.readings.truncate(1);
        }
        part.counts = Some(counts);
        Ok(part)
    }

    /// Calls `restore` with each row of a table, and the findings of its reading if it is wanted.
    pub(super) fn each_row<T>(
        &mut self,
        table: &'static str,
        schema: &TableSchema<'_, T>,
        blank: impl Fn() -> T,
        restore: impl Fn(&mut Findings, T),
    ) -> Result<(), StoredError> {
        // Of an object that was read again, only the latest reading counts, so a part may hold
        // readings that are not wanted.
        for (reading, row) in stored_rows(self.load, table, schema, blank)? {
            if let Some(findings) = self.find(reading)? {
                restore(findings, row);
            }
        }
        Ok(())
    }

    /// Calls `restore` with each count of this kind, and the findings of its reading if it is
    /// wanted.
    pub(super) fn each_count(
        &mut self,
        kind: &str,
        restore: impl Fn(&mut Findings, Count) -> Result<(), StoredError>,
    ) -> Result<(), StoredError> {
        for (reading, count) in self.take_counts(kind)? {
            if let Some(findings) = self.find(reading)? {
                restore(findings, count)?;
            }
        }
        Ok(())
    }

    /// Loads a table with these columns.
    pub(super) fn table(
        &self,
        table: &'static str,
        columns: &[(&'static str, ColumnKind)],
    ) -> Result<StoredColumns, StoredError> {
        StoredColumns::load(self.load, table, columns)
    }

    /// Returns the findings of a reading; `None` if it is not wanted.
    pub(super) fn find(&mut self, reading: u64) -> Result<Option<&mut Findings>, StoredError> {
        let number = usize::try_from(reading).unwrap_or(usize::MAX);
        // Together, all readings restore what they found into the first.
        let place = if self.is_merged { 0 } else { number };
        match (self.wanted.get(number), self.readings.get_mut(place)) {
            (Some(is_wanted), Some(findings)) => Ok(is_wanted.then_some(findings)),
            _ => Err(StoredError::Reading(reading)),
        }
    }

    /// Calls `restore` with the findings of each reading that is wanted, if they are restored one
    /// by one.
    pub(super) fn each_wanted(&mut self, restore: impl Fn(&mut Findings)) {
        if self.is_merged {
            return;
        }
        let readings = self.readings.iter_mut().zip(self.wanted);
        for (findings, is_wanted) in readings {
            if *is_wanted {
                restore(findings);
            }
        }
    }

    fn take_counts(&mut self, kind: &str) -> Result<Vec<(u64, Count)>, StoredError> {
        let mut counts = match self.counts.take() {
            Some(counts) => counts,
            None => self.load_counts()?,
        };
        let taken = counts.remove(kind).unwrap_or_default();
        self.counts = Some(counts);
        Ok(taken)
    }

    fn load_counts(&self) -> Result<StoredCounts, StoredError> {
        let rows = stored_rows(self.load, counts::TABLE, &counts::schema(), Count::default)?;
        let mut by_kind = StoredCounts::new();
        for (reading, count) in rows {
            // A part has a few kinds and a row for each of its readings, so names are not copied.
            match by_kind.get_mut(&*count.kind) {
                Some(counts) => counts.push((reading, count)),
                None => {
                    by_kind.insert(count.kind.to_string(), vec![(reading, count)]);
                }
            }
        }
        Ok(by_kind)
    }

    /// Checks that every count has been taken: one that no finding knows would be lost.
    pub(super) fn check_counts(&self) -> Result<(), StoredError> {
        match self.counts.iter().flat_map(BTreeMap::keys).next() {
            Some(kind) => Err(StoredError::Count(kind.clone())),
            None => Ok(()),
        }
    }

    /// Returns the findings of each wanted reading, or those of all together.
    pub fn into_wanted(self) -> impl Iterator<Item = Findings> {
        let is_merged = self.is_merged;
        let wanted = self.readings.into_iter().zip(self.wanted);
        wanted.filter_map(move |(reading, is_wanted)| (is_merged || *is_wanted).then_some(reading))
    }
}

/// Reads the number of the reading of each row of a table.
///
/// # Errors
///
/// Returns an error if the table has no such numbers.
pub fn readings_of_rows(
    load: &LoadTable<'_>,
    table: &'static str,
) -> Result<Vec<u64>, StoredError> {
    Ok(StoredColumns::load(load, table, &[])?.readings)
}

/// Reads the rows of a table, each with the number of its reading.
///
/// # Errors
///
/// Returns an error if the table is not as the schema says.
pub fn stored_rows<T>(
    load: &LoadTable<'_>,
    table: &'static str,
    schema: &TableSchema<'_, T>,
    blank: impl Fn() -> T,
) -> Result<Vec<(u64, T)>, StoredError> {
    let mut columns = StoredColumns::load(load, table, &schema.read_columns())?;
    let rows = columns.read(schema, blank)?;
    Ok(columns.readings.into_iter().zip(rows).collect())
}

impl StoredColumns {
    fn load(
        load: &LoadTable<'_>,
        table: &'static str,
        columns: &[(&'static str, ColumnKind)],
    ) -> Result<Self, StoredError> {
        let mut with_reading = reading_schema().read_columns();
        with_reading.extend(columns);
        let loaded = load(table, &with_reading).map_err(StoredError::Load)?;
        let mut columns = Self {
            table,
            columns: TableColumns::new(loaded),
            readings: Vec::new(),
        };
        columns.readings = columns.read(&reading_schema(), || 0)?;
        Ok(columns)
    }

    /// Reads the share of a schema in the rows of the table.
    pub(super) fn read<T>(
        &mut self,
        schema: &TableSchema<'_, T>,
        blank: impl Fn() -> T,
    ) -> Result<Vec<T>, StoredError> {
        let table = self.table;
        let rows = schema.read(&mut self.columns, blank);
        rows.map_err(|source| StoredError::Table { table, source })
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use super::*;
    use crate::cloudtrail::usage::{UseCall, UsedMembers, UsedRecord};
    use crate::json::RecordMembers;
    use crate::metric::{Measurement, NoSample};
    use crate::problem::{Origin, Problem, ProblemKind};
    use crate::table::{Column, ColumnValues};
    use crate::time::period::{TimeRange, TimeSpan, timestamp};

    const RULES: [&str; 2] = ["one", "two"];

    fn origin(record: u64) -> Origin {
        Origin {
            object: "a.json".into(),
            record: Some(record),
            byte: Some(10 * record),
        }
    }

    fn matched(record: u64, matches: Vec<Match>) -> MatchedRecord {
        MatchedRecord {
            matches,
            record: KeptRecord {
                event_time: Some(timestamp(3600 + record as i64)),
                event_id: Some(record.to_string()),
                origin: origin(record),
                json: "{}".into(),
                ..KeptRecord::blank()
            },
        }
    }

    fn sample(rule: usize) -> Match {
        let dimensions = [("User".to_owned(), "root".to_owned())];
        let dimensions = dimensions.into_iter().collect();
        let value = 2.5;
        Match {
            rule,
            measured: Ok(Measurement { value, dimensions }),
        }
    }

    fn without_sample(rule: usize) -> Match {
        Match {
            rule,
            measured: Err(NoSample::DimensionMissing),
        }
    }

    fn object(selected: u64) -> ObjectOutcome {
        let mut time_span = TimeSpan::default();
        time_span.include(timestamp(3601));
        ObjectOutcome {
            object: "a.json".into(),
            key: Default::default(),
            status: ObjectStatus::Damaged,
            stored_bytes: 20,
            content_bytes: 40,
            records: RecordCounts {
                selected,
                unmatched: 3,
                excluded: 2,
                unparseable: 1,
            },
            time_span,
        }
    }

    /// Returns findings of every kind: a record that both rules selected and one that the second
    /// selected, which has no time.
    fn findings() -> Findings {
        let mut timeless = matched(2, vec![without_sample(1)]);
        timeless.record.event_time = None;
        let mut findings = Findings {
            objects: vec![object(2)],
            problems: vec![Problem {
                origin: origin(2),
                kind: ProblemKind::NoEventTime,
                detail: seen::MATCH_WITHOUT_TIME.to_owned(),
            }],
            activity: Activity { kms: 5, reads: 6 },
            ..Findings::default()
        };
        let both = vec![sample(0), without_sample(1)];
        findings.matches.inside = vec![matched(1, both), timeless];
        let mut earlier = matched(3, vec![sample(0)]);
        earlier.record.event_time = Some(timestamp(60));
        findings.matches.earlier = vec![earlier];
        findings.lifecycle = vec![LifecycleRecord {
            step: crate::cloudtrail::lifecycle::Step::Restored,
            deletion: Default::default(),
            names: Default::default(),
            record: matched(4, Vec::new()).record,
        }];
        findings.observe(seen(true));
        findings.observe(seen(false));
        findings.observe(SeenRecord {
            event_time: Some(timestamp(3605)),
            event_name: Some("Decrypt".into()),
            used: Some(used()),
            ..seen(true)
        });
        findings.call_times.end_file(&Default::default());
        findings.call_times.put_in_order();
        findings.sources = vec![SourceObject {
            object: "a.json".into(),
            stored_bytes: 20,
            etag: Some("\"e\"".into()),
            sha256: Some("00ff".into()),
        }];
        findings
    }

    /// Returns a use that was refused.
    fn used() -> UsedRecord<'static> {
        const TEXT: &str = r#"{"resources":[{"ARN":"arn:k"}],"errorCode":"NotFoundException"}"#;
        UsedRecord {
            call: UseCall::from_event("kms.amazonaws.com", "Decrypt").expect("a call"),
            account: Some("111122223333".into()),
            region: None,
            members: UsedMembers::new(RecordMembers::Text(TEXT)),
        }
    }

    /// Returns a record that adds to what is counted.
    fn seen(is_inside: bool) -> SeenRecord<'static> {
        SeenRecord {
            is_inside,
            event_time: Some(timestamp(3600)),
            is_time_unreadable: false,
            account: Some("111122223333".into()),
            region: Some("eu-west-1".into()),
            event_source: None,
            event_name: None,
            is_read_only: true,
            matched: None,
            lifecycle: None,
            used: None,
            defaults: Some(PublishedDefaults {
                minute: timestamp(3600),
                group: None,
                rules: [1].into_iter().collect(),
            }),
            ambiguous: vec![0],
        }
    }

    fn request(rules: &[&str]) -> StoredRequest {
        let names = rules.iter().map(|name| (*name).to_owned());
        let range = |start| TimeRange {
            start: Some(timestamp(start)),
            end: None,
        };
        StoredRequest {
            rules: names.zip(0..).collect(),
            range: range(3600),
            observed_range: range(0),
            with_json: true,
        }
    }

    fn tables(readings: &[Findings]) -> Vec<Table<'static>> {
        let rules = RULES.map(str::to_owned);
        let mut tables = StoredTables::new(readings.iter(), &rules);
        Findings::store(&mut tables);
        let tables = tables.finish().into_iter();
        let owned = tables.map(|table| Table {
            name: table.name,
            columns: table.columns.into_iter().map(Column::into_owned).collect(),
        });
        owned.collect()
    }

    fn restored(
        tables: &[Table<'static>],
        wanted: &[bool],
        request: &StoredRequest,
    ) -> Result<Vec<Findings>, String> {
        let load = load(tables);
        let mut part = StoredPart::each(&load, wanted, request);
        Findings::restore(&mut part).map_err(|error| error.to_string())?;
        Ok(part.into_wanted().collect())
    }

    fn load(
        tables: &[Table<'static>],
    ) -> impl Fn(&'static str, &[(&'static str, ColumnKind)]) -> Result<Table<'static>, LoadError>
    {
        move |name, columns| {
            let table = tables.iter().find(|table| table.name == name);
            let mut table = table.cloned().ok_or(format!("no table `{name}`"))?;
            let is_read =
                |column: &Column<'_>| columns.iter().any(|(name, _)| *name == column.name);
            table.columns.retain(is_read);
            Ok(table)
        }
    }

    /// Returns the findings of the wanted readings, merged.
    fn restored_together(tables: &[Table<'static>], wanted: &[bool]) -> (bool, Findings) {
        let (load, request) = (load(tables), request(&RULES));
        let mut part = StoredPart::merged(&load, wanted, &request).expect("a part");
        Findings::restore(&mut part).expect("findings");
        let (is_merged, mut merged) = (part.is_merged, Findings::default());
        for findings in part.into_wanted() {
            merged.merge(findings);
        }
        merged.objects = Vec::new();
        merged.sort();
        (is_merged, merged)
    }

    #[test]
    fn findings_are_restored_together_as_they_are_one_by_one() {
        let mut earlier = findings();
        earlier.uses = earlier.uses.with_unknown_objects(1);
        for (readings, expected_mode) in [
            ([Findings::default(), findings(), findings()], true),
            ([Findings::default(), findings(), earlier], false),
        ] {
            let mut merged = readings[1].clone();
            merged.merge(readings[2].clone());
            merged.objects = Vec::new();
            merged.sort();
            let (is_merged, found) = restored_together(&tables(&readings), &[false, true, true]);
            assert_eq!(is_merged, expected_mode);
            assert_eq!(found, merged);
        }
    }

    #[test]
    fn findings_are_restored_as_they_were_stored() {
        let readings = [Findings::default(), findings(), findings()];
        let tables = tables(&readings);
        let restored = restored(&tables, &[true, false, true], &request(&RULES));
        let expected = vec![Findings::default(), findings()];
        assert_eq!(restored, Ok(expected));
    }

    #[test]
    fn a_record_of_a_rule_that_is_not_requested_is_unmatched() {
        let restored = restored(&tables(&[findings()]), &[true], &request(&["one"]));
        let found = restored.expect("findings").remove(0);
        assert_eq!(found.matches.inside, [matched(1, vec![sample(0)])]);
        assert_eq!(found.problems, []);
        let object = &found.objects[0];
        assert_eq!((object.records.selected, object.records.unmatched), (1, 4));
        assert_eq!(object.status, ObjectStatus::Read);
    }

    #[test]
    fn rules_are_numbered_as_they_are_requested() {
        let restored = restored(&tables(&[findings()]), &[true], &request(&["two", "one"]));
        let found = restored.expect("findings").remove(0);
        let matches = &found.matches.inside[0].matches;
        assert_eq!(*matches, [without_sample(0), sample(1)]);
    }

    #[test]
    fn a_record_outside_the_range_is_left_out() {
        let mut request = request(&RULES);
        request.observed_range = request.range;
        let restored = restored(&tables(&[findings()]), &[true], &request);
        let found = restored.expect("findings").remove(0);
        assert_eq!(
            (found.matches.inside.len(), found.matches.earlier.len()),
            (2, 0)
        );
    }

    /// Returns the error after a column of a table has been changed.
    fn error(table: &str, column: &str, values: ColumnValues<'static>) -> String {
        let mut tables = tables(&[findings()]);
        for found in tables.iter_mut().filter(|found| found.name == table) {
            for found in found
                .columns
                .iter_mut()
                .filter(|found| found.name == column)
            {
                found.values = values.clone();
            }
        }
        restored(&tables, &[true], &request(&RULES)).unwrap_err()
    }

    #[test]
    fn a_count_that_no_finding_stores_is_refused() {
        let kinds = [
            "use",
            "account",
            "region",
            "planet",
            "default",
            "earlier-default",
        ];
        let kinds = kinds.map(|kind| Some(kind.into()));
        let error = error("counts", "counted", ColumnValues::Text(kinds.into()));
        assert_eq!(error, "unknown count `planet`");
    }

    #[test]
    fn a_count_by_the_minute_needs_its_minute() {
        let minutes = ColumnValues::Time(vec![None; 6]);
        let error = error("counts", "minute", minutes);
        assert_eq!(error, "a count of `default` has no minute");
    }

    #[test]
    fn a_row_of_a_reading_that_does_not_exist_is_refused() {
        let readings = ColumnValues::Integer(vec![Some(1)]);
        assert_eq!(
            error("problems", "reading", readings),
            "there is no reading 1"
        );
    }

    #[test]
    fn an_unknown_name_is_refused() {
        let kinds = ColumnValues::Text(vec![Some("bad-luck".into())]);
        let error = error("problems", "kind", kinds);
        assert_eq!(
            error,
            "problems: column `kind`, row 0: unknown name `bad-luck`"
        );
    }
}
