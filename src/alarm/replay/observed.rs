//! The series that an alarm sees.

use std::borrow::Cow;

use crate::metric::Series;

/// The series that an alarm sees.
#[derive(Clone, Copy, Debug)]
pub enum Observed<'a> {
    /// The samples that every metric of the alarm has.
    One(&'a Series),
    /// The samples of each metric of the alarm, in their order.
    Each(&'a [Series]),
}

impl<'a> Observed<'a> {
    /// Returns the series of the metric with this number.
    pub(super) fn series(self, number: usize) -> Option<&'a Series> {
        match self {
            Self::One(series) => Some(series),
            Self::Each(series) => series.get(number),
        }
    }

    /// Returns the samples of all metrics together.
    pub(super) fn together(self) -> Cow<'a, Series> {
        match self {
            Self::One(series) | Self::Each([series]) => Cow::Borrowed(series),
            Self::Each(several) => {
                let samples = several.iter().flat_map(Series::samples).copied();
                Cow::Owned(Series::new(samples.collect()))
            }
        }
    }
}

impl<'a> From<&'a Series> for Observed<'a> {
    fn from(series: &'a Series) -> Self {
        Self::One(series)
    }
}

impl<'a> From<&'a [Series]> for Observed<'a> {
    fn from(series: &'a [Series]) -> Self {
        Self::Each(series)
    }
}
