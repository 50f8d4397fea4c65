//! Digests, which list log files that must be there. They hold no records.

use super::inventory::Inventory;
use super::object::{ObjectScan, skip_reason_of_place};
use crate::cloudtrail::key::ObjectKey;
use crate::container::whole_content;
use crate::integrity::Digest;
use crate::problem::{Origin, ProblemKind};

impl ObjectScan<'_> {
    /// Reports the log files that a digest lists and that are not in the archive.
    ///
    /// What is wrong with the digest itself is left to a verification: audits of copies with other
    /// things in the place of digests have always left these out.
    pub(super) fn digest(&mut self, stored: Vec<u8>, inventory: &Inventory) {
        let Ok(content) = whole_content(stored, self.limits) else {
            return;
        };
        let Ok(digest) = Digest::parse(&content) else {
            return;
        };
        for name in inventory.missing(&digest) {
            // Of other accounts and regions, no log file counts.
            if skip_reason_of_place(self.plan, &ObjectKey::parse(&name.key)).is_some() {
                continue;
            }
            let origin = Origin::of_object(self.file.outcome.object.clone());
            let detail = format!("it lists {name}, which is not in the archive");
            self.problem(origin, ProblemKind::MissingLogFile, detail);
        }
    }
}
