//! One field of an event, read through a projection: the value or a dimension of a metric filter.

use super::ast::{Selector, SelectorStep};
use super::error::ErrorKind;
use super::projection::{Projection, Slots};
use super::selector::parse_selector;
use super::values::single_value;

/// A selector without wildcard steps, ready to be evaluated on many events.
#[derive(Clone, Debug)]
pub struct FieldReader {
    slot: usize,
    /// The steps from the first index on.
    rest: Vec<SelectorStep>,
}

impl FieldReader {
    /// Prepares a selector for reading through `projection`.
    pub fn new(selector: &Selector, projection: &mut Projection) -> Self {
        let (names, rest) = selector.split_names();
        Self {
            slot: projection.add(names),
            rest: rest.to_vec(),
        }
    }

    /// Returns the slot that it reads.
    pub fn slot(&self) -> usize {
        self.slot
    }

    /// Returns the JSON text of the value that the selector leads to, if it leads to one.
    pub fn read<'a>(&self, slots: &Slots<'a>) -> Option<&'a str> {
        single_value(slots.get(self.slot)?, &self.rest)
    }
}

/// Parses the selector of a metric value or a dimension, which may not have a wildcard step
/// (sources, M3).
///
/// # Errors
///
/// Returns the kind of mistake if the text is not a selector or has a wildcard step.
pub fn parse_field(text: &str) -> Result<Selector, ErrorKind> {
    let selector = parse_selector(text).map_err(|wrong| wrong.kind)?;
    if selector.has_wildcard() {
        return Err(ErrorKind::WildcardInField);
    }
    Ok(selector)
}
