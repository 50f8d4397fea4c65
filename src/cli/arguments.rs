//! Values of options that several commands take.

use crate::plan::BuiltInRule;
use crate::plan::built_in::{RULES, groups, select};

/// The least similarity of a name that is suggested for one that does not exist; 1 means equal.
const LEAST_SIMILARITY: f64 = 0.6;

// A type of its own, since clap takes a list for several values of an option.
/// The rules that a name selects.
#[derive(Clone, Debug)]
pub struct NamedRules {
    /// One rule, or the rules of a group.
    pub rules: Vec<&'static BuiltInRule>,
}

/// Parses the name of a built-in rule or of a group of rules.
///
/// # Errors
///
/// Returns an error if there is no such name; suggests a similar one.
pub fn named_rules(name: &str) -> Result<NamedRules, String> {
    if let Some(rules) = select(name) {
        return Ok(NamedRules { rules });
    }
    let hint = match most_similar(name) {
        Some(similar) => format!("did you mean `{similar}`? "),
        None => String::new(),
    };
    Err(format!(
        "there is no rule `{name}`; {hint}`backtrail rules list` lists all rules"
    ))
}

fn most_similar(name: &str) -> Option<String> {
    // All names are in lower case.
    let name = name.to_lowercase();
    let groups = groups().into_iter().map(|group| group.name);
    let rules = RULES.iter().map(|rule| rule.name.to_owned());
    let known_names = groups.chain(rules);
    let best = known_names.max_by(|a, b| similarity(&name, a).total_cmp(&similarity(&name, b)))?;
    (similarity(&name, &best) >= LEAST_SIMILARITY).then_some(best)
}

fn similarity(name: &str, known_name: &str) -> f64 {
    // A beginning is as good as the whole name, however much is missing.
    if !name.is_empty() && known_name.starts_with(name) {
        return 1.0;
    }
    strsim::normalized_damerau_levenshtein(name, known_name)
}

/// Parses a number of threads.
///
/// # Errors
///
/// Returns an error if the text is not a number between 1 and 1024.
pub fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=1024) => Ok(number),
        _ => Err("write a number of threads between 1 and 1024".to_owned()),
    }
}
