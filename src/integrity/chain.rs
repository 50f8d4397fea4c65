//! Chains of digests, and the times that they leave out between their first and last digest.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::digest_proof::{DigestProof, Digests};
use super::window::{HOUR, Window, earlier, later};
use super::{ChainName, FoundDigest, Gap, GapKind};

/// A digest in its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ChainLink {
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
    pub(super) links: Vec<ChainLink>,
}

/// Sorts digests into their chains. One whose name says nothing is in none.
pub(super) fn chains(digests: &Digests<'_>, proofs: &[DigestProof]) -> Vec<Chain> {
    let mut chains: BTreeMap<ChainName, Vec<ChainLink>> = BTreeMap::new();
    for (found, proof) in digests.found.iter().zip(proofs) {
        let Some((name, end)) = chain_of(found) else {
            continue;
        };
        let link = ChainLink {
            window: window(found, end),
            is_first: is_first(found),
            is_valid: proof.grade.is_consistent(),
            has_previous: digests.has_previous(found),
        };
        chains.entry(name).or_default().push(link);
    }
    let chain = |(name, mut links): (ChainName, Vec<ChainLink>)| {
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
            // Nothing proves the digest yet, so it may claim to end before it starts.
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

impl ChainLink {
    /// Returns true for a digest that is shorter than an hour, as the one is that CloudTrail
    /// delivers when logging stops.
    pub(super) fn is_final(&self) -> bool {
        self.is_valid && !self.is_first && later(self.window.start, HOUR) > self.window.end
    }
}

impl Chain {
    /// Returns the windows of the valid digests. That of a first digest covers nothing, and digests
    /// of a backfill only add to those of others.
    pub(super) fn covered(&self) -> impl Iterator<Item = Window> {
        let covers = |link: &&ChainLink| link.is_valid && !link.is_first && !self.name.is_backfill;
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

    /// Returns the end of the last digest before a restart, if the chain has that restart.
    pub(super) fn stop_before(&self, restart: &ChainLink) -> Option<Timestamp> {
        let is_restart = |link: &ChainLink| link.is_first && link.window.overlaps(restart.window);
        let number = self.links.iter().position(is_restart)?;
        let before = self.links.get(..number)?.last()?;
        Some(before.window.end)
    }

    /// Returns both ends of the time in which the chain covers log files.
    pub(super) fn bounds(&self) -> impl Iterator<Item = Timestamp> {
        self.begin().into_iter().chain(self.end())
    }

    pub(super) fn gap(&self, kind: GapKind, from: Timestamp, to: Timestamp) -> Gap {
        Gap {
            chain: self.name.clone(),
            kind,
            from,
            to,
            explained: kind == GapKind::Restart,
        }
    }

    /// Returns the gaps between the first and the last digest at hand, given the time up to which
    /// the trail was logging before a digest that follows a restart.
    pub(super) fn inner_gaps(&self, stop: impl Fn(&ChainLink) -> Option<Timestamp>) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let Some(first) = self.links.first() else {
            return gaps;
        };
        let mut covered_to = first.window.start;
        for (number, link) in self.links.iter().enumerate() {
            if !link.is_valid {
                continue;
            }
            // The hours of the invalid digests in between are part of these gaps.
            gaps.extend(match link.is_first {
                true if number == 0 => Vec::new(),
                true => self.gaps_before_restart(link, covered_to, stop(link)),
                false => self.gaps_before(link, covered_to),
            });
            covered_to = covered_to.max(link.window.end);
        }
        let end = self.end().unwrap_or(covered_to);
        // No digest says that one of a backfill is missing before the last ones, if these cannot be
        // read.
        gaps.extend(self.split_unless_backfill(covered_to, end));
        gaps
    }

    /// Returns the gaps between a time up to which the chain covers log files and the first digest
    /// after a restart, given the time up to which the trail was logging.
    fn gaps_before_restart(
        &self,
        link: &ChainLink,
        covered_to: Timestamp,
        stop: Option<Timestamp>,
    ) -> Vec<Gap> {
        let restart = link.window.end;
        let stop = stop.unwrap_or(covered_to).max(covered_to).min(restart);
        let mut gaps = self.split_unless_backfill(covered_to, stop);
        self.push(&mut gaps, GapKind::Restart, stop, restart);
        gaps
    }

    /// Returns the gaps between a time up to which the chain covers log files and a digest.
    fn gaps_before(&self, link: &ChainLink, covered_to: Timestamp) -> Vec<Gap> {
        let start = link.window.start;
        match link.has_previous {
            true => self.split_unless_backfill(covered_to, start),
            false => self.split(covered_to, start),
        }
    }

    /// Splits a time without a valid digest, in which no digest is known to be missing. Those of a
    /// backfill are delivered when there is something to add, not every hour.
    fn split_unless_backfill(&self, from: Timestamp, to: Timestamp) -> Vec<Gap> {
        let mut gaps = self.split(from, to);
        if self.name.is_backfill {
            gaps.retain(|gap| gap.kind == GapKind::Invalid);
        }
        gaps
    }

    /// Splits a time without a valid digest into that of digests that are not valid and that of
    /// missing ones.
    fn split(&self, from: Timestamp, to: Timestamp) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let mut begin = from;
        for link in self.links.iter().filter(|link| !link.is_valid) {
            // The windows of such digests may overlap.
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
