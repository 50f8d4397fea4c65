//! Trying again what may pass: the whole of a request, its body included, which the SDK does not
//! do.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::Requests;
use super::failure::{Failure, Remedy};
use super::throttle::Throttle;

/// How often a request is tried.
const TRIES: u32 = 9;

/// The longest pause before the second try.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest pause at all.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Tries requests, and counts them.
#[derive(Debug, Default)]
pub(super) struct Retries {
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

    pub(super) fn requests(&self) -> Requests {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Requests {
            list: count(&self.list),
            get: count(&self.get),
            repeated: count(&self.repeated),
        }
    }

    /// Tries until it works, or until another try is of no use. A try holds a slot of the throttle,
    /// a pause does not.
    pub(super) async fn persist<T, F>(
        &self,
        throttle: &Throttle,
        mut attempt: impl FnMut() -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let mut tries = 1;
        loop {
            let result = {
                let _slot = throttle.slot().await;
                attempt().await
            };
            let failure = match result {
                Ok(value) => {
                    throttle.answered();
                    return Ok(value);
                }
                Err(failure) => failure,
            };
            match failure.remedy {
                Remedy::Nothing => return Err(failure),
                Remedy::SlowDown => throttle.slow_down(),
                Remedy::TryAgain => {}
            }
            if tries == TRIES {
                return Err(Failure {
                    detail: format!("{} ({tries} tries)", failure.detail),
                    ..failure
                });
            }
            self.repeated.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(pause(tries)).await;
            tries += 1;
        }
    }
}

/// How long to wait after so many tries: anything up to a bound that doubles, so that many clients
/// do not come back at the same moment.
fn pause(tries: u32) -> Duration {
    let longest = FIRST_PAUSE
        .saturating_mul(1 << tries.min(20))
        .min(LONGEST_PAUSE);
    longest.mul_f64(fastrand::f64())
}
