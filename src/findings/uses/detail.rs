//! The detail in which uses are kept.

use jiff::Timestamp;

// The variants are in the order of detail, which merging relies on.
/// The detail in which uses are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UseDetail {
    /// A row for each hour.
    #[default]
    Hour,
    /// A row for each day.
    Day,
    /// One row for all times.
    WholeTime,
    /// One row for all times, addresses and programs.
    Caller,
}

impl UseDetail {
    /// Every detail, the finest first.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::WholeTime, Self::Caller];

    /// Returns the name in ledgers and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::WholeTime => "whole-time",
            Self::Caller => "caller",
        }
    }

    /// Returns the next detail that makes fewer rows.
    pub(super) fn coarser(self) -> Option<Self> {
        match self {
            Self::Hour => Some(Self::Day),
            Self::Day => Some(Self::WholeTime),
            Self::WholeTime => Some(Self::Caller),
            Self::Caller => None,
        }
    }

    /// Returns the number of the hour or day that a time is in.
    pub(super) fn span_number(self, time: Timestamp) -> i64 {
        match self {
            Self::Hour => time.as_second().div_euclid(3_600),
            Self::Day => time.as_second().div_euclid(86_400),
            Self::WholeTime | Self::Caller => 0,
        }
    }

    /// Returns whether rows of several addresses or programs differ.
    pub(super) fn has_client(self) -> bool {
        self != Self::Caller
    }
}
