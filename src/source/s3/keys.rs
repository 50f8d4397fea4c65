//! The keys that a listing of an address would find, where all keys of a bucket are known already.

use std::sync::atomic::{AtomicBool, Ordering};

use super::layout::{Level, ROOT, level};
use super::{Address, KeyFilter};

/// The keys at an address. Whether an address without `/` at its end is that of a folder, or the
/// beginning of keys, is known only when all keys have been seen.
#[derive(Debug)]
pub(super) struct AddressKeys {
    address: Address,
    /// The address with `/` at its end.
    folder: String,
    level: Level,
    filter: KeyFilter,
    /// True if a listing would take the address for that of a folder.
    is_folder: AtomicBool,
    /// True if there is any key at the address.
    has_any: AtomicBool,
}

/// The result of seeing a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sighting {
    /// A listing does not find the key.
    LeftOut,
    /// A listing finds the key unless the address is that of a folder.
    Doubtful,
    /// A listing finds the key.
    Found,
}

/// The relation of a key to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    /// The key is at another address.
    Elsewhere,
    /// The key is at the address, but in a folder that a listing does not enter.
    LeftOut,
    /// The key begins with the address, but is not in its folder.
    Beside,
    /// The key is in the folder of the address.
    Found,
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
        Self {
            address: address.clone(),
            level: level(&folder),
            folder,
            filter: filter.clone(),
            is_folder: AtomicBool::new(is_folder),
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
        if !self.is_folder() && self.shows_folder(relation, key) {
            self.is_folder.store(true, Ordering::Relaxed);
        }
        match relation {
            Relation::Elsewhere | Relation::LeftOut => Sighting::LeftOut,
            Relation::Beside if self.is_folder() => Sighting::LeftOut,
            Relation::Beside => Sighting::Doubtful,
            Relation::Found => Sighting::Found,
        }
    }

    /// Returns whether a listing takes the address for that of a folder because of a key: inside of
    /// the layout, if it enters any folder there, and outside, if the layout begins there.
    fn shows_folder(&self, relation: Relation, key: &str) -> bool {
        let Some(below) = key.strip_prefix(&self.folder) else {
            return false;
        };
        match (relation, self.level, below.split_once('/')) {
            (Relation::Elsewhere | Relation::Beside, ..) => false,
            (_, Level::Outside, first) => first.is_some_and(|(name, _)| name == ROOT),
            (Relation::Found, ..) => true,
            (Relation::LeftOut, Level::Days { .. } | Level::Objects, _) => false,
            (Relation::LeftOut, level, Some((name, _))) => self.filter.enters(level, name),
            (Relation::LeftOut, _, None) => false,
        }
    }

    /// Returns whether a listing finds a key, after all have been seen.
    pub(super) fn has(&self, key: &str) -> bool {
        match self.relation(key) {
            Relation::Elsewhere | Relation::LeftOut => false,
            Relation::Beside => !self.is_folder(),
            Relation::Found => true,
        }
    }

    fn is_folder(&self) -> bool {
        self.is_folder.load(Ordering::Relaxed)
    }

    fn relation(&self, key: &str) -> Relation {
        let prefix = &self.address.prefix;
        // Consoles create empty objects that represent folders.
        if !key.starts_with(prefix) || key.ends_with('/') {
            return Relation::Elsewhere;
        }
        match (
            self.filter.reaches(prefix, key),
            key.starts_with(&self.folder),
        ) {
            (false, _) => Relation::LeftOut,
            (true, true) => Relation::Found,
            (true, false) => Relation::Beside,
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
    fn the_layout_is_followed_folder_by_folder_and_all_beside_it_is_found() {
        let all = KeyFilter::default();
        let keys = ["other.json", CONFIG, LOG, "zzz/AWS.json", "AWSLogs/"];
        assert_eq!(found("", &all, &keys), ["other.json", LOG, "zzz/AWS.json"]);
        assert_eq!(found("AWSLogs", &all, &keys), [LOG]);
        assert_eq!(found("AWSLogs/1/", &all, &keys), [LOG]);
        // Half of a name is the beginning of keys.
        assert_eq!(found("AWS", &all, &keys), [LOG]);
        assert_eq!(found("AWSLogs/1/Conf", &all, &keys), [CONFIG]);
        assert_eq!(found("o", &all, &keys), ["other.json"]);
        assert_eq!(found("", &all, &["other.json", "a/b.json"]).len(), 2);
    }

    #[test]
    fn an_address_is_that_of_a_folder_if_the_layout_begins_there() {
        let all = KeyFilter::default();
        let (inner, beside) = (format!("prod/{LOG}"), "prod2/a.json");
        let keys = [beside, "prod/a.json", &inner];
        assert_eq!(found("prod", &all, &keys), ["prod/a.json", &inner]);
        assert_eq!(found("prod", &all, &keys[..2]), keys[..2]);
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
        for prefix in ["a/b", "AWSLogs", "AWSLogs/1"] {
            let beside = [LOG, LATER, OTHER].map(|key| format!("{prefix}/{key}"));
            let keys: Vec<&str> = beside.iter().map(String::as_str).collect();
            assert_eq!(found("", &filter, &keys), [keys[0]]);
        }
        assert_eq!(found("", &filter, &["other.json", OTHER]), ["other.json"]);
        assert!(found("AWSLogs", &filter, &[LATER, OTHER]).is_empty());
        // What is named is entered.
        assert_eq!(found("AWSLogs/2", &filter, &[LOG, OTHER]), [OTHER]);
    }
}
