//! Panics of the readers of Parquet. These check much of a file but not all, and a file may claim
//! anything.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    /// True while this thread is in a reader, whose panics are damage in a file.
    static IS_READING: Cell<bool> = const { Cell::new(false) };
}

/// Runs work that reads Parquet. Returns `None` if the reader panics.
pub fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    IS_READING.set(true);
    // A reader that panicked is not used again. Beside it, callers keep only lists to which it
    // appended whole values, so nothing is seen half done.
    let done = catch_unwind(AssertUnwindSafe(work));
    IS_READING.set(false);
    done.ok()
}

/// Keeps the panics that [`caught`] catches from standard error.
pub fn silence_panics() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !IS_READING.get() {
            hook(panic);
        }
    }));
}
