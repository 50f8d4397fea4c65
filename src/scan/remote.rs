//! Objects of S3 to tally: requests under way while others are unpacked and looked at.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::Scanner;
use super::object::{self, Unreadable};
use crate::findings::Tally;
use crate::problem::ProblemKind;
use crate::source::s3::{Access, Address, Listed, Remote, RemoteObject, Requests, Unread, Wanted};
use crate::source::{Location, Object};

/// The threads that wait for the network. They do little else.
const NETWORK_THREADS: usize = 2;

/// S3, with the threads that wait for it.
#[derive(Debug)]
pub struct RemoteArchive {
    runtime: Runtime,
    remote: Remote,
}

/// The bytes of an object, with its number.
struct Fetched {
    number: usize,
    content: Result<Vec<u8>, Unread>,
}

/// An object that is read from S3.
struct Reading<'a> {
    object: &'a Object,
    remote: &'a RemoteObject,
}

impl From<Unread> for Unreadable {
    fn from(unread: Unread) -> Self {
        Self {
            kind: unread.kind,
            detail: unread.detail,
        }
    }
}

impl RemoteArchive {
    /// Connects to S3.
    ///
    /// # Errors
    ///
    /// When credentials cannot be found out, or the threads cannot be started.
    pub fn connect(access: Access) -> Result<Self, Unread> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(NETWORK_THREADS)
            .enable_all()
            .build();
        let runtime = runtime.map_err(|error| Unread {
            kind: ProblemKind::Unreadable,
            detail: format!("cannot start threads: {error}"),
        })?;
        let remote = runtime.block_on(Remote::connect(access))?;
        Ok(Self { runtime, remote })
    }

    /// Lists the wanted objects at an address.
    ///
    /// # Errors
    ///
    /// When nothing can be listed.
    pub fn list(&self, address: &Address, wanted: &Wanted) -> Result<Listed, Unread> {
        self.runtime.block_on(self.remote.list(address, wanted))
    }

    /// How many requests were made.
    pub fn requests(&self) -> Requests {
        self.remote.requests()
    }

    /// Reads every object in S3 and tallies what the plan makes of its records, on the threads of
    /// the pool that this is called in. Breaks off when the sink does.
    pub fn scan(&self, scanner: &Scanner<'_>, objects: &[Object]) -> ControlFlow<()> {
        let remote = objects.iter().filter_map(reading);
        let (skipped, read): (Vec<_>, Vec<_>) =
            remote.partition(|reading| object::is_skipped(scanner.plan, reading.object));
        for Reading { object, .. } in skipped {
            scanner.keep(object, scanner.tally(object, || Ok(Vec::new())))?;
        }
        let workers = rayon::current_num_threads();
        let (sender, receiver) = channel(workers * 2);
        self.fetch(
            read.iter().map(|reading| reading.remote.clone()).collect(),
            &sender,
        );
        drop(sender);
        let receiver = Mutex::new(receiver);
        let work = |_: rayon::BroadcastContext<'_>| {
            while let Some(Fetched { number, content }) = next(&receiver) {
                let Some(reading) = read.get(number) else {
                    continue;
                };
                scanner.keep(reading.object, self.tally(scanner, reading, content))?;
            }
            ControlFlow::Continue(())
        };
        let ends: Vec<ControlFlow<()>> = rayon::broadcast(work);
        ends.into_iter()
            .find(ControlFlow::is_break)
            .unwrap_or(ControlFlow::Continue(()))
    }

    /// Begins to read objects, and hands each on with its number. As many are under way as the
    /// bucket bears.
    fn fetch(&self, objects: Vec<RemoteObject>, sender: &Sender<Fetched>) {
        let objects = Arc::new(Mutex::new(objects.into_iter().enumerate()));
        for _ in 0..self.remote.concurrency() {
            let (remote, sender, objects) =
                (self.remote.clone(), sender.clone(), Arc::clone(&objects));
            self.runtime.spawn(async move {
                loop {
                    let next = lock(&objects).next();
                    let Some((number, object)) = next else { return };
                    let content = remote.read(&object).await;
                    if sender.send(Fetched { number, content }).await.is_err() {
                        return;
                    }
                }
            });
        }
    }

    /// Tallies an object. One whose compression is damaged is read once more, since it may have
    /// been damaged on its way.
    fn tally(
        &self,
        scanner: &Scanner<'_>,
        Reading { object, remote }: &Reading<'_>,
        content: Result<Vec<u8>, Unread>,
    ) -> Tally {
        let content = content.map_err(Unreadable::from);
        let first = scanner.tally(object, || content);
        let is_damaged = |tally: &Tally| {
            tally
                .problems
                .iter()
                .any(|problem| problem.kind == ProblemKind::DamagedCompression)
        };
        if !is_damaged(&first) {
            return first;
        }
        match self.runtime.block_on(self.remote.read(remote)) {
            Ok(again) => scanner.tally(object, || Ok(again)),
            Err(_) => first,
        }
    }
}

fn reading(object: &Object) -> Option<Reading<'_>> {
    match &object.location {
        Location::Remote(remote) => Some(Reading { object, remote }),
        Location::File { .. } | Location::StandardInput => None,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn next(receiver: &Mutex<Receiver<Fetched>>) -> Option<Fetched> {
    lock(receiver).blocking_recv()
}
