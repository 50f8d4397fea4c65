//! Cells and fields to values: which cell each field of an event belongs to.

use super::compile::{CellCheck, CellRow};
use super::extracted::Extracted;
use super::split::{FieldText, split};

impl CellRow {
    /// Binds each cell to its field and tests it. Without an ellipsis, an event needs a field for
    /// each cell, and the last cell takes the rest of the event. With one, the cells after it bind
    /// from the right. `[]` takes any event that has a field (sources, P26, P27 and P28).
    pub(super) fn bind(&self, event: &str) -> Option<Vec<Extracted>> {
        let mut fields = split(event);
        if !self.has_enough(fields.len()) {
            return None;
        }
        self.join_rest(&mut fields, event);
        let mut extracted = Vec::with_capacity(fields.len());
        for (place, field) in fields.iter().enumerate() {
            let cell = self.cell_at(place, fields.len());
            if cell.is_some_and(|cell| !cell.holds(field.text)) {
                return None;
            }
            let name = cell.and_then(|cell| cell.name.as_deref());
            extracted.push(Extracted::new(name, place, field.text));
        }
        Some(extracted)
    }

    fn has_enough(&self, fields: usize) -> bool {
        if self.cells.is_empty() && self.before_ellipsis.is_none() {
            return fields > 0;
        }
        fields >= self.cells.len()
    }

    /// Makes the last field all that is left of the event, signs included, where there are more
    /// fields than cells and no ellipsis takes them.
    fn join_rest<'a>(&self, fields: &mut Vec<FieldText<'a>>, event: &'a str) {
        let count = self.cells.len();
        if self.before_ellipsis.is_some() || count == 0 || fields.len() <= count {
            return;
        }
        // The rest is taken from the raw event, since its blanks and quotes are part of the value.
        fields.truncate(count);
        if let Some(last) = fields.last_mut() {
            last.text = event.get(last.start..).unwrap_or("");
        }
    }

    /// Returns the cell that the field at this place belongs to; `None` for the fields under the
    /// ellipsis and for all under `[]`.
    fn cell_at(&self, place: usize, fields: usize) -> Option<&CellCheck> {
        let covered = fields - self.cells.len();
        let before = self.before_ellipsis.unwrap_or(self.cells.len());
        if place < before {
            self.cells.get(place)
        } else if place < before + covered {
            // The ellipsis covers these. The cells after it bind from the right, however many they
            // are.
            None
        } else {
            self.cells.get(place - covered)
        }
    }
}

impl CellCheck {
    fn holds(&self, text: &str) -> bool {
        match &self.test {
            Some(test) => test.holds(&mut |test| test.holds_for_text(text)),
            None => true,
        }
    }
}
