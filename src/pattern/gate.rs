//! Gates: the texts of which a field must have one for a pattern to match, so that most patterns
//! are not evaluated on most events.
//!
//! Most patterns require one of a few event names. The name of an event decides at once which of
//! many patterns could match it.

use std::collections::{BTreeMap, BTreeSet};

use super::compile::{FieldCheck, Instruction, Program, ProgramRoot, TestMatcher, TextMatcher};
use super::number::may_match_fraction;
use super::projection::Slots;
use crate::json::Shallow;

/// The texts of which a field must have one: as a string, or as the characters of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// The slot of the field.
    pub slot: usize,
    /// The texts.
    pub texts: BTreeSet<String>,
}

/// The texts by the slots of their fields.
type TextsBySlot = BTreeMap<usize, BTreeSet<String>>;

impl Gate {
    /// Returns the gates that every event passes that the program matches, in the order of their
    /// slots. They do not depend on the meaning of the stars inside values.
    pub fn all_of(program: &Program) -> Vec<Self> {
        let ProgramRoot::Json(root) = &program.root else {
            return Vec::new();
        };
        let texts = required_by(root).into_iter();
        texts.map(|(slot, texts)| Self { slot, texts }).collect()
    }

    /// Returns whether the field of the gate has one of its texts.
    pub fn admits(&self, slots: &Slots<'_>) -> bool {
        match slots.value(self.slot) {
            Some(Shallow::Text(text)) => self.texts.contains(&*text),
            // A quoted value such as `"404"` is compared with a number by its characters.
            Some(Shallow::Number(characters)) => self.texts.contains(characters),
            _ => false,
        }
    }
}

fn required_by(instruction: &Instruction<FieldCheck>) -> TextsBySlot {
    match instruction {
        Instruction::And(branches) => combined(branches, both),
        Instruction::Or(branches) => combined(branches, either),
        Instruction::Check(check) => required_by_check(check).into_iter().collect(),
    }
}

fn combined(
    branches: &[Instruction<FieldCheck>],
    combine: fn(TextsBySlot, TextsBySlot) -> TextsBySlot,
) -> TextsBySlot {
    let texts = branches.iter().map(required_by);
    texts.reduce(combine).unwrap_or_default()
}

fn required_by_check(check: &FieldCheck) -> Option<(usize, BTreeSet<String>)> {
    let TestMatcher::Equal(literal) = &check.test else {
        return None;
    };
    // One number is written in many ways, and an index or wildcard leads to other fields.
    if literal.number.is_some() || !check.rest.is_empty() {
        return None;
    }
    let text = exact_text(&literal.characters)?.to_owned();
    // Such a text is equal to a number that an event may write in many ways.
    if may_match_fraction(&text) {
        return None;
    }
    Some((check.slot, BTreeSet::from([text])))
}

fn exact_text(characters: &TextMatcher) -> Option<&str> {
    match characters {
        TextMatcher::Whole(wildcard) => wildcard.literal(),
        TextMatcher::Somewhere(_) => None,
    }
}

/// Returns the texts that are required where both conditions must hold. Of two gates of one field,
/// one is enough.
fn both(mut texts: TextsBySlot, others: TextsBySlot) -> TextsBySlot {
    for (slot, required) in others {
        texts.entry(slot).or_insert(required);
    }
    texts
}

/// Returns the texts that are required where one of two conditions must hold: those that either
/// requires of the same field.
fn either(texts: TextsBySlot, mut others: TextsBySlot) -> TextsBySlot {
    let mut joined = TextsBySlot::new();
    for (slot, mut required) in texts {
        // A field that one alternative leaves open may have any text in an event that matches.
        if let Some(alternatives) = others.get_mut(&slot) {
            required.append(alternatives);
            joined.insert(slot, required);
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{Projection, compile, parse};

    /// Returns the texts of the gates of a pattern, each after the path of its field.
    fn gates(pattern: &str) -> Vec<String> {
        let mut projection = Projection::default();
        let program = compile(&parse(pattern).expect(pattern), &mut projection);
        let gates = Gate::all_of(&program).into_iter();
        let named = gates.map(|gate| {
            let texts: Vec<String> = gate.texts.into_iter().collect();
            format!(
                "{}: {}",
                projection.path(gate.slot).expect("a field").join("."),
                texts.join(" ")
            )
        });
        named.collect()
    }

    #[test]
    fn every_match_goes_through_the_gates() {
        assert_eq!(gates("{ $.a = x }"), ["a: x"]);
        assert_eq!(gates("{ $.a = x || $.a = \"y\" }"), ["a: x y"]);
        assert_eq!(
            gates("{ $.b = z && ($.a = x || $.a = y) }"),
            ["b: z", "a: x y"]
        );
        assert_eq!(gates("{ $.b = z* && ($.a = x || $.a = y) }"), ["a: x y"]);
        assert_eq!(gates("{ $.b = z && $.a = x || $.a = y }"), ["a: x y"]);
        assert_eq!(gates("{ $.c.d = x && $.c.d = y }"), ["c.d: x"]);
    }

    #[test]
    fn a_gate_admits_strings_and_the_characters_of_numbers() {
        let mut projection = Projection::default();
        let program = compile(&parse("{ $.a = x }").expect("a pattern"), &mut projection);
        let gates = Gate::all_of(&program);
        for (event, is_admitted) in [
            (r#"{"a":"x"}"#, true),
            (r#"{"a":"\u0078"}"#, true),
            (r#"{"a":"y"}"#, false),
            (r#"{"a":["x"]}"#, false),
            (r#"{"a":1}"#, false),
            (r#"{"b":"x"}"#, false),
        ] {
            let slots = projection.read(event).expect("an object");
            assert_eq!(
                gates.iter().all(|gate| gate.admits(&slots)),
                is_admitted,
                "{event}"
            );
        }
    }

    #[test]
    fn a_quoted_number_is_compared_by_its_characters() {
        let mut projection = Projection::default();
        let program = compile(
            &parse("{ $.a = \"404\" }").expect("a pattern"),
            &mut projection,
        );
        let gates = Gate::all_of(&program);
        assert_eq!(gates.len(), 1);
        for (event, is_admitted) in [
            (r#"{"a":404}"#, true),
            (r#"{"a":"404"}"#, true),
            (r#"{"a":404.0}"#, false),
        ] {
            let slots = projection.read(event).expect("an object");
            assert_eq!(gates[0].admits(&slots), is_admitted, "{event}");
        }
    }

    #[test]
    fn there_is_no_gate_where_another_value_could_match() {
        for pattern in [
            "{ $.a = x* }",
            "{ $.a = x || $.b = y }",
            "{ $.a = x || $.b EXISTS }",
            "{ $.a != x }",
            "{ $.a[*] != x }",
            "{ $.a = 1 }",
            "{ $.a = \"1.0\" }",
            "{ $.a = %x% }",
            "{ $.a[0] = x }",
            "{ $.a NOT EXISTS }",
            "x",
            "[a = x]",
        ] {
            let Ok(parsed) = parse(pattern) else { continue };
            let program = compile(&parsed, &mut Projection::default());
            assert_eq!(Gate::all_of(&program), [], "{pattern}");
        }
    }
}
