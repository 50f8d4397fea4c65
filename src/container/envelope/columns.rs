//! Results of queries that keep the names of columns in one place and their values in another.
//!
//! Search engines, databases and libraries of tables differ in the words, and agree in the shapes:
//! an array of names with rows beside it, or an object with a list of values for each name.

use std::borrow::Cow;

use super::record::{MemberTexts, member, unquoted};
use crate::container::schema::standing::{Standing, is_of_caller, is_source};
use crate::json::{Shallow, members_of_valid, valid};

/// The most columns of a table. CloudTrail has thirty fields, and structures with a column for each
/// member have some hundred.
const COLUMNS_LIMIT: usize = 4096;

/// The members that hold the name of a column, where it is described by an object.
const NAME_MEMBERS: [&str; 6] = ["name", "Name", "ColumnName", "field", "label", "text"];

/// The members that hold the value of a cell, where it is an object of its own.
const VALUE_MEMBERS: [&str; 7] = [
    "v",
    "VarCharValue",
    "stringValue",
    "longValue",
    "doubleValue",
    "booleanValue",
    "isNull",
];

/// The objects that have the names of columns in one of their members.
const SCHEMAS: [&str; 3] = ["schema", "resultSetMetaData", "ResultSetMetadata"];

/// The member whose arrays are columns rather than rows.
const COLUMNS: &str = "columns";

/// The member of a request that is a list, even if it has one element.
const LIST_OF_TARGETS: &str = "secretIdList";

/// The end of the source of a record.
const SERVICE_DOMAIN: &str = ".amazonaws.com";

/// The cells of a row, by the names of their columns.
pub(super) type Cells<'t> = Vec<(Cow<'t, str>, &'t str)>;

/// A table in an object.
#[derive(Debug, Default)]
pub(super) struct RecordTable<'t> {
    names: Vec<Cow<'t, str>>,
    rows: Vec<Vec<&'t str>>,
    /// True if there are values that are not as many as the columns.
    has_others: bool,
}

impl<'t> RecordTable<'t> {
    /// Returns true if there are values that may be those of records, and belong to no column.
    pub(super) fn loses_records(&self) -> bool {
        self.has_others && standing(&self.names) == Standing::Record
    }

    /// Returns the cells of each row.
    pub(super) fn rows(&self) -> impl Iterator<Item = Cells<'t>> {
        let rows = self.rows.iter();
        rows.filter_map(|values| zipped(&self.names, values))
    }
}

/// Returns the names of columns in an array of names, or of objects with a name each, if a field
/// of a record is one of them, or something else that callers write.
pub(super) fn names_in(array: &str) -> Option<Vec<Cow<'_, str>>> {
    if !array.starts_with('[') {
        return None;
    }
    let mut names = Vec::new();
    // Most arrays are not of names, which their first element shows.
    for element in valid::elements(array) {
        if names.len() == COLUMNS_LIMIT {
            return None;
        }
        names.push(name_in(element)?);
    }
    names.iter().any(|name| is_of_caller(name)).then_some(names)
}

fn name_in(element: &str) -> Option<Cow<'_, str>> {
    if element.starts_with('{') {
        let members = members_of_valid(element);
        let mut names = NAME_MEMBERS.iter();
        let name = names.find_map(|name| member(&members, name).and_then(text));
        return name.map(|name| name.into_owned().into());
    }
    text(element)
}

fn text(raw: &str) -> Option<Cow<'_, str>> {
    match Shallow::from_accepted(raw) {
        Shallow::Text(text) => Some(text),
        _ => None,
    }
}

fn standing(names: &[Cow<'_, str>]) -> Standing {
    Standing::of_names(names.iter().map(AsRef::as_ref))
}

/// Returns the names in an array that is the first row of a table of records.
pub(super) fn first_row(array: &str) -> Option<Vec<Cow<'_, str>>> {
    let first = array.strip_prefix('[')?.trim_start();
    let names = first.starts_with('"').then(|| names_in(array)).flatten();
    names.filter(|names| standing(names) != Standing::Other)
}

/// Returns the table that an object is; nothing for any other object.
pub(super) fn table<'t>(members: &MemberTexts<'t>) -> Option<RecordTable<'t>> {
    by_name(members).or_else(|| beside_names(members))
}

/// Returns the table in an object that has the names of columns in one member, and rows in another.
fn beside_names<'t>(members: &MemberTexts<'t>) -> Option<RecordTable<'t>> {
    let (place, names) = members
        .iter()
        .enumerate()
        .find_map(|(place, (name, value))| {
            let names = (!is_of_caller(name))
                .then(|| names_within(name, value))
                .flatten();
            Some((place, names?))
        })?;
    let mut table = RecordTable {
        names,
        ..RecordTable::default()
    };
    for (number, (name, value)) in members.iter().enumerate() {
        if number == place || !value.starts_with('[') || is_of_caller(name) {
            continue;
        }
        match name == COLUMNS {
            true => table.add_columns(value),
            false => table.add_rows(value),
        }
    }
    Some(table)
}

/// Returns the names of columns that a member holds, or that the schema in it does.
fn names_within<'t>(name: &str, value: &'t str) -> Option<Vec<Cow<'t, str>>> {
    if SCHEMAS.contains(&name) && value.starts_with('{') {
        let mut members = valid::members(value);
        return members.find_map(|(_, value)| names_in(value));
    }
    names_in(value)
}

impl<'t> RecordTable<'t> {
    fn add_rows(&mut self, array: &'t str) {
        // The numbers of the rows are beside them, and are none.
        for values in valid::elements(array).filter_map(row_in) {
            match values.len() == self.names.len() {
                true => self.rows.push(values),
                false => self.has_others = true,
            }
        }
    }

    /// Adds the rows of an array that has an array of values for each column.
    fn add_columns(&mut self, array: &'t str) {
        let columns: Option<Vec<Vec<&str>>> = valid::elements(array).map(row_in).collect();
        let columns = columns.filter(|columns| columns.len() == self.names.len());
        match columns {
            Some(columns) => self.add_transposed(&columns),
            None => self.has_others = true,
        }
    }

    fn add_transposed(&mut self, columns: &[Vec<&'t str>]) {
        let count = columns.first().map_or(0, Vec::len);
        if columns.iter().any(|values| values.len() != count) {
            self.has_others = true;
            return;
        }
        for number in 0..count {
            let values = columns.iter().filter_map(|values| values.get(number));
            self.rows.push(values.copied().collect());
        }
    }
}

/// Returns the values of a row: an array, or an object that holds nothing but one.
fn row_in(element: &str) -> Option<Vec<&str>> {
    if element.starts_with('[') {
        return Some(valid::elements(element).map(cell_in).collect());
    }
    if !element.starts_with('{') {
        return None;
    }
    let mut members = valid::members(element);
    match (members.next(), members.next()) {
        (Some((_, array)), None) if array.starts_with('[') => {
            Some(valid::elements(array).map(cell_in).collect())
        }
        _ => None,
    }
}

/// Returns the value of a cell, which may be an object with its type as its name.
fn cell_in(element: &str) -> &str {
    if !element.starts_with('{') {
        return element;
    }
    let mut members = valid::members(element);
    let (Some((name, value)), None) = (members.next(), members.next()) else {
        return element;
    };
    match unquoted(name) {
        "isNull" => "null",
        name if VALUE_MEMBERS.contains(&name) => value,
        _ => element,
    }
}

fn zipped<'t>(names: &[Cow<'t, str>], values: &[&'t str]) -> Option<Cells<'t>> {
    let has_all = names.len() == values.len();
    let cells = names.iter().cloned().zip(values.iter().copied());
    has_all.then(|| cells.collect())
}

/// Returns the row that an array is below an array with the names of its columns.
pub(super) fn row_below<'t>(names: &'t [String], array: &'t str) -> Option<Cells<'t>> {
    let names: Vec<Cow<'t, str>> = names.iter().map(|name| name.as_str().into()).collect();
    let cells = zipped(&names, &row_in(array)?)?;
    let mut sources = cells.iter().filter(|(name, _)| is_source(name));
    // Arrays of other things may be as long.
    sources.any(|(_, value)| is_service(value)).then_some(cells)
}

/// Returns the table in an object that has all values of a column under its name: in a list, or in
/// an object with the number of each row.
fn by_name<'t>(members: &MemberTexts<'t>) -> Option<RecordTable<'t>> {
    let mut sources = members.iter().filter(|(name, _)| is_source(name));
    let (_, source) = sources.next()?;
    let sources = values_in(source)?;
    // Rules of EventBridge have lists of sources and names, and none of times.
    let are_services = sources.iter().all(|source| is_service(source));
    let standing = Standing::of_names(members.iter().map(|(name, _)| name.as_ref()));
    if !are_services || standing != Standing::Record {
        return None;
    }
    Some(match source.starts_with('[') && sources.len() == 1 {
        true => RecordTable::of_document(members),
        false => RecordTable::of_columns(members),
    })
}

impl<'t> RecordTable<'t> {
    /// Returns the table of one document of a search engine, which has a list for each field, even
    /// if it has one value.
    fn of_document(members: &MemberTexts<'t>) -> Self {
        Self {
            names: members.iter().map(|(name, _)| name.clone()).collect(),
            rows: vec![members.iter().map(single).collect()],
            has_others: false,
        }
    }

    /// Returns the table of an object that has the values of a column in each member.
    fn of_columns(members: &MemberTexts<'t>) -> Self {
        let mut table = Self::default();
        let mut columns = Vec::new();
        for (name, value) in members {
            if let Some(values) = values_in(value) {
                table.names.push(name.clone());
                columns.push(values);
            }
        }
        table.add_transposed(&columns);
        table
    }
}

fn values_in(value: &str) -> Option<Vec<&str>> {
    match value.as_bytes().first()? {
        b'[' => Some(valid::elements(value).collect()),
        b'{' => Some(valid::members(value).map(|(_, value)| value).collect()),
        _ => None,
    }
}

/// Returns the value of a member, or that in it if it is a list of one.
fn single<'t>((name, value): &(Cow<'t, str>, &'t str)) -> &'t str {
    let is_list = name.ends_with(LIST_OF_TARGETS) || !value.starts_with('[');
    let mut values = valid::elements(value);
    match (values.next(), values.next()) {
        (Some(only), None) if !is_list => only,
        _ => value,
    }
}

fn is_service(value: &str) -> bool {
    value.starts_with('"') && value.contains(SERVICE_DOMAIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the rows of the table that an object is, and whether it has other values.
    fn found(object: &str) -> Option<(Vec<String>, bool)> {
        let members = members_of_valid(object);
        let table = table(&members)?;
        let row = |cells: &Cells<'_>| {
            let cells: Vec<String> = cells
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            cells.join(" ")
        };
        let rows: Vec<Cells<'_>> = table.rows().collect();
        Some((rows.iter().map(row).collect(), table.loses_records()))
    }

    const NAMES: &str = r#"["eventTime","eventSource","eventName"]"#;

    #[test]
    fn rows_are_beside_the_names_of_their_columns() {
        let row = r#"eventTime="t" eventSource="kms.amazonaws.com" eventName="n""#.to_owned();
        let described =
            r#"[{"name":"eventTime","type":"a"},{"name":"eventSource"},{"label":"eventName"}]"#;
        let values = r#"["t","kms.amazonaws.com","n"]"#;
        for object in [
            format!(r#"{{"columns":{NAMES},"index":[0],"data":[{values}]}}"#),
            format!(r#"{{"data":[{values}],"meta":{described},"rows":1}}"#),
            format!(
                r#"{{"rows":[{{"f":[{{"v":"t"}},{{"v":"kms.amazonaws.com"}},{{"v":"n"}}]}}],"schema":{{"fields":{described}}}}}"#
            ),
            format!(r#"{{"fields":{NAMES},"columns":[["t"],["kms.amazonaws.com"],["n"]]}}"#),
        ] {
            assert_eq!(found(&object), Some((vec![row.clone()], false)), "{object}");
        }
        let short = format!(r#"{{"columns":{NAMES},"data":[["t"],{values}]}}"#);
        assert_eq!(found(&short), Some((vec![row], true)));
        let part = format!(r#"{{"columns":["a","userAgent","b"],"data":[{values},[]]}}"#);
        let expected = r#"a="t" userAgent="kms.amazonaws.com" b="n""#;
        assert_eq!(found(&part), Some((vec![expected.to_owned()], false)));
        assert_eq!(found(&part.replace("userAgent", "c")), None);
        assert_eq!(
            found(&format!(r#"{{"columns":{NAMES}}}"#)),
            Some((vec![], false))
        );
        assert_eq!(cell_in(r#"{"isNull":true}"#), "null");
        assert_eq!(cell_in(r#"{"a":1}"#), r#"{"a":1}"#);
    }

    #[test]
    fn columns_may_have_their_values_under_their_names() {
        let rows = |row: &str| Some((vec![row.to_owned()], false));
        let one = r#"{"eventTime":["t"],"eventSource":["kms.amazonaws.com"],"eventName":["n"],
            "requestParameters.secretIdList":["s"],"resources.ARN":["a","b"],"x":1}"#;
        let expected = "eventTime=\"t\" eventSource=\"kms.amazonaws.com\" eventName=\"n\" \
            requestParameters.secretIdList=[\"s\"] resources.ARN=[\"a\",\"b\"] x=1";
        assert_eq!(found(one), rows(expected));
        let numbered = r#"{"eventTime":{"0":"t"},"eventSource":{"0":"kms.amazonaws.com"},"eventName":{"0":"n"}}"#;
        let expected = r#"eventTime="t" eventSource="kms.amazonaws.com" eventName="n""#;
        assert_eq!(found(numbered), rows(expected));
        let uneven = numbered.replace(r#"{"0":"t"}"#, "[]");
        assert_eq!(found(&uneven), Some((vec![], true)));
        for rule in [
            r#"{"eventSource":["kms.amazonaws.com"],"eventName":["n"]}"#,
            r#"{"eventTime":["t"],"eventSource":["aws:s3"],"eventName":["n"]}"#,
            r#"{"eventTime":"t","eventSource":"kms.amazonaws.com","eventName":"n"}"#,
        ] {
            assert_eq!(found(rule), None, "{rule}");
        }
    }

    #[test]
    fn names_may_be_in_the_first_row() {
        let names: Vec<String> = names_in(NAMES)
            .expect("names")
            .iter()
            .map(ToString::to_string)
            .collect();
        assert!(row_below(&names, r#"["t","kms.amazonaws.com","n"]"#).is_some());
        for other in [r#"["t","s","n"]"#, r#"["kms.amazonaws.com"]"#, "[]", "1"] {
            assert_eq!(row_below(&names, other), None, "{other}");
        }
        assert_eq!(first_row(r#"["userAgent"]"#), None);
        assert!(first_row(r#"["eventName"]"#).is_some());
        assert_eq!(
            names_in(r#"["eventTime","eventSource","eventName",7]"#),
            None
        );
    }
}
