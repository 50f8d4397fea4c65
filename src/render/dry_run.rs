//! What would be read of an archive.

use std::collections::BTreeMap;
use std::io::{self, Write};

use indicatif::HumanBytes;

use super::grid::Grid;
use crate::cloudtrail::key::{ObjectKey, ObjectKind};
use crate::text::printable;

/// How many objects of an account, region and month.
#[derive(Default)]
struct Share {
    objects: u64,
    bytes: u64,
}

/// The requests that an archive in a bucket takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestCounts {
    /// Those that listed it.
    pub list: u64,
    /// Those that would read it: one for each object, if none must be made again.
    pub get: u64,
}

/// Writes how many requests an archive takes.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_requests(requests: RequestCounts, out: &mut dyn Write) -> io::Result<()> {
    let RequestCounts { list, get } = requests;
    writeln!(
        out,
        "Requests to S3: {list} for this listing, {get} more to read the objects, and {list} to list them again."
    )
}

/// Writes how many objects and bytes there are, for each account, region and month of delivery.
/// Each object comes with its key and its size in bytes.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_dry_run<'a>(
    objects: impl IntoIterator<Item = (&'a str, u64)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut shares: BTreeMap<[String; 3], Share> = BTreeMap::new();
    let (mut total, mut left_out) = (Share::default(), 0_u64);
    for (key, bytes) in objects {
        let key = ObjectKey::parse(key);
        if key.kind != ObjectKind::Events {
            left_out += 1;
            continue;
        }
        let month: Option<String> = key
            .delivery_time
            .map(|time| time.to_string().chars().take(7).collect());
        let text = |value: Option<&str>| value.map_or_else(|| "-".to_owned(), printable);
        let place = [
            key.account.as_deref(),
            key.region.as_deref(),
            month.as_deref(),
        ];
        let share = shares.entry(place.map(text)).or_default();
        for share in [share, &mut total] {
            share.objects += 1;
            share.bytes += bytes;
        }
    }
    let mut grid = Grid::new(["account", "region", "month", "objects", "bytes"]);
    for (place, share) in &shares {
        let numbers = [
            share.objects.to_string(),
            HumanBytes(share.bytes).to_string(),
        ];
        grid.add(place.iter().cloned().chain(numbers));
    }
    for column in [3, 4] {
        grid.align_right(column);
    }
    grid.write("", out)?;
    writeln!(
        out,
        "\n{} objects with {} would be read; {left_out} digests and the like would be left out.",
        total.objects,
        HumanBytes(total.bytes)
    )
}
