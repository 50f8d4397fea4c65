//! Bursts of activity: the times of an archive that are worth a chart of their own.

/// The number of charts of bursts of one alarm.
const BURST_LIMIT: usize = 12;

/// The quiet time after which a new burst begins, in periods of the alarm.
const PAUSE_PERIODS: i64 = 12;

/// The time before and after a burst that is shown with it, in periods of the alarm.
const MARGIN_PERIODS: i64 = 2;

/// Joins times that are near each other, so that there are at most [`BURST_LIMIT`] of them. A long
/// quiet time is between them, and wastes no picture.
pub(super) fn bursts(mut times: Vec<(i64, i64)>, period_seconds: i64) -> Vec<(i64, i64)> {
    times.sort_unstable();
    let mut pause = period_seconds.saturating_mul(PAUSE_PERIODS).max(1);
    let mut joined = joined(&times, pause);
    // It ends: at some point the pause is longer than all the time between them.
    while joined.len() > BURST_LIMIT {
        pause = pause.saturating_mul(2);
        joined = self::joined(&times, pause);
    }
    let margin = period_seconds.saturating_mul(MARGIN_PERIODS);
    let bursts = joined.into_iter();
    bursts
        .map(|(first, last)| (first - margin, last + margin))
        .collect()
}

fn joined(times: &[(i64, i64)], pause: i64) -> Vec<(i64, i64)> {
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (first, last) in times {
        match joined.last_mut() {
            Some(burst) if *first <= burst.1.saturating_add(pause) => {
                burst.1 = burst.1.max(*last);
            }
            _ => joined.push((*first, *last)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_is_one_burst() {
        let times = vec![(10_000, 10_300), (0, 300), (3_900, 4_200)];
        assert_eq!(bursts(times, 300), [(-600, 4_800), (9_400, 10_900)]);
        assert!(bursts(Vec::new(), 300).is_empty());
    }

    #[test]
    fn years_of_bursts_have_few_charts() {
        let times = (0..500).map(|week| (week * 604_800, week * 604_800 + 60));
        let bursts = bursts(times.collect(), 60);
        assert!((1..=BURST_LIMIT).contains(&bursts.len()));
    }
}
