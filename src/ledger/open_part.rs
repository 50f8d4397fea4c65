//! The part of a ledger that is being filled.

use std::mem;

use super::scanned::ScannedObject;

/// The largest number of objects in a part, so that what waits to be written takes some megabytes.
pub(super) const OBJECTS_LIMIT: usize = 4_096;

/// The largest size of the JSON of kept records in a part, in bytes.
const JSON_LIMIT_BYTES: usize = 32 << 20;

/// The part that is being filled.
#[derive(Debug, Default)]
pub(super) struct OpenPart {
    scanned: Vec<ScannedObject>,
    json_bytes: usize,
}

impl OpenPart {
    /// Adds a reading.
    pub(super) fn push(&mut self, object: ScannedObject) {
        self.json_bytes += object.json_bytes();
        self.scanned.push(object);
    }

    /// Returns whether the part is as large as one may be.
    pub(super) fn is_full(&self) -> bool {
        self.scanned.len() >= OBJECTS_LIMIT || self.json_bytes >= JSON_LIMIT_BYTES
    }

    /// Returns the readings, and begins another part.
    pub(super) fn take(&mut self) -> Vec<ScannedObject> {
        mem::take(self).scanned
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Findings;
    use crate::ledger::Identity;

    fn object() -> ScannedObject {
        ScannedObject {
            identity: Identity::example("a", 1),
            findings: Findings::default(),
        }
    }

    #[test]
    fn a_part_is_full_at_its_limits() {
        let mut part = OpenPart::default();
        for _ in 1..OBJECTS_LIMIT {
            part.push(object());
        }
        assert!(!part.is_full());
        part.push(object());
        assert!(part.is_full());
        assert_eq!(part.take().len(), OBJECTS_LIMIT);
        assert!(!part.is_full());
        part.json_bytes = JSON_LIMIT_BYTES - 1;
        assert!(!part.is_full());
        part.json_bytes += 1;
        assert!(part.is_full());
    }
}
