//! Places in a text, many of them written down at once.

use super::signs::BLOCK_BYTES;

/// The number of places of a block that are written down without asking whether there are as many.
/// Asking costs more.
const FEW: usize = 2;

/// The largest number of places that are kept. A record of CloudTrail has about thirty members and
/// so sixty places; without a limit, a crafted one would take eight bytes for each of its signs.
pub(super) const PLACES_LIMIT: usize = 1 << 16;

/// Places in a text, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct TextPlaces {
    /// Room for more places than there are. Its contents after the first `count` mean nothing.
    room: Vec<usize>,
    count: usize,
    /// True if there were more places than are kept.
    is_full: bool,
}

impl TextPlaces {
    /// Returns all places; nothing if there were more than [`PLACES_LIMIT`].
    pub(super) fn all(&self) -> Option<&[usize]> {
        self.room.get(..self.count).filter(|_| !self.is_full)
    }

    /// Forgets all places.
    pub(super) fn clear(&mut self) {
        self.count = 0;
        self.is_full = false;
    }

    /// Adds one place.
    pub(super) fn push(&mut self, place: usize) {
        self.add(place, 1);
    }

    /// Adds the places that are marked in a block that begins at `start`.
    #[inline(always)]
    pub(super) fn add(&mut self, start: usize, marks: u64) {
        if self.room.len() < self.count + BLOCK_BYTES {
            self.grow();
        }
        let free = self.room.get_mut(self.count..).unwrap_or_default();
        if let Some((few, rest)) = free.split_at_mut_checked(FEW) {
            let left = write_few(few, start, marks);
            write_rest(rest, start, left);
            self.count += marks.count_ones() as usize;
        }
    }

    /// Makes room for the places of a block, by starting over where there are too many.
    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        if self.count > PLACES_LIMIT {
            self.is_full = true;
            self.count = 0;
        } else {
            // The room is not given back between records, so it grows a few times in all.
            self.room.resize(2 * self.count + BLOCK_BYTES, 0);
        }
    }
}

/// Writes the places of the first marks, and returns the others. Where there are fewer marks, the
/// places written are beyond `count` and mean nothing.
#[inline(always)]
fn write_few(few: &mut [usize], start: usize, mut marks: u64) -> u64 {
    for free in few {
        *free = start + marks.trailing_zeros() as usize;
        marks &= marks.wrapping_sub(1);
    }
    marks
}

#[inline(always)]
fn write_rest(rest: &mut [usize], start: usize, mut marks: u64) {
    for free in rest {
        if marks == 0 {
            break;
        }
        *free = start + marks.trailing_zeros() as usize;
        marks &= marks - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_marked_place_is_written_down_once() {
        let mut places = TextPlaces::default();
        assert_eq!(places.all(), Some([].as_slice()));
        for marks in [0, 1, 1 << 63, 0b1010_0110, u64::MAX] {
            let known = places.all().expect("few").to_vec();
            places.add(100, marks);
            let marked = (0..BLOCK_BYTES)
                .filter(|place| marks >> place & 1 == 1)
                .map(|place| 100 + place);
            let expected: Vec<usize> = known.into_iter().chain(marked).collect();
            assert_eq!(places.all(), Some(expected.as_slice()));
        }
        places.push(7);
        assert_eq!(places.all().and_then(<[usize]>::last), Some(&7));
        places.clear();
        assert_eq!(places.all(), Some([].as_slice()));
    }

    #[test]
    fn places_are_kept_up_to_a_limit() {
        let mut places = TextPlaces::default();
        (0..10_000).for_each(|place| places.push(place));
        (0..100).for_each(|block| places.add(10_000 + block * BLOCK_BYTES, u64::MAX));
        let expected: Vec<usize> = (0..16_400).collect();
        assert_eq!(places.all(), Some(expected.as_slice()));
        (0..4 * PLACES_LIMIT).for_each(|place| places.push(place));
        assert_eq!(places.all(), None);
        assert!(places.room.len() <= 2 * PLACES_LIMIT + 3 * BLOCK_BYTES);
        places.clear();
        places.push(7);
        assert_eq!(places.all(), Some([7].as_slice()));
    }
}
