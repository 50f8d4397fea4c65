//! The outcomes of all objects, of which there may be more than memory holds.

use std::fmt;
use std::iter;
use std::sync::Arc;

use super::ObjectOutcome;

/// The number of outcomes in a batch of those that are in memory.
const BATCH_OBJECTS: usize = 16_384;

/// The reason why outcomes that were stored cannot be read again.
pub type ObjectsError = Box<dyn std::error::Error + Send + Sync>;

/// Outcomes of objects, some of them at a time.
pub type OutcomeBatches<'a> =
    Box<dyn Iterator<Item = Result<Vec<ObjectOutcome>, ObjectsError>> + Send + 'a>;

/// The outcomes of all objects, in the order of their names.
#[derive(Clone)]
pub struct Objects(Arc<dyn ObjectBatches>);

/// Outcomes of objects, in the order of their names, as they are kept.
pub trait ObjectBatches: Send + Sync {
    /// Returns the outcomes, some of them at a time.
    fn batches(&self) -> OutcomeBatches<'_>;
}

impl Objects {
    /// Takes outcomes in the order of the names of the objects.
    pub fn new(objects: impl ObjectBatches + 'static) -> Self {
        Self(Arc::new(objects))
    }

    /// Returns the outcomes, some of them at a time. At least one batch comes, which may be empty.
    pub fn batches(&self) -> OutcomeBatches<'_> {
        let mut batches = self.0.batches();
        let first = batches.next().unwrap_or_else(|| Ok(Vec::new()));
        Box::new(iter::once(first).chain(batches))
    }

    /// Returns the outcomes, one after another.
    pub fn iter(&self) -> impl Iterator<Item = Result<ObjectOutcome, ObjectsError>> + use<'_> {
        self.batches().flat_map(|batch| match batch {
            Ok(objects) => objects.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        })
    }
}

impl Default for Objects {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl fmt::Debug for Objects {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Objects").finish_non_exhaustive()
    }
}

impl ObjectBatches for Vec<ObjectOutcome> {
    fn batches(&self) -> OutcomeBatches<'_> {
        Box::new(self.chunks(BATCH_OBJECTS).map(|batch| Ok(batch.to_vec())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(number: usize) -> Vec<ObjectOutcome> {
        let object = |number: usize| ObjectOutcome {
            object: format!("{number:08}").into(),
            ..ObjectOutcome::default()
        };
        (0..number).map(object).collect()
    }

    #[test]
    fn outcomes_come_in_batches_of_which_there_is_at_least_one() {
        for (number, batches) in [(0, 1), (1, 1), (BATCH_OBJECTS, 1), (BATCH_OBJECTS + 1, 2)] {
            let kept = Objects::new(objects(number));
            assert_eq!(kept.batches().count(), batches, "{number}");
            let again: Result<Vec<_>, _> = kept.iter().collect();
            assert_eq!(again.expect("objects"), objects(number));
        }
    }
}
