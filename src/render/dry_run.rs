//! The objects that an audit would read.

use std::collections::BTreeMap;
use std::io::{self, Write};

use indicatif::HumanBytes;

use super::grid::Grid;
use crate::cloudtrail::key::{ObjectKey, ObjectKind};
use crate::source::Object;
use crate::source::s3::RequestCounts;
use crate::spool::RowBatches;
use crate::text::counted;

/// The account, region and month of some objects.
type ObjectMonth = [String; 3];

/// Some of the objects.
#[derive(Default)]
struct ObjectShare {
    objects: u64,
    bytes: u64,
}

impl ObjectShare {
    fn add(&mut self, bytes: u64) {
        self.objects += 1;
        self.bytes = self.bytes.saturating_add(bytes);
    }
}

/// The objects of an archive.
#[derive(Default)]
struct Shares {
    by_place: BTreeMap<ObjectMonth, ObjectShare>,
    total: ObjectShare,
    /// The number of digests and the like.
    left_out: u64,
}

impl Shares {
    fn add(&mut self, key: &ObjectKey, bytes: u64) {
        if key.kind != ObjectKind::Events {
            self.left_out += 1;
            return;
        }
        self.by_place.entry(place(key)).or_default().add(bytes);
        self.total.add(bytes);
    }
}

/// Writes the number of objects and bytes for each account, region and month of delivery, and the
/// number of requests to S3, if there are any.
///
/// # Errors
///
/// Returns an error if the objects cannot be read or the bytes cannot be written.
pub fn write_dry_run(
    objects: RowBatches<'_, Object>,
    requests: Option<RequestCounts>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut shares = Shares::default();
    for batch in objects {
        for object in batch.map_err(io::Error::other)?.iter() {
            let bytes = object.stored_bytes.unwrap_or_default();
            shares.add(&ObjectKey::parse(&object.key), bytes);
        }
    }
    grid(&shares).write("", out)?;
    let ObjectShare { objects, bytes } = shares.total;
    writeln!(
        out,
        "\n{} with {} would be read; {} and the like would be left out.",
        counted(objects, "object", "objects"),
        HumanBytes(bytes),
        counted(shares.left_out, "digest", "digests")
    )?;
    match requests {
        Some(requests) => write_requests(requests, out),
        None => Ok(()),
    }
}

fn write_requests(requests: RequestCounts, out: &mut dyn Write) -> io::Result<()> {
    let RequestCounts { list, get, .. } = requests;
    writeln!(
        out,
        "Requests to S3: {list} for this listing, {get} more to read the objects, and {list} to \
         list them again."
    )
}

fn place(key: &ObjectKey) -> ObjectMonth {
    let time = key.delivery_time.map(|time| time.to_string());
    let month = time.as_deref().and_then(|time| time.get(..7));
    let place = [key.account.as_deref(), key.region.as_deref(), month];
    place.map(|part| part.unwrap_or("-").to_owned())
}

fn grid(shares: &Shares) -> Grid {
    let mut grid = Grid::new(["account", "region", "month", "objects", "bytes"]);
    for (place, share) in &shares.by_place {
        let bytes = HumanBytes(share.bytes).to_string();
        let numbers = [share.objects.to_string(), bytes];
        grid.add(place.iter().cloned().chain(numbers));
    }
    for column in [3, 4] {
        grid.align_right(column);
    }
    grid
}
