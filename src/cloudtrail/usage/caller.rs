//! The principal of a record, read from the text of its identity.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::cloudtrail::record::principal_of;
use crate::json::Json;

/// The session context, as CloudTrail writes it for the sessions of roles: its name in the
/// identity, and what comes after.
const SESSION_NAME: &str = "\"sessionContext\":";
const SESSION: &str = "{\"sessionIssuer\":{";

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
    // The first object in the identity is a member of the identity itself.
    let inner = identity.strip_prefix('{')?;
    let (before, nested) = inner.split_at(memchr::memchr(b'{', inner.as_bytes())?);
    if !before.ends_with(SESSION_NAME) || has_escapes(before) {
        return None;
    }
    let issuer = nested.strip_prefix(SESSION)?;
    let issuer = issuer.get(..memchr::memchr(b'}', issuer.as_bytes())?)?;
    // Without escapes, quotes are those of strings.
    if memchr::memchr2(b'{', b'\\', issuer.as_bytes()).is_some() {
        return None;
    }
    let arn = issuer.get(ARN_FINDER.find(issuer.as_bytes())? + "\"arn\":\"".len()..)?;
    let arn = arn.get(..memchr::memchr(b'"', arn.as_bytes())?)?;
    (!arn.is_empty()).then_some(arn)
}

fn has_escapes(text: &str) -> bool {
    memchr::memchr(b'\\', text.as_bytes()).is_some()
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
            usual.replace(r#""type":"Role","#, r#""of":{"arn":"arn:other"},"#),
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
