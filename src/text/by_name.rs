//! Values by name, where most names that are asked for have none.

/// How many lists there are.
const LISTS: usize = u64::BITS as usize;

/// Values by name. That a name has none is told without comparing it, mostly.
#[derive(Clone, Debug)]
pub(crate) struct ByName<T> {
    /// The values with their names, by the digests of these; nothing where there is no value at
    /// all.
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
    /// The value of a name.
    pub(crate) fn get(&self, name: &[u8]) -> Option<&T> {
        let digest = digest(name);
        if self.digests >> digest & 1 == 0 {
            return None;
        }
        let list = self.lists.get(digest)?;
        list.iter()
            .find(|(known, _)| are_equal(known.as_bytes(), name))
            .map(|(_, value)| value)
    }

    /// The value of a name; a new one where it has none.
    pub(crate) fn get_or_default(&mut self, name: &str) -> &mut T
    where
        T: Default,
    {
        let digest = digest(name.as_bytes());
        self.digests |= 1 << digest;
        self.lists.resize_with(LISTS, Vec::new);
        let list = &mut self.lists[digest];
        let place = list
            .iter()
            .position(|(known, _)| known == name)
            .unwrap_or_else(|| {
                list.push((name.to_owned(), T::default()));
                list.len() - 1
            });
        &mut list[place].1
    }

    /// Each name and its value, in no order that means anything.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.lists
            .iter()
            .flatten()
            .map(|(name, value)| (name.as_str(), value))
    }

    /// Whether no name has a value.
    pub(crate) fn is_empty(&self) -> bool {
        self.digests == 0
    }
}

/// The number of a list that differs for most names: by their length and their last characters.
fn digest(name: &[u8]) -> usize {
    let Some(end) = name.last_chunk() else {
        return 0;
    };
    let mixed = (u32::from_le_bytes(*end) ^ name.len() as u32).wrapping_mul(0x9e37_79b1);
    (mixed >> 26) as usize
}

/// Whether names are equal. Most have 8 to 16 characters, so that their first and their last eight
/// are all of them; a call to compare any number takes longer.
fn are_equal(name: &[u8], other: &[u8]) -> bool {
    let ends = |name: &[u8]| Some((*name.first_chunk::<8>()?, *name.last_chunk::<8>()?));
    match (name.len() == other.len(), name.len()) {
        (true, 8..=16) => ends(name) == ends(other),
        (true, _) => name == other,
        (false, _) => false,
    }
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
