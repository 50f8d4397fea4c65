//! Structures that programs print into a cell of a table in a form of their own: Athena, Presto
//! and Spark as `{type=Root, arn=…}`, Python as `{'type': 'Root', 'arn': None}`, DuckDB as
//! `{'type': Root, 'arn': NULL}`, PowerShell as `@{type=Root; arn=…}`.

use serde_json::{Map, Value};

use super::names;

/// The deepest nesting of structures that is followed. CloudTrail's nest about five deep.
const DEPTH_LIMIT: usize = 32;

/// The longest name of a member in the form of query engines, in bytes. Without a limit, each comma
/// of a text would be followed by a search to its end.
const NAME_LIMIT: usize = 64;

/// The word by which DuckDB prints that a member has no value.
const NO_VALUE: &str = "NULL";

/// Returns the value of a field that Python or DuckDB prints as this text; nothing for any other
/// text. DuckDB writes quotes only around texts in which a sign could be taken for one of its own.
pub(super) fn dictionary(field: &str, text: &str) -> Option<Value> {
    if !text.starts_with("{'") && !text.starts_with("[{'") {
        return None;
    }
    let mut printed = Printed {
        rest: text,
        // In these fields, every value without members is a text.
        has_numbers: !names::is_structured(field),
    };
    let value = printed.value(0)?;
    printed.rest.trim().is_empty().then_some(value)
}

/// The rest of a text that Python or DuckDB printed.
struct Printed<'a> {
    rest: &'a str,
    has_numbers: bool,
}

impl<'a> Printed<'a> {
    fn take(&mut self, token: &str) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(token)?;
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth == DEPTH_LIMIT {
            return None;
        }
        match self.rest.trim_start().chars().next()? {
            '{' => self.object(depth),
            '[' => self.array(depth),
            '\'' | '"' => self.string().map(Value::String),
            _ => self.literal(),
        }
    }

    fn literal(&mut self) -> Option<Value> {
        let word = self.word()?.trim();
        match literal(word) {
            Some(Value::Number(_)) if !self.has_numbers => Some(word.into()),
            Some(value) => Some(value),
            None => is_bare(word).then(|| word.into()),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.take("{")?;
        let mut members = Map::new();
        while self.take("}").is_none() {
            let name = self.string()?;
            self.take(":")?;
            if !self.takes_no_value() {
                members.insert(name, self.value(depth + 1)?);
            }
            self.separator("}")?;
        }
        Some(Value::Object(members))
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        self.take("[")?;
        let mut elements = Vec::new();
        while self.take("]").is_none() {
            elements.push(self.value(depth + 1)?);
            self.separator("]")?;
        }
        Some(Value::Array(elements))
    }

    /// Takes the word for no value, if it comes next. A column of structures has a place for every
    /// member that any of them has.
    fn takes_no_value(&mut self) -> bool {
        let mut after = Printed { ..*self };
        let has_none = after.word().map(str::trim) == Some(NO_VALUE);
        if has_none {
            self.rest = after.rest;
        }
        has_none
    }

    /// Takes a comma, unless the end comes next.
    fn separator(&mut self, end: &str) -> Option<()> {
        if self.rest.trim_start().starts_with(end) {
            return Some(());
        }
        self.take(",")
    }

    fn string(&mut self) -> Option<String> {
        let rest = self.rest.trim_start();
        let quote = rest
            .chars()
            .next()
            .filter(|quote| matches!(quote, '\'' | '"'))?;
        let mut characters = rest.get(1..)?.char_indices();
        let mut text = String::new();
        loop {
            match characters.next()? {
                (place, end) if end == quote => {
                    self.rest = rest.get(place + 2..)?;
                    return Some(text);
                }
                (_, '\\') => text.push(unescaped(characters.next()?.1)?),
                (_, other) => text.push(other),
            }
        }
    }

    /// Takes what has no quotes and no members, up to the sign after it.
    fn word(&mut self) -> Option<&'a str> {
        let rest = self.rest.trim_start();
        let end = rest.find([',', '}', ']', ':']).unwrap_or(rest.len());
        self.rest = rest.get(end..)?;
        rest.get(..end)
    }
}

/// Returns the value that Python prints as a word.
fn literal(word: &str) -> Option<Value> {
    match word {
        "None" | "nan" | NO_VALUE => Some(Value::Null),
        "True" => Some(true.into()),
        "False" => Some(false.into()),
        number => number.parse().ok().map(Value::Number),
    }
}

/// Returns true if DuckDB prints a text without quotes.
fn is_bare(word: &str) -> bool {
    let signs = ['\'', '"', '{', '[', '(', ')', '=', '\\', '\n'];
    !word.is_empty() && !word.contains(signs)
}

/// Returns the structure of a field that PowerShell prints as this text, which it does with what
/// is deeper than `ConvertTo-Json` goes; nothing for any other text.
///
/// The form has no quotes, so all names must be known, and none may be there twice: a value could
/// hold what looks like another member.
pub(super) fn powershell(field: &str, text: &str) -> Option<Value> {
    let mut rest = text.strip_prefix("@{")?.strip_suffix('}')?;
    let mut members = Map::new();
    let mut known = Vec::new();
    while !rest.is_empty() {
        let (name, after) = engine_member(field, rest)?;
        let (value, next) = after.split_once("; ").unwrap_or((after, ""));
        if known.contains(&name) {
            return None;
        }
        known.push(name);
        // What is deeper still is printed as nothing, and lists as their type.
        if !value.is_empty() && value != "System.Object[]" {
            members.insert(name.to_owned(), value.into());
        }
        rest = next;
    }
    Some(Value::Object(members))
}

/// Returns the character of an escape that is one letter; nothing for the other ones.
fn unescaped(letter: char) -> Option<char> {
    match letter {
        'n' => Some('\n'),
        't' => Some('\t'),
        'r' => Some('\r'),
        '\\' | '\'' | '"' => Some(letter),
        _ => None,
    }
}

/// Returns the structure of a field that a query engine prints as this text; nothing for any other
/// text.
///
/// The form has no quotes, so a value may hold a comma or a brace. A member ends only where another
/// one begins whose name the field has, or where its structure ends.
pub(super) fn engine(field: &str, text: &str) -> Option<Value> {
    let (value, rest) = engine_value(field, text.trim(), 0)?;
    rest.is_empty().then_some(value)
}

fn engine_value<'a>(field: &str, text: &'a str, depth: usize) -> Option<(Value, &'a str)> {
    if depth == DEPTH_LIMIT {
        return None;
    }
    if let Some(inner) = text.strip_prefix('{') {
        return engine_object(field, inner, depth);
    }
    if let Some(inner) = text.strip_prefix('[') {
        return engine_array(field, inner, depth);
    }
    let (word, rest) = text.split_at_checked(engine_end(field, text))?;
    let value = match word {
        "null" | "" => Value::Null,
        word => word.into(),
    };
    Some((value, rest))
}

fn engine_object<'a>(field: &str, text: &'a str, depth: usize) -> Option<(Value, &'a str)> {
    let mut members = Map::new();
    let mut rest = text;
    loop {
        if let Some(after) = rest.strip_prefix('}') {
            return Some((Value::Object(members), after));
        }
        let (name, value) = engine_member(field, rest)?;
        let (value, after) = engine_value(field, value, depth + 1)?;
        // A member without a value is one that the record does not have.
        if !value.is_null() {
            members.insert(name.to_owned(), value);
        }
        rest = after.strip_prefix(", ").unwrap_or(after);
    }
}

fn engine_array<'a>(field: &str, text: &'a str, depth: usize) -> Option<(Value, &'a str)> {
    let mut elements = Vec::new();
    let mut rest = text;
    loop {
        if let Some(after) = rest.strip_prefix(']') {
            return Some((Value::Array(elements), after));
        }
        // The elements of other lists have no end of their own: a comma may be a part of one.
        if !rest.starts_with('{') {
            return None;
        }
        let (value, after) = engine_value(field, rest, depth + 1)?;
        elements.push(value);
        rest = after.strip_prefix(", ").unwrap_or(after);
    }
}

/// Returns the name of the member that a text begins with, and the text after its `=`.
fn engine_member<'a>(field: &str, text: &'a str) -> Option<(&'static str, &'a str)> {
    let mut head = text.bytes().take(NAME_LIMIT);
    let equals = head.position(|byte| byte == b'=')?;
    let (name, value) = (text.get(..equals)?, text.get(equals + 1..)?);
    Some((names::nested(field, name)?, value))
}

/// Returns the place where a value without a structure ends.
fn engine_end(field: &str, text: &str) -> usize {
    for (place, _) in text.char_indices() {
        let rest = text.get(place..).unwrap_or_default();
        if ends_engine_value(field, rest) {
            return place;
        }
    }
    text.len()
}

fn ends_engine_value(field: &str, rest: &str) -> bool {
    let next = rest.strip_prefix(", ");
    rest.starts_with('}') || next.is_some_and(|next| engine_member(field, next).is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn python_prints_structures_that_are_read() {
        let text = r#"{'type': 'Root', 'a': None, 'b': [True, 1.5], "c": "it's \n", 'd': {}}"#;
        let expected =
            json!({"type": "Root", "a": null, "b": [true, 1.5], "c": "it's \n", "d": {}});
        assert_eq!(dictionary("f", text), Some(expected));
        assert_eq!(dictionary("f", "[{'a': 'é'}]"), Some(json!([{"a": "é"}])));
        let deep = format!("{{'a': {}", "[".repeat(100_000));
        for other in [
            "{'a'",
            "{'a': x'}",
            "{'a': x=y}",
            "{'a': }",
            "{'a': x: y}",
            "{'a': '",
            "{'a': 1} b",
            "{\"a\": 1}",
            "",
            &deep,
        ] {
            assert_eq!(dictionary("f", other), None, "{other:.40}");
        }
    }

    #[test]
    fn duckdb_prints_structures_with_few_quotes() {
        let text = "{'type': Root, 'accountId': 111122223333, 'userName': NULL, 'arn': 'a:b', \
             'sessionContext': {'attributes': {'mfaAuthenticated': false}}}";
        let expected = json!({
            "type": "Root", "accountId": "111122223333", "arn": "a:b",
            "sessionContext": {"attributes": {"mfaAuthenticated": "false"}},
        });
        assert_eq!(dictionary("userIdentity", text), Some(expected));
        let request = "{'secretId': app/db, 'recoveryWindowInDays': 7, 'versionId': NULL}";
        let expected = json!({"secretId": "app/db", "recoveryWindowInDays": 7});
        assert_eq!(dictionary("requestParameters", request), Some(expected));
    }

    #[test]
    fn powershell_prints_structures_that_are_read() {
        let text = "@{type=AssumedRole; arn=arn:aws:sts::1:assumed-role/a/b=c; sessionContext=}";
        let expected = json!({"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/a/b=c"});
        assert_eq!(powershell("userIdentity", text), Some(expected));
        let request = powershell("requestParameters", "@{secretId=app/db}");
        assert_eq!(request, Some(json!({"secretId": "app/db"})));
        for other in [
            "@{secretId=a; secretId=b}",
            "@{secretId=a; b}",
            "@{other=a}",
            "@{secretId=a",
            "{secretId=a}",
        ] {
            assert_eq!(powershell("requestParameters", other), None, "{other}");
        }
    }

    #[test]
    fn engines_print_structures_that_are_read() {
        let text = "{type=AssumedRole, principalid=AROA:a, b, arn=arn:aws:sts::1:x, \
             invokedby=null, sessioncontext={attributes={mfaauthenticated=false, \
             creationdate=2026-03-02T01:00:00Z}, sessionissuer={arn=arn:aws:iam::1:role/job}}}";
        let expected = json!({
            "type": "AssumedRole", "principalId": "AROA:a, b", "arn": "arn:aws:sts::1:x",
            "sessionContext": {
                "attributes": {
                    "mfaAuthenticated": "false", "creationDate": "2026-03-02T01:00:00Z",
                },
                "sessionIssuer": {"arn": "arn:aws:iam::1:role/job"},
            },
        });
        assert_eq!(engine("userIdentity", text), Some(expected));
        let resources = engine("resources", "[{arn=x, accountid=1}, {arn=y}]");
        assert_eq!(
            resources,
            Some(json!([{"ARN": "x", "accountId": "1"}, {"ARN": "y"}]))
        );
        let deep = "{type=".repeat(100_000);
        for other in [
            "{type=Root",
            "{kind=Root}",
            "{type}",
            "[x]",
            "[",
            "{type=a}}",
            &deep,
        ] {
            assert_eq!(engine("userIdentity", other), None, "{other:.40}");
        }
    }
}
