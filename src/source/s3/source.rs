//! The objects of S3 as a source: requests run while the threads of the pool process what has
//! arrived.

use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use rayon::BroadcastContext;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Mutex as WaitingMutex;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::remote::{Received, Remote};
use super::retry::TRIES;
use super::{Address, KeyFilter, RemoteObject, RequestCounts, RequestMeter, S3Options};
use crate::container::Limits;
use crate::problem::Problem;
use crate::source::{
    Fetch, Object, ObjectBytes, ReadError, ReadOptions, Source, SourceObjects, VisitObject,
};
use crate::spool::Spool;

/// The number of threads that wait for the network. They do little else.
const NETWORK_THREADS: usize = 2;

/// The number of threads that ask for the addresses of servers. Each new connection asks, and many
/// may be opened at the same time.
const ADDRESS_THREADS: usize = 16;

/// The number of objects that wait to be requested. They are small, and more of them than there are
/// requests at a time keep those that end together busy.
const WAITING_OBJECTS: usize = 2_048;

/// The buckets of S3, with the threads that wait for them.
#[derive(Debug)]
pub struct S3Source {
    runtime: Runtime,
    remote: Remote,
}

/// An object that has arrived, or whose bytes nobody will fetch.
struct Arrival {
    object: Object,
    /// The bytes, if they were requested.
    received: Option<Result<Received, ReadError>>,
}

impl S3Source {
    /// Connects to S3.
    ///
    /// # Errors
    ///
    /// Returns an error if there are no credentials, or the threads cannot be started.
    pub fn connect(options: &S3Options) -> Result<Self, ReadError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(NETWORK_THREADS)
            .max_blocking_threads(ADDRESS_THREADS)
            .enable_all()
            .build()?;
        let remote = runtime.block_on(Remote::connect(options))?;
        Ok(Self { runtime, remote })
    }

    /// Lists the objects at an address that a filter selects. Returns the places that could not be
    /// listed.
    ///
    /// # Errors
    ///
    /// Returns an error if nothing can be listed.
    pub fn list(
        &self,
        address: &Address,
        filter: &KeyFilter,
        objects: &Arc<Spool<Object>>,
    ) -> Result<Vec<Problem>, ReadError> {
        let listing = self.remote.list(address, filter, objects);
        self.runtime.block_on(listing)
    }

    /// Reads the file at an address, which is not of an archive; nothing if there is none.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be read.
    pub fn read_file(&self, address: &Address) -> Result<Option<Vec<u8>>, ReadError> {
        self.runtime.block_on(self.remote.read_file(address))
    }

    /// Copies the file at an address, which is not of an archive, into another one, no further
    /// than one part beyond a limit. Returns whether there is one.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be read, or the other one cannot be written.
    pub(super) fn download(
        &self,
        address: &Address,
        file: &File,
        most_bytes: u64,
    ) -> Result<bool, ReadError> {
        let copied = self.remote.download(address, file, most_bytes);
        self.runtime.block_on(copied)
    }

    /// Writes the file at an address, which is not of an archive.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be written.
    pub fn write_file(&self, address: &Address, bytes: Vec<u8>) -> Result<(), ReadError> {
        self.runtime
            .block_on(self.remote.write_file(address, bytes))
    }

    /// Looks up objects. Returns each of them, or the problem that it is, in any order.
    pub fn look_up(&self, objects: Vec<RemoteObject>) -> Vec<Result<Object, Problem>> {
        self.runtime.block_on(self.remote.look_up(objects))
    }

    /// Returns the number of requests so far.
    pub fn requests(&self) -> RequestCounts {
        self.remote.retries.requests()
    }

    /// Returns a meter of the requests under way.
    pub fn meter(&self) -> RequestMeter {
        RequestMeter::new(&self.remote.throttle)
    }

    /// Begins to read the objects of a queue, each of which is sent when it has arrived. As many
    /// requests run as the bucket bears.
    fn request(&self, queue: &Arc<Queue>, limits: &Limits, sender: Sender<Arrival>) {
        self.remote.throttle.begin();
        for _ in 0..self.remote.options.concurrency {
            let requests = ObjectRequester {
                remote: self.remote.clone(),
                queue: Arc::clone(queue),
                limits: *limits,
                sender: sender.clone(),
            };
            self.runtime.spawn(requests.run());
        }
    }

    /// Returns the means to fetch an object that was not requested yet.
    fn fetch<'a>(&'a self, remote: &'a RemoteObject, limits: &'a Limits) -> RemoteFetch<'a> {
        RemoteFetch {
            source: self,
            remote,
            limits,
            arrived: None,
            repeats: 0,
            last: None,
        }
    }
}

/// The objects that are not requested yet.
struct Queue {
    objects: WaitingMutex<Receiver<Object>>,
    /// The number of objects in the queue.
    length: Arc<AtomicUsize>,
}

impl Queue {
    /// Creates an empty queue. Returns it with the sender of its objects.
    fn new() -> (Self, Sender<Object>) {
        let (sender, receiver) = channel(WAITING_OBJECTS);
        let queue = Self {
            objects: WaitingMutex::new(receiver),
            length: Arc::default(),
        };
        (queue, sender)
    }

    async fn next(&self) -> Option<Object> {
        let object = self.objects.lock().await.recv().await?;
        self.length.fetch_sub(1, Ordering::Relaxed);
        Some(object)
    }

    fn is_empty(&self) -> bool {
        self.length.load(Ordering::Relaxed) == 0
    }
}

/// Sends objects to those who request them, on a thread of its own, since the others are busy.
struct Feeder<'a> {
    /// The length of the queue.
    length: Arc<AtomicUsize>,
    wanted: Sender<Object>,
    unwanted: Sender<Arrival>,
    options: &'a ReadOptions<'a>,
}

impl Feeder<'_> {
    /// Sends all objects. Ends when nobody receives them, which is so once a visit broke.
    fn run(self, batches: &mut SourceObjects<'_>) {
        for batch in batches {
            for object in batch.iter() {
                if self.send(object).is_break() {
                    return;
                }
            }
        }
    }

    fn send(&self, object: &Object) -> ControlFlow<()> {
        if object.remote().is_none() || self.pass_on(object) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }

    fn pass_on(&self, object: &Object) -> bool {
        if !(self.options.is_wanted)(object) {
            let arrival = Arrival::unwanted(object);
            return self.unwanted.blocking_send(arrival).is_ok();
        }
        self.length.fetch_add(1, Ordering::Relaxed);
        self.wanted.blocking_send(object.clone()).is_ok()
    }
}

impl Arrival {
    fn unwanted(object: &Object) -> Self {
        Self {
            object: object.clone(),
            received: None,
        }
    }
}

/// Requests one object after the other.
// There are as many of them as there may ever be requests, but only those take part whose requests
// may run. If all took turns, each request would wake another task, whose memory is no longer in
// the cache of the processor.
struct ObjectRequester {
    remote: Remote,
    queue: Arc<Queue>,
    limits: Limits,
    sender: Sender<Arrival>,
}

impl ObjectRequester {
    async fn run(self) {
        let throttle = &self.remote.throttle;
        loop {
            throttle.join().await;
            let ended = self.read_in_turn().await;
            throttle.leave();
            if ended.is_break() {
                return;
            }
        }
    }

    /// Reads objects until there are more requesters than requests may run. Breaks when no object
    /// is left, or nobody receives them.
    async fn read_in_turn(&self) -> ControlFlow<()> {
        while self.remote.throttle.may_stay() {
            let object = self.queue.next().await;
            let Some(object) = object.filter(|_| !self.sender.is_closed()) else {
                return ControlFlow::Break(());
            };
            self.read(object).await?;
        }
        ControlFlow::Continue(())
    }

    /// Reads an object and sends it. Breaks when nobody receives, which is so once a visit broke.
    async fn read(&self, object: Object) -> ControlFlow<()> {
        let Some(remote) = object.remote() else {
            return ControlFlow::Continue(());
        };
        let answer = self.remote.read(remote, &self.limits).await;
        let (received, slot) = match answer {
            Ok((received, slot)) => (Ok(received), slot),
            Err(error) => (Err(error), None),
        };
        let bytes = received.as_ref().map_or(0, Received::bytes);
        let waiting_since = Instant::now();
        let arrival = Arrival {
            object,
            received: Some(received),
        };
        let sent = self.sender.send(arrival).await;
        // Once nothing is left, fewer requests run than are allowed, and their rate says nothing.
        if let Some(slot) = slot.filter(|_| !self.queue.is_empty()) {
            slot.deliver(bytes, waiting_since);
        }
        match sent {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}

impl Source for S3Source {
    fn read_all(
        &self,
        objects: &mut SourceObjects<'_>,
        options: &ReadOptions<'_>,
        visit: &VisitObject<'_>,
    ) -> ControlFlow<()> {
        // A short queue: what waits in it for a thread takes memory.
        let (sender, receiver) = channel(rayon::current_num_threads() * 2);
        let (queue, wanted) = Queue::new();
        let feeder = Feeder {
            length: Arc::clone(&queue.length),
            wanted,
            unwanted: sender.clone(),
            options,
        };
        let arrivals = Arrivals {
            source: self,
            limits: options.limits,
            queue: Arc::new(queue),
            receiver: Mutex::new(receiver),
        };
        self.request(&arrivals.queue, options.limits, sender);
        // The closure owns the arrivals. Dropping them at its end stops the feeder, for which the
        // scope waits.
        thread::scope(move |scope| {
            scope.spawn(|| feeder.run(objects));
            arrivals.visit_all(visit)
        })
    }
}

/// The objects that were requested, as they arrive.
struct Arrivals<'a> {
    source: &'a S3Source,
    limits: &'a Limits,
    queue: Arc<Queue>,
    receiver: Mutex<Receiver<Arrival>>,
}

impl Drop for Arrivals<'_> {
    /// Ends the thread that sends objects, which may wait for room in either queue.
    fn drop(&mut self) {
        // First, since a requester that waits for objects holds the lock of their queue until the
        // other thread ends.
        lock(&self.receiver).close();
        self.queue.objects.blocking_lock().close();
    }
}

impl Arrivals<'_> {
    /// Visits all objects, on the threads of the pool that this is called in.
    fn visit_all(&self, visit: &VisitObject<'_>) -> ControlFlow<()> {
        // Each thread takes what arrives next, so that none waits for an object of another.
        let ends = rayon::broadcast(|_: BroadcastContext<'_>| self.visit(visit));
        let broken = ends.into_iter().find(ControlFlow::is_break);
        broken.unwrap_or(ControlFlow::Continue(()))
    }

    /// Visits objects until none is left for this thread.
    fn visit(&self, visit: &VisitObject<'_>) -> ControlFlow<()> {
        while let Some(Arrival { object, received }) = self.next() {
            let Some(remote) = object.remote() else {
                continue;
            };
            let mut fetch = self.source.fetch(remote, self.limits);
            fetch.arrived = received.map(|received| received.map(Received::into_object));
            visit(&object, &mut fetch)?;
        }
        ControlFlow::Continue(())
    }

    fn next(&self) -> Option<Arrival> {
        lock(&self.receiver).blocking_recv()
    }
}

/// The bytes of an object that has arrived, or is requested when they are.
struct RemoteFetch<'a> {
    source: &'a S3Source,
    remote: &'a RemoteObject,
    limits: &'a Limits,
    arrived: Option<Result<ObjectBytes, ReadError>>,
    /// The number of times that the object was fetched again.
    repeats: u32,
    /// The hash of the bytes that were fetched again last.
    last: Option<u64>,
}

impl RemoteFetch<'_> {
    fn request(&self) -> Result<ObjectBytes, ReadError> {
        let S3Source { runtime, remote } = self.source;
        runtime.block_on(remote.read_at_once(self.remote, self.limits))
    }

    /// Returns whether an answer has other bytes than the last one, and remembers it.
    fn is_new(&mut self, object: &Result<ObjectBytes, ReadError>) -> bool {
        let hash = object.as_ref().ok().map(|object| hash(&object.bytes));
        !self.is_repeated(hash)
    }

    /// Returns whether the last answer had this hash, and remembers the hash.
    // Accidents do not damage two answers alike, so the object is damaged.
    fn is_repeated(&mut self, hash: Option<u64>) -> bool {
        let is_same = hash.is_some() && hash == self.last;
        self.last = hash;
        is_same
    }
}

impl Fetch for RemoteFetch<'_> {
    fn fetch(&mut self) -> Result<ObjectBytes, ReadError> {
        match self.arrived.take() {
            Some(arrived) => arrived,
            None => self.request(),
        }
    }

    /// Old objects have no checksum that their transfer could be verified with.
    fn fetch_again(&mut self) -> Option<Result<ObjectBytes, ReadError>> {
        if self.repeats + 1 == TRIES {
            return None;
        }
        self.repeats += 1;
        let object = self.request();
        self.is_new(&object).then_some(object)
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The mutexes never hold anything half done, even if a thread panicked meanwhile.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
