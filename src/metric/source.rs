//! Reading the values of a metric filter from an event.

use super::filter_error::SAMPLE_LIMIT;
use super::measurement::NoSample;
use super::value::{MetricValue, ValueSource};
use crate::json::Shallow;
use crate::pattern::number::number;
use crate::pattern::{Extracted, FieldReader, Projection, Slots};

/// An event that a filter matches, taken apart.
#[derive(Clone, Copy)]
pub(super) struct MatchedEvent<'a, 't> {
    pub(super) slots: &'a Slots<'t>,
    /// The cells of a space-delimited pattern; none for other patterns.
    pub(super) cells: &'a [Extracted],
}

/// A metric value ready to be read from many events.
#[derive(Clone, Debug)]
pub(super) enum CompiledValue {
    Number(f64),
    Source(CompiledSource),
}

/// The position of a value, with the slot of its field.
#[derive(Clone, Debug)]
pub(super) enum CompiledSource {
    Field(FieldReader),
    Cell(String),
}

impl CompiledValue {
    pub(super) fn new(value: &MetricValue, projection: &mut Projection) -> Self {
        match value {
            MetricValue::Number(number) => Self::Number(*number),
            MetricValue::Source(source) => Self::Source(CompiledSource::new(source, projection)),
        }
    }

    pub(super) fn slot(&self) -> Option<usize> {
        match self {
            Self::Number(_) => None,
            Self::Source(source) => source.slot(),
        }
    }

    pub(super) fn read(&self, event: MatchedEvent<'_, '_>) -> Result<f64, NoSample> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Source(source) => source.number(event),
        }
    }
}

impl CompiledSource {
    pub(super) fn new(source: &ValueSource, projection: &mut Projection) -> Self {
        match source {
            ValueSource::Field(selector) => Self::Field(FieldReader::new(selector, projection)),
            ValueSource::Cell(name) => Self::Cell(name.clone()),
        }
    }

    pub(super) fn slot(&self) -> Option<usize> {
        match self {
            Self::Field(field) => Some(field.slot()),
            Self::Cell(_) => None,
        }
    }

    /// Returns the number in the field or cell. A string that reads as a number counts, and null is
    /// a missing value (sources, M4 and M5).
    fn number(&self, event: MatchedEvent<'_, '_>) -> Result<f64, NoSample> {
        let value = match self {
            Self::Field(field) => field
                .read(event.slots)
                .filter(|raw| !is_null(raw))
                .map(json_number),
            Self::Cell(name) => event.cell(name).map(number),
        };
        let number = value.ok_or(NoSample::ValueMissing)?;
        let number = number.ok_or(NoSample::ValueNotNumeric)?;
        match number.abs() <= SAMPLE_LIMIT {
            true => Ok(number),
            false => Err(NoSample::ValueOutOfRange),
        }
    }

    /// Returns the text in the field or cell, or `None` for an empty one, for null, and for an
    /// array or object.
    pub(super) fn text(&self, event: MatchedEvent<'_, '_>) -> Option<String> {
        let text = match self {
            Self::Field(field) => scalar_text(field.read(event.slots)?)?,
            Self::Cell(name) => event.cell(name)?.to_owned(),
        };
        // An empty value is not a dimension value; the event then has no dimensions (sources, M11).
        (!text.is_empty()).then_some(text)
    }
}

fn is_null(raw: &str) -> bool {
    Shallow::from_accepted(raw) == Shallow::Null
}

fn json_number(raw: &str) -> Option<f64> {
    match Shallow::from_accepted(raw) {
        Shallow::Number(characters) => number(characters),
        Shallow::Text(text) => number(&text),
        _ => None,
    }
}

fn scalar_text(raw: &str) -> Option<String> {
    match Shallow::from_accepted(raw) {
        Shallow::Text(text) => Some(text.into_owned()),
        // The characters stay as the event has them: 1.0 and 1 are different dimension values.
        Shallow::Number(characters) => Some(characters.to_owned()),
        Shallow::Boolean(boolean) => Some(boolean.to_string()),
        Shallow::Null | Shallow::Array(_) | Shallow::Object(_) => None,
    }
}

impl<'a> MatchedEvent<'a, '_> {
    fn cell(self, name: &str) -> Option<&'a str> {
        let cell = self.cells.iter().find(|cell| cell.name == name)?;
        Some(&cell.value)
    }
}
