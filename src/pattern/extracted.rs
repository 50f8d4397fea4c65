//! The values that space-delimited patterns extract.

/// A value that a cell extracted from an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extracted {
    /// `$` and the name of the cell, or `$` and the place of the field, counted from 1, where the
    /// cell has no name (API, `TestMetricFilter`).
    pub name: String,
    /// The text of the field.
    pub value: String,
}

impl Extracted {
    /// Returns the value of a field, named by its cell or, without a name, by its place from 0.
    pub(super) fn new(name: Option<&str>, place: usize, value: &str) -> Self {
        let name = match name {
            Some(name) => format!("${name}"),
            None => format!("${}", place + 1),
        };
        Self {
            name,
            value: value.to_owned(),
        }
    }
}
