//! The keys that a listing of an address would find, where all keys of a bucket are known already.

use std::sync::atomic::{AtomicBool, Ordering};

use super::layout::{Level, level};
use super::{Address, KeyFilter};

/// The folder below which an archive in the layout of CloudTrail is.
const ROOT: &str = "AWSLogs";

/// The keys at an address. Whether its folder has the layout of CloudTrail is known only when all
/// keys have been seen.
#[derive(Debug)]
pub(super) struct AddressKeys {
    address: Address,
    /// The address with `/` at its end.
    folder: String,
    level: Level,
    filter: KeyFilter,
    /// True if a listing would follow the layout.
    has_layout: AtomicBool,
    /// True if there is any key at the address.
    has_any: AtomicBool,
}

/// The result of seeing a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sighting {
    /// A listing does not find the key.
    LeftOut,
    /// A listing finds the key unless it follows the layout.
    Doubtful,
    /// A listing finds the key.
    Found,
}

/// The relation of a key to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    /// The key is at another address.
    Elsewhere,
    /// A listing that follows the layout finds the key.
    Found,
    /// A listing that follows the layout leaves the key out.
    LeftOut,
    /// Only a listing of everything finds the key.
    Beside,
}

impl AddressKeys {
    /// Prepares to see the keys of the bucket of an address.
    pub(super) fn new(address: &Address, filter: &KeyFilter) -> Self {
        let prefix = &address.prefix;
        let is_folder = prefix.is_empty() || prefix.ends_with('/');
        let folder = match is_folder {
            true => prefix.clone(),
            false => format!("{prefix}/"),
        };
        let level = level(&folder);
        Self {
            has_layout: AtomicBool::new(is_folder && level != Level::Outside),
            address: address.clone(),
            folder,
            level,
            filter: filter.clone(),
            has_any: AtomicBool::default(),
        }
    }

    /// Returns the address.
    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// Returns whether any key was at the address.
    pub(super) fn has_any(&self) -> bool {
        self.has_any.load(Ordering::Relaxed)
    }

    /// Sees a key. Returns whether a listing finds it, as far as is known by now.
    pub(super) fn see(&self, key: &str) -> Sighting {
        let relation = self.relation(key);
        // All threads read these flags for every key, so only those that change one write it.
        if relation != Relation::Elsewhere && !self.has_any() {
            self.has_any.store(true, Ordering::Relaxed);
        }
        let shows_layout = match relation {
            Relation::Found => true,
            Relation::LeftOut => self.enters_first_folder(key),
            Relation::Elsewhere | Relation::Beside => false,
        };
        if shows_layout && !self.has_layout() {
            self.has_layout.store(true, Ordering::Relaxed);
        }
        match (relation, self.finds(relation)) {
            (Relation::Found, _) => Sighting::Found,
            (_, true) => Sighting::Doubtful,
            (_, false) => Sighting::LeftOut,
        }
    }

    /// Returns whether a listing enters the first folder on the way to a key. It follows the layout
    /// then, whatever is left out further below.
    fn enters_first_folder(&self, key: &str) -> bool {
        let below = key.strip_prefix(&self.folder).unwrap_or_default();
        match (self.level, below.split_once('/')) {
            (Level::Outside, _) => true,
            (Level::Days { .. } | Level::Objects, _) | (_, None) => false,
            (level, Some((name, _))) => self.filter.enters(level, name),
        }
    }

    /// Returns whether a listing finds a key, after all have been seen.
    pub(super) fn has(&self, key: &str) -> bool {
        self.finds(self.relation(key))
    }

    fn has_layout(&self) -> bool {
        self.has_layout.load(Ordering::Relaxed)
    }

    fn finds(&self, relation: Relation) -> bool {
        match relation {
            Relation::Elsewhere => false,
            Relation::Found => true,
            Relation::LeftOut | Relation::Beside => !self.has_layout(),
        }
    }

    fn relation(&self, key: &str) -> Relation {
        // Consoles create empty objects that represent folders.
        if !key.starts_with(&self.address.prefix) || key.ends_with('/') {
            return Relation::Elsewhere;
        }
        let Some(below) = key.strip_prefix(&self.folder) else {
            return Relation::Beside;
        };
        let first = below.split_once('/').map(|(folder, _)| folder);
        match (self.level, first) {
            (Level::Outside, Some(ROOT)) => self.relation_in_layout(key),
            (Level::Outside, _) => Relation::Beside,
            _ => self.relation_in_layout(key),
        }
    }

    fn relation_in_layout(&self, key: &str) -> Relation {
        match self.filter.reaches(&self.folder, key) {
            true => Relation::Found,
            false => Relation::LeftOut,
        }
    }
}

impl KeyFilter {
    /// Returns whether a listing that begins in a folder of the layout reaches a key below it,
    /// folder by folder.
    fn reaches(&self, folder: &str, key: &str) -> bool {
        let mut length = folder.len();
        loop {
            let Some((here, below)) = key.split_at_checked(length) else {
                return false;
            };
            let level = level(here);
            match level {
                Level::Objects => return true,
                Level::Days { month } => {
                    let days = self.days(here, month);
                    return days.has_begun(key) && !days.is_beyond(key);
                }
                _ => {}
            }
            let Some((name, _)) = below.split_once('/') else {
                return level != Level::Outside;
            };
            if !self.enters(level, name) {
                return false;
            }
            length += name.len() + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// Returns which of these keys a listing of an address finds.
    fn found<'k>(prefix: &str, filter: &KeyFilter, keys: &[&'k str]) -> Vec<&'k str> {
        let address = Address {
            bucket: "b".to_owned(),
            prefix: prefix.to_owned(),
        };
        let seen = AddressKeys::new(&address, filter);
        let kept = keys.iter().filter(|key| seen.see(key) > Sighting::LeftOut);
        let kept: Vec<&str> = kept.copied().collect();
        kept.into_iter().filter(|key| seen.has(key)).collect()
    }

    const LOG: &str = "AWSLogs/1/CloudTrail/eu-west-1/2026/03/02/a.json.gz";
    const LATER: &str = "AWSLogs/1/CloudTrail/eu-west-1/2026/03/09/a.json.gz";
    const OTHER: &str = "AWSLogs/2/CloudTrail/eu-west-1/2026/03/02/a.json.gz";
    const CONFIG: &str = "AWSLogs/1/Config/eu-west-1/2026/3/2/a.json.gz";

    #[test]
    fn a_folder_with_the_layout_is_followed_folder_by_folder() {
        let all = KeyFilter::default();
        let keys = ["other.json", CONFIG, LOG, "zzz.json", "AWSLogs/"];
        assert_eq!(found("", &all, &keys), [LOG]);
        assert_eq!(found("AWSLogs", &all, &keys), [LOG]);
        assert_eq!(found("AWSLogs/1/", &all, &keys), [LOG]);
        // Half of a name is the beginning of keys.
        assert_eq!(found("AWS", &all, &keys), [CONFIG, LOG]);
        assert_eq!(found("o", &all, &keys), ["other.json"]);
        assert_eq!(found("", &all, &["other.json", "a/b.json"]).len(), 2);
    }

    #[test]
    fn days_and_accounts_are_those_of_a_listing() {
        let filter = KeyFilter {
            first: Some(date(2026, 3, 1)),
            last: Some(date(2026, 3, 2)),
            accounts: ["1".to_owned()].into(),
            ..KeyFilter::default()
        };
        assert_eq!(found("", &filter, &[LOG, LATER, OTHER, CONFIG]), [LOG]);
        // A layout of which nothing is selected is a layout.
        assert!(found("", &filter, &["other.json", OTHER]).is_empty());
        assert!(found("AWSLogs", &filter, &[LATER]).is_empty());
        assert_eq!(found("AWSLogs", &filter, &[OTHER]), [OTHER]);
    }
}
