//! The integrity of an archive, as plain values: the grade of each object, the gaps of each chain
//! of digests, and what else contradicts.

mod audited;
mod chain_name;
mod finding;
mod gap;
mod grade;
mod object_name;
mod tables;
mod verification;

pub use audited::{AuditedIntegrity, Grades, IntegritySummary};
pub use chain_name::ChainName;
pub use finding::{FindingKind, IntegrityFinding};
pub use gap::{Gap, GapKind};
pub use grade::Grade;
pub use object_name::ObjectName;
pub use tables::graded_object_schema;
pub use verification::{Counts, GradedKind, GradedObject, Outcome, Verification};
