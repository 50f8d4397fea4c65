//! The meter of the requests to S3, for the progress.

use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use super::process::processor_time;
use super::throttle::Throttle;
use super::{BoundBy, RequestState};

/// The part of the time of all processors from which on nothing but them is the bound.
const BUSY: f64 = 0.85;

/// Shows the requests under way while a source reads.
#[derive(Clone, Debug)]
pub struct RequestMeter {
    throttle: Arc<Throttle>,
    last: Arc<Mutex<Option<MeterReading>>>,
}

/// A moment, and the time of the processors that this process had taken then.
#[derive(Clone, Copy, Debug)]
struct MeterReading {
    at: Instant,
    processor_time: Duration,
}

impl RequestMeter {
    pub(super) fn new(throttle: &Arc<Throttle>) -> Self {
        Self {
            throttle: Arc::clone(throttle),
            last: Arc::default(),
        }
    }

    /// Returns the requests under way, and what has bound them since the last call.
    pub fn state(&self) -> RequestState {
        let mut state = self.throttle.state();
        if state.bound_by != BoundBy::Bucket && self.is_busy() {
            state.bound_by = BoundBy::Processor;
        }
        state
    }

    /// Returns whether this process took almost all time of the processors since the last call.
    fn is_busy(&self) -> bool {
        self.share().is_some_and(|share| share >= BUSY)
    }

    fn share(&self) -> Option<f64> {
        let now = MeterReading::now()?;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.replace(now).map(|last| now.share_since(&last))
    }
}

impl MeterReading {
    fn now() -> Option<Self> {
        Some(Self {
            at: Instant::now(),
            processor_time: processor_time()?,
        })
    }

    /// Returns the part of the time of all processors that this process took.
    fn share_since(&self, earlier: &Self) -> f64 {
        let processors = available_parallelism().map_or(1, NonZero::get);
        let most = (self.at - earlier.at).as_secs_f64() * processors as f64;
        let taken = self.processor_time.saturating_sub(earlier.processor_time);
        taken.as_secs_f64() / most.max(f64::MIN_POSITIVE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn busy_processors_are_the_bound() {
        let begun = MeterReading {
            at: Instant::now(),
            processor_time: Duration::from_secs(1),
        };
        let processors = available_parallelism().map_or(1, NonZero::get) as u32;
        let later = |taken| MeterReading {
            at: begun.at + Duration::from_secs(2),
            processor_time: begun.processor_time + taken * processors,
        };
        let share = |taken| later(taken).share_since(&begun);
        assert!((share(Duration::from_secs(1)) - 0.5).abs() < 1e-9);
        assert!(share(Duration::from_secs(2)) >= BUSY);
    }
}
