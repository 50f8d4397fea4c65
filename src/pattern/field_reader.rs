//! One field of an event, read through a projection: what the value or a dimension of a metric
//! filter names.

use super::ast::{Selector, Step};
use super::error::ErrorKind;
use super::eval::single_value;
use super::projection::{Projection, Slots};
use super::selector::parse_selector;

/// A selector without wildcard steps, ready to be asked about many events.
#[derive(Clone, Debug)]
pub struct FieldReader {
    slot: usize,
    /// The steps from the first index on.
    rest: Vec<Step>,
}

impl FieldReader {
    /// Prepares a selector for reading through `projection`.
    pub fn new(selector: &Selector, projection: &mut Projection) -> Self {
        let names: Vec<&str> = selector.steps.iter().map_while(Step::member_name).collect();
        let rest = selector.steps[names.len()..].to_vec();
        Self {
            slot: projection.add(names),
            rest,
        }
    }

    /// The slot that it reads.
    pub fn slot(&self) -> usize {
        self.slot
    }

    /// The JSON text of the value that the selector leads to, if it leads to one.
    pub fn read<'a>(&self, slots: &Slots<'a>) -> Option<&'a str> {
        single_value(slots.get(self.slot)?, &self.rest)
    }
}

/// Parses the selector of a metric value or a dimension, which may not have a wildcard step
/// (sources, M3).
///
/// # Errors
///
/// When the text is no selector or has a wildcard step; says why.
pub fn parse_field(text: &str) -> Result<Selector, ErrorKind> {
    let selector = parse_selector(text).map_err(|wrong| wrong.kind)?;
    if selector.steps.contains(&Step::Every) {
        Err(ErrorKind::WildcardInField)
    } else {
        Ok(selector)
    }
}
