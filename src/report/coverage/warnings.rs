//! The things that seem to be missing, in words.

use std::collections::{BTreeMap, BTreeSet};

use super::Coverage;
use super::place::{AbsentDays, PlaceCoverage};
use super::silence::{is_unusual, is_unusual_of_copy};
use crate::findings::{Activity, ObjectStatus};
use crate::report::Report;
use crate::time::hours::{HourSet, start_of_hour};

/// The number of warnings of one kind that are given. The coverage of each account and region
/// contains the rest.
const WARNING_LIMIT: usize = 10;

/// The number of accounts and regions, or of ranges of days, that one warning names.
const NAME_LIMIT: usize = 4;

const WITHOUT_KMS: &str = "there is no record of KMS at all: the trail may exclude them, or \
    nothing used a key";

const WITHOUT_READS: &str = "there is no record of a read-only call: the trail may exclude them, \
    and with them every read of a secret";

const WITHOUT_PLACES: &str = "the names of the objects contain no account, region and time of \
    delivery, so days that are absent cannot be found";

/// Returns what seems to be missing.
pub(super) fn warnings(
    report: &Report,
    coverage: &Coverage<'_>,
    places: &[PlaceCoverage],
) -> Vec<String> {
    let mut warnings = excluded_kinds(report);
    if coverage.requested.is_given() {
        warnings.extend(absent_days(places));
        warnings.extend(unplaced(coverage));
    }
    warnings.extend(unknown_names(report));
    warnings.extend(limited(outlying_accounts(coverage)));
    warnings.extend(limited(outlying_roots(coverage)));
    warnings.extend(limited(silent_regions(coverage, places)));
    warnings.extend(limited(silent_calls(places)));
    warnings
}

/// Returns the kinds of records that the trail seems to exclude.
fn excluded_kinds(report: &Report) -> Vec<String> {
    let Activity { kms, reads } = report.scan.activity;
    let records = report.scan.records.selected + report.scan.records.unmatched;
    let mut warnings = Vec::new();
    // Without any record, those of KMS are missing for no other reason.
    if records + report.scan.duplicates == 0 {
        return warnings;
    }
    if kms == 0 {
        warnings.push(WITHOUT_KMS.to_owned());
    }
    if reads == 0 {
        warnings.push(WITHOUT_READS.to_owned());
    }
    warnings
}

/// Returns the requested days that are absent. Places that lack the same days share a warning.
fn absent_days(places: &[PlaceCoverage]) -> Vec<String> {
    let mut by_days: BTreeMap<(u64, &[AbsentDays]), Vec<String>> = BTreeMap::new();
    for place in places.iter().filter(|place| place.days_without_object > 0) {
        let names = by_days.entry((place.days, &place.absent)).or_default();
        names.push(place.name());
    }
    let mut groups: Vec<_> = by_days.into_iter().collect();
    // The sort is stable, so groups that lack as many days stay in order.
    groups.sort_by_key(|((_, absent), _)| std::cmp::Reverse(count(absent)));
    let texts = groups.iter();
    limited(
        texts
            .map(|((days, absent), names)| absence(*days, absent, names))
            .collect(),
    )
}

fn absence(days: u64, absent: &[AbsentDays], names: &[String]) -> String {
    let ranges: Vec<String> = absent.iter().map(AbsentDays::text).collect();
    format!(
        "{} of {days} requested days have no object in {}: {}",
        count(absent),
        listed(names),
        listed(&ranges)
    )
}

fn count(absent: &[AbsentDays]) -> i64 {
    let days = absent.iter().map(|days| {
        let between = days.last.since(days.first);
        i64::from(between.map_or(0, |span| span.get_days())) + 1
    });
    days.sum()
}

fn unplaced(coverage: &Coverage<'_>) -> Option<String> {
    let is_empty = coverage.places.is_empty() && !coverage.events.is_empty();
    is_empty.then(|| WITHOUT_PLACES.to_owned())
}

/// Returns the requested accounts and regions of which nothing was found.
fn unknown_names(report: &Report) -> Vec<String> {
    let scan = &report.scan;
    let mut accounts: BTreeSet<&str> = scan.accounts.iter().map(String::as_str).collect();
    let mut regions: BTreeSet<&str> = scan.regions.iter().map(String::as_str).collect();
    for object in &report.objects {
        if !matches!(object.status, ObjectStatus::Skipped(_)) {
            accounts.extend(object.key.account.as_deref());
            regions.extend(object.key.region.as_deref());
        }
    }
    let mut warnings = unknown(&scan.requested_accounts, &accounts, "account");
    warnings.extend(unknown(&scan.requested_regions, &regions, "region"));
    warnings
}

fn unknown(requested: &BTreeSet<String>, found: &BTreeSet<&str>, kind: &str) -> Vec<String> {
    let requested = requested.iter();
    let unknown = requested.filter(|name| !found.contains(name.as_str()));
    unknown
        .map(|name| format!("--{kind} {name}: nothing of this {kind} was found"))
        .collect()
}

/// Returns the accounts whose objects begin late or end early.
fn outlying_accounts(coverage: &Coverage<'_>) -> Vec<String> {
    let mut accounts: BTreeMap<&str, HourSet> = BTreeMap::new();
    for (account, roots) in &coverage.roots {
        let hours = accounts.entry(account).or_default();
        roots.values().for_each(|root| hours.merge(root));
    }
    outlying(&accounts, is_unusual, |account| {
        format!("account {account}")
    })
}

/// Returns the trails or copies whose objects begin late or end early.
fn outlying_roots(coverage: &Coverage<'_>) -> Vec<String> {
    let mut warnings = Vec::new();
    for (account, roots) in &coverage.roots {
        warnings.extend(outlying(roots, is_unusual_of_copy, |root| {
            format!("account {account} in `{root}`")
        }));
    }
    warnings
}

/// Returns those sets of hours that begin late or end early, compared with all.
fn outlying(
    sets: &BTreeMap<&str, HourSet>,
    is_unusual: fn(&HourSet, i64) -> bool,
    name: impl Fn(&str) -> String,
) -> Vec<String> {
    let mut all = HourSet::default();
    sets.values().for_each(|hours| all.merge(hours));
    let mut warnings = Vec::new();
    for (key, hours) in sets {
        if let Some((own, whole)) = hours.bounds().zip(all.bounds())
            && (is_unusual(hours, own.0 - whole.0) || is_unusual(hours, whole.1 - own.1))
        {
            warnings.push(outlier(&name(key), own, whole));
        }
    }
    warnings
}

fn outlier(name: &str, own: (i64, i64), whole: (i64, i64)) -> String {
    let [first, last] = [own.0, own.1].map(start_of_hour);
    let [begin, end] = [whole.0, whole.1].map(start_of_hour);
    format!(
        "the objects of {name} are of the hours {first} to {last} only; together with others they \
         are of the hours {begin} to {end}"
    )
}

/// Returns the regions that have no object any more while others go on.
fn silent_regions(coverage: &Coverage<'_>, places: &[PlaceCoverage]) -> Vec<String> {
    let mut warnings = Vec::new();
    for place in places {
        let end = coverage.end_of_account(&place.account);
        if let (Some(since), Some(end)) = (&place.silent_since, end) {
            warnings.push(format!(
                "{} has no object after the hour of {since}, while other regions of the account go \
                 on until {}",
                place.name(),
                start_of_hour(end)
            ));
        }
    }
    warnings
}

/// Returns since when records of KMS and of read-only calls are missing.
fn silent_calls(places: &[PlaceCoverage]) -> Vec<String> {
    let mut warnings = Vec::new();
    for place in places {
        let kinds = [
            (&place.without_kms_since, "KMS"),
            (&place.without_reads_since, "a read-only call"),
        ];
        for (since, kind) in kinds {
            warnings.extend(since.as_ref().map(|since| silent_call(place, since, kind)));
        }
    }
    warnings
}

fn silent_call(place: &PlaceCoverage, since: &str, kind: &str) -> String {
    let name = match place.name() {
        name if name.is_empty() => "the archive".to_owned(),
        name => name,
    };
    format!(
        "{name} has no record of {kind} after the hour of {since}, while other records go on: the \
         trail may exclude them since then"
    )
}

/// Returns names as a list, the first few of them.
fn listed(names: &[String]) -> String {
    let shown = names.get(..NAME_LIMIT).unwrap_or(names).join(", ");
    match names.len().saturating_sub(NAME_LIMIT) {
        0 => shown,
        hidden => format!("{shown} and {hidden} more"),
    }
}

/// Returns the first warnings of one kind, and the number of the others.
fn limited(mut warnings: Vec<String>) -> Vec<String> {
    let hidden = warnings.len().saturating_sub(WARNING_LIMIT);
    if hidden > 0 {
        warnings.truncate(WARNING_LIMIT);
        warnings.push(format!(
            "… and {hidden} more of the kind; `coverage.places` in the summary has all"
        ));
    }
    warnings
}
