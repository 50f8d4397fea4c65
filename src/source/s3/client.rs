//! The client of S3, as the user wants it.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_s3::types::RequestPayer;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;

use super::Unread;
use crate::problem::ProblemKind;

/// How long an answer may take to begin.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The region where nothing names one. Any region can be asked for the buckets of its partition.
const DEFAULT_REGION: &str = "us-east-1";

/// How to reach S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The profile of the configuration files.
    pub profile: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// Another endpoint, of something that speaks like S3.
    pub endpoint_url: Option<String>,
    /// Whether the bucket goes into the path, and not into the name of the host.
    pub path_style: bool,
    /// Whether requests are signed.
    pub signs: bool,
    /// Whether the one who asks pays for it.
    pub requester_pays: bool,
    /// The account that must own the bucket.
    pub expected_bucket_owner: Option<String>,
    /// How many requests may be under way.
    pub concurrency: usize,
}

impl Default for Access {
    fn default() -> Self {
        Self {
            profile: None,
            region: None,
            endpoint_url: None,
            path_style: false,
            signs: true,
            requester_pays: false,
            expected_bucket_owner: None,
            concurrency: 64,
        }
    }
}

impl Access {
    pub(super) fn payer(&self) -> Option<RequestPayer> {
        self.requester_pays.then_some(RequestPayer::Requester)
    }
}

/// A client with the ordinary chain of credentials. It does not retry: what must be tried again is
/// the whole of a request, its body included, and that is done one floor above.
pub(super) async fn connect(access: &Access) -> Result<aws_sdk_s3::Client, Unread> {
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts);
    if let Some(profile) = &access.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &access.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(endpoint) = &access.endpoint_url {
        loader = loader.endpoint_url(endpoint);
    }
    if !access.signs {
        loader = loader.no_credentials();
    }
    let configuration = loader.load().await;
    if access.signs {
        check_credentials(&configuration).await?;
    }
    let mut builder =
        aws_sdk_s3::config::Builder::from(&configuration).force_path_style(access.path_style);
    if configuration.region().is_none() {
        builder = builder.region(Region::new(DEFAULT_REGION));
    }
    Ok(aws_sdk_s3::Client::from_conf(builder.build()))
}

/// Finds out at once whether there are credentials, and not with the first object.
async fn check_credentials(configuration: &aws_config::SdkConfig) -> Result<(), Unread> {
    use aws_credential_types::provider::ProvideCredentials;
    let denied = |detail: String| Unread {
        kind: ProblemKind::AccessDenied,
        detail,
    };
    let advice = "give --profile, set AWS_PROFILE or AWS_ACCESS_KEY_ID, or use --no-sign-request for a public bucket";
    let Some(provider) = configuration.credentials_provider() else {
        return Err(denied(format!("there are no credentials: {advice}")));
    };
    let found = provider.provide_credentials().await;
    found.map(|_| ()).map_err(|error| {
        let context = aws_sdk_s3::error::DisplayErrorContext(&error);
        denied(format!("there are no credentials ({context}): {advice}"))
    })
}
