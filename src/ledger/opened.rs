//! The parts of a ledger that are open.

use std::path::Path;

use jiff::Timestamp;

use super::part::Part;
use super::sums::ReadingsManifest;
use super::{Ledger, LedgerError, tables};
use crate::spool::{Chunk, ChunkPlace};

/// The most readings of a part, many times what any version of the program writes. Memory is taken
/// for each that is counted, before the readings are read.
const READINGS_LIMIT: usize = 1 << 20;

/// A part, and its readings in numbers.
#[derive(Clone, Debug)]
pub(super) struct PartContents {
    pub(super) part: Part,
    pub(super) readings: ReadingsManifest,
    /// The number of its ledger.
    ledger: usize,
}

impl PartContents {
    /// Opens a part of a ledger; nothing if the part has no reading.
    pub(super) fn open(
        ledger: &Ledger,
        number: usize,
        path: &Path,
    ) -> Result<Option<Self>, LedgerError> {
        let part = Part::open(path)?;
        if part.manifest.fingerprint != ledger.scope().fingerprint {
            let detail = "it belongs to another ledger: it was scanned for something else";
            return Err(part.damaged(detail));
        }
        let count = part
            .manifest
            .readings
            .as_ref()
            .map(|readings| readings.count);
        if count.is_some_and(|count| count > READINGS_LIMIT) {
            return Err(part.damaged("its manifest counts more readings than a part can have"));
        }
        // A part of format 1 does not sum up its readings.
        let readings = match &part.manifest.readings {
            Some(readings) => Some(readings.clone()),
            None => ReadingsManifest::from_stored(&tables::identities(&part)?),
        };
        Ok(readings.map(|readings| Self {
            part,
            readings,
            ledger: number,
        }))
    }

    /// Returns the readings as a chunk of a sequence that knows the part by this number.
    pub(super) fn chunk(&self, number: usize) -> Chunk {
        Chunk {
            keys: self.readings.keys.clone(),
            rows: self.readings.count,
            place: ChunkPlace::Part(number),
        }
    }

    pub(super) fn scans(&self) -> PartScans {
        let (first, last) = self.readings.scans;
        PartScans {
            ledger: self.ledger,
            first,
            last,
        }
    }
}

/// The scans of a part. Those of different ledgers are different ones, even if they began at the
/// same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PartScans {
    ledger: usize,
    first: Timestamp,
    last: Timestamp,
}

impl PartScans {
    /// Returns whether the part is of one scan.
    pub(super) fn is_one(self) -> bool {
        self.first == self.last
    }
}
