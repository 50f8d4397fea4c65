//! The counts of uses in a ledger.

use crate::findings::counts::StoredCounts;

/// The name of the number of uses of each reading among the counts of a ledger.
pub(super) const COLLECTED: &str = "use";

/// The name of the number of uses that are left out. The count is there if a reading has a limit,
/// and its own name is that limit.
pub(super) const OMITTED: &str = "omitted-use";

/// Returns whether the uses of the wanted readings can be restored together: none of the readings
/// has a limit of its own, and each is of a version that collected uses.
pub(in crate::findings) fn can_be_merged(counts: &StoredCounts, wanted: &[bool]) -> bool {
    let of_kind = |kind: &str| {
        let readings = counts.get(kind).into_iter().flatten();
        let is_wanted = |reading: u64| wanted.get(reading as usize) == Some(&true);
        let wanted = readings.filter(|(reading, _)| is_wanted(*reading));
        wanted.count()
    };
    let readings = wanted.iter().filter(|is_wanted| **is_wanted).count();
    of_kind(OMITTED) == 0 && of_kind(COLLECTED) == readings
}
