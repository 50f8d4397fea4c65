//! The chains of an archive, compared with its time and with each other.

use jiff::{SignedDuration, Timestamp};

use super::chain::{Chain, ChainLink};
use super::cover::Cover;
use super::window::{HOUR, Window, earlier, later};
use super::{Gap, GapKind};
use crate::time::period::{TimeRange, TimeSpan};

/// The time by which a chain may end before the archive does: the last digest of an hour is
/// delivered up to 70 minutes after it (sources, I4).
const TAIL: SignedDuration = SignedDuration::from_hours(2);

/// The time by which a chain may begin after the archive does.
const HEAD: SignedDuration = HOUR;

/// The time by which the regions of a trail may differ in the end of the digest that CloudTrail
/// delivers when logging stops.
const STOP_TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

/// The time of the archive, and the chains in it.
pub(super) struct Survey<'a> {
    pub(super) chains: &'a [Chain],
    /// The first and the last minute of the archive, as far as they were requested.
    pub(super) span: TimeSpan,
}

impl Survey<'_> {
    /// Returns the gaps of a chain that touch a range.
    pub(super) fn gaps(&self, chain: &Chain, range: TimeRange) -> Vec<Gap> {
        let mut gaps = chain.inner_gaps(|restart| self.stop_before(chain, restart));
        gaps.extend(self.start_gap(chain));
        gaps.extend(self.end_gap(chain));
        gaps.retain(|gap| Window::of_gap(gap).touches(range));
        gaps.sort_by_key(|gap| (gap.from, gap.to));
        gaps
    }

    /// Returns the times in which a chain may have delivered log files that no digest at hand
    /// lists: its gaps, the hour of each first digest, and what is too close to its ends to be a
    /// gap.
    pub(super) fn open(&self, chain: &Chain) -> Vec<Window> {
        let gaps = self.gaps(chain, TimeRange::default());
        let mut open: Vec<Window> = gaps.iter().map(Window::of_gap).collect();
        let firsts = chain.links.iter().filter(|link| link.is_first);
        open.extend(firsts.map(|link| link.window));
        open.extend(self.tail(chain));
        open.extend(self.head(chain));
        open
    }

    fn tail(&self, chain: &Chain) -> Option<Window> {
        let start = chain.links.last()?.window.end;
        let is_near = later(start, TAIL) > self.span.last()?;
        is_near.then_some(Window::since(start))
    }

    fn head(&self, chain: &Chain) -> Option<Window> {
        let end = chain.links.first()?.window.start;
        let is_near = earlier(end, HEAD) < self.span.first()?;
        is_near.then_some(Window::until(end))
    }

    /// Returns the time between the beginning of the archive and that of a chain, if digests are
    /// missing there.
    fn start_gap(&self, chain: &Chain) -> Option<Gap> {
        let (link, first) = (chain.links.first()?, self.span.first()?);
        let end = link.window.start;
        let is_late = !link.is_first && later(first, HEAD) <= end;
        if chain.name.is_backfill || !is_late {
            return None;
        }
        let is_covered = |window: &Window| window.start < later(first, HEAD) && window.end >= end;
        if self.is_covered_by_others(chain, is_covered) {
            return None;
        }
        // The chains of one trail begin together, so the others show since when digests were due
        // here.
        let siblings = self.siblings(chain).filter_map(Chain::begin);
        let begin = siblings.min().filter(|begin| later(*begin, HEAD) <= end);
        Some(chain.gap(GapKind::Start, begin.unwrap_or(first), end))
    }

    /// Returns the time between the end of a chain and that of the archive, if digests are missing
    /// there.
    fn end_gap(&self, chain: &Chain) -> Option<Gap> {
        let (link, last) = (chain.links.last()?, self.span.last()?);
        let start = link.window.end;
        if chain.name.is_backfill || later(start, TAIL) > last {
            return None;
        }
        let is_covered = |window: &Window| window.start <= start && later(window.end, TAIL) > last;
        if self.is_covered_by_others(chain, is_covered) {
            return None;
        }
        let siblings = self.siblings(chain).filter_map(Chain::end);
        let end = siblings.max().filter(|end| later(start, TAIL) <= *end);
        let mut gap = chain.gap(GapKind::End, start, end.unwrap_or(last));
        // CloudTrail delivers a short digest when logging stops, and none is due after it.
        gap.explained = link.is_final();
        Some(gap)
    }

    /// Returns the time up to which a trail was logging before a restart: in all of its regions, up
    /// to the latest digest in any of them.
    fn stop_before(&self, chain: &Chain, restart: &ChainLink) -> Option<Timestamp> {
        let own = chain.stop_before(restart);
        // Digests of a backfill are not delivered in all regions.
        if chain.name.is_backfill {
            return own;
        }
        let others = self
            .siblings(chain)
            .filter_map(|other| other.stop_before(restart));
        let Some(latest) = others.max() else {
            return own;
        };
        let is_later = own.is_none_or(|own| later(own, STOP_TOLERANCE) < latest);
        match is_later {
            true => Some(latest),
            false => own,
        }
    }

    fn siblings(&self, chain: &Chain) -> impl Iterator<Item = &Chain> {
        let others = self.chains.iter();
        others.filter(|other| other.name != chain.name && other.name.is_sibling(&chain.name))
    }

    /// Returns whether another trail covers the account and region of a chain.
    fn is_covered_by_others(&self, chain: &Chain, is_covered: impl Fn(&Window) -> bool) -> bool {
        let name = &chain.name;
        let others = self.chains.iter().filter(|other| {
            let other = &other.name;
            other != name && other.account == name.account && other.region == name.region
        });
        let cover = Cover::new(others.flat_map(Chain::covered));
        cover.windows().iter().any(is_covered)
    }
}
