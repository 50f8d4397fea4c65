//! The tree of criteria.

use super::SystemFields;
use crate::metric::value::SystemDimension;

/// The tree of criteria.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CriteriaExpression {
    Condition(FieldCondition),
    All(Vec<CriteriaExpression>),
    Any(Vec<CriteriaExpression>),
}

/// A condition on one system field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldCondition {
    pub(super) field: SystemDimension,
    pub(super) operator: FieldOperator,
    /// The values; one for `=` and `!=`.
    pub(super) values: Vec<String>,
}

/// The operator of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldOperator {
    Equal,
    NotEqual,
    In,
    NotIn,
}

impl FieldOperator {
    pub(super) fn takes_list(self) -> bool {
        matches!(self, Self::In | Self::NotIn)
    }

    fn is_negated(self) -> bool {
        matches!(self, Self::NotEqual | Self::NotIn)
    }
}

impl CriteriaExpression {
    pub(super) fn holds(&self, fields: SystemFields<'_>) -> bool {
        match self {
            Self::Condition(condition) => condition.holds(fields),
            Self::All(parts) => parts.iter().all(|part| part.holds(fields)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(fields)),
        }
    }
}

impl FieldCondition {
    fn holds(&self, fields: SystemFields<'_>) -> bool {
        // As in filter patterns, no operator holds for a value that is missing (sources, M18).
        let Some(value) = fields.get(self.field) else {
            return false;
        };
        let is_named = self.values.iter().any(|named| named == value);
        is_named != self.operator.is_negated()
    }
}
