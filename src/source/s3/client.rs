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
use crate::source::{Explanation, ReadError};

/// The longest time before an answer begins.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

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
        source: causes.map(Explanation),
    }
}
