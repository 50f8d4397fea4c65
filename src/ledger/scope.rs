//! What a ledger was scanned for. Only what decides which records are found, and how they are
//! counted, belongs to it: periods, thresholds and clocks are applied to what was found, and may
//! differ each time.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::container::Limits;
use crate::plan::{Plan, Rule};

/// The format of the parts. It changes when an older program could not read them any more, or would
/// read them wrongly.
const FORMAT: u32 = 1;

/// What a ledger was scanned for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    /// Always `backtrail`.
    generator: String,
    /// The format of the parts.
    format: u32,
    /// The version of the program that began the ledger.
    pub version: String,
    /// The hash of everything below.
    pub fingerprint: String,
    /// What was looked for, in the order of the names.
    pub rules: Vec<ScopeRule>,
    /// The start of the range that was asked for.
    pub from: Option<Timestamp>,
    /// The end of the range that was asked for.
    pub to: Option<Timestamp>,
    /// From when on the attempts are known that an alarm sees at the start of that range.
    pub known_from: Option<Timestamp>,
    /// The accounts that were asked for; all when empty.
    pub accounts: BTreeSet<String>,
    /// The regions that were asked for; all when empty.
    pub regions: BTreeSet<String>,
    /// The clock, where a filter has a default value: what such a filter publishes is counted by
    /// minute.
    pub clock: Option<String>,
    /// How much an object could hold.
    limits: ScopeLimits,
}

/// A rule that was looked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScopeRule {
    /// The name.
    pub rule: String,
    /// The filter pattern.
    pub pattern: String,
    /// What each match adds to the metric.
    metric_value: String,
    /// What each other event adds.
    default_value: Option<String>,
    /// The dimensions, as `name=$.field`.
    dimensions: Vec<String>,
}

/// How much an object could hold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct ScopeLimits {
    content_bytes: u64,
    ratio: u64,
    nesting: u32,
    record_bytes: u64,
}

/// What a ledger is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To scan further objects for the same.
    Resume,
    /// For a report of what it holds, of all rules or some.
    Report,
    /// For samples of the metrics, of some rules and perhaps of a shorter time.
    Samples,
}

impl Scope {
    /// What a plan looks for.
    ///
    /// # Errors
    ///
    /// Returns an error if two rules have one name; holds the name.
    pub fn from_plan(plan: &Plan, limits: &Limits) -> Result<Self, String> {
        let mut rules: Vec<ScopeRule> = plan.rules.iter().map(ScopeRule::from_rule).collect();
        rules.sort_by(|a, b| a.rule.cmp(&b.rule));
        if let Some(pair) = rules.windows(2).find(|pair| pair[0].rule == pair[1].rule) {
            return Err(format!(
                "two rules are named `{}`; a ledger tells rules by their names",
                pair[0].rule
            ));
        }
        let has_defaults = rules.iter().any(|rule| rule.default_value.is_some());
        let selection = &plan.selection;
        let mut scope = Self {
            generator: "backtrail".to_owned(),
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
            limits: ScopeLimits {
                content_bytes: limits.content_bytes,
                ratio: limits.ratio,
                nesting: limits.nesting,
                record_bytes: limits.record_bytes,
            },
        };
        scope.fingerprint = scope.hash();
        Ok(scope)
    }

    /// Reads a plan that [`Scope::text`] wrote.
    ///
    /// # Errors
    ///
    /// Returns an error if it is none, or one of another format; says why.
    pub fn parse(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Head {
            generator: String,
            format: u32,
        }
        let head: Head = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if head.generator != "backtrail" {
            return Err("it is not of backtrail".to_owned());
        }
        if head.format != FORMAT {
            let (theirs, ours) = (head.format, FORMAT);
            return Err(format!(
                "its parts have format {theirs}, this version of backtrail reads format {ours}"
            ));
        }
        let scope: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match scope.fingerprint == scope.hash() {
            true => Ok(scope),
            false => Err("it was changed: the fingerprint is not that of its content".to_owned()),
        }
    }

    /// Whether a plan is no whole JSON, as a power failure may leave it.
    pub(super) fn is_cut(plan: &[u8]) -> bool {
        serde_json::from_slice::<serde::de::IgnoredAny>(plan).is_err()
    }

    /// Whether a plan is one of backtrail, of any version.
    pub(super) fn is_of_backtrail(plan: &[u8]) -> bool {
        #[derive(Deserialize)]
        struct Head {
            generator: String,
        }
        serde_json::from_slice(plan).is_ok_and(|head: Head| head.generator == "backtrail")
    }

    /// The same scope in a ledger that this version of the program begins.
    #[must_use]
    pub fn of_this_version(&self) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..self.clone()
        }
    }

    /// The plan as JSON.
    pub fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        text.map(|text| text + "\n").unwrap_or_default()
    }

    /// The hash of all that decides what is found.
    fn hash(&self) -> String {
        let bare = Self {
            fingerprint: String::new(),
            version: String::new(),
            ..self.clone()
        };
        hexadecimal(&Sha256::digest(bare.text()))
    }

    /// Why a ledger of this scope does not answer what is asked, and what to do; nothing where it
    /// does.
    pub fn difference(&self, asked: &Self, purpose: Purpose) -> Option<String> {
        if self.fingerprint == asked.fingerprint {
            return None;
        }
        let difference = self
            .rule_difference(asked, purpose)
            .or_else(|| self.time_difference(asked, purpose))
            .or_else(|| different("accounts", &set(&self.accounts), &set(&asked.accounts)))
            .or_else(|| different("regions", &set(&self.regions), &set(&asked.regions)))
            .or_else(|| self.clock_difference(asked));
        match purpose {
            Purpose::Resume => {
                let difference =
                    difference.unwrap_or_else(|| "it was scanned with other limits".to_owned());
                Some(format!(
                    "{difference}. Use another folder, or discard the ledger and rescan everything \
                     with --rescan"
                ))
            }
            Purpose::Report | Purpose::Samples => difference,
        }
    }

    fn rule_difference(&self, asked: &Self, purpose: Purpose) -> Option<String> {
        for rule in &asked.rules {
            let Some(own) = self.rules.iter().find(|own| own.rule == rule.rule) else {
                let names: Vec<&str> = self.rules.iter().map(|own| own.rule.as_str()).collect();
                let names = names.join(", ");
                return Some(format!(
                    "it was scanned for {names}, and not for `{}`",
                    rule.rule
                ));
            };
            if own != rule {
                return Some(format!(
                    "its rule `{}` differs: pattern `{}`, value {}; requested are `{}`, value {}",
                    own.rule, own.pattern, own.metric_value, rule.pattern, rule.metric_value
                ));
            }
        }
        let is_asked = |own: &&ScopeRule| asked.rules.iter().any(|rule| rule.rule == own.rule);
        let more = self
            .rules
            .iter()
            .find(|own| purpose == Purpose::Resume && !is_asked(own));
        more.map(|own| {
            format!(
                "it was also scanned for `{}`, which is not asked for now",
                own.rule
            )
        })
    }

    fn time_difference(&self, asked: &Self, purpose: Purpose) -> Option<String> {
        let range = |scope: &Self| format!("{} to {}", open(scope.from), open(scope.to));
        let holds = |start: Option<Timestamp>, other: Option<Timestamp>| {
            start.is_none_or(|start| other.is_some_and(|other| start <= other))
        };
        let is_known = holds(self.known_from, asked.known_from);
        let is_within = is_known
            && self
                .to
                .is_none_or(|to| asked.to.is_some_and(|asked| asked <= to));
        let is_same = (self.from, self.to) == (asked.from, asked.to);
        let fits = match purpose {
            Purpose::Resume => is_same && self.known_from == asked.known_from,
            Purpose::Report => is_same && is_known,
            Purpose::Samples => is_within,
        };
        if fits {
            return None;
        }
        Some(match is_same {
            true => format!(
                "its alarms see back to {}, those that are asked for to {}",
                open(self.known_from),
                open(asked.known_from)
            ),
            false => format!(
                "its time range is {}; asked for is {}",
                range(self),
                range(asked)
            ),
        })
    }

    fn clock_difference(&self, asked: &Self) -> Option<String> {
        let asked = asked.clock.as_ref()?;
        let own = self.clock.as_ref().filter(|own| *own != asked)?;
        different("clock", own, asked)
    }
}

fn different(what: &str, own: &str, asked: &str) -> Option<String> {
    (own != asked).then(|| format!("its {what}: {own}; asked for: {asked}"))
}

fn set(names: &BTreeSet<String>) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if names.is_empty() {
        "all".to_owned()
    } else {
        names.join(", ")
    }
}

fn open(time: Option<Timestamp>) -> String {
    time.map_or_else(|| "open".to_owned(), |time| time.to_string())
}

impl ScopeRule {
    fn from_rule(rule: &Rule) -> Self {
        let filter = &rule.filter;
        let dimensions = filter.dimensions.iter();
        Self {
            rule: rule.name.clone(),
            pattern: filter.pattern.clone(),
            metric_value: filter.metric_value.to_string(),
            default_value: filter.default_value.map(|value| value.to_string()),
            dimensions: dimensions
                .map(|dimension| format!("{}={}", dimension.name, dimension.value))
                .collect(),
        }
    }
}

/// Bytes as hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
