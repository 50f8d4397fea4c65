//! The keys and signatures that an archive is verified by.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::VerifyError;
use crate::integrity::{KeyRing, Manifest, Signatures};
use crate::plan::{Plan, Selection};
use crate::text::encoding::in_utf_8;
use crate::time::period::{EmptyRange, TimeRange, timestamp};

/// The time before the requested one in which log files may have been delivered that the digests of
/// its first hour list, in seconds.
const EARLIER_SECONDS: i64 = 86_400;

/// The proofs of an archive beside its digests.
#[derive(Clone, Debug, Default)]
pub struct ProofOptions {
    /// Files with public keys, as `aws cloudtrail list-public-keys` prints them.
    pub keys: Vec<PathBuf>,
    /// Files with the metadata of digests.
    pub metadata: Vec<PathBuf>,
    /// The time to verify, both ends included.
    pub range: TimeRange,
}

/// The keys and signatures that were read.
#[derive(Clone, Debug, Default)]
pub struct Proofs {
    pub(super) keys: KeyRing,
    pub(super) signatures: Signatures,
    pub(super) range: TimeRange,
}

impl ProofOptions {
    /// Reads the keys and signatures.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be read, or is something else.
    pub fn read(&self) -> Result<Proofs, VerifyError> {
        let mut proofs = Proofs {
            range: self.range,
            ..Proofs::default()
        };
        for path in &self.keys {
            proofs.add_keys(path)?;
        }
        for path in &self.metadata {
            proofs.add_metadata(path)?;
        }
        Ok(proofs)
    }

    /// Returns the plan of an audit that lists what a verification reads.
    ///
    /// # Errors
    ///
    /// Returns an error if the range of time is empty.
    pub fn plan(&self) -> Result<Plan, VerifyError> {
        let selection = Selection {
            range: self.listed_range()?,
            ..Selection::default()
        };
        Ok(Plan::new(Vec::new(), selection)?)
    }

    /// Returns the time in which what is read may have been delivered. It excludes its end, while
    /// the requested time includes it and may be a single moment.
    fn listed_range(&self) -> Result<TimeRange, EmptyRange> {
        let TimeRange { start, end } = self.range;
        if start != end {
            self.range.check()?;
        }
        // The end is included here, and a range ends before its own.
        let after = |end: Timestamp| timestamp(end.as_second().saturating_add(1));
        let range = TimeRange {
            start,
            end: end.map(after),
        };
        Ok(range.starting_earlier_by(EARLIER_SECONDS))
    }
}

impl Proofs {
    fn add_keys(&mut self, path: &Path) -> Result<(), VerifyError> {
        let listed = self.keys.add_list(&read_file(path)?);
        listed.map_err(|source| VerifyError::Keys {
            path: path.to_owned(),
            source,
        })
    }

    fn add_metadata(&mut self, path: &Path) -> Result<(), VerifyError> {
        let manifest = Manifest::parse(&read_file(path)?);
        let manifest = manifest.map_err(|source| VerifyError::Metadata {
            path: path.to_owned(),
            source,
        })?;
        for entry in &manifest.entries {
            self.signatures.add(&entry.name(), &entry.metadata);
        }
        Ok(())
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, VerifyError> {
    let bytes = std::fs::read(path).map_err(|source| VerifyError::File {
        path: path.to_owned(),
        source,
    })?;
    Ok(in_utf_8(bytes))
}
