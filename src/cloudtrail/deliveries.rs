//! The days of deliveries, for each account and region.

use std::collections::BTreeMap;

use compact_str::CompactString;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::key::ObjectKey;

/// An account and a region.
type Place = (CompactString, CompactString);

/// The first and the last day of deliveries for each account and region.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<DeliveryRow>", into = "Vec<DeliveryRow>")]
pub struct Deliveries {
    days: BTreeMap<Place, DaySpan>,
}

/// The first and the last day of deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct DaySpan {
    first: Date,
    last: Date,
}

/// An account and a region with their days, as they are written down.
#[derive(Serialize, Deserialize)]
struct DeliveryRow {
    account: String,
    region: String,
    first: Date,
    last: Date,
}

impl Deliveries {
    /// Adds the delivery of an object, if its key names the account, the region and the time.
    pub fn add(&mut self, key: &ObjectKey) {
        if let Some((place, day)) = delivery(key) {
            self.include(place, DaySpan::of_day(day));
        }
    }

    /// Adds all of these deliveries.
    pub fn merge(&mut self, other: &Self) {
        for (place, span) in &other.days {
            self.include(place.clone(), *span);
        }
    }

    /// Returns whether an object was delivered for an account and region within their days.
    pub fn includes(&self, key: &ObjectKey) -> bool {
        delivery(key).is_some_and(|(place, day)| {
            let span = self.days.get(&place);
            span.is_some_and(|span| (span.first..=span.last).contains(&day))
        })
    }

    /// Returns whether both have days of the same account and region in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.days.iter().any(|(place, own)| {
            let other = other.days.get(place);
            other.is_some_and(|other| own.first <= other.last && other.first <= own.last)
        })
    }

    /// Returns the deliveries with the day before the first one and that after the last one.
    #[must_use]
    pub fn with_neighbouring_days(&self) -> Self {
        let mut wider = self.clone();
        for span in wider.days.values_mut() {
            // There is no day before the first one of the calendar, and none is missed.
            span.first = span.first.yesterday().unwrap_or(span.first);
            span.last = span.last.tomorrow().unwrap_or(span.last);
        }
        wider
    }

    /// Returns whether there is none.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    fn include(&mut self, place: Place, span: DaySpan) {
        let own = self.days.entry(place).or_insert(span);
        own.first = own.first.min(span.first);
        own.last = own.last.max(span.last);
    }
}

impl DaySpan {
    fn of_day(day: Date) -> Self {
        Self {
            first: day,
            last: day,
        }
    }
}

impl<'k> FromIterator<&'k str> for Deliveries {
    /// Returns the deliveries of the objects with these keys.
    fn from_iter<K: IntoIterator<Item = &'k str>>(keys: K) -> Self {
        let mut deliveries = Self::default();
        for key in keys {
            deliveries.add(&ObjectKey::parse(key));
        }
        deliveries
    }
}

impl From<Vec<DeliveryRow>> for Deliveries {
    fn from(rows: Vec<DeliveryRow>) -> Self {
        let mut deliveries = Self::default();
        for row in rows {
            let (first, last) = (row.first, row.last);
            let place = (row.account.into(), row.region.into());
            deliveries.include(place, DaySpan { first, last });
        }
        deliveries
    }
}

impl From<Deliveries> for Vec<DeliveryRow> {
    fn from(deliveries: Deliveries) -> Self {
        let rows = deliveries.days.into_iter();
        let rows = rows.map(|((account, region), span)| DeliveryRow {
            account: account.into(),
            region: region.into(),
            first: span.first,
            last: span.last,
        });
        rows.collect()
    }
}

fn delivery(key: &ObjectKey) -> Option<(Place, Date)> {
    let place = (key.account.clone()?, key.region.clone()?);
    Some((place, TimeZone::UTC.to_datetime(key.delivery_time?).date()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(region: &str, stamp: &str) -> ObjectKey {
        ObjectKey::parse(&format!(
            "111122223333_CloudTrail_{region}_{stamp}Z_a.json.gz"
        ))
    }

    fn deliveries(keys: &[ObjectKey]) -> Deliveries {
        let mut deliveries = Deliveries::default();
        keys.iter().for_each(|key| deliveries.add(key));
        deliveries
    }

    #[test]
    fn days_between_the_first_and_the_last_are_included() {
        let own = deliveries(&[
            key("eu-west-1", "20260302T0000"),
            key("eu-west-1", "20260304T0915"),
            ObjectKey::default(),
        ]);
        for (region, stamp, is_included) in [
            ("eu-west-1", "20260301T2355", false),
            ("eu-west-1", "20260303T0000", true),
            ("eu-west-1", "20260304T2355", true),
            ("eu-west-1", "20260305T0000", false),
            ("us-east-1", "20260303T0000", false),
        ] {
            let key = key(region, stamp);
            assert_eq!(own.includes(&key), is_included, "{region} {stamp}");
        }
        assert!(!own.includes(&ObjectKey::default()));
        let wider = own.with_neighbouring_days();
        assert!(wider.includes(&key("eu-west-1", "20260305T0000")));
        assert!(!wider.includes(&key("eu-west-1", "20260306T0000")));
    }

    #[test]
    fn days_in_common_are_those_of_the_same_place() {
        let own = deliveries(&[key("eu-west-1", "20260302T0000")]);
        let later = deliveries(&[key("eu-west-1", "20260303T0000")]);
        let elsewhere = deliveries(&[key("us-east-1", "20260302T0000")]);
        assert!(own.overlaps(&own) && own.with_neighbouring_days().overlaps(&later));
        assert!(!own.overlaps(&later) && !own.overlaps(&elsewhere));
        let mut both = own.clone();
        both.merge(&later);
        assert!(both.overlaps(&own) && both.overlaps(&later));
    }

    #[test]
    fn deliveries_are_read_as_they_were_written() {
        let own = deliveries(&[
            key("eu-west-1", "20260302T0000"),
            key("us-east-1", "20260304T0915"),
        ]);
        let text = serde_json::to_string(&own).expect("a text");
        assert_eq!(
            serde_json::from_str::<Deliveries>(&text).expect("days"),
            own
        );
        assert!(!own.is_empty() && Deliveries::default().is_empty());
    }
}
