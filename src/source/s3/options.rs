//! The options of reading from S3.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::process::most_open_files;
use crate::text::printable;

/// The way to reach S3.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct S3Options {
    /// The profile of the configuration files.
    pub profile: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The endpoint of an S3-compatible server.
    pub endpoint_url: Option<String>,
    /// True if the bucket is part of the path rather than of the name of the host.
    pub path_style: bool,
    /// True if requests are signed.
    pub signs: bool,
    /// True if the requester pays for the requests.
    pub requester_pays: bool,
    /// The account that must own the bucket.
    pub expected_bucket_owner: Option<String>,
    /// The maximum number of concurrent requests. As many run as bring more objects.
    pub concurrency: usize,
    /// The number of days after the end of the time range in which an object may still have been
    /// delivered. CloudTrail retries for 30.
    pub late_days: i64,
    /// The most objects of one address. All are listed before any is read, and many are kept in a
    /// temporary file until then.
    pub max_objects: u64,
}

impl Default for S3Options {
    fn default() -> Self {
        Self {
            profile: None,
            region: None,
            endpoint_url: None,
            path_style: false,
            signs: true,
            requester_pays: false,
            expected_bucket_owner: None,
            concurrency: default_concurrency(),
            late_days: 1,
            max_objects: 10_000_000,
        }
    }
}

/// The maximum number of concurrent requests unless another is given.
pub const MOST_REQUESTS: usize = 512;

/// The advice where an address has more objects than [`S3Options::max_objects`].
pub(super) const FEWER_OBJECTS: &str = "`--max-objects` sets the limit, and --from, --to, \
    --account and --region select fewer";

/// The files that are open per request at most: its connection, and a new one or the question for
/// its address.
const FILES_PER_REQUEST: u64 = 2;

/// Returns the maximum number of concurrent requests that the limit of open files allows.
fn default_concurrency() -> usize {
    let files = most_open_files().unwrap_or(u64::MAX);
    let requests = usize::try_from(files / FILES_PER_REQUEST).unwrap_or(MOST_REQUESTS);
    requests.clamp(1, MOST_REQUESTS)
}

/// A text that is not a number of days in which objects may be late.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a number of days from 0d to 400d", printable(.0))]
pub struct InvalidLateDays(String);

/// Parses [`S3Options::late_days`], such as 1d.
///
/// # Errors
///
/// Returns an error if the text is not a number from 0 to 400, with or without `d`.
pub fn parse_late_days(text: &str) -> Result<i64, InvalidLateDays> {
    match text.strip_suffix('d').unwrap_or(text).parse() {
        Ok(days @ 0..=400) => Ok(days),
        _ => Err(InvalidLateDays(text.to_owned())),
    }
}

/// A text that is not the address of a server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{}` is not the address of a server; write http:// or https:// and its name",
    printable(.0)
)]
pub struct InvalidEndpoint(String);

/// Parses [`S3Options::endpoint_url`], such as `https://storage.example.com:9000`.
///
/// # Errors
///
/// Returns an error if the text does not begin with a scheme and the name of a host.
pub fn parse_endpoint(text: &str) -> Result<String, InvalidEndpoint> {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    match host.is_some_and(is_host) {
        true => Ok(text.to_owned()),
        false => Err(InvalidEndpoint(text.to_owned())),
    }
}

/// Returns true if a text begins with the name of a host, and has no blank.
fn is_host(text: &str) -> bool {
    let begins_with_name = !text.is_empty() && !text.starts_with(['/', ':', '?', '#']);
    begins_with_name && !text.contains(char::is_whitespace)
}

/// The objects of a bucket that are listed, as far as their prefixes tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyFilter {
    /// The accounts; all when empty.
    pub accounts: BTreeSet<String>,
    /// The regions; all when empty.
    pub regions: BTreeSet<String>,
    /// The first day of delivery.
    pub first: Option<Date>,
    /// The last day of delivery.
    pub last: Option<Date>,
}

/// The number of requests to S3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestCounts {
    /// The number of requests that list.
    pub list: u64,
    /// The number of requests that read an object.
    pub get: u64,
    /// The number of those requests that repeat one that failed.
    pub repeated: u64,
}

impl RequestCounts {
    /// Returns the number of all requests.
    pub fn total(self) -> u64 {
        self.list + self.get
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_has_a_scheme_and_a_host() {
        for text in ["http://localhost:9000", "https://[::1]/base", "https://a.b"] {
            assert_eq!(parse_endpoint(text), Ok(text.to_owned()));
        }
        for text in [
            "",
            "localhost",
            "localhost:9000",
            "http://",
            "https://:80",
            "s3://a",
            "http://a b",
        ] {
            assert!(parse_endpoint(text).is_err(), "{text}");
        }
    }
}
