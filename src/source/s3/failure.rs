//! The reasons why a request failed, and the remedies.

use std::error::Error;
use std::iter::successors;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use http_body_util::LengthLimitError;

use super::page::DamagedPage;
use crate::problem::ProblemKind;
use crate::source::{FailureDetails, ReadError};

/// The most characters of a description. Servers may answer anything.
const DESCRIPTION_CHARACTERS: usize = 400;

/// The most characters of an explanation, which readers ask for: several providers of credentials
/// with the reasons of each.
const EXPLANATION_CHARACTERS: usize = 4_000;

/// The errors of the SDK that only say that another one is their cause.
const WRAPPERS: [&str; 4] = [
    "dispatch failure",
    "response error",
    "service error",
    "streaming error",
];

/// The failure of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) kind: ProblemKind,
    pub(super) detail: String,
    pub(super) remedy: Remedy,
    /// All that the SDK says, if that is more than the detail.
    pub(super) causes: Option<String>,
}

/// The remedy for a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remedy {
    /// None: the same answer would come again.
    Nothing,
    /// Another try.
    TryAgain,
    /// Another try, with fewer concurrent requests.
    SlowDown,
}

/// The error codes of S3 that ask clients to slow down.
const SLOW_DOWN: [&str; 5] = [
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "RequestLimitExceeded",
    "TooManyRequests",
];

/// The error codes of S3 for credentials that have expired, and for a clock that is wrong for the
/// moment.
const EXPIRED: [&str; 4] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestTimeTooSkewed",
    "TokenRefreshRequired",
];

/// The error codes of S3 for a request that came in too slowly, not whole or damaged, or met
/// another one. Their status is that of wrong requests.
const FOR_THE_MOMENT: [&str; 4] = [
    "BadDigest",
    "IncompleteBody",
    "OperationAborted",
    "RequestTimeout",
];

impl Failure {
    /// Returns a failure of the connection, or of the data that came over it.
    pub(super) fn transient(detail: impl Into<String>) -> Self {
        Self {
            kind: ProblemKind::Unavailable,
            detail: detail.into(),
            remedy: Remedy::TryAgain,
            causes: None,
        }
    }

    /// Returns a failure that would come again.
    pub(super) fn permanent(detail: impl Into<String>) -> Self {
        Self {
            kind: ProblemKind::Unreadable,
            detail: detail.into(),
            remedy: Remedy::Nothing,
            causes: None,
        }
    }

    /// Interprets an answer of S3, or the lack of one.
    pub(super) fn from_answer<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        let (kind, remedy) = meaning(error);
        Self {
            kind,
            detail: description(error),
            remedy,
            causes: error.raw_response().is_none().then(|| all_causes(error)),
        }
    }
}

/// Describes an answer of S3, or the lack of one.
fn description<E>(error: &SdkError<E, HttpResponse>) -> String
where
    E: Error + ProvideErrorMetadata + 'static,
{
    let code = error.code().unwrap_or_default();
    match (code, error.message().unwrap_or_default()) {
        ("", _) => unexplained(error),
        (code, "") => one_line(code),
        (code, message) => one_line(&format!("{code}: {message}")),
    }
}

/// Describes an answer without an error code, or the lack of an answer.
fn unexplained<E>(error: &SdkError<E, HttpResponse>) -> String
where
    E: Error + 'static,
{
    if is_beyond_limit(error) {
        return "the answer of the server is larger than any answer of S3".to_owned();
    }
    if chain(error).any(|cause| cause.is::<DamagedPage>()) {
        return DamagedPage.to_string();
    }
    let status = error.raw_response().map(HttpResponse::status);
    match status {
        Some(status) if !status.is_success() => {
            format!("the server answered with the status {}", status.as_u16())
        }
        Some(_) if matches!(error, SdkError::ServiceError(_)) => {
            "the answer of the server is damaged, or not an answer of S3".to_owned()
        }
        Some(_) => causes(error),
        None if matches!(error, SdkError::ConstructionFailure(_)) => causes(error),
        None => format!(
            "check the network, --aws-region and --endpoint-url: there is no connection to S3 ({})",
            first_cause(error)
        ),
    }
}

/// Returns the first cause of an error, which says what happened without the layers above it.
fn first_cause(error: &(dyn Error + 'static)) -> String {
    let last = chain(error).last();
    last.map_or_else(String::new, |cause| one_line(&cause.to_string()))
}

/// Returns the causes of an error on one line, the first cause last.
pub(super) fn causes(error: &(dyn Error + 'static)) -> String {
    one_line(&joined_causes(error))
}

/// Returns the causes of an error as [`causes`] does, and more of them.
pub(super) fn all_causes(error: &(dyn Error + 'static)) -> String {
    line_of(&joined_causes(error), EXPLANATION_CHARACTERS)
}

fn joined_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    for cause in chain(error).map(ToString::to_string) {
        append_cause(&mut text, &cause);
    }
    text
}

/// Returns whether a cause says more than the text of the errors before it.
fn says_more(text: &str, cause: &str) -> bool {
    // Many errors repeat their cause, or say nothing more than that there is one.
    !text.ends_with(cause) && !WRAPPERS.contains(&cause)
}

fn append_cause(text: &mut String, cause: &str) {
    if !says_more(text, cause) {
        return;
    }
    if !text.is_empty() {
        text.push_str(": ");
    }
    text.push_str(cause);
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |error| (*error).source())
}

/// Returns a text without line breaks, and no longer than people read.
pub(super) fn one_line(text: &str) -> String {
    line_of(text, DESCRIPTION_CHARACTERS)
}

/// Returns a text without line breaks, and of at most this number of characters.
fn line_of(text: &str, limit: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// Returns whether an answer exceeded its limit.
fn is_beyond_limit(error: &(dyn Error + 'static)) -> bool {
    chain(error).any(|cause| cause.is::<LengthLimitError>())
}

/// Returns the meaning of an answer, or of the lack of one.
fn meaning<E>(error: &SdkError<E, HttpResponse>) -> (ProblemKind, Remedy)
where
    E: Error + ProvideErrorMetadata + 'static,
{
    let code = error.code().unwrap_or_default();
    match error.raw_response() {
        Some(_) if is_beyond_limit(error) => (ProblemKind::Unreadable, Remedy::Nothing),
        Some(response) => classified(code, response.status().as_u16()),
        // The request was never sent, so sending it again is pointless.
        None if matches!(error, SdkError::ConstructionFailure(_)) => {
            (ProblemKind::Unreadable, Remedy::Nothing)
        }
        None => (ProblemKind::Unavailable, Remedy::TryAgain),
    }
}

/// Returns the meaning of an answer by its error code and status.
fn classified(code: &str, status: u16) -> (ProblemKind, Remedy) {
    match (code, status) {
        // The object is in an archive storage class.
        ("InvalidObjectState", _) => (ProblemKind::Archived, Remedy::Nothing),
        // Each request names the ETag that was listed.
        ("PreconditionFailed", _) | (_, 412) => (ProblemKind::Replaced, Remedy::Nothing),
        ("NoSuchKey" | "NoSuchBucket", _) => (ProblemKind::Missing, Remedy::Nothing),
        (code, _) if SLOW_DOWN.contains(&code) => (ProblemKind::Unavailable, Remedy::SlowDown),
        // The same credentials expire for every request, so another try is pointless, and another
        // process has others.
        (code, _) if EXPIRED.contains(&code) => (ProblemKind::Unavailable, Remedy::Nothing),
        (code, _) if FOR_THE_MOMENT.contains(&code) => (ProblemKind::Unavailable, Remedy::TryAgain),
        // The answer began well, but broke off or was damaged on its way.
        (_, 200..300) => (ProblemKind::Unavailable, Remedy::TryAgain),
        (_, 429 | 503) => (ProblemKind::Unavailable, Remedy::SlowDown),
        (_, 408 | 500..) => (ProblemKind::Unavailable, Remedy::TryAgain),
        (_, 404) => (ProblemKind::Missing, Remedy::Nothing),
        (_, 401 | 403) => (ProblemKind::AccessDenied, Remedy::Nothing),
        _ => (ProblemKind::Unreadable, Remedy::Nothing),
    }
}

impl From<Failure> for ReadError {
    fn from(failure: Failure) -> Self {
        Self::S3 {
            kind: failure.kind,
            detail: failure.detail,
            source: failure.causes.map(FailureDetails),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Cause {
        text: &'static str,
        source: Option<Box<Cause>>,
    }

    #[test]
    fn what_fails_for_the_moment_is_tried_again() {
        let again = (ProblemKind::Unavailable, Remedy::TryAgain);
        for (code, status) in [
            ("", 408),
            ("RequestTimeout", 400),
            ("IncompleteBody", 400),
            ("BadDigest", 400),
            ("OperationAborted", 409),
            ("InternalError", 500),
        ] {
            assert_eq!(classified(code, status), again, "{code} {status}");
        }
        let nothing = (ProblemKind::Unreadable, Remedy::Nothing);
        for (code, status) in [("", 400), ("InvalidRequest", 400), ("BucketNotEmpty", 409)] {
            assert_eq!(classified(code, status), nothing, "{code} {status}");
        }
    }

    #[test]
    fn the_causes_of_an_error_are_one_short_line() {
        let error = ["the end", "a\n\tcause: the end", "response error"]
            .into_iter()
            .fold(None, |source, text| Some(Box::new(Cause { text, source })));
        let error = error.expect("an error");
        assert_eq!(causes(&*error), "a cause: the end");
        let long = "\u{e9}".repeat(1000);
        assert_eq!(one_line(&long).chars().count(), DESCRIPTION_CHARACTERS + 1);
    }
}
