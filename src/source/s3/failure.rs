//! The reasons why a request failed, and the remedies.

use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::problem::ProblemKind;
use crate::source::ReadError;

/// The failure of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) kind: ProblemKind,
    pub(super) detail: String,
    pub(super) remedy: Remedy,
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

impl Failure {
    /// A failure of the connection, or of the data that came over it.
    pub(super) fn transient(detail: impl Into<String>) -> Self {
        Self {
            kind: ProblemKind::Unreadable,
            detail: detail.into(),
            remedy: Remedy::TryAgain,
        }
    }

    /// A failure that would come again.
    pub(super) fn permanent(detail: impl Into<String>) -> Self {
        Self {
            remedy: Remedy::Nothing,
            ..Self::transient(detail)
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
        }
    }
}

/// Describes an answer of S3, or the lack of one.
fn description<E>(error: &SdkError<E, HttpResponse>) -> String
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    let code = error.code().unwrap_or_default();
    match (code, error.message().unwrap_or_default()) {
        ("", _) => DisplayErrorContext(error).to_string(),
        (code, "") => code.to_owned(),
        (code, message) => format!("{code}: {message}"),
    }
}

/// Returns the meaning of an answer, or of the lack of one.
fn meaning<E>(error: &SdkError<E, HttpResponse>) -> (ProblemKind, Remedy)
where
    E: ProvideErrorMetadata,
{
    let code = error.code().unwrap_or_default();
    match error.raw_response() {
        Some(response) => classified(code, response.status().as_u16()),
        // The request was never sent, so sending it again is pointless.
        None if matches!(error, SdkError::ConstructionFailure(_)) => {
            (ProblemKind::Unreadable, Remedy::Nothing)
        }
        None => (ProblemKind::Unreadable, Remedy::TryAgain),
    }
}

/// Returns the meaning of an answer by its error code and status.
fn classified(code: &str, status: u16) -> (ProblemKind, Remedy) {
    match (code, status) {
        ("InvalidObjectState", _) => (ProblemKind::Archived, Remedy::Nothing),
        ("PreconditionFailed", _) | (_, 412) => (ProblemKind::Replaced, Remedy::Nothing),
        ("NoSuchKey" | "NoSuchBucket", _) => (ProblemKind::Missing, Remedy::Nothing),
        (code, _) if SLOW_DOWN.contains(&code) => (ProblemKind::Unreadable, Remedy::SlowDown),
        // S3 answers so, with status 400, when the request itself came in too slowly.
        ("RequestTimeout", _) => (ProblemKind::Unreadable, Remedy::TryAgain),
        (_, 429 | 503) => (ProblemKind::Unreadable, Remedy::SlowDown),
        (_, 500..) => (ProblemKind::Unreadable, Remedy::TryAgain),
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
        }
    }
}
