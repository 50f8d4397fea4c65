//! The times that digests cover.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::chain::{Chain, Window};

/// The time by which the delivery of a log file may differ from the minute in its name, before and
/// after (sources, I4).
const SLOT_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// Times without a gap, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cover {
    windows: Vec<Window>,
}

impl Cover {
    /// Joins windows of time that touch each other.
    pub(super) fn new(windows: impl IntoIterator<Item = Window>) -> Self {
        let mut sorted: Vec<Window> = windows.into_iter().collect();
        sorted.sort();
        let mut joined: Vec<Window> = Vec::new();
        for window in sorted {
            match joined.last_mut() {
                Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
                _ => joined.push(window),
            }
        }
        Self { windows: joined }
    }

    /// Returns the times, none of which touches another.
    pub(super) fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// Returns whether a window is covered whole.
    pub(super) fn contains(&self, window: Window) -> bool {
        let mut windows = self.windows.iter();
        windows.any(|cover| cover.start <= window.start && window.end <= cover.end)
    }
}

/// What the chains of one account and region say about times.
#[derive(Clone, Debug, Default)]
pub(super) struct Hours {
    cover: Cover,
    /// Times in which one of the chains may have delivered files that no digest at hand lists.
    open: Vec<Window>,
}

/// What all chains say about times, by account and region.
#[derive(Clone, Debug, Default)]
pub(super) struct HoursByPlace<'a> {
    places: BTreeMap<(&'a str, &'a str), Hours>,
}

impl<'a> HoursByPlace<'a> {
    /// Gathers what chains say, given the open times of each.
    pub(super) fn new(chains: &'a [Chain], open: impl Fn(&Chain) -> Vec<Window>) -> Self {
        let mut by_place: BTreeMap<_, Vec<&Chain>> = BTreeMap::new();
        for chain in chains {
            let place = (chain.name.account.as_str(), chain.name.region.as_str());
            by_place.entry(place).or_default().push(chain);
        }
        let hours = |chains: Vec<&Chain>| Hours {
            cover: Cover::new(chains.iter().flat_map(|chain| chain.covered())),
            open: chains.iter().flat_map(|chain| open(chain)).collect(),
        };
        let places = by_place.into_iter();
        Self {
            places: places
                .map(|(place, chains)| (place, hours(chains)))
                .collect(),
        }
    }

    /// Returns whether a digest at hand would list a log file of this slot, had CloudTrail
    /// delivered it.
    pub(super) fn would_list(&self, account: &str, region: &str, slot: Timestamp) -> bool {
        let Some(hours) = self.places.get(&(account, region)) else {
            return false;
        };
        let window = Window::around(slot, SLOT_TOLERANCE);
        let is_open = hours.open.iter().any(|open| open.overlaps(window));
        hours.cover.contains(window) && !is_open
    }
}
