//! Silence: the time after which, or before which, there is nothing of a kind that is otherwise
//! there.

use crate::time::hours::HourSet;

/// The shortest silence that is noted, in hours. Nights and holidays are quiet.
const SHORTEST_HOURS: i64 = 24;

/// The least ratio of a silence to the longest gap before it.
// Quiet regions have long gaps, and another one of the kind is no news.
const GAP_RATIO: i64 = 2;

/// The shortest silence of a trail or copy that is noted, in hours, while another one of the same
/// account goes on.
const SHORTEST_OF_COPY_HOURS: i64 = 6;

/// The least number of hours with something in them by which the usual gap is known.
// With fewer, a single gap would pass for the usual one.
const KNOWN_HOURS: u64 = 4;

/// Returns true if this many hours without anything are unusual after, or before, the hours of a
/// set.
pub(super) fn is_unusual(hours: &HourSet, silent_hours: i64) -> bool {
    silent_hours >= SHORTEST_HOURS
        && hours.len() >= KNOWN_HOURS
        && silent_hours > GAP_RATIO * hours.longest_gap_hours()
}

/// Returns true if this many hours without anything are unusual after, or before, the hours of a
/// trail or copy, while another one of the same account has something.
pub(super) fn is_unusual_of_copy(hours: &HourSet, silent_hours: i64) -> bool {
    // The other one shows that the account was not quiet, so less is needed.
    silent_hours >= SHORTEST_OF_COPY_HOURS
        && hours.len() >= KNOWN_HOURS
        && silent_hours > hours.longest_gap_hours()
}

/// Returns the number of the last hour of a set, if nothing in it is unusually long before the hour
/// `end`, until which others go on.
pub(super) fn silent_since(hours: &HourSet, end: i64) -> Option<i64> {
    let last = hours.last()?;
    is_unusual(hours, end - last).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::hours::start_of_hour;

    fn hours(hours: impl IntoIterator<Item = i64>) -> HourSet {
        let mut set = HourSet::default();
        for hour in hours {
            set.include(start_of_hour(hour));
        }
        set
    }

    #[test]
    fn silence_is_longer_than_a_day_and_than_the_usual_gaps() {
        assert_eq!(silent_since(&hours(0..10), 32), None);
        assert_eq!(silent_since(&hours(0..10), 33), Some(9));
        let nightly = [0, 10, 24, 34].map(|hour| hour - 100);
        assert_eq!(silent_since(&hours(nightly), -66 + 28), None);
        assert_eq!(silent_since(&hours(nightly), -66 + 29), Some(-66));
        assert_eq!(silent_since(&hours(0..3), 1000), None);
        assert_eq!(silent_since(&hours([]), 1000), None);
    }

    #[test]
    fn a_copy_is_compared_with_the_other_one() {
        let copy = hours([0, 1, 2, 10]);
        let found = [5, 6, 8, 9].map(|silent| is_unusual_of_copy(&copy, silent));
        assert_eq!(found, [false, false, false, true]);
        assert!(is_unusual_of_copy(&hours(0..4), 6));
    }
}
