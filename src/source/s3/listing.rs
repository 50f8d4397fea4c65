//! The objects of a bucket: by the layout of CloudTrail where it is there, one after the other
//! where it is not.

use std::sync::Arc;

use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use tokio::task::JoinSet;

use super::failure::Failure;
use super::layout::{Level, Stretch, Wanted, level};
use super::{Address, Remote, RemoteObject, Unread};
use crate::problem::{Origin, Problem, ProblemKind};

/// What was listed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// The objects with their sizes in bytes, in the order of their keys.
    pub objects: Vec<(RemoteObject, u64)>,
    /// Prefixes that could not be listed.
    pub problems: Vec<Problem>,
}

/// What one listing found.
struct Found {
    objects: Vec<(RemoteObject, u64)>,
    /// What to list next.
    next: Vec<Task>,
}

/// Something to list.
#[derive(Clone, Debug)]
enum Task {
    /// The folders right below a prefix.
    Folders(String),
    /// All objects of a stretch.
    Objects(Stretch),
}

impl Task {
    fn prefix(&self) -> &str {
        match self {
            Self::Folders(prefix) => prefix,
            Self::Objects(stretch) => &stretch.prefix,
        }
    }
}

/// The listing of one bucket.
struct Lister {
    remote: Remote,
    bucket: String,
    wanted: Wanted,
}

impl Remote {
    /// Lists the objects at an address. Folders that are not wanted are not entered.
    ///
    /// # Errors
    ///
    /// When the first listing fails, so that nothing is known of the bucket.
    pub async fn list(&self, address: &Address, wanted: &Wanted) -> Result<Listed, Unread> {
        let lister = Arc::new(Lister {
            remote: self.clone(),
            bucket: address.bucket.clone(),
            wanted: wanted.clone(),
        });
        let first = lister.first(&address.prefix).await?;
        let mut listed = Listed {
            objects: first.objects,
            problems: Vec::new(),
        };
        let mut running = JoinSet::new();
        let start = |task: Task, running: &mut JoinSet<(Task, Result<Found, Failure>)>| {
            let lister = Arc::clone(&lister);
            running.spawn(async move {
                let found = lister.list(&task).await;
                (task, found)
            });
        };
        first
            .next
            .into_iter()
            .for_each(|task| start(task, &mut running));
        while let Some(done) = running.join_next().await {
            match done {
                Ok((_, Ok(found))) => {
                    listed.objects.extend(found.objects);
                    found
                        .next
                        .into_iter()
                        .for_each(|task| start(task, &mut running));
                }
                Ok((task, Err(failure))) => {
                    listed.problems.push(lister.problem(task.prefix(), failure))
                }
                Err(error) => listed
                    .problems
                    .push(lister.problem("", Failure::passing(error.to_string()))),
            }
        }
        listed.objects.sort_by(|(a, _), (b, _)| a.key.cmp(&b.key));
        listed.objects.dedup_by(|(a, _), (b, _)| a.key == b.key);
        listed.problems.sort();
        Ok(listed)
    }
}

impl Lister {
    /// The listing that the others follow from. A prefix without its `/` is a folder, or else the
    /// beginning of keys.
    async fn first(&self, prefix: &str) -> Result<Found, Failure> {
        if !prefix.is_empty() && !prefix.ends_with('/') {
            let found = self.list(&self.entry(&format!("{prefix}/"))).await?;
            if !found.objects.is_empty() || !found.next.is_empty() {
                return Ok(found);
            }
            return self.objects(&Stretch::whole(prefix)).await;
        }
        let found = self.list(&self.entry(prefix)).await?;
        // Without the folders of CloudTrail below it, nothing is known of a prefix.
        let is_layout = found
            .next
            .iter()
            .any(|task| level(task.prefix()) != Level::Outside);
        if level(prefix) != Level::Outside || is_layout {
            return Ok(found);
        }
        self.objects(&Stretch::whole(prefix)).await
    }

    fn entry(&self, prefix: &str) -> Task {
        match level(prefix) {
            Level::Objects => Task::Objects(Stretch::whole(prefix)),
            Level::Days { month } => Task::Objects(self.wanted.stretch(prefix, month)),
            _ => Task::Folders(prefix.to_owned()),
        }
    }

    async fn list(&self, task: &Task) -> Result<Found, Failure> {
        match task {
            Task::Folders(prefix) => self.folders(prefix).await,
            Task::Objects(stretch) => self.objects(stretch).await,
        }
    }

    /// The wanted folders right below a prefix, and the objects there.
    async fn folders(&self, prefix: &str) -> Result<Found, Failure> {
        let here = level(prefix);
        let mut found = Found {
            objects: Vec::new(),
            next: Vec::new(),
        };
        let mut token = None;
        loop {
            let page = self.page(&Stretch::whole(prefix), Some("/"), token).await?;
            for folder in page
                .common_prefixes()
                .iter()
                .filter_map(|folder| folder.prefix())
            {
                let name = folder
                    .strip_prefix(prefix)
                    .unwrap_or(folder)
                    .trim_end_matches('/');
                // Outside of the layout, only its root is a folder to enter.
                let is_entered = here != Level::Outside || name == "AWSLogs";
                if is_entered && self.wanted.is_folder_wanted(here, name) {
                    found.next.push(self.entry(folder));
                }
            }
            if here != Level::Outside {
                self.take(&page, None, &mut found.objects);
            }
            token = page.next_continuation_token().map(str::to_owned);
            if token.is_none() {
                return Ok(found);
            }
        }
    }

    async fn objects(&self, stretch: &Stretch) -> Result<Found, Failure> {
        let mut objects = Vec::new();
        let mut token = None;
        loop {
            let page = self.page(stretch, None, token).await?;
            let is_beyond = self.take(&page, stretch.end.as_deref(), &mut objects);
            token = page.next_continuation_token().map(str::to_owned);
            if token.is_none() || is_beyond {
                return Ok(Found {
                    objects,
                    next: Vec::new(),
                });
            }
        }
    }

    /// Takes the objects of a page, and tells whether one lies beyond the end.
    fn take(
        &self,
        page: &ListObjectsV2Output,
        end: Option<&str>,
        objects: &mut Vec<(RemoteObject, u64)>,
    ) -> bool {
        for object in page.contents() {
            let Some(key) = object.key() else { continue };
            if end.is_some_and(|end| key >= end) {
                return true;
            }
            // Consoles make empty objects that stand for folders.
            if key.ends_with('/') {
                continue;
            }
            let size = object
                .size()
                .and_then(|size| u64::try_from(size).ok())
                .unwrap_or(0);
            let etag = object.e_tag().map(str::to_owned);
            objects.push((
                RemoteObject {
                    bucket: self.bucket.clone(),
                    key: key.to_owned(),
                    etag,
                },
                size,
            ));
        }
        false
    }

    async fn page(
        &self,
        stretch: &Stretch,
        delimiter: Option<&str>,
        token: Option<String>,
    ) -> Result<ListObjectsV2Output, Failure> {
        let access = &self.remote.access;
        let page = self
            .remote
            .retries
            .persist(&self.remote.throttle, || async {
                self.remote.retries.count_list();
                let request = self
                    .remote
                    .client
                    .list_objects_v2()
                    .bucket(&self.bucket)
                    .prefix(&stretch.prefix);
                let request = request
                    .set_start_after(stretch.start_after.clone().filter(|_| token.is_none()));
                let request = request.set_delimiter(delimiter.map(str::to_owned));
                let request = request.set_continuation_token(token.clone());
                let request = request.set_request_payer(access.payer());
                let request =
                    request.set_expected_bucket_owner(access.expected_bucket_owner.clone());
                request.send().await.map_err(|error| Failure::of(&error))
            });
        page.await
    }

    fn problem(&self, prefix: &str, failure: Failure) -> Problem {
        let object = format!("s3://{}/{prefix}", self.bucket);
        let detail = format!("what is below cannot be listed: {}", failure.detail);
        let kind = match failure.kind {
            ProblemKind::AccessDenied => ProblemKind::AccessDenied,
            _ => ProblemKind::Unreadable,
        };
        Problem {
            origin: Origin {
                object,
                record: None,
                byte: None,
            },
            kind,
            detail,
        }
    }
}
