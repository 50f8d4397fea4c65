//! How many requests may be under way: fewer when the bucket asks to slow down, more again when it
//! answers.

use std::sync::Mutex;

use tokio::sync::Notify;

/// How many answers without a complaint raise the number by one.
const RAISE_AFTER: u32 = 20;

/// A number of requests under way that follows what the bucket bears.
#[derive(Debug)]
pub(super) struct Throttle {
    state: Mutex<State>,
    freed: Notify,
    most: usize,
}

#[derive(Debug)]
struct State {
    under_way: usize,
    allowed: usize,
    answered: u32,
}

/// A request that is under way.
pub(super) struct Slot<'a> {
    throttle: &'a Throttle,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.throttle
            .change(|state| state.under_way = state.under_way.saturating_sub(1));
        self.throttle.freed.notify_one();
    }
}

impl Throttle {
    /// So many requests at most.
    pub(super) fn new(most: usize) -> Self {
        let state = Mutex::new(State {
            under_way: 0,
            allowed: most,
            answered: 0,
        });
        Self {
            state,
            freed: Notify::new(),
            most,
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self
            .state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        change(&mut state)
    }

    /// Waits until another request may begin.
    pub(super) async fn slot(&self) -> Slot<'_> {
        loop {
            let freed = self.freed.notified();
            let is_free = self.change(|state| {
                let is_free = state.under_way < state.allowed;
                state.under_way += usize::from(is_free);
                is_free
            });
            if is_free {
                return Slot { throttle: self };
            }
            freed.await;
        }
    }

    /// The bucket asked to slow down.
    pub(super) fn slow_down(&self) {
        self.change(|state| {
            state.allowed = (state.allowed / 2).max(1);
            state.answered = 0;
        });
    }

    /// The bucket answered.
    pub(super) fn answered(&self) {
        let is_raised = self.change(|state| {
            state.answered += 1;
            let is_raised = state.answered >= RAISE_AFTER && state.allowed < self.most;
            if is_raised {
                state.allowed += 1;
                state.answered = 0;
            }
            is_raised
        });
        if is_raised {
            self.freed.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(throttle: &Throttle) -> usize {
        throttle.change(|state| state.allowed)
    }

    #[test]
    fn the_number_is_halved_and_comes_back() {
        let throttle = Throttle::new(8);
        throttle.slow_down();
        throttle.slow_down();
        assert_eq!(allowed(&throttle), 2);
        (0..5).for_each(|_| throttle.slow_down());
        assert_eq!(allowed(&throttle), 1, "one request is always allowed");
        (0..RAISE_AFTER * 20).for_each(|_| throttle.answered());
        assert_eq!(
            allowed(&throttle),
            8,
            "and never more than at the beginning"
        );
    }
}
