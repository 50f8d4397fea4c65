//! A map for names of which most lookups find none.

/// The number of lists that the names are divided into.
const LISTS: usize = u64::BITS as usize;

/// Values by name. Most names without a value are recognized without comparing them to any other.
#[derive(Clone, Debug)]
pub(crate) struct ByName<T> {
    /// The names and values, in lists by the digests of the names. Empty if there is no value.
    lists: Vec<Vec<(String, T)>>,
    /// The digests of the names that have a value, as bits.
    digests: u64,
}

impl<T> Default for ByName<T> {
    fn default() -> Self {
        Self {
            lists: Vec::new(),
            digests: 0,
        }
    }
}

impl<T> ByName<T> {
    /// Returns the value of a name.
    pub(crate) fn get(&self, name: &[u8]) -> Option<&T> {
        let digest = digest(name);
        if self.digests >> digest & 1 == 0 {
            return None;
        }
        let mut list = self.lists.get(digest)?.iter();
        let (_, value) = list.find(|(known, _)| are_equal(known.as_bytes(), name))?;
        Some(value)
    }

    /// Returns the value of a name, which is a new one if the name had none.
    pub(crate) fn get_or_default(&mut self, name: &str) -> &mut T
    where
        T: Default,
    {
        let list = self.list_of(name);
        let known = list.iter().position(|(known, _)| known == name);
        let index = known.unwrap_or(list.len());
        if known.is_none() {
            list.push((name.to_owned(), T::default()));
        }
        &mut list[index].1
    }

    /// Returns the list that contains the name, or will contain it.
    fn list_of(&mut self, name: &str) -> &mut Vec<(String, T)> {
        let digest = digest(name.as_bytes());
        self.digests |= 1 << digest;
        self.lists.resize_with(LISTS, Vec::new);
        &mut self.lists[digest]
    }

    /// Returns all names with their values, in no particular order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        let entries = self.lists.iter().flatten();
        entries.map(|(name, value)| (name.as_str(), value))
    }

    /// Returns whether no name has a value.
    pub(crate) fn is_empty(&self) -> bool {
        self.digests == 0
    }
}

/// Returns the index of the list of a name, from its length and its last four characters. It
/// differs for most names of fields.
fn digest(name: &[u8]) -> usize {
    let Some(end) = name.last_chunk() else {
        return 0;
    };
    // The upper bits of a product depend on all bits of its factors, unlike the lower ones.
    let mixed = (u32::from_le_bytes(*end) ^ name.len() as u32).wrapping_mul(0x9e37_79b1);
    (mixed >> 26) as usize
}

/// Returns whether names are equal.
fn are_equal(name: &[u8], other: &[u8]) -> bool {
    if name.len() != other.len() {
        return false;
    }
    match name.len() {
        // Most names are this long. Their first and last eight characters are all of them, and two
        // comparisons of fixed length are faster than a call that compares any length.
        8..=16 => ends(name) == ends(other),
        _ => name == other,
    }
}

fn ends(name: &[u8]) -> Option<([u8; 8], [u8; 8])> {
    Some((*name.first_chunk()?, *name.last_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_its_own_value() {
        let mut values = ByName::default();
        assert!(values.is_empty() && values.get(b"").is_none());
        let names: Vec<String> = (0..300)
            .map(|number| "x".repeat(number % 9) + &number.to_string())
            .collect();
        for (number, name) in names.iter().enumerate() {
            assert_eq!(*values.get_or_default(name), 0);
            *values.get_or_default(name) = number;
        }
        for (number, name) in names.iter().enumerate() {
            assert_eq!(values.get(name.as_bytes()), Some(&number));
            assert_eq!(values.get(format!("{name}x").as_bytes()), None);
        }
        assert_eq!((values.iter().count(), values.is_empty()), (300, false));
    }

    #[test]
    fn names_are_equal_where_every_character_is() {
        for length in 0..40 {
            let name = vec![b'x'; length];
            assert!(
                are_equal(&name, &name) && !are_equal(&name, &[&name, b"x".as_slice()].concat())
            );
            for place in 0..length {
                let mut other = name.clone();
                other[place] = b'y';
                assert!(!are_equal(&name, &other), "{length} {place}");
            }
        }
    }
}
