//! The objects of a bucket: folder by folder in the layout of CloudTrail, one after the other in
//! any other.

use std::sync::Arc;

use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::operation::list_objects_v2::builders::ListObjectsV2FluentBuilder;
use aws_sdk_s3::types::Object as ListedKey;
use tokio::task::JoinSet;

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

/// The tasks that run, each with its result.
type Running = JoinSet<(Task, Result<Batch, Failure>)>;

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
    /// If the first request fails, so that nothing is known about the bucket.
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
        listing.objects.sort_by(|a, b| a.key.cmp(&b.key));
        listing.objects.dedup_by(|a, b| a.key == b.key);
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
            match done {
                Ok((_, Ok(batch))) => self.add(batch, &mut listing, &mut running),
                Ok((task, Err(failure))) => {
                    listing.problems.push(self.problem(task.prefix(), failure));
                }
                Err(error) => {
                    let failure = Failure::transient(error.to_string());
                    listing.problems.push(self.problem("", failure));
                }
            }
        }
        listing
    }

    /// Adds the objects of a batch, and starts the tasks that follow from it.
    fn add(self: &Arc<Self>, batch: Batch, listing: &mut Listing, running: &mut Running) {
        listing.objects.extend(batch.objects);
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
        if !prefix.is_empty() && !prefix.ends_with('/') {
            let batch = self.list(&self.task(&format!("{prefix}/"))).await?;
            if !batch.objects.is_empty() || !batch.next.is_empty() {
                return Ok(batch);
            }
            return self.objects(&KeyRange::whole(prefix)).await;
        }
        let batch = self.list(&self.task(prefix)).await?;
        // Without the folders of CloudTrail below it, a prefix may contain anything.
        let is_layout = |task: &Task| level(task.prefix()) != Level::Outside;
        if level(prefix) != Level::Outside || batch.next.iter().any(is_layout) {
            return Ok(batch);
        }
        self.objects(&KeyRange::whole(prefix)).await
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
