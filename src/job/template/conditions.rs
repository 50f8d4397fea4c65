//! Conditions, which are true, false, or known only after deployment.

use serde_json::Value;

use super::references::text;
use super::resolver::{ResolvedValue, Resolver, unresolved_use};
use crate::text::printable;

/// The value of a condition; `None` if it is known only after deployment. The placeholders that it
/// depends on are then noted.
type Truth = Result<Option<bool>, String>;

impl Resolver<'_> {
    /// Returns the value of a condition.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not known.
    pub(super) fn known_condition(&self, name: &str) -> Result<bool, String> {
        let mark = self.mark();
        let truth = self.condition(name, 0);
        let unknown = self.forget(mark);
        let detail = match truth {
            Ok(Some(truth)) => return Ok(truth),
            Ok(None) => unknown.into_iter().next().map(|unknown| unknown.reason),
            Err(detail) => Some(detail),
        };
        let detail = detail.unwrap_or_default();
        Err(format!("its condition `{}`: {detail}", printable(name)))
    }

    /// Resolves `Fn::If`. Where the condition is not known, the first value is taken, and noted as
    /// a placeholder; a value that is the same either way is known.
    pub(super) fn choose(&self, argument: &Value, depth: usize) -> Option<ResolvedValue> {
        let [Value::String(condition), first, second] = argument.as_array()?.as_slice() else {
            return None;
        };
        let mark = self.mark();
        Some(match self.condition(condition, depth) {
            Ok(Some(true)) => self.resolve(first, depth),
            Ok(Some(false)) => self.resolve(second, depth),
            Ok(None) => self.choose_unknown(first, second, depth, mark),
            Err(detail) => Err(detail),
        })
    }

    fn choose_unknown(
        &self,
        first: &Value,
        second: &Value,
        depth: usize,
        mark: usize,
    ) -> ResolvedValue {
        // The values may hold the same placeholders, but those of the condition are in neither.
        self.note_as_parts(mark);
        let after = self.mark();
        let first = self.resolve(first, depth)?;
        let second = self.resolve(second, depth)?;
        // The condition does not matter then, so its placeholders must not count against the
        // property.
        if first == second && !self.is_unknown_since(after) {
            self.forget(mark);
        }
        match first {
            // Between a value and `AWS::NoValue`, the value says more about what may be deployed.
            Value::Null => Ok(second),
            other => Ok(other),
        }
    }

    /// Resolves a condition that is used as a value.
    // A truth that is not known has noted its placeholders, so no essential property keeps it.
    pub(super) fn condition_value(
        &self,
        function: &str,
        argument: &Value,
        depth: usize,
    ) -> ResolvedValue {
        let truth = self.evaluate(function, argument, depth)?;
        Ok(Value::Bool(truth.unwrap_or_default()))
    }

    fn condition(&self, name: &str, depth: usize) -> Truth {
        let Some(condition) = self.conditions.get(name) else {
            return Err(format!("there is no condition `{}`", printable(name)));
        };
        // Conditions refer to each other, and nothing but AWS has checked that they come to an end.
        self.follow(name, || self.truth(condition, depth + 1))
    }

    fn truth(&self, condition: &Value, depth: usize) -> Truth {
        let mut members = condition.as_object().into_iter().flatten();
        match (members.next(), members.next()) {
            (Some((function, argument)), None) if is_condition(function) => {
                // `resolve`, which pays for everything else, does not see a condition within a
                // condition.
                self.spend(1)?;
                self.evaluate(function, argument, depth)
            }
            _ => self.literal(condition, depth),
        }
    }

    /// Returns the truth of a value that is true or false itself.
    fn literal(&self, condition: &Value, depth: usize) -> Truth {
        let mark = self.mark();
        let value = self.resolve(condition, depth)?;
        if self.is_unknown_since(mark) {
            return Ok(None);
        }
        // Parameters have no type for flags, so a flag that comes from one is a text.
        match text(&value).to_ascii_lowercase().as_str() {
            "true" => Ok(Some(true)),
            "false" => Ok(Some(false)),
            _ => Err("expected a condition".to_owned()),
        }
    }

    fn evaluate(&self, function: &str, argument: &Value, depth: usize) -> Truth {
        let arguments = argument.as_array().map(Vec::as_slice);
        match (function, argument, arguments) {
            ("Condition", Value::String(name), _) => self.condition(name, depth),
            ("Fn::Equals", _, Some([left, right])) => self.equals(left, right, depth),
            ("Fn::Not", _, Some([only])) => Ok(self.truth(only, depth + 1)?.map(|truth| !truth)),
            ("Fn::And", _, Some(all)) => self.until(false, all, depth),
            ("Fn::Or", _, Some(all)) => self.until(true, all, depth),
            _ => Err(unresolved_use(function)),
        }
    }

    fn equals(&self, left: &Value, right: &Value, depth: usize) -> Truth {
        let mark = self.mark();
        let left = self.resolve(left, depth + 1)?;
        let right = self.resolve(right, depth + 1)?;
        match self.is_unknown_since(mark) {
            // A placeholder may turn out to be equal to anything, even to another placeholder.
            true => Ok(None),
            false => Ok(Some(text(&left) == text(&right))),
        }
    }

    /// Returns this truth if one of the conditions has it, whatever is not known about the others.
    fn until(&self, decisive: bool, conditions: &[Value], depth: usize) -> Truth {
        let mark = self.mark();
        let mut result = Some(!decisive);
        for condition in conditions {
            match self.truth(condition, depth + 1)? {
                Some(truth) if truth == decisive => {
                    // The placeholders of the other conditions no longer matter, so they must not
                    // be reported.
                    self.forget(mark);
                    return Ok(Some(decisive));
                }
                Some(_) => {}
                None => result = None,
            }
        }
        Ok(result)
    }
}

fn is_condition(function: &str) -> bool {
    ["Condition", "Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or"].contains(&function)
}
