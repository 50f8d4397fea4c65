//! The objects of a bucket: folder by folder in the layout of CloudTrail and beside it, one after
//! the other in any other.

use std::borrow::Cow;
use std::mem;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::{EncodingType, Object as ListedKey};
use tokio::task::{JoinError, JoinSet};

use super::encoding::decoded;
use super::failure::Failure;
use super::layout::{FirstPage, KeyRange, Level, ROOT, level};
use super::options::FEWER_OBJECTS;
use super::pages::{Bucket, PageRequest, Pages};
use super::remote::Remote;
use super::{Address, KeyFilter, RemoteObject, object};
use crate::problem::{Origin, Problem, ProblemKind};
use crate::source::{Object, ReadError};
use crate::spool::Spool;
use crate::text::counted;

/// The end of the name of a directory bucket. Such a bucket lists its keys in any order.
const DIRECTORY_BUCKET: &str = "--x-s3";

/// The description of an object that cannot be kept. The spool has the reason.
pub(super) const NOT_KEPT: &str = "what was listed cannot be kept in a temporary file";

/// The result of one task.
#[derive(Default)]
struct Batch {
    /// The number of objects that it found.
    objects: usize,
    /// The tasks that follow from it.
    next: Vec<Task>,
    /// True if its folder is one of the layout, or the layout begins there.
    has_layout: bool,
    /// True if at least one page was listed.
    is_begun: bool,
    /// The failure that ended the listing early.
    failure: Option<Failure>,
}

/// A part of a bucket to list.
#[derive(Clone, Debug)]
enum Task {
    /// The folders right below a prefix.
    Folders(String),
    /// All objects of a range.
    Objects(KeyRange),
    /// The objects of a part of a range. Its first page has shown that keys come in order.
    Part(KeyRange),
    /// The objects of a prefix outside of the layout.
    Rest(Rest),
}

/// The objects of a prefix outside of the layout, one after the other. There may be any number of
/// folders, and each of them would take a request of its own.
#[derive(Clone, Debug)]
struct Rest {
    prefix: String,
    /// The folder whose own objects were listed before.
    listed: Option<String>,
}

/// The objects of a page that are taken.
#[derive(Clone, Copy)]
enum WantedObjects<'a> {
    /// Those of a range.
    Range(&'a KeyRange),
    /// Those right below a folder.
    Folder(&'a str),
    /// Those outside of the layout, and those of it that a listing folder by folder would reach.
    Rest(&'a Rest),
}

impl Task {
    fn prefix(&self) -> &str {
        match self {
            Self::Folders(prefix) => prefix,
            Self::Objects(range) | Self::Part(range) => &range.prefix,
            Self::Rest(rest) => &rest.prefix,
        }
    }
}

/// A task that has ended, with its result.
type Done = (Task, Batch);

/// The tasks that run.
type Running = JoinSet<Done>;

/// The listing of one bucket.
struct Lister {
    bucket: Bucket,
    filter: KeyFilter,
    /// True if keys come in an order other than their own.
    is_unordered: AtomicBool,
    /// The ranges that were listed in the belief that keys come in order.
    bounded: Mutex<Vec<KeyRange>>,
    /// The number of objects so far.
    listed: AtomicU64,
    /// Takes the objects.
    objects: Arc<Spool<Object>>,
}

impl Remote {
    /// Lists the objects at an address. Folders that the filter leaves out are not entered. Returns
    /// the places that could not be listed.
    ///
    /// # Errors
    ///
    /// Returns an error if the first request fails, so that nothing is known about the bucket, or
    /// if there are more objects than the limit.
    pub(super) async fn list(
        &self,
        address: &Address,
        filter: &KeyFilter,
        objects: &Arc<Spool<Object>>,
    ) -> Result<Vec<Problem>, ReadError> {
        let lister = Arc::new(Lister {
            bucket: Bucket {
                remote: self.clone(),
                name: address.bucket.clone(),
            },
            filter: filter.clone(),
            is_unordered: AtomicBool::new(address.bucket.ends_with(DIRECTORY_BUCKET)),
            bounded: Mutex::default(),
            listed: AtomicU64::default(),
            objects: Arc::clone(objects),
        });
        let (task, first) = lister.first(&address.prefix).await?;
        let mut problems = lister.follow((task, first)).await?;
        problems.sort();
        // The parts of a range may fail for the same reason.
        problems.dedup();
        Ok(problems)
    }
}

impl Lister {
    /// Lists all that follows from the first task.
    async fn follow(self: &Arc<Self>, first: Done) -> Result<Vec<Problem>, Failure> {
        let mut problems = Vec::new();
        let mut running = Running::new();
        problems.extend(self.conclude(first, &mut running)?);
        loop {
            while let Some(done) = running.join_next().await {
                match done {
                    Ok(done) => problems.extend(self.conclude(done, &mut running)?),
                    // A task that panicked must not leave out a part of the bucket without a word.
                    Err(error) => problems.push(self.lost_task(&error)),
                }
            }
            // One page may reveal only after others were listed that keys are not in order.
            let again = self.ranges_to_list_again();
            if again.is_empty() {
                return Ok(problems);
            }
            let again = again.into_iter().map(Task::Objects);
            again.for_each(|task| self.start(task, &mut running));
        }
    }

    fn lost_task(&self, error: &JoinError) -> Problem {
        let failure = Failure::transient(error.to_string());
        self.problem("", "not everything below was listed", &failure)
    }

    /// Returns the ranges in which objects may be missing, because keys do not come in order.
    fn ranges_to_list_again(&self) -> Vec<KeyRange> {
        if !self.is_unordered() {
            return Vec::new();
        }
        let mut bounded = self.bounded.lock().unwrap_or_else(PoisonError::into_inner);
        mem::take(&mut *bounded)
    }

    fn is_unordered(&self) -> bool {
        self.is_unordered.load(Ordering::Relaxed)
    }

    /// Starts the tasks that follow from one that has ended. What failed is a problem, and what was
    /// listed before the failure counts.
    ///
    /// # Errors
    ///
    /// Returns an error if there are more objects than the limit.
    fn conclude(
        self: &Arc<Self>,
        (task, batch): Done,
        running: &mut Running,
    ) -> Result<Option<Problem>, Failure> {
        // All of them begin at once, and the throttle decides how many requests run.
        for task in batch.next {
            self.start(task, running);
        }
        let Some(failure) = batch.failure else {
            return Ok(None);
        };
        // Neither is about this task alone: all others would fail for the same reason.
        if failure.kind == ProblemKind::TooLarge || self.objects.has_failed() {
            return Err(failure);
        }
        let is_part = matches!(task, Task::Part(_));
        let extent = match batch.is_begun || is_part {
            true => "not everything below was listed",
            false => "everything below cannot be listed",
        };
        Ok(Some(self.problem(task.prefix(), extent, &failure)))
    }

    fn start(self: &Arc<Self>, task: Task, running: &mut Running) {
        let lister = Arc::clone(self);
        running.spawn(async move {
            let batch = lister.list(&task).await;
            (task, batch)
        });
    }

    /// Lists the task that the others follow from. A prefix without its `/` is a folder, or else
    /// the beginning of keys.
    async fn first(&self, prefix: &str) -> Result<Done, Failure> {
        if prefix.is_empty() || prefix.ends_with('/') {
            return self.begun(self.task(prefix)).await;
        }
        let folder = format!("{prefix}/");
        let (task, mut batch) = self.begun(self.task(&folder)).await?;
        let is_empty = batch.objects == 0 && batch.next.is_empty();
        let is_folder = match level(&folder) {
            Level::Outside => batch.has_layout,
            _ => !is_empty,
        };
        if !is_folder {
            batch.next = vec![Task::Rest(Rest {
                prefix: prefix.to_owned(),
                listed: (batch.objects > 0).then_some(folder),
            })];
        }
        Ok((task, batch))
    }

    /// Lists a task of which at least the first page must succeed, and that must not be endless.
    async fn begun(&self, task: Task) -> Result<Done, Failure> {
        let mut batch = self.list(&task).await;
        let is_fatal =
            |failure: &mut Failure| !batch.is_begun || failure.kind == ProblemKind::TooLarge;
        match batch.failure.take_if(is_fatal) {
            Some(failure) => Err(failure),
            None => Ok((task, batch)),
        }
    }

    /// Returns the task that lists everything below a prefix.
    fn task(&self, prefix: &str) -> Task {
        match level(prefix) {
            Level::Objects => Task::Objects(KeyRange::whole(prefix)),
            Level::Days { month } => Task::Objects(self.filter.days(prefix, month)),
            _ => Task::Folders(prefix.to_owned()),
        }
    }

    async fn list(&self, task: &Task) -> Batch {
        let mut batch = Batch::default();
        let listed = match task {
            Task::Folders(prefix) => self.folders(prefix, &mut batch).await,
            Task::Rest(rest) => self.rest(rest, &mut batch).await,
            Task::Objects(range) => self.objects(range, &mut batch).await,
            Task::Part(range) => self.pages(range, range, &mut batch).await,
        };
        batch.failure = listed.err();
        batch
    }

    /// Lists the folders right below a prefix that the filter enters, and the objects there.
    /// Outside of the layout, the folders beside its root are listed in the same way. Without the
    /// root, there may be anything below, which is listed in full.
    async fn folders(&self, prefix: &str, batch: &mut Batch) -> Result<(), Failure> {
        batch.has_layout = level(prefix) != Level::Outside;
        let listed = self.folder_pages(prefix, batch).await;
        let is_all = batch.objects > 0 && batch.next.is_empty();
        if batch.is_begun && !batch.has_layout && !is_all {
            batch.next = vec![Task::Rest(Rest {
                prefix: prefix.to_owned(),
                listed: (batch.objects > 0).then(|| prefix.to_owned()),
            })];
        }
        listed
    }

    async fn folder_pages(&self, prefix: &str, batch: &mut Batch) -> Result<(), Failure> {
        let all = KeyRange::whole(prefix);
        let mut pages = Pages::new(&self.bucket, PageRequest::folders(&all));
        let mut names = 0;
        while let Some(page) = pages.next().await? {
            batch.is_begun = true;
            names += page.contents().len() + page.common_prefixes().len();
            self.check_number(names as u64)?;
            for folder in page.common_prefixes() {
                // A page with a folder that has no name is damaged, and not taken at all
                // (`PageCheck`).
                let Some(folder) = folder.prefix() else {
                    continue;
                };
                self.enter(prefix, &name(&page, folder), batch);
            }
            self.take(&page, WantedObjects::Folder(prefix), &mut batch.objects)?;
        }
        Ok(())
    }

    /// Adds the task that lists a folder right below a prefix, if it is entered.
    fn enter(&self, prefix: &str, folder: &str, batch: &mut Batch) {
        let name = folder.strip_prefix(prefix).unwrap_or(folder);
        let name = name.trim_end_matches('/');
        batch.has_layout |= name == ROOT;
        if self.filter.enters(level(prefix), name) {
            batch.next.push(self.task(folder));
        }
    }

    /// Lists the objects of a prefix outside of the layout.
    async fn rest(&self, rest: &Rest, batch: &mut Batch) -> Result<(), Failure> {
        let all = KeyRange::whole(&rest.prefix);
        let mut pages = Pages::new(&self.bucket, PageRequest::objects(&all));
        let mut last = String::new();
        while let Some(page) = pages.next().await? {
            batch.is_begun = true;
            self.check_order(&page, &mut last);
            self.take(&page, WantedObjects::Rest(rest), &mut batch.objects)?;
        }
        Ok(())
    }

    /// Lists the objects of a range. Where keys come in order, the pages before and after the range
    /// are not requested.
    async fn objects(&self, range: &KeyRange, batch: &mut Batch) -> Result<(), Failure> {
        if range.is_whole() || self.is_unordered() {
            let whole = KeyRange::whole(&range.prefix);
            return self.pages(range, &whole, batch).await;
        }
        self.note_bounds(range);
        self.pages(range, range, batch).await
    }

    /// Lists the objects of a range from the pages of another one that contains it.
    async fn pages(
        &self,
        range: &KeyRange,
        requested: &KeyRange,
        batch: &mut Batch,
    ) -> Result<(), Failure> {
        let mut range = range.clone();
        let mut pages = Pages::new(&self.bucket, PageRequest::objects(requested));
        let mut last = String::new();
        while let Some(page) = pages.next().await? {
            let is_first = !mem::replace(&mut batch.is_begun, true);
            self.check_order(&page, &mut last);
            let is_beyond = self.take(&page, WantedObjects::Range(&range), &mut batch.objects)?;
            // Without an object so far, the order of the keys has not been seen yet.
            if is_beyond && !self.is_unordered() && batch.objects > 0 {
                break;
            }
            if is_first && pages.has_next() && !self.is_unordered() {
                range = self.split(range, &page, &last, &mut batch.next);
            }
        }
        Ok(())
    }

    /// Starts the listing of the later parts of a range whose first page is full, and returns the
    /// first part.
    fn split(
        &self,
        range: KeyRange,
        page: &ListObjectsV2Output,
        last_key: &str,
        next: &mut Vec<Task>,
    ) -> KeyRange {
        let Some(first_key) = page.contents().first().and_then(ListedKey::key) else {
            return range;
        };
        let first_page = FirstPage {
            first_key: &name(page, first_key),
            last_key,
            keys: page.contents().len(),
        };
        let mut parts = range.split(first_page).into_iter();
        let first = parts.next();
        let later: Vec<Task> = parts.map(Task::Part).collect();
        // Other ranges were noted when their listing began.
        if range.is_whole() && !later.is_empty() {
            self.note_bounds(&range);
        }
        next.extend(later);
        first.unwrap_or(range)
    }

    /// Notes a range that is not listed from the beginning to the end of its prefix, in case keys
    /// turn out not to come in order.
    fn note_bounds(&self, range: &KeyRange) {
        let mut bounded = self.bounded.lock().unwrap_or_else(PoisonError::into_inner);
        bounded.push(range.clone());
    }

    /// Notes whether the keys of a page come in order, after the last key of the page before.
    fn check_order(&self, page: &ListObjectsV2Output, last: &mut String) {
        let keys = || page.contents().iter().filter_map(ListedKey::key);
        let keys = keys().map(|key| name(page, key));
        for key in keys {
            if *key < **last {
                self.is_unordered.store(true, Ordering::Relaxed);
            }
            // The memory of the last key serves the next, since there may be millions.
            last.clear();
            last.push_str(&key);
        }
    }

    /// Takes the objects of a page that are wanted. Returns whether one is beyond the end of their
    /// range.
    ///
    /// # Errors
    ///
    /// Returns an error if there are more objects than the limit.
    fn take(
        &self,
        page: &ListObjectsV2Output,
        wanted: WantedObjects<'_>,
        listed: &mut usize,
    ) -> Result<bool, Failure> {
        let mut is_beyond = false;
        let mut objects = Vec::with_capacity(page.contents().len());
        for found in page.contents() {
            // Nor is a page with an object that has none.
            let Some(key) = found.key() else { continue };
            let key = name(page, key);
            if wanted.ends_before(&key) {
                is_beyond = true;
            // Consoles create empty objects that represent folders.
            } else if wanted.has(&key, &self.filter) && !key.ends_with('/') {
                objects.push(self.object(&key, found));
            }
        }
        *listed += objects.len();
        self.count(objects.len())?;
        match self.objects.extend(objects) {
            ControlFlow::Continue(()) => Ok(is_beyond),
            ControlFlow::Break(()) => Err(Failure::permanent(NOT_KEPT.to_owned())),
        }
    }

    /// Counts objects.
    ///
    /// # Errors
    ///
    /// Returns an error if there are more than the limit.
    fn count(&self, objects: usize) -> Result<(), Failure> {
        let earlier = self.listed.fetch_add(objects as u64, Ordering::Relaxed);
        self.check_number(earlier + objects as u64)
    }

    /// Checks the number of objects or folders. A server that always has another page would fill
    /// the memory.
    ///
    /// # Errors
    ///
    /// Returns an error if there are more than the limit.
    fn check_number(&self, number: u64) -> Result<(), Failure> {
        let most = self.bucket.remote.options.max_objects;
        if number <= most {
            return Ok(());
        }
        let detail = format!(
            "there are more than {}; {FEWER_OBJECTS}",
            counted(most, "object", "objects")
        );
        Err(Failure {
            kind: ProblemKind::TooLarge,
            ..Failure::permanent(detail)
        })
    }

    fn object(&self, key: &str, listed: &ListedKey) -> Object {
        object::listed(RemoteObject {
            bucket: self.bucket.name.clone(),
            key: key.to_owned(),
            etag: listed.e_tag().map(str::to_owned),
            stored_bytes: listed.size().and_then(|size| u64::try_from(size).ok()),
            storage_class: listed.storage_class().map(|class| class.as_str().into()),
        })
    }

    fn address(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.bucket.name)
    }

    fn problem(&self, prefix: &str, extent: &str, failure: &Failure) -> Problem {
        Problem {
            origin: self.origin(prefix),
            kind: kind_of_listing(failure.kind),
            detail: format!("{extent}: {}", failure.detail),
        }
    }

    fn origin(&self, prefix: &str) -> Origin {
        Origin {
            object: self.address(prefix).into(),
            record: None,
            byte: None,
        }
    }
}

impl WantedObjects<'_> {
    /// Returns whether a key is after all that is wanted.
    fn ends_before(&self, key: &str) -> bool {
        match self {
            Self::Range(range) => range.is_beyond(key),
            Self::Folder(_) | Self::Rest(_) => false,
        }
    }

    /// Returns whether the object with a key is wanted, if it is not after all of them.
    fn has(&self, key: &str, filter: &KeyFilter) -> bool {
        match self {
            Self::Range(range) => range.has_begun(key),
            // Some servers list everything, whatever the delimiter.
            Self::Folder(folder) => filter.reaches(folder, key),
            Self::Rest(rest) => !rest.has_listed(key) && filter.reaches(&rest.prefix, key),
        }
    }
}

impl Rest {
    /// Returns whether the object with a key was listed before.
    fn has_listed(&self, key: &str) -> bool {
        let below = self
            .listed
            .as_deref()
            .and_then(|folder| key.strip_prefix(folder));
        below.is_some_and(|name| !name.contains('/'))
    }
}

/// Returns the kind of the problem of a listing that failed.
fn kind_of_listing(kind: ProblemKind) -> ProblemKind {
    match kind {
        // Another attempt may list what is below, or another account.
        ProblemKind::Unavailable | ProblemKind::AccessDenied => kind,
        // The other kinds are about objects.
        _ => ProblemKind::Unreadable,
    }
}

/// Returns a key or the name of a folder of a page.
fn name<'a>(page: &ListObjectsV2Output, text: &'a str) -> Cow<'a, str> {
    match page.encoding_type() {
        Some(EncodingType::Url) => decoded(text),
        _ => Cow::Borrowed(text),
    }
}
