//! The keys that an alias belonged to.

use jiff::Timestamp;

use super::join::JoinReason;

/// The keys that an alias belonged to, by the records that give both.
#[derive(Clone, Debug, Default)]
pub(super) struct AliasOwners {
    seen: Vec<(Option<Timestamp>, String)>,
}

impl AliasOwners {
    /// Adds a record that gives the alias together with the ARN of its key.
    pub(super) fn add(&mut self, at: Option<Timestamp>, arn: &str) {
        self.seen.push((at, arn.to_owned()));
    }

    /// Puts the records in order, after the last was added.
    pub(super) fn put_in_order(&mut self) {
        self.seen.sort_unstable();
        self.seen.dedup();
    }

    /// Returns the key that the alias belonged to at a time, or the reason why that is not known.
    ///
    /// An alias can be moved. Between a record with one key and a record with another, it is not
    /// known to which it belonged.
    pub(super) fn at(&self, time: Option<Timestamp>) -> Result<(&str, JoinReason), JoinReason> {
        let Some((_, first)) = self.seen.first() else {
            return Err(JoinReason::NameOnly);
        };
        if self.seen.iter().all(|(_, arn)| arn == first) {
            return Ok((first, JoinReason::Alias));
        }
        let count = self.seen.partition_point(|(at, _)| *at <= time);
        let before = count.checked_sub(1).and_then(|last| self.seen.get(last));
        let after = self.seen.get(count);
        // Between two records with the same key, an alias is taken not to have moved.
        match (time, before, after) {
            (Some(_), Some((Some(_), before)), None) => Ok((before, JoinReason::Alias)),
            (Some(_), Some((Some(_), before)), Some((_, after))) if before == after => {
                Ok((before, JoinReason::Alias))
            }
            _ => Err(JoinReason::Ambiguous),
        }
    }
}
