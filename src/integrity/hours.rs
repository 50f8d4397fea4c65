//! The hours in which digests at hand list every log file.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::chain::Chain;
use super::cover::Cover;
use super::window::Window;

/// The time by which the delivery of a log file may differ from the minute in its name, before and
/// after (sources, I4).
const SLOT_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// What the chains of one account and region say about times.
#[derive(Clone, Debug, Default)]
pub(super) struct ChainHours {
    cover: Cover,
    /// Times in which one of the chains may have delivered files that no digest at hand lists.
    open: Vec<Window>,
}

/// What all chains say about times, by account and region.
#[derive(Clone, Debug, Default)]
pub(super) struct HoursByPlace<'a> {
    places: BTreeMap<(&'a str, &'a str), ChainHours>,
}

impl<'a> HoursByPlace<'a> {
    /// Gathers what chains say, given the open times of each.
    pub(super) fn new(chains: &'a [Chain], open: impl Fn(&Chain) -> Vec<Window>) -> Self {
        let mut by_place: BTreeMap<_, Vec<&Chain>> = BTreeMap::new();
        for chain in chains {
            let place = (chain.name.account.as_str(), chain.name.region.as_str());
            by_place.entry(place).or_default().push(chain);
        }
        let hours = |chains: Vec<&Chain>| ChainHours {
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
        self.list_all_of(account, region, Window::around(slot, SLOT_TOLERANCE))
    }

    /// Returns whether digests at hand list every log file that was delivered in a window.
    pub(super) fn list_all_of(&self, account: &str, region: &str, window: Window) -> bool {
        let Some(hours) = self.places.get(&(account, region)) else {
            return false;
        };
        let is_open = hours.open.iter().any(|open| open.overlaps(window));
        hours.cover.contains(window) && !is_open
    }
}
