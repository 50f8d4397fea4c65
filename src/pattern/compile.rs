//! Tree to program: selectors become slots of a projection, literals become matchers.

use std::collections::BTreeSet;

use super::ast::{
    Cell, Condition, Expression, InteriorStars, Literal, Ordering, Pattern, Presence, Step, Term,
    TermText, Test,
};
use super::projection::Projection;
use super::regex::Regex;
use super::wildcard::Wildcard;

/// A pattern ready to be asked about many events. The slots it reads are those of the projection
/// that it was compiled into, so that several programs and their caller share one reading of each
/// event.
#[derive(Clone, Debug)]
pub struct Program {
    pub(super) root: Root,
}

impl Program {
    /// The slots that it reads.
    pub fn slots(&self) -> BTreeSet<usize> {
        let mut slots = BTreeSet::new();
        if let Root::Json(root) = &self.root {
            root.add_slots(&mut slots);
        }
        slots
    }
}

/// What a program looks at.
#[derive(Clone, Debug)]
pub(super) enum Root {
    /// The fields of the event.
    Json(Instruction<Check>),
    /// The text of the event.
    Terms(TermSet),
    /// The space-delimited fields of the event.
    Cells(CellRow),
}

/// The cells of a pattern without the ellipsis, and where that stood.
#[derive(Clone, Debug)]
pub(super) struct CellRow {
    pub(super) cells: Vec<CellCheck>,
    /// How many cells stand before the ellipsis, if there is one.
    pub(super) before_ellipsis: Option<usize>,
}

/// One cell: what its field is called, and what it must be.
#[derive(Clone, Debug)]
pub(super) struct CellCheck {
    pub(super) name: Option<String>,
    pub(super) test: Option<Instruction<TestMatcher>>,
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
pub(super) enum Instruction<C> {
    And(Vec<Instruction<C>>),
    Or(Vec<Instruction<C>>),
    Check(C),
}

impl Instruction<Check> {
    fn add_slots(&self, slots: &mut BTreeSet<usize>) {
        match self {
            Self::And(branches) | Self::Or(branches) => {
                branches.iter().for_each(|branch| branch.add_slots(slots));
            }
            Self::Check(check) => drop(slots.insert(check.slot)),
        }
    }
}

/// A condition: the values to look at, and what they must be.
#[derive(Clone, Debug)]
pub(super) struct Check {
    /// The field that the leading member names of the selector lead to.
    pub(super) slot: usize,
    /// The steps of the selector from the first index or wildcard on.
    pub(super) rest: Vec<Step>,
    pub(super) test: TestMatcher,
}

/// What a value must be.
#[derive(Clone, Debug)]
pub(super) enum TestMatcher {
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
    compile_with_stars(pattern, InteriorStars::default(), projection)
}

/// Compiles a pattern with this reading of the stars inside of its values.
pub fn compile_with_stars(
    pattern: &Pattern,
    stars: InteriorStars,
    projection: &mut Projection,
) -> Program {
    let root = match pattern {
        Pattern::Json(expression) => {
            Root::Json(instruction(expression, &mut |condition: &Condition| {
                check(condition, stars, projection)
            }))
        }
        Pattern::Terms(terms) => Root::Terms(term_set(terms)),
        Pattern::Cells(cells) => Root::Cells(cell_row(cells, stars)),
    };
    Program { root }
}

fn term_set(terms: &[Term]) -> TermSet {
    let mut set = TermSet::default();
    for term in terms {
        let needle = needle(&term.text);
        match term.presence {
            Presence::Required => set.required.push(needle),
            Presence::Excluded => set.excluded.push(needle),
            Presence::Optional => set.optional.push(needle),
        }
    }
    set
}

/// Compiles what a term looks for.
pub(super) fn needle(text: &TermText) -> Needle {
    match text {
        TermText::Literal(text) => Needle::Literal(text.clone()),
        TermText::Regex(body) => regex(body),
    }
}

fn cell_row(cells: &[Cell], stars: InteriorStars) -> CellRow {
    let checks = cells.iter().filter_map(|cell| match cell {
        Cell::Ellipsis => None,
        Cell::Field(field) => Some(CellCheck {
            name: field.name.clone(),
            test: field
                .test
                .as_ref()
                .map(|test| instruction(test, &mut |condition| matcher(&condition.test, stars))),
        }),
    });
    CellRow {
        cells: checks.collect(),
        before_ellipsis: cells.iter().position(|cell| *cell == Cell::Ellipsis),
    }
}

fn regex(body: &str) -> Needle {
    Regex::new(body).map_or(Needle::Never, Needle::Regex)
}

/// Compiles an expression, each condition of it by `compile`.
fn instruction<A, B>(
    expression: &Expression<A>,
    compile: &mut dyn FnMut(&A) -> B,
) -> Instruction<B> {
    match expression {
        Expression::And(branches) => Instruction::And(
            branches
                .iter()
                .map(|branch| instruction(branch, compile))
                .collect(),
        ),
        Expression::Or(branches) => Instruction::Or(
            branches
                .iter()
                .map(|branch| instruction(branch, compile))
                .collect(),
        ),
        Expression::Group(inner) => instruction(inner, compile),
        Expression::Condition(condition) => Instruction::Check(compile(condition)),
    }
}

fn check(condition: &Condition, stars: InteriorStars, projection: &mut Projection) -> Check {
    let steps = &condition.selector.steps;
    let names: Vec<&str> = steps.iter().map_while(Step::member_name).collect();
    let rest = steps[names.len()..].to_vec();
    Check {
        slot: projection.add(names),
        rest,
        test: matcher(&condition.test, stars),
    }
}

/// Compiles the test of a condition.
pub(super) fn matcher(test: &Test, stars: InteriorStars) -> TestMatcher {
    match test {
        Test::Equal(literal) => TestMatcher::Equal(value(literal, stars)),
        Test::NotEqual(literal) => TestMatcher::NotEqual(value(literal, stars)),
        Test::Ordering(ordering, bound) => TestMatcher::Ordering(*ordering, *bound),
        Test::IsNull => TestMatcher::IsNull,
        Test::IsBoolean(boolean) => TestMatcher::IsBoolean(*boolean),
        Test::NotExists => TestMatcher::NotExists,
    }
}

fn value(literal: &Literal, stars: InteriorStars) -> Value {
    let characters = match (literal, stars) {
        (Literal::Regex(body), _) => Characters::Somewhere(regex(body)),
        (Literal::Quoted(text) | Literal::Bare(text), InteriorStars::Wildcard) => {
            Characters::Whole(Wildcard::new(text))
        }
        (Literal::Quoted(text) | Literal::Bare(text), InteriorStars::Literal) => {
            Characters::Whole(Wildcard::with_literal_interior(text))
        }
    };
    Value {
        characters,
        number: literal.number(),
    }
}
