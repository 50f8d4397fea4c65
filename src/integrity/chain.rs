//! Chains of digests, and the times that they leave out.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::cover::Cover;
use super::digest_proof::{DigestProof, Digests};
use super::{ChainName, FoundDigest, Gap, GapKind};
use crate::time::period::{TimeRange, TimeSpan};

/// The time that a digest covers.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The time by which a chain may end before the archive does: the last digest of an hour is
/// delivered up to 70 minutes after it (sources, I4).
const TAIL: SignedDuration = SignedDuration::from_hours(2);

/// The time by which a chain may begin after the archive does.
const HEAD: SignedDuration = HOUR;

/// A window of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Window {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

impl Window {
    /// Returns the time around a moment, as far as timestamps reach.
    pub(super) fn around(moment: Timestamp, tolerance: SignedDuration) -> Self {
        Self {
            start: earlier(moment, tolerance),
            end: later(moment, tolerance),
        }
    }

    /// Returns whether two windows have more than a moment in common.
    pub(super) fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Returns whether the window touches a range, both ends included.
    pub(super) fn touches(self, range: TimeRange) -> bool {
        range.start.is_none_or(|start| start <= self.end)
            && range.end.is_none_or(|end| self.start <= end)
    }
}

fn earlier(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.checked_sub(by).unwrap_or(Timestamp::MIN)
}

fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// A digest in its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) window: Window,
    /// True for the first digest after logging or validation began. It is empty, and its hour is
    /// the one before (sources, I4).
    pub(super) is_first: bool,
    /// True if nothing speaks against it.
    pub(super) is_valid: bool,
    /// True if the digest before it is at hand.
    has_previous: bool,
}

/// A chain of digests, from the oldest to the newest.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    pub(super) name: ChainName,
    links: Vec<Link>,
}

/// Sorts digests into their chains. One whose name says nothing is in none.
pub(super) fn chains(digests: &Digests<'_>, proofs: &[DigestProof]) -> Vec<Chain> {
    let mut chains: BTreeMap<ChainName, Vec<Link>> = BTreeMap::new();
    for (found, proof) in digests.found.iter().zip(proofs) {
        let Some((name, end)) = chain_of(found) else {
            continue;
        };
        let link = Link {
            window: window(found, end),
            is_first: is_first(found),
            is_valid: proof.grade.is_consistent(),
            has_previous: digests.has_previous(found),
        };
        chains.entry(name).or_default().push(link);
    }
    let chain = |(name, mut links): (ChainName, Vec<Link>)| {
        links.sort_by_key(|link| (link.window.end, link.window.start));
        Chain { name, links }
    };
    chains.into_iter().map(chain).collect()
}

/// Returns the chain of a digest and the end of its hour: as it was delivered, or else as it lies.
fn chain_of(found: &FoundDigest) -> Option<(ChainName, Timestamp)> {
    let delivered = found.content.as_ref().ok();
    let delivered = delivered.map(|content| content.digest.name.file_name());
    let delivered = delivered.and_then(ChainName::from_file_name);
    delivered.or_else(|| ChainName::from_file_name(found.name.file_name()))
}

/// Returns the chain of a digest.
pub(super) fn name_of(found: &FoundDigest) -> Option<ChainName> {
    chain_of(found).map(|(name, _)| name)
}

fn window(found: &FoundDigest, end: Timestamp) -> Window {
    match &found.content {
        Ok(content) => Window {
            start: content.digest.start.min(content.digest.end),
            end: content.digest.end,
        },
        // A digest that cannot be read has the end of its hour in its name.
        Err(_) => Window {
            start: earlier(end, HOUR),
            end,
        },
    }
}

/// Returns the hour of a digest, as far as it is known.
pub(super) fn window_of(found: &FoundDigest) -> Option<Window> {
    if let Ok(content) = &found.content {
        return Some(window(found, content.digest.end));
    }
    let (_, end) = chain_of(found)?;
    Some(window(found, end))
}

fn is_first(found: &FoundDigest) -> bool {
    let content = found.content.as_ref();
    content.is_ok_and(|content| content.digest.previous.is_none())
}

/// The time of the archive, and the chains in it.
pub(super) struct Survey<'a> {
    pub(super) chains: &'a [Chain],
    /// The first and the last minute of the archive, as far as they were requested.
    pub(super) span: TimeSpan,
}

impl Survey<'_> {
    /// Returns the gaps of a chain that touch a range.
    pub(super) fn gaps(&self, chain: &Chain, range: TimeRange) -> Vec<Gap> {
        let mut gaps = chain.inner_gaps();
        gaps.extend(self.start_gap(chain));
        gaps.extend(self.end_gap(chain));
        gaps.retain(|gap| gap_window(gap).touches(range));
        gaps.sort_by_key(|gap| (gap.from, gap.to));
        gaps
    }

    /// Returns the times in which a chain may have delivered log files that no digest at hand
    /// lists: its gaps, the hour of each first digest, and what is too close to its ends to be a
    /// gap.
    pub(super) fn open(&self, chain: &Chain) -> Vec<Window> {
        let gaps = self.gaps(chain, TimeRange::default());
        let mut open: Vec<Window> = gaps.iter().map(gap_window).collect();
        let firsts = chain.links.iter().filter(|link| link.is_first);
        open.extend(firsts.map(|link| link.window));
        open.extend(self.tail(chain));
        open.extend(self.head(chain));
        open
    }

    fn tail(&self, chain: &Chain) -> Option<Window> {
        let start = chain.links.last()?.window.end;
        let is_near = later(start, TAIL) > self.span.last()?;
        is_near.then_some(Window {
            start,
            end: Timestamp::MAX,
        })
    }

    fn head(&self, chain: &Chain) -> Option<Window> {
        let end = chain.links.first()?.window.start;
        let is_near = earlier(end, HEAD) < self.span.first()?;
        is_near.then_some(Window {
            start: Timestamp::MIN,
            end,
        })
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
        gap.explained = link.is_final();
        Some(gap)
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

impl Link {
    /// Returns true for a digest that is shorter than an hour, as the one is that CloudTrail
    /// delivers when logging stops.
    fn is_final(&self) -> bool {
        self.is_valid && !self.is_first && later(self.window.start, HOUR) > self.window.end
    }
}

impl Chain {
    /// Returns the windows of the valid digests. That of a first digest covers nothing, and digests
    /// of a backfill only add to those of others.
    pub(super) fn covered(&self) -> impl Iterator<Item = Window> {
        let covers = |link: &&Link| link.is_valid && !link.is_first && !self.name.is_backfill;
        self.links.iter().filter(covers).map(|link| link.window)
    }

    /// Returns the time from which the chain covers log files.
    pub(super) fn begin(&self) -> Option<Timestamp> {
        let first = self.links.first()?;
        Some(match first.is_first {
            true => first.window.end,
            false => first.window.start,
        })
    }

    /// Returns the time up to which the chain covers log files.
    pub(super) fn end(&self) -> Option<Timestamp> {
        Some(self.links.last()?.window.end)
    }

    fn gap(&self, kind: GapKind, from: Timestamp, to: Timestamp) -> Gap {
        Gap {
            chain: self.name.clone(),
            kind,
            from,
            to,
            explained: kind == GapKind::Restart,
        }
    }

    /// Returns the gaps between the first and the last digest at hand.
    fn inner_gaps(&self) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let Some(first) = self.links.first() else {
            return gaps;
        };
        let mut covered_to = first.window.start;
        for (number, link) in self.links.iter().enumerate() {
            if !link.is_valid {
                continue;
            }
            gaps.extend(self.gap_before(link, covered_to, number == 0));
            covered_to = covered_to.max(link.window.end);
        }
        let end = self.end().unwrap_or(covered_to);
        gaps.extend(self.split(covered_to, end));
        gaps
    }

    /// Returns the gaps between a time up to which the chain covers log files and a digest.
    fn gap_before(&self, link: &Link, covered_to: Timestamp, is_oldest: bool) -> Vec<Gap> {
        if link.is_first {
            let is_gap = !is_oldest && covered_to < link.window.end;
            let gap = self.gap(GapKind::Restart, covered_to, link.window.end);
            return is_gap.then_some(gap).into_iter().collect();
        }
        // Backfill digests are delivered when there is something to add, not every hour.
        if self.name.is_backfill && link.has_previous {
            return Vec::new();
        }
        self.split(covered_to, link.window.start)
    }

    /// Splits a time without a valid digest into that of digests that are not valid and that of
    /// missing ones.
    fn split(&self, from: Timestamp, to: Timestamp) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let mut begin = from;
        for link in self.links.iter().filter(|link| !link.is_valid) {
            let start = link.window.start.max(begin);
            let end = link.window.end.min(to);
            if start >= end {
                continue;
            }
            self.push(&mut gaps, GapKind::Missing, begin, start);
            self.push(&mut gaps, GapKind::Invalid, start, end);
            begin = end;
        }
        self.push(&mut gaps, GapKind::Missing, begin, to);
        gaps
    }

    /// Adds a gap, unless it is empty or continues the last one.
    fn push(&self, gaps: &mut Vec<Gap>, kind: GapKind, from: Timestamp, to: Timestamp) {
        if from >= to {
            return;
        }
        match gaps.last_mut() {
            Some(last) if last.kind == kind && last.to == from => last.to = to,
            _ => gaps.push(self.gap(kind, from, to)),
        }
    }
}

fn gap_window(gap: &Gap) -> Window {
    Window {
        start: gap.from,
        end: gap.to,
    }
}
