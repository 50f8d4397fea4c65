//! The schema of a table: for each column its name, its kind, the way from a row to its value and,
//! for a table that is read back, the way from the value into a row.
//!
//! ```
//! use backtrail::table::schema::{TableColumns, TableSchema};
//!
//! #[derive(Debug, Default, PartialEq)]
//! struct Visit {
//!     page: String,
//!     seconds: Option<u64>,
//! }
//!
//! let schema = TableSchema::<Visit>::builder()
//!     .text("page", |visit| Some(&visit.page))
//!     .required(|visit, page| visit.page = page)
//!     .integer("seconds", |visit| visit.seconds)
//!     .optional(|visit, seconds| visit.seconds = seconds)
//!     .build();
//! let visits = [Visit { page: "/".to_owned(), seconds: Some(3) }];
//! let table = schema.table("visits", &visits);
//! let read = schema.read(&mut TableColumns::new(table), Visit::default)?;
//! assert_eq!(read, visits);
//! # Ok::<(), backtrail::table::schema::SchemaError>(())
//! ```

use std::borrow::Cow;
use std::collections::HashMap;
use std::marker::PhantomData;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Column, ColumnKind, ColumnValues, Table};

/// The schema of a table with rows of type `T`: its columns in order.
pub struct TableSchema<'s, T> {
    columns: Vec<Definition<'s, T>>,
}

/// A schema to which columns are added. The last one has cells of type `V`.
///
/// A column is written only, until [`required`](Self::required) or one of the like says how it is
/// read.
pub struct SchemaBuilder<'s, T, V = ()> {
    columns: Vec<Definition<'s, T>>,
    last: PhantomData<V>,
}

/// A column of a schema.
struct Definition<'s, T> {
    name: &'static str,
    kind: ColumnKind,
    get: Box<Getter<'s, T>>,
    set: Option<Box<Setter<'s, T>>>,
}

// Both go through a whole column, so that a call that cannot be inlined is made once for many rows
// and not for every cell.
type Getter<'s, T> = dyn for<'t> Fn(&[&'t T]) -> ColumnValues<'t> + 's;
type Setter<'s, T> = dyn Fn(&mut [T], ColumnValues<'_>) -> Result<(), SchemaError> + 's;

/// An error in a table that is read back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// The table lacks a column, or the column has another kind.
    #[error("there is no column `{column}` of {kind}")]
    Column {
        /// The name of the column.
        column: &'static str,
        /// The kind that it should have.
        kind: ColumnKind,
    },
    /// A cell has no value, or one that is not possible.
    #[error("column `{column}`, row {row}: {detail}")]
    Cell {
        /// The name of the column.
        column: &'static str,
        /// The number of the row, counted from zero.
        row: usize,
        /// A description of the error.
        detail: String,
    },
}

/// The columns of a table by their names. Each can be taken once.
#[derive(Debug)]
pub struct TableColumns<'a> {
    rows: usize,
    by_name: HashMap<&'static str, ColumnValues<'a>>,
}

/// A type of cells.
pub trait CellType: Sized {
    /// The kind of columns with such cells.
    const KIND: ColumnKind;

    /// A cell as columns hold it.
    type Held<'a>;

    /// Returns the cells of a column; `None` if it has another kind.
    fn held(values: ColumnValues<'_>) -> Option<Vec<Option<Self::Held<'_>>>>;

    /// Converts a cell.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not a possible value of this type.
    fn from_held(held: Self::Held<'_>) -> Result<Self, String>;
}

/// Returns the one of `all` that has this name, for a column of names.
///
/// # Errors
///
/// Returns an error if none has it.
pub fn by_name<T: Copy>(
    all: impl IntoIterator<Item = T>,
    name_of: fn(T) -> &'static str,
    name: &str,
) -> Result<T, String> {
    let mut all = all.into_iter();
    all.find(|one| name_of(*one) == name)
        .ok_or_else(|| format!("unknown name `{name}`"))
}

impl<'s, T, V> SchemaBuilder<'s, T, V> {
    /// Adds a column of texts that rows hold.
    pub fn text(
        self,
        name: &'static str,
        get: impl for<'t> Fn(&'t T) -> Option<&'t str> + 's,
    ) -> SchemaBuilder<'s, T, String> {
        self.add(name, move |rows| {
            let texts = rows.iter().map(|row| get(row).map(Cow::Borrowed));
            ColumnValues::Text(texts.collect())
        })
    }

    /// Adds a column of texts that are made for the table.
    pub fn made_text(
        self,
        name: &'static str,
        get: impl Fn(&T) -> Option<String> + 's,
    ) -> SchemaBuilder<'s, T, String> {
        self.add(name, move |rows| {
            let texts = rows.iter().map(|row| get(row).map(Cow::Owned));
            ColumnValues::Text(texts.collect())
        })
    }

    /// Adds a column of whole numbers.
    pub fn integer(
        self,
        name: &'static str,
        get: impl Fn(&T) -> Option<u64> + 's,
    ) -> SchemaBuilder<'s, T, u64> {
        self.add(name, move |rows| {
            ColumnValues::integer(rows, |row| get(row))
        })
    }

    /// Adds a column of numbers.
    pub fn float(
        self,
        name: &'static str,
        get: impl Fn(&T) -> Option<f64> + 's,
    ) -> SchemaBuilder<'s, T, f64> {
        self.add(name, move |rows| ColumnValues::float(rows, |row| get(row)))
    }

    /// Adds a column of times.
    pub fn time(
        self,
        name: &'static str,
        get: impl Fn(&T) -> Option<Timestamp> + 's,
    ) -> SchemaBuilder<'s, T, Timestamp> {
        self.add(name, move |rows| ColumnValues::time(rows, |row| get(row)))
    }

    /// Adds a column of days.
    pub fn date(
        self,
        name: &'static str,
        get: impl Fn(&T) -> Option<Date> + 's,
    ) -> SchemaBuilder<'s, T, Date> {
        self.add(name, move |rows| ColumnValues::date(rows, |row| get(row)))
    }

    /// Adds a column of truth values.
    pub fn boolean(
        self,
        name: &'static str,
        get: impl Fn(&T) -> Option<bool> + 's,
    ) -> SchemaBuilder<'s, T, bool> {
        self.add(name, move |rows| {
            ColumnValues::boolean(rows, |row| get(row))
        })
    }

    /// Adds the columns of other schemas.
    pub fn and(
        mut self,
        others: impl IntoIterator<Item = TableSchema<'s, T>>,
    ) -> SchemaBuilder<'s, T> {
        for other in others {
            self.columns.extend(other.columns);
        }
        self.with_last()
    }

    /// Returns the schema.
    pub fn build(self) -> TableSchema<'s, T> {
        TableSchema {
            columns: self.columns,
        }
    }

    fn add<N: CellType>(
        mut self,
        name: &'static str,
        get: impl for<'t> Fn(&[&'t T]) -> ColumnValues<'t> + 's,
    ) -> SchemaBuilder<'s, T, N> {
        self.columns.push(Definition {
            name,
            kind: N::KIND,
            get: Box::new(get),
            set: None,
        });
        self.with_last()
    }

    fn with_last<N>(self) -> SchemaBuilder<'s, T, N> {
        SchemaBuilder {
            columns: self.columns,
            last: PhantomData,
        }
    }
}

impl<'s, T, V: CellType> SchemaBuilder<'s, T, V> {
    /// Reads the last column with `set`. Every row must have a value.
    pub fn required(self, set: impl Fn(&mut T, V) + 's) -> SchemaBuilder<'s, T> {
        self.try_required(move |row, value| {
            set(row, value);
            Ok(())
        })
    }

    /// Reads the last column with `set`, which may refuse a value. Every row must have one.
    pub fn try_required(
        self,
        set: impl Fn(&mut T, V) -> Result<(), String> + 's,
    ) -> SchemaBuilder<'s, T> {
        self.try_optional(move |row, value| match value {
            Some(value) => set(row, value),
            None => Err("the value is missing".to_owned()),
        })
    }

    /// Reads the last column with `set`.
    pub fn optional(self, set: impl Fn(&mut T, Option<V>) + 's) -> SchemaBuilder<'s, T> {
        self.try_optional(move |row, value| {
            set(row, value);
            Ok(())
        })
    }

    /// Reads the last column with `set`, which may refuse a value.
    pub fn try_optional(
        mut self,
        set: impl Fn(&mut T, Option<V>) -> Result<(), String> + 's,
    ) -> SchemaBuilder<'s, T> {
        // There is a last column: only adding one gives the builder a type of cells.
        if let Some(Definition {
            name, set: slot, ..
        }) = self.columns.last_mut()
        {
            let name = *name;
            *slot = Some(Box::new(move |rows, values| fill(name, rows, values, &set)));
        }
        self.with_last()
    }
}

/// Reads the values of a column into rows.
fn fill<T, V: CellType>(
    column: &'static str,
    rows: &mut [T],
    values: ColumnValues<'_>,
    set: impl Fn(&mut T, Option<V>) -> Result<(), String>,
) -> Result<(), SchemaError> {
    let cells = V::held(values).ok_or(SchemaError::Column {
        column,
        kind: V::KIND,
    })?;
    for (number, (row, cell)) in rows.iter_mut().zip(cells).enumerate() {
        let value = cell.map(V::from_held).transpose();
        let is_set = value.and_then(|value| set(row, value));
        is_set.map_err(|detail| SchemaError::Cell {
            column,
            row: number,
            detail,
        })?;
    }
    Ok(())
}

impl<T> Definition<'_, T> {
    /// Returns the column of a table of these rows.
    fn filled<'t>(&self, rows: &[&'t T]) -> Column<'t> {
        Column {
            name: self.name,
            values: (self.get)(rows),
        }
    }
}

impl<'s, T> TableSchema<'s, T> {
    /// Returns a builder of a schema without columns.
    pub fn builder() -> SchemaBuilder<'s, T> {
        SchemaBuilder {
            columns: Vec::new(),
            last: PhantomData,
        }
    }

    /// Returns a table of these rows.
    pub fn table<'t>(&self, name: &'static str, rows: &'t [T]) -> Table<'t> {
        let rows: Vec<&T> = rows.iter().collect();
        Table {
            name,
            columns: self.columns(&rows),
        }
    }

    /// Returns the columns of a table of these rows.
    pub fn columns<'t>(&self, rows: &[&'t T]) -> Vec<Column<'t>> {
        let columns = self.columns.iter();
        columns.map(|column| column.filled(rows)).collect()
    }

    /// Returns the columns of a table of these rows, with copies of their texts, so that they
    /// outlive the rows.
    pub fn owned_columns(&self, rows: &[T]) -> Vec<Column<'static>> {
        let rows: Vec<&T> = rows.iter().collect();
        let columns = self.columns(&rows).into_iter();
        columns.map(Column::into_owned).collect()
    }

    /// Returns the names and kinds of the columns that are read.
    pub fn read_columns(&self) -> Vec<(&'static str, ColumnKind)> {
        let read = self.columns.iter().filter(|column| column.set.is_some());
        read.map(|column| (column.name, column.kind)).collect()
    }

    /// Reads the rows of a table. Each begins as a `blank` one.
    ///
    /// # Errors
    ///
    /// Returns an error if a column is missing, or a cell has a value that is not possible.
    pub fn read(
        &self,
        table: &mut TableColumns<'_>,
        blank: impl Fn() -> T,
    ) -> Result<Vec<T>, SchemaError> {
        let mut rows = Vec::new();
        rows.resize_with(table.rows, blank);
        for column in &self.columns {
            let Some(set) = &column.set else {
                continue;
            };
            // The values move into the rows, so that texts are not copied.
            let values = table.take(column.name).ok_or(SchemaError::Column {
                column: column.name,
                kind: column.kind,
            })?;
            set(&mut rows, values)?;
        }
        Ok(rows)
    }
}

impl<'a> TableColumns<'a> {
    /// Takes a table apart.
    pub fn new(table: Table<'a>) -> Self {
        let rows = table.rows();
        let columns = table.columns.into_iter();
        Self {
            rows,
            by_name: columns.map(|column| (column.name, column.values)).collect(),
        }
    }

    fn take(&mut self, name: &str) -> Option<ColumnValues<'a>> {
        self.by_name.remove(name)
    }
}

impl CellType for String {
    const KIND: ColumnKind = ColumnKind::Text;
    type Held<'a> = Cow<'a, str>;

    fn held(values: ColumnValues<'_>) -> Option<Vec<Option<Cow<'_, str>>>> {
        match values {
            ColumnValues::Text(texts) => Some(texts),
            _ => None,
        }
    }

    fn from_held(text: Cow<'_, str>) -> Result<Self, String> {
        Ok(text.into_owned())
    }
}

impl CellType for u64 {
    const KIND: ColumnKind = ColumnKind::Integer;
    type Held<'a> = i64;

    fn held(values: ColumnValues<'_>) -> Option<Vec<Option<i64>>> {
        match values {
            ColumnValues::Integer(numbers) => Some(numbers),
            _ => None,
        }
    }

    fn from_held(number: i64) -> Result<Self, String> {
        Self::try_from(number).map_err(|_| format!("{number} is negative"))
    }
}

impl CellType for f64 {
    const KIND: ColumnKind = ColumnKind::Float;
    type Held<'a> = f64;

    fn held(values: ColumnValues<'_>) -> Option<Vec<Option<f64>>> {
        match values {
            ColumnValues::Float(numbers) => Some(numbers),
            _ => None,
        }
    }

    fn from_held(number: f64) -> Result<Self, String> {
        Ok(number)
    }
}

impl CellType for Timestamp {
    const KIND: ColumnKind = ColumnKind::Time;
    type Held<'a> = Timestamp;

    fn held(values: ColumnValues<'_>) -> Option<Vec<Option<Timestamp>>> {
        match values {
            ColumnValues::Time(times) => Some(times),
            _ => None,
        }
    }

    fn from_held(time: Timestamp) -> Result<Self, String> {
        Ok(time)
    }
}

impl CellType for Date {
    const KIND: ColumnKind = ColumnKind::Date;
    type Held<'a> = Date;

    fn held(values: ColumnValues<'_>) -> Option<Vec<Option<Date>>> {
        match values {
            ColumnValues::Date(dates) => Some(dates),
            _ => None,
        }
    }

    fn from_held(date: Date) -> Result<Self, String> {
        Ok(date)
    }
}

impl CellType for bool {
    const KIND: ColumnKind = ColumnKind::Boolean;
    type Held<'a> = bool;

    fn held(values: ColumnValues<'_>) -> Option<Vec<Option<bool>>> {
        match values {
            ColumnValues::Boolean(values) => Some(values),
            _ => None,
        }
    }

    fn from_held(value: bool) -> Result<Self, String> {
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Visit {
        page: String,
        seconds: Option<u64>,
        share: f64,
        at: Option<Timestamp>,
        day: Option<Date>,
        is_paid: Option<bool>,
    }

    fn schema() -> TableSchema<'static, Visit> {
        TableSchema::<Visit>::builder()
            .text("page", |visit| Some(&visit.page))
            .required(|visit, page| visit.page = page)
            .integer("seconds", |visit| visit.seconds)
            .optional(|visit, seconds| visit.seconds = seconds)
            .float("share", |visit| Some(visit.share))
            .try_required(|visit, share| {
                visit.share = share;
                let is_share = (0.0..=1.0).contains(&share);
                is_share.then_some(()).ok_or("more than all".to_owned())
            })
            .time("at", |visit| visit.at)
            .optional(|visit, at| visit.at = at)
            .date("day", |visit| visit.day)
            .optional(|visit, day| visit.day = day)
            .boolean("is_paid", |visit| visit.is_paid)
            .optional(|visit, is_paid| visit.is_paid = is_paid)
            .made_text("link", |visit| Some(format!("https://{}", visit.page)))
            .build()
    }

    fn visits() -> Vec<Visit> {
        let first = Visit {
            page: "a".to_owned(),
            seconds: Some(7),
            share: 0.5,
            at: Some(Timestamp::UNIX_EPOCH),
            day: Some(Date::constant(1969, 12, 31)),
            is_paid: Some(false),
        };
        let second = Visit {
            page: "b".to_owned(),
            ..Visit::default()
        };
        vec![first, second]
    }

    fn read(table: Table<'_>) -> Result<Vec<Visit>, String> {
        let read = schema().read(&mut TableColumns::new(table), Visit::default);
        read.map_err(|error| error.to_string())
    }

    #[test]
    fn rows_become_a_table_and_rows_again() {
        let visits = visits();
        let table = schema().table("visits", &visits);
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        assert_eq!(
            names,
            ["page", "seconds", "share", "at", "day", "is_paid", "link"]
        );
        assert!(matches!(
            &table.columns[0].values,
            ColumnValues::Text(texts) if matches!(texts[0], Some(Cow::Borrowed("a")))
        ));
        assert_eq!(read(table), Ok(visits));
        assert_eq!(read(schema().table("visits", &[])), Ok(Vec::new()));
    }

    #[test]
    fn an_error_names_the_column_and_the_row() {
        let visits = visits();
        let changed = |column: usize, values: ColumnValues<'static>| {
            let mut table = schema().table("visits", &visits);
            table.columns[column].values = values;
            read(table).unwrap_err()
        };
        assert_eq!(
            changed(0, ColumnValues::Text(vec![Some("a".into()), None])),
            "column `page`, row 1: the value is missing"
        );
        assert_eq!(
            changed(1, ColumnValues::Integer(vec![Some(-1), None])),
            "column `seconds`, row 0: -1 is negative"
        );
        assert_eq!(
            changed(2, ColumnValues::Float(vec![Some(0.0), Some(2.0)])),
            "column `share`, row 1: more than all"
        );
        assert_eq!(
            changed(3, ColumnValues::Float(vec![None, None])),
            "there is no column `at` of times"
        );
        let mut table = schema().table("visits", &visits);
        table.columns.remove(2);
        assert_eq!(
            read(table).unwrap_err(),
            "there is no column `share` of numbers"
        );
    }

    #[test]
    fn only_columns_that_can_be_read_are_read() {
        let names: Vec<&str> = schema()
            .read_columns()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["page", "seconds", "share", "at", "day", "is_paid"]);
    }
}
