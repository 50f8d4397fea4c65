//! The pages of a listing, one after the other.

use std::collections::HashSet;

use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::operation::list_objects_v2::builders::ListObjectsV2FluentBuilder;
use aws_sdk_s3::types::EncodingType;

use super::failure::Failure;
use super::layout::KeyRange;
use super::page::PageCheck;
use super::remote::Remote;
use super::retry::RequestUrgency;

/// The most pages without a key or folder in a row. S3 returns such pages where it passes over many
/// delete markers or old versions, though hardly ever a hundred of them.
const EMPTY_PAGES: u32 = 1000;

/// A bucket whose pages are requested.
pub(super) struct Bucket {
    pub(super) remote: Remote,
    pub(super) name: String,
}

impl Bucket {
    /// Requests the first page, or the one that a token continues with.
    async fn page(
        &self,
        request: PageRequest<'_>,
        token: Option<String>,
    ) -> Result<ListObjectsV2Output, Failure> {
        let Remote {
            retries, throttle, ..
        } = &self.remote;
        let request = self.request(request, token);
        let page = retries.persist(throttle, RequestUrgency::InTurn, || async {
            // Counted for each try, because S3 charges for each of them.
            retries.count_list();
            let page = request
                .clone()
                .customize()
                .interceptor(PageCheck)
                .send()
                .await;
            page.map_err(|error| Failure::from_answer(&error))
        });
        let (page, _) = page.await?;
        Ok(page)
    }

    fn request(
        &self,
        PageRequest { range, delimiter }: PageRequest<'_>,
        token: Option<String>,
    ) -> ListObjectsV2FluentBuilder {
        let Remote {
            client, options, ..
        } = &self.remote;
        // A token says where to continue, so the start goes with the first page only.
        let start_after = range.start_after.clone();
        client
            .list_objects_v2()
            .bucket(&self.name)
            .prefix(&range.prefix)
            .set_start_after(start_after.filter(|_| token.is_none()))
            .set_delimiter(delimiter.map(str::to_owned))
            .set_continuation_token(token)
            // XML cannot contain every character of a key as it is.
            .encoding_type(EncodingType::Url)
            .set_request_payer(self.remote.payer())
            .set_expected_bucket_owner(options.expected_bucket_owner.clone())
    }
}

/// The pages of one range.
pub(super) struct Pages<'a> {
    bucket: &'a Bucket,
    request: PageRequest<'a>,
    next: Next,
    progress: ListingProgress,
}

/// The request for the pages of a range.
#[derive(Clone, Copy)]
pub(super) struct PageRequest<'a> {
    pub(super) range: &'a KeyRange,
    /// The end of the names of folders, where the folders of the range are listed.
    pub(super) delimiter: Option<&'static str>,
}

impl<'a> PageRequest<'a> {
    /// The request for all objects of a range.
    pub(super) fn objects(range: &'a KeyRange) -> Self {
        Self {
            range,
            delimiter: None,
        }
    }

    /// The request for the folders of a range, and for the objects in none of them.
    pub(super) fn folders(range: &'a KeyRange) -> Self {
        Self {
            range,
            delimiter: Some("/"),
        }
    }
}

/// The page that follows.
enum Next {
    /// The first one.
    First,
    /// The page that a token continues with.
    After(String),
    /// None: the listing has ended.
    End,
    /// Unknown, because the answers of the server contradict each other.
    Lost(Failure),
}

/// The signs by which a listing that never ends is recognized.
#[derive(Default)]
struct ListingProgress {
    /// The tokens so far.
    tokens: HashSet<String>,
    /// The number of pages in a row that were empty.
    empty_pages: u32,
}

impl<'a> Pages<'a> {
    pub(super) fn new(bucket: &'a Bucket, request: PageRequest<'a>) -> Self {
        Self {
            bucket,
            request,
            next: Next::First,
            progress: ListingProgress::default(),
        }
    }

    /// Returns whether another page follows, as far as the server says.
    pub(super) fn has_next(&self) -> bool {
        matches!(self.next, Next::After(_))
    }

    /// Returns the next page; nothing after the last one.
    ///
    /// # Errors
    ///
    /// Returns an error if the page cannot be listed, or the server does not say how to continue.
    pub(super) async fn next(&mut self) -> Result<Option<ListObjectsV2Output>, Failure> {
        // If the request fails, `End` stays, so that nothing is listed after a gap.
        let token = match std::mem::replace(&mut self.next, Next::End) {
            Next::First => None,
            Next::After(token) => Some(token),
            Next::End => return Ok(None),
            Next::Lost(failure) => return Err(failure),
        };
        let page = self.bucket.page(self.request, token).await?;
        self.next = self.progress.after(&page);
        Ok(Some(page))
    }
}

impl ListingProgress {
    /// Returns the page that follows. A token is followed even where the server says that nothing
    /// follows: the next page then shows what is true.
    fn after(&mut self, page: &ListObjectsV2Output) -> Next {
        let is_empty = page.contents().is_empty() && page.common_prefixes().is_empty();
        self.empty_pages = if is_empty { self.empty_pages + 1 } else { 0 };
        let token = page.next_continuation_token();
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return match page.is_truncated() {
                Some(true) => lost("the server has more keys, but returned no continuation token"),
                Some(false) | None => Next::End,
            };
        };
        if self.empty_pages > EMPTY_PAGES {
            let detail =
                format!("the server returned more than {EMPTY_PAGES} empty pages in a row");
            return lost(detail);
        }
        // Such a server would be asked for the same pages for ever.
        if !self.tokens.insert(token.to_owned()) {
            return lost("the server returned the same continuation token twice");
        }
        Next::After(token.to_owned())
    }
}

fn lost(detail: impl Into<String>) -> Next {
    Next::Lost(Failure::permanent(detail))
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::operation::list_objects_v2::builders::ListObjectsV2OutputBuilder;
    use aws_sdk_s3::types::Object;

    use super::*;

    fn page(key: &str) -> ListObjectsV2OutputBuilder {
        ListObjectsV2Output::builder().contents(Object::builder().key(key).build())
    }

    fn after(progress: &mut ListingProgress, page: ListObjectsV2OutputBuilder) -> String {
        match progress.after(&page.build()) {
            Next::First => "first".to_owned(),
            Next::After(token) => token,
            Next::End => "end".to_owned(),
            Next::Lost(failure) => failure.detail,
        }
    }

    #[test]
    fn a_token_is_followed_once() {
        let mut progress = ListingProgress::default();
        let truncated = |token: &str| page("a").is_truncated(true).next_continuation_token(token);
        assert_eq!(after(&mut progress, truncated("1")), "1");
        assert_eq!(after(&mut progress, truncated("2")), "2");
        assert!(after(&mut progress, truncated("1")).ends_with("token twice"));
        let contradiction = page("a").is_truncated(false).next_continuation_token("3");
        assert_eq!(after(&mut progress, contradiction), "3");
        assert_eq!(after(&mut progress, page("a").is_truncated(false)), "end");
        assert_eq!(after(&mut progress, page("a")), "end");
        for page in [page("a"), page("a").next_continuation_token("")] {
            let lost = after(&mut progress, page.is_truncated(true));
            assert!(lost.ends_with("no continuation token"), "{lost}");
        }
    }

    #[test]
    fn empty_pages_end() {
        let mut progress = ListingProgress::default();
        let empty = |number: u32| {
            let page = ListObjectsV2Output::builder().is_truncated(true);
            page.next_continuation_token(number.to_string())
        };
        for number in 0..EMPTY_PAGES {
            assert_eq!(after(&mut progress, empty(number)), number.to_string());
        }
        assert!(after(&mut progress, empty(EMPTY_PAGES)).contains("empty pages"));
        let full = page("a").next_continuation_token("a");
        assert_eq!(after(&mut progress, full), "a");
    }
}
