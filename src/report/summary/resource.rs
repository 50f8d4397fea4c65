//! One secret or key in the summary that is narrowed to it.

use serde::Serialize;

use super::answer::kind_id;
use super::{StoryEventSummary, text};
use crate::report::resource::{ResourceReport, ResourceUser, UsePeriod};
use crate::report::story::StoryEvent;
use crate::report::{LifecycleEvent, Report};

/// One secret or key, with everyone who used it.
#[derive(Clone, Debug, Serialize)]
pub struct ResourceSummary {
    /// The kind of thing: `secret`, `key` and others.
    pub kind: &'static str,
    /// The identifier of the noun of the kind.
    #[serde(skip)]
    pub kind_id: &'static str,
    /// Its short name.
    pub name: String,
    /// Its account.
    pub account: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// Its ARN, or its name as written.
    pub resource: String,
    /// The steps in its life, in chronological order.
    pub steps: Vec<StepSummary>,
    /// Everyone who used it or tried to, in the order of their first calls.
    pub users: Vec<UserSummary>,
}

/// A step in the life of a secret or key.
#[derive(Clone, Debug, Serialize)]
pub struct StepSummary {
    /// The name of the step.
    pub step: &'static str,
    /// The event with which it was taken.
    #[serde(flatten)]
    pub event: StoryEventSummary,
}

/// The calls of one principal from one address with one program.
#[derive(Clone, Debug, Serialize)]
pub struct UserSummary {
    /// The accountable identity.
    pub principal: Option<String>,
    /// The address of the caller.
    pub source_ip_address: Option<String>,
    /// The program of the caller.
    pub user_agent: Option<String>,
    /// The calls before the deletion was scheduled, or as far as the archive shows.
    pub before: Option<UsePeriodSummary>,
    /// The calls while it was pending deletion.
    pub during: Option<UsePeriodSummary>,
    /// The calls after it was deleted or restored.
    pub after: Option<UsePeriodSummary>,
}

/// Calls, counted.
#[derive(Clone, Debug, Serialize)]
pub struct UsePeriodSummary {
    /// The first call.
    pub first: Option<String>,
    /// The last call.
    pub last: Option<String>,
    /// The number of calls.
    pub calls: u64,
    /// The number of those that were refused.
    pub refused: u64,
}

impl ResourceSummary {
    pub(super) fn new(report: &Report, own: &ResourceReport) -> Self {
        let resource = &own.resource;
        let steps = own
            .steps
            .iter()
            .filter_map(|number| report.lifecycle.get(*number));
        Self {
            kind: resource.kind.noun(),
            kind_id: kind_id(resource.kind),
            name: resource.name().to_owned(),
            account: resource.home.account.clone(),
            region: resource.home.region.clone(),
            resource: resource.id.clone(),
            steps: steps.map(StepSummary::new).collect(),
            users: own.users.iter().map(UserSummary::new).collect(),
        }
    }
}

impl StepSummary {
    fn new(found: &LifecycleEvent) -> Self {
        Self {
            step: found.step.name(),
            event: StoryEventSummary::new(&StoryEvent::from_step(found)),
        }
    }
}

impl UserSummary {
    fn new(user: &ResourceUser) -> Self {
        Self {
            principal: user.principal.clone(),
            source_ip_address: user.source_ip_address.clone(),
            user_agent: user.user_agent.clone(),
            before: UsePeriodSummary::new(user.before),
            during: UsePeriodSummary::new(user.during),
            after: UsePeriodSummary::new(user.after),
        }
    }
}

impl UsePeriodSummary {
    fn new(period: UsePeriod) -> Option<Self> {
        let UsePeriod { calls, refused } = period;
        (calls.count > 0).then(|| Self {
            first: text(calls.first),
            last: text(calls.last),
            calls: calls.count,
            refused,
        })
    }
}
