//! Explanations and their combinations.

use crate::pattern::ast::Expression;

/// A pattern in words.
#[derive(Clone, Debug, PartialEq)]
pub enum Explanation {
    /// Several explanations and how they are combined.
    Combined {
        /// The way they are combined.
        combination: Combinator,
        /// True if the combination holds for the event; `None` without an event.
        holds: Option<bool>,
        /// The parts, in the order of the pattern.
        parts: Vec<Explanation>,
    },
    /// One condition.
    Single {
        /// The requirement, in words.
        requirement: String,
        /// The answer of the event, where one was given.
        answer: Option<ConditionAnswer>,
    },
}

/// The ways to combine explanations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combinator {
    /// `&&`, or the terms and cells of a pattern.
    All,
    /// `||`, or terms that are all optional.
    Any,
}

/// The answer of an event to one condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionAnswer {
    /// True if the condition holds.
    pub holds: bool,
    /// The part of the event that the condition is about, in words.
    pub saw: String,
}

impl Explanation {
    /// Returns whether it holds for the event, where one was given.
    pub fn holds(&self) -> Option<bool> {
        match self {
            Self::Combined { holds, .. } => *holds,
            Self::Single { answer, .. } => answer.as_ref().map(|answer| answer.holds),
        }
    }

    /// Combines parts that must all hold.
    pub(super) fn all_of(parts: Vec<Self>) -> Self {
        // Every part counts, also after one that fails: one without an answer leaves the whole
        // without one.
        let holds = parts
            .iter()
            .try_fold(true, |all, part| Some(all & part.holds()?));
        Self::Combined {
            combination: Combinator::All,
            holds,
            parts,
        }
    }

    /// Combines parts of which one must hold.
    pub(super) fn any_of(parts: Vec<Self>) -> Self {
        let holds = parts
            .iter()
            .try_fold(false, |any, part| Some(any | part.holds()?));
        Self::Combined {
            combination: Combinator::Any,
            holds,
            parts,
        }
    }

    /// Combines explanations as the conditions of an expression are combined.
    pub(super) fn from_expression<C>(
        expression: &Expression<C>,
        explain: &dyn Fn(&C) -> Self,
    ) -> Self {
        match expression {
            Expression::And(branches) => Self::all_of(Self::from_branches(branches, explain)),
            Expression::Or(branches) => Self::any_of(Self::from_branches(branches, explain)),
            Expression::Group(inner) => Self::from_expression(inner, explain),
            Expression::Condition(condition) => explain(condition),
        }
    }

    fn from_branches<C>(branches: &[Expression<C>], explain: &dyn Fn(&C) -> Self) -> Vec<Self> {
        branches
            .iter()
            .map(|each| Self::from_expression(each, explain))
            .collect()
    }
}
