//! Tree to program: selectors become slots of a projection, literals become matchers.

use std::collections::BTreeSet;

use super::ast::{
    Cell, Condition, Expression, FieldCell, InteriorStars, Literal, Ordering, Pattern, Presence,
    SelectorStep, Term, TermText, Test,
};
use super::number::Number;
use super::projection::Projection;
use super::regex::Regex;
use super::wildcard::Wildcard;

/// A pattern ready to be evaluated on many events. The slots it reads are those of the projection
/// that it was compiled into, so that several programs and their caller share one reading of each
/// event.
#[derive(Clone, Debug)]
pub struct Program {
    pub(super) root: ProgramRoot,
}

impl Program {
    /// Returns the slots that it reads.
    pub fn slots(&self) -> BTreeSet<usize> {
        let mut slots = BTreeSet::new();
        if let ProgramRoot::Json(root) = &self.root {
            root.add_slots(&mut slots);
        }
        slots
    }
}

/// The part of an event that a program looks at, and what it requires there.
#[derive(Clone, Debug)]
pub(super) enum ProgramRoot {
    /// The fields of the event.
    Json(Instruction<FieldCheck>),
    /// The text of the event.
    Terms(TermSet),
    /// The space-delimited fields of the event.
    Cells(CellRow),
}

/// The cells of a pattern without the ellipsis, and the place of that.
#[derive(Clone, Debug)]
pub(super) struct CellRow {
    pub(super) cells: Vec<CellCheck>,
    /// The number of cells before the ellipsis, if there is one.
    pub(super) before_ellipsis: Option<usize>,
}

/// One cell: the name of its field, and the test of its text.
#[derive(Clone, Debug)]
pub(super) struct CellCheck {
    pub(super) name: Option<String>,
    pub(super) test: Option<Instruction<TestMatcher>>,
}

/// The terms of a pattern by their presence.
#[derive(Clone, Debug, Default)]
pub(super) struct TermSet {
    pub(super) required: Vec<Needle>,
    pub(super) excluded: Vec<Needle>,
    pub(super) optional: Vec<Needle>,
}

/// Something to search for in a text.
#[derive(Clone, Debug)]
pub(super) enum Needle {
    Literal(String),
    Regex(Regex),
    /// A regular expression that the parser would have refused, or a number that nothing is equal
    /// to; it matches nothing.
    Never,
}

/// A step of a program.
#[derive(Clone, Debug)]
pub(super) enum Instruction<C> {
    And(Vec<Instruction<C>>),
    Or(Vec<Instruction<C>>),
    Check(C),
}

impl Instruction<FieldCheck> {
    fn add_slots(&self, slots: &mut BTreeSet<usize>) {
        match self {
            Self::And(branches) | Self::Or(branches) => {
                branches.iter().for_each(|branch| branch.add_slots(slots));
            }
            Self::Check(check) => drop(slots.insert(check.slot)),
        }
    }
}

/// A condition: the values to look at, and the test of them.
#[derive(Clone, Debug)]
pub(super) struct FieldCheck {
    /// The slot of the field that the leading member names of the selector lead to.
    pub(super) slot: usize,
    /// The steps of the selector from the first index or wildcard on.
    pub(super) rest: Vec<SelectorStep>,
    /// The number of these steps that come before a wildcard under a `!=`.
    pub(super) before_exclusion: Option<usize>,
    pub(super) test: TestMatcher,
}

/// A test ready to be applied to values.
#[derive(Clone, Debug)]
pub(super) enum TestMatcher {
    Equal(LiteralMatcher),
    NotEqual(LiteralMatcher),
    Ordering(Ordering, Number),
    IsNull(NullElements),
    IsBoolean(bool),
    NotExists,
}

/// The meaning of null in an array for `IS NULL` of the array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NullElements {
    /// An array that contains null passes.
    Count,
    /// It does not: under a wildcard, the elements have been looked at already.
    DoNotCount,
}

/// A literal ready for comparison.
#[derive(Clone, Debug)]
pub(super) struct LiteralMatcher {
    pub(super) characters: TextMatcher,
    pub(super) number: Option<Number>,
}

/// The characters that a value must have.
#[derive(Clone, Debug)]
pub(super) enum TextMatcher {
    /// All of them, each star matching any run.
    Whole(Wildcard),
    /// Some of them.
    Somewhere(Needle),
}

/// Compiles a pattern into a program that reads its fields through `projection`.
pub fn compile(pattern: &Pattern, projection: &mut Projection) -> Program {
    compile_with_stars(pattern, InteriorStars::default(), projection)
}

/// Compiles a pattern with this meaning of the stars inside its values.
pub fn compile_with_stars(
    pattern: &Pattern,
    stars: InteriorStars,
    projection: &mut Projection,
) -> Program {
    Program {
        root: ProgramRoot::new(pattern, stars, projection),
    }
}

impl ProgramRoot {
    fn new(pattern: &Pattern, stars: InteriorStars, projection: &mut Projection) -> Self {
        match pattern {
            Pattern::Json(expression) => Self::Json(instruction(expression, &mut |condition| {
                FieldCheck::new(condition, stars, projection)
            })),
            Pattern::Terms(terms) => Self::Terms(TermSet::new(terms)),
            Pattern::Cells(cells) => Self::Cells(CellRow::new(cells, stars)),
        }
    }
}

/// Compiles an expression, each condition of it by `compile`.
fn instruction<A, B>(
    expression: &Expression<A>,
    compile: &mut dyn FnMut(&A) -> B,
) -> Instruction<B> {
    match expression {
        Expression::And(branches) => Instruction::And(instructions(branches, compile)),
        Expression::Or(branches) => Instruction::Or(instructions(branches, compile)),
        Expression::Group(inner) => instruction(inner, compile),
        Expression::Condition(condition) => Instruction::Check(compile(condition)),
    }
}

fn instructions<A, B>(
    branches: &[Expression<A>],
    compile: &mut dyn FnMut(&A) -> B,
) -> Vec<Instruction<B>> {
    branches
        .iter()
        .map(|branch| instruction(branch, compile))
        .collect()
}

impl TermSet {
    fn new(terms: &[Term]) -> Self {
        let mut set = Self::default();
        for term in terms {
            let needle = Needle::new(&term.text);
            match term.presence {
                Presence::Required => set.required.push(needle),
                Presence::Excluded => set.excluded.push(needle),
                Presence::Optional => set.optional.push(needle),
            }
        }
        set
    }
}

impl Needle {
    /// Compiles the text of a term.
    pub(super) fn new(text: &TermText) -> Self {
        match text {
            TermText::Literal(text) => Self::Literal(text.clone()),
            TermText::Regex(body) => Self::from_regex(body),
        }
    }

    fn from_regex(body: &str) -> Self {
        Regex::new(body).map_or(Self::Never, Self::Regex)
    }
}

impl CellRow {
    fn new(cells: &[Cell], stars: InteriorStars) -> Self {
        let mut row = Self {
            cells: Vec::new(),
            before_ellipsis: None,
        };
        for cell in cells {
            match cell {
                Cell::Ellipsis => row.before_ellipsis = Some(row.cells.len()),
                Cell::Field(field) => row.cells.push(CellCheck::new(field, stars)),
            }
        }
        row
    }
}

impl CellCheck {
    fn new(field: &FieldCell, stars: InteriorStars) -> Self {
        let test = field.test.as_ref().map(|test| {
            instruction(test, &mut |condition| {
                TestMatcher::new(&condition.test, stars)
            })
        });
        Self {
            name: field.name.clone(),
            test,
        }
    }
}

impl FieldCheck {
    fn new(condition: &Condition, stars: InteriorStars, projection: &mut Projection) -> Self {
        let (names, rest) = condition.selector.split_names();
        let before_exclusion = condition.excluded_below();
        let before_exclusion = before_exclusion.map(|steps| steps.len() - names.len());
        Self {
            slot: projection.add(names),
            rest: rest.to_vec(),
            before_exclusion,
            test: TestMatcher::from_condition(condition, stars),
        }
    }
}

impl TestMatcher {
    /// Compiles the test of a condition of a JSON pattern.
    pub(super) fn from_condition(condition: &Condition, stars: InteriorStars) -> Self {
        match condition.test {
            Test::IsNull if condition.selector.has_wildcard() => {
                Self::IsNull(NullElements::DoNotCount)
            }
            _ => Self::new(&condition.test, stars),
        }
    }

    /// Compiles a test.
    pub(super) fn new(test: &Test, stars: InteriorStars) -> Self {
        match test {
            Test::Equal(literal) => Self::Equal(LiteralMatcher::new(literal, stars)),
            Test::NotEqual(literal) => Self::NotEqual(LiteralMatcher::new(literal, stars)),
            Test::Ordering(ordering, bound) => Self::Ordering(*ordering, bound.clone()),
            Test::IsNull => Self::IsNull(NullElements::Count),
            Test::IsBoolean(boolean) => Self::IsBoolean(*boolean),
            Test::NotExists => Self::NotExists,
        }
    }
}

impl LiteralMatcher {
    fn new(literal: &Literal, stars: InteriorStars) -> Self {
        let characters = match literal {
            _ if literal.equals_nothing() => TextMatcher::Somewhere(Needle::Never),
            Literal::Regex(body) => TextMatcher::Somewhere(Needle::from_regex(body)),
            Literal::Quoted(text) | Literal::Bare(text) => {
                TextMatcher::Whole(wildcard(text, stars))
            }
        };
        Self {
            characters,
            number: literal.number(),
        }
    }
}

fn wildcard(text: &str, stars: InteriorStars) -> Wildcard {
    match stars {
        InteriorStars::Wildcard => Wildcard::new(text),
        InteriorStars::Literal => Wildcard::with_literal_interior(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::parse;

    fn program(pattern: &str, projection: &mut Projection) -> Program {
        compile(&parse(pattern).expect(pattern), projection)
    }

    #[test]
    fn a_program_names_every_slot_that_it_reads() {
        let mut projection = Projection::default();
        projection.add(["unrelated"]);
        let json = program(
            "{ ($.a = 1 || $.b[0].c = 2) && $.a.d IS NULL }",
            &mut projection,
        );
        let paths: Vec<_> = json
            .slots()
            .into_iter()
            .map(|slot| projection.path(slot).expect("a field").join("."))
            .collect();
        assert_eq!(paths, ["a", "b", "a.d"]);
        for pattern in ["a", "[a = 1, b]"] {
            assert_eq!(program(pattern, &mut projection).slots(), BTreeSet::new());
        }
    }

    #[test]
    fn programs_of_one_projection_share_the_slots_of_fields() {
        let mut projection = Projection::default();
        let first = program("{ $.a = 1 && $.b = 2 }", &mut projection);
        let second = program("{ $.b NOT EXISTS }", &mut projection);
        assert!(second.slots().is_subset(&first.slots()));
    }
}
