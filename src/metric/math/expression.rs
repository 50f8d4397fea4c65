//! The tree of an expression.

use super::function::Function;
use super::operator::Operator;
use crate::text::span::Span;

/// A node of the tree, and its position in the text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ExpressionNode {
    pub(super) kind: NodeKind,
    pub(super) span: Span,
}

/// The content of a node.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum NodeKind {
    Number(f64),
    Text(String),
    /// A word in capitals that is not a function, which some functions take as an argument.
    Keyword(String),
    /// The ID of a metric or of another expression.
    Id(String),
    Array(Vec<ExpressionNode>),
    Negated(Box<ExpressionNode>),
    Operation(Operator, Box<ExpressionNode>, Box<ExpressionNode>),
    Call(Function, Vec<ExpressionNode>),
}

impl ExpressionNode {
    /// Returns the nodes directly below this one.
    fn children(&self) -> Vec<&Self> {
        match &self.kind {
            NodeKind::Array(items) | NodeKind::Call(_, items) => items.iter().collect(),
            NodeKind::Negated(inner) => vec![inner],
            NodeKind::Operation(_, left, right) => vec![left, right],
            NodeKind::Number(_) | NodeKind::Text(_) | NodeKind::Keyword(_) | NodeKind::Id(_) => {
                Vec::new()
            }
        }
    }

    /// Returns the text of a node that is one.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the keyword of a node that is one.
    pub(super) fn keyword(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Keyword(word) => Some(word),
            _ => None,
        }
    }

    /// Returns the ID of a node that is one.
    pub(super) fn id(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Id(id) => Some(id),
            _ => None,
        }
    }

    /// Returns true if a function of the time occurs in this tree.
    pub(super) fn depends_on_time(&self) -> bool {
        // A list rather than recursion, since a long chain of operators makes a deep tree.
        let mut waiting = vec![self];
        while let Some(node) = waiting.pop() {
            if matches!(node.kind, NodeKind::Call(Function::Calendar(_), _)) {
                return true;
            }
            waiting.extend(node.children());
        }
        false
    }
}
