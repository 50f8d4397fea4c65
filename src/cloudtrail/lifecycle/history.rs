//! The histories of secrets and keys: from the steps in all records to intervals.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::change::ResourceChange;
use super::identity::{Exists, Identities, Mention, ResolvedResource};
use super::join::JoinReason;
use super::names::Names;
use super::resource::{Home, Resource, ResourceKind};
use super::timeline::DeletionTimeline;
use super::transition::Transition;
use super::{Deletion, Step};

/// A record of a step, as far as its history needs it.
#[derive(Clone, Copy, Debug)]
pub struct StepRecord<'a> {
    /// The step.
    pub step: Step,
    /// The deletion that it schedules.
    pub deletion: &'a Deletion,
    /// The names in it.
    pub names: &'a Names,
    /// The service.
    pub event_source: &'a str,
    /// The call or event.
    pub event_name: &'a str,
    /// The account that received it.
    pub account: Option<&'a str>,
    /// The region that received it.
    pub region: Option<&'a str>,
    /// The time of the event.
    pub at: Option<Timestamp>,
    /// The identifier of the event.
    pub event_id: Option<&'a str>,
    /// True if the call was refused. It then changes nothing.
    pub is_refused: bool,
}

/// The history of a secret or key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The states of its deletion over time.
    pub timeline: DeletionTimeline,
    /// The reasons for which the steps are taken for steps of it.
    pub joins: BTreeSet<JoinReason>,
    /// The numbers of its steps in the list of all steps, refused ones left out.
    pub steps: Vec<usize>,
}

/// The histories of all secrets and keys in an archive.
#[derive(Clone, Debug, Default)]
pub struct Histories {
    /// The names of the secrets and keys.
    pub identities: Identities,
    /// The history of each secret or key that has steps.
    pub by_resource: BTreeMap<Resource, History>,
}

/// A secret or key while its steps are collected.
#[derive(Default)]
struct CollectedResource {
    changes: Vec<ResourceChange>,
    joins: BTreeSet<JoinReason>,
    steps: Vec<usize>,
}

impl Histories {
    /// Returns the histories that steps make, in whatever order they are given. Further records
    /// help to find out which names mean the same secret.
    pub fn new(steps: &[StepRecord<'_>], others: &[Mention<'_>]) -> Self {
        let mut mentions: Vec<Mention<'_>> = steps.iter().filter_map(StepRecord::mention).collect();
        // All names must be known before the first is resolved: a record may come before the one
        // that shows what its name means.
        mentions.extend_from_slice(others);
        let identities = Identities::new(&mentions);
        let replicas = deleted_replicas(steps, &identities);
        let identities = match replicas.is_empty() {
            true => identities,
            false => {
                mentions.extend(replicas.iter().map(Replica::mention));
                Identities::new(&mentions)
            }
        };
        let by_resource = by_resource(steps, &identities);
        Self {
            identities,
            by_resource,
        }
    }

    /// Returns the history of a secret or key.
    pub fn history(&self, resource: &Resource) -> Option<&History> {
        self.by_resource.get(resource)
    }
}

fn by_resource(steps: &[StepRecord<'_>], identities: &Identities) -> BTreeMap<Resource, History> {
    let mut collected: BTreeMap<Resource, CollectedResource> = BTreeMap::new();
    for (number, step) in steps.iter().enumerate() {
        for (ResolvedResource { resource, reason }, transition) in step.effects(identities) {
            let change = step.change(transition);
            collected
                .entry(resource)
                .or_default()
                .add(number, reason, change);
        }
    }
    let histories = collected.into_iter();
    histories
        .map(|(resource, own)| (resource, own.into_history()))
        .collect()
}

impl CollectedResource {
    fn add(&mut self, step: usize, reason: JoinReason, change: Option<ResourceChange>) {
        self.joins.insert(reason);
        self.steps.push(step);
        self.changes.extend(change);
    }

    fn into_history(self) -> History {
        History {
            timeline: DeletionTimeline::new(self.changes),
            joins: self.joins,
            steps: self.steps,
        }
    }
}

impl<'a> StepRecord<'a> {
    fn mention(&self) -> Option<Mention<'a>> {
        let kind = ResourceKind::from_event_source(self.event_source)?;
        Some(Mention {
            kind,
            home: Home::new(self.account, self.region),
            at: self.at,
            names: self.names,
            existence: self.existence(),
        })
    }

    fn existence(&self) -> Exists {
        match (self.is_refused, self.step) {
            (true, _) => Exists::Unproven,
            (false, Step::Created) => Exists::Created,
            (
                false,
                Step::Scheduled
                | Step::Restored
                | Step::DeletionStarted
                | Step::Deleted
                | Step::ReplicasDeleted
                | Step::Disabled
                | Step::Enabled
                | Step::MaterialDeleted,
            ) => Exists::Yes,
        }
    }

    /// Returns the secrets and keys that the step changes: the one that it names, and the replicas
    /// that it deletes.
    fn effects(&self, identities: &Identities) -> Vec<(ResolvedResource, Transition)> {
        let Some(named) = self.named(identities) else {
            return Vec::new();
        };
        let regions = self.names.deleted_replicas.iter();
        let mut effects: Vec<(ResolvedResource, Transition)> = regions
            .map(|region| (replica(&named, region), Transition::Forced))
            .collect();
        effects.push((named, self.transition()));
        effects
    }

    /// Returns the secret or key that the step names, unless it was refused.
    fn named(&self, identities: &Identities) -> Option<ResolvedResource> {
        let mention = self.mention().filter(|_| !self.is_refused);
        identities.resolve_names(&mention?)
    }

    fn transition(&self) -> Transition {
        let at = self.at.unwrap_or(Timestamp::UNIX_EPOCH);
        Transition::from_step(self.step, self.event_name, self.deletion, at)
    }

    /// Returns the change; `None` if the record has no time, so that its order is not known.
    fn change(&self, transition: Transition) -> Option<ResourceChange> {
        Some(ResourceChange {
            at: self.at?,
            transition,
            event_id: self.event_id.map(Arc::from),
        })
    }
}

/// A replica when it was deleted. No record gives its ARN.
struct Replica {
    resource: Resource,
    names: Names,
    at: Option<Timestamp>,
}

impl Replica {
    fn mention(&self) -> Mention<'_> {
        Mention {
            kind: self.resource.kind,
            home: self.resource.home.clone(),
            at: self.at,
            names: &self.names,
            existence: Exists::Yes,
        }
    }
}

/// Returns the replicas that steps delete, as far as the ARNs of their primary secrets are known.
fn deleted_replicas(steps: &[StepRecord<'_>], identities: &Identities) -> Vec<Replica> {
    let mut replicas = Vec::new();
    let deletes = |step: &&StepRecord<'_>| !step.names.deleted_replicas.is_empty();
    for step in steps.iter().filter(deletes) {
        let primary = step.named(identities);
        let Some(primary) = primary.filter(|named| named.resource.id.starts_with("arn:")) else {
            continue;
        };
        for region in &step.names.deleted_replicas {
            let resource = primary.resource.replica(region);
            let names = Names::of_replica(&resource.id);
            let at = step.at;
            replicas.push(Replica {
                resource,
                names,
                at,
            });
        }
    }
    replicas
}

fn replica(named: &ResolvedResource, region: &str) -> ResolvedResource {
    ResolvedResource {
        resource: named.resource.replica(region),
        reason: JoinReason::Replica,
    }
}
