//! The number of concurrent requests: fewer when the bucket asks to slow down, more again when it
//! answers.

use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

/// The number of answers after which one more request may run.
const RAISE_AFTER: u32 = 20;

/// A number of concurrent requests that follows what the bucket bears.
#[derive(Debug)]
pub(super) struct Throttle {
    slots: Mutex<Slots>,
    freed: Notify,
    limit: usize,
}

#[derive(Debug)]
struct Slots {
    taken: usize,
    allowed: usize,
    /// The number of answers since the last change.
    answers: u32,
}

/// The slot of a running request.
pub(super) struct Slot<'a> {
    throttle: &'a Throttle,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.throttle.change(|slots| {
            slots.taken = slots.taken.saturating_sub(1);
        });
        self.throttle.freed.notify_one();
    }
}

impl Throttle {
    /// Creates a throttle that allows at most `limit` requests.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            slots: Mutex::new(Slots {
                taken: 0,
                allowed: limit,
                answers: 0,
            }),
            freed: Notify::new(),
            limit,
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Slots) -> T) -> T {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut slots)
    }

    /// Waits until another request may begin.
    pub(super) async fn slot(&self) -> Slot<'_> {
        loop {
            // Before the slots are looked at, so that one that is freed meanwhile is noticed.
            let freed = self.freed.notified();
            if self.change(Slots::take) {
                return Slot { throttle: self };
            }
            freed.await;
        }
    }

    /// Halves the number of requests, since the bucket asks to slow down.
    pub(super) fn slow_down(&self) {
        self.change(|slots| {
            // Without a single request there would be no answer that raises the number again.
            slots.allowed = (slots.allowed / 2).max(1);
            slots.answers = 0;
        });
    }

    /// Counts an answer of the bucket, and raises the number of requests after enough of them.
    pub(super) fn count_answer(&self) {
        // A raised number frees a slot, for which a request may wait already.
        if self.change(|slots| slots.count_answer(self.limit)) {
            self.freed.notify_one();
        }
    }
}

impl Slots {
    /// Takes a slot, if one is free.
    fn take(&mut self) -> bool {
        let is_free = self.taken < self.allowed;
        if is_free {
            self.taken += 1;
        }
        is_free
    }

    /// Counts an answer. Returns whether there is one slot more.
    fn count_answer(&mut self, limit: usize) -> bool {
        self.answers += 1;
        if self.answers < RAISE_AFTER || self.allowed >= limit {
            return false;
        }
        self.allowed += 1;
        self.answers = 0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(throttle: &Throttle) -> usize {
        throttle.change(|slots| slots.allowed)
    }

    #[test]
    fn the_number_is_halved_and_comes_back() {
        let throttle = Throttle::new(8);
        throttle.slow_down();
        throttle.slow_down();
        assert_eq!(allowed(&throttle), 2);
        (0..5).for_each(|_| throttle.slow_down());
        assert_eq!(allowed(&throttle), 1, "one request is always allowed");
        (0..RAISE_AFTER * 20).for_each(|_| throttle.count_answer());
        assert_eq!(
            allowed(&throttle),
            8,
            "and never more than at the beginning"
        );
    }
}
