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

    /// Returns true if a function of the time occurs in this tree.
    pub(super) fn depends_on_time(&self) -> bool {
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
