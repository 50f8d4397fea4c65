//! The tree of a rule.

use crate::alarm::definition::vocabulary::AlarmState;

/// The tree of a rule. Alarms are numbered as in the list of children.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum RuleExpression {
    Constant(bool),
    /// True if an alarm meets a condition.
    Is(StateCondition, usize),
    Not(Box<RuleExpression>),
    All(Vec<RuleExpression>),
    Any(Vec<RuleExpression>),
    /// True if enough of these alarms meet a condition.
    AtLeast(Quantity, StateCondition, Vec<usize>),
}

/// A state that an alarm must be in, or must not be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StateCondition {
    pub(super) state: AlarmState,
    pub(super) is_negated: bool,
}

/// The number of alarms that must meet a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantity {
    Number(usize),
    Percent(usize),
}

impl RuleExpression {
    pub(super) fn negated_if(self, is_negated: bool) -> Self {
        match is_negated {
            true => Self::Not(Box::new(self)),
            false => self,
        }
    }

    pub(super) fn holds(&self, states: &[AlarmState]) -> bool {
        match self {
            Self::Constant(value) => *value,
            Self::Is(condition, alarm) => condition.is_met(states, *alarm),
            Self::Not(inner) => !inner.holds(states),
            Self::All(parts) => parts.iter().all(|part| part.holds(states)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(states)),
            Self::AtLeast(quantity, condition, alarms) => {
                quantity.is_reached(condition.count_met(states, alarms), alarms.len())
            }
        }
    }
}

impl StateCondition {
    pub(super) fn in_state(state: AlarmState) -> Self {
        Self {
            state,
            is_negated: false,
        }
    }

    /// Returns the number of these alarms that meet the condition. One that is named twice counts
    /// twice.
    fn count_met(self, states: &[AlarmState], alarms: &[usize]) -> usize {
        let alarms = alarms.iter().copied();
        alarms.filter(|alarm| self.is_met(states, *alarm)).count()
    }

    fn is_met(self, states: &[AlarmState], alarm: usize) -> bool {
        match states.get(alarm) {
            Some(state) => (*state == self.state) != self.is_negated,
            None => false,
        }
    }
}

impl Quantity {
    fn is_reached(self, count: usize, total: usize) -> bool {
        match self {
            Self::Number(number) => count >= number,
            // Whole numbers, because a share may not be exact: 3 of 10 are 30 %.
            Self::Percent(percent) => count * 100 >= percent * total,
        }
    }
}
