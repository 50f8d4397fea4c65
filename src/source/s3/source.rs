//! The objects of S3 as a source: requests run while the threads of the pool process what has
//! arrived.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::iter::Enumerate;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use std::vec::IntoIter;

use rayon::BroadcastContext;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::remote::{Received, Remote};
use super::retry::TRIES;
use super::{Address, KeyFilter, RemoteObject, RequestMeter, Requests, S3Options};
use crate::container::Limits;
use crate::source::{Fetch, Listing, Object, ObjectBytes, ReadError, ReadOptions, Source, Visit};

/// The number of threads that wait for the network. They do little else.
const NETWORK_THREADS: usize = 2;

/// The number of threads that ask for the addresses of servers. Each new connection asks, and many
/// may be opened at the same time.
const ADDRESS_THREADS: usize = 16;

/// The buckets of S3, with the threads that wait for them.
#[derive(Debug)]
pub struct S3Source {
    runtime: Runtime,
    remote: Remote,
}

/// An object that has arrived.
struct Arrival {
    /// The number of the object among those that were requested.
    number: usize,
    received: Result<Received, ReadError>,
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

    /// Lists the objects at an address that a filter selects.
    ///
    /// # Errors
    ///
    /// Returns an error if nothing can be listed.
    pub fn list(&self, address: &Address, filter: &KeyFilter) -> Result<Listing, ReadError> {
        self.runtime.block_on(self.remote.list(address, filter))
    }

    /// Reads the file at an address, which is not of an archive; nothing if there is none.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be read.
    pub fn read_file(&self, address: &Address) -> Result<Option<Vec<u8>>, ReadError> {
        self.runtime.block_on(self.remote.read_file(address))
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

    /// Returns the number of requests so far.
    pub fn requests(&self) -> Requests {
        self.remote.retries.requests()
    }

    /// Returns a meter of the requests under way.
    pub fn meter(&self) -> RequestMeter {
        RequestMeter::new(&self.remote.throttle)
    }

    /// Begins to read objects, each of which is sent when it has arrived. As many requests run as
    /// the bucket bears.
    fn request(&self, objects: Vec<RemoteObject>, limits: Limits, sender: &Sender<Arrival>) {
        self.remote.throttle.begin();
        let requesters = self.remote.options.concurrency.min(objects.len());
        let objects = Arc::new(Mutex::new(objects.into_iter().enumerate()));
        for _ in 0..requesters {
            let requests = Requester {
                remote: self.remote.clone(),
                objects: Arc::clone(&objects),
                limits,
                sender: sender.clone(),
            };
            self.runtime.spawn(requests.run());
        }
    }

    /// Returns the means to fetch an object that was not requested yet.
    fn fetch<'a>(&'a self, target: Target<'a>, limits: &'a Limits) -> RemoteFetch<'a> {
        RemoteFetch {
            source: self,
            remote: target.remote,
            limits,
            arrived: None,
            repeats: 0,
            last: None,
        }
    }

    /// Visits objects whose bytes nobody will fetch.
    fn visit_unwanted(
        &self,
        targets: Vec<Target<'_>>,
        limits: &Limits,
        visit: &Visit<'_>,
    ) -> ControlFlow<()> {
        for target in targets {
            visit(target.object, &mut self.fetch(target, limits))?;
        }
        ControlFlow::Continue(())
    }

    /// Requests objects.
    fn arrivals<'a>(&'a self, targets: Vec<Target<'a>>, limits: &'a Limits) -> Arrivals<'a> {
        // A short queue: what waits in it for a thread takes memory.
        let (sender, receiver) = channel(rayon::current_num_threads() * 2);
        let requested = targets.iter().map(|target| target.remote.clone());
        self.request(requested.collect(), *limits, &sender);
        Arrivals {
            source: self,
            targets,
            limits,
            receiver: Mutex::new(receiver),
        }
    }
}

/// The numbered objects that are not requested yet.
type Queue = Arc<Mutex<Enumerate<IntoIter<RemoteObject>>>>;

/// Requests one object after the other.
struct Requester {
    remote: Remote,
    objects: Queue,
    limits: Limits,
    sender: Sender<Arrival>,
}

impl Requester {
    async fn run(self) {
        while let Some((number, object)) = self.next() {
            if self.read(number, &object).await.is_break() {
                return;
            }
        }
    }

    fn next(&self) -> Option<(usize, RemoteObject)> {
        lock(&self.objects).next()
    }

    /// Reads an object and sends it. Breaks when nobody receives, which is so once a visit broke.
    async fn read(&self, number: usize, object: &RemoteObject) -> ControlFlow<()> {
        let answer = self.remote.read(object, &self.limits).await;
        let (received, slot) = match answer {
            Ok((received, slot)) => (Ok(received), slot),
            Err(error) => (Err(error), None),
        };
        let bytes = received.as_ref().map_or(0, Received::bytes);
        let waiting_since = Instant::now();
        let sent = self.sender.send(Arrival { number, received }).await;
        if let Some(slot) = slot.filter(|_| self.is_any_left()) {
            slot.deliver(bytes, waiting_since);
        }
        match sent {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    // Once nothing is left, fewer requests run than are allowed, and their rate says nothing.
    fn is_any_left(&self) -> bool {
        lock(&self.objects).len() > 0
    }
}

impl Source for S3Source {
    fn read_all(
        &self,
        objects: &[Object],
        options: &ReadOptions<'_>,
        visit: &Visit<'_>,
    ) -> ControlFlow<()> {
        let targets = objects.iter().filter_map(Target::from_object);
        let (wanted, unwanted) = targets.partition(|target| (options.is_wanted)(target.object));
        self.visit_unwanted(unwanted, options.limits, visit)?;
        let arrivals = self.arrivals(wanted, options.limits);
        // Each thread takes what arrives next, so that none waits for an object of another.
        let ends = rayon::broadcast(|_: BroadcastContext<'_>| arrivals.visit(visit));
        let broken = ends.into_iter().find(ControlFlow::is_break);
        broken.unwrap_or(ControlFlow::Continue(()))
    }
}

/// An object of S3.
#[derive(Clone, Copy)]
struct Target<'a> {
    object: &'a Object,
    remote: &'a RemoteObject,
}

impl<'a> Target<'a> {
    fn from_object(object: &'a Object) -> Option<Self> {
        let remote = object.remote()?;
        Some(Self { object, remote })
    }
}

/// The objects that were requested, as they arrive.
struct Arrivals<'a> {
    source: &'a S3Source,
    targets: Vec<Target<'a>>,
    limits: &'a Limits,
    receiver: Mutex<Receiver<Arrival>>,
}

impl Arrivals<'_> {
    /// Visits objects until none is left for this thread.
    fn visit(&self, visit: &Visit<'_>) -> ControlFlow<()> {
        while let Some(Arrival { number, received }) = self.next() {
            let Some(target) = self.targets.get(number) else {
                continue;
            };
            let mut fetch = self.source.fetch(*target, self.limits);
            fetch.arrived = Some(received.map(Received::into_object));
            visit(target.object, &mut fetch)?;
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
