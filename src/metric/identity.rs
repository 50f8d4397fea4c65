//! The identity of a metric.

use std::fmt;

/// The names and values of the dimensions of one metric, in the order of the names.
pub type DimensionSet = Vec<(String, String)>;

/// The identity of a metric. Another set of dimensions is another metric (user guide, "Metrics
/// concepts").
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MetricIdentity {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub metric_name: String,
    /// The names and values of the dimensions, in the order of the names.
    pub dimensions: DimensionSet,
}

/// The namespace and the name.
impl fmt::Display for MetricIdentity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.namespace, self.metric_name)
    }
}
