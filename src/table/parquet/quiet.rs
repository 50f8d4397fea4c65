//! Panics of the readers of Parquet. They check much but not all of what a file claims, and a file
//! may claim anything.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    /// Whether this thread is in a reader, whose panics are told as damage.
    static IS_READING: Cell<bool> = const { Cell::new(false) };
}

/// Does work that reads Parquet; nothing where the reader panics.
pub fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    IS_READING.set(true);
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
