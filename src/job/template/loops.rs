//! `Fn::ForEach`, which repeats members of an object for each item of a list.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::references::text;
use super::resolver::Resolver;
use crate::job::value_size::value_size;
use crate::text::printable;

/// The beginning of the name of a loop.
const LOOP: &str = "Fn::ForEach::";

/// A loop: the name of its variable, its items, and what it repeats.
struct Loop<'a> {
    variable: &'a str,
    items: Vec<String>,
    body: &'a Map<String, Value>,
}

impl Resolver<'_> {
    /// Replaces the loops among the conditions and resources by what they make, and returns those
    /// that cannot be replaced, each with the reason.
    pub(super) fn expand_loops(&mut self, template: &Value) -> Vec<(String, String)> {
        let mut errors = Vec::new();
        let section = |name: &str| template.get(name).and_then(Value::as_object);
        // Conditions come first, since the items of a loop among the resources may depend on one.
        if let Some(conditions) = section("Conditions") {
            self.conditions = self.expand_section(conditions, &mut errors);
        }
        if let Some(resources) = section("Resources") {
            self.resources = self.expand_section(resources, &mut errors);
        }
        errors
    }

    fn expand_section(
        &self,
        section: &Map<String, Value>,
        errors: &mut Vec<(String, String)>,
    ) -> Map<String, Value> {
        let mut expanded = Map::new();
        for (name, value) in section {
            // A loop that fails halfway must leave nothing, or a part of its resources would look
            // like all.
            let mut made = Map::new();
            match self.expand_member((name, value), 0, &mut made) {
                Ok(()) => expanded.extend(made),
                Err(detail) => errors.push((name.clone(), detail)),
            }
        }
        expanded
    }

    /// Returns members with the loops among them replaced by what they make.
    pub(super) fn with_loops_expanded<'m>(
        &self,
        members: &'m Map<String, Value>,
        depth: usize,
    ) -> Result<Cow<'m, Map<String, Value>>, String> {
        if !members.keys().any(|name| name.starts_with(LOOP)) {
            return Ok(Cow::Borrowed(members));
        }
        let mut expanded = Map::new();
        for (name, value) in members {
            self.expand_member((name, value), depth, &mut expanded)?;
        }
        Ok(Cow::Owned(expanded))
    }

    /// Adds a member, or what it makes if it is a loop.
    fn expand_member(
        &self,
        (name, value): (&str, &Value),
        depth: usize,
        expanded: &mut Map<String, Value>,
    ) -> Result<(), String> {
        if !name.starts_with(LOOP) {
            return insert_once(expanded, name, value);
        }
        let each = self.read_loop(value, depth)?;
        for item in &each.items {
            for (name, value) in each.body {
                // Before anything is copied, since a long item may replace many variables.
                self.spend(each.cost((name, value), item))?;
                let name = substitute(name, each.variable, item);
                let value = substituted(value, each.variable, item);
                // The body may hold loops itself, and their items may use the variable of this one.
                self.expand_member((&name, &value), depth + 1, expanded)?;
            }
        }
        Ok(())
    }

    fn read_loop<'v>(&self, value: &'v Value, depth: usize) -> Result<Loop<'v>, String> {
        let parts = value.as_array().map(Vec::as_slice);
        let Some([Value::String(variable), items, Value::Object(body)]) = parts else {
            return Err("`Fn::ForEach` is used in a way that is not resolved".to_owned());
        };
        Ok(Loop {
            variable,
            items: self.items(items, depth)?,
            body,
        })
    }

    fn items(&self, items: &Value, depth: usize) -> Result<Vec<String>, String> {
        let mark = self.mark();
        let resolved = self.resolve(items, depth)?;
        // Without the items, neither the number nor the names of the resources are known.
        if let Some(unknown) = self.forget(mark).into_iter().next() {
            return Err(unknown.reason);
        }
        match resolved {
            Value::Array(items) => Ok(items.iter().map(text).collect()),
            _ => Err("the items of `Fn::ForEach` are not a list".to_owned()),
        }
    }
}

impl Loop<'_> {
    /// Returns the number of values and bytes of a member with the variable replaced by an item.
    fn cost(&self, (name, value): (&str, &Value), item: &str) -> usize {
        let count = occurrences(name, self.variable) + uses(value, self.variable);
        name.len() + value_size(value) + count.saturating_mul(item.len())
    }
}

fn insert_once(members: &mut Map<String, Value>, name: &str, value: &Value) -> Result<(), String> {
    // Without loops, a section has no name twice.
    match members.insert(name.to_owned(), value.clone()) {
        None => Ok(()),
        Some(_) => Err(format!("`{}` is made twice", printable(name))),
    }
}

/// Returns a value with the variable of a loop replaced by an item.
fn substituted(value: &Value, variable: &str, item: &str) -> Value {
    match value {
        Value::String(text) => substitute(text, variable, item).into(),
        Value::Array(list) => {
            let items = list.iter().map(|each| substituted(each, variable, item));
            items.collect()
        }
        Value::Object(members) if is_reference(members, variable) => item.into(),
        Value::Object(members) => {
            let mut replaced = Map::new();
            for (name, value) in members {
                let value = substituted(value, variable, item);
                replaced.insert(substitute(name, variable, item), value);
            }
            Value::Object(replaced)
        }
        literal => literal.clone(),
    }
}

fn is_reference(members: &Map<String, Value>, variable: &str) -> bool {
    members.len() == 1 && members.get("Ref").and_then(Value::as_str) == Some(variable)
}

/// Replaces `${variable}` by an item, and `&{variable}` by its letters and digits, which are all
/// that a logical ID can have.
fn substitute(text: &str, variable: &str, item: &str) -> String {
    let plain: String = item.chars().filter(char::is_ascii_alphanumeric).collect();
    text.replace(&format!("${{{variable}}}"), item)
        .replace(&format!("&{{{variable}}}"), &plain)
}

fn occurrences(text: &str, variable: &str) -> usize {
    text.matches(&format!("{{{variable}}}")).count()
}

/// Returns the number of times that a value uses the variable of a loop.
fn uses(value: &Value, variable: &str) -> usize {
    match value {
        Value::String(text) => occurrences(text, variable),
        Value::Array(list) => list.iter().map(|each| uses(each, variable)).sum(),
        Value::Object(members) if is_reference(members, variable) => 1,
        Value::Object(members) => {
            let members = members.iter();
            let counts =
                members.map(|(name, value)| occurrences(name, variable) + uses(value, variable));
            counts.sum()
        }
        _ => 0,
    }
}
