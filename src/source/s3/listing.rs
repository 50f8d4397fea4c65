//! The objects of a bucket: folder by folder in the layout of CloudTrail, one after the other in
//! any other.

use std::sync::Arc;

use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::operation::list_objects_v2::builders::ListObjectsV2FluentBuilder;
use aws_sdk_s3::types::Object as ListedKey;
use tokio::task::{JoinError, JoinSet};

use super::failure::Failure;
use super::layout::{KeyRange, Level, level};
use super::remote::Remote;
use super::{Address, KeyFilter, RemoteObject};
use crate::problem::{Origin, Problem, ProblemKind};
use crate::source::{Listing, Location, Object, ReadError};

/// The result of one task.
#[derive(Default)]
struct Batch {
    objects: Vec<Object>,
    /// The tasks that follow from it.
    next: Vec<Task>,
}

/// A part of a bucket to list.
#[derive(Clone, Debug)]
enum Task {
    /// The folders right below a prefix.
    Folders(String),
    /// All objects of a range.
    Objects(KeyRange),
}

impl Task {
    fn prefix(&self) -> &str {
        match self {
            Self::Folders(prefix) => prefix,
            Self::Objects(range) => &range.prefix,
        }
    }
}

/// A task that has ended, with its result.
type Done = (Task, Result<Batch, Failure>);

/// The tasks that run.
type Running = JoinSet<Done>;

/// The listing of one bucket.
struct Lister {
    remote: Remote,
    bucket: String,
    filter: KeyFilter,
}

impl Remote {
    /// Lists the objects at an address. Folders that the filter leaves out are not entered.
    ///
    /// # Errors
    ///
    /// Returns an error if the first request fails, so that nothing is known about the bucket.
    pub(super) async fn list(
        &self,
        address: &Address,
        filter: &KeyFilter,
    ) -> Result<Listing, ReadError> {
        let lister = Arc::new(Lister {
            remote: self.clone(),
            bucket: address.bucket.clone(),
            filter: filter.clone(),
        });
        let first = lister.first(&address.prefix).await?;
        let mut listing = lister.follow(first).await;
        listing.sort_and_deduplicate();
        listing.problems.sort();
        Ok(listing)
    }
}

impl Lister {
    /// Lists all that follows from the first task.
    async fn follow(self: &Arc<Self>, first: Batch) -> Listing {
        let mut listing = Listing::default();
        let mut running = Running::new();
        self.add(first, &mut listing, &mut running);
        while let Some(done) = running.join_next().await {
            match self.batch(done) {
                Ok(batch) => self.add(batch, &mut listing, &mut running),
                Err(problem) => listing.problems.push(problem),
            }
        }
        listing
    }

    /// Returns the result of a task that has ended.
    fn batch(&self, done: Result<Done, JoinError>) -> Result<Batch, Problem> {
        match done {
            Ok((task, batch)) => batch.map_err(|failure| self.problem(task.prefix(), failure)),
            // A task that panicked must not leave out a part of the bucket without a word.
            Err(error) => Err(self.problem("", Failure::transient(error.to_string()))),
        }
    }

    /// Adds the objects of a batch, and starts the tasks that follow from it.
    fn add(self: &Arc<Self>, batch: Batch, listing: &mut Listing, running: &mut Running) {
        listing.objects.extend(batch.objects);
        // All of them begin at once, and the throttle decides how many requests run.
        for task in batch.next {
            let lister = Arc::clone(self);
            running.spawn(async move {
                let batch = lister.list(&task).await;
                (task, batch)
            });
        }
    }

    /// Lists the task that the others follow from. A prefix without its `/` is a folder, or else
    /// the beginning of keys.
    async fn first(&self, prefix: &str) -> Result<Batch, Failure> {
        let is_folder = prefix.is_empty() || prefix.ends_with('/');
        let found = match is_folder {
            true => self.first_folder(prefix).await?,
            false => self.unfinished_folder(prefix).await?,
        };
        match found {
            Some(batch) => Ok(batch),
            None => self.objects(&KeyRange::whole(prefix)).await,
        }
    }

    /// Lists a folder, if it is one of the layout.
    async fn first_folder(&self, prefix: &str) -> Result<Option<Batch>, Failure> {
        let batch = self.list(&self.task(prefix)).await?;
        // Without the folders of CloudTrail below it, a prefix may contain anything.
        let is_layout = |prefix: &str| level(prefix) != Level::Outside;
        let has_layout = batch.next.iter().any(|task| is_layout(task.prefix()));
        Ok((is_layout(prefix) || has_layout).then_some(batch))
    }

    /// Lists the folder that a prefix without its `/` may mean, unless it is empty.
    async fn unfinished_folder(&self, prefix: &str) -> Result<Option<Batch>, Failure> {
        let batch = self.list(&self.task(&format!("{prefix}/"))).await?;
        let is_empty = batch.objects.is_empty() && batch.next.is_empty();
        Ok((!is_empty).then_some(batch))
    }

    /// Returns the task that lists everything below a prefix.
    fn task(&self, prefix: &str) -> Task {
        match level(prefix) {
            Level::Objects => Task::Objects(KeyRange::whole(prefix)),
            Level::Days { month } => Task::Objects(self.filter.days(prefix, month)),
            _ => Task::Folders(prefix.to_owned()),
        }
    }

    async fn list(&self, task: &Task) -> Result<Batch, Failure> {
        match task {
            Task::Folders(prefix) => self.folders(prefix).await,
            Task::Objects(range) => self.objects(range).await,
        }
    }

    /// Lists the folders right below a prefix that the filter enters, and the objects there.
    async fn folders(&self, prefix: &str) -> Result<Batch, Failure> {
        let here = level(prefix);
        let all = KeyRange::whole(prefix);
        let mut batch = Batch::default();
        let mut token = None;
        loop {
            let page = self.page(&all, Some("/"), token).await?;
            for folder in page.common_prefixes() {
                batch
                    .next
                    .extend(self.folder_task(here, prefix, folder.prefix()));
            }
            if here != Level::Outside {
                self.take(&page, &all, &mut batch.objects);
            }
            token = page.next_continuation_token().map(str::to_owned);
            if token.is_none() {
                return Ok(batch);
            }
        }
    }

    /// Returns the task that lists a folder, if it is entered.
    fn folder_task(&self, here: Level, prefix: &str, folder: Option<&str>) -> Option<Task> {
        let folder = folder?;
        let name = folder.strip_prefix(prefix).unwrap_or(folder);
        let name = name.trim_end_matches('/');
        // Outside of the layout, only its root is a folder to enter.
        let is_entered = here != Level::Outside || name == "AWSLogs";
        if is_entered && self.filter.enters(here, name) {
            Some(self.task(folder))
        } else {
            None
        }
    }

    async fn objects(&self, range: &KeyRange) -> Result<Batch, Failure> {
        let mut batch = Batch::default();
        let mut token = None;
        loop {
            let page = self.page(range, None, token).await?;
            let is_beyond = self.take(&page, range, &mut batch.objects);
            token = page.next_continuation_token().map(str::to_owned);
            if token.is_none() || is_beyond {
                return Ok(batch);
            }
        }
    }

    /// Takes the objects of a page. Returns whether one is beyond the end of the range.
    fn take(
        &self,
        page: &ListObjectsV2Output,
        range: &KeyRange,
        objects: &mut Vec<Object>,
    ) -> bool {
        for listed in page.contents() {
            let Some(key) = listed.key() else { continue };
            if range.end.as_deref().is_some_and(|end| key >= end) {
                return true;
            }
            // Consoles create empty objects that represent folders.
            if !key.ends_with('/') {
                objects.push(self.object(key, listed));
            }
        }
        false
    }

    fn object(&self, key: &str, listed: &ListedKey) -> Object {
        let remote = RemoteObject {
            bucket: self.bucket.clone(),
            key: key.to_owned(),
            etag: listed.e_tag().map(str::to_owned),
        };
        let size = listed.size().and_then(|size| u64::try_from(size).ok());
        Object {
            key: self.address(key).into(),
            location: Location::Remote(Box::new(remote)),
            stored_bytes: Some(size.unwrap_or(0)),
            named: false,
        }
    }

    fn address(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.bucket)
    }

    async fn page(
        &self,
        range: &KeyRange,
        delimiter: Option<&str>,
        token: Option<String>,
    ) -> Result<ListObjectsV2Output, Failure> {
        let Remote {
            retries, throttle, ..
        } = &self.remote;
        let request = self.request(range, delimiter, token);
        let page = retries.persist(throttle, || async {
            retries.count_list();
            let page = request.clone().send().await;
            page.map_err(|error| Failure::from_answer(&error))
        });
        page.await
    }

    /// Returns the request for the first page, or for the one that a token continues with.
    fn request(
        &self,
        range: &KeyRange,
        delimiter: Option<&str>,
        token: Option<String>,
    ) -> ListObjectsV2FluentBuilder {
        let Remote {
            client, options, ..
        } = &self.remote;
        let start_after = range.start_after.clone();
        client
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(&range.prefix)
            .set_start_after(start_after.filter(|_| token.is_none()))
            .set_delimiter(delimiter.map(str::to_owned))
            .set_continuation_token(token)
            .set_request_payer(self.remote.payer())
            .set_expected_bucket_owner(options.expected_bucket_owner.clone())
    }

    fn problem(&self, prefix: &str, failure: Failure) -> Problem {
        let kind = match failure.kind {
            ProblemKind::AccessDenied => ProblemKind::AccessDenied,
            _ => ProblemKind::Unreadable,
        };
        Problem {
            origin: Origin {
                object: self.address(prefix),
                record: None,
                byte: None,
            },
            kind,
            detail: format!("everything below cannot be listed: {}", failure.detail),
        }
    }
}
