//! The secrets that had one name, one after another.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::join::JoinReason;

/// The time in which a secret is known to exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Existence {
    /// The time of its creation, if the archive has it.
    created: Option<Timestamp>,
    /// The first time at which it existed.
    first: Option<Timestamp>,
    /// The last time at which it existed.
    last: Option<Timestamp>,
}

impl Existence {
    /// Adds a time at which it existed.
    pub(super) fn add(&mut self, at: Timestamp) {
        self.first = Some(self.first.map_or(at, |first| first.min(at)));
        self.last = self.last.max(Some(at));
    }

    /// Adds the time of its creation.
    pub(super) fn add_creation(&mut self, at: Timestamp) {
        self.created = Some(self.created.map_or(at, |created| created.min(at)));
        self.add(at);
    }

    fn start(&self) -> Option<Timestamp> {
        self.created.or(self.first)
    }
}

/// The secrets of one account and region that had the same name, by their ARNs.
///
/// Secrets Manager refuses to create a secret as long as another one of its name exists, also while
/// that one is pending deletion. So their lives follow each other.
#[derive(Clone, Debug, Default)]
pub(super) struct Namesakes {
    by_arn: BTreeMap<String, Existence>,
    /// Those whose time is known, in chronological order.
    in_order: Vec<(Timestamp, String)>,
}

impl Namesakes {
    /// Returns the existence of the secret with this ARN, which may be new.
    pub(super) fn existence(&mut self, arn: &str) -> &mut Existence {
        self.by_arn.entry(arn.to_owned()).or_default()
    }

    /// Returns true if one of them has this ARN.
    pub(super) fn has(&self, arn: &str) -> bool {
        self.by_arn.contains_key(arn)
    }

    /// Puts them in order, after the last was added.
    pub(super) fn put_in_order(&mut self) {
        for (arn, existence) in &self.by_arn {
            let start = existence.start();
            self.in_order
                .extend(start.map(|start| (start, arn.clone())));
        }
        self.in_order.sort_unstable();
    }

    /// Returns the one that had the name at a time, or the reason why that is not known.
    pub(super) fn at(&self, time: Option<Timestamp>) -> Result<(&str, JoinReason), JoinReason> {
        match time.and_then(|time| Some((time, self.number_at(time)?))) {
            Some((time, number)) if self.may_be_next(number, time) => Err(JoinReason::Ambiguous),
            Some((_, number)) => self.known(number),
            None => self.before_first(time),
        }
    }

    /// Returns the number of the last one that existed at a time.
    fn number_at(&self, time: Timestamp) -> Option<usize> {
        let begun = self.in_order.partition_point(|(start, _)| *start <= time);
        begun.checked_sub(1)
    }

    fn known(&self, number: usize) -> Result<(&str, JoinReason), JoinReason> {
        let (_, arn) = self.in_order.get(number).ok_or(JoinReason::Ambiguous)?;
        Ok((arn, self.reason()))
    }

    /// Returns the only or first one for a time at which none is known to exist.
    fn before_first(&self, time: Option<Timestamp>) -> Result<(&str, JoinReason), JoinReason> {
        let first = self.only().or_else(|| self.first(time));
        let first = first.ok_or(JoinReason::Ambiguous)?;
        match (time, self.creation(first)) {
            (Some(time), Some(created)) if time < created => Err(JoinReason::EarlierName),
            _ => Ok((first, self.reason())),
        }
    }

    fn only(&self) -> Option<&str> {
        let mut arns = self.by_arn.keys();
        match (arns.next(), arns.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// Returns the first one, if a time is known that it could be at.
    fn first(&self, time: Option<Timestamp>) -> Option<&str> {
        let (_, first) = self.in_order.first()?;
        time.map(|_| first.as_str())
    }

    fn creation(&self, arn: &str) -> Option<Timestamp> {
        self.by_arn.get(arn)?.created
    }

    /// Returns true if the next one may exist already: its creation is not in the archive, and the
    /// one before it was not seen later.
    fn may_be_next(&self, number: usize, time: Timestamp) -> bool {
        let (this, next) = (self.numbered(number), self.numbered(number + 1));
        let is_seen_later = this.is_some_and(|this| this.last >= Some(time));
        next.is_some_and(|next| next.created.is_none()) && !is_seen_later
    }

    fn numbered(&self, number: usize) -> Option<&Existence> {
        let (_, arn) = self.in_order.get(number)?;
        self.by_arn.get(arn)
    }

    fn reason(&self) -> JoinReason {
        match self.by_arn.len() {
            1 => JoinReason::Name,
            _ => JoinReason::NameAtTime,
        }
    }
}
