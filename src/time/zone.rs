//! Times in the time zone of the reader, with UTC beside them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The length of a date, as in `2026-03-04`.
const DATE_LENGTH: usize = 10;

/// The time zone in which a reader sees times.
#[derive(Clone, Debug, Default)]
pub struct Zone(Option<TimeZone>);

/// A name that is not that of a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write the name of a time zone such as `Europe/Berlin`, or `UTC`")]
pub struct InvalidZone;

impl Zone {
    /// Returns a time zone by its name in the database of IANA.
    ///
    /// # Errors
    ///
    /// Returns an error if no time zone has the name.
    pub fn parse(name: &str) -> Result<Self, InvalidZone> {
        let zone = TimeZone::get(name).map_err(|_| InvalidZone)?;
        Ok(Self((zone != TimeZone::UTC).then_some(zone)))
    }

    /// Returns the name, unless times are shown in UTC.
    pub fn name(&self) -> Option<&str> {
        self.0.as_ref()?.iana_name()
    }

    /// Returns a time in the time zone, and in brackets what it is in UTC, with the date if that is
    /// another.
    pub fn shown(&self, time: Timestamp) -> String {
        let utc = time.to_string();
        let Some(zone) = &self.0 else {
            return utc;
        };
        let local = zone.to_datetime(time).to_string();
        let is_same_date = local.get(..DATE_LENGTH) == utc.get(..DATE_LENGTH);
        let beside = match is_same_date {
            true => utc.get(DATE_LENGTH + 1..).unwrap_or(&utc),
            false => &utc,
        };
        format!("{local} ({beside})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utc_is_beside_the_time_of_the_reader() {
        let zone = Zone::parse("Asia/Seoul").expect("a zone");
        let shown = |time: &str| zone.shown(time.parse().expect(time));
        assert_eq!(
            shown("2026-03-03T10:00:00Z"),
            "2026-03-03T19:00:00 (10:00:00Z)"
        );
        assert_eq!(
            shown("2026-03-03T20:00:00.5Z"),
            "2026-03-04T05:00:00.5 (2026-03-03T20:00:00.5Z)"
        );
        assert_eq!(zone.name(), Some("Asia/Seoul"));
    }

    #[test]
    fn utc_is_shown_alone() {
        let zone = Zone::parse("UTC").expect("a zone");
        let time = "2026-03-03T10:00:00Z";
        assert_eq!(zone.name(), None);
        assert_eq!(zone.shown(time.parse().expect(time)), time);
        assert!(Zone::parse("Mars/Olympus").is_err());
    }
}
