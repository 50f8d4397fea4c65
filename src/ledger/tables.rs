//! The tables of a part: readings of objects to rows, and rows to readings.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::Timestamp;

use super::part::Part;
use super::scanned::{Identity, ScannedObject, StoredIdentity};
use super::{LedgerError, Scope, days};
use crate::findings::{
    Findings, LoadError, OBJECTS, ObjectDays, ObjectOutcome, StoredError, StoredPart,
    StoredRequest, StoredTables, object_schema, readings_of_rows, stored_rows,
};
use crate::plan::Plan;
use crate::problem::ProblemKind;
use crate::table::schema::{TableSchema, by_name};
use crate::table::{Column, ColumnKind, Table};
use crate::time::period::TimeRange;

/// The first columns of the table of objects, in order: the number and the identity of the reading.
const IDENTITY_COLUMNS: [&str; 11] = [
    "reading",
    "object_key",
    "listed_key",
    "etag",
    "etag_md5",
    "modified_at",
    "stored_bytes",
    "listed_bytes",
    "read_at",
    "failure",
    "named",
];

impl StoredRequest {
    /// Returns the request of what a report of a plan needs.
    pub(super) fn from_plan(plan: &Plan) -> Self {
        let names = plan.rules.iter().map(|rule| rule.name.clone());
        Self {
            rules: names.zip(0..).collect(),
            range: plan.selection.range,
            observed_range: plan.observed_range(),
            with_json: false,
        }
    }

    /// Returns the request of everything, with the rules numbered in the order of the scope.
    pub(super) fn from_scope(scope: &Scope) -> Self {
        let names = scope.rules.iter().map(|rule| rule.rule.clone());
        Self {
            rules: names.zip(0..).collect(),
            range: scope.range(),
            observed_range: TimeRange {
                start: scope.known_from,
                ..scope.range()
            },
            with_json: true,
        }
    }
}

/// Returns the tables of readings. `rules` are the names of the rules, and `range` is that of the
/// request.
pub(super) fn tables<'a>(
    scanned: &'a [ScannedObject],
    rules: &'a [String],
    range: TimeRange,
) -> Vec<Table<'a>> {
    let readings = scanned.iter().map(|object| &object.findings);
    let mut tables = StoredTables::new(readings, rules);
    Findings::store(&mut tables);
    tables.add(OBJECTS, identity_columns(scanned));
    let mut tables = tables.finish();
    let objects = scanned.iter().flat_map(|object| &object.findings.objects);
    tables.push(days::table(&ObjectDays::new(objects, range)));
    // Findings store the outcomes of the objects, and know no identities.
    for table in &mut tables {
        if table.name == OBJECTS {
            put_identity_first(table);
        }
    }
    tables
}

/// Puts the columns of an identity before the others.
fn put_identity_first(table: &mut Table<'_>) {
    // The order belongs to the format: the same findings have the same bytes in every version.
    table.columns.sort_by_key(|column| {
        let mut first = IDENTITY_COLUMNS.iter();
        let position = first.position(|name| *name == column.name);
        position.unwrap_or(IDENTITY_COLUMNS.len())
    });
}

/// Returns the function that loads the tables of a part.
pub(super) fn loader(
    part: &Part,
) -> impl Fn(&'static str, &[(&'static str, ColumnKind)]) -> Result<Table<'static>, LoadError> {
    |name, columns| part.table(name, columns).map_err(LoadError::from)
}

/// Returns the error of a part in whose tables there is one.
pub(super) fn failed(part: &Part, error: StoredError) -> LedgerError {
    match error {
        // That a file cannot be read is no damage.
        StoredError::Load(error) => match error.downcast::<LedgerError>() {
            Ok(error) => *error,
            Err(error) => part.damaged(error.to_string()),
        },
        error => part.damaged(error.to_string()),
    }
}

/// Restores the findings of each reading of a part that is wanted, in the order of their numbers.
///
/// # Errors
///
/// Returns an error if the part is damaged.
pub(super) fn each_wanted(
    part: &Part,
    wanted: &[bool],
    request: &StoredRequest,
) -> Result<Vec<Findings>, LedgerError> {
    let load = loader(part);
    let mut stored = StoredPart::each(&load, wanted, request);
    let restored = Findings::restore(&mut stored);
    restored.map_err(|error| failed(part, error))?;
    Ok(stored.into_wanted().collect())
}

/// Restores the findings of the readings of a part that are wanted, merged and without the outcomes
/// of objects.
///
/// # Errors
///
/// Returns an error if the part is damaged.
pub(super) fn merged(
    part: &Part,
    wanted: &[bool],
    request: &StoredRequest,
) -> Result<Findings, LedgerError> {
    let load = loader(part);
    let failed = |error: StoredError| failed(part, error);
    let mut stored = StoredPart::merged(&load, wanted, request).map_err(failed)?;
    Findings::restore(&mut stored).map_err(failed)?;
    let mut merged = Findings::default();
    for findings in stored.into_wanted() {
        merged.merge(findings);
    }
    // Readings that are restored together have no objects, so the others must not have any either.
    merged.objects = Vec::new();
    Ok(merged)
}

/// Returns the outcomes of the objects of a part whose readings are wanted, in the order of their
/// names.
///
/// # Errors
///
/// Returns an error if the part is damaged.
pub(super) fn objects(part: &Part, wanted: &[bool]) -> Result<Vec<ObjectOutcome>, LedgerError> {
    let load = loader(part);
    let rows = stored_rows(&load, OBJECTS, &object_schema(), ObjectOutcome::default);
    let rows = rows.map_err(|error| failed(part, error))?;
    let objects = rows
        .into_iter()
        .filter(|(reading, _)| is_wanted(wanted, *reading))
        .map(|(_, object)| object);
    let mut objects: Vec<ObjectOutcome> = objects.collect();
    objects.sort();
    Ok(objects)
}

fn is_wanted(wanted: &[bool], reading: u64) -> bool {
    wanted.get(reading as usize) == Some(&true)
}

/// Returns the number of rows of a table whose readings are wanted.
///
/// # Errors
///
/// Returns an error if the part is damaged.
pub(super) fn count_rows(
    part: &Part,
    table: &'static str,
    wanted: &[bool],
) -> Result<u64, LedgerError> {
    let load = loader(part);
    let readings = readings_of_rows(&load, table);
    let readings = readings.map_err(|error| failed(part, error))?;
    let counted = readings
        .iter()
        .filter(|reading| is_wanted(wanted, **reading));
    Ok(counted.count() as u64)
}

/// Returns the identities of the readings of a part as they were written, by their numbers.
///
/// # Errors
///
/// Returns an error if the part is damaged.
pub(super) fn stored_identities(part: &Part) -> Result<Vec<StoredIdentity>, LedgerError> {
    let rows = identity_rows(part).map_err(|error| failed(part, error))?;
    in_order(rows).map_err(|detail| part.damaged(format!("{OBJECTS}: {detail}")))
}

/// Returns the identities of the readings of a part, by their numbers. Those that this version
/// would fail to read again do not count as failed.
///
/// # Errors
///
/// Returns an error if the part is damaged.
pub(super) fn identities(part: &Part) -> Result<Vec<StoredIdentity>, LedgerError> {
    let mut identities = stored_identities(part)?;
    if part.manifest.is_of_this_version() {
        // The version that read it is this one, which would fail again for the form of the bytes.
        for StoredIdentity { identity, .. } in &mut identities {
            identity.failure = identity.failure.filter(|kind| !kind.is_of_form());
        }
    }
    Ok(identities)
}

/// Returns the identity of each reading, of which each row of it has a copy.
fn in_order(rows: Vec<(u64, IdentityRow)>) -> Result<Vec<StoredIdentity>, String> {
    let mut identities: Vec<StoredIdentity> = Vec::with_capacity(rows.len());
    for (number, (reading, row)) in rows.into_iter().enumerate() {
        // The rows of a reading follow each other, and readings are numbered in their order.
        let next = identities.len() as u64;
        match identities.last_mut() {
            Some(last) if reading + 1 == next => last.add(row),
            _ if reading == next => identities.push(row.into_stored()),
            _ => return Err(format!("row {number} is out of order")),
        }
    }
    Ok(identities)
}

fn identity_rows(part: &Part) -> Result<Vec<(u64, IdentityRow)>, StoredError> {
    let mut schemas = vec![listing_schema(), reading_schema(), object_key_schema()];
    if part.manifest.has_md5_column() {
        schemas.push(md5_schema());
    }
    let schema = TableSchema::builder().and(schemas).build();
    let load = loader(part);
    stored_rows(&load, OBJECTS, &schema, IdentityRow::default)
}

/// The identity of a reading, beside each object that it found.
#[derive(Clone, Debug, Default)]
struct IdentityRow {
    object_key: Arc<str>,
    object_bytes: u64,
    /// The key, where it is not that of the object.
    listed_key: Option<Arc<str>>,
    etag: Option<String>,
    modified_at: Option<Timestamp>,
    /// The size, where it is not that of the object.
    listed_bytes: Option<u64>,
    read_at: Timestamp,
    failure: Option<ProblemKind>,
    named: bool,
}

fn identity_columns(scanned: &[ScannedObject]) -> Vec<Column<'static>> {
    let mut rows = Vec::new();
    for ScannedObject { identity, findings } in scanned {
        let objects = findings.objects.iter();
        rows.extend(objects.map(|object| IdentityRow::new(identity, object)));
    }
    identity_schema().owned_columns(&rows)
}

/// The columns that a ledger adds to those of the objects.
fn identity_schema() -> TableSchema<'static, IdentityRow> {
    TableSchema::<IdentityRow>::builder()
        .and([listing_schema(), md5_schema(), reading_schema()])
        .build()
}

fn listing_schema() -> TableSchema<'static, IdentityRow> {
    TableSchema::<IdentityRow>::builder()
        .text("listed_key", |row| row.listed_key.as_deref())
        .optional(|row, key| row.listed_key = key.map(Arc::from))
        .text("etag", IdentityRow::other_etag)
        .optional(IdentityRow::set_other_etag)
        .time("modified_at", |row| row.modified_at)
        .optional(|row, time| row.modified_at = time)
        .integer("listed_bytes", |row| row.listed_bytes)
        .optional(|row, bytes| row.listed_bytes = bytes)
        .build()
}

/// The column of ETags that are an MD5, as nearly all are. Their bytes are random, so that a ledger
/// is as small as their text is.
fn md5_schema() -> TableSchema<'static, IdentityRow> {
    TableSchema::<IdentityRow>::builder()
        .made_text("etag_md5", |row| Some(short_md5(&row.md5()?)))
        .try_optional(IdentityRow::set_md5)
        .build()
}

fn reading_schema() -> TableSchema<'static, IdentityRow> {
    TableSchema::<IdentityRow>::builder()
        .time("read_at", |row| Some(row.read_at))
        .required(|row, time| row.read_at = time)
        .text("failure", |row| Some(row.failure?.name()))
        .try_optional(IdentityRow::set_failure)
        .integer("named", |row| Some(row.named.into()))
        .required(|row, named| row.named = named == 1)
        .build()
}

/// The columns of the objects that an identity is completed with.
fn object_key_schema() -> TableSchema<'static, IdentityRow> {
    TableSchema::<IdentityRow>::builder()
        .text("object_key", |row| Some(&row.object_key))
        .required(|row, key| row.object_key = key.into())
        .integer("stored_bytes", |row| Some(row.object_bytes))
        .required(|row, bytes| row.object_bytes = bytes)
        .build()
}

impl IdentityRow {
    fn new(identity: &Identity, object: &ObjectOutcome) -> Self {
        // Only archives have other names and sizes than their files, so these columns are mostly
        // empty.
        let (key, bytes) = (&identity.key, identity.stored_bytes);
        Self {
            object_key: object.object.clone(),
            object_bytes: object.stored_bytes,
            listed_key: (*key != object.object).then(|| key.clone()),
            etag: identity.etag.clone(),
            modified_at: identity.modified_at,
            listed_bytes: (bytes != object.stored_bytes).then_some(bytes),
            read_at: identity.read_at,
            failure: identity.failure,
            named: identity.named,
        }
    }

    /// Returns the MD5 that the ETag is.
    fn md5(&self) -> Option<[u8; 16]> {
        md5_of_etag(self.etag.as_deref()?)
    }

    /// Returns the ETag if it is not an MD5.
    fn other_etag(&self) -> Option<&str> {
        match self.md5() {
            Some(_) => None,
            None => self.etag.as_deref(),
        }
    }

    fn set_other_etag(&mut self, etag: Option<String>) {
        if etag.is_some() {
            self.etag = etag;
        }
    }

    fn set_md5(&mut self, short: Option<String>) -> Result<(), String> {
        if let Some(short) = short {
            self.etag = Some(etag_of_md5(&short)?);
        }
        Ok(())
    }

    fn set_failure(&mut self, name: Option<String>) -> Result<(), String> {
        self.failure = match name {
            Some(name) => Some(by_name(ProblemKind::ALL, ProblemKind::name, &name)?),
            None => None,
        };
        Ok(())
    }

    fn into_stored(self) -> StoredIdentity {
        let is_own = self.listed_key.is_none();
        StoredIdentity {
            own_bytes: is_own.then_some(self.object_bytes),
            last_name: self.object_key.clone(),
            identity: Identity {
                key: self.listed_key.unwrap_or(self.object_key),
                read_at: self.read_at,
                etag: self.etag,
                modified_at: self.modified_at,
                stored_bytes: self.listed_bytes.unwrap_or(self.object_bytes),
                named: self.named,
                failure: self.failure,
            },
        }
    }
}

/// Returns the MD5 that an ETag is, if it is written as S3 writes them.
fn md5_of_etag(etag: &str) -> Option<[u8; 16]> {
    let digits = etag.strip_prefix('"')?.strip_suffix('"')?;
    // The ETag is made from the MD5 again, so only digits that come out the same are left out.
    if !digits.bytes().all(is_lowercase_digit) {
        return None;
    }
    let mut md5 = [0; 16];
    hex::decode_to_slice(digits, &mut md5).ok()?;
    Some(md5)
}

fn is_lowercase_digit(digit: u8) -> bool {
    matches!(digit, b'0'..=b'9' | b'a'..=b'f')
}

/// Returns an MD5 as the text that takes the least room.
fn short_md5(md5: &[u8; 16]) -> String {
    STANDARD_NO_PAD.encode(md5)
}

/// Returns the ETag of an MD5 that [`short_md5`] wrote.
fn etag_of_md5(short: &str) -> Result<String, String> {
    let bytes = STANDARD_NO_PAD.decode(short).unwrap_or_default();
    match <[u8; 16]>::try_from(bytes) {
        Ok(md5) => Ok(["\"", &hex::encode(md5), "\""].concat()),
        Err(_) => Err(format!("`{short}` is not an MD5")),
    }
}

impl StoredIdentity {
    /// Adds a further object of the reading.
    fn add(&mut self, row: IdentityRow) {
        if row.listed_key.is_none() && self.own_bytes.is_none() {
            self.own_bytes = Some(row.object_bytes);
        }
        if row.object_key > self.last_name {
            self.last_name = row.object_key;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::schema::TableColumns;

    fn row(key: &str) -> IdentityRow {
        IdentityRow {
            object_key: key.into(),
            ..IdentityRow::default()
        }
    }

    #[test]
    fn each_reading_has_one_identity() {
        let rows = vec![
            (0, row("a")),
            (1, row("b/1")),
            (1, row("b/2")),
            (2, row("c")),
        ];
        let keys = in_order(rows).expect("identities");
        let keys: Vec<&str> = keys.iter().map(|stored| &*stored.identity.key).collect();
        assert_eq!(keys, ["a", "b/1", "c"]);
        for readings in [[1, 2], [0, 2]] {
            let rows = readings.map(|reading| (reading, row("a")));
            assert!(in_order(rows.to_vec()).is_err(), "{readings:?}");
        }
    }

    #[test]
    fn an_identity_takes_from_its_object_what_is_the_same() {
        let mut row = row("a/1");
        row.object_bytes = 7;
        let own = row.clone().into_stored();
        assert_eq!((&*own.identity.key, own.identity.stored_bytes), ("a/1", 7));
        assert_eq!(own.own_bytes, Some(7));
        row.listed_key = Some("a".into());
        row.listed_bytes = Some(9);
        let archive = row.into_stored();
        let identity = archive.identity;
        assert_eq!((&*identity.key, identity.stored_bytes), ("a", 9));
        assert_eq!((archive.own_bytes, &*archive.last_name), (None, "a/1"));
    }

    #[test]
    fn an_etag_that_is_an_md5_is_stored_as_one() {
        let md5 = "\"0cc175b9c0f1b6a831c399e269772661\"";
        let mut row = row("a");
        row.etag = Some(md5.to_owned());
        let table = identity_schema().table(OBJECTS, std::slice::from_ref(&row));
        let read = identity_schema().read(&mut TableColumns::new(table), IdentityRow::default);
        assert_eq!(read.expect("a row")[0].etag.as_deref(), Some(md5));
        assert_eq!(row.other_etag(), None);
        for other in [
            "0cc175b9c0f1b6a831c399e269772661",
            "\"0CC175B9C0F1B6A831C399E269772661\"",
            "\"0cc175b9c0f1b6a831c399e269772661-2\"",
            "\"0cc175b9c0f1b6a831c399e2697726\"",
            "\"\"",
            "\"",
            "",
        ] {
            row.etag = Some(other.to_owned());
            assert_eq!((row.md5(), row.other_etag()), (None, Some(other)));
        }
        for short in ["", "AAAA", "not base64", "AAAAAAAAAAAAAAAAAAAAAB"] {
            assert!(row.set_md5(Some(short.to_owned())).is_err(), "{short}");
        }
    }

    #[test]
    fn the_columns_of_an_identity_come_first() {
        let column = |name| Column {
            name,
            values: crate::table::ColumnValues::Integer(Vec::new()),
        };
        let names = ["reading", "status", "object_key", "excluded", "named"];
        let mut table = Table {
            name: OBJECTS,
            columns: names.map(column).into(),
        };
        put_identity_first(&mut table);
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        assert_eq!(
            names,
            ["reading", "object_key", "named", "status", "excluded"]
        );
    }
}
