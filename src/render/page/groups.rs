//! The tables of principals and of sources: all attempts, in groups.

use std::collections::{BTreeMap, BTreeSet};

use super::input::PageInput;
use super::made::{MadeTable, target};
use super::table::{PageCell, PageTable, ROW_LIMIT};
use crate::language::Words;
use crate::report::Attempt;
use crate::time::period::TimeSpan;

/// The attempts of a group.
#[derive(Default)]
struct GroupedAttempts<'a> {
    attempts: u64,
    /// The secrets, keys or other things that they were about.
    targets: BTreeSet<&'a str>,
    /// The principals, or the addresses, of them.
    others: BTreeSet<&'a str>,
    times: TimeSpan,
}

/// Returns who attempted, those with most attempts first.
pub(super) fn principal_table(input: &PageInput<'_>) -> MadeTable {
    let columns = [
        "page-column-principal",
        "page-column-attempts",
        "page-column-targets",
        "page-column-sources",
        "page-column-first",
        "page-column-last",
    ];
    let groups = groups(input, |attempt| {
        let evidence = &attempt.event.evidence;
        (
            evidence.text("principal"),
            evidence.text("source_ip_address"),
        )
    });
    let caption = input.text("page-principals-caption");
    let mut table = PageTable::new("principals", caption, &columns, input.words).searchable();
    for (principal, group) in groups.iter().take(ROW_LIMIT) {
        let mut row = vec![named(*principal, input.words)];
        row.extend(group.cells(input.words));
        table.add(row);
    }
    table.note_cut(groups.len(), input.file("attempts"), input.words);
    MadeTable {
        id: "principals",
        heading: "page-principals",
        table,
        total: groups.len(),
    }
}

/// Returns from where and with what, those with most attempts first.
pub(super) fn source_table(input: &PageInput<'_>) -> MadeTable {
    let columns = [
        "page-column-source",
        "page-column-user-agent",
        "page-column-attempts",
        "page-column-targets",
        "page-column-principals",
        "page-column-first",
        "page-column-last",
    ];
    let groups = groups(input, |attempt| {
        let evidence = &attempt.event.evidence;
        let source = evidence.text("source_ip_address");
        (
            [source, evidence.text("user_agent")],
            evidence.text("principal"),
        )
    });
    let caption = input.words.text("page-sources-caption");
    let mut table = PageTable::new("sources", caption, &columns, input.words).searchable();
    for ([source, program], group) in groups.iter().take(ROW_LIMIT) {
        let mut row = vec![named(*source, input.words), PageCell::code(*program)];
        row.extend(group.cells(input.words));
        table.add(row);
    }
    table.note_cut(groups.len(), input.file("attempts"), input.words);
    MadeTable {
        id: "sources",
        heading: "page-sources",
        table,
        total: groups.len(),
    }
}

/// Groups all attempts by a key, the largest group first. The other text of an attempt is counted
/// within its group.
fn groups<'a, K: Ord>(
    input: &PageInput<'a>,
    key_and_other: impl Fn(&'a Attempt) -> (K, Option<&'a str>),
) -> Vec<(K, GroupedAttempts<'a>)> {
    let mut groups: BTreeMap<K, GroupedAttempts<'a>> = BTreeMap::new();
    for attempt in &input.report.attempts {
        let (key, other) = key_and_other(attempt);
        groups.entry(key).or_default().add(attempt, other);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    // The sort is stable, so groups of the same size stay in the order of their names.
    groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.attempts));
    groups
}

impl<'a> GroupedAttempts<'a> {
    fn add(&mut self, attempt: &'a Attempt, other: Option<&'a str>) {
        self.attempts += 1;
        self.targets.extend(target(attempt));
        self.others.extend(other);
        if let Some(time) = attempt.event.event_time {
            self.times.include(time);
        }
    }

    fn cells(&self, words: &Words) -> [PageCell; 5] {
        [
            PageCell::count(self.attempts, words),
            PageCell::count(self.targets.len() as u64, words),
            PageCell::count(self.others.len() as u64, words),
            PageCell::time(self.times.first()),
            PageCell::time(self.times.last()),
        ]
    }
}

fn named(name: Option<&str>, words: &Words) -> PageCell {
    match name {
        Some(name) => PageCell::code(Some(name)),
        None => PageCell::text(words.text("page-not-named")),
    }
}
