//! The check of a page of a listing: it is whole, and no larger than a page can be.
//!
//! The SDK stops at XML that it cannot parse and returns what it has read so far. A page that was
//! cut therefore looks like a short one, unless it is compared with the bytes that arrived.

use std::mem;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeDeserializationInterceptorContextMut,
};
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::primitives::SdkBody;
use http_body_util::Limited;
use memchr::memmem;

/// The most bytes of a page. It has at most a thousand keys, each of at most 1,024 bytes. Each byte
/// may be escaped by up to six characters, and other fields take half a kilobyte for each key.
const PAGE_BYTES: usize = 16 << 20;

/// The most bytes of an answer that explains an error. Those of S3 have a few hundred.
const ERROR_BYTES: usize = 1 << 20;

/// The page of a listing is not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the page of the listing is cut or damaged")]
pub(super) struct DamagedPage;

/// Limits the size of the answers that the SDK reads into memory as a whole: the pages of listings,
/// and all errors. The bodies of objects have limits of their own.
#[derive(Clone, Copy, Debug)]
pub(super) struct AnswerLimit;

impl Intercept for AnswerLimit {
    fn name(&self) -> &'static str {
        "AnswerLimit"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response_mut();
        if !response.status().is_success() {
            limit(response, ERROR_BYTES);
        }
        Ok(())
    }
}

/// Checks the pages of listings.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageCheck;

impl Intercept for PageCheck {
    fn name(&self) -> &'static str {
        "PageCheck"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        limit(context.response_mut(), PAGE_BYTES);
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // An answer that is an error has its own reason.
        let Ok(output) = context.output_or_error() else {
            return Ok(());
        };
        let page = output.downcast_ref::<ListObjectsV2Output>();
        let bytes = context.response().body().bytes();
        match (page, bytes) {
            (Some(page), Some(bytes)) if !is_whole(page, bytes) => Err(DamagedPage.into()),
            _ => Ok(()),
        }
    }
}

/// Ends the body of an answer with an error after this many bytes.
fn limit(response: &mut HttpResponse, bytes: usize) {
    let body = mem::replace(response.body_mut(), SdkBody::taken());
    *response.body_mut() = body.map(move |body| SdkBody::from_body_1_x(Limited::new(body, bytes)));
}

/// Returns whether a page has everything that its bytes have, up to the end of the document.
fn is_whole(page: &ListObjectsV2Output, bytes: &[u8]) -> bool {
    let (keys, folders) = (page.contents(), page.common_prefixes());
    let has_names = keys.iter().all(|key| key.key().is_some())
        && folders.iter().all(|folder| folder.prefix().is_some());
    let announced = page.key_count().unwrap_or_default();
    has_names
        && ends_with_root(bytes)
        && count_ends(bytes, b"Contents") == keys.len()
        && count_ends(bytes, b"CommonPrefixes") == folders.len()
        // Some servers count the keys alone, so there may be more than announced.
        && usize::try_from(announced).unwrap_or_default() <= keys.len() + folders.len()
}

/// Returns whether the last tag closes the document.
fn ends_with_root(bytes: &[u8]) -> bool {
    last_tag(bytes).is_some_and(|tag| is_empty_root(tag) || is_end_of_root(tag))
}

/// Returns the bytes from the last `<` on, without space at the end.
fn last_tag(bytes: &[u8]) -> Option<&[u8]> {
    let start = memchr::memrchr(b'<', bytes)?;
    bytes.get(start..).map(<[u8]>::trim_ascii_end)
}

fn is_empty_root(tag: &[u8]) -> bool {
    // A list without keys may be a single tag.
    tag.starts_with(b"<ListBucketResult") && tag.ends_with(b"/>")
}

fn is_end_of_root(tag: &[u8]) -> bool {
    tag.starts_with(b"</") && closes(tag, b"ListBucketResult")
}

/// Returns whether a closing tag has this name, with or without the prefix of a namespace.
fn closes(tag: &[u8], name: &[u8]) -> bool {
    let tag = tag.strip_suffix(b">").unwrap_or_default().trim_ascii_end();
    tag.strip_suffix(name)
        .is_some_and(|before| matches!(before.last(), Some(b'/' | b':')))
}

/// Returns how often a tag with this name is closed, with or without the prefix of a namespace. No
/// text has such a tag, because `<` is escaped in it.
fn count_ends(bytes: &[u8], name: &[u8]) -> usize {
    let is_end = |start: &usize| begins_end_tag(bytes.get(..*start).unwrap_or_default());
    memmem::find_iter(bytes, name).filter(is_end).count()
}

/// Returns whether the bytes before a name begin a closing tag of this name.
fn begins_end_tag(before: &[u8]) -> bool {
    let start = memchr::memrchr(b'<', before);
    let tag = start.and_then(|start| before.get(start..));
    tag.is_some_and(is_begun_end_tag)
}

fn is_begun_end_tag(tag: &[u8]) -> bool {
    tag == b"</" || (tag.starts_with(b"</") && tag.ends_with(b":"))
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::types::{CommonPrefix, Object};

    use super::*;

    const PAGE: &str = "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"x\"><KeyCount>2</KeyCount>\
        <Contents><Key>a</Key></Contents><Contents><Key>Contents&gt;</Key></Contents>\
        <CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes></ListBucketResult>\n";

    fn page() -> ListObjectsV2Output {
        ListObjectsV2Output::builder()
            .contents(Object::builder().key("a").build())
            .contents(Object::builder().key("Contents>").build())
            .common_prefixes(CommonPrefix::builder().prefix("b/").build())
            .key_count(2)
            .build()
    }

    #[test]
    fn a_page_is_whole_up_to_its_last_tag() {
        assert!(is_whole(&page(), PAGE.as_bytes()));
        let prefixed = PAGE.replace("</", "</s3:");
        assert!(is_whole(&page(), prefixed.as_bytes()));
        let text = PAGE.trim_end();
        for end in 0..text.len() {
            assert!(!is_whole(&page(), &text.as_bytes()[..end]), "{end}");
        }
    }

    #[test]
    fn what_the_parser_left_out_is_missed() {
        let more = PAGE.replace("<CommonPrefixes>", "<Contents></Contents><CommonPrefixes>");
        assert!(!is_whole(&page(), more.as_bytes()));
        let nameless = ListObjectsV2Output::builder()
            .contents(Object::builder().key("a").build())
            .contents(Object::builder().build())
            .common_prefixes(CommonPrefix::builder().prefix("b/").build())
            .build();
        assert!(!is_whole(&nameless, PAGE.as_bytes()));
        let mut announced = page();
        announced.key_count = Some(4);
        assert!(!is_whole(&announced, PAGE.as_bytes()));
    }
}
