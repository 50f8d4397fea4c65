//! The remarks about the mapping of records, which are reported once for each object.

use super::object::ObjectScan;
use crate::container::{Damage, RecordText};
use crate::problem::ProblemKind;

/// The remarks about the records of a piece.
#[derive(Debug, Default)]
pub(super) struct PieceRemarks {
    /// The number of records that were events of OCSF.
    ocsf: u64,
    /// The number of records that name another region than the column `region`.
    other_regions: u64,
    /// The first of these regions, and the place of its record.
    first_other_region: Option<(String, Option<u64>)>,
}

impl PieceRemarks {
    /// Adds the remarks about a record.
    pub(super) fn add(&mut self, record: &RecordText<'_>) {
        let Some(remarks) = &record.remarks else {
            return;
        };
        self.ocsf += u64::from(remarks.is_ocsf);
        if let Some(region) = &remarks.other_region {
            self.other_regions += 1;
            let first = &mut self.first_other_region;
            first.get_or_insert_with(|| (region.clone(), record.byte));
        }
    }

    fn problem(self) -> Option<Damage> {
        let (region, byte) = self.first_other_region?;
        let records = self.other_regions;
        Some(Damage {
            kind: ProblemKind::Contradictory,
            detail: format!(
                "{records} records name another region in awsRegion than the column `region`, the \
                 first one `{region}`; awsRegion counts"
            ),
            byte,
        })
    }
}

impl ObjectScan<'_> {
    /// Counts and reports the remarks about the records of a piece.
    pub(super) fn report_remarks(&mut self, remarks: PieceRemarks) {
        self.findings.mapped.ocsf += remarks.ocsf;
        if let Some(problem) = remarks.problem() {
            self.damage(problem);
        }
    }
}
