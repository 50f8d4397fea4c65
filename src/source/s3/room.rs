//! The memory for objects that arrive at the same time.
//!
//! Each request alone is bounded by the limit of an object. With many requests, a server whose
//! answers never end could still fill the memory.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The memory for all objects that arrive, apart from the first bytes of each.
const ALL_BYTES: u64 = 512 << 20;

/// The first bytes of an object, which need no room of their own. Most objects have fewer.
const FREE_BYTES: u64 = 256 << 10;

/// The bytes of a unit of room.
const UNIT_BYTES: u64 = 1 << 20;

/// The memory that is left.
#[derive(Clone, Debug)]
pub(super) struct Room {
    units: Arc<Semaphore>,
}

/// The memory of one object, given back when it is dropped.
pub(super) type MemoryShare = OwnedSemaphorePermit;

impl Default for Room {
    fn default() -> Self {
        let units = units(ALL_BYTES);
        Self {
            units: Arc::new(Semaphore::new(units as usize)),
        }
    }
}

impl Room {
    /// Waits until there is room for an object that may have up to this many bytes, once so many
    /// of them were taken that it needs any. An object beyond all memory takes all of it.
    pub(super) async fn share(&self, taken_bytes: u64, most_bytes: u64) -> Option<MemoryShare> {
        if taken_bytes <= FREE_BYTES {
            return None;
        }
        let units = units(most_bytes.min(ALL_BYTES));
        let share = Arc::clone(&self.units).acquire_many_owned(units).await;
        // It is never closed.
        share.ok()
    }
}

fn units(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn now<T>(future: impl Future<Output = T>) -> Option<T> {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }

    #[test]
    fn large_objects_wait_for_each_other() {
        let room = Room::default();
        assert!(now(room.share(FREE_BYTES, u64::MAX)).is_some_and(|share| share.is_none()));
        let half = now(room.share(FREE_BYTES + 1, ALL_BYTES / 2)).expect("room");
        let other = now(room.share(FREE_BYTES + 1, ALL_BYTES / 2)).expect("room");
        assert!(now(room.share(FREE_BYTES + 1, FREE_BYTES + 2)).is_none());
        drop((half, other));
        let all = now(room.share(FREE_BYTES + 1, u64::MAX)).expect("room");
        assert!(all.is_some());
    }
}
