//! Rules: the events that a metric filter counts.

use crate::metric::MetricFilter;
use crate::report::Subject;

/// A metric filter, with the events that it counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The name, unique in a plan.
    pub name: String,
    /// The events that the rule counts, in words.
    pub subject: Subject,
    /// The metric filter.
    pub filter: MetricFilter,
    /// True if the rule is built in, and not one that the user wrote.
    pub is_built_in: bool,
}
