//! Writing YAML templates of CloudFormation.
//!
//! A text is written without quotes only if it is a word that no version of YAML takes for
//! something else. It is in single quotes if all its characters show themselves, since a filter
//! pattern is full of double quotes; otherwise it is in double quotes, with escapes.

use serde_json::{Map, Value};

/// The members that come first in an object, in this order. The others follow by their names.
const FIRST: [&str; 12] = [
    "AWSTemplateFormatVersion",
    "Type",
    "Description",
    "Parameters",
    "Conditions",
    "Resources",
    "Condition",
    "DependsOn",
    "AlarmName",
    "FilterName",
    "Name",
    "Id",
];

/// The words that YAML 1.1 takes for flags or for null, in lower case.
const RESERVED: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// The spaces by which a level is indented.
const STEP: usize = 2;

/// Returns a template as YAML. An object with one member that is named like a function is written
/// with the tag of the function: `!Ref X`.
pub(super) fn to_yaml(template: &Map<String, Value>) -> String {
    let mut yaml = YamlText::default();
    yaml.push_members(template, 0);
    yaml.text
}

#[derive(Default)]
struct YamlText {
    text: String,
}

impl YamlText {
    /// Adds the members of an object. The place of the first one is already indented.
    fn push_members(&mut self, members: &Map<String, Value>, indentation: usize) {
        for (number, (name, value)) in in_reading_order(members).into_iter().enumerate() {
            if number > 0 {
                self.indent(indentation);
            }
            self.text += &scalar_text(name);
            self.text.push(':');
            self.push_value(value, indentation);
        }
    }

    /// Adds the value after a name, a dash or a tag.
    fn push_value(&mut self, value: &Value, indentation: usize) {
        match value {
            Value::Object(members) => match function(members) {
                Some((tag, argument)) => {
                    self.text += &format!(" !{tag}");
                    self.push_value(argument, indentation);
                }
                None => self.push_object(members, indentation + STEP),
            },
            Value::Array(list) => self.push_list(list, indentation + STEP),
            scalar => {
                self.text += &format!(" {}\n", scalar_value(scalar));
            }
        }
    }

    fn push_object(&mut self, members: &Map<String, Value>, indentation: usize) {
        if members.is_empty() {
            self.text += " {}\n";
            return;
        }
        self.text.push('\n');
        self.indent(indentation);
        self.push_members(members, indentation);
    }

    fn push_list(&mut self, list: &[Value], indentation: usize) {
        if list.is_empty() {
            self.text += " []\n";
            return;
        }
        self.text.push('\n');
        for item in list {
            self.indent(indentation);
            self.text.push('-');
            self.push_item(item, indentation);
        }
    }

    fn push_item(&mut self, item: &Value, indentation: usize) {
        match item {
            Value::Object(members) if !members.is_empty() && function(members).is_none() => {
                self.text.push(' ');
                self.push_members(members, indentation + STEP);
            }
            other => self.push_value(other, indentation),
        }
    }

    fn indent(&mut self, indentation: usize) {
        self.text.extend(std::iter::repeat_n(' ', indentation));
    }
}

/// Returns the members in the order in which a person reads them.
fn in_reading_order(members: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut ordered: Vec<(&String, &Value)> = members.iter().collect();
    ordered.sort_by_key(|(name, _)| {
        let place = FIRST.iter().position(|first| first == name);
        (place.unwrap_or(FIRST.len()), name.as_str())
    });
    ordered
}

/// Returns the short name of a function and its argument, if an object is a call of it.
fn function(members: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, argument) = members.iter().next()?;
    if members.len() > 1 {
        return None;
    }
    match name.as_str() {
        "Ref" => Some(("Ref", argument)),
        name => Some((name.strip_prefix("Fn::")?, argument)),
    }
}

fn scalar_value(value: &Value) -> String {
    match value {
        Value::String(text) => scalar_text(text),
        // Numbers, flags and null are the same in JSON and in YAML.
        other => other.to_string(),
    }
}

fn scalar_text(text: &str) -> String {
    if is_plain_word(text) {
        text.to_owned()
    } else if text.chars().all(shows_itself) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        format!("\"{}\"", text.chars().map(escaped).collect::<String>())
    }
}

/// Returns whether a text is a word or a name such as `AWS::SNS::Topic`, and nothing else to YAML.
fn is_plain_word(text: &str) -> bool {
    text.split("::").all(is_word) && !RESERVED.contains(&text.to_ascii_lowercase().as_str())
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|each| each.is_ascii_alphanumeric())
}

/// Returns whether a character is printable in every version of YAML and no line break in any.
// YAML 1.1 has line breaks beyond ASCII, none of which is alphanumeric.
fn shows_itself(character: char) -> bool {
    matches!(character, ' '..='~') || !character.is_ascii() && character.is_alphanumeric()
}

fn escaped(character: char) -> String {
    match character {
        '"' | '\\' => format!("\\{character}"),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        shown if shows_itself(shown) => shown.to_string(),
        other => escaped_by_number(u32::from(other)),
    }
}

fn escaped_by_number(code_point: u32) -> String {
    match code_point {
        0..=0xff => format!("\\x{code_point:02x}"),
        0x100..=0xffff => format!("\\u{code_point:04x}"),
        _ => format!("\\U{code_point:08x}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::job::yaml::read_yaml;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(members) => members,
            other => panic!("{other} is not an object"),
        }
    }

    #[test]
    fn functions_are_tags_and_nesting_is_indented() {
        let template = object(json!({
            "Resources": { "A": { "Properties": { "B": [{ "Ref": "T" }, "x"] }, "Type": "X::Y" } },
            "Conditions": { "C": { "Fn::Not": [{ "Fn::Equals": [{ "Ref": "E" }, ""] }] } },
            "Empty": [{}, []],
            "List": [{ "Value": 1.5, "Name": "yes" }, [true, null]],
        }));
        let expected = "\
Conditions:
  C: !Not
    - !Equals
      - !Ref E
      - ''
Resources:
  A:
    Type: X::Y
    Properties:
      B:
        - !Ref T
        - x
Empty:
  - {}
  - []
List:
  - Name: 'yes'
    Value: 1.5
  -
    - true
    - null
";
        assert_eq!(to_yaml(&template), expected);
        assert_eq!(read_yaml(expected).expect("YAML"), Value::Object(template));
    }

    #[test]
    fn hostile_texts_are_read_as_they_were() {
        for text in [
            "",
            " ",
            "- a",
            "a: b",
            "a #b",
            "#",
            "!Ref X",
            "*a",
            "&a",
            "%TAG",
            "@x",
            "`",
            "|",
            ">",
            "'",
            "''",
            "\"",
            "\\",
            "\\n",
            "a\nb",
            "\n",
            "\r\n",
            "\t",
            "\0",
            "\u{7f}",
            "\u{85}",
            "\u{a0}",
            "\u{2028}",
            "\u{feff}",
            "\u{fffe}",
            "\u{1f600}",
            "é",
            "null",
            "~",
            "Yes",
            "NO",
            "on",
            "1",
            "1e3",
            "0x1f",
            "1_000",
            "12:30:45",
            "2026-01-01",
            ".inf",
            "---",
            "...",
            "<<",
            "=",
            "{ $.a = \"it's\" && $.b = '${x}' }",
            "[a, b]",
            "a: |\n  b",
            " a ",
        ] {
            let template = object(json!({ "A": { text: [text, { "B": text }] } }));
            let yaml = to_yaml(&template);
            let read = read_yaml(&yaml).unwrap_or_else(|fault| panic!("{fault}: {yaml}"));
            assert_eq!(read, Value::Object(template), "{yaml}");
        }
    }
}
