//! Objects to tally, in parallel. It is the only module with threads.

pub mod backtest;
pub mod object;

use rayon::prelude::*;

use crate::container::Limits;
use crate::plan::Plan;
use crate::source::Object;
use crate::tally::Tally;

/// Reads every object and tallies what the plan makes of its records.
///
/// Each worker holds one object at a time, so memory is bounded by the largest objects in flight. `done` is called
/// with the stored size of each object when it has been read.
pub fn scan(plan: &Plan, limits: &Limits, objects: &[Object], done: &(dyn Fn(u64) + Sync)) -> Tally {
    objects
        .par_iter()
        .with_max_len(64)
        .fold(Tally::default, |tally, object| {
            let tally = object::tally(plan, limits, object, tally);
            done(object.stored_bytes);
            tally
        })
        .reduce(Tally::default, Tally::merge)
}
