//! A CloudTrail record with all its fields.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::json::Json;
use crate::time::period::to_microsecond;

/// A record of CloudTrail (user guide, "CloudTrail record contents").
#[derive(Clone, Debug, PartialEq)]
pub struct Record<'a> {
    fields: Json<'a>,
}

impl<'a> Record<'a> {
    /// Parses the JSON text of one record.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not one JSON value, or nests deeper than
    /// [`NESTING_LIMIT`](crate::json::NESTING_LIMIT).
    pub fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        Ok(Self {
            fields: Json::parse(text)?,
        })
    }

    /// Returns the record of a text that a parser has already accepted.
    pub(crate) fn from_accepted(text: &'a str) -> Self {
        Self {
            fields: Json::from_accepted(text),
        }
    }

    /// Returns the value at a path of member names.
    pub fn at(&self, path: &[&str]) -> Option<&Json<'a>> {
        value_at(&self.fields, path)
    }

    /// Returns the text at a path of member names: a string, or a number or boolean as written.
    /// `None` if the value is null or an empty string.
    pub fn text(&self, path: &[&str]) -> Option<String> {
        text_of(self.at(path)?)
    }

    /// Returns the time of the event.
    pub fn event_time(&self) -> Option<Timestamp> {
        event_time(&self.text(&["eventTime"])?)
    }

    /// Returns the identifier of the event as CloudTrail spells it, if it has one. Copies of an
    /// event share it.
    pub fn event_id(&self) -> Option<String> {
        let text = self.text(&["eventID"])?;
        is_event_id(&text).then(|| spelled_by_cloudtrail(&text))
    }

    /// Returns the accountable identity: the role of a session, the user, or else the service or
    /// account that acted (user guide, "CloudTrail userIdentity element").
    pub fn principal(&self) -> Option<String> {
        principal_of(self.at(&["userIdentity"])?)
    }

    /// Returns the name of the session of an assumed role, the last part of its ARN.
    pub fn session_name(&self) -> Option<String> {
        let arn = self.text(&["userIdentity", "arn"])?;
        let (_, role) = arn.split_once(":assumed-role/")?;
        Some(role.split_once('/')?.1.to_owned())
    }
}

/// The words by which databases, languages and spreadsheets export that there is no value, in lower
/// case.
const NO_VALUE: [&str; 14] = [
    "", "-", "null", "none", "nil", "nan", "nat", "n/a", "na", "(null)", "<null>", "<na>",
    "<none>", "\\n",
];

/// Returns whether a text says that there is no value.
pub(crate) fn is_no_value(text: &str) -> bool {
    let text = text.trim();
    NO_VALUE.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Returns whether a text identifies an event. Any number of events may have one of the others.
pub(crate) fn is_event_id(text: &str) -> bool {
    !is_no_value(text) && !matches!(text.trim(), "0" | "unknown" | "undefined")
}

/// The length of a UUID, which the identifier of an event is.
const UUID_BYTES: usize = 36;

/// Returns a UUID in lower case and without braces, which databases change, and any other
/// identifier as it is.
fn spelled_by_cloudtrail(identifier: &str) -> String {
    let bare = identifier.trim().trim_matches(['{', '}']);
    match is_uuid(bare) {
        true => bare.to_ascii_lowercase(),
        false => identifier.to_owned(),
    }
}

fn is_uuid(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() == UUID_BYTES && bytes.all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// Returns the accountable identity among the members of the one of a record.
pub(super) fn principal_of(identity: &Json<'_>) -> Option<String> {
    const FROM_MOST_EXACT: [&[&str]; 7] = [
        &["sessionContext", "sessionIssuer", "arn"],
        &["arn"],
        &["onBehalfOf", "userId"],
        &["userName"],
        &["invokedBy"],
        &["principalId"],
        &["accountId"],
    ];
    let mut texts = FROM_MOST_EXACT.iter();
    texts.find_map(|path| text_of(value_at(identity, path)?))
}

fn value_at<'v, 'a>(value: &'v Json<'a>, path: &[&str]) -> Option<&'v Json<'a>> {
    path.iter()
        .try_fold(value, |value, name| value.member(name))
}

fn text_of(value: &Json<'_>) -> Option<String> {
    match value {
        Json::Text(text) if !text.is_empty() => Some(text.to_string()),
        Json::Number(characters) => Some((*characters).to_owned()),
        Json::Boolean(boolean) => Some(boolean.to_string()),
        _ => None,
    }
}

/// Parses the time of an event in a record, truncated to microseconds. CloudTrail writes whole
/// seconds.
pub fn event_time(text: &str) -> Option<Timestamp> {
    usual_time(text).or_else(|| text.parse().ok().map(to_microsecond))
}

/// Parses a time in the form that CloudTrail writes, `2026-01-01T00:00:00Z`. The time of every
/// record is parsed, and a parser of all forms takes several times as long.
fn usual_time(text: &str) -> Option<Timestamp> {
    let bytes: &[u8; 20] = text.as_bytes().try_into().ok()?;
    let separators = [4, 7, 10, 13, 16, 19].map(|index| bytes[index]);
    if separators != *b"--T::Z" {
        return None;
    }
    let number = |index: usize| two_digits(bytes[index], bytes[index + 1]);
    let year = i16::from(number(0)?) * 100 + i16::from(number(2)?);
    let date = Date::new(year, number(5)?, number(8)?).ok()?;
    let time = Time::new(number(11)?, number(14)?, number(17)?, 0).ok()?;
    TimeZone::UTC.to_timestamp(date.to_datetime(time)).ok()
}

fn two_digits(tens: u8, ones: u8) -> Option<i8> {
    let are_digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    are_digits.then(|| (tens - b'0') as i8 * 10 + (ones - b'0') as i8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(text: &str) -> Record<'_> {
        Record::parse(text).expect("a record")
    }

    #[test]
    fn an_identifier_has_one_spelling() {
        const UUID: &str = "0f0e0d0c-1b1a-4987-8f6e-5d4c3b2a1908";
        let upper = UUID.to_uppercase();
        let event_id = |id: &str| record(&format!(r#"{{"eventID":"{id}"}}"#)).event_id();
        for id in [UUID, &upper, &format!("{{{UUID}}}"), &format!(" {UUID}")] {
            assert_eq!(event_id(id).as_deref(), Some(UUID), "{id}");
        }
        assert_eq!(event_id("REAL").as_deref(), Some("REAL"));
        for none in [
            " ", "-", "NULL", "None", "NaN", "N/A", "<NA>", "\\\\N", "0", "unknown",
        ] {
            assert_eq!(event_id(none), None, "{none}");
        }
    }

    #[test]
    fn the_role_of_a_session_is_accountable() {
        let session = record(
            r#"{"userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/app/i-1",
                "sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::1:role/path/app"}}}}"#,
        );
        assert_eq!(
            session.principal().as_deref(),
            Some("arn:aws:iam::1:role/path/app")
        );
        assert_eq!(session.session_name().as_deref(), Some("i-1"));
        let service = record(
            r#"{"userIdentity":{"accountId":"1","invokedBy":"secretsmanager.amazonaws.com"}}"#,
        );
        assert_eq!(
            service.principal().as_deref(),
            Some("secretsmanager.amazonaws.com")
        );
        let user = record(
            r#"{"userIdentity":{"arn":"arn:aws:iam::1:user/a","sessionContext":{"sessionIssuer":{}}}}"#,
        );
        assert_eq!(user.principal().as_deref(), Some("arn:aws:iam::1:user/a"));
        assert_eq!(record("{}").principal(), None);
    }

    #[test]
    fn the_usual_form_of_a_time_means_what_every_parser_says() {
        let parsed = |text: &str| text.parse::<Timestamp>().ok().map(to_microsecond);
        for seconds in (-2_000_000_000_i64..4_000_000_000).step_by(12_345_677) {
            let text = Timestamp::from_second(seconds).expect("a time").to_string();
            assert_eq!(usual_time(&text), parsed(&text), "{text}");
            assert!(usual_time(&text).is_some());
        }
        for text in [
            "2024-02-29T23:59:59Z",
            "2023-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2016-12-31T23:59:60Z",
            "2026-01-01T00:00:0aZ",
            "2026-01-01T00:00:00+",
            "0000-01-01T00:00:00Z",
        ] {
            assert_eq!(event_time(text), parsed(text), "{text}");
        }
    }

    #[test]
    fn empty_and_null_texts_are_absent() {
        let record = record(r#"{"a":"","b":null,"c":7,"d":{"e":"x"}}"#);
        assert_eq!(record.text(&["a"]), None);
        assert_eq!(record.text(&["b"]), None);
        assert_eq!(record.text(&["c"]).as_deref(), Some("7"));
        assert_eq!(record.text(&["d", "e"]).as_deref(), Some("x"));
        assert_eq!(record.text(&["d", "f"]), None);
    }
}
