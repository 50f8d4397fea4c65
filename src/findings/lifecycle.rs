//! Records of steps in the life of a secret or key.

use super::kept::LifecycleRecord;
use super::{Finding, SeenRecord, by_time};

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
