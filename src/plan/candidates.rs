//! The rules that could select a record, found by the texts of a few fields.
//!
//! A plan may hold dozens of rules, and nearly every record matches none of them. Most patterns
//! name the texts that a field must have, usually those of `eventName`. These are the gates of a
//! pattern. The rules are therefore indexed by one gate each, so that the text of a field leads
//! straight to the few rules whose filters are worth asking.
//!
//! Leaving a rule out loses no match, since a gate is a necessary condition: a record whose field
//! has none of the texts does not match, however the rest of the pattern reads. A rule whose
//! pattern has no usable gate is a candidate for every record.

use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem::Finder;
use smallvec::SmallVec;

use crate::json::Shallow;
use crate::metric::CompiledFilter;
use crate::pattern::gate::Gate;
use crate::pattern::{Projection, Slots};
use crate::text::by_name::ByName;

/// The rules for each text of a field.
type RulesByText = ByName<Vec<usize>>;

/// The rules by the texts that their patterns require. Rules have the numbers of their filters.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidates {
    /// The rules that are candidates for every record.
    always: Vec<usize>,
    /// True if asking the filters of `always` takes a record apart: they read its whole text, or
    /// fields inside of its members.
    always_deep: bool,
    /// The rules that require texts of a member of the record: the slot of the member, and the
    /// rules for each text.
    by_text: Vec<(usize, RulesByText)>,
    /// The further gates of these rules.
    gates: BTreeMap<usize, Vec<Gate>>,
    /// The rules that require texts only inside of a member.
    sieves: Vec<Sieve>,
}

/// A rule that requires a text somewhere inside of a member of the record. To find that the member
/// does not contain the text at all is cheaper than to take it apart.
#[derive(Clone, Debug)]
struct Sieve {
    rule: usize,
    /// The slot of the member.
    slot: usize,
    texts: Vec<Finder<'static>>,
}

/// The gate by which a rule is found.
enum Entrance {
    /// A gate of a member of the record, and the other ones.
    Text { gate: Gate, others: Vec<Gate> },
    /// A gate inside of a member.
    Sieve(Sieve),
    /// None.
    Always,
}

/// The rules that could select a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    /// The numbers of the rules, ascending.
    pub(super) rules: SmallVec<[usize; 16]>,
    /// True if there are others than those that are candidates for every record.
    pub(super) has_more: bool,
}

impl Candidates {
    /// Sorts the rules by their filters. Members of the record that sieves search are added to the
    /// projection.
    pub(super) fn new(filters: &[CompiledFilter], projection: &mut Projection) -> Self {
        let mut candidates = Self::default();
        let mut by_slot: BTreeMap<usize, RulesByText> = BTreeMap::new();
        for (rule, filter) in filters.iter().enumerate() {
            // A rule is indexed by one gate only: its other gates are checked once it is found.
            match Entrance::new(rule, filter, projection) {
                Entrance::Text { gate, others } => {
                    index(rule, &gate, by_slot.entry(gate.slot).or_default());
                    candidates.gates.insert(rule, others);
                }
                Entrance::Sieve(sieve) => candidates.sieves.push(sieve),
                Entrance::Always => candidates.add_always(rule, is_deep(filter, projection)),
            }
        }
        candidates.by_text = by_slot.into_iter().collect();
        candidates
    }

    fn add_always(&mut self, rule: usize, is_deep: bool) {
        self.always.push(rule);
        self.always_deep |= is_deep;
    }

    /// Returns true if asking the filters that are candidates for every record takes it apart.
    pub(super) fn always_deep(&self) -> bool {
        self.always_deep
    }

    /// Returns the slots that must be read to choose, and to ask the filters that are candidates
    /// for every record.
    pub(super) fn slots(&self, filters: &[CompiledFilter]) -> BTreeSet<usize> {
        let always = self.always.iter().filter_map(|rule| filters.get(*rule));
        let mut slots: BTreeSet<usize> = always.flat_map(CompiledFilter::slots).collect();
        slots.extend(self.by_text.iter().map(|(slot, _)| slot));
        slots.extend(self.gates.values().flatten().map(|gate| gate.slot));
        slots.extend(self.sieves.iter().map(|sieve| sieve.slot));
        slots
    }

    /// Returns the rules that could select the record. No other rule does, in either reading of the
    /// stars inside of values.
    pub(super) fn choose(&self, slots: &Slots<'_>) -> Chosen {
        let mut rules = SmallVec::from_slice(&self.always);
        for (slot, by_text) in &self.by_text {
            let found = rules_of_value(by_text, slots.value(*slot)).iter().copied();
            rules.extend(found.filter(|rule| self.is_admitted(*rule, slots)));
        }
        let admitting = self.sieves.iter().filter(|sieve| sieve.admits(slots));
        rules.extend(admitting.map(|sieve| sieve.rule));
        // The rules of `always` are ascending already. A rule has one entrance only, so none occurs
        // twice.
        let has_more = rules.len() > self.always.len();
        if has_more {
            rules.sort_unstable();
        }
        Chosen { rules, has_more }
    }

    fn is_admitted(&self, rule: usize, slots: &Slots<'_>) -> bool {
        match self.gates.get(&rule) {
            Some(gates) => gates.iter().all(|gate| gate.admits(slots)),
            None => true,
        }
    }
}

impl Entrance {
    fn new(rule: usize, filter: &CompiledFilter, projection: &mut Projection) -> Self {
        let mut gates = filter.gates();
        // Both ways to choose a gate go by the number of its texts.
        gates.sort_by_key(|gate| gate.texts.len());
        let is_of_member = |gate: &Gate| depth(gate.slot, projection) == 1;
        let (of_members, inside): (Vec<Gate>, Vec<Gate>) =
            gates.into_iter().partition(is_of_member);
        Self::by_text(of_members)
            .or_else(|| Self::by_sieve(rule, &inside, projection))
            .unwrap_or(Self::Always)
    }

    // The gate with the most texts is usually the one that admits the fewest records: a rule names
    // one event source, which many records share, and several rare events of it.
    fn by_text(mut gates: Vec<Gate>) -> Option<Self> {
        let gate = gates.pop()?;
        let others = gates;
        Some(Self::Text { gate, others })
    }

    // A sieve searches for each text in turn, so here the gate with the fewest is the best.
    fn by_sieve(rule: usize, gates: &[Gate], projection: &mut Projection) -> Option<Self> {
        let sieve = Sieve::new(rule, gates.first()?, projection)?;
        Some(Self::Sieve(sieve))
    }
}

impl Sieve {
    fn new(rule: usize, gate: &Gate, projection: &mut Projection) -> Option<Self> {
        // The member as a whole is read, and not the field: in the pass over a record, a member
        // costs no more than its text, but a field inside of it must be searched for.
        let member = projection.path(gate.slot)?.first()?.to_string();
        let texts = gate.texts.iter();
        Some(Self {
            rule,
            slot: projection.add([member.as_str()]),
            texts: texts.map(|text| Finder::new(text).into_owned()).collect(),
        })
    }

    // With escapes, a record may spell the texts in many ways.
    fn admits(&self, slots: &Slots<'_>) -> bool {
        let member = slots.get(self.slot);
        member.is_some_and(|member| !slots.is_plain() || self.is_in(member))
    }

    fn is_in(&self, member: &str) -> bool {
        let is_there = |text: &Finder<'_>| text.find(member.as_bytes()).is_some();
        self.texts.iter().any(is_there)
    }
}

fn index(rule: usize, gate: &Gate, by_text: &mut RulesByText) {
    for text in &gate.texts {
        by_text.get_or_default(text).push(rule);
    }
}

/// Returns the rules that require the text of a value, or the characters of a number.
#[inline]
fn rules_of_value<'a>(by_text: &'a RulesByText, value: Option<Shallow<'_>>) -> &'a [usize] {
    let rules = match &value {
        Some(Shallow::Text(text)) => by_text.get(text.as_bytes()),
        Some(Shallow::Number(characters)) => by_text.get(characters.as_bytes()),
        _ => None,
    };
    rules.map(Vec::as_slice).unwrap_or_default()
}

/// Returns true if asking a filter takes a record apart.
fn is_deep(filter: &CompiledFilter, projection: &Projection) -> bool {
    let mut slots = filter.slots().into_iter();
    filter.reads_text() || slots.any(|slot| depth(slot, projection) > 1)
}

/// Returns the number of names that lead to a field: 1 for a member of the record itself.
fn depth(slot: usize, projection: &Projection) -> usize {
    projection.path(slot).map_or(0, |path| path.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Members;
    use crate::plan::Rule;
    use crate::plan::built_in::select;

    fn compiled(rules: &[Rule]) -> (Vec<CompiledFilter>, Projection) {
        let mut projection = Projection::default();
        let compile = |rule: &Rule| rule.filter.compile(&mut projection).expect("a filter");
        (rules.iter().map(compile).collect(), projection)
    }

    fn rules_of_the_benchmark() -> Vec<Rule> {
        select("cis")
            .expect("a group")
            .into_iter()
            .flat_map(|rule| rule.job().rules)
            .collect()
    }

    /// Its values have wildcards.
    #[test]
    fn one_rule_of_the_benchmark_must_always_be_asked() {
        let rules = rules_of_the_benchmark();
        let (filters, mut projection) = compiled(&rules);
        let always = Candidates::new(&filters, &mut projection).always;
        let names: Vec<&str> = always
            .iter()
            .map(|rule| rules[*rule].name.as_str())
            .collect();
        assert_eq!(names, ["cis-unauthorized-api-calls"]);
    }

    #[test]
    fn the_texts_of_a_record_choose_the_rules() {
        let rules = rules_of_the_benchmark();
        let (filters, mut projection) = compiled(&rules);
        let candidates = Candidates::new(&filters, &mut projection);
        for (record, expected) in [
            (
                r#"{"eventSource":"s3.amazonaws.com","eventName":"PutBucketAcl"}"#,
                "cis-s3-bucket-policy-changes",
            ),
            (
                r#"{"eventSource":"ec2.amazonaws.com","eventName":"PutBucketAcl"}"#,
                "",
            ),
            (
                r#"{"eventSource":"s3.amazonaws.com","eventName":"GetObject"}"#,
                "",
            ),
            (r#"{"eventName":"DeleteRoute"}"#, "cis-route-table-changes"),
            (
                r#"{"eventName":"Delete\u0052oute"}"#,
                "cis-route-table-changes",
            ),
            (r#"{"userIdentity":{"type":"Root"}}"#, "cis-root-usage"),
            (r#"{"eventName":7}"#, ""),
            ("{}", ""),
        ] {
            let slots = projection.read(record).expect("an object");
            let chosen = candidates.choose(&slots);
            let always = "cis-unauthorized-api-calls";
            let names: Vec<&str> = chosen
                .rules
                .iter()
                .map(|rule| rules[*rule].name.as_str())
                .collect();
            let names: Vec<&str> = names.into_iter().filter(|name| *name != always).collect();
            assert_eq!(
                (names.join(" ").as_str(), chosen.has_more),
                (expected, !expected.is_empty()),
                "{record}"
            );
        }
    }

    #[test]
    fn a_text_within_a_member_is_looked_for_where_the_member_has_no_escapes() {
        let rules = rules_of_the_benchmark();
        let (filters, mut projection) = compiled(&rules);
        let candidates = Candidates::new(&filters, &mut projection);
        let [sieve] = candidates.sieves.as_slice() else {
            panic!("one rule asks only for the type of the caller")
        };
        let member = |text: &'static str| {
            let places = [0, 15, text.len() - 1];
            projection.read_members(
                text,
                Members::new(text, Box::leak(Box::new(places))).plain(),
            )
        };
        assert!(sieve.admits(&member(r#"{"userIdentity":{"type":"Root"}}"#)));
        assert!(!sieve.admits(&member(r#"{"userIdentity":{"type":"IAMUser"}}"#)));
        assert!(!sieve.admits(&member(r#"{"userIdentitx":{"type":"Root"}}"#)));
        let escaped = projection
            .read(r#"{"userIdentity":{"type":"\u0052oot"}}"#)
            .expect("an object");
        assert!(sieve.admits(&escaped));
    }
}
