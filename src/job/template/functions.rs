//! Functions that make texts and take values out of lists and mappings.
//!
//! Each returns `None` if its argument has a form that the function does not take.

use serde_json::{Map, Value};

use super::placeholder::placeholder;
use super::references::text;
use super::resolver::{ResolvedValue, Resolver};
use crate::text::printable;

impl Resolver<'_> {
    /// Resolves `Fn::Sub`.
    pub(super) fn sub(&self, argument: &Value, depth: usize) -> Option<ResolvedValue> {
        if let Some(text) = argument.as_str() {
            return Some(self.substitute(text, &Map::new(), depth));
        }
        match argument.as_array()?.as_slice() {
            [Value::String(text)] => Some(self.substitute(text, &Map::new(), depth)),
            [Value::String(text), Value::Object(variables)] => {
                Some(self.substitute(text, variables, depth))
            }
            _ => None,
        }
    }

    /// Replaces each `${name}` in a text.
    fn substitute(
        &self,
        text: &str,
        variables: &Map<String, Value>,
        depth: usize,
    ) -> ResolvedValue {
        let mut result = String::new();
        let mut rest = text;
        // A template may copy one long text many times through references, so literal text costs,
        // too.
        self.spend(text.len())?;
        while let Some((before, start)) = rest.split_once("${") {
            let (name, after) = start.split_once('}').ok_or("a `${` without its `}`")?;
            result.push_str(before);
            result.push_str(&self.substitute_name(name, variables, depth)?);
            rest = after;
        }
        Ok((result + rest).into())
    }

    /// Returns the text for the name between `${` and `}`. `!x` gives the literal text `${x}`
    /// (CloudFormation user guide, "Fn::Sub").
    fn substitute_name(
        &self,
        name: &str,
        variables: &Map<String, Value>,
        depth: usize,
    ) -> Result<String, String> {
        if let Some(literal) = name.strip_prefix('!') {
            return Ok(placeholder(literal));
        }
        let name = name.trim();
        let value = match variables.get(name) {
            Some(value) => self.resolve(value, depth + 1)?,
            // Logical IDs have no dots, so this is an attribute of a resource.
            None if name.contains('.') => self.attribute_at(name, depth + 1)?,
            None => self.reference(name, depth + 1)?,
        };
        let text = text_in_text(&value);
        self.spend(text.len())?;
        Ok(text)
    }

    /// Resolves `Fn::Join`.
    pub(super) fn join(&self, argument: &Value, depth: usize) -> Option<ResolvedValue> {
        let [separator, list] = argument.as_array()?.as_slice() else {
            return None;
        };
        let separator = separator.as_str()?;
        match self.resolve(list, depth) {
            Ok(Value::Array(list)) => Some(self.joined(&list, separator)),
            // A list whose items nobody knows is one placeholder.
            Ok(Value::String(text)) if !list.is_string() => Some(Ok(text.into())),
            Ok(_) => None,
            Err(detail) => Some(Err(detail)),
        }
    }

    fn joined(&self, list: &[Value], separator: &str) -> ResolvedValue {
        let texts: Vec<String> = list.iter().map(text_in_text).collect();
        // Before they are joined, since a long separator may occur many times.
        let length: usize = texts.iter().map(String::len).sum();
        self.spend(length.saturating_add(separator.len().saturating_mul(texts.len())))?;
        Ok(texts.join(separator).into())
    }

    /// Resolves `Fn::Split`. A text with a placeholder is not split, since the separators in what
    /// it is the place of are not known.
    pub(super) fn split(&self, argument: &Value, depth: usize) -> Option<ResolvedValue> {
        let [Value::String(separator), source] = argument.as_array()?.as_slice() else {
            return None;
        };
        let mark = self.mark();
        let source = match self.resolve(source, depth) {
            Ok(source) => text_in_text(&source),
            Err(detail) => return Some(Err(detail)),
        };
        if separator.is_empty() || self.is_unknown_since(mark) {
            self.note_as_parts(mark);
            return Some(Ok(Value::Array(vec![source.into()])));
        }
        if let Err(detail) = self.spend(source.len()) {
            return Some(Err(detail));
        }
        Some(Ok(source
            .split(separator.as_str())
            .map(Value::from)
            .collect()))
    }

    /// Resolves `Fn::Select`.
    pub(super) fn select(&self, argument: &Value, depth: usize) -> Option<ResolvedValue> {
        let [index, list] = argument.as_array()?.as_slice() else {
            return None;
        };
        let mark = self.mark();
        let index = match self.resolve(index, depth) {
            Ok(index) => text(&index),
            Err(detail) => return Some(Err(detail)),
        };
        let list = match written_item(&index, list) {
            Some(item) => return Some(self.resolve(item, depth + 1)),
            None => self.resolve(list, depth),
        };
        match list {
            Ok(Value::Array(list)) => Some(self.selected(&index, &list, mark)),
            Ok(single) if self.is_unknown_since(mark) => {
                Some(self.selected(&index, &[single], mark))
            }
            Ok(_) => None,
            Err(detail) => Some(Err(detail)),
        }
    }

    fn selected(&self, index: &str, list: &[Value], mark: usize) -> ResolvedValue {
        if let Some(item) = self.item_of_unknown(index, list, mark) {
            return Ok(item);
        }
        match position(index).and_then(|position| list.get(position)) {
            Some(item) => Ok(item.clone()),
            // The list may be longer once the placeholders in it are known.
            None if self.is_unknown_since(mark) => {
                self.note_as_parts(mark);
                Ok(placeholder("Fn::Select").into())
            }
            None => Err(format!(
                "`Fn::Select` takes item {} of {}",
                printable(index),
                list.len()
            )),
        }
    }

    /// Returns the placeholder for an item of a list of which nothing is known. Every item has its
    /// own, since the items are different values.
    fn item_of_unknown(&self, index: &str, list: &[Value], mark: usize) -> Option<Value> {
        let position = position(index)?;
        let [Value::String(only)] = list else {
            return None;
        };
        let unknown = self.only_unknown_since(mark)?;
        if *only != unknown.placeholder() {
            return None;
        }
        self.forget(mark);
        Some(self.note(unknown.item(position)))
    }

    /// Resolves `Fn::FindInMap`, with the default of `AWS::LanguageExtensions`.
    pub(super) fn find_in_map(&self, argument: &Value, depth: usize) -> Option<ResolvedValue> {
        let (keys, default) = match argument.as_array()?.as_slice() {
            [map, top, second] => ([map, top, second], None),
            [map, top, second, options] => ([map, top, second], options.get("DefaultValue")),
            _ => return None,
        };
        let mark = self.mark();
        let names = match self.keys(keys, depth) {
            Ok(names) => names,
            Err(detail) => return Some(Err(detail)),
        };
        if self.is_unknown_since(mark) {
            // The placeholders of the keys stay noted, since the value may be any of the mapping.
            return Some(Ok(placeholder("Fn::FindInMap").into()));
        }
        Some(match (self.mapped(&names), default) {
            (Some(value), _) => self.spend(value.to_string().len()).map(|()| value.clone()),
            (None, Some(default)) => self.resolve(default, depth),
            (None, None) => Err(format!("there is no `{}`", printable(&names.join(".")))),
        })
    }

    fn keys(&self, keys: [&Value; 3], depth: usize) -> Result<Vec<String>, String> {
        let mut names = Vec::new();
        for key in keys {
            names.push(text(&self.resolve(key, depth)?));
        }
        Ok(names)
    }

    fn mapped(&self, names: &[String]) -> Option<&Value> {
        let [map, top, second] = names else {
            return None;
        };
        self.mappings?.get(map)?.get(top)?.get(second)
    }

    /// Resolves `Fn::Length`.
    pub(super) fn length(&self, argument: &Value, depth: usize) -> Option<ResolvedValue> {
        match self.resolve(argument, depth) {
            Ok(Value::Array(list)) => Some(Ok(list.len().into())),
            Ok(_) => None,
            Err(detail) => Some(Err(detail)),
        }
    }

    /// Resolves `Fn::ToJsonString`.
    pub(super) fn json_text(&self, argument: &Value, depth: usize) -> ResolvedValue {
        let text = self.resolve(argument, depth)?.to_string();
        self.spend(text.len())?;
        Ok(text.into())
    }
}

/// Returns the item of a list that is written out, so that the others need not be known.
fn written_item<'a>(index: &str, list: &'a Value) -> Option<&'a Value> {
    list.as_array()?.get(position(index)?)
}

fn position(index: &str) -> Option<usize> {
    index.trim().parse().ok()
}

/// Returns a value as a part of a text; the items of a list are separated by commas.
fn text_in_text(value: &Value) -> String {
    match value {
        Value::Array(list) => {
            let texts: Vec<String> = list.iter().map(text).collect();
            texts.join(",")
        }
        other => text(other),
    }
}
