//! The client of the AWS SDK.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;

use super::S3Options;
use super::failure::all_causes;
use super::page::AnswerLimit;
use crate::problem::ProblemKind;
use crate::source::{FailureDetails, ReadError};

/// The longest time from the beginning of a request until its answer begins.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// The rate of the slowest connection that an upload has time for. One that stands still ends much
/// earlier, since the SDK watches the progress of bodies.
const LEAST_BYTES_PER_SECOND: usize = 64 << 10;

/// The longest time that connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The region if nothing names one. Every region answers for all buckets of its partition.
const DEFAULT_REGION: &str = "us-east-1";

/// Connects with the usual chain of credentials. The client does not retry: the whole of a request
/// must be repeated, its body included, which only its caller can do.
pub(super) async fn connect(options: &S3Options) -> Result<aws_sdk_s3::Client, ReadError> {
    let configuration = load(options).await;
    // Public buckets need none, and a machine may have none.
    if options.signs {
        check_credentials(&configuration).await?;
    }
    let mut builder = aws_sdk_s3::config::Builder::from(&configuration);
    builder = builder.force_path_style(options.path_style);
    builder = builder.interceptor(AnswerLimit);
    if configuration.region().is_none() {
        builder = builder.region(Region::new(DEFAULT_REGION));
    }
    Ok(aws_sdk_s3::Client::from_conf(builder.build()))
}

/// Loads the configuration from the options, the environment and the files of AWS.
async fn load(options: &S3Options) -> SdkConfig {
    let mut loader = loader();
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &options.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(endpoint) = &options.endpoint_url {
        loader = loader.endpoint_url(endpoint);
    }
    if !options.signs {
        loader = loader.no_credentials();
    }
    loader.load().await
}

fn loader() -> ConfigLoader {
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    // The SDK would not repeat an answer whose body breaks off, so `Retries` repeats everything.
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts())
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .build()
}

/// Returns the configuration of a request that sends this number of bytes: its answer cannot begin
/// before they have arrived.
pub(super) fn upload(bytes: usize) -> aws_sdk_s3::config::Builder {
    let timeouts = TimeoutConfig::builder().read_timeout(upload_timeout(bytes));
    aws_sdk_s3::config::Builder::new().timeout_config(timeouts.build())
}

/// Returns the longest time from the beginning of an upload until its answer begins. It doubles,
/// because the client keeps connections for each timeout that it has seen.
fn upload_timeout(bytes: usize) -> Duration {
    let transfer = Duration::from_secs((bytes / LEAST_BYTES_PER_SECOND) as u64);
    let mut timeout = READ_TIMEOUT;
    while timeout < READ_TIMEOUT + transfer {
        timeout *= 2;
    }
    timeout
}

/// The advice where nothing gives credentials.
const NO_CREDENTIALS: &str = "give --profile, set AWS_PROFILE or AWS_ACCESS_KEY_ID, or use \
    --no-sign-request for a public bucket: there are no credentials";

/// The advice where something should give credentials, and does not.
const UNUSABLE_CREDENTIALS: &str = "check --profile, AWS_PROFILE and the files of AWS, or log in \
    again: the credentials cannot be used";

/// Checks at once that there are credentials, rather than with the first object.
async fn check_credentials(configuration: &SdkConfig) -> Result<(), ReadError> {
    let Some(provider) = configuration.credentials_provider() else {
        return Err(no_credentials(NO_CREDENTIALS, None));
    };
    match provider.provide_credentials().await {
        Ok(_) => Ok(()),
        Err(error) => {
            let advice = match error {
                CredentialsError::CredentialsNotLoaded(_) => NO_CREDENTIALS,
                _ => UNUSABLE_CREDENTIALS,
            };
            Err(no_credentials(advice, Some(all_causes(&error))))
        }
    }
}

fn no_credentials(advice: &str, causes: Option<String>) -> ReadError {
    ReadError::S3 {
        kind: ProblemKind::AccessDenied,
        detail: advice.to_owned(),
        source: causes.map(FailureDetails),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_upload_has_more_time() {
        let seconds = |bytes: usize| upload_timeout(bytes).as_secs();
        assert_eq!((seconds(0), seconds(60_000)), (30, 30));
        assert_eq!((seconds(1 << 20), seconds(100 << 20)), (60, 1920));
        // The largest object that one request can write.
        assert!(seconds(5 << 30) > (5 << 30) / LEAST_BYTES_PER_SECOND as u64);
    }
}
