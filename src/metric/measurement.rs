//! The contribution of one matching event to a metric.

use super::identity::DimensionSet;

/// A number that a matching event adds to a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// The number.
    pub value: f64,
    /// The dimensions of the metric that it is added to.
    pub dimensions: DimensionSet,
}

// The variants are in the order in which reports list them.
/// The reason why a matching event adds nothing to the metric: neither zero nor the default
/// (sources, M5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoSample {
    /// The event does not have the value, or has null for it, and the filter has no default.
    ValueMissing,
    /// The value is not a number and cannot be read as one.
    ValueNotNumeric,
    /// The value is a number that CloudWatch takes for no sample, since it is too large.
    ValueOutOfRange,
    /// The event has no text for a dimension. Only a ledger may say so: such an event adds its
    /// sample without dimensions (sources, M11).
    DimensionMissing,
    /// The text for a dimension is longer than AWS takes.
    DimensionTooLong,
    /// The event is larger than those that CloudTrail sends to CloudWatch Logs.
    RecordTooLarge,
    /// The event is a network activity event, which CloudTrail does not send to CloudWatch Logs.
    NetworkActivity,
}

impl NoSample {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::ValueMissing,
        Self::ValueNotNumeric,
        Self::ValueOutOfRange,
        Self::DimensionMissing,
        Self::DimensionTooLong,
        Self::RecordTooLarge,
        Self::NetworkActivity,
    ];

    /// Returns the name that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::ValueMissing => "value-missing",
            Self::ValueNotNumeric => "value-not-numeric",
            Self::ValueOutOfRange => "value-out-of-range",
            Self::DimensionMissing => "dimension-missing",
            Self::DimensionTooLong => "dimension-too-long",
            Self::RecordTooLarge => "record-too-large",
            Self::NetworkActivity => "network-activity",
        }
    }
}
