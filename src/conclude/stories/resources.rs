//! The secrets and keys that a name means, each with everyone who used it.

use std::collections::{BTreeMap, BTreeSet};

use super::callers::who;
use super::classified::is_of_story;
use super::episodes::DeletionEpisode;
use super::resolve::{histories, phase, resolve_uses};
use crate::cloudtrail::lifecycle::{Histories, Phase, Resource};
use crate::cloudtrail::usage::UseOutcome;
use crate::findings::Use;
use crate::report::Report;
use crate::report::resource::{AddedUse, ResourceReport, ResourceUsers};
use crate::report::story::{Calls, StoryCaller};
use crate::text::{joined, printable};

/// The number of names that an error suggests.
const SUGGESTED: usize = 3;

/// The least similarity of a name that is suggested; 1 means equal.
const LEAST_SIMILARITY: f64 = 0.4;

/// A name that no secret or key has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no secret or key in the archive is named `{}` or has that in its name or ARN{}",
    printable(name),
    hint(similar)
)]
pub struct UnknownResource {
    name: String,
    similar: Vec<String>,
}

fn hint(similar: &[String]) -> String {
    let names = similar.iter().map(|name| format!("`{}`", printable(name)));
    match similar {
        [] => String::new(),
        _ => format!("; did you mean {}?", joined(names, ", ")),
    }
}

/// Returns the secrets and keys that are named so, or else those that have the text in their name
/// or ARN.
///
/// # Errors
///
/// Returns an error if there is none.
pub fn resources_named(
    report: &Report,
    name: &str,
) -> Result<Vec<ResourceReport>, UnknownResource> {
    let histories = histories(report);
    let used = used_resources(report, &histories);
    let all = all_resources(report, &histories, &used);
    let matching = matching(&all, name);
    if matching.is_empty() {
        let similar = most_similar(&all, name);
        let name = name.to_owned();
        return Err(UnknownResource { name, similar });
    }
    let maker = ResourceReportMaker {
        report,
        histories: &histories,
        used: &used,
    };
    let reports = matching.into_iter();
    Ok(reports.map(|resource| maker.report(resource)).collect())
}

/// The uses of secrets and keys, by each of them.
type UsesByResource<'a> = BTreeMap<Resource, Vec<Use<'a>>>;

fn used_resources<'a>(report: &'a Report, histories: &Histories) -> UsesByResource<'a> {
    let mut used: UsesByResource<'a> = BTreeMap::new();
    for (one, resolved) in resolve_uses(&report.uses, histories) {
        used.entry(resolved.resource).or_default().push(one);
    }
    used
}

fn all_resources<'r>(
    report: &'r Report,
    histories: &'r Histories,
    used: &'r UsesByResource<'_>,
) -> BTreeSet<&'r Resource> {
    let stories = report.stories.iter().map(|story| &story.resource);
    let with_steps = histories.by_resource.keys();
    stories.chain(with_steps).chain(used.keys()).collect()
}

/// Returns the resources with this name or ARN, or else those of which it is a part.
fn matching<'r>(all: &BTreeSet<&'r Resource>, name: &str) -> Vec<&'r Resource> {
    let is_exact = |resource: &&&Resource| resource.id == name || resource.name() == name;
    let exact: Vec<&Resource> = all.iter().filter(is_exact).copied().collect();
    if !exact.is_empty() {
        return exact;
    }
    // Nobody who looks for a part of a name knows its case.
    let part = name.to_lowercase();
    let has_part = |resource: &&&Resource| resource.id.to_lowercase().contains(&part);
    all.iter().filter(has_part).copied().collect()
}

/// Returns the names that are most like one, the most alike first.
fn most_similar(all: &BTreeSet<&Resource>, name: &str) -> Vec<String> {
    let names: BTreeSet<&str> = all.iter().map(|resource| resource.name()).collect();
    let mut similar: Vec<(f64, &str)> = Vec::new();
    for known in names {
        let similarity = strsim::normalized_damerau_levenshtein(name, known);
        if similarity >= LEAST_SIMILARITY {
            similar.push((similarity, known));
        }
    }
    similar.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    similar.truncate(SUGGESTED);
    similar
        .into_iter()
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// Makes the reports of secrets and keys.
struct ResourceReportMaker<'a> {
    report: &'a Report,
    histories: &'a Histories,
    used: &'a UsesByResource<'a>,
}

impl<'a> ResourceReportMaker<'a> {
    fn report(&self, resource: &Resource) -> ResourceReport {
        let mut users = ResourceUsers::default();
        self.add_callers(resource, &mut users);
        self.add_uses(resource, &mut users);
        let history = self.histories.history(resource);
        ResourceReport {
            resource: resource.clone(),
            steps: history.map_or_else(Vec::new, |history| history.steps.clone()),
            users: users.into_users(),
        }
    }

    /// Adds the callers of its stories, which are attempts and those refused uses that are not.
    fn add_callers(&self, resource: &Resource, users: &mut ResourceUsers<'a>) {
        let stories = self.report.stories.iter();
        let stories = stories.filter(|story| story.resource == *resource);
        let callers = stories.flat_map(|story| &story.callers);
        // Good uses are added with all others.
        for caller in callers.filter(|caller| caller.outcome != UseOutcome::Succeeded) {
            users.add(&added_caller(caller));
        }
    }

    /// Adds its uses, but for those that a story has.
    fn add_uses(&self, resource: &Resource, users: &mut ResourceUsers<'a>) {
        let history = self.histories.history(resource);
        let episodes =
            history.map_or_else(Vec::new, |history| DeletionEpisode::all(&history.timeline));
        for used in self.used.get(resource).into_iter().flatten() {
            let phase = phase(self.histories, resource, used.last, used.outcome);
            let is_over = DeletionEpisode::is_window_over(&episodes, used.last);
            if !is_of_story(used.outcome, phase, is_over) {
                users.add(&added_use(used, phase));
            }
        }
    }
}

fn added_use<'a>(used: &Use<'a>, phase: Phase) -> AddedUse<'a> {
    AddedUse {
        who: who(used),
        phase,
        calls: Calls {
            first: Some(used.first),
            last: Some(used.last),
            count: used.count,
        },
        outcome: used.outcome,
    }
}

fn added_caller(caller: &StoryCaller) -> AddedUse<'_> {
    AddedUse {
        who: caller.who(),
        phase: caller.phase,
        calls: caller.calls(),
        outcome: caller.outcome,
    }
}
