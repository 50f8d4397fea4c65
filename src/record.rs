//! One CloudTrail event as delivered, with all its fields.

use jiff::Timestamp;

use crate::json::Json;
use crate::period::to_microsecond;

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
    /// When the text is not one JSON value, or nests deeper than [`NESTING_LIMIT`](crate::json::NESTING_LIMIT).
    pub fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        Ok(Self { fields: Json::parse(text)? })
    }

    /// The value at a path of member names.
    pub fn at(&self, path: &[&str]) -> Option<&Json<'a>> {
        path.iter().try_fold(&self.fields, |value, name| value.member(name))
    }

    /// The text at a path of member names: a string as it is, a number or boolean as written. Nothing for null and
    /// for an empty string.
    pub fn text(&self, path: &[&str]) -> Option<String> {
        match self.at(path)? {
            Json::Text(text) if !text.is_empty() => Some(text.to_string()),
            Json::Number(characters) => Some((*characters).to_owned()),
            Json::Boolean(boolean) => Some(boolean.to_string()),
            _ => None,
        }
    }

    /// When the event happened.
    pub fn event_time(&self) -> Option<Timestamp> {
        event_time(&self.text(&["eventTime"])?)
    }

    /// The identifier that CloudTrail gave the event; copies of an event share it.
    pub fn event_id(&self) -> Option<String> {
        self.text(&["eventID"])
    }

    /// Who is accountable for the event: the role behind a session, the user, else the service or account that acted
    /// (user guide, "CloudTrail userIdentity element").
    pub fn principal(&self) -> Option<String> {
        const FROM_MOST_EXACT: [&[&str]; 7] = [
            &["userIdentity", "sessionContext", "sessionIssuer", "arn"],
            &["userIdentity", "arn"],
            &["userIdentity", "onBehalfOf", "userId"],
            &["userIdentity", "userName"],
            &["userIdentity", "invokedBy"],
            &["userIdentity", "principalId"],
            &["userIdentity", "accountId"],
        ];
        FROM_MOST_EXACT.iter().find_map(|path| self.text(path))
    }

    /// The name of an assumed role's session, the last part of its ARN.
    pub fn session_name(&self) -> Option<String> {
        let arn = self.text(&["userIdentity", "arn"])?;
        let (_, session) = arn.split_once(":assumed-role/")?.1.split_once('/')?;
        Some(session.to_owned())
    }
}

/// The time of an event as records write it, held to the microsecond; CloudTrail writes whole seconds.
pub fn event_time(text: &str) -> Option<Timestamp> {
    text.parse().ok().map(to_microsecond)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(text: &str) -> Record<'_> {
        Record::parse(text).expect("a record")
    }

    #[test]
    fn the_role_behind_a_session_is_accountable() {
        let session = record(
            r#"{"userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/app/i-1",
                "sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::1:role/path/app"}}}}"#,
        );
        assert_eq!(session.principal().as_deref(), Some("arn:aws:iam::1:role/path/app"));
        assert_eq!(session.session_name().as_deref(), Some("i-1"));
        let service =
            record(r#"{"userIdentity":{"accountId":"1","invokedBy":"secretsmanager.amazonaws.com"}}"#);
        assert_eq!(service.principal().as_deref(), Some("secretsmanager.amazonaws.com"));
        let user = record(
            r#"{"userIdentity":{"arn":"arn:aws:iam::1:user/a","sessionContext":{"sessionIssuer":{}}}}"#,
        );
        assert_eq!(user.principal().as_deref(), Some("arn:aws:iam::1:user/a"));
        assert_eq!(record("{}").principal(), None);
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
