//! The rules that are built in: those that AWS and the CIS AWS Foundations Benchmark publish, and a
//! few of our own.

mod edition;
mod group;
mod rule;
mod table;

pub use edition::Edition;
pub use group::{RuleGroup, groups, select};
pub use rule::{BuiltInRule, CisText, RuleSource};
pub use table::RULES;
