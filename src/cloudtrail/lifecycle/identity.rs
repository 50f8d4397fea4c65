//! The secret or key that a name means.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::aliases::AliasOwners;
use super::join::JoinReason;
use super::names::{ArnSource, Names};
use super::namesakes::{Existence, Namesakes};
use super::resource::{Arn, Home, Resource, ResourceKind, without_suffix};

/// A record that names a secret or key.
#[derive(Clone, Debug)]
pub struct Mention<'a> {
    /// The kind of thing that it names.
    pub kind: ResourceKind,
    /// The account and region that received it.
    pub home: Home,
    /// The time of the event.
    pub at: Option<Timestamp>,
    /// The names in it.
    pub names: &'a Names,
    /// The existence of the secret or key at that time.
    pub existence: Exists,
}

/// The existence of a secret or key at the time of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exists {
    /// It was created.
    Created,
    /// It existed.
    Yes,
    /// The record does not prove it: the call was refused.
    Unproven,
}

/// A secret or key, and the reason for which it is taken for the one that a record names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedResource {
    /// The secret or key. If the name could not be joined to an ARN, its ID is the name as written.
    pub resource: Resource,
    /// The reason.
    pub reason: JoinReason,
}

/// The ARN that a name means, and the reason; or else the reason why it is not known.
type ArnOrReason<'a> = Result<(&'a str, JoinReason), JoinReason>;

/// Things by the account and region in which they have a name, and by that name.
#[derive(Clone, Debug)]
struct ByHome<T> {
    by_home: HashMap<Home, HashMap<String, T>>,
}

/// The secrets and keys that an archive names, and the names of each.
#[derive(Clone, Debug, Default)]
pub struct Identities {
    secrets: ByHome<Namesakes>,
    keys: ByHome<BTreeSet<String>>,
    aliases: ByHome<AliasOwners>,
}

impl Identities {
    /// Returns the identities that records name, in whatever order they are given.
    pub fn new(mentions: &[Mention<'_>]) -> Self {
        let mut identities = Self::default();
        for mention in mentions {
            identities.add_given(mention);
        }
        // An ARN that a caller wrote may be a partial one. That shows only if the full ones are
        // known.
        for mention in mentions {
            identities.add_written(mention);
        }
        identities.put_in_order();
        identities
    }

    /// Adds the ARN that AWS itself gives in a record.
    fn add_given(&mut self, mention: &Mention<'_>) {
        let Some((arn, _)) = &mention.names.arn else {
            return;
        };
        let Some(parsed) = Arn::parse(arn) else {
            return;
        };
        if mention.kind == ResourceKind::Secret {
            let name = name_of_secret(&parsed, mention.names.name.as_deref());
            self.add_secret(mention, arn, name);
        } else {
            self.add_key(&parsed, arn);
            self.add_alias(mention, arn);
        }
    }

    fn add_secret(&mut self, mention: &Mention<'_>, arn: &str, name: &str) {
        let home = Arn::parse(arn).map_or_else(Home::default, |arn| arn.home());
        let namesakes = self.secrets.get_or_default(home, name);
        mention.add_to(namesakes.existence(arn));
    }

    fn add_key(&mut self, parsed: &Arn<'_>, arn: &str) {
        let arns = self
            .keys
            .get_or_default(parsed.home(), parsed.suffixed_name());
        if !arns.contains(arn) {
            arns.insert(arn.to_owned());
        }
    }

    fn add_alias(&mut self, mention: &Mention<'_>, arn: &str) {
        let written = mention.names.written.as_deref();
        if let Some((home, alias)) = written.and_then(|text| alias(text, &mention.home)) {
            let owners = self.aliases.get_or_default(home, alias);
            owners.add(mention.at, arn);
        }
    }

    /// Adds an ARN that a caller wrote, if it can only be a full one.
    fn add_written(&mut self, mention: &Mention<'_>) {
        let Some((arn, written)) = mention.written_arn() else {
            return;
        };
        if mention.kind == ResourceKind::Secret {
            self.add_written_secret(mention, &arn, written);
        } else if alias(written, &mention.home).is_none() {
            self.add_key(&arn, written);
        }
    }

    fn add_written_secret(&mut self, mention: &Mention<'_>, arn: &Arn<'_>, written: &str) {
        let suffixed = arn.suffixed_name();
        let is_partial = self.namesakes(&arn.home(), suffixed).is_some();
        if let (false, Some(name)) = (is_partial, without_suffix(suffixed)) {
            self.add_secret(mention, written, name);
        }
    }

    fn put_in_order(&mut self) {
        for namesakes in self.secrets.all_mut() {
            namesakes.put_in_order();
        }
        for owners in self.aliases.all_mut() {
            owners.put_in_order();
        }
    }

    fn namesakes(&self, home: &Home, name: &str) -> Option<&Namesakes> {
        self.secrets.get(home, name)
    }

    /// Returns the secret or key that a record names.
    pub fn resolve_names(&self, mention: &Mention<'_>) -> Option<ResolvedResource> {
        if let Some(resolved) = mention.resolved() {
            return Some(resolved);
        }
        let written = mention.names.written.as_deref()?;
        Some(self.resolve(mention.kind, &mention.home, written, mention.at))
    }

    /// Returns the secret or key that a caller names at a time in an account and region.
    pub fn resolve(
        &self,
        kind: ResourceKind,
        home: &Home,
        written: &str,
        at: Option<Timestamp>,
    ) -> ResolvedResource {
        let found = match kind {
            ResourceKind::Secret => self.secret(home, written, at),
            ResourceKind::Key | ResourceKind::CertificateAuthority | ResourceKind::PaymentKey => {
                self.key(home, written, at)
            }
        };
        let (id, reason) = found.unwrap_or_else(|reason| (written, reason));
        let resource = Resource::new(kind, home, id);
        ResolvedResource { resource, reason }
    }

    fn secret<'a>(
        &'a self,
        home: &Home,
        written: &'a str,
        at: Option<Timestamp>,
    ) -> ArnOrReason<'a> {
        match Arn::parse(written) {
            Some(arn) if self.is_full(&arn, written) => Ok((written, JoinReason::FullArn)),
            Some(arn) => self.partial(&arn, at),
            None => self.named(home, written, at),
        }
    }

    fn named(&self, home: &Home, name: &str, at: Option<Timestamp>) -> ArnOrReason<'_> {
        let namesakes = self.namesakes(home, name);
        namesakes.ok_or(JoinReason::NameOnly)?.at(at)
    }

    /// Returns the secret with an ARN that lacks its suffix.
    fn partial(&self, arn: &Arn<'_>, at: Option<Timestamp>) -> ArnOrReason<'_> {
        match self.named(&arn.home(), arn.suffixed_name(), at)? {
            (full, JoinReason::Name) => Ok((full, JoinReason::PartialArn)),
            other => Ok(other),
        }
    }

    /// Returns true if an ARN is known as the full one of a secret.
    fn is_full(&self, arn: &Arn<'_>, written: &str) -> bool {
        let suffixed = arn.suffixed_name();
        let names = [without_suffix(suffixed), Some(suffixed)];
        let mut namesakes = names
            .into_iter()
            .flatten()
            .filter_map(|name| self.namesakes(&arn.home(), name));
        namesakes.any(|namesakes| namesakes.has(written))
    }

    fn key<'a>(&'a self, home: &Home, written: &'a str, at: Option<Timestamp>) -> ArnOrReason<'a> {
        if let Some((home, alias)) = alias(written, home) {
            let owners = self.aliases.get(&home, alias);
            return owners.ok_or(JoinReason::NameOnly)?.at(at);
        }
        match Arn::parse(written) {
            Some(_) => Ok((written, JoinReason::FullArn)),
            None => self.key_with_id(home, written),
        }
    }

    fn key_with_id(&self, home: &Home, id: &str) -> ArnOrReason<'_> {
        let arns = self.keys.get(home, id);
        let mut arns = arns.ok_or(JoinReason::NameOnly)?.iter();
        match (arns.next(), arns.next()) {
            (Some(only), None) => Ok((only, JoinReason::KeyId)),
            _ => Err(JoinReason::Ambiguous),
        }
    }
}

impl<T> Default for ByHome<T> {
    fn default() -> Self {
        Self {
            by_home: HashMap::new(),
        }
    }
}

impl<T: Default> ByHome<T> {
    fn get(&self, home: &Home, name: &str) -> Option<&T> {
        self.by_home.get(home)?.get(name)
    }

    fn get_or_default(&mut self, home: Home, name: &str) -> &mut T {
        let by_name = self.by_home.entry(home).or_default();
        by_name.entry(name.to_owned()).or_default()
    }

    fn all_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.by_home.values_mut().flat_map(HashMap::values_mut)
    }
}

impl<'a> Mention<'a> {
    /// Adds its time to those at which the secret existed.
    fn add_to(&self, existence: &mut Existence) {
        match (self.existence, self.at) {
            (Exists::Created, Some(at)) => existence.add_creation(at),
            (Exists::Yes, Some(at)) => existence.add(at),
            (Exists::Created | Exists::Yes, None) | (Exists::Unproven, _) => {}
        }
    }

    /// Returns the ARN that the caller wrote, if AWS gives none.
    fn written_arn(&self) -> Option<(Arn<'a>, &'a str)> {
        let written = self.names.written.as_deref()?;
        let arn = Arn::parse(written)?;
        self.names.arn.is_none().then_some((arn, written))
    }

    /// Returns the secret or key whose ARN AWS gives.
    fn resolved(&self) -> Option<ResolvedResource> {
        let (arn, source) = self.names.arn.as_ref()?;
        Arn::parse(arn)?;
        Some(ResolvedResource {
            resource: Resource::new(self.kind, &self.home, arn),
            reason: self.reason(arn, *source),
        })
    }

    fn reason(&self, arn: &str, source: ArnSource) -> JoinReason {
        match source {
            ArnSource::Answer if self.names.written.as_deref() == Some(arn) => JoinReason::FullArn,
            source => JoinReason::from_source(source),
        }
    }
}

/// Returns the name of a secret. Its suffix is cut off only where that gives a name: one that AWS
/// gives beside the ARN is right in any case.
fn name_of_secret<'a>(arn: &Arn<'a>, given: Option<&str>) -> &'a str {
    let suffixed = arn.suffixed_name();
    match given {
        Some(given) if suffixed == given => suffixed,
        _ => without_suffix(suffixed).unwrap_or(suffixed),
    }
}

/// Returns the account, region and name of an alias, if the text is one.
fn alias<'w>(written: &'w str, home: &Home) -> Option<(Home, &'w str)> {
    match Arn::parse(written) {
        Some(arn) => {
            let is_alias = arn.resource.starts_with("alias/");
            is_alias.then(|| (arn.home(), arn.resource))
        }
        None => written
            .starts_with("alias/")
            .then(|| (home.clone(), written)),
    }
}
