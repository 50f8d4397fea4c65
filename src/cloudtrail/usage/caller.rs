//! The principal of a record, read from the text of its identity.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::cloudtrail::record::principal_of;
use crate::json::Json;

/// The beginning of the session context, as CloudTrail writes it for the sessions of roles.
const SESSION: &str = "\"sessionContext\":{\"sessionIssuer\":{";

static SESSION_FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(SESSION));

static ARN_FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"arn\":\""));

/// Returns the principal, as [`Record::principal`](crate::cloudtrail::record::Record::principal)
/// does, from the JSON text of the identity.
pub(super) fn caller(identity: &str) -> Option<Cow<'_, str>> {
    if let Some(arn) = usual_issuer(identity) {
        return Some(Cow::Borrowed(arn));
    }
    principal_of(&Json::from_accepted(identity)).map(Cow::Owned)
}

/// Returns the ARN of the role of a session, where the identity is written as CloudTrail writes it.
/// Most callers are such sessions, and to take the whole identity apart takes ten times as long.
// No member of an identity that CloudTrail writes has the name of another one.
fn usual_issuer(identity: &str) -> Option<&str> {
    let start = SESSION_FINDER.find(identity.as_bytes())?;
    let before = identity.get(..start)?.as_bytes();
    let issuer = identity.get(start + SESSION.len()..)?;
    let issuer = issuer.get(..memchr::memchr(b'}', issuer.as_bytes())?)?;
    // Without escapes, quotes are those of strings. With no other brace before it, the session
    // context is a member of the identity itself.
    let has_escapes = |text: &[u8]| memchr::memchr(b'\\', text).is_some();
    if has_escapes(before) || has_escapes(issuer.as_bytes()) || !is_first_nested(before) {
        return None;
    }
    let arn = issuer.get(ARN_FINDER.find(issuer.as_bytes())? + "\"arn\":\"".len()..)?;
    let arn = arn.get(..memchr::memchr(b'"', arn.as_bytes())?)?;
    (!arn.is_empty()).then_some(arn)
}

fn is_first_nested(before: &[u8]) -> bool {
    before.first() == Some(&b'{')
        && memchr::memchr(b'{', before.get(1..).unwrap_or_default()).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_principal_is_that_of_the_whole_identity() {
        let issuer = r#"{"type":"Role","principalId":"A","arn":"arn:role","accountId":"1"}"#;
        let usual = format!(
            r#"{{"type":"AssumedRole","arn":"arn:session","sessionContext":{{"sessionIssuer":{issuer},"attributes":{{}}}}}}"#
        );
        assert_eq!(usual_issuer(&usual), Some("arn:role"));
        for identity in [
            usual.clone(),
            usual.replace(":{", ": {"),
            usual.replace("arn:role", ""),
            usual.replace("arn:role", "arn:\\u0072ole"),
            usual.replace("arn:session", "arn:\\u0072ole"),
            usual.replace("\"arn\":\"arn:role\"", "\"arn\":null"),
            usual.replace("\"arn\":\"arn:role\",", ""),
            usual.replace("\"sessionContext\"", "\"context\""),
            format!(r#"{{"arn":"arn:user","inScopeOf":{usual}}}"#),
            r#"{"arn":"arn:user","onBehalfOf":{},"userName":"x"}"#.to_owned(),
            r#"{"sessionContext":{"sessionIssuer":{}},"userName":"x"}"#.to_owned(),
            r#"{"invokedBy":"rds.amazonaws.com"}"#.to_owned(),
            r#"{"accountId":"1","sessionContext":{"sessionIssuer":{"arn":7}}}"#.to_owned(),
            "null".to_owned(),
            "{}".to_owned(),
            "[]".to_owned(),
        ] {
            let plain = principal_of(&Json::from_accepted(&identity));
            assert_eq!(caller(&identity).as_deref(), plain.as_deref(), "{identity}");
        }
    }
}
