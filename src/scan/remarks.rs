//! The remarks about the mapping of records, which are reported once for each object.

use super::object::ObjectScan;
use crate::container::CountedRemarks;

impl ObjectScan<'_> {
    /// Counts and reports the remarks about the records of a piece.
    pub(super) fn report_remarks(&mut self, remarks: CountedRemarks) {
        self.findings.mapped.ocsf += remarks.ocsf;
        self.findings.mapped.ecs += remarks.ecs;
        for problem in remarks.problems() {
            self.damage(problem);
        }
    }
}
