//! The distribution of the samples of a period, as far as CloudWatch keeps it.
//!
//! CloudWatch does not keep single values: each goes to a bin whose upper edge is 1.1 times its
//! lower one, and only the weight of the bin is kept. Percentiles are interpolated in the bin, so
//! they differ by up to 9.1 % from those of the values themselves. The rules reproduce every
//! recorded value (sources, T3 to T6).

use std::collections::BTreeMap;

use super::trimmed::{Bounds, TrimmedKind};

// No document states it; it follows from the recorded percentiles (sources, T3).
/// The ratio of the edges of a bin.
const RATIO: f64 = 1.1;

/// The share by which a weight may exceed a sum of weights through rounding alone.
const ROUNDING: f64 = 1e-12;

/// The values of a period, sorted into bins.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    /// The bins that hold weight, lowest first.
    bins: Vec<Bin>,
    minimum: f64,
    maximum: f64,
    /// The weight of all bins.
    weight: f64,
}

/// A bin, its edges cut to the smallest and largest value of the period.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bin {
    low: f64,
    high: f64,
    weight: f64,
}

/// A piece of a bin, from one share of its weight to another.
#[derive(Clone, Copy, Debug)]
struct BinSlice {
    bin: Bin,
    from: f64,
    to: f64,
}

/// A range of weight, counted from the lowest value.
#[derive(Clone, Copy, Debug)]
struct WeightRange {
    from: f64,
    to: f64,
}

/// The weight of each bin, and the bounds of the values.
struct Weights {
    by_bin: BTreeMap<BinNumber, f64>,
    minimum: f64,
    maximum: f64,
}

/// The number of a bin. Zero and negative values share one that sorts before all others.
type BinNumber = Option<i32>;

impl Weights {
    fn new() -> Self {
        Self {
            by_bin: BTreeMap::new(),
            minimum: f64::NAN,
            maximum: f64::NAN,
        }
    }

    fn add(&mut self, value: f64, weight: f64) {
        // A weight of zero still moves the bounds (sources, T2).
        self.minimum = self.minimum.min(value);
        self.maximum = self.maximum.max(value);
        *self.by_bin.entry(bin_number(value)).or_insert(0.0) += weight;
    }

    fn bins(&self) -> Vec<Bin> {
        let weighty = self.by_bin.iter().filter(|(_, weight)| **weight > 0.0);
        let bins = weighty.map(|(number, weight)| Bin::new(*number, *weight));
        bins.map(|bin| bin.cut(self.minimum, self.maximum))
            .collect()
    }
}

impl Distribution {
    /// Sorts values with their weights into bins, or returns `None` if there are no values.
    pub fn from_values(values: impl Iterator<Item = (f64, f64)>) -> Option<Self> {
        let mut weights = Weights::new();
        for (value, weight) in values {
            weights.add(value, weight);
        }
        (!weights.by_bin.is_empty()).then(|| Self::from_weights(&weights))
    }

    fn from_weights(weights: &Weights) -> Self {
        let bins = weights.bins();
        Self {
            weight: bins.iter().map(|bin| bin.weight).sum(),
            bins,
            minimum: weights.minimum,
            maximum: weights.maximum,
        }
    }

    /// Returns the value that this percentage of the weight does not exceed. Only the ends are
    /// known if there are negative values, or less than one sample.
    pub fn percentile(&self, percent: f64) -> Option<f64> {
        match percent {
            ..=0.0 => Some(self.minimum),
            100.0.. => Some(self.maximum),
            _ if self.is_known() => self.value_at(percent / 100.0 * self.weight),
            _ => None,
        }
    }

    /// Returns the value up to which the distribution has this weight.
    fn value_at(&self, weight: f64) -> Option<f64> {
        let slice = self.slice_up_to(weight)?;
        Some(slice.bin.interpolate(slice.to))
    }

    /// Returns the percentage of the weight within bounds.
    pub fn percentile_rank(&self, bounds: Bounds) -> Option<f64> {
        let range = self.range(bounds)?;
        (self.weight > 0.0).then(|| range.weight() / self.weight * 100.0)
    }

    /// Computes a statistic of the values within bounds.
    pub fn trimmed(&self, kind: TrimmedKind, bounds: Bounds) -> Option<f64> {
        let range = self.range(bounds)?;
        match kind {
            TrimmedKind::Count => Some(range.weight()),
            TrimmedKind::Sum => Some(self.sum(range)),
            TrimmedKind::Mean => self.mean(range),
            TrimmedKind::WinsorizedMean => Some(self.winsorized_sum(range)? / self.weight),
        }
    }

    fn mean(&self, range: WeightRange) -> Option<f64> {
        let mean = self.sum(range) / range.weight();
        mean.is_finite().then_some(mean)
    }

    /// Returns true if percentages have a meaning: negative values have no distribution, and
    /// percentages need one whole sample.
    fn is_known(&self) -> bool {
        self.minimum >= 0.0 && self.weight >= 1.0
    }

    /// Returns the weight within bounds.
    fn range(&self, bounds: Bounds) -> Option<WeightRange> {
        match bounds {
            Bounds::Percent { low, high } if self.is_known() => Some(WeightRange {
                from: low / 100.0 * self.weight,
                to: high / 100.0 * self.weight,
            }),
            // Unlike percentages, values also bound less than one whole sample.
            Bounds::Values { low, high } if self.minimum >= 0.0 => Some(WeightRange {
                from: low.map_or(0.0, |value| self.weight_up_to(value)),
                to: high.map_or(self.weight, |value| self.weight_up_to(value)),
            }),
            _ => None,
        }
    }

    fn weight_up_to(&self, value: f64) -> f64 {
        let bins = self.bins.iter();
        bins.map(|bin| bin.weight * bin.share_up_to(value)).sum()
    }

    /// Returns the pieces of the bins that a range covers, lowest first.
    fn slices(&self, range: WeightRange) -> Vec<BinSlice> {
        let mut below = 0.0;
        let mut slices = Vec::new();
        for &bin in &self.bins {
            let slice = bin.slice(range.from - below, range.to - below);
            slices.extend(Some(slice).filter(|slice| slice.to > slice.from));
            below += bin.weight;
        }
        slices
    }

    /// Returns the bin in which the weight from below reaches `target`, up to that weight.
    fn slice_up_to(&self, target: f64) -> Option<BinSlice> {
        let mut below = 0.0;
        for &bin in &self.bins {
            let up_to = below + bin.weight;
            // Without the tolerance, a target of all weight could miss the last bin, because the
            // same weights were added up in another order.
            if target <= up_to * (1.0 + ROUNDING) {
                return Some(bin.slice(0.0, target - below));
            }
            below = up_to;
        }
        None
    }

    /// Adds up the values of a range.
    fn sum(&self, range: WeightRange) -> f64 {
        let slices = self.slices(range);
        let last = slices.len().saturating_sub(1);
        let mut sum = 0.0;
        for (number, slice) in slices.iter().enumerate() {
            let is_end = number == 0 || number == last;
            sum += slice.middle(is_end) * slice.weight();
        }
        sum
    }

    /// Adds up the values of a range, and counts each tail at the value where the range ends.
    fn winsorized_sum(&self, range: WeightRange) -> Option<f64> {
        let low_end = self.clamp(self.slice_up_to(range.from)?.low_end());
        let high_end = self.clamp(self.slice_up_to(range.to)?.high_end());
        let (low_tail, high_tail) = (range.from, self.weight - range.to);
        Some(self.sum(range) + low_tail * low_end + high_tail * high_end)
    }

    fn clamp(&self, value: f64) -> f64 {
        value.clamp(self.minimum, self.maximum)
    }
}

/// Returns the lower edge of a bin.
fn edge(number: i32) -> f64 {
    RATIO.powi(number)
}

impl Bin {
    fn new(number: BinNumber, weight: f64) -> Self {
        let edges = number.map(|number| (edge(number), edge(number + 1)));
        let (low, high) = edges.unwrap_or_default();
        Self { low, high, weight }
    }

    fn cut(self, minimum: f64, maximum: f64) -> Self {
        Self {
            low: self.low.max(minimum),
            high: self.high.min(maximum),
            ..self
        }
    }

    /// Returns the piece between two weights, counted from the lower edge.
    fn slice(self, from: f64, to: f64) -> BinSlice {
        BinSlice {
            bin: self,
            from: self.share_of(from),
            to: self.share_of(to),
        }
    }

    /// Returns the share that a weight, counted from the lower edge, is of this bin.
    fn share_of(self, weight: f64) -> f64 {
        (weight / self.weight).clamp(0.0, 1.0)
    }

    /// Returns the share of the bin up to a value; weight lies linear inside of a bin.
    fn share_up_to(self, value: f64) -> f64 {
        if value >= self.high {
            return 1.0;
        }
        if value <= self.low {
            return 0.0;
        }
        (value - self.low) / (self.high - self.low)
    }

    /// Returns the value at a share of the weight, on a logarithmic scale.
    fn interpolate(self, share: f64) -> f64 {
        // The bin of zero has no logarithm; all of its values are zero.
        if self.low <= 0.0 {
            return 0.0;
        }
        self.low * (self.high / self.low).powf(share)
    }

    /// Returns the value at the end of a range, from its exponent. The textbook end of a range is
    /// the percentile, at a position in the bin; that of CloudWatch is a power of the ratio of the
    /// edges.
    fn end(self, exponent: f64) -> f64 {
        self.low * RATIO.powf(exponent.clamp(0.0, 1.0))
    }
}

impl BinSlice {
    fn weight(self) -> f64 {
        self.bin.weight * (self.to - self.from)
    }

    /// Returns the value that the weight of the slice counts with in a sum: the arithmetic middle
    /// at both ends, and the geometric middle between them. That is why TM(:100%) of 1 to 10 is
    /// 5.4853 and not 5.5 (sources, T5).
    fn middle(self, is_end: bool) -> f64 {
        let Bin { low, high, .. } = self.bin;
        match is_end {
            true => low + (high - low) * (self.from + self.to) / 2.0,
            false => (low * high).sqrt(),
        }
    }

    // The exponents of both ends depend on the weight of the bin. That is odd, since a weight is
    // not a position in the bin, and no document says why. But without it the recorded winsorized
    // means do not come out, and with it all 30 of them do, for bins of any weight (sources, T6).

    /// Returns the value that the lower tail counts with, where this slice ends.
    fn low_end(self) -> f64 {
        // A tail that takes its whole bin ends at the upper edge. In a heavy bin the difference
        // below is over 1 then, and clamped; a light bin needs the case of its own.
        let exponent = match self.to >= 1.0 {
            true => 1.0,
            false => self.bin.weight - self.to,
        };
        self.bin.end(exponent)
    }

    /// Returns the value that the upper tail counts with, where this slice ends.
    fn high_end(self) -> f64 {
        self.bin.end(self.bin.weight - 1.0 + self.to)
    }
}

impl WeightRange {
    fn weight(self) -> f64 {
        self.to - self.from
    }
}

/// Returns the number of the bin of a value.
fn bin_number(value: f64) -> BinNumber {
    (value > 0.0).then(|| (value.ln() / RATIO.ln()).floor() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distribution(values: &[(f64, f64)]) -> Distribution {
        Distribution::from_values(values.iter().copied()).expect("values")
    }

    fn up_to(high: f64) -> Bounds {
        Bounds::Values {
            low: None,
            high: Some(high),
        }
    }

    #[test]
    fn zero_has_a_bin_of_its_own() {
        let values = distribution(&[(0.0, 3.0), (1.0, 1.0)]);
        assert_eq!(values.percentile_rank(up_to(0.0)), Some(75.0));
        assert_eq!(values.percentile(50.0), Some(0.0));
        assert_eq!(values.percentile(90.0), Some(1.0));
    }

    #[test]
    fn negative_values_have_ends_only() {
        let values = distribution(&[(-1.0, 1.0), (1.0, 1.0)]);
        assert_eq!(values.percentile(0.0), Some(-1.0));
        assert_eq!(values.percentile(100.0), Some(1.0));
        assert_eq!(values.percentile(50.0), None);
        let whole = Bounds::Percent {
            low: 0.0,
            high: 100.0,
        };
        assert_eq!(values.trimmed(TrimmedKind::Mean, whole), None);
        assert_eq!(values.percentile_rank(up_to(0.0)), None);
    }

    #[test]
    fn less_than_one_sample_has_no_percentages_but_values() {
        let values = distribution(&[(1.0, 0.5)]);
        assert_eq!(values.percentile(50.0), None);
        assert_eq!(values.trimmed(TrimmedKind::Count, up_to(1.0)), Some(0.5));
        assert_eq!(values.percentile_rank(up_to(1.0)), Some(100.0));
        let whole = distribution(&[(1.0, 1.0)]);
        assert_eq!(whole.percentile(50.0), Some(1.0));
    }

    #[test]
    fn a_value_without_weight_is_only_a_bound() {
        let values = distribution(&[(1.0, 0.0), (2.0, 4.0)]);
        assert_eq!(values.percentile(0.0), Some(1.0));
        let most = Bounds::Percent {
            low: 0.0,
            high: 90.0,
        };
        let mean = values.trimmed(TrimmedKind::WinsorizedMean, most);
        assert!(
            mean.is_some_and(|mean| (1.0..=2.0).contains(&mean)),
            "{mean:?}"
        );
        let weightless = distribution(&[(1.0, 0.0)]);
        assert_eq!(weightless.percentile_rank(up_to(1.0)), None);
    }

    #[test]
    fn nothing_has_no_distribution() {
        assert_eq!(Distribution::from_values(std::iter::empty()), None);
    }
}
