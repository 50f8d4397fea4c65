//! The turns of requests: as many run at the same time as the pace allows.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::RequestState;
use super::pace::{Delivery, Pace};

/// Lets as many requests run at the same time as the bucket and the way to it bear.
#[derive(Debug)]
pub(super) struct Throttle {
    slots: Mutex<RequestSlots>,
    freed: Notify,
    /// Notified when another requester may take part.
    wanted: Notify,
    /// The beginning of the time that the pace counts.
    begun: Instant,
}

#[derive(Debug)]
struct RequestSlots {
    taken: usize,
    /// The number of requesters that take part.
    requesters: usize,
    /// The number of requests that pause before another try. They need no slot meanwhile.
    pausing: usize,
    pace: Pace,
}

/// The slot of an object from its request until a thread takes it over, or of another request.
#[derive(Debug)]
pub(super) struct Slot<'a> {
    throttle: &'a Throttle,
    begun: Instant,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.throttle.change(|slots| {
            slots.taken = slots.taken.saturating_sub(1);
        });
        self.throttle.freed.notify_one();
    }
}

impl Slot<'_> {
    /// Gives the slot of an object back that a thread took over, after it waited since a moment.
    pub(super) fn deliver(self, bytes: u64, waiting_since: Instant) {
        let delivery = Delivery {
            bytes,
            under_way: self.begun.elapsed(),
            waited: waiting_since.elapsed(),
        };
        let now = self.throttle.now();
        self.throttle.pace(|pace| pace.deliver(now, delivery));
    }
}

impl Throttle {
    /// Creates a throttle that allows at most `bound` requests.
    pub(super) fn new(bound: usize) -> Self {
        Self {
            slots: Mutex::new(RequestSlots {
                taken: 0,
                requesters: 0,
                pausing: 0,
                pace: Pace::new(bound),
            }),
            freed: Notify::new(),
            wanted: Notify::new(),
            begun: Instant::now(),
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut RequestSlots) -> T) -> T {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut slots)
    }

    /// Changes the pace, and wakes those that wait where it allows more requests.
    fn pace(&self, change: impl FnOnce(&mut Pace)) {
        let is_raised = self.change(|slots| {
            let before = slots.pace.limit();
            change(&mut slots.pace);
            slots.pace.limit() > before
        });
        if is_raised {
            self.freed.notify_waiters();
            self.wanted.notify_waiters();
        }
    }

    fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Waits until another request may begin.
    pub(super) async fn slot(&self) -> Slot<'_> {
        loop {
            // Before the slots are looked at, so that one that is freed meanwhile is noticed.
            let freed = self.freed.notified();
            if self.change(RequestSlots::take) {
                let begun = Instant::now();
                return Slot {
                    throttle: self,
                    begun,
                };
            }
            freed.await;
        }
    }

    /// Waits until another requester may take part.
    pub(super) async fn join(&self) {
        loop {
            let wanted = self.wanted.notified();
            if self.change(RequestSlots::join) {
                return;
            }
            wanted.await;
        }
    }

    /// Returns true unless more requesters take part than requests may run.
    pub(super) fn may_stay(&self) -> bool {
        self.change(|slots| slots.requesters <= slots.most_requesters())
    }

    /// Ends the part of a requester. Another one may take it over.
    pub(super) fn leave(&self) {
        self.change(|slots| slots.requesters = slots.requesters.saturating_sub(1));
        self.wanted.notify_one();
    }

    /// Waits before another try of a request, while another requester may take part.
    pub(super) async fn pause(&self, pause: Duration) {
        self.change(|slots| slots.pausing += 1);
        self.wanted.notify_one();
        tokio::time::sleep(pause).await;
        self.change(|slots| slots.pausing = slots.pausing.saturating_sub(1));
    }

    /// Returns the number of slowdowns so far, which a request notes when it begins.
    pub(super) fn slowdowns(&self) -> u64 {
        self.change(|slots| slots.pace.slowdowns())
    }

    /// Reduces the number of requests, since the bucket asks to slow down.
    pub(super) fn slow_down(&self, slowdowns_at_begin: u64) {
        self.pace(|pace| pace.slow_down(slowdowns_at_begin));
    }

    /// Counts an answer of the bucket.
    pub(super) fn count_answer(&self) {
        let now = self.now();
        self.pace(|pace| pace.count_answer(now));
    }

    /// Notes that requests begin after a pause.
    pub(super) fn begin(&self) {
        self.pace(Pace::restart_round);
    }

    /// Returns the requests under way, and what bounds them.
    pub(super) fn state(&self) -> RequestState {
        self.change(|slots| RequestState {
            under_way: slots.taken,
            bound_by: slots.pace.bound_by(),
        })
    }
}

impl RequestSlots {
    /// Takes a slot, if one is free.
    fn take(&mut self) -> bool {
        let is_free = self.taken < self.pace.limit();
        if is_free {
            self.taken += 1;
        }
        is_free
    }

    /// Counts another requester, if it may take part.
    fn join(&mut self) -> bool {
        let is_wanted = self.requesters < self.most_requesters();
        if is_wanted {
            self.requesters += 1;
        }
        is_wanted
    }

    /// Returns the number of requesters that keep as many requests under way as may run.
    fn most_requesters(&self) -> usize {
        self.pace.limit() + self.pausing
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use tokio::runtime::Builder;

    use super::*;

    fn now<T>(future: impl Future<Output = T>) -> Option<T> {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }

    #[test]
    fn requests_wait_for_a_slot() {
        let throttle = Throttle::new(2);
        let first = now(throttle.slot()).expect("a slot");
        let second = now(throttle.slot()).expect("a slot");
        assert_eq!(throttle.state().under_way, 2);
        assert!(now(throttle.slot()).is_none());
        drop(first);
        let third = now(throttle.slot()).expect("a slot");
        throttle.slow_down(throttle.slowdowns());
        drop(second);
        assert!(now(throttle.slot()).is_none(), "one is allowed, and runs");
        drop(third);
        assert!(now(throttle.slot()).is_some());
    }

    #[test]
    fn those_that_wait_are_woken_when_more_may_run() {
        let throttle = Throttle::new(8);
        throttle.slow_down(throttle.slowdowns());
        let slots: Vec<_> = (0..5).map(|_| now(throttle.slot())).collect();
        assert!(slots.iter().all(Option::is_some));
        let mut waiting = pin!(throttle.slot());
        let mut context = Context::from_waker(Waker::noop());
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        (0..20).for_each(|_| throttle.count_answer());
        assert!(waiting.as_mut().poll(&mut context).is_ready());
    }

    #[test]
    fn requesters_take_part_as_far_as_their_requests_may_run() {
        let throttle = Throttle::new(2);
        let mut context = Context::from_waker(Waker::noop());
        assert!(now(throttle.join()).is_some() && now(throttle.join()).is_some());
        let mut third = pin!(throttle.join());
        assert!(third.as_mut().poll(&mut context).is_pending());
        throttle.leave();
        assert!(third.as_mut().poll(&mut context).is_ready());
        throttle.slow_down(throttle.slowdowns());
        assert!(!throttle.may_stay());
        throttle.leave();
        assert!(throttle.may_stay(), "one may run");
        assert!(now(throttle.join()).is_none());
    }

    #[test]
    fn another_requester_takes_part_during_a_pause() {
        let throttle = Throttle::new(1);
        let runtime = Builder::new_current_thread().enable_time().build();
        runtime.expect("a runtime").block_on(async {
            let mut context = Context::from_waker(Waker::noop());
            throttle.join().await;
            let mut pause = pin!(throttle.pause(Duration::from_millis(1)));
            assert!(pause.as_mut().poll(&mut context).is_pending());
            throttle.join().await;
            assert!(now(throttle.join()).is_none());
            pause.await;
            assert!(!throttle.may_stay());
        });
    }
}
