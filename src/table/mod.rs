//! Tables of plain values, which every output format renders.

#[cfg(feature = "cli")]
pub mod csv;
#[cfg(feature = "cli")]
pub mod format;
#[cfg(feature = "cli")]
pub mod json;
#[cfg(feature = "cli")]
pub mod parquet;

use std::borrow::Cow;

use jiff::Timestamp;

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
    /// The values, one a row.
    pub values: Values<'a>,
}

/// The values of a column, all of one type; a missing value is `None`.
#[derive(Clone, Debug, PartialEq)]
pub enum Values<'a> {
    /// Texts, most of them those of the report itself. They may come from a log and hold anything.
    Text(Vec<Option<Cow<'a, str>>>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// Numbers.
    Float(Vec<Option<f64>>),
    /// Moments, in UTC.
    Time(Vec<Option<Timestamp>>),
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Texts.
    Text,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Float,
    /// Moments.
    Time,
}

/// One value of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// No value.
    Missing,
    /// A text.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// A number.
    Float(f64),
    /// A moment.
    Time(Timestamp),
}

impl Table<'_> {
    /// A table without rows.
    pub fn empty(name: &'static str, columns: &[(&'static str, Kind)]) -> Self {
        let column = |&(name, kind): &(&'static str, Kind)| Column {
            name,
            values: Values::empty(kind),
        };
        Self {
            name,
            columns: columns.iter().map(column).collect(),
        }
    }

    /// How many rows the table has.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }
}

impl<'a> Values<'a> {
    /// A column without values.
    pub fn empty(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(Vec::new()),
            Kind::Integer => Self::Integer(Vec::new()),
            Kind::Float => Self::Float(Vec::new()),
            Kind::Time => Self::Time(Vec::new()),
        }
    }

    /// A column of texts, one for each item.
    pub fn text<'t, T, S: Into<Cow<'a, str>>>(
        items: &'t [T],
        value: impl Fn(&'t T) -> Option<S>,
    ) -> Self {
        Self::Text(
            items
                .iter()
                .map(|item| value(item).map(Into::into))
                .collect(),
        )
    }

    /// A column of whole numbers, one for each item.
    pub fn integer<T>(items: &[T], value: impl Fn(&T) -> Option<u64>) -> Self {
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        Self::Integer(items.iter().map(|item| value(item).map(signed)).collect())
    }

    /// A column of numbers, one for each item.
    pub fn float<T>(items: &[T], value: impl Fn(&T) -> Option<f64>) -> Self {
        Self::Float(items.iter().map(value).collect())
    }

    /// A column of moments, one for each item.
    pub fn time<T>(items: &[T], value: impl Fn(&T) -> Option<Timestamp>) -> Self {
        Self::Time(items.iter().map(value).collect())
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(values) => values.len(),
            Self::Integer(values) => values.len(),
            Self::Float(values) => values.len(),
            Self::Time(values) => values.len(),
        }
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value in a row; missing behind the last one.
    pub fn get(&self, row: usize) -> Value<'_> {
        fn value<'a, T>(
            values: &'a [Option<T>],
            row: usize,
            wrap: impl Fn(&'a T) -> Value<'a>,
        ) -> Value<'a> {
            values
                .get(row)
                .and_then(Option::as_ref)
                .map_or(Value::Missing, wrap)
        }
        match self {
            Self::Text(values) => value(values, row, |text| Value::Text(text)),
            Self::Integer(values) => value(values, row, |number| Value::Integer(*number)),
            Self::Float(values) => value(values, row, |number| Value::Float(*number)),
            Self::Time(values) => value(values, row, |time| Value::Time(*time)),
        }
    }
}
