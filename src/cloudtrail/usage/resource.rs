//! The secrets and keys that a call uses.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use smallvec::{SmallVec, smallvec};

use super::call::{UseKind, UseService};
use super::raw::{member, text};
use super::used_record::UsedRecord;
use crate::cloudtrail::lifecycle::target::{key_in_message, key_of_refusal};
use crate::json::valid;

/// The resources that a call uses, as its record writes them. Nearly always one.
pub type UsedResources<'t> = SmallVec<[Cow<'t, str>; 1]>;

static ARN_FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"ARN\":\""));

impl<'t> UsedRecord<'t> {
    /// Returns the secrets or keys that the call uses, as the record writes them; nothing where it
    /// names none.
    pub fn resources(&self) -> UsedResources<'t> {
        match self.call.service {
            UseService::SecretsManager => self.secrets(),
            UseService::Kms => self.keys(),
            UseService::PrivateCa => self.requested(&["certificateAuthorityArn"]),
            UseService::PaymentCryptography => self.payment_keys(),
        }
    }

    fn secrets(&self) -> UsedResources<'t> {
        match self.call.kind {
            UseKind::Batch => self.requested_list("secretIdList"),
            // A call that creates a secret has only its name.
            _ => self.requested(&["secretId", "name"]),
        }
    }

    fn keys(&self) -> UsedResources<'t> {
        let arns = self.members.resources.map(arns).unwrap_or_default();
        let refused = self.refused_key();
        // A call with two keys is refused because of one of them, and does not use the other.
        if let Some(refused) = refused.filter(|key| arns.is_empty() || arns.contains(key)) {
            return smallvec![refused];
        }
        if !arns.is_empty() {
            return arns;
        }
        let requested = self.requested(&["keyId"]);
        if !requested.is_empty() {
            return requested;
        }
        let message = self.members.error_message.and_then(text);
        let key = message.and_then(|message| key_in_message(&message));
        key.map(Cow::Owned).into_iter().collect()
    }

    /// Returns the key because of whose state the call was refused, as its message names it.
    fn refused_key(&self) -> Option<Cow<'t, str>> {
        let code = self.members.error_code.and_then(text)?;
        let message = self.members.error_message.and_then(text)?;
        key_of_refusal(&code, &message).map(Cow::Owned)
    }

    // A translation uses two keys.
    fn payment_keys(&self) -> UsedResources<'t> {
        let key = self.requested(&["keyIdentifier", "key_identifier"]);
        if !key.is_empty() {
            return key;
        }
        let mut keys = self.requested(&["incomingKeyIdentifier", "incoming_key_identifier"]);
        keys.extend(self.requested(&["outgoingKeyIdentifier", "outgoing_key_identifier"]));
        keys
    }

    /// Returns the text of the first of these members of the request that has one.
    fn requested(&self, names: &[&str]) -> UsedResources<'t> {
        let Some(request) = self.members.request_parameters else {
            return UsedResources::new();
        };
        let mut found = names.iter().filter_map(|name| text(member(request, name)?));
        found.next().into_iter().collect()
    }

    fn requested_list(&self, name: &str) -> UsedResources<'t> {
        let request = self.members.request_parameters;
        let list = request.and_then(|request| member(request, name));
        let list = list.filter(|list| list.starts_with('['));
        let elements = list.into_iter().flat_map(valid::elements);
        elements.filter_map(text).collect()
    }
}

/// Returns the ARNs in the text of the member `resources`.
fn arns(resources: &str) -> UsedResources<'_> {
    if let Some(arn) = usual_arn(resources) {
        return smallvec![Cow::Borrowed(arn)];
    }
    if !resources.starts_with('[') {
        return UsedResources::new();
    }
    let elements = valid::elements(resources);
    elements.filter_map(arn).collect()
}

fn arn(resource: &str) -> Option<Cow<'_, str>> {
    let arn = member(resource, "ARN").or_else(|| member(resource, "arn"));
    text(arn?)
}

/// Returns the ARN of the only resource, where it is written as CloudTrail writes it.
fn usual_arn(resources: &str) -> Option<&str> {
    let bytes = resources.as_bytes();
    // One object without another in it, and no escapes: all quotes are those of strings.
    if !bytes.starts_with(b"[{") || memchr::memchr2(b'{', b'\\', bytes.get(2..)?).is_some() {
        return None;
    }
    let arn = resources.get(ARN_FINDER.find(bytes)? + "\"ARN\":\"".len()..)?;
    let arn = arn.get(..memchr::memchr(b'"', arn.as_bytes())?)?;
    (!arn.is_empty()).then_some(arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_are_those_of_all_resources() {
        let usual = r#"[{"accountId":"1","type":"AWS::KMS::Key","ARN":"arn:a"}]"#;
        assert_eq!(usual_arn(usual), Some("arn:a"));
        for (resources, expected) in [
            (usual, ["arn:a"].as_slice()),
            (r#"[{"ARN":"arn:\u0061"}]"#, &["arn:a"]),
            (r#"[{"ARN" : "arn:a"}]"#, &["arn:a"]),
            (r#"[{"arn":"arn:a"}]"#, &["arn:a"]),
            (r#"[{"ARN":"arn:a"},{"ARN":"arn:b"}]"#, &["arn:a", "arn:b"]),
            (r#"[{"type":"x"},{"ARN":"arn:b"}]"#, &["arn:b"]),
            (r#"[{"x":{"ARN":"arn:a"}}]"#, &[]),
            (r#"[{"ARN":""}]"#, &[]),
            (r#"[{"ARN":7}]"#, &[]),
            (r#"{"ARN":"arn:a"}"#, &[]),
            ("[]", &[]),
            ("null", &[]),
        ] {
            let found: Vec<_> = arns(resources).into_iter().collect();
            assert_eq!(found, expected, "{resources}");
        }
    }
}
