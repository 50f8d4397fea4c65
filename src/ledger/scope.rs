//! The scope of a ledger: what it was scanned for.
//!
//! Only what decides which records are found, and how they are counted, belongs to it. Periods,
//! thresholds and clocks are applied to what was found, and may differ each time.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::container::Limits;
use crate::integrity::Sha256;
use crate::plan::{Plan, Rule};
use crate::text::joined;
use crate::time::period::TimeRange;

/// The format of the parts. It changes when an older program could not read them any more, or would
/// read them wrongly.
pub(super) const FORMAT: u32 = 3;

/// The first format, which is read, too, as are all formats since. Its parts are in no order, and
/// do not sum up their objects. Parts of the second one have all ETags as text.
const FIRST_FORMAT: u32 = 1;

/// The generator in the plans of this program.
const GENERATOR: &str = "backtrail";

/// The scope of a ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    /// Always `backtrail`.
    generator: String,
    /// The format of the parts.
    format: u32,
    /// The version of the program that created the ledger.
    pub version: String,
    /// The hash of everything below.
    pub fingerprint: String,
    /// The rules, in the order of their names.
    pub rules: Vec<ScopeRule>,
    /// The start of the requested range.
    pub from: Option<Timestamp>,
    /// The end of the requested range.
    pub to: Option<Timestamp>,
    /// The time from which on the events are known that alarms see at the start of that range.
    pub known_from: Option<Timestamp>,
    /// The requested accounts; all when empty.
    pub accounts: BTreeSet<String>,
    /// The requested regions; all when empty.
    pub regions: BTreeSet<String>,
    /// The clock, if a filter has a default value: its samples are counted by the minute.
    pub clock: Option<String>,
    /// The limits of objects.
    limits: ScopeLimits,
}

/// A rule of a scope.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScopeRule {
    /// The name.
    pub rule: String,
    /// The filter pattern.
    pub pattern: String,
    /// The value that each match adds to the metric.
    pub(super) metric_value: String,
    /// The value that each other event adds.
    pub(super) default_value: Option<String>,
    /// The dimensions, as `name=$.field`; those of the system by their names.
    pub(super) dimensions: Vec<String>,
    /// The field selection criteria. Ledgers of filters without any keep their fingerprint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) field_selection_criteria: Option<String>,
}

/// The limits of objects.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct ScopeLimits {
    content_bytes: u64,
    ratio: u64,
    nesting: u32,
    record_bytes: u64,
    /// The limits of the whole object, if they are not the usual ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    whole: Option<WholeLimits>,
}

/// The limits of an object with everything in its archives.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct WholeLimits {
    total_bytes: u64,
    entries: u64,
    problems: u64,
}

/// The purpose for which a ledger is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To scan further objects for the same.
    Resume,
    /// To report what it holds, of all rules or some.
    Report,
    /// To take samples of the metrics, of some rules and perhaps of a shorter time.
    Samples,
}

/// The fields of a plan that identify its program and format.
#[derive(Deserialize)]
struct ScopeMarker {
    generator: String,
    format: Option<u32>,
}

impl ScopeMarker {
    fn check(&self) -> Result<(), String> {
        if self.generator != GENERATOR {
            return Err(format!("it is not of {GENERATOR}"));
        }
        match self.format {
            Some(format) if !(FIRST_FORMAT..=FORMAT).contains(&format) => Err(format!(
                "its parts have format {format}, this version of {GENERATOR} reads up to {FORMAT}; \
                 use a later version"
            )),
            _ => Ok(()),
        }
    }
}

impl ScopeLimits {
    fn new(limits: &Limits) -> Self {
        Self {
            content_bytes: limits.content_bytes,
            ratio: limits.ratio,
            nesting: limits.nesting,
            record_bytes: limits.record_bytes,
            whole: WholeLimits::if_unusual(limits),
        }
    }

    fn limits(&self) -> Limits {
        let mut limits = Limits {
            content_bytes: self.content_bytes,
            ratio: self.ratio,
            nesting: self.nesting,
            record_bytes: self.record_bytes,
            ..Limits::default()
        };
        if let Some(whole) = self.whole {
            limits.total_bytes = whole.total_bytes;
            limits.entries = whole.entries;
            limits.problems = whole.problems;
        }
        limits
    }
}

impl Scope {
    /// Returns the scope of a plan.
    ///
    /// # Errors
    ///
    /// Returns an error if two rules have the same name, or the plan cannot be written as JSON; the
    /// error is a message.
    pub fn from_plan(plan: &Plan, limits: &Limits) -> Result<Self, String> {
        let rules = scope_rules(&plan.rules)?;
        let has_defaults = rules.iter().any(|rule| rule.default_value.is_some());
        let selection = &plan.selection;
        let mut scope = Self {
            generator: GENERATOR.to_owned(),
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            fingerprint: String::new(),
            rules,
            from: selection.range.start,
            to: selection.range.end,
            known_from: plan.observed_range().start,
            accounts: selection.accounts.clone(),
            regions: selection.regions.clone(),
            clock: has_defaults.then(|| selection.clock.to_string()),
            limits: ScopeLimits::new(limits),
        };
        scope.fingerprint = scope.hash().map_err(|error| error.to_string())?;
        Ok(scope)
    }

    /// Reads a plan that [`Scope::text`] wrote.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not one, has another format, or was changed; the error is a
    /// message.
    pub fn parse(text: &str) -> Result<Self, String> {
        // Before the rest is read, of which another format may have other fields.
        let marker: ScopeMarker = serde_json::from_str(text).map_err(|error| error.to_string())?;
        marker.check()?;
        let scope: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let hash = scope.hash().map_err(|error| error.to_string())?;
        match scope.fingerprint == hash {
            true => Ok(scope),
            false => Err("it was changed: the fingerprint is not that of its content".to_owned()),
        }
    }

    /// Returns whether a plan is not complete JSON, as after a power failure.
    pub(super) fn is_cut(plan: &[u8]) -> bool {
        serde_json::from_slice::<serde::de::IgnoredAny>(plan).is_err()
    }

    /// Returns whether a plan is one of this program, in any version.
    pub(super) fn is_of_backtrail(plan: &[u8]) -> bool {
        let marker = serde_json::from_slice(plan);
        marker.is_ok_and(|marker: ScopeMarker| marker.generator == GENERATOR)
    }

    /// Returns the requested range.
    pub fn range(&self) -> TimeRange {
        TimeRange {
            start: self.from,
            end: self.to,
        }
    }

    /// Returns the limits of objects.
    pub fn limits(&self) -> Limits {
        self.limits.limits()
    }

    /// Returns the same scope for a ledger that this version of the program creates.
    #[must_use]
    pub fn of_this_version(&self) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            format: FORMAT,
            ..self.clone()
        }
    }

    /// Returns whether a ledger of this scope may hold parts of the present format.
    pub(super) fn is_of_this_format(&self) -> bool {
        self.format == FORMAT
    }

    /// Returns the plan as JSON.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be written so.
    pub fn text(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Returns the hash of everything that decides what is found.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no text to hash: scopes without one must not look alike.
    fn hash(&self) -> serde_json::Result<String> {
        // Which version of the program created a ledger does not decide what it finds.
        let bare = Self {
            fingerprint: String::new(),
            version: String::new(),
            // Nor does the format in which it is written down.
            format: FIRST_FORMAT,
            ..self.clone()
        };
        Ok(Sha256::of_bytes(bare.text()?.as_bytes()).to_string())
    }

    /// Returns a message that says why a ledger of this scope does not hold what is requested, and
    /// what to do. Returns `None` if it does.
    pub fn difference(&self, requested: &Self, purpose: Purpose) -> Option<String> {
        if self.fingerprint == requested.fingerprint {
            return None;
        }
        let difference = self.first_difference(requested, purpose);
        if purpose != Purpose::Resume {
            // Without a scan, nothing is read, and limits do not matter.
            return difference;
        }
        let difference = difference.as_deref();
        let difference = difference.unwrap_or("it was scanned with other limits");
        Some(format!(
            "{difference}. Use another folder, or discard the ledger and rescan everything with \
             --rescan"
        ))
    }

    /// Returns the first difference of anything but limits.
    fn first_difference(&self, requested: &Self, purpose: Purpose) -> Option<String> {
        self.rule_difference(requested)
            .or_else(|| self.further_rule(requested, purpose))
            .or_else(|| self.time_difference(requested, purpose))
            .or_else(|| different("accounts", &self.accounts, &requested.accounts))
            .or_else(|| different("regions", &self.regions, &requested.regions))
            .or_else(|| self.clock_difference(requested))
    }

    fn rule_difference(&self, requested: &Self) -> Option<String> {
        for rule in &requested.rules {
            match self.rules.iter().find(|own| own.rule == rule.rule) {
                None => return Some(self.without_rule(&rule.rule)),
                Some(own) if own != rule => return Some(own.difference(rule)),
                Some(_) => {}
            }
        }
        None
    }

    fn without_rule(&self, name: &str) -> String {
        let names = joined(self.rules.iter().map(|own| &own.rule), ", ");
        format!("it was scanned for {names}, and not for `{name}`")
    }

    /// Returns the difference of a rule of this scope that is not requested.
    fn further_rule(&self, requested: &Self, purpose: Purpose) -> Option<String> {
        // Further objects must be scanned for all rules, or the ledger would hold some rules of
        // some objects only.
        if purpose != Purpose::Resume {
            return None;
        }
        let is_requested = |own: &&ScopeRule| {
            let mut rules = requested.rules.iter();
            rules.any(|rule| rule.rule == own.rule)
        };
        let further = self.rules.iter().find(|own| !is_requested(own))?;
        Some(format!(
            "it was also scanned for `{}`, which is not requested now",
            further.rule
        ))
    }

    fn time_difference(&self, requested: &Self, purpose: Purpose) -> Option<String> {
        if self.has_times(requested, purpose) {
            return None;
        }
        let is_same = (self.from, self.to) == (requested.from, requested.to);
        Some(match is_same {
            true => self.start_difference(requested),
            false => self.range_difference(requested),
        })
    }

    fn start_difference(&self, requested: &Self) -> String {
        let (own, requested) = (bound(self.known_from), bound(requested.known_from));
        format!("its alarms see back to {own}, the requested ones to {requested}")
    }

    fn range_difference(&self, requested: &Self) -> String {
        let (from, to) = (bound(self.from), bound(self.to));
        let (start, end) = (bound(requested.from), bound(requested.to));
        format!("its time range is {from} to {to}; requested: {start} to {end}")
    }

    fn has_times(&self, requested: &Self, purpose: Purpose) -> bool {
        let is_same = (self.from, self.to) == (requested.from, requested.to);
        let begins_before = self.begins_before(requested.known_from);
        match purpose {
            Purpose::Resume => is_same && self.known_from == requested.known_from,
            // The numbers of records of an object belong to the whole range, so a report cannot be
            // of a shorter one. Samples have times of their own.
            Purpose::Report => is_same && begins_before,
            Purpose::Samples => begins_before && self.ends_after(requested.to),
        }
    }

    /// Returns whether events are known from a time on.
    fn begins_before(&self, start: Option<Timestamp>) -> bool {
        match (self.known_from, start) {
            (None, _) => true,
            (Some(own), start) => start.is_some_and(|start| own <= start),
        }
    }

    /// Returns whether the range of this scope ends after another one.
    fn ends_after(&self, end: Option<Timestamp>) -> bool {
        match (self.to, end) {
            (None, _) => true,
            (Some(own), end) => end.is_some_and(|end| end <= own),
        }
    }

    fn clock_difference(&self, requested: &Self) -> Option<String> {
        let requested = requested.clock.as_ref()?;
        let own = self.clock.as_ref().filter(|own| *own != requested)?;
        Some(format!("its clock: {own}; requested: {requested}"))
    }
}

/// Returns the rules in the order of their names, by which a ledger knows them.
fn scope_rules(rules: &[Rule]) -> Result<Vec<ScopeRule>, String> {
    let mut rules: Vec<ScopeRule> = rules.iter().map(ScopeRule::from_rule).collect();
    rules.sort_by(|a, b| a.rule.cmp(&b.rule));
    match rules.windows(2).find(|pair| pair[0].rule == pair[1].rule) {
        None => Ok(rules),
        Some(pair) => Err(format!(
            "two rules are named `{}`; a ledger knows rules by their names",
            pair[0].rule
        )),
    }
}

fn different(what: &str, own: &BTreeSet<String>, other: &BTreeSet<String>) -> Option<String> {
    if own == other {
        return None;
    }
    let (own, other) = (names(own), names(other));
    Some(format!("its {what}: {own}; requested: {other}"))
}

fn names(set: &BTreeSet<String>) -> String {
    match set.is_empty() {
        true => "all".to_owned(),
        false => joined(set, ", "),
    }
}

fn bound(time: Option<Timestamp>) -> String {
    time.map_or_else(|| "open".to_owned(), |time| time.to_string())
}

impl WholeLimits {
    /// Returns the limits, unless they are the usual ones: ledgers that were begun with these keep
    /// their fingerprint.
    fn if_unusual(limits: &Limits) -> Option<Self> {
        let own = Self::from_limits(limits);
        (own != Self::from_limits(&Limits::default())).then_some(own)
    }

    fn from_limits(limits: &Limits) -> Self {
        Self {
            total_bytes: limits.total_bytes,
            entries: limits.entries,
            problems: limits.problems,
        }
    }
}

impl ScopeRule {
    /// Returns a message that says how a rule of the same name differs.
    fn difference(&self, requested: &Self) -> String {
        if self.field_selection_criteria != requested.field_selection_criteria {
            return self.criteria_difference(requested);
        }
        format!(
            "its rule `{}` differs: pattern `{}`, value {}; requested are `{}`, value {}",
            self.rule, self.pattern, self.metric_value, requested.pattern, requested.metric_value
        )
    }

    fn criteria_difference(&self, requested: &Self) -> String {
        let (own, other) = (self.criteria_text(), requested.criteria_text());
        format!(
            "its rule `{}` differs: it selects {own}; requested: {other}",
            self.rule
        )
    }

    fn criteria_text(&self) -> String {
        match &self.field_selection_criteria {
            Some(criteria) => format!("events with {criteria}"),
            None => "events of every account and region".to_owned(),
        }
    }

    fn from_rule(rule: &Rule) -> Self {
        let filter = &rule.filter;
        let criteria = filter.field_selection_criteria.as_ref();
        let dimensions = filter.dimensions.iter();
        let dimensions = dimensions.map(|dimension| {
            let (name, value) = (&dimension.name, &dimension.value);
            format!("{name}={value}")
        });
        let system = filter.system_dimensions.iter();
        let system = system.map(|dimension| dimension.name().to_owned());
        Self {
            rule: rule.name.clone(),
            pattern: filter.pattern.clone(),
            metric_value: filter.metric_value.to_string(),
            default_value: filter.default_value.map(|value| value.to_string()),
            dimensions: dimensions.chain(system).collect(),
            field_selection_criteria: criteria.map(ToString::to_string),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::built_in::select;
    use crate::plan::{BuiltInRule, Job, Selection};
    use crate::time::period::{TimeRange, timestamp};

    /// Returns the scope of these built-in rules between these hours.
    fn scope(rules: &str, from: Option<i64>, to: Option<i64>) -> Scope {
        let rules = rules.split(',').flat_map(select).flatten();
        let hour = |hour: i64| timestamp(hour * 3600);
        let selection = Selection {
            range: TimeRange {
                start: from.map(hour),
                end: to.map(hour),
            },
            ..Selection::default()
        };
        let plan = Plan::new(rules.map(BuiltInRule::job).collect(), selection);
        Scope::from_plan(&plan.expect("a plan"), &Limits::default()).expect("a scope")
    }

    fn text(scope: &Scope) -> String {
        scope.text().expect("JSON")
    }

    fn hash(scope: &Scope) -> String {
        scope.hash().expect("JSON")
    }

    fn open(rules: &str) -> Scope {
        scope(rules, None, None)
    }

    #[test]
    fn a_plan_is_read_as_it_was_written() {
        let scope = open("secrets");
        assert_eq!(Scope::parse(&text(&scope)), Ok(scope.clone()));
        let changed = text(&scope).replace("marked for deletion", "deleted");
        assert!(Scope::parse(&changed).unwrap_err().contains("was changed"));
        let other = text(&scope).replace("\"format\": 3", "\"format\": 9");
        assert!(Scope::parse(&other).unwrap_err().contains("format 9"));
        let foreign = text(&scope).replace("\"backtrail\"", "\"terraform\"");
        assert!(Scope::parse(&foreign).unwrap_err().contains("not of"));
        assert!(Scope::parse("{}").is_err());
    }

    #[test]
    fn version_and_format_do_not_matter_to_the_fingerprint() {
        let mut scope = open("secrets");
        scope.version = "0.0.1".to_owned();
        scope.format = FIRST_FORMAT;
        assert_eq!(hash(&scope), scope.fingerprint);
        assert_eq!(scope.of_this_version(), open("secrets"));
    }

    #[test]
    fn plans_of_others_and_cut_ones_are_told_apart() {
        let text = text(&open("secrets"));
        assert!(Scope::is_of_backtrail(text.as_bytes()));
        assert!(!Scope::is_of_backtrail(b"{\"generator\":\"terraform\"}"));
        assert!(!Scope::is_of_backtrail(b"{}"));
        assert!(Scope::is_cut(&text.as_bytes()[..40]));
        assert!(!Scope::is_cut(text.as_bytes()));
    }

    #[test]
    fn a_scan_needs_the_same_rules_and_a_report_some() {
        let (one, both) = (open("secrets"), open("secrets,kms"));
        for purpose in [Purpose::Resume, Purpose::Report, Purpose::Samples] {
            assert_eq!(both.difference(&open("kms,secrets"), purpose), None);
            let less = one.difference(&both, purpose).expect("a difference");
            assert!(less.contains("it was scanned for secrets, and not for `kms`"));
        }
        let more = both
            .difference(&one, Purpose::Resume)
            .expect("a difference");
        assert!(more.contains("also scanned for `kms`") && more.contains("--rescan"));
        assert_eq!(both.difference(&one, Purpose::Report), None);
    }

    #[test]
    fn a_rule_of_the_same_name_must_be_the_same() {
        let own = open("secrets");
        let mut other = own.clone();
        other.rules[0].pattern = "{ $.a = b }".to_owned();
        other.fingerprint = hash(&other);
        let difference = own.difference(&other, Purpose::Report).expect("one");
        assert!(
            difference.contains("its rule `secrets` differs"),
            "{difference}"
        );
    }

    #[test]
    fn a_filter_without_criteria_has_the_plan_of_ledgers_that_know_none() {
        let own = open("secrets");
        assert!(!text(&own).contains("field_selection_criteria"));
        // A plan that a version without criteria wrote still has the fingerprint of its content.
        let old = include_str!("../../tests/fixtures/ledger-1/ledger/plan.json");
        assert_eq!(Scope::parse(old).map(|old| text(&old)), Ok(old.to_owned()));
        let mut other = own.clone();
        other.rules[0].field_selection_criteria = Some("@aws.region = 'a'".to_owned());
        other.fingerprint = hash(&other);
        assert_ne!(own.fingerprint, other.fingerprint);
        assert_eq!(Scope::parse(&text(&other)), Ok(other.clone()));
        for purpose in [Purpose::Resume, Purpose::Report, Purpose::Samples] {
            let difference = other.difference(&own, purpose).expect("a difference");
            let part = "it selects events with @aws.region = 'a'; requested: events of every";
            assert!(difference.contains(part), "{difference}");
        }
    }

    #[test]
    fn samples_may_be_of_a_shorter_time_and_a_report_may_not() {
        let own = scope("secrets", Some(100), Some(200));
        for (from, to, report, samples) in [
            (Some(100), Some(200), true, true),
            (Some(150), Some(200), false, true),
            (Some(100), Some(150), false, true),
            (Some(99), Some(200), false, false),
            (Some(100), Some(201), false, false),
            (Some(100), None, false, false),
            (None, Some(200), false, false),
        ] {
            let requested = scope("secrets", from, to);
            let fits = |purpose| own.difference(&requested, purpose).is_none();
            assert_eq!(fits(Purpose::Report), report, "{from:?} {to:?}");
            assert_eq!(fits(Purpose::Resume), report, "{from:?} {to:?}");
            assert_eq!(fits(Purpose::Samples), samples, "{from:?} {to:?}");
        }
    }

    #[test]
    fn limits_matter_only_to_a_scan() {
        let own = open("secrets");
        let mut other = own.clone();
        other.limits.nesting += 1;
        other.fingerprint = hash(&other);
        assert_eq!(own.difference(&other, Purpose::Report), None);
        let difference = own.difference(&other, Purpose::Resume).expect("one");
        assert!(difference.contains("other limits"), "{difference}");
    }

    #[test]
    fn rules_of_one_name_have_no_scope() {
        let rules = select("secrets").into_iter().flatten();
        let jobs: Vec<Job> = rules.map(BuiltInRule::job).collect();
        let twice = [jobs.clone(), jobs].concat();
        let plan = Plan::new(twice, Selection::default()).expect("a plan");
        let error = Scope::from_plan(&plan, &Limits::default()).unwrap_err();
        assert!(error.contains("two rules are named `secrets`"), "{error}");
    }
}
