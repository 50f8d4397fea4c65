//! YAML as JSON values, with the short forms of CloudFormation's functions written out: `!Ref X` is
//! `{"Ref": "X"}`, and `!Sub X` is `{"Fn::Sub": "X"}`.

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};
use serde_json::{Map, Number, Value};

use super::fault::{Fault, Place};
use crate::text::printable;

/// The greatest depth to which a document may nest.
const NESTING_LIMIT: usize = 100;

/// The lists and objects that are not complete yet, outermost first.
#[derive(Default)]
struct Builder {
    open: Vec<OpenNode>,
}

/// A list or an object that is not complete yet.
struct OpenNode {
    /// The function that its tag means.
    function: Option<String>,
    content: OpenContent,
}

enum OpenContent {
    List(Vec<Value>),
    Object {
        members: Map<String, Value>,
        /// The key whose value comes next.
        key: Option<String>,
    },
}

/// Reads the first document of a text.
///
/// # Errors
///
/// Returns an error if the text is not YAML, or uses aliases, which CloudFormation does not take;
/// names the line.
pub(super) fn read_yaml(text: &str) -> Result<Value, Fault> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| printable(&error.to_string()))?;
        let complete = builder
            .add(event)
            .map_err(|detail| Fault::from(detail).at(line(&span)))?;
        // A template is one document; another one after it is not read.
        if let Some(document) = complete {
            return Ok(document);
        }
    }
    Ok(Value::Null)
}

fn line(span: &Span) -> Place {
    Place::Line(span.start.line() as u64)
}

impl Builder {
    /// Adds an event, and returns the document if the event completes it.
    fn add(&mut self, event: Event<'_>) -> Result<Option<Value>, String> {
        match event {
            Event::Scalar(text, style, _, tag) => {
                let value = scalar(&text, style, tag.as_deref());
                self.complete(with_function(function(tag.as_deref()), value))
            }
            Event::SequenceStart(_, tag) => self.begin(tag.as_deref(), OpenContent::list()),
            Event::MappingStart(_, tag) => self.begin(tag.as_deref(), OpenContent::object()),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(node) => self.complete(node.close()),
                None => Ok(None),
            },
            // An alias could repeat a large value many times at no cost to the writer.
            Event::Alias(_) => Err("an alias, which templates cannot have".to_owned()),
            _ => Ok(None),
        }
    }

    /// Adds a complete value to the node around it, or returns it if it is the document.
    fn complete(&mut self, value: Value) -> Result<Option<Value>, String> {
        match self.open.last_mut() {
            None => Ok(Some(value)),
            Some(parent) => parent.add(value).map(|()| None),
        }
    }

    fn begin(&mut self, tag: Option<&Tag>, content: OpenContent) -> Result<Option<Value>, String> {
        let function = function(tag);
        self.open.push(OpenNode { function, content });
        match self.open.len() {
            ..=NESTING_LIMIT => Ok(None),
            _ => Err(format!("the document nests more than {NESTING_LIMIT} deep")),
        }
    }
}

impl OpenContent {
    fn into_value(self) -> Value {
        match self {
            Self::List(list) => Value::Array(list),
            Self::Object { members, .. } => Value::Object(members),
        }
    }

    fn list() -> Self {
        Self::List(Vec::new())
    }

    fn object() -> Self {
        Self::Object {
            members: Map::new(),
            key: None,
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
            OpenContent::Object { members, key } => match key.take() {
                None => {
                    *key = Some(key_text(value)?);
                    Ok(())
                }
                Some(name) => insert_once(members, name, value),
            },
        }
    }

    fn close(self) -> Value {
        with_function(self.function, self.content.into_value())
    }
}

fn insert_once(members: &mut Map<String, Value>, key: String, value: Value) -> Result<(), String> {
    match members.insert(key.clone(), value) {
        None => Ok(()),
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

/// Returns a scalar of the core schema. Scalars that are quoted or have a tag are texts.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    match style {
        ScalarStyle::Plain if tag.is_none() => plain_scalar(text),
        _ => Value::String(text.to_owned()),
    }
}

fn plain_scalar(text: &str) -> Value {
    let as_text = || Value::String(text.to_owned());
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
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
    fn what_cannot_be_read_is_named_with_its_line() {
        let error =
            |text: &str| read_yaml(text).map_or_else(|fault| fault.to_string(), |_| String::new());
        assert!(
            error("a: &x 1\nb: *x\n").starts_with("line 2: an alias"),
            "{}",
            error("a: &x 1\nb: *x\n")
        );
        assert!(error("a: 1\na: 2\n").contains("`a` occurs twice"));
        assert!(error("[a]: 1\n").contains("a key that is not a text"));
        let nested = |depth: usize| error(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
        assert!(nested(100).is_empty() && nested(101).contains("nests more than 100 deep"));
        assert!(!nested(10_000).is_empty());
        assert!(!error("a: [1\nb: 2").is_empty());
    }
}
