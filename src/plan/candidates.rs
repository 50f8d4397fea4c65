//! Which rules could select a record, told at once by the texts of a few fields.

use std::collections::{BTreeMap, HashMap};

use smallvec::SmallVec;

use crate::json::Shallow;
use crate::metric::CompiledFilter;
use crate::pattern::Slots;

/// The rules by what their patterns ask for.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidates {
    /// Those that must always be asked.
    always: Vec<usize>,
    /// Those that ask for texts in a field: the slot of the field, and the rules for each text.
    by_text: Vec<(usize, HashMap<String, Vec<usize>>)>,
}

impl Candidates {
    pub(super) fn new(filters: &[CompiledFilter]) -> Self {
        let mut always = Vec::new();
        let mut by_slot: BTreeMap<usize, HashMap<String, Vec<usize>>> = BTreeMap::new();
        for (rule, filter) in filters.iter().enumerate() {
            let Some(gate) = filter.gate() else {
                always.push(rule);
                continue;
            };
            let by_text = by_slot.entry(gate.slot).or_default();
            gate.texts.into_iter().for_each(|text| by_text.entry(text).or_default().push(rule));
        }
        Self { always, by_text: by_slot.into_iter().collect() }
    }

    /// The numbers of the rules that could select the record, ascending; no other rule does, however the stars inside of
    /// values are read.
    pub(super) fn of(&self, slots: &Slots<'_>) -> SmallVec<[usize; 16]> {
        let mut rules = SmallVec::from_slice(&self.always);
        for (slot, by_text) in &self.by_text {
            let found = match slots.get(*slot).map(Shallow::of) {
                Some(Shallow::Text(text)) => by_text.get(&*text),
                Some(Shallow::Number(characters)) => by_text.get(characters),
                _ => None,
            };
            rules.extend_from_slice(found.map(Vec::as_slice).unwrap_or_default());
        }
        rules.sort_unstable();
        rules
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Projection;
    use crate::plan::built_in::{BuiltInRule, select};

    /// One has wildcards, and the pattern of the other, as it is published, asks for the source of the event in its first
    /// branch only, so that no field has a text in every branch.
    #[test]
    fn two_rules_of_the_benchmark_must_always_be_asked() {
        let rules: Vec<_> = select("cis").expect("a group").into_iter().map(BuiltInRule::rule).collect();
        let mut projection = Projection::default();
        let compile = |rule: &crate::plan::Rule| rule.filter.compile(&mut projection).expect("a filter");
        let filters: Vec<CompiledFilter> = rules.iter().map(compile).collect();
        let always = Candidates::new(&filters).always;
        let names: Vec<&str> = always.iter().map(|rule| rules[*rule].name.as_str()).collect();
        assert_eq!(names, ["cis-unauthorized-api-calls", "cis-route-table-changes"]);
    }
}
