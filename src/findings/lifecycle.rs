//! Records of steps in the life of a secret or key.

use super::{Finding, KeptRecord, SeenRecord, by_time};
use crate::cloudtrail::lifecycle::Step;

/// A record of a step in the life of a secret or key.
#[derive(Clone, Debug, PartialEq)]
pub struct LifecycleRecord {
    /// The step.
    pub step: Step,
    /// The record.
    pub record: KeptRecord,
}

impl AsRef<KeptRecord> for LifecycleRecord {
    fn as_ref(&self) -> &KeptRecord {
        &self.record
    }
}

impl AsMut<KeptRecord> for LifecycleRecord {
    fn as_mut(&mut self) -> &mut KeptRecord {
        &mut self.record
    }
}

impl Finding for Vec<LifecycleRecord> {
    fn observe(&mut self, record: &mut SeenRecord<'_>) {
        self.extend(record.lifecycle.take().map(|found| *found));
    }

    fn merge(&mut self, mut other: Self) {
        self.append(&mut other);
    }

    fn put_in_order(&mut self) {
        self.sort_by(by_time);
    }
}
