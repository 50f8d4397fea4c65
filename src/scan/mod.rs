//! Objects to tally, in parallel. It is the only module with threads.

pub mod backtest;
pub mod object;
#[cfg(feature = "s3")]
pub mod remote;

use rayon::prelude::*;

use crate::container::Limits;
use crate::plan::Plan;
use crate::problem::ProblemKind;
use crate::source::{Location, Object, read_file};
use crate::tally::Tally;
use object::Unreadable;

/// Reads every object on this machine and tallies what the plan makes of its records. Those elsewhere are left to
/// `remote`.
///
/// Each worker holds one object at a time, so memory is bounded by the largest objects in flight. `done` is called
/// with the stored size of each object when it has been read.
pub fn scan(plan: &Plan, limits: &Limits, objects: &[Object], done: &(dyn Fn(u64) + Sync)) -> Tally {
    objects
        .par_iter()
        .with_max_len(64)
        .fold(Tally::default, |tally, object| match read(object) {
            None => tally,
            Some(content) => {
                let tally = object::tally(plan, limits, object, content, tally);
                done(object.stored_bytes);
                tally
            }
        })
        .reduce(Tally::default, Tally::merge)
}

/// How the bytes of an object on this machine are had; nothing for one that is elsewhere.
fn read(object: &Object) -> Option<impl FnOnce() -> Result<Vec<u8>, Unreadable>> {
    let path = match &object.location {
        Location::File(path) => Some(path.as_path()),
        Location::StandardInput => None,
        #[cfg(feature = "s3")]
        Location::Remote(_) => return None,
    };
    Some(move || {
        let unreadable =
            |error: std::io::Error| Unreadable { kind: ProblemKind::Unreadable, detail: error.to_string() };
        read_file(path).map_err(unreadable)
    })
}
