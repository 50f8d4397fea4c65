//! Tree to program: selectors become slots of a projection, literals become matchers.

use super::ast::{Condition, Expression, Literal, Ordering, Pattern, Presence, Step, Term, TermText, Test};
use super::projection::Projection;
use super::regex::Regex;
use super::wildcard::Wildcard;

/// A pattern ready to be asked about many events. The slots it reads are those of the projection that it was
/// compiled into, so that several programs and their caller share one reading of each event.
#[derive(Clone, Debug)]
pub struct Program {
    pub(super) root: Root,
}

/// What a program looks at.
#[derive(Clone, Debug)]
pub(super) enum Root {
    /// The fields of the event.
    Json(Instruction),
    /// The text of the event.
    Terms(TermSet),
}

/// The terms of a pattern by what they ask for.
#[derive(Clone, Debug, Default)]
pub(super) struct TermSet {
    pub(super) required: Vec<Needle>,
    pub(super) excluded: Vec<Needle>,
    pub(super) optional: Vec<Needle>,
}

/// Something to look for in a text.
#[derive(Clone, Debug)]
pub(super) enum Needle {
    Literal(String),
    Regex(Regex),
    /// A regular expression that the parser would have refused; it matches nothing.
    Never,
}

/// A step of a program.
#[derive(Clone, Debug)]
pub(super) enum Instruction {
    And(Vec<Instruction>),
    Or(Vec<Instruction>),
    Check(Check),
}

/// A condition: the values to look at, and what they must be.
#[derive(Clone, Debug)]
pub(super) struct Check {
    /// The field that the leading member names of the selector lead to.
    pub(super) slot: usize,
    /// The steps of the selector from the first index or wildcard on.
    pub(super) rest: Vec<Step>,
    pub(super) test: Matcher,
}

/// What a value must be.
#[derive(Clone, Debug)]
pub(super) enum Matcher {
    Equal(Value),
    NotEqual(Value),
    Ordering(Ordering, f64),
    IsNull,
    IsBoolean(bool),
    NotExists,
}

/// A literal ready for comparison.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) characters: Characters,
    pub(super) number: Option<f64>,
}

/// What the characters of a value must be.
#[derive(Clone, Debug)]
pub(super) enum Characters {
    /// All of them, stars standing for any run.
    Whole(Wildcard),
    /// Some of them.
    Somewhere(Needle),
}

/// Compiles a pattern into a program that reads its fields through `projection`.
pub fn compile(pattern: &Pattern, projection: &mut Projection) -> Program {
    match pattern {
        Pattern::Json(expression) => Program { root: Root::Json(instruction(expression, projection)) },
        Pattern::Terms(terms) => Program { root: Root::Terms(term_set(terms)) },
    }
}

fn term_set(terms: &[Term]) -> TermSet {
    let mut set = TermSet::default();
    for term in terms {
        let needle = match &term.text {
            TermText::Literal(text) => Needle::Literal(text.clone()),
            TermText::Regex(body) => regex(body),
        };
        match term.presence {
            Presence::Required => set.required.push(needle),
            Presence::Excluded => set.excluded.push(needle),
            Presence::Optional => set.optional.push(needle),
        }
    }
    set
}

fn regex(body: &str) -> Needle {
    Regex::new(body).map_or(Needle::Never, Needle::Regex)
}

fn instruction(expression: &Expression, projection: &mut Projection) -> Instruction {
    let mut all = |branches: &[Expression]| {
        branches.iter().map(|branch| instruction(branch, projection)).collect::<Vec<_>>()
    };
    match expression {
        Expression::And(branches) => Instruction::And(all(branches)),
        Expression::Or(branches) => Instruction::Or(all(branches)),
        Expression::Condition(condition) => Instruction::Check(check(condition, projection)),
    }
}

fn check(condition: &Condition, projection: &mut Projection) -> Check {
    let steps = &condition.selector.steps;
    let names: Vec<&str> = steps.iter().map_while(member_name).collect();
    let rest = steps[names.len()..].to_vec();
    Check { slot: projection.add(names), rest, test: matcher(&condition.test) }
}

fn member_name(step: &Step) -> Option<&str> {
    match step {
        Step::Member(name) => Some(name),
        Step::Element(_) | Step::Every => None,
    }
}

fn matcher(test: &Test) -> Matcher {
    match test {
        Test::Equal(literal) => Matcher::Equal(value(literal)),
        Test::NotEqual(literal) => Matcher::NotEqual(value(literal)),
        Test::Ordering(ordering, bound) => Matcher::Ordering(*ordering, *bound),
        Test::IsNull => Matcher::IsNull,
        Test::IsBoolean(boolean) => Matcher::IsBoolean(*boolean),
        Test::NotExists => Matcher::NotExists,
    }
}

fn value(literal: &Literal) -> Value {
    let characters = match literal {
        Literal::Regex(body) => Characters::Somewhere(regex(body)),
        Literal::Quoted(text) | Literal::Bare(text) => Characters::Whole(Wildcard::new(text)),
    };
    Value { characters, number: literal.number() }
}
