//! Records of kinds that a trail may exclude.

use super::{Finding, SeenRecord};

/// The event source of KMS.
const KMS: &str = "kms.amazonaws.com";

/// The number of records of kinds that a trail may exclude.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// Records of KMS.
    pub kms: u64,
    /// Records of calls that only read.
    pub reads: u64,
}

impl Finding for Activity {
    fn observe(&mut self, record: &mut SeenRecord<'_>) {
        self.kms += u64::from(record.event_source.as_deref() == Some(KMS));
        self.reads += u64::from(record.is_read_only);
    }

    fn merge(&mut self, other: Self) {
        self.kms += other.kms;
        self.reads += other.reads;
    }
}
