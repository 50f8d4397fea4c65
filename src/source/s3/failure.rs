//! Why a request failed, and whether it is worth another try.

use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::problem::ProblemKind;

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) kind: ProblemKind,
    pub(super) detail: String,
    pub(super) remedy: Remedy,
}

/// What to do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Nothing: the same answer would come again.
    Nothing,
    /// Another try.
    TryAgain,
    /// Another try, and fewer requests at once.
    SlowDown,
}

/// Codes of S3 that ask to slow down.
const SLOW_DOWN: [&str; 5] = [
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "RequestLimitExceeded",
    "TooManyRequests",
];

impl Failure {
    /// A failure that is worth another try: of the connection, or of what came over it.
    pub(super) fn passing(detail: impl Into<String>) -> Self {
        Self {
            kind: ProblemKind::Unreadable,
            detail: detail.into(),
            remedy: Remedy::TryAgain,
        }
    }

    /// What an answer of S3 means.
    pub(super) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        let code = error.code().unwrap_or_default();
        let status = error
            .raw_response()
            .map(|response| response.status().as_u16());
        let (kind, remedy) = match (code, status) {
            ("InvalidObjectState", _) => (ProblemKind::Archived, Remedy::Nothing),
            ("PreconditionFailed", _) | (_, Some(412)) => (ProblemKind::Replaced, Remedy::Nothing),
            ("NoSuchKey" | "NoSuchBucket", _) => (ProblemKind::Missing, Remedy::Nothing),
            (code, _) if SLOW_DOWN.contains(&code) => (ProblemKind::Unreadable, Remedy::SlowDown),
            ("RequestTimeout", _) => (ProblemKind::Unreadable, Remedy::TryAgain),
            (_, Some(429 | 503)) => (ProblemKind::Unreadable, Remedy::SlowDown),
            (_, Some(500..)) => (ProblemKind::Unreadable, Remedy::TryAgain),
            (_, Some(404)) => (ProblemKind::Missing, Remedy::Nothing),
            (_, Some(401 | 403)) => (ProblemKind::AccessDenied, Remedy::Nothing),
            (_, Some(_)) => (ProblemKind::Unreadable, Remedy::Nothing),
            (_, None) if matches!(error, SdkError::ConstructionFailure(_)) => {
                (ProblemKind::Unreadable, Remedy::Nothing)
            }
            (_, None) => (ProblemKind::Unreadable, Remedy::TryAgain),
        };
        let message = error.message().unwrap_or_default();
        let detail = match (code, message) {
            ("", _) => format!("{}", DisplayErrorContext(error)),
            (code, "") => code.to_owned(),
            (code, message) => format!("{code}: {message}"),
        };
        Self {
            kind,
            detail,
            remedy,
        }
    }
}
