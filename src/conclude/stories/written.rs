//! The ARNs that callers wrote, which help to find out which names mean the same secret.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::classified::kind;
use crate::cloudtrail::lifecycle::{Exists, Home, Mention, Names, ResourceKind};
use crate::cloudtrail::usage::UseOutcome;
use crate::findings::Use;
use crate::report::{Attempt, Report};
use crate::time::TimeSpan;

/// An ARN, the kind of thing that it names, and the account and region that received it.
type WrittenArn<'a> = (ResourceKind, [Option<&'a str>; 2], &'a str);

/// The ARNs that callers wrote, each once, with the times at which the secrets and keys existed.
#[derive(Default)]
pub(super) struct WrittenArns<'a> {
    existed: BTreeMap<WrittenArn<'a>, TimeSpan>,
}

fn written_arn(attempt: &Attempt) -> Option<WrittenArn<'_>> {
    let text = |name: &str| attempt.event.text(name);
    let kind = ResourceKind::from_event_source(text("event_source")?)?;
    let home = [text("recipient_account_id"), text("aws_region")];
    Some((kind, home, text("target")?))
}

/// An ARN that callers wrote, as the names of a record.
pub(super) struct NamedArn {
    kind: ResourceKind,
    home: Home,
    names: Names,
    existed: TimeSpan,
}

impl<'a> WrittenArns<'a> {
    /// Returns those of all uses and attempts.
    pub(super) fn new(report: &'a Report) -> Self {
        let mut written = Self::default();
        for used in report.uses.all() {
            written.add_use(&used);
        }
        for attempt in &report.attempts {
            written.add_attempt(attempt);
        }
        written
    }

    fn add_use(&mut self, used: &Use<'a>) {
        let home = [used.account, used.region];
        let arn = (kind(used.service), home, used.resource);
        self.add(arn, used.outcome, [used.first, used.last]);
    }

    fn add_attempt(&mut self, attempt: &'a Attempt) {
        if let Some(arn) = written_arn(attempt) {
            self.add(arn, attempt.outcome(), attempt.event.event_time);
        }
    }

    fn add(
        &mut self,
        arn: WrittenArn<'a>,
        outcome: UseOutcome,
        times: impl IntoIterator<Item = Timestamp>,
    ) {
        // A name alone says nothing about another.
        if !arn.2.starts_with("arn:") {
            return;
        }
        let existed = self.existed.entry(arn).or_default();
        // A denial and an error do not prove that the secret exists.
        if matches!(outcome, UseOutcome::Succeeded | UseOutcome::PendingDeletion) {
            for time in times {
                existed.include(time);
            }
        }
    }

    /// Returns each ARN as the names of a record.
    pub(super) fn named(self) -> Vec<NamedArn> {
        self.existed.into_iter().map(NamedArn::new).collect()
    }

    /// Returns the mentions of ARNs: at the first and the last time of the existence of each.
    pub(super) fn mentions(named: &[NamedArn]) -> Vec<Mention<'_>> {
        let mut mentions = Vec::with_capacity(2 * named.len());
        for arn in named {
            let (first, last) = (arn.existed.first(), arn.existed.last());
            mentions.push(arn.mention(first));
            if last != first {
                mentions.push(arn.mention(last));
            }
        }
        mentions
    }
}

impl NamedArn {
    fn new(((kind, [account, region], arn), existed): (WrittenArn<'_>, TimeSpan)) -> Self {
        Self {
            kind,
            home: Home::new(account, region),
            names: Names::from_written(arn),
            existed,
        }
    }

    fn mention(&self, at: Option<Timestamp>) -> Mention<'_> {
        Mention {
            kind: self.kind,
            home: self.home.clone(),
            at,
            names: &self.names,
            existence: existence(at),
        }
    }
}

fn existence(at: Option<Timestamp>) -> Exists {
    match at {
        Some(_) => Exists::Yes,
        None => Exists::Unproven,
    }
}
