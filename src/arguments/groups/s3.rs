//! The options of a command that reads archives in S3.

use clap::{Args, value_parser};

use crate::plan::selection::parse_account;
use crate::source::s3::{S3Options, parse_endpoint, parse_late_days};

/// The way to reach S3, and what is listed there.
#[derive(Args, Debug)]
#[command(next_help_heading = "S3")]
pub(crate) struct S3Arguments {
    #[command(flatten)]
    connection: ConnectionArguments,

    /// Number of days after --to in which objects may still have been delivered; CloudTrail retries
    /// for 30
    #[arg(long, value_name = "DAYS", default_value = "1d", value_parser = parse_late_days)]
    late: i64,

    /// Maximum number of objects below an address; with more, the command fails before it reads any
    #[arg(long, value_name = "NUMBER", default_value_t = S3Options::default().max_objects)]
    max_objects: u64,
}

/// The way to reach S3.
#[derive(Args, Debug)]
#[command(next_help_heading = "S3")]
pub(crate) struct ConnectionArguments {
    /// Profile of the AWS configuration files [default: AWS_PROFILE, or the usual chain of
    /// credentials]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,

    /// Region of the bucket [default: that of the profile or the environment]
    #[arg(long, value_name = "REGION")]
    aws_region: Option<String>,

    /// Endpoint of an S3-compatible server
    #[arg(long, value_name = "URL", value_parser = parse_endpoint)]
    endpoint_url: Option<String>,

    /// Put the name of the bucket into the path instead of the host name
    #[arg(long)]
    path_style: bool,

    /// Do not sign requests, for public buckets
    #[arg(long, conflicts_with = "profile")]
    no_sign_request: bool,

    /// Pay for the requests to Requester Pays buckets
    #[arg(long)]
    request_payer: bool,

    /// Only read buckets, and write to them, if this account owns them: those of plans, parts and
    /// inventories, too
    #[arg(long, value_name = "ID", value_parser = parse_account)]
    expected_bucket_owner: Option<String>,

    /// Maximum number of concurrent requests; as many run as bring more objects, and fewer when the
    /// bucket asks to slow down [default: 512, or half of the limit of open files]
    #[arg(long, value_name = "NUMBER", value_parser = value_parser!(u16).range(1..=1024))]
    concurrency: Option<u16>,
}

impl S3Arguments {
    /// Returns the options.
    pub(crate) fn options(&self) -> S3Options {
        S3Options {
            late_days: self.late,
            max_objects: self.max_objects,
            ..self.connection.options()
        }
    }
}

impl ConnectionArguments {
    /// Returns the options, with the default ones of a listing.
    pub(crate) fn options(&self) -> S3Options {
        let default = S3Options::default();
        S3Options {
            profile: self.profile.clone(),
            region: self.aws_region.clone(),
            endpoint_url: self.endpoint_url.clone(),
            path_style: self.path_style,
            signs: !self.no_sign_request,
            requester_pays: self.request_payer,
            expected_bucket_owner: self.expected_bucket_owner.clone(),
            concurrency: self.concurrency.map_or(default.concurrency, usize::from),
            ..default
        }
    }
}
