//! Objects to tallies, in parallel.

mod ahead;
pub mod backtest;
pub mod object;
#[cfg(feature = "s3")]
pub mod remote;
pub mod tallies;

pub use tallies::Tallies;

use std::ops::ControlFlow;

use rayon::prelude::*;

use crate::container::Limits;
use crate::findings::{Tally, TallySink};
use crate::plan::Plan;
use crate::problem::ProblemKind;
use crate::source::{Location, Object, read_file};
use ahead::ReadAhead;
use object::Unreadable;

/// How many objects a thread takes at once, so that none is left with many when the others are
/// done.
const TAKEN_AT_ONCE: usize = 16;

/// How objects are read, and where their tallies go.
pub struct Scanner<'a> {
    /// What to look for.
    pub plan: &'a Plan,
    /// How much an object may hold.
    pub limits: &'a Limits,
    /// Where the tally of each object goes.
    pub sink: &'a dyn TallySink,
    /// Is called with the size of each object, as it was listed, when it has been read.
    pub done: &'a (dyn Fn(u64) + Sync),
}

impl Scanner<'_> {
    /// Reads every object on this machine. Those elsewhere are left to `remote`. Breaks off when
    /// the sink does.
    ///
    /// Each worker holds one object at a time, so memory is bounded by the largest objects in
    /// flight.
    pub fn scan(&self, objects: &[Object]) -> ControlFlow<()> {
        let ahead = ReadAhead::new(self.plan, objects);
        let numbered = objects.par_iter().enumerate().with_max_len(TAKEN_AT_ONCE);
        numbered.try_for_each(|(number, object)| match read(object) {
            None => ControlFlow::Continue(()),
            Some(read) => self.keep(object, self.tally(object, || ahead.read(number, read))),
        })
    }

    fn tally(
        &self,
        object: &Object,
        content: impl FnOnce() -> Result<Vec<u8>, Unreadable>,
    ) -> Tally {
        object::tally(self.plan, self.limits, object, content)
    }

    fn keep(&self, object: &Object, tally: Tally) -> ControlFlow<()> {
        let kept = self.sink.keep(object.listed(), tally);
        (self.done)(object.stored_bytes.unwrap_or_default());
        kept
    }
}

/// How the bytes of an object on this machine are had; nothing for one that is elsewhere.
fn read(object: &Object) -> Option<impl FnOnce() -> Result<Vec<u8>, Unreadable>> {
    let path = object.path();
    let is_here = path.is_some() || object.location == Location::StandardInput;
    is_here.then_some(move || {
        let unreadable = |error: std::io::Error| Unreadable {
            kind: ProblemKind::Unreadable,
            detail: error.to_string(),
        };
        read_file(path, object.stored_bytes).map_err(unreadable)
    })
}
