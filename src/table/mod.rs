//! Tables of plain values, which every output format renders.

#[cfg(feature = "cli")]
pub mod format;
pub mod schema;

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

/// A table: columns of equal length.
#[derive(Clone, Debug, PartialEq)]
pub struct Table<'a> {
    /// The name, which also names its files.
    pub name: &'static str,
    /// The columns in order.
    pub columns: Vec<Column<'a>>,
}

/// A named column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column<'a> {
    /// The name.
    pub name: &'static str,
    /// The values, one for each row.
    pub values: ColumnValues<'a>,
}

/// The values of a column, all of one kind; a missing value is `None`.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnValues<'a> {
    /// Texts, mostly borrowed from the rows. They may come from a log and hold anything.
    Text(Vec<Option<Cow<'a, str>>>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// Numbers.
    Float(Vec<Option<f64>>),
    /// Times, in UTC.
    Time(Vec<Option<Timestamp>>),
    /// Days.
    Date(Vec<Option<Date>>),
    /// Truth values.
    Boolean(Vec<Option<bool>>),
}

/// The kind of the values of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Texts.
    Text,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Float,
    /// Times.
    Time,
    /// Days.
    Date,
    /// Truth values.
    Boolean,
}

/// One value of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CellValue<'a> {
    /// No value.
    Missing,
    /// A text.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// A number.
    Float(f64),
    /// A time.
    Time(Timestamp),
    /// A day.
    Date(Date),
    /// A truth value.
    Boolean(bool),
}

impl Table<'_> {
    /// Returns a table without rows.
    pub fn empty(name: &'static str, columns: &[(&'static str, ColumnKind)]) -> Self {
        let columns = columns
            .iter()
            .map(|(name, kind)| Column::empty(name, *kind));
        Self {
            name,
            columns: columns.collect(),
        }
    }

    /// Returns the number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }
}

impl Column<'_> {
    /// Returns the column with copies of the texts that it borrows.
    pub fn into_owned(self) -> Column<'static> {
        Column {
            name: self.name,
            values: self.values.into_owned(),
        }
    }
}

impl Column<'_> {
    fn empty(name: &'static str, kind: ColumnKind) -> Self {
        let values = ColumnValues::empty(kind);
        Self { name, values }
    }
}

impl<'a> ColumnValues<'a> {
    /// Returns a column without values.
    pub fn empty(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Text => Self::Text(Vec::new()),
            ColumnKind::Integer => Self::Integer(Vec::new()),
            ColumnKind::Float => Self::Float(Vec::new()),
            ColumnKind::Time => Self::Time(Vec::new()),
            ColumnKind::Date => Self::Date(Vec::new()),
            ColumnKind::Boolean => Self::Boolean(Vec::new()),
        }
    }

    /// Returns a column of whole numbers, one for each item.
    pub fn integer<T>(items: &[T], value: impl Fn(&T) -> Option<u64>) -> Self {
        let numbers = items.iter().map(|item| value(item).map(signed));
        Self::Integer(numbers.collect())
    }

    /// Returns a column of numbers, one for each item.
    pub fn float<T>(items: &[T], value: impl Fn(&T) -> Option<f64>) -> Self {
        Self::Float(items.iter().map(value).collect())
    }

    /// Returns a column of times, one for each item.
    pub fn time<T>(items: &[T], value: impl Fn(&T) -> Option<Timestamp>) -> Self {
        Self::Time(items.iter().map(value).collect())
    }

    /// Returns a column of days, one for each item.
    pub fn date<T>(items: &[T], value: impl Fn(&T) -> Option<Date>) -> Self {
        Self::Date(items.iter().map(value).collect())
    }

    /// Returns a column of truth values, one for each item.
    pub fn boolean<T>(items: &[T], value: impl Fn(&T) -> Option<bool>) -> Self {
        Self::Boolean(items.iter().map(value).collect())
    }

    fn into_owned(self) -> ColumnValues<'static> {
        match self {
            Self::Text(texts) => {
                let texts = texts.into_iter();
                let owned = texts.map(|text| Some(Cow::Owned(text?.into_owned())));
                ColumnValues::Text(owned.collect())
            }
            Self::Integer(numbers) => ColumnValues::Integer(numbers),
            Self::Float(numbers) => ColumnValues::Float(numbers),
            Self::Time(times) => ColumnValues::Time(times),
            Self::Date(dates) => ColumnValues::Date(dates),
            Self::Boolean(values) => ColumnValues::Boolean(values),
        }
    }

    /// Returns the number of values.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(values) => values.len(),
            Self::Integer(values) => values.len(),
            Self::Float(values) => values.len(),
            Self::Time(values) => values.len(),
            Self::Date(values) => values.len(),
            Self::Boolean(values) => values.len(),
        }
    }

    /// Returns true if there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the value in a row, which is missing after the last one.
    pub fn get(&self, row: usize) -> CellValue<'_> {
        let value = match self {
            Self::Text(values) => values.get(row).and_then(text_value),
            Self::Integer(values) => values.get(row).copied().flatten().map(CellValue::Integer),
            Self::Float(values) => values.get(row).copied().flatten().map(CellValue::Float),
            Self::Time(values) => values.get(row).copied().flatten().map(CellValue::Time),
            Self::Date(values) => values.get(row).copied().flatten().map(CellValue::Date),
            Self::Boolean(values) => values.get(row).copied().flatten().map(CellValue::Boolean),
        };
        value.unwrap_or(CellValue::Missing)
    }
}

/// Returns a number as Parquet has it, with a sign. No count comes near the largest.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn text_value<'t>(text: &'t Option<Cow<'_, str>>) -> Option<CellValue<'t>> {
    Some(CellValue::Text(text.as_deref()?))
}

impl ColumnKind {
    fn noun(self) -> &'static str {
        match self {
            Self::Text => "texts",
            Self::Integer => "whole numbers",
            Self::Float => "numbers",
            Self::Time => "times",
            Self::Date => "days",
            Self::Boolean => "truth values",
        }
    }
}

impl fmt::Display for ColumnKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.noun())
    }
}
