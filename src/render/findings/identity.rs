//! The identifier of a finding, which is the same in every report that has the finding.

use crate::integrity::Sha256;
use crate::report::finding::Finding;

/// Returns the SHA-256 of the identity of a finding as a compact JSON array.
pub(super) fn uid(finding: &Finding<'_>) -> String {
    // Texts can always be written as JSON, and JSON keeps them apart.
    let text = serde_json::to_vec(&finding.identity()).unwrap_or_default();
    Sha256::of_bytes(&text).to_string()
}
