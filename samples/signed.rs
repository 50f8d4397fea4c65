//! Writes the signed sample: five hours of the shop in its main region, with their digests.

use std::error::Error;
use std::fs;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::digests::{Chain, Digest, LogFile, Signer, metadata};
use super::{HOUR, LogObject, Outcome, SHOP_US, StoredObject, Trail};
use super::{clear, later, logs, march, write_object};

/// The bucket that the trail delivers to.
const BUCKET: &str = "example-cloudtrail-bucket";

/// The number of digests after the first one.
const HOURS: i64 = 5;

/// Writes the bucket, the keys and the metadata into a folder.
pub(crate) fn write(folder: &Path) -> Outcome {
    let bucket = folder.join("signed");
    clear(&bucket.join("AWSLogs"))?;
    let signer = Signer::sample()?;
    let keys = serde_json::json!({ "PublicKeyList": [signer.listed()] });
    let mut lines = String::new();
    let mut previous: Option<(Digest, String)> = None;
    for (end, log_files) in hours()? {
        let listed = write_log_files(&bucket, &log_files)?;
        let mut digest = chain().digest(end, listed, &signer)?;
        if let Some((previous, signature)) = previous {
            digest.follow(&previous, signature)?;
        }
        let signature = digest.sign(&signer)?;
        let object = StoredObject {
            key: digest.key.clone(),
            text: digest.text()?,
        };
        write_object(&bucket, &object)?;
        lines += &format!("{}\n", metadata(BUCKET, &digest.key, &signature));
        previous = Some((digest, signature));
    }
    let keys = serde_json::to_string_pretty(&keys)?;
    fs::write(folder.join("signed-keys.json"), keys + "\n")?;
    fs::write(folder.join("signed-metadata.jsonl"), lines)?;
    Ok(())
}

fn chain() -> Chain {
    Chain {
        bucket: BUCKET.to_owned(),
        account: SHOP_US.account.to_owned(),
        region: SHOP_US.region.to_owned(),
        trail: "main-trail".to_owned(),
        home_region: SHOP_US.region.to_owned(),
        suffix: "",
    }
}

/// The end of an hour, and the log files that were delivered in it.
type Hour = (Timestamp, Vec<LogObject>);

/// Returns the ends of the hours, each with the log files that were delivered in it. The first one
/// is the hour before logging began, which has none.
fn hours() -> Result<Vec<Hour>, Box<dyn Error>> {
    let first = march(3, "09:10:07")?;
    let mut hours: Vec<Hour> = (0..=HOURS)
        .map(|number| (later(first, number * HOUR), Vec::new()))
        .collect();
    let main = logs()?
        .into_iter()
        .filter(|log| log.delivery.trail == Trail::Main);
    for log in main.filter(|log| log.delivery.site == SHOP_US) {
        let delivered = delivered(&log);
        let hour = hours
            .iter_mut()
            .skip(1)
            .find(|(end, _)| is_within(delivered, *end));
        if let Some((_, log_files)) = hour {
            log_files.push(log);
        }
    }
    Ok(hours)
}

/// Returns the moment of a delivery. It is mostly some seconds after the minute in the name.
fn delivered(log: &LogObject) -> Timestamp {
    later(log.delivery.minute, 20)
}

/// Returns whether a moment is in the hour before an end.
fn is_within(moment: Timestamp, end: Timestamp) -> bool {
    let start = end
        .saturating_sub(SignedDuration::from_secs(HOUR))
        .unwrap_or(end);
    start < moment && moment <= end
}

/// Writes log files, and describes them as a digest does.
fn write_log_files(bucket: &Path, log_files: &[LogObject]) -> Result<Vec<LogFile>, Box<dyn Error>> {
    let mut listed = Vec::new();
    for log in log_files {
        let object = log.stored()?;
        let times: Vec<Timestamp> = log.records.iter().map(|record| record.at).collect();
        write_object(bucket, &object)?;
        listed.push(LogFile::new(BUCKET, &object.key, &object.text, &times));
    }
    Ok(listed)
}
