//! The number of requests under way: found by trying, since nobody knows how many a bucket and the
//! way to it bear.
//!
//! The number is doubled as long as that brings clearly more, and falls back to the smallest number
//! that brought as much. It is lowered when the bucket asks to slow down, and then comes back step
//! by step. Nothing here reads a clock or waits: the caller says when an object arrived.

use std::time::Duration;

use super::BoundBy;

/// The number of requests at the beginning.
const START: usize = 64;

/// The work of an object apart from its bytes, in bytes that would arrive in the same time. Small
/// objects are bound by their number, large ones by their bytes.
const OBJECT_BYTES: u64 = 64 << 10;

/// The part of the added requests that must show in the rate. All of it would show if nothing but
/// the latency were the bound.
const CLEAR_GAIN: f64 = 0.15;

/// The shortest time over which a rate is measured.
const SHORTEST_ROUND: Duration = Duration::from_millis(200);

/// The time after which more requests are tried again. It doubles each time they bring nothing.
const FIRST_HOLD: Duration = Duration::from_secs(2);

/// The longest time until more requests are tried again.
const LONGEST_HOLD: Duration = Duration::from_secs(64);

/// The part of the requests that go on when the bucket asks to slow down: that of adaptive retries
/// in the SDKs of AWS.
const KEPT_WHEN_REFUSED: f64 = 0.7;

/// The number of answers after which one more request may run, once the bucket asked to slow down.
const RAISE_AFTER: u32 = 20;

/// The part of the time of a request that it waits for a thread, from which on more requests would
/// only wait longer.
const MOSTLY_WAITING: f64 = 0.5;

/// The number of requests that may be under way.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    limit: usize,
    bound: usize,
    phase: SearchPhase,
    round: Round,
    /// The smallest number that brought the best rate.
    best: Option<MeasuredRate>,
    hold: Duration,
    /// The number of times that the bucket was given fewer requests.
    slowdowns: u64,
    /// True if most of the time of the requests was spent waiting for a thread.
    is_waiting: bool,
}

/// The search for the number.
#[derive(Clone, Copy, Debug, PartialEq)]
enum SearchPhase {
    /// It is doubled. A first disappointing rate may be an accident, so it is measured again.
    Growing { first_rate: Option<f64> },
    /// It stays until this time.
    Holding { until: Duration },
    /// It comes back step by step, almost to the number at which the bucket asked to slow down. The
    /// answers are those since the last step.
    Recovering { goal: usize, answers: u32 },
}

/// The rate of a number of requests, in bytes and their equivalents a second.
#[derive(Clone, Copy, Debug, PartialEq)]
struct MeasuredRate {
    limit: usize,
    rate: f64,
}

/// The measurement of a rate.
#[derive(Clone, Copy, Debug, Default)]
struct Round {
    /// The number of objects that arrived before the measurement began.
    settling: usize,
    begun: Option<Duration>,
    objects: usize,
    work: u64,
    under_way: Duration,
    waited: Duration,
}

/// An object that has arrived, and was taken over by a thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Delivery {
    /// The bytes of the object.
    pub(super) bytes: u64,
    /// The time since its request began.
    pub(super) under_way: Duration,
    /// The part of that time for which it waited for a thread.
    pub(super) waited: Duration,
}

impl Pace {
    /// Begins with a moderate number of requests, of which there are never more than the bound.
    pub(super) fn new(bound: usize) -> Self {
        let bound = bound.max(1);
        Self {
            limit: bound.min(START),
            bound,
            phase: SearchPhase::Growing { first_rate: None },
            round: Round::default(),
            best: None,
            hold: FIRST_HOLD,
            slowdowns: 0,
            is_waiting: false,
        }
    }

    /// Returns the number of requests that may be under way.
    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// Returns the number of slowdowns so far. A request notes it when it begins.
    pub(super) fn slowdowns(&self) -> u64 {
        self.slowdowns
    }

    /// Returns the reason why there are not more requests.
    pub(super) fn bound_by(&self) -> BoundBy {
        match self.phase {
            SearchPhase::Recovering { .. } => BoundBy::Bucket,
            _ if self.is_waiting => BoundBy::Processor,
            _ if self.limit == self.bound => BoundBy::Concurrency,
            SearchPhase::Growing { .. } => BoundBy::Nothing,
            SearchPhase::Holding { .. } => BoundBy::Network,
        }
    }

    /// Discards the measurement that was begun, because requests paused in between.
    pub(super) fn restart_round(&mut self) {
        self.round = Round::default();
    }

    /// Lowers the number of requests, since the bucket asks to slow down. Requests that began
    /// before the last slowdown say nothing about the number that is allowed since.
    pub(super) fn slow_down(&mut self, slowdowns_at_begin: u64) {
        if slowdowns_at_begin < self.slowdowns {
            return;
        }
        self.slowdowns += 1;
        self.phase = SearchPhase::Recovering {
            goal: self.goal(),
            answers: 0,
        };
        let kept = self.limit as f64 * KEPT_WHEN_REFUSED;
        // Without a single request there would be no answer that raises the number again.
        self.change_limit((kept as usize).max(1));
        // The rates of a bucket that was asked for more say nothing about the present one.
        self.best = None;
    }

    /// Returns the number to come back to after a slowdown.
    fn goal(&self) -> usize {
        match self.phase {
            // A bucket that goes on asking says nothing about the number that it will bear.
            SearchPhase::Recovering { goal, .. } => goal,
            SearchPhase::Growing { .. } | SearchPhase::Holding { .. } => {
                self.limit - self.limit / 8
            }
        }
    }

    /// Counts an answer of the bucket. Once it asked to slow down, enough of them raise the number.
    pub(super) fn count_answer(&mut self, now: Duration) {
        let SearchPhase::Recovering { goal, answers } = &mut self.phase else {
            return;
        };
        *answers += 1;
        if *answers < RAISE_AFTER {
            return;
        }
        *answers = 0;
        let is_recovered = self.limit >= *goal;
        if is_recovered {
            self.keep(now);
        } else {
            self.change_limit(self.limit + 1);
        }
    }

    /// Counts an object that arrived while as many requests were under way as are allowed.
    pub(super) fn deliver(&mut self, now: Duration, delivery: Delivery) {
        self.round.add(now, self.limit, delivery);
        if !self.round.is_over(now, self.limit) {
            return;
        }
        let rate = self.round.rate(now);
        self.is_waiting = self.round.is_waiting();
        self.round.measure_again(now);
        match self.phase {
            SearchPhase::Growing { first_rate } => {
                self.grow(now, rate.max(first_rate.unwrap_or(0.0)))
            }
            SearchPhase::Holding { until } => self.hold(now, until, rate),
            // Here the answers of the bucket raise the number, whatever the rate is.
            SearchPhase::Recovering { .. } => {}
        }
    }

    /// Decides on a number of requests that was tried.
    fn grow(&mut self, now: Duration, rate: f64) {
        let is_second = self.phase != SearchPhase::Growing { first_rate: None };
        if self.brings_more(rate) && !self.is_waiting {
            self.hold = FIRST_HOLD;
            self.note_best(rate);
            self.double(now);
        } else if is_second {
            self.fall_back(now, rate);
        } else {
            self.phase = SearchPhase::Growing {
                first_rate: Some(rate),
            };
        }
    }

    /// Returns whether the rate has grown enough for the requests that were added.
    fn brings_more(&self, rate: f64) -> bool {
        let Some(best) = self.best else { return true };
        let added = self.limit as f64 / best.limit as f64 - 1.0;
        rate >= best.rate * (1.0 + CLEAR_GAIN * added)
    }

    fn note_best(&mut self, rate: f64) {
        self.best = Some(MeasuredRate {
            limit: self.limit,
            rate,
        });
    }

    fn double(&mut self, now: Duration) {
        if self.limit == self.bound {
            self.keep(now);
            return;
        }
        self.change_limit((self.limit * 2).min(self.bound));
        self.phase = SearchPhase::Growing { first_rate: None };
    }

    /// Returns to the smallest number that brought as much.
    fn fall_back(&mut self, now: Duration, rate: f64) {
        let best = self.best.unwrap_or(MeasuredRate {
            limit: self.limit,
            rate,
        });
        self.change_limit(best.limit);
        self.keep(now);
        self.hold = (self.hold * 2).min(LONGEST_HOLD);
    }

    /// Keeps the number for a while.
    fn keep(&mut self, now: Duration) {
        let until = now + self.hold;
        self.phase = SearchPhase::Holding { until };
    }

    /// Measures what the number brings, and tries more after a while.
    fn hold(&mut self, now: Duration, until: Duration, rate: f64) {
        self.note_best(rate);
        if self.is_waiting {
            // Objects wait for most of the time, so half as many keep the threads busy, too.
            self.change_limit((self.limit / 2).max(self.bound.min(START)));
            self.keep(now);
        } else if now >= until {
            self.double(now);
        }
    }

    fn change_limit(&mut self, limit: usize) {
        self.limit = limit;
        self.restart_round();
    }
}

impl Round {
    /// Counts an object. The first ones were requested with another limit, or over connections that
    /// had to be opened first.
    fn add(&mut self, now: Duration, limit: usize, delivery: Delivery) {
        if self.begun.is_some() {
            self.objects += 1;
            self.work += delivery.bytes + OBJECT_BYTES;
            self.under_way += delivery.under_way;
            self.waited += delivery.waited;
            return;
        }
        self.settling += 1;
        if self.settling >= limit {
            self.begun = Some(now);
        }
    }

    /// Returns whether enough has arrived for a rate. All requests that begin at once also end at
    /// once, so each of them must have ended twice.
    fn is_over(&self, now: Duration, limit: usize) -> bool {
        let Some(begun) = self.begun else {
            return false;
        };
        self.objects >= 2 * limit && now.saturating_sub(begun) >= SHORTEST_ROUND
    }

    fn rate(&self, now: Duration) -> f64 {
        let begun = self.begun.unwrap_or(now);
        self.work as f64 / now.saturating_sub(begun).max(SHORTEST_ROUND).as_secs_f64()
    }

    fn is_waiting(&self) -> bool {
        self.waited > self.under_way.mul_f64(MOSTLY_WAITING)
    }

    /// Begins another measurement of the same limit.
    fn measure_again(&mut self, now: Duration) {
        *self = Self {
            begun: Some(now),
            ..Self::default()
        };
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;

    use super::*;

    const BYTES: u64 = 2_700;

    /// A bucket, and the way to it.
    #[derive(Clone, Copy)]
    struct Service {
        latency: Duration,
        /// The time that each object takes on the way that all share.
        transfer: Duration,
        /// The time that each object takes on the only thread that processes objects.
        processing: Duration,
        /// The concurrent requests beyond which it asks to slow down.
        bears: usize,
    }

    impl Service {
        fn away(milliseconds: u64) -> Self {
            Self {
                latency: Duration::from_millis(milliseconds),
                transfer: Duration::ZERO,
                processing: Duration::ZERO,
                bears: usize::MAX,
            }
        }

        /// Returns the service with a number of objects that may arrive each second.
        fn with_objects_per_second(self, objects: u32) -> Self {
            let transfer = Duration::from_secs(1) / objects;
            Self { transfer, ..self }
        }
    }

    /// A request under way.
    #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    struct Request {
        end: Duration,
        begun: Duration,
        slowdowns: u64,
        is_refused: bool,
    }

    /// The requests to a service, one after the other in simulated time.
    struct Simulation {
        service: Service,
        pace: Pace,
        now: Duration,
        under_way: BinaryHeap<Reverse<Request>>,
        way_free_at: Duration,
        thread_free_at: Duration,
        refused: usize,
        most: usize,
    }

    impl Simulation {
        fn new(service: Service, bound: usize) -> Self {
            Self {
                service,
                pace: Pace::new(bound),
                now: Duration::ZERO,
                under_way: BinaryHeap::new(),
                way_free_at: Duration::ZERO,
                thread_free_at: Duration::ZERO,
                refused: 0,
                most: 0,
            }
        }

        fn begin(&mut self) {
            let served = self
                .under_way
                .iter()
                .filter(|request| !request.0.is_refused);
            let is_refused = served.count() >= self.service.bears;
            let mut end = self.now + self.service.latency;
            if !is_refused {
                self.way_free_at = self.way_free_at.max(end) + self.service.transfer;
                end = self.way_free_at;
            }
            self.under_way.push(Reverse(Request {
                end,
                begun: self.now,
                slowdowns: self.pace.slowdowns(),
                is_refused,
            }));
        }

        /// Ends the request that ends first. Returns whether it delivered an object.
        fn end(&mut self) -> bool {
            let Some(Reverse(request)) = self.under_way.pop() else {
                return false;
            };
            self.now = self.now.max(request.end);
            if request.is_refused {
                self.refused += 1;
                self.pace.slow_down(request.slowdowns);
                return false;
            }
            self.deliver(request);
            true
        }

        fn deliver(&mut self, request: Request) {
            self.pace.count_answer(self.now);
            self.now = self.now.max(self.thread_free_at);
            self.thread_free_at = self.now + self.service.processing;
            let delivery = Delivery {
                bytes: BYTES,
                under_way: self.now - request.begun,
                waited: self.now - request.end,
            };
            self.pace.deliver(self.now, delivery);
        }

        /// Reads objects, and returns the simulated seconds that it took.
        fn read(&mut self, objects: usize) -> f64 {
            let begun = self.now;
            let mut left = objects;
            while left > 0 {
                while self.under_way.len() < self.pace.limit() {
                    self.begin();
                }
                self.most = self.most.max(self.under_way.len());
                left -= usize::from(self.end());
            }
            (self.now - begun).as_secs_f64()
        }
    }

    #[test]
    fn far_away_the_number_grows_to_its_bound() {
        for milliseconds in [5, 40, 150] {
            let mut simulation = Simulation::new(Service::away(milliseconds), 512);
            let growing = simulation.read(20_000);
            assert_eq!(simulation.pace.limit(), 512, "{milliseconds} ms");
            assert_eq!(simulation.pace.bound_by(), BoundBy::Concurrency);
            let grown = simulation.read(20_000);
            let least = 20_000.0 / 512.0 * f64::from(milliseconds as u32) / 1000.0;
            assert!(grown < 1.05 * least, "{milliseconds} ms: {grown} s");
            assert!(growing < least + 3.0, "{milliseconds} ms: {growing} s");
        }
    }

    #[test]
    fn there_are_never_more_than_the_bound() {
        for bound in [1, 16, 100, 300] {
            let mut simulation = Simulation::new(Service::away(40), bound);
            simulation.read(10_000);
            assert_eq!((simulation.most, simulation.pace.limit()), (bound, bound));
            assert_eq!(simulation.pace.bound_by(), BoundBy::Concurrency);
        }
        assert_eq!(Pace::new(0).limit(), 1);
    }

    #[test]
    fn the_smallest_number_that_brings_as_much_is_kept() {
        for (objects, expected) in [(1_000, 64), (3_000, 128), (5_000, 256)] {
            let service = Service::away(40).with_objects_per_second(objects);
            let mut simulation = Simulation::new(service, 512);
            simulation.read(10_000);
            // More may be tried at this very moment.
            let best = simulation.pace.best.map(|best| best.limit);
            assert_eq!(best, Some(expected), "{objects} objects a second");
            assert_ne!(simulation.pace.bound_by(), BoundBy::Concurrency);
            let seconds = simulation.read(10_000);
            assert!(
                seconds < 1.05 * 10_000.0 / f64::from(objects),
                "{seconds} s"
            );
        }
    }

    #[test]
    fn more_is_tried_again_where_the_way_becomes_wider() {
        let mut simulation = Simulation::new(Service::away(40).with_objects_per_second(1_000), 512);
        simulation.read(10_000);
        assert!(simulation.pace.limit() <= 128);
        simulation.service = Service::away(40);
        simulation.read(60_000);
        assert_eq!(simulation.pace.limit(), 512);
    }

    #[test]
    fn more_requests_do_not_help_where_threads_are_busy() {
        let service = Service {
            processing: Duration::from_millis(2),
            ..Service::away(5)
        };
        let mut simulation = Simulation::new(service, 512);
        simulation.read(10_000);
        assert_eq!(simulation.pace.limit(), START);
        assert_eq!(simulation.pace.bound_by(), BoundBy::Processor);
        simulation.service.processing = Duration::ZERO;
        simulation.read(100_000);
        assert_eq!(simulation.pace.limit(), 512);
        simulation.service.processing = Duration::from_millis(2);
        simulation.read(10_000);
        assert_eq!(
            simulation.pace.limit(),
            START,
            "less memory for the same rate"
        );
    }

    #[test]
    fn the_bucket_is_obeyed() {
        let service = Service {
            bears: 100,
            ..Service::away(40)
        };
        let mut simulation = Simulation::new(service, 512);
        simulation.read(50_000);
        assert!(
            simulation.pace.limit() <= 110,
            "{}",
            simulation.pace.limit()
        );
        simulation.refused = 0;
        let seconds = simulation.read(100_000);
        // One in fifty requests is refused at most, and most of what the bucket bears is used.
        assert!(simulation.refused < 2_000, "{}", simulation.refused);
        assert!(seconds < 1.25 * 100_000.0 / 100.0 * 0.04, "{seconds} s");
    }

    #[test]
    fn requests_that_began_before_a_slowdown_count_once() {
        let mut pace = Pace::new(512);
        let before = pace.slowdowns();
        (0..64).for_each(|_| pace.slow_down(before));
        assert_eq!(pace.limit(), 44);
        assert_eq!(pace.bound_by(), BoundBy::Bucket);
        (0..10).for_each(|_| pace.slow_down(pace.slowdowns()));
        assert_eq!(pace.limit(), 1, "one request is always allowed");
        (0..RAISE_AFTER * 100).for_each(|_| pace.count_answer(Duration::ZERO));
        assert_eq!(pace.limit(), 56, "almost the number that was too much");
    }
}
