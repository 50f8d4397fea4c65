//! The answer of an audit in one sentence: does anyone still need what is scheduled for deletion?

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::restoration::Restoration;
use crate::cloudtrail::lifecycle::{Resource, ResourceKind};
use crate::cloudtrail::usage::UseOutcome;
use crate::language::Message;
use crate::report::coverage::CoverageSummary;
use crate::report::integrity::Outcome;
use crate::report::story::{Story, Verdict};
use crate::report::{Attempt, ObjectStatus, Report};
use crate::text::shortened;

/// The most characters of a name that the sentence mentions.
const NAME_LIMIT: usize = 120;

/// The answer of an audit, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The answer, as far as the archive was read.
    pub verdict: Requests,
    /// The strongest reason to doubt it.
    pub doubt: Option<Doubt>,
}

/// The requests for secrets and keys whose deletion was scheduled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requests {
    /// No record is in the selection.
    NoRecords,
    /// The archive shows no deletion, and no request that was refused because of one.
    NoDeletion,
    /// Secrets and keys were scheduled for deletion, and nobody requested them.
    Unneeded(Things),
    /// Calls were refused because of a deletion, and their records do not name the secret or key.
    Unnamed {
        /// The number of the calls.
        attempts: u64,
        /// The common kind of what they requested, if there is one.
        kind: Option<ResourceKind>,
    },
    /// Secrets and keys were requested after their deletion was scheduled.
    Needed {
        /// The number of them.
        things: Things,
        /// The number of those that can still be restored.
        restorable: u64,
        /// The most urgent of them.
        most_urgent: Urgent,
    },
}

/// A number of secrets, keys and certificate authorities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Things {
    /// The number of all.
    pub count: u64,
    /// The common kind, if there is one.
    pub kind: Option<ResourceKind>,
}

/// The secret or key that needs attention first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Urgent {
    /// The kind.
    pub kind: ResourceKind,
    /// Its short name.
    pub name: String,
    /// The end of its story.
    pub fate: Fate,
}

/// The end of the story of a secret or key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It can be restored until this time, if it is known.
    Restorable(Option<Timestamp>),
    /// Its window ended at this time, and the archive does not show its deletion.
    WindowEnded(Timestamp),
    /// It was deleted.
    Deleted,
    /// It was restored.
    Restored,
    /// The archive does not show it.
    Unknown,
}

/// A reason to doubt an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The archive is not as CloudTrail delivered it.
    NotAsDelivered,
    /// This number of objects could not be read in full.
    UnreadObjects(u64),
    /// There are this number of problems beside.
    Problems(u64),
    /// This number of uses was left out.
    OmittedUses(u64),
    /// There is no object for this number of days.
    MissingDays(u64),
}

impl Answer {
    /// Returns the answer that stories give, of which the most urgent come first.
    pub(super) fn new(report: &Report, stories: Vec<&Story>, coverage: &CoverageSummary) -> Self {
        Self {
            verdict: Requests::new(report, stories),
            doubt: Doubt::strongest(report, coverage),
        }
    }

    /// Returns whether nothing needs attention.
    pub fn is_quiet(&self) -> bool {
        let is_quiet = matches!(self.verdict, Requests::NoDeletion | Requests::Unneeded(_));
        is_quiet && self.doubt.is_none()
    }

    /// Returns the sentence.
    pub fn message(&self) -> Message {
        let verdict = self.verdict.message();
        let Some(doubt) = self.doubt else {
            return Message::new("answer-certain").with("verdict", verdict);
        };
        Message::new("answer-doubted")
            .with("verdict", verdict)
            .with("doubt", doubt.message())
            .with("consequence", self.consequence())
    }

    fn consequence(&self) -> Message {
        Message::new(match self.verdict {
            Requests::Needed { .. } | Requests::Unnamed { .. } => "answer-may-be-more",
            _ => "answer-not-proven",
        })
    }
}

/// An answer is the sentence in English, as all that programs read.
impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.message())
    }
}

impl Report {
    /// Returns true if a secret or key was requested while it was pending deletion or after it, as
    /// the answer says.
    pub fn has_requests(&self) -> bool {
        let requests = Requests::new(self, self.stories.iter().collect());
        matches!(requests, Requests::Needed { .. } | Requests::Unnamed { .. })
    }
}

impl Requests {
    fn new(report: &Report, stories: Vec<&Story>) -> Self {
        let (needed, quiet): (Vec<&Story>, Vec<&Story>) =
            stories.into_iter().partition(|story| is_needed(story));
        if let Some(most_urgent) = needed.first() {
            return Self::Needed {
                things: Things::new(needed.iter().copied()),
                restorable: Things::new(needed.iter().copied().filter(is_restorable)).count,
                most_urgent: Urgent::new(most_urgent),
            };
        }
        // Anything in the archive may be what they requested, so nothing is known to be unneeded.
        if let Some(unnamed) = Self::unnamed(&report.attempts) {
            return unnamed;
        }
        let records = &report.scan.records;
        if quiet.is_empty() && records.selected + records.unmatched == 0 {
            return Self::NoRecords;
        }
        match Things::new(quiet.into_iter()) {
            Things { count: 0, .. } => Self::NoDeletion,
            things => Self::Unneeded(things),
        }
    }

    /// Returns the attempts that name no secret or key; `None` if there are none.
    fn unnamed(attempts: &[Attempt]) -> Option<Self> {
        let mut unnamed: Vec<&Attempt> = attempts.iter().filter(|own| is_unnamed(own)).collect();
        // Several rules may select an event, one after another.
        unnamed.dedup_by(|later, earlier| later.event == earlier.event);
        let kinds: BTreeSet<Option<ResourceKind>> = unnamed.iter().map(|own| kind(own)).collect();
        let first = kinds.first()?;
        Some(Self::Unnamed {
            attempts: unnamed.len() as u64,
            kind: first.filter(|_| kinds.len() == 1),
        })
    }

    fn message(&self) -> Message {
        match self {
            Self::NoRecords => Message::new("answer-no-records"),
            Self::NoDeletion => Message::new("answer-no-deletion"),
            Self::Unneeded(things) => things.message("answer-unneeded"),
            Self::Unnamed { attempts, kind } => Message::new("answer-unnamed")
                .with("count", *attempts)
                .with(
                    "kind",
                    Message::new(kind.map_or("kind-secret-or-key", kind_id)),
                ),
            Self::Needed {
                things,
                restorable: 0,
                most_urgent,
            } => most_urgent.add_to(things.message("answer-needed")),
            Self::Needed {
                things,
                restorable,
                most_urgent,
            } => {
                let message = things.message("answer-needed-restorable");
                most_urgent.add_to(message.with("restorable", *restorable))
            }
        }
    }
}

/// Returns true if an attempt was refused because of a deletion, and its record does not name the
/// secret or key.
fn is_unnamed(attempt: &Attempt) -> bool {
    attempt.resolution.is_none() && attempt.outcome() == UseOutcome::PendingDeletion
}

fn kind(attempt: &Attempt) -> Option<ResourceKind> {
    ResourceKind::from_event_source(attempt.event.text("event_source")?)
}

fn is_needed(story: &Story) -> bool {
    !story.verdict.is_quiet()
}

fn is_restorable(story: &&Story) -> bool {
    Restoration::from_story(story).is_possible()
}

impl Things {
    fn new<'a>(stories: impl Iterator<Item = &'a Story>) -> Self {
        let resources: BTreeSet<&Resource> = stories.map(|story| &story.resource).collect();
        let mut kinds: BTreeMap<ResourceKind, u64> = BTreeMap::new();
        for resource in &resources {
            *kinds.entry(resource.kind).or_default() += 1;
        }
        let kind = kinds.first_key_value().map(|(kind, _)| *kind);
        Self {
            count: resources.len() as u64,
            kind: kind.filter(|_| kinds.len() == 1),
        }
    }

    /// Returns the message with the number, and the number with its noun.
    fn message(self, id: &'static str) -> Message {
        let noun = match self.kind {
            Some(ResourceKind::Secret) => "answer-secrets",
            Some(ResourceKind::Key) => "answer-keys",
            Some(ResourceKind::CertificateAuthority) => "answer-authorities",
            Some(ResourceKind::PaymentKey) => "answer-payment-keys",
            None => "answer-secrets-and-keys",
        };
        let things = Message::new(noun).with("count", self.count);
        let message = Message::new(id).with("count", self.count);
        message.with("things", things)
    }
}

impl Urgent {
    fn new(story: &Story) -> Self {
        Self {
            kind: story.resource.kind,
            name: shortened(story.resource.name(), NAME_LIMIT),
            fate: Fate::new(story.verdict),
        }
    }

    fn add_to(&self, message: Message) -> Message {
        message
            .with("kind", Message::new(kind_id(self.kind)))
            .with("name", &*self.name)
            .with("fate", self.fate.message())
    }
}

/// Returns the identifier of the noun of a kind.
pub fn kind_id(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Secret => "kind-secret",
        ResourceKind::Key => "kind-key",
        ResourceKind::CertificateAuthority => "kind-certificate-authority",
        ResourceKind::PaymentKey => "kind-payment-key",
    }
}

impl Fate {
    fn new(verdict: Verdict) -> Self {
        match verdict {
            Verdict::PendingInUse { until, .. } | Verdict::Pending { until } => {
                Self::Restorable(until)
            }
            Verdict::AwaitsReplicas { .. } => Self::Restorable(None),
            Verdict::WindowEnded { until, .. } => Self::WindowEnded(until),
            Verdict::DeletedInUse { .. }
            | Verdict::Deleted
            | Verdict::Forced { .. }
            | Verdict::ReplicaDeleted { .. } => Self::Deleted,
            Verdict::RestoredInUse { .. } | Verdict::Restored { .. } => Self::Restored,
            Verdict::Unscheduled { .. } | Verdict::EndMissing { .. } => Self::Unknown,
        }
    }

    fn message(self) -> Message {
        match self {
            Self::Restorable(Some(until)) => {
                Message::new("fate-restorable-until").with("until", until)
            }
            Self::Restorable(None) => Message::new("fate-restorable"),
            Self::WindowEnded(until) => Message::new("fate-window-ended").with("until", until),
            Self::Deleted => Message::new("fate-deleted"),
            Self::Restored => Message::new("fate-restored"),
            Self::Unknown => Message::new("fate-unknown"),
        }
    }
}

impl Doubt {
    fn strongest(report: &Report, coverage: &CoverageSummary) -> Option<Self> {
        let integrity = report.integrity.as_ref();
        if integrity.is_some_and(|integrity| integrity.summary().outcome == Outcome::Wrong) {
            return Some(Self::NotAsDelivered);
        }
        let doubts = [
            Self::UnreadObjects(report.days.count(ObjectStatus::is_failed)),
            Self::Problems(report.problems.len() as u64),
            Self::OmittedUses(report.uses.omitted()),
            Self::MissingDays(coverage.days_without_object),
        ];
        doubts.into_iter().find(|doubt| doubt.count() > 0)
    }

    fn count(self) -> u64 {
        match self {
            Self::NotAsDelivered => 1,
            Self::UnreadObjects(count)
            | Self::Problems(count)
            | Self::OmittedUses(count)
            | Self::MissingDays(count) => count,
        }
    }

    fn message(self) -> Message {
        let id = match self {
            Self::NotAsDelivered => "doubt-not-as-delivered",
            Self::UnreadObjects(_) => "doubt-unread-objects",
            Self::Problems(_) => "doubt-problems",
            Self::OmittedUses(_) => "doubt-omitted-uses",
            Self::MissingDays(_) => "doubt-missing-days",
        };
        Message::new(id).with("count", self.count())
    }
}
