//! How to reach archives in S3, and what to list of them.

use std::path::PathBuf;

use clap::Args;

use super::output;
use crate::cloudtrail::key::{ObjectKey, ObjectKind};
use crate::plan::Plan;
use crate::plan::selection::parse_account;
use crate::render::dry_run::RequestCounts;
use crate::scan::remote::RemoteArchive;
use crate::source::s3::{Access, Address, Wanted};
use crate::source::{Listing, Location, Object, SourceError};
use crate::time::period::TimeRange;

/// How to reach S3.
#[derive(Args, Debug)]
#[command(next_help_heading = "Archives in S3")]
pub struct RemoteArguments {
    /// The profile of AWS's configuration files [default: AWS_PROFILE, or the ordinary chain of
    /// credentials]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,

    /// The region of the bucket [default: that of the profile or the environment]
    #[arg(long, value_name = "REGION")]
    aws_region: Option<String>,

    /// Another endpoint, of something that speaks like S3
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,

    /// The name of the bucket goes into the path, and not into the name of the host
    #[arg(long)]
    path_style: bool,

    /// Do not sign requests: the bucket is public
    #[arg(long, conflicts_with = "profile")]
    no_sign_request: bool,

    /// Pay for the requests to a bucket whose requesters do
    #[arg(long)]
    request_payer: bool,

    /// Read the bucket only if this account owns it
    #[arg(long, value_name = "ID", value_parser = parse_account)]
    expected_bucket_owner: Option<String>,

    /// How many requests may be under way; fewer when the bucket asks to slow down
    #[arg(long, value_name = "NUMBER", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=1024))]
    concurrency: u16,

    /// With --to, how many days later an object may have been delivered that is still read;
    /// CloudTrail tries for 30
    #[arg(long, value_name = "DAYS", default_value = "1d", value_parser = days)]
    late: i64,
}

/// Reads a number of days, such as 1d.
fn days(text: &str) -> Result<i64, String> {
    let number = text.strip_suffix('d').unwrap_or(text).parse().ok();
    number
        .filter(|days| (0..=400).contains(days))
        .ok_or_else(|| format!("`{text}` is no number of days from 0d to 400d"))
}

/// The paths on this machine, and the addresses in S3.
///
/// # Errors
///
/// When an address names no bucket.
pub fn split(paths: &[PathBuf]) -> Result<(Vec<PathBuf>, Vec<Address>), SourceError> {
    let (mut local, mut addresses) = (Vec::new(), Vec::new());
    for path in paths {
        let text = path.to_string_lossy();
        match Address::parse(&text) {
            Some(address) => addresses.push(address),
            None if text.starts_with("s3:") => {
                let detail =
                    "it names no bucket; write s3://BUCKET or s3://BUCKET/PREFIX".to_owned();
                return Err(SourceError::Remote {
                    address: text.into_owned(),
                    detail,
                });
            }
            None => local.push(path.clone()),
        }
    }
    Ok((local, addresses))
}

impl RemoteArguments {
    fn access(&self) -> Access {
        Access {
            profile: self.profile.clone(),
            region: self.aws_region.clone(),
            endpoint_url: self.endpoint_url.clone(),
            path_style: self.path_style,
            signs: !self.no_sign_request,
            requester_pays: self.request_payer,
            expected_bucket_owner: self.expected_bucket_owner.clone(),
            concurrency: self.concurrency.into(),
        }
    }

    /// What of a bucket a plan wants. An object is delivered after its events happened, mostly
    /// within minutes.
    fn wanted(&self, plan: &Plan) -> Wanted {
        let TimeRange { start, end } = plan.observed_range();
        let date = |time: jiff::Timestamp| jiff::tz::TimeZone::UTC.to_datetime(time).date();
        let late = jiff::Span::new().days(self.late);
        Wanted {
            accounts: plan.accounts().clone(),
            regions: plan.regions().clone(),
            first: start.map(date),
            last: end.map(|end| date(end).saturating_add(late)),
        }
    }

    /// Connects to S3 and adds what is at the addresses to a listing.
    ///
    /// # Errors
    ///
    /// When S3 cannot be reached, or a bucket cannot be listed.
    pub fn list(
        &self,
        addresses: &[Address],
        plan: &Plan,
        listing: &mut Listing,
    ) -> Result<Option<RemoteArchive>, SourceError> {
        let Some(first) = addresses.first() else {
            return Ok(None);
        };
        let error = |address: &Address, detail: String| SourceError::Remote {
            address: format!("s3://{}/{}", address.bucket, address.prefix),
            detail,
        };
        let archive =
            RemoteArchive::connect(self.access()).map_err(|unread| error(first, unread.detail))?;
        let wanted = self.wanted(plan);
        for address in addresses {
            let listed = archive
                .list(address, &wanted)
                .map_err(|unread| error(address, unread.detail))?;
            let objects = listed
                .objects
                .into_iter()
                .map(|(remote, stored_bytes)| Object {
                    key: format!("s3://{}/{}", remote.bucket, remote.key).into(),
                    location: Location::Remote(Box::new(remote)),
                    stored_bytes: Some(stored_bytes),
                    named: false,
                });
            listing.objects.extend(objects);
            listing.problems.extend(listed.problems);
        }
        listing.objects.sort_by(|a, b| a.key.cmp(&b.key));
        listing.objects.dedup_by(|a, b| a.key == b.key);
        Ok(Some(archive))
    }
}

/// How many requests the objects of a listing took, and would take. Digests and the like are not
/// read.
pub fn request_counts(archive: &RemoteArchive, listing: &Listing) -> RequestCounts {
    let is_read = |object: &&Object| {
        matches!(object.location, Location::Remote(_))
            && ObjectKey::parse(&object.key).kind == ObjectKind::Events
    };
    let get = listing.objects.iter().filter(is_read).count() as u64;
    RequestCounts {
        list: archive.requests().list,
        get,
    }
}

/// Says how many requests had to be made again.
pub fn tell_repeated(archive: &RemoteArchive) {
    let requests = archive.requests();
    if requests.repeated > 0 {
        output::warn(&[format!(
            "{} of {} requests to S3 failed and were made again",
            requests.repeated,
            requests.list + requests.get
        )]);
    }
}
