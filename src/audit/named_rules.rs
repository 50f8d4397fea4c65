//! The names of built-in rules and of their groups, as a user writes them.

use std::cmp::Ordering;
use std::str::FromStr;

use crate::plan::BuiltInRule;
use crate::plan::built_in::{RULES, groups, select};
use crate::text::printable;

/// The least similarity of a name that is suggested for one that does not exist; 1 means equal.
const LEAST_SIMILARITY: f64 = 0.6;

/// The rules that a name selects.
#[derive(Clone, Debug)]
pub struct NamedRules {
    /// One rule, or the rules of a group.
    pub rules: Vec<&'static BuiltInRule>,
}

impl NamedRules {
    /// Returns the names of all rules that are selected.
    pub(crate) fn names(selected: &[Self]) -> Vec<&'static str> {
        let rules = selected.iter().flat_map(|named| &named.rules);
        rules.map(|rule| rule.name).collect()
    }
}

/// A name that no rule and no group has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no rule `{}`; {}`backtrail rules list` lists all rules",
    printable(name),
    hint(similar.as_deref())
)]
pub struct UnknownRule {
    name: String,
    similar: Option<String>,
}

impl UnknownRule {
    /// Returns the same error where these names are possible, too.
    pub(super) fn among<'n>(self, names: impl Iterator<Item = &'n str>) -> Self {
        let further = names.map(str::to_owned);
        Self {
            similar: most_similar(&self.name, further),
            ..self
        }
    }
}

impl FromStr for NamedRules {
    type Err = UnknownRule;

    fn from_str(name: &str) -> Result<Self, UnknownRule> {
        let selected = select(name).map(|rules| Self { rules });
        selected.ok_or_else(|| UnknownRule {
            name: name.to_owned(),
            similar: most_similar(name, std::iter::empty()),
        })
    }
}

fn hint(similar: Option<&str>) -> String {
    match similar {
        Some(similar) => format!("did you mean `{similar}`? "),
        None => String::new(),
    }
}

/// Returns the name that is most like this one: that of a rule, of a group, or a further one.
fn most_similar(name: &str, further: impl Iterator<Item = String>) -> Option<String> {
    let groups = groups().into_iter().map(|group| group.name);
    let rules = RULES.iter().map(|rule| rule.name.to_owned());
    let known_names = groups.chain(rules).chain(further);
    let best = known_names.max_by(|a, b| by_similarity(name, a, b))?;
    (similarity(name, &best) >= LEAST_SIMILARITY).then_some(best)
}

/// Compares two names by how much they are like another one. Of two that are as much, the shorter
/// one is more.
fn by_similarity(name: &str, a: &str, b: &str) -> Ordering {
    let by_similarity = similarity(name, a).total_cmp(&similarity(name, b));
    by_similarity.then_with(|| b.len().cmp(&a.len()))
}

fn similarity(name: &str, known_name: &str) -> f64 {
    // Nobody who mistypes a name knows its case.
    let (name, known_name) = (&*name.to_lowercase(), &*known_name.to_lowercase());
    // A beginning is as good as the whole name, however much is missing.
    if !name.is_empty() && known_name.starts_with(name) {
        return 1.0;
    }
    strsim::normalized_damerau_levenshtein(name, known_name)
}
