//! Times as AWS writes them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Formats a time as the APIs of AWS do: with milliseconds, and an offset without a colon.
pub fn aws_time(moment: Timestamp) -> String {
    let time = TimeZone::UTC.to_datetime(moment);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}+0000",
        time.year(),
        time.month(),
        time.day(),
        time.hour(),
        time.minute(),
        time.second(),
        time.millisecond()
    )
}

/// Formats a time as AWS does in sentences.
pub fn aws_long_time(moment: Timestamp) -> String {
    TimeZone::UTC
        .to_datetime(moment)
        .strftime("%A %d %B, %Y %H:%M:%S UTC")
        .to_string()
}

/// Parses a time that an API of AWS wrote.
pub fn parse_aws_time(text: &str) -> Option<Timestamp> {
    Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text).ok()
}

#[cfg(test)]
mod tests {
    use super::{aws_time, parse_aws_time};

    #[test]
    fn times_are_written_and_read_as_aws_does() {
        let text = "2027-01-05T08:43:07.051+0000";
        assert_eq!(parse_aws_time(text).map(aws_time).as_deref(), Some(text));
        assert_eq!(parse_aws_time("2027-01-05T08:43:07").map(aws_time), None);
    }
}
