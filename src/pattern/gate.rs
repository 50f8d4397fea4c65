//! Which texts a field must have for a pattern to match, so that most patterns need not be asked about most events.
//!
//! Most patterns ask for one of a few names of events. Of many patterns, the name of an event tells at once which ones could
//! match it.

use std::collections::BTreeSet;

use super::compile::{Characters, Check, Instruction, Program, Root, TestMatcher, Value};

/// The texts one of which a field must have: as a string, or as the characters of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// The slot of the field.
    pub slot: usize,
    /// The texts.
    pub texts: BTreeSet<String>,
}

impl Gate {
    /// The gate with the fewest texts that every event goes through that the program matches; nothing where there is none.
    /// It does not depend on how the stars inside of values are read.
    pub fn of(program: &Program) -> Option<Self> {
        match &program.root {
            Root::Json(root) => Self::of_instruction(root),
            Root::Terms(_) | Root::Cells(_) => None,
        }
    }

    fn of_instruction(instruction: &Instruction<Check>) -> Option<Self> {
        match instruction {
            Instruction::And(branches) => {
                let gates = branches.iter().filter_map(Self::of_instruction);
                gates.min_by_key(|gate| gate.texts.len())
            }
            Instruction::Or(branches) => {
                branches.iter().map(Self::of_instruction).reduce(|a, b| a?.or(b?)).flatten()
            }
            Instruction::Check(check) => Self::of_check(check),
        }
    }

    /// A value that is a number may be written in many ways.
    fn of_check(check: &Check) -> Option<Self> {
        let TestMatcher::Equal(Value { characters: Characters::Whole(wildcard), number: None }) = &check.test
        else {
            return None;
        };
        let text = wildcard.literal().filter(|_| check.rest.is_empty())?;
        Some(Self { slot: check.slot, texts: [text.to_owned()].into() })
    }

    fn or(self, other: Self) -> Option<Self> {
        let texts = self.texts.into_iter().chain(other.texts).collect();
        (self.slot == other.slot).then_some(Self { slot: self.slot, texts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{Projection, compile, parse};

    /// The texts of the gate of a pattern.
    fn texts(pattern: &str) -> Vec<String> {
        let program = compile(&parse(pattern).expect(pattern), &mut Projection::default());
        Gate::of(&program).map(|gate| gate.texts.into_iter().collect()).unwrap_or_default()
    }

    #[test]
    fn every_match_goes_through_the_gate() {
        assert_eq!(texts("{ $.a = x }"), ["x"]);
        assert_eq!(texts("{ $.a = x || $.a = \"y\" }"), ["x", "y"]);
        assert_eq!(texts("{ $.b = z && ($.a = x || $.a = y) }"), ["z"]);
        assert_eq!(texts("{ $.b = z* && ($.a = x || $.a = y) }"), ["x", "y"]);
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
            assert_eq!(Gate::of(&program), None, "{pattern}");
        }
    }
}
