//! The things that seem to be missing, in words.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Coverage;
use super::place::{AbsentDays, PlaceCoverage};
use super::silence::{is_unusual, is_unusual_of_copy};
use crate::findings::Activity;
use crate::language::{Argument, Message};
use crate::report::Report;
use crate::time::hours::{HourSet, start_of_hour};

/// The number of warnings of one kind that are given. The coverage of each account and region
/// contains the rest.
const WARNING_LIMIT: usize = 10;

/// The number of accounts and regions, or of ranges of days, that one warning names.
const NAME_LIMIT: usize = 4;

/// Returns what seems to be missing.
pub(super) fn warnings(
    report: &Report,
    coverage: &Coverage<'_>,
    places: &[PlaceCoverage],
) -> Vec<Message> {
    let mut warnings = excluded_kinds(report);
    // Only a requested range says which days should be there.
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
fn excluded_kinds(report: &Report) -> Vec<Message> {
    let Activity { kms, reads } = report.scan.activity;
    let records = report.scan.records.selected + report.scan.records.unmatched;
    let mut warnings = Vec::new();
    // Without any record, those of KMS are missing for no other reason.
    if records + report.scan.duplicates == 0 {
        return warnings;
    }
    if kms == 0 {
        warnings.push(Message::new("coverage-without-kms"));
    }
    if reads == 0 {
        warnings.push(Message::new("coverage-without-reads"));
    }
    warnings
}

/// Returns the requested days that are absent. Places that lack the same days share a warning.
fn absent_days(places: &[PlaceCoverage]) -> Vec<Message> {
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

fn absence(days: u64, absent: &[AbsentDays], names: &[String]) -> Message {
    let places = names.iter().map(|name| Argument::from(&**name));
    let ranges = absent.iter().map(|days| Argument::from(days.message()));
    Message::new("coverage-absent-days")
        .with("absent", count(absent).unsigned_abs())
        .with("days", days)
        .with("places", listed(places.collect()))
        .with("ranges", listed(ranges.collect()))
}

fn count(absent: &[AbsentDays]) -> i64 {
    let days = absent.iter().map(|days| {
        let between = days.last.since(days.first);
        i64::from(between.map_or(0, |span| span.get_days())) + 1
    });
    days.sum()
}

fn unplaced(coverage: &Coverage<'_>) -> Option<Message> {
    let is_empty = coverage.places.is_empty() && !coverage.events.is_empty();
    is_empty.then(|| Message::new("coverage-without-places"))
}

/// Returns the requested accounts and regions of which nothing was found.
fn unknown_names(report: &Report) -> Vec<Message> {
    let scan = &report.scan;
    let mut accounts: BTreeSet<&str> = scan.accounts.iter().map(String::as_str).collect();
    let mut regions: BTreeSet<&str> = scan.regions.iter().map(String::as_str).collect();
    for (group, _) in report.days.groups() {
        if !group.status.is_skipped() {
            accounts.extend(group.account.as_deref());
            regions.extend(group.region.as_deref());
        }
    }
    let mut warnings = unknown(
        &scan.requested_accounts,
        &accounts,
        "coverage-unknown-account",
    );
    warnings.extend(unknown(
        &scan.requested_regions,
        &regions,
        "coverage-unknown-region",
    ));
    warnings
}

fn unknown(requested: &BTreeSet<String>, found: &BTreeSet<&str>, id: &'static str) -> Vec<Message> {
    let requested = requested.iter();
    let unknown = requested.filter(|name| !found.contains(name.as_str()));
    unknown
        .map(|name| Message::new(id).with("name", &**name))
        .collect()
}

/// Returns the accounts whose objects begin late or end early.
fn outlying_accounts(coverage: &Coverage<'_>) -> Vec<Message> {
    let mut accounts: BTreeMap<&str, HourSet> = BTreeMap::new();
    for (account, roots) in &coverage.roots {
        let hours = accounts.entry(account).or_default();
        roots.values().for_each(|root| hours.merge(root));
    }
    outlying(&accounts, is_unusual, |account| {
        Message::new("coverage-account").with("account", account)
    })
}

/// Returns the trails or copies whose objects begin late or end early.
fn outlying_roots(coverage: &Coverage<'_>) -> Vec<Message> {
    let mut warnings = Vec::new();
    for (account, roots) in &coverage.roots {
        warnings.extend(outlying(roots, is_unusual_of_copy, |root| {
            let name = Message::new("coverage-root").with("account", *account);
            name.with("root", root)
        }));
    }
    warnings
}

/// Returns those sets of hours that begin late or end early, compared with all.
fn outlying(
    sets: &BTreeMap<&str, HourSet>,
    is_unusual: fn(&HourSet, i64) -> bool,
    name: impl Fn(&str) -> Message,
) -> Vec<Message> {
    let mut all = HourSet::default();
    sets.values().for_each(|hours| all.merge(hours));
    let mut warnings = Vec::new();
    for (key, hours) in sets {
        if let Some((own, whole)) = hours.bounds().zip(all.bounds())
            && (is_unusual(hours, own.0 - whole.0) || is_unusual(hours, whole.1 - own.1))
        {
            warnings.push(outlier(name(key), own, whole));
        }
    }
    warnings
}

fn outlier(name: Message, own: (i64, i64), whole: (i64, i64)) -> Message {
    Message::new("coverage-outlier")
        .with("name", name)
        .with("first", start_of_hour(own.0))
        .with("last", start_of_hour(own.1))
        .with("begin", start_of_hour(whole.0))
        .with("end", start_of_hour(whole.1))
}

/// Returns the regions that have no object any more while others go on.
fn silent_regions(coverage: &Coverage<'_>, places: &[PlaceCoverage]) -> Vec<Message> {
    let mut warnings = Vec::new();
    for place in places {
        let end = coverage.end_of_account(&place.account);
        if let (Some(since), Some(end)) = (&place.silent_since, end) {
            let warning = Message::new("coverage-silent-region").with("place", place.name());
            let warning = warning.with("since", *since);
            warnings.push(warning.with("until", start_of_hour(end)));
        }
    }
    warnings
}

/// Returns since when records of KMS and of read-only calls are missing.
fn silent_calls(places: &[PlaceCoverage]) -> Vec<Message> {
    let mut warnings = Vec::new();
    for place in places {
        let kinds = [
            (&place.without_kms_since, "coverage-no-kms-since"),
            (&place.without_reads_since, "coverage-no-reads-since"),
        ];
        for (since, id) in kinds {
            warnings.extend(since.map(|since| silent_call(place, since, id)));
        }
    }
    warnings
}

fn silent_call(place: &PlaceCoverage, since: Timestamp, id: &'static str) -> Message {
    let message = match place.name() {
        name if name.is_empty() => {
            Message::new(id).with("place", Message::new("coverage-the-archive"))
        }
        name => Message::new(id).with("place", name),
    };
    message.with("since", since)
}

/// Returns values as a list, the first few of them.
fn listed(mut parts: Vec<Argument>) -> Argument {
    let hidden = parts.len().saturating_sub(NAME_LIMIT);
    parts.truncate(NAME_LIMIT);
    let separator = ", ";
    let shown = Argument::Joined { separator, parts };
    match hidden {
        0 => shown,
        _ => {
            let list = Message::new("list-cut").with("names", shown);
            list.with("count", hidden).into()
        }
    }
}

/// Returns the first warnings of one kind, and the number of the others.
fn limited(mut warnings: Vec<Message>) -> Vec<Message> {
    let hidden = warnings.len().saturating_sub(WARNING_LIMIT);
    if hidden > 0 {
        warnings.truncate(WARNING_LIMIT);
        warnings.push(Message::new("coverage-more").with("count", hidden));
    }
    warnings
}
