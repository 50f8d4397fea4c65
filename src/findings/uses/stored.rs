//! Uses in a ledger.

use std::borrow::Cow;

use jiff::Timestamp;

use super::counted::{COLLECTED, OMITTED};
use super::limit::UseLimit;
use super::row::RowKey;
use super::{Use, UseDetail};
use crate::cloudtrail::usage::{UseOutcome, UseService};
use crate::findings::stored::reading_schema;
use crate::findings::{Count, StoredError, StoredPart, StoredTables};
use crate::table::schema::{TableSchema, by_name};

/// The name of their table in a ledger.
const TABLE: &str = "uses";

/// A row of uses, as a ledger stores it.
#[derive(Clone, Debug)]
struct StoredUse<'a> {
    resource: Cow<'a, str>,
    account: Option<Cow<'a, str>>,
    region: Option<Cow<'a, str>>,
    service: UseService,
    event_name: Cow<'a, str>,
    outcome: UseOutcome,
    principal: Option<Cow<'a, str>>,
    source_ip_address: Option<Cow<'a, str>>,
    user_agent: Option<Cow<'a, str>>,
    first: Timestamp,
    last: Timestamp,
    count: u64,
}

/// Adds the uses of each reading to the tables of a part.
pub(super) fn store(tables: &mut StoredTables<'_>) {
    let (mut readings, mut columns) = (Vec::new(), Vec::new());
    let mut settled = Vec::new();
    for (reading, findings) in tables.numbered() {
        settled.push((reading, findings.uses.settled()));
    }
    for (reading, uses) in &settled {
        let rows = uses.all().map(StoredUse::new);
        columns.extend(rows);
        readings.resize(columns.len(), *reading);
    }
    let mut table = reading_schema().owned_columns(&readings);
    table.extend(schema().owned_columns(&columns));
    tables.add(TABLE, table);
    tables.add_counts(|findings, counts| {
        let uses = &findings.uses;
        // Without this count, a reading is one of a version that did not collect uses.
        if uses.unknown_objects == 0 {
            counts.push(Count::new(
                COLLECTED,
                "",
                uses.all().map(|row| row.count).sum(),
            ));
        }
        if uses.limit != UseLimit::default() {
            counts.push(Count::new(OMITTED, &uses.limit.text(), uses.omitted));
        }
    });
}

/// Restores the uses of each reading from the tables of a part.
pub(super) fn restore(part: &mut StoredPart<'_>) -> Result<(), StoredError> {
    part.each_wanted(|findings| {
        let objects = findings.objects.iter();
        let with_records = objects.filter(|object| object.records.has_wanted());
        findings.uses.unknown_objects = with_records.count() as u64;
    });
    part.each_count(COLLECTED, |findings, _| {
        findings.uses.unknown_objects = 0;
        Ok(())
    })?;
    // The limit comes first, since rows are added in its detail.
    part.each_count(OMITTED, |findings, count| {
        let limit = UseLimit::parse(&count.name);
        findings.uses.limit = limit.ok_or_else(|| StoredError::Limit(count.name.clone()))?;
        findings.uses.omitted = count.count;
        Ok(())
    })?;
    part.each_row(TABLE, &schema(), StoredUse::blank, |findings, row| {
        findings.uses.add(&row.view());
    })
}

fn schema<'a>() -> TableSchema<'a, StoredUse<'a>> {
    TableSchema::<StoredUse<'_>>::builder()
        .and([
            place_schema(),
            call_schema(),
            caller_schema(),
            time_schema(),
        ])
        .build()
}

fn place_schema<'a>() -> TableSchema<'a, StoredUse<'a>> {
    TableSchema::<StoredUse<'_>>::builder()
        .text("resource", |row| Some(&row.resource))
        .required(|row, text| row.resource = Cow::Owned(text))
        .text("account", |row| row.account.as_deref())
        .optional(|row, text| row.account = text.map(Cow::Owned))
        .text("region", |row| row.region.as_deref())
        .optional(|row, text| row.region = text.map(Cow::Owned))
        .build()
}

fn call_schema<'a>() -> TableSchema<'a, StoredUse<'a>> {
    // A ledger may lie in an archive. With the names that records have for these, the table would
    // be taken for one of records.
    TableSchema::<StoredUse<'_>>::builder()
        .text("service", |row| Some(row.service.event_source()))
        .try_required(|row, name| {
            row.service = by_name(UseService::ALL, UseService::event_source, &name)?;
            Ok(())
        })
        .text("call", |row| Some(&row.event_name))
        .required(|row, text| row.event_name = Cow::Owned(text))
        .text("outcome", |row| Some(row.outcome.name()))
        .try_required(|row, name| {
            row.outcome = by_name(UseOutcome::ALL, UseOutcome::name, &name)?;
            Ok(())
        })
        .build()
}

fn caller_schema<'a>() -> TableSchema<'a, StoredUse<'a>> {
    TableSchema::<StoredUse<'_>>::builder()
        .text("principal", |row| row.principal.as_deref())
        .optional(|row, text| row.principal = text.map(Cow::Owned))
        .text("source_ip_address", |row| row.source_ip_address.as_deref())
        .optional(|row, text| row.source_ip_address = text.map(Cow::Owned))
        .text("user_agent", |row| row.user_agent.as_deref())
        .optional(|row, text| row.user_agent = text.map(Cow::Owned))
        .build()
}

fn time_schema<'a>() -> TableSchema<'a, StoredUse<'a>> {
    TableSchema::<StoredUse<'_>>::builder()
        .time("first", |row| Some(row.first))
        .required(|row, time| row.first = time)
        .time("last", |row| Some(row.last))
        .required(|row, time| row.last = time)
        .integer("count", |row| Some(row.count))
        .required(|row, count| row.count = count)
        .build()
}

impl<'a> StoredUse<'a> {
    fn new(row: Use<'a>) -> Self {
        Self {
            resource: row.resource.into(),
            account: row.account.map(Cow::Borrowed),
            region: row.region.map(Cow::Borrowed),
            service: row.service,
            event_name: row.event_name.into(),
            outcome: row.outcome,
            principal: row.principal.map(Cow::Borrowed),
            source_ip_address: row.source_ip_address.map(Cow::Borrowed),
            user_agent: row.user_agent.map(Cow::Borrowed),
            first: row.first,
            last: row.last,
            count: row.count,
        }
    }

    fn blank() -> Self {
        Self {
            resource: Cow::Borrowed(""),
            account: None,
            region: None,
            service: UseService::SecretsManager,
            event_name: Cow::Borrowed(""),
            outcome: UseOutcome::Succeeded,
            principal: None,
            source_ip_address: None,
            user_agent: None,
            first: Timestamp::UNIX_EPOCH,
            last: Timestamp::UNIX_EPOCH,
            count: 0,
        }
    }

    fn view(&self) -> Use<'_> {
        Use {
            resource: &self.resource,
            account: self.account.as_deref(),
            region: self.region.as_deref(),
            service: self.service,
            event_name: &self.event_name,
            outcome: self.outcome,
            principal: self.principal.as_deref(),
            source_ip_address: self.source_ip_address.as_deref(),
            user_agent: self.user_agent.as_deref(),
            first: self.first,
            last: self.last,
            count: self.count,
        }
    }
}

impl UseLimit {
    /// Returns the limit as a ledger stores it, as in `caller/00ff.../a1b2...`.
    fn text(self) -> String {
        let detail = self.detail.name();
        match self.evicted_from {
            None => detail.to_owned(),
            Some(RowKey { resource, row }) => format!("{detail}/{resource:016x}/{row:016x}"),
        }
    }

    /// Reads a limit that a ledger stores.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let detail = by_name(UseDetail::ALL, UseDetail::name, parts.next()?).ok()?;
        let evicted_from = match (parts.next(), parts.next()) {
            (None, _) => None,
            (Some(resource), row) => Some(RowKey {
                resource: number(resource)?,
                row: number(row?)?,
            }),
        };
        Some(Self {
            detail,
            evicted_from,
        })
    }
}

/// Returns the number that hexadecimal digits stand for.
fn number(digits: &str) -> Option<u64> {
    u64::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_read_as_it_was_stored() {
        let key = RowKey {
            resource: u64::MAX,
            row: 7,
        };
        for detail in UseDetail::ALL {
            for evicted_from in [None, Some(key)] {
                let limit = UseLimit {
                    detail,
                    evicted_from,
                };
                assert_eq!(UseLimit::parse(&limit.text()), Some(limit));
            }
        }
        for text in ["", "minute", "caller/7", "caller/7/x", "caller/x/7"] {
            assert_eq!(UseLimit::parse(text), None, "{text}");
        }
    }
}
