//! Repeating requests that failed: the whole of a request, its body included, which the SDK does
//! not do.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::RequestCounts;
use super::failure::{Failure, Remedy};
use super::throttle::{Slot, Throttle};

/// The number of tries of a request.
// The pauses between them add up to 33 seconds at most, and to half of that on average.
pub(super) const TRIES: u32 = 9;

/// The bound of a pause, before it is doubled for each try.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The urgency of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestUrgency {
    /// It waits for its turn.
    InTurn,
    /// It is sent at once. A thread waits for it that others may be waiting for: the requests in
    /// turn may wait for memory that only such threads give back.
    AtOnce,
}

/// The answer to a request, with the slot that it occupies if it waited for one.
pub(super) type SlottedAnswer<'a, T> = (T, Option<Slot<'a>>);

/// Tries requests, and counts them.
#[derive(Debug, Default)]
pub(super) struct Retries {
    // The numbers are only shown, so they need no order among themselves.
    list: AtomicU64,
    get: AtomicU64,
    repeated: AtomicU64,
}

impl Retries {
    pub(super) fn count_list(&self) {
        self.list.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_get(&self) {
        self.get.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn requests(&self) -> RequestCounts {
        RequestCounts {
            list: self.list.load(Ordering::Relaxed),
            get: self.get.load(Ordering::Relaxed),
            repeated: self.repeated.load(Ordering::Relaxed),
        }
    }

    /// Tries until it succeeds, or until another try is pointless. A try occupies a slot of the
    /// throttle unless it is urgent; a pause does not.
    pub(super) async fn persist<'a, T, F>(
        &self,
        throttle: &'a Throttle,
        urgency: RequestUrgency,
        mut attempt: impl FnMut() -> F,
    ) -> Result<SlottedAnswer<'a, T>, Failure>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let mut tries = 1;
        loop {
            let failure = match tried(throttle, urgency, &mut attempt).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            if failure.remedy == Remedy::Nothing {
                return Err(failure);
            }
            if tries == TRIES {
                let detail = format!("{} ({tries} tries)", failure.detail);
                return Err(Failure { detail, ..failure });
            }
            self.repeated.fetch_add(1, Ordering::Relaxed);
            throttle.pause(pause(tries)).await;
            tries += 1;
        }
    }
}

/// Tries once, and adapts the throttle to the result.
async fn tried<'a, T, F>(
    throttle: &'a Throttle,
    urgency: RequestUrgency,
    attempt: &mut impl FnMut() -> F,
) -> Result<SlottedAnswer<'a, T>, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    let slot = match urgency {
        RequestUrgency::InTurn => Some(throttle.slot().await),
        RequestUrgency::AtOnce => None,
    };
    // Counted before the attempt: of the requests that are refused together, one slows down.
    let slowdowns = throttle.slowdowns();
    match attempt().await {
        Ok(value) => {
            throttle.count_answer();
            Ok((value, slot))
        }
        Err(failure) => {
            if failure.remedy == Remedy::SlowDown {
                throttle.slow_down(slowdowns);
            }
            Err(failure)
        }
    }
}

/// Returns the pause after this many tries: a random part of a bound that doubles, so that many
/// clients do not return at the same moment.
fn pause(tries: u32) -> Duration {
    // A larger shift could overflow.
    let doubled = FIRST_PAUSE.saturating_mul(1 << tries.min(20));
    doubled.min(LONGEST_PAUSE).mul_f64(fastrand::f64())
}
