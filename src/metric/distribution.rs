//! How the samples of a period are distributed, as far as CloudWatch keeps it.
//!
//! CloudWatch does not keep single values: each goes to a bin whose upper edge is 1.1 times its
//! lower one, and only the weight of the bin is kept. Percentiles are interpolated in the bin, so
//! they differ by up to 9.1 % from those of the values themselves. The rules reproduce every
//! recorded value (sources, T3 to T6).

use super::extended::{Bounds, TrimmedKind};

/// The ratio of the edges of a bin.
const RATIO: f64 = 1.1;

/// How much a weight may exceed a sum of weights by rounding alone, as a share of it.
const ROUNDING: f64 = 1e-12;

/// The values of a period, sorted into bins.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    /// The bins that hold weight, from the lowest.
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

/// The part of a bin between two shares of its weight.
#[derive(Clone, Copy, Debug)]
struct Part {
    bin: Bin,
    from: f64,
    to: f64,
}

/// A stretch of weight, counted from the lowest value.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    from: f64,
    to: f64,
}

impl Distribution {
    /// Sorts values with their weights into bins; `None` when there is none. A weight of zero still
    /// moves the smallest and largest value.
    pub fn of(values: impl Iterator<Item = (f64, f64)> + Clone) -> Option<Self> {
        let bound =
            |choose: fn(f64, f64) -> f64| values.clone().map(|(value, _)| value).reduce(choose);
        let (minimum, maximum) = (bound(f64::min)?, bound(f64::max)?);
        let mut weights = std::collections::BTreeMap::new();
        for (value, weight) in values {
            *weights.entry(number(value)).or_insert(0.0) += weight;
        }
        let bin = |(number, weight): (Option<i32>, f64)| {
            let (low, high) = number.map_or((0.0, 0.0), |number| {
                (RATIO.powi(number), RATIO.powi(number + 1))
            });
            Bin {
                low: low.max(minimum),
                high: high.min(maximum),
                weight,
            }
        };
        let bins: Vec<Bin> = weights
            .into_iter()
            .map(bin)
            .filter(|bin| bin.weight > 0.0)
            .collect();
        let weight = bins.iter().map(|bin| bin.weight).sum();
        Some(Self {
            bins,
            minimum,
            maximum,
            weight,
        })
    }

    /// The value that this percentage of the weight does not exceed. Nothing for negative values
    /// and for less than one sample, but for the ends.
    pub fn percentile(&self, percent: f64) -> Option<f64> {
        if percent <= 0.0 {
            return Some(self.minimum);
        }
        if percent >= 100.0 {
            return Some(self.maximum);
        }
        if !self.is_known() {
            return None;
        }
        let target = percent / 100.0 * self.weight;
        let Part { bin, to, .. } = self.part_at(target)?;
        Some(if bin.low > 0.0 {
            bin.low * (bin.high / bin.low).powf(to)
        } else {
            0.0
        })
    }

    /// The percentage of the weight that lies within bounds given as values: above the lower and
    /// not above the upper.
    pub fn percentile_rank(&self, bounds: Bounds) -> Option<f64> {
        let Stretch { from, to } = self.stretch(bounds)?;
        (self.weight > 0.0).then(|| (to - from) / self.weight * 100.0)
    }

    /// A statistic of the values within bounds.
    pub fn trimmed(&self, kind: TrimmedKind, bounds: Bounds) -> Option<f64> {
        let stretch = self.stretch(bounds)?;
        let sum = || self.sum(stretch);
        match kind {
            TrimmedKind::Count => Some(stretch.to - stretch.from),
            TrimmedKind::Sum => Some(sum()),
            TrimmedKind::Mean => {
                Some(sum() / (stretch.to - stretch.from)).filter(|mean| mean.is_finite())
            }
            TrimmedKind::WinsorizedMean => Some(self.winsorized_sum(stretch)? / self.weight),
        }
    }

    /// Negative values have no distribution, and percentages need one whole sample.
    fn is_known(&self) -> bool {
        self.minimum >= 0.0 && self.weight >= 1.0
    }

    /// The weight within bounds. Bounds in percent need one whole sample, bounds in values do not.
    fn stretch(&self, bounds: Bounds) -> Option<Stretch> {
        match bounds {
            Bounds::Percent { low, high } => self.is_known().then(|| Stretch {
                from: low / 100.0 * self.weight,
                to: high / 100.0 * self.weight,
            }),
            Bounds::Values { low, high } => (self.minimum >= 0.0).then(|| Stretch {
                from: low.map_or(0.0, |value| self.weight_up_to(value)),
                to: high.map_or(self.weight, |value| self.weight_up_to(value)),
            }),
        }
    }

    /// The weight of the values up to this one, which lies linear inside of its bin.
    fn weight_up_to(&self, value: f64) -> f64 {
        let share = |bin: &Bin| match value {
            value if value >= bin.high => 1.0,
            value if value <= bin.low => 0.0,
            value => (value - bin.low) / (bin.high - bin.low),
        };
        self.bins.iter().map(|bin| bin.weight * share(bin)).sum()
    }

    /// The parts of the bins that a stretch covers, from the lowest.
    fn parts(&self, stretch: Stretch) -> Vec<Part> {
        let mut below = 0.0;
        let mut parts = Vec::new();
        for &bin in &self.bins {
            let from = ((stretch.from - below) / bin.weight).clamp(0.0, 1.0);
            let to = ((stretch.to - below) / bin.weight).clamp(0.0, 1.0);
            if to > from {
                parts.push(Part { bin, from, to });
            }
            below += bin.weight;
        }
        parts
    }

    /// The bin in which the weight from below reaches `target`, and the share of the bin that it
    /// takes.
    fn part_at(&self, target: f64) -> Option<Part> {
        let mut below = 0.0;
        for &bin in &self.bins {
            let up_to = below + bin.weight;
            if target <= up_to * (1.0 + ROUNDING) {
                return Some(Part {
                    bin,
                    from: 0.0,
                    to: ((target - below) / bin.weight).clamp(0.0, 1.0),
                });
            }
            below = up_to;
        }
        None
    }

    /// The values of a stretch added up: in the lowest and highest bin by the middle of the kept
    /// part, between them by the geometric middle.
    fn sum(&self, stretch: Stretch) -> f64 {
        let parts = self.parts(stretch);
        let last = parts.len().saturating_sub(1);
        let value = |(place, Part { bin, from, to }): (usize, &Part)| {
            let middle = match place == 0 || place == last {
                true => bin.low + (bin.high - bin.low) * (from + to) / 2.0,
                false => (bin.low * bin.high).sqrt(),
            };
            middle * bin.weight * (to - from)
        };
        parts.iter().enumerate().map(value).sum()
    }

    /// The sum of a stretch, and of both tails at the value where the stretch ends.
    fn winsorized_sum(&self, stretch: Stretch) -> Option<f64> {
        let low = self.part_at(stretch.from)?;
        let high = self.part_at(stretch.to)?;
        let low_end = self.end_value(
            low,
            if low.to >= 1.0 {
                1.0
            } else {
                low.bin.weight - low.to
            },
        );
        let high_end = self.end_value(high, high.bin.weight - 1.0 + high.to);
        Some(self.sum(stretch) + stretch.from * low_end + (self.weight - stretch.to) * high_end)
    }

    /// Returns the value that a tail counts with. The exponent depends on the weight of the bin,
    /// which is odd, but the formula is a fit that reproduces all 30 recorded winsorized means
    /// (sources, T6).
    fn end_value(&self, part: Part, exponent: f64) -> f64 {
        (part.bin.low * RATIO.powf(exponent.clamp(0.0, 1.0))).clamp(self.minimum, self.maximum)
    }
}

/// The number of the bin of a value; zero and what is below it share one that comes first.
fn number(value: f64) -> Option<i32> {
    (value > 0.0).then(|| (value.ln() / RATIO.ln()).floor() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distribution(values: &[(f64, f64)]) -> Distribution {
        Distribution::of(values.iter().copied()).expect("values")
    }

    #[test]
    fn zero_has_a_bin_of_its_own() {
        let values = distribution(&[(0.0, 3.0), (1.0, 1.0)]);
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
        assert_eq!(
            values.percentile_rank(Bounds::Values {
                low: None,
                high: Some(0.0)
            }),
            None
        );
    }

    #[test]
    fn nothing_has_no_distribution() {
        assert_eq!(Distribution::of(std::iter::empty()), None);
    }
}
