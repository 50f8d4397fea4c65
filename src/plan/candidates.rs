//! Which rules could select a record, told at once by the texts of a few fields.

use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem::Finder;
use smallvec::SmallVec;

use crate::json::Shallow;
use crate::metric::CompiledFilter;
use crate::pattern::gate::Gate;
use crate::pattern::{Projection, Slots};
use crate::text::by_name::ByName;

/// The rules by what their patterns ask for.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidates {
    /// Those that must always be asked.
    always: Vec<usize>,
    /// Whether asking them takes a record apart: they read its whole text, or fields further
    /// within.
    always_deep: bool,
    /// Those that ask for texts in a member of the record: the slot of the member, and the rules
    /// for each text.
    by_text: Vec<(usize, ByName<Vec<usize>>)>,
    /// What else such a rule, by its number, asks for in members of the record.
    gates: BTreeMap<usize, Vec<Gate>>,
    /// Those that ask only for texts further within.
    sieves: Vec<Sieve>,
}

/// A rule that asks for texts somewhere within a member of the record. Finding that they do not
/// stand in the member at all is cheaper than taking it apart.
#[derive(Clone, Debug)]
struct Sieve {
    rule: usize,
    /// The slot of the member.
    slot: usize,
    texts: Vec<Finder<'static>>,
}

/// The rules that could select a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    /// Their numbers, ascending.
    pub(super) rules: SmallVec<[usize; 16]>,
    /// Whether there are others than those that must always be asked.
    pub(super) has_more: bool,
}

impl Candidates {
    /// Sorts the rules by their filters. Members of the record whose texts must be looked through
    /// are added to the projection.
    pub(super) fn new(filters: &[CompiledFilter], projection: &mut Projection) -> Self {
        let mut candidates = Self::default();
        let mut by_slot: BTreeMap<usize, ByName<Vec<usize>>> = BTreeMap::new();
        for (rule, filter) in filters.iter().enumerate() {
            let is_of_record = |gate: &Gate| {
                projection
                    .path(gate.slot)
                    .is_some_and(|path| path.len() == 1)
            };
            let (mut own, within): (Vec<Gate>, Vec<Gate>) =
                filter.gates().into_iter().partition(is_of_record);
            // The field that is asked for most texts tells most: the source of an event is one of
            // few.
            own.sort_by_key(|gate| gate.texts.len());
            match (
                own.pop(),
                within.into_iter().min_by_key(|gate| gate.texts.len()),
            ) {
                (Some(gate), _) => {
                    let by_text = by_slot.entry(gate.slot).or_default();
                    gate.texts
                        .iter()
                        .for_each(|text| by_text.get_or_default(text).push(rule));
                    candidates.gates.insert(rule, own);
                }
                (None, gate) => match gate.and_then(|gate| Sieve::new(rule, &gate, projection)) {
                    Some(sieve) => candidates.sieves.push(sieve),
                    None => candidates.always.push(rule),
                },
            }
        }
        candidates.by_text = by_slot.into_iter().collect();
        let is_within = |slot: usize| projection.path(slot).is_some_and(|path| path.len() > 1);
        let is_deep = |filter: &CompiledFilter| {
            filter.reads_text() || filter.slots().into_iter().any(is_within)
        };
        candidates.always_deep = candidates
            .always
            .iter()
            .filter_map(|rule| filters.get(*rule))
            .any(is_deep);
        candidates
    }

    /// Whether asking the rules that must always be asked takes a record apart.
    pub(super) fn always_deep(&self) -> bool {
        self.always_deep
    }

    /// The slots that must be read to choose, and to ask those that must always be asked.
    pub(super) fn slots(&self, filters: &[CompiledFilter]) -> BTreeSet<usize> {
        let always = self
            .always
            .iter()
            .filter_map(|rule| filters.get(*rule))
            .flat_map(CompiledFilter::slots);
        let by_text = self.by_text.iter().map(|(slot, _)| *slot);
        let gates = self.gates.values().flatten().map(|gate| gate.slot);
        let sieves = self.sieves.iter().map(|sieve| sieve.slot);
        always.chain(by_text).chain(gates).chain(sieves).collect()
    }

    /// The rules that could select the record; no other rule does, however the stars inside of
    /// values are read.
    pub(super) fn of(&self, slots: &Slots<'_>) -> Chosen {
        let mut rules = SmallVec::from_slice(&self.always);
        for (slot, by_text) in &self.by_text {
            let found = match slots.value(*slot) {
                Some(Shallow::Text(text)) => by_text.get(text.as_bytes()),
                Some(Shallow::Number(characters)) => by_text.get(characters.as_bytes()),
                _ => None,
            };
            rules.extend(
                found
                    .into_iter()
                    .flatten()
                    .copied()
                    .filter(|rule| self.is_admitted(*rule, slots)),
            );
        }
        rules.extend(
            self.sieves
                .iter()
                .filter(|sieve| sieve.admits(slots))
                .map(|sieve| sieve.rule),
        );
        let has_more = rules.len() > self.always.len();
        if has_more {
            rules.sort_unstable();
        }
        Chosen { rules, has_more }
    }

    fn is_admitted(&self, rule: usize, slots: &Slots<'_>) -> bool {
        self.gates
            .get(&rule)
            .is_none_or(|gates| gates.iter().all(|gate| gate.admits(slots)))
    }
}

impl Sieve {
    fn new(rule: usize, gate: &Gate, projection: &mut Projection) -> Option<Self> {
        let member = projection.path(gate.slot)?.first()?.to_string();
        let texts = gate
            .texts
            .iter()
            .map(|text| Finder::new(text).into_owned())
            .collect();
        Some(Self {
            rule,
            slot: projection.add([member.as_str()]),
            texts,
        })
    }

    /// A record with escapes may write the texts in another way.
    fn admits(&self, slots: &Slots<'_>) -> bool {
        let Some(member) = slots.get(self.slot) else {
            return false;
        };
        !slots.is_plain()
            || self
                .texts
                .iter()
                .any(|text| text.find(member.as_bytes()).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Members;
    use crate::plan::Rule;
    use crate::plan::built_in::{BuiltInRule, select};

    fn compiled(rules: &[Rule]) -> (Vec<CompiledFilter>, Projection) {
        let mut projection = Projection::default();
        let compile = |rule: &Rule| rule.filter.compile(&mut projection).expect("a filter");
        (rules.iter().map(compile).collect(), projection)
    }

    fn rules_of_the_benchmark() -> Vec<Rule> {
        select("cis")
            .expect("a group")
            .into_iter()
            .map(BuiltInRule::rule)
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
            let chosen = candidates.of(&slots);
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
