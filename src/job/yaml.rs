//! YAML as JSON values, with the short forms of CloudFormation's functions written out: `!Ref X` is
//! `{"Ref": "X"}`, and `!Sub X` is `{"Fn::Sub": "X"}`.

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Number, Value};

/// How deep a document may nest.
const NESTING_LIMIT: usize = 100;

/// A list or an object that is not complete yet.
struct Open {
    tag: Option<String>,
    content: Content,
}

enum Content {
    List(Vec<Value>),
    Object {
        members: Map<String, Value>,
        key: Option<String>,
    },
}

/// Reads the first document of a text.
///
/// # Errors
///
/// When the text is no YAML, or uses aliases, which CloudFormation does not take; says where.
pub(super) fn read_yaml(text: &str) -> Result<Value, String> {
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| error.to_string())?;
        let place = || format!("line {}", span.start.line());
        let complete = match event {
            Event::Scalar(text, style, _, tag) => {
                Some(called(tag.as_deref(), scalar(&text, style, tag.as_deref())))
            }
            Event::SequenceStart(_, tag) => {
                open.push(Open {
                    tag: function(tag.as_deref()),
                    content: Content::List(Vec::new()),
                });
                None
            }
            Event::MappingStart(_, tag) => {
                let content = Content::Object {
                    members: Map::new(),
                    key: None,
                };
                open.push(Open {
                    tag: function(tag.as_deref()),
                    content,
                });
                None
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(Open::close),
            Event::Alias(_) => {
                return Err(format!(
                    "{}: an alias, which templates cannot have",
                    place()
                ));
            }
            _ => None,
        };
        if open.len() > NESTING_LIMIT {
            return Err(format!(
                "{}: the document nests more than {NESTING_LIMIT} deep",
                place()
            ));
        }
        let Some(value) = complete else { continue };
        match open.last_mut() {
            None => return Ok(value),
            Some(parent) => parent
                .add(value)
                .map_err(|detail| format!("{}: {detail}", place()))?,
        }
    }
    Ok(Value::Null)
}

impl Open {
    fn add(&mut self, value: Value) -> Result<(), String> {
        match &mut self.content {
            Content::List(list) => list.push(value),
            Content::Object { members, key } => match key.take() {
                None => *key = Some(key_text(value)?),
                Some(name) => {
                    if members.insert(name.clone(), value).is_some() {
                        return Err(format!("the key `{name}` is there twice"));
                    }
                }
            },
        }
        Ok(())
    }

    fn close(self) -> Value {
        let value = match self.content {
            Content::List(list) => Value::Array(list),
            Content::Object { members, .. } => Value::Object(members),
        };
        with_function(self.tag, value)
    }
}

fn key_text(value: Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => Err("a key that is no text".to_owned()),
    }
}

/// The function that a tag stands for; nothing for the tags of YAML itself.
fn function(tag: Option<&Tag>) -> Option<String> {
    let tag = tag.filter(|tag| tag.handle == "!")?;
    Some(match tag.suffix.as_str() {
        "Ref" | "Condition" => tag.suffix.clone(),
        other => format!("Fn::{other}"),
    })
}

fn called(tag: Option<&Tag>, value: Value) -> Value {
    with_function(function(tag), value)
}

fn with_function(function: Option<String>, value: Value) -> Value {
    match function {
        None => value,
        Some(name) => Value::Object(Map::from_iter([(name, value)])),
    }
}

/// A scalar of the core schema; quoted ones and those with a tag are texts. A number that begins
/// with a zero is a text, too: it is an account.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    if style != ScalarStyle::Plain || tag.is_some() {
        return Value::String(text.to_owned());
    }
    let digits = text.trim_start_matches(['-', '+']);
    let is_padded = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let is_number =
        digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') && !is_padded;
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if !is_number => Value::String(text.to_owned()),
        _ => number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number),
    }
}

fn number(text: &str) -> Option<Number> {
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
        let text = "a: !Ref X\nb: !Sub '${X}-y'\nc: [1, -2.5, true, ~, '3', 012, 1.2.3, x]\nd: !Join [',', [!GetAtt A.Arn]]\ne: |\n  { $.a = 1 }\n\"f\": !Select\n  - 0\n  - z\n";
        let expected = json!({
            "a": {"Ref": "X"}, "b": {"Fn::Sub": "${X}-y"}, "c": [1, -2.5, true, null, "3", "012", "1.2.3", "x"],
            "d": {"Fn::Join": [",", [{"Fn::GetAtt": "A.Arn"}]]}, "e": "{ $.a = 1 }\n", "f": {"Fn::Select": [0, "z"]},
        });
        assert_eq!(read_yaml(text), Ok(expected));
        assert_eq!(read_yaml(""), Ok(serde_json::Value::Null));
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_line() {
        let error = |text: &str| read_yaml(text).err().unwrap_or_default();
        assert!(
            error("a: &x 1\nb: *x\n").starts_with("line 2: an alias"),
            "{}",
            error("a: &x 1\nb: *x\n")
        );
        assert!(error("a: 1\na: 2\n").contains("`a` is there twice"));
        assert!(error("[a]: 1\n").contains("a key that is no text"));
        let nested = |depth: usize| error(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
        assert!(nested(100).is_empty() && nested(101).contains("nests more than 100 deep"));
        assert!(!nested(10_000).is_empty());
        assert!(!error("a: [1\nb: 2").is_empty());
    }
}
