//! Periods: the equal pieces of time that samples are aggregated over.

use jiff::Timestamp;

use super::sample::Sample;

/// The samples of one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Period<'a> {
    /// The beginning of the period, which stamps its datapoint.
    pub start: Timestamp,
    /// The samples of the period, at least one.
    pub samples: &'a [Sample],
}

/// A text that is not the length of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a period is 1, 5, 10, 20, 30 or a multiple of 60 seconds")]
pub struct InvalidPeriod;

/// Parses the length of a period for which statistics can be retrieved (API,
/// `GetMetricStatistics`).
///
/// # Errors
///
/// When CloudWatch has no such period.
pub fn parse_period_seconds(text: &str) -> Result<u32, InvalidPeriod> {
    let seconds: u32 = text.parse().map_err(|_| InvalidPeriod)?;
    let is_high_resolution = matches!(seconds, 1 | 5 | 10 | 20 | 30);
    let is_regular = seconds > 0 && seconds.is_multiple_of(60);
    if is_high_resolution || is_regular {
        Ok(seconds)
    } else {
        Err(InvalidPeriod)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_those_of_cloudwatch() {
        for seconds in [1, 5, 10, 20, 30, 60, 300, 86_400] {
            assert_eq!(parse_period_seconds(&seconds.to_string()), Ok(seconds));
        }
        for wrong in ["", "0", "7", "15", "61", "-60", "60.0"] {
            assert_eq!(parse_period_seconds(wrong), Err(InvalidPeriod), "{wrong}");
        }
    }
}
