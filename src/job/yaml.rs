//! YAML as JSON values, with the short forms of CloudFormation's functions written out: `!Ref X` is
//! `{"Ref": "X"}`, and `!Sub X` is `{"Fn::Sub": "X"}`.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};
use serde_json::{Map, Number, Value};

use super::fault::{Fault, FaultPlace};
use super::value_size::value_size;
use crate::text::printable;

/// The greatest depth to which a document may nest.
// Trees are walked by recursion, and the stack of a thread is small.
const NESTING_LIMIT: usize = 100;

/// The most values and bytes of text that the aliases of a document may copy. An alias could repeat
/// a large value many times at no cost to the writer.
const ALIAS_LIMIT: usize = 1 << 20;

/// The key whose value is merged into the object around it.
const MERGE_KEY: &str = "<<";

/// The lists and objects that are not complete yet, outermost first.
#[derive(Default)]
struct Builder {
    open: Vec<OpenNode>,
    /// The values that have an anchor, by its number.
    anchored: HashMap<usize, Value>,
    /// The number of values and bytes that aliases copied.
    copied: usize,
}

/// A list or an object that is not complete yet.
struct OpenNode {
    /// The function that its tag means.
    function: Option<String>,
    /// The number of its anchor; 0 for none.
    anchor: usize,
    content: OpenContent,
}

enum OpenContent {
    List(Vec<Value>),
    Object {
        members: Map<String, Value>,
        /// The key whose value comes next.
        key: Option<YamlKey>,
        /// The values to merge into the object.
        merged: Vec<Value>,
    },
}

/// The key of a member.
enum YamlKey {
    /// A name.
    Name(String),
    /// The key whose value is merged: `<<` as it is, without quotes.
    Merge,
}

/// Reads the documents of a text that are not empty: the only one as it is, several as a list.
///
/// # Errors
///
/// Returns an error if the text is not YAML, or nests or repeats too much; names the line.
pub(super) fn read_yaml(text: &str) -> Result<Value, Fault> {
    let mut builder = Builder::default();
    let mut documents = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| printable(&error.to_string()))?;
        let complete = builder
            .add(event)
            .map_err(|detail| Fault::from(detail).at(line(&span)))?;
        documents.extend(complete.filter(|document| !document.is_null()));
    }
    Ok(match documents.len() {
        0 | 1 => documents.pop().unwrap_or_default(),
        _ => Value::Array(documents),
    })
}

fn line(span: &Span) -> FaultPlace {
    FaultPlace::Line(span.start.line() as u64)
}

impl Builder {
    /// Adds an event, and returns the document if the event completes it.
    fn add(&mut self, event: Event<'_>) -> Result<Option<Value>, String> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.add_scalar(&text, style, anchor, tag.as_deref())
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(anchor, tag.as_deref(), OpenContent::list())
            }
            Event::MappingStart(anchor, tag) => {
                self.begin(anchor, tag.as_deref(), OpenContent::object())
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(node) => self.complete(node.anchor, node.close()?),
                None => Ok(None),
            },
            Event::Alias(anchor) => {
                let value = self.aliased(anchor)?;
                self.complete(0, value)
            }
            _ => Ok(None),
        }
    }

    fn add_scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
    ) -> Result<Option<Value>, String> {
        if style == ScalarStyle::Plain && text == MERGE_KEY && self.begin_merge() {
            return Ok(None);
        }
        let value = scalar(text, style, tag);
        self.complete(anchor, with_function(function(tag), value))
    }

    /// Takes a key for the one whose value is merged, if a key comes next.
    fn begin_merge(&mut self) -> bool {
        match self.open.last_mut().map(|node| &mut node.content) {
            Some(OpenContent::Object {
                key: key @ None, ..
            }) => {
                *key = Some(YamlKey::Merge);
                true
            }
            _ => false,
        }
    }

    /// Returns the value of an anchor.
    fn aliased(&mut self, anchor: usize) -> Result<Value, String> {
        let value = self.anchored.get(&anchor).cloned();
        // The value of an anchor is not complete within itself.
        let value = value.ok_or("an alias within the value that it is for")?;
        self.copied = self.copied.saturating_add(value_size(&value));
        match self.copied {
            ..=ALIAS_LIMIT => Ok(value),
            _ => Err("the aliases of the document repeat too much".to_owned()),
        }
    }

    /// Adds a complete value to the node around it, or returns it if it is the document.
    fn complete(&mut self, anchor: usize, value: Value) -> Result<Option<Value>, String> {
        if anchor != 0 {
            // An anchor is paid for like an alias, since it may hold others.
            self.copied = self.copied.saturating_add(value_size(&value));
            self.anchored.insert(anchor, value.clone());
        }
        match self.open.last_mut() {
            None => Ok(Some(value)),
            Some(parent) => parent.add(value).map(|()| None),
        }
    }

    fn begin(
        &mut self,
        anchor: usize,
        tag: Option<&Tag>,
        content: OpenContent,
    ) -> Result<Option<Value>, String> {
        self.open.push(OpenNode {
            function: function(tag),
            anchor,
            content,
        });
        match self.open.len() {
            ..=NESTING_LIMIT => Ok(None),
            _ => Err(format!("the document nests more than {NESTING_LIMIT} deep")),
        }
    }
}

impl OpenContent {
    fn into_value(self) -> Result<Value, String> {
        match self {
            Self::List(list) => Ok(Value::Array(list)),
            Self::Object {
                mut members,
                merged,
                ..
            } => {
                for value in merged {
                    merge(&mut members, value)?;
                }
                Ok(Value::Object(members))
            }
        }
    }

    fn list() -> Self {
        Self::List(Vec::new())
    }

    fn object() -> Self {
        Self::Object {
            members: Map::new(),
            key: None,
            merged: Vec::new(),
        }
    }
}

impl OpenNode {
    fn add(&mut self, value: Value) -> Result<(), String> {
        match &mut self.content {
            OpenContent::List(list) => {
                list.push(value);
                Ok(())
            }
            OpenContent::Object {
                members,
                key,
                merged,
            } => match key.take() {
                None => {
                    *key = Some(YamlKey::Name(key_text(value)?));
                    Ok(())
                }
                Some(YamlKey::Merge) => {
                    merged.push(value);
                    Ok(())
                }
                Some(YamlKey::Name(name)) => insert_once(members, name, value),
            },
        }
    }

    fn close(self) -> Result<Value, String> {
        Ok(with_function(self.function, self.content.into_value()?))
    }
}

/// Adds the members of an object, or of each in a list, that are not there yet.
fn merge(members: &mut Map<String, Value>, value: Value) -> Result<(), String> {
    match value {
        Value::Object(others) => {
            for (name, other) in others {
                // The members of the object itself come before merged ones, and earlier objects
                // before later.
                members.entry(name).or_insert(other);
            }
            Ok(())
        }
        Value::Array(items) => items.into_iter().try_for_each(|item| merge(members, item)),
        _ => Err(format!("the value of `{MERGE_KEY}` is not an object")),
    }
}

fn insert_once(members: &mut Map<String, Value>, key: String, value: Value) -> Result<(), String> {
    match members.insert(key.clone(), value) {
        None => Ok(()),
        // YAML forbids it, and readers differ in which of the two values they keep.
        Some(_) => Err(format!("the key `{}` occurs twice", printable(&key))),
    }
}

fn key_text(value: Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err("a key that is not a text".to_owned())
        }
    }
}

/// Returns the function that a tag means; the tags of YAML itself mean none.
fn function(tag: Option<&Tag>) -> Option<String> {
    let tag = tag.filter(|tag| tag.handle == "!")?;
    Some(match tag.suffix.as_str() {
        // The long forms of these two have no `Fn::` before the name.
        "Ref" | "Condition" => tag.suffix.clone(),
        other => format!("Fn::{other}"),
    })
}

fn with_function(function: Option<String>, value: Value) -> Value {
    match function {
        None => value,
        Some(name) => Value::Object(Map::from_iter([(name, value)])),
    }
}

/// Returns a scalar of the core schema. Scalars that are quoted or have a tag are texts, unless the
/// tag is that of another type.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    match (style, tag) {
        (ScalarStyle::Plain, None) => plain_scalar(text),
        (_, Some(tag)) if is_typed(tag) => plain_scalar(text),
        _ => Value::String(text.to_owned()),
    }
}

/// Returns true for the tags of YAML itself, such as `!!int`, but for `!!str`.
fn is_typed(tag: &Tag) -> bool {
    tag.handle == "tag:yaml.org,2002:" && tag.suffix != "str"
}

fn plain_scalar(text: &str) -> Value {
    let as_text = || Value::String(text.to_owned());
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        // In YAML 1.2, `yes` and `no` are texts; the fields that are flags take them nevertheless.
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if looks_numeric(text) => parse_number(text).map_or_else(as_text, Value::Number),
        _ => as_text(),
    }
}

fn looks_numeric(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '+']);
    digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') && !is_padded(digits)
}

/// Returns true for digits that begin with a zero. They are an account ID, which would lose its
/// zeros as a number.
fn is_padded(digits: &str) -> bool {
    digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.")
}

fn parse_number(text: &str) -> Option<Number> {
    let text = text.strip_prefix('+').unwrap_or(text);
    match text.parse::<i64>() {
        Ok(integer) => Some(integer.into()),
        Err(_) => text.parse().ok().and_then(Number::from_f64),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::read_yaml;

    #[test]
    fn short_functions_are_written_out_and_scalars_typed() {
        let text = "a: !Ref X\nb: !Sub '${X}-y'\nc: [1, -2.5, true, ~, '3', 012, 1.2.3, x]\n\
                    d: !Join [',', [!GetAtt A.Arn]]\ne: |\n  { $.a = 1 }\n\
                    \"f\": !Select\n  - 0\n  - z\n";
        let expected = json!({
            "a": {"Ref": "X"},
            "b": {"Fn::Sub": "${X}-y"},
            "c": [1, -2.5, true, null, "3", "012", "1.2.3", "x"],
            "d": {"Fn::Join": [",", [{"Fn::GetAtt": "A.Arn"}]]},
            "e": "{ $.a = 1 }\n",
            "f": {"Fn::Select": [0, "z"]},
        });
        assert_eq!(read_yaml(text).expect("YAML"), expected);
        assert_eq!(read_yaml("").expect("nothing"), serde_json::Value::Null);
    }

    #[test]
    fn several_documents_are_a_list() {
        let documents = read_yaml("---\n---\na: 1\n---\n# nothing\n---\nb: 2\n...\n");
        assert_eq!(documents.expect("YAML"), json!([{"a": 1}, {"b": 2}]));
        assert!(read_yaml("a: 1\n---\nb: [1\n").is_err());
    }

    #[test]
    fn aliases_are_copied_and_merged_within_a_limit() {
        let text = "---\n---\na: &x {p: 1, q: [2]}\nb: *x\nc:\n  <<: *x\n  p: 3\n\
                    d: !!str 1\ne: !!int '2'\n";
        let expected = json!({
            "a": {"p": 1, "q": [2]}, "b": {"p": 1, "q": [2]}, "c": {"p": 3, "q": [2]},
            "d": "1", "e": 2,
        });
        assert_eq!(read_yaml(text).expect("YAML"), expected);

        let mut lines = vec!["- &a0 [x, x, x, x, x, x, x, x]".to_owned()];
        for depth in 1..12 {
            let alias = format!("*a{}, ", depth - 1).repeat(8);
            lines.push(format!("- &a{depth} [{alias}]"));
        }
        let error = read_yaml(&lines.join("\n")).unwrap_err().to_string();
        assert!(error.ends_with("repeat too much"), "{error}");
        assert!(read_yaml("a: &x [*x]").is_err());
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_line() {
        let error =
            |text: &str| read_yaml(text).map_or_else(|fault| fault.to_string(), |_| String::new());
        assert!(error("a: 1\na: 2\n").contains("`a` occurs twice"));
        assert!(error("[a]: 1\n").contains("a key that is not a text"));
        let nested = |depth: usize| error(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
        assert!(nested(100).is_empty() && nested(101).contains("nests more than 100 deep"));
        assert!(!nested(10_000).is_empty());
        assert!(!error("a: [1\nb: 2").is_empty());
    }
}
