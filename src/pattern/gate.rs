//! Which texts a field must have for a pattern to match, so that most patterns need not be asked
//! about most events.
//!
//! Most patterns ask for one of a few names of events. Of many patterns, the name of an event tells
//! at once which ones could match it.

use std::collections::{BTreeMap, BTreeSet};

use super::compile::{Characters, Check, Instruction, Program, Root, TestMatcher, Value};
use super::projection::Slots;
use crate::json::Shallow;

/// The texts one of which a field must have: as a string, or as the characters of a number.
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
    /// The gates that every event goes through that the program matches, in the order of their
    /// slots; nothing where there are none. They do not depend on how the stars inside of values
    /// are read.
    pub fn all_of(program: &Program) -> Vec<Self> {
        let texts = match &program.root {
            Root::Json(root) => of_instruction(root),
            Root::Terms(_) | Root::Cells(_) => TextsBySlot::new(),
        };
        texts
            .into_iter()
            .map(|(slot, texts)| Self { slot, texts })
            .collect()
    }

    /// Whether the field that the gate asks for has one of its texts.
    pub fn admits(&self, slots: &Slots<'_>) -> bool {
        match slots.value(self.slot) {
            Some(Shallow::Text(text)) => self.texts.contains(&*text),
            Some(Shallow::Number(characters)) => self.texts.contains(characters),
            _ => false,
        }
    }
}

fn of_instruction(instruction: &Instruction<Check>) -> TextsBySlot {
    match instruction {
        Instruction::And(branches) => branches
            .iter()
            .map(of_instruction)
            .reduce(both)
            .unwrap_or_default(),
        Instruction::Or(branches) => branches
            .iter()
            .map(of_instruction)
            .reduce(either)
            .unwrap_or_default(),
        Instruction::Check(check) => of_check(check).into_iter().collect(),
    }
}

/// A value that is a number may be written in many ways.
fn of_check(check: &Check) -> Option<(usize, BTreeSet<String>)> {
    let TestMatcher::Equal(Value {
        characters: Characters::Whole(wildcard),
        number: None,
    }) = &check.test
    else {
        return None;
    };
    let text = wildcard.literal().filter(|_| check.rest.is_empty())?;
    Some((check.slot, [text.to_owned()].into()))
}

/// What must stand where both must hold. Of two gates of one field, one is enough.
fn both(texts: TextsBySlot, others: TextsBySlot) -> TextsBySlot {
    others.into_iter().chain(texts).collect()
}

/// What must stand where one of two must hold: what either asks of the same field.
fn either(texts: TextsBySlot, mut others: TextsBySlot) -> TextsBySlot {
    let joined = texts.into_iter().filter_map(|(slot, mut texts)| {
        texts.append(others.get_mut(&slot)?);
        Some((slot, texts))
    });
    joined.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{Projection, compile, parse};

    /// The texts of the gates of a pattern, each behind the path of its field.
    fn gates(pattern: &str) -> Vec<String> {
        let mut projection = Projection::default();
        let program = compile(&parse(pattern).expect(pattern), &mut projection);
        let gates = Gate::all_of(&program).into_iter();
        let told = gates.map(|gate| {
            let texts: Vec<String> = gate.texts.into_iter().collect();
            format!(
                "{}: {}",
                projection.path(gate.slot).expect("a field").join("."),
                texts.join(" ")
            )
        });
        told.collect()
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
    fn there_is_no_gate_where_another_value_could_match() {
        for pattern in [
            "{ $.a = x* }",
            "{ $.a = x || $.b = y }",
            "{ $.a = x || $.b EXISTS }",
            "{ $.a != x }",
            "{ $.a = 1 }",
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
