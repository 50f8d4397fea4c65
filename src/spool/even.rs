//! Batches of even sizes.

/// The number of rows in a batch.
pub(super) const BATCH_ROWS: usize = 16_384;

/// Rows in batches whose sizes do not depend on the number of threads, as the groups of rows in a
/// file do on the batches.
pub struct EvenBatches<R, I> {
    batches: I,
    rest: Vec<R>,
}

impl<R, E, I: Iterator<Item = Result<Vec<R>, E>>> EvenBatches<R, I> {
    /// Takes batches of any size.
    pub fn new(batches: I) -> Self {
        Self {
            batches,
            rest: Vec::new(),
        }
    }
}

impl<R, E, I: Iterator<Item = Result<Vec<R>, E>>> Iterator for EvenBatches<R, I> {
    type Item = Result<Vec<R>, E>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.rest.len() < BATCH_ROWS {
            match self.batches.next() {
                Some(Ok(batch)) => self.rest.extend(batch),
                Some(Err(error)) => return Some(Err(error)),
                None if self.rest.is_empty() => return None,
                None => return Some(Ok(std::mem::take(&mut self.rest))),
            }
        }
        let next = self.rest.split_off(BATCH_ROWS);
        Some(Ok(std::mem::replace(&mut self.rest, next)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_even_whatever_they_are_made_of() {
        for sizes in [vec![], vec![1], vec![BATCH_ROWS, 1], vec![9_000; 5]] {
            let rows: usize = sizes.iter().sum();
            let batches = sizes.iter().map(|size| Ok::<_, ()>(vec![0_u8; *size]));
            let even: Vec<usize> = EvenBatches::new(batches)
                .map(|batch| batch.expect("a batch").len())
                .collect();
            assert_eq!(even.iter().sum::<usize>(), rows);
            let whole = rows / BATCH_ROWS;
            assert!(even.iter().take(whole).all(|size| *size == BATCH_ROWS));
            assert_eq!(even.len(), rows.div_ceil(BATCH_ROWS));
        }
    }
}
