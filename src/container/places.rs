//! Places in a text, written down many at once.

use super::blocks::BLOCK_BYTES;

/// How many places of a block are written down without asking whether there are so many. Asking
/// costs more.
const FEW: usize = 2;

/// Places in a text, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// Room for more than there are. What stands behind the first `count` means nothing.
    room: Vec<usize>,
    count: usize,
}

impl Places {
    /// All of them.
    pub(super) fn all(&self) -> &[usize] {
        self.room.get(..self.count).unwrap_or_default()
    }

    /// Forgets them.
    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    /// Adds one.
    pub(super) fn push(&mut self, place: usize) {
        self.add(place, 1);
    }

    /// Adds those that are marked in a block that begins at `start`.
    #[inline(always)]
    pub(super) fn add(&mut self, start: usize, marks: u64) {
        if self.room.len() < self.count + BLOCK_BYTES {
            self.grow();
        }
        let Some((few, rest)) = self
            .room
            .get_mut(self.count..)
            .and_then(|free| free.split_at_mut_checked(FEW))
        else {
            return;
        };
        let mut left = marks;
        for free in few {
            *free = start + left.trailing_zeros() as usize;
            left &= left.wrapping_sub(1);
        }
        for free in rest {
            if left == 0 {
                break;
            }
            *free = start + left.trailing_zeros() as usize;
            left &= left - 1;
        }
        self.count += marks.count_ones() as usize;
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        self.room.resize(2 * self.count + BLOCK_BYTES, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_marked_place_is_written_down_once() {
        let mut places = Places::default();
        assert_eq!(places.all(), [0; 0]);
        for marks in [0, 1, 1 << 63, 0b1010_0110, u64::MAX] {
            let known = places.all().to_vec();
            places.add(100, marks);
            let marked = (0..BLOCK_BYTES)
                .filter(|place| marks >> place & 1 == 1)
                .map(|place| 100 + place);
            assert_eq!(
                places.all(),
                known.into_iter().chain(marked).collect::<Vec<_>>()
            );
        }
        places.push(7);
        assert_eq!(places.all().last(), Some(&7));
        places.clear();
        assert_eq!(places.all(), [0; 0]);
    }

    #[test]
    fn there_may_be_any_number_of_them() {
        let mut places = Places::default();
        (0..10_000).for_each(|place| places.push(place));
        (0..100).for_each(|block| places.add(10_000 + block * BLOCK_BYTES, u64::MAX));
        assert_eq!(places.all(), (0..16_400).collect::<Vec<_>>());
    }
}
