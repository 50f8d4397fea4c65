//! Resolving the functions of CloudFormation in the properties of resources.
//!
//! Before deployment, only literals, parameters with a value, and the names of alarms are known. In
//! the place of everything else comes a placeholder, and a note that it is one. Where a property
//! changes what an alarm does, the placeholder is an error: a guess would define another alarm than
//! the one that is deployed, and its replay would be wrong without a sign.
//!
//! References end, whatever a template holds. The names that are followed are remembered, so a
//! circle is found; the depth is limited. References to references may still multiply, as
//! `${A}${A}` does at each depth; so everything that is resolved is paid for from a budget.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::placeholder::{Unknown, as_written};
use super::roles::Role;
use crate::job::parameters::GivenParameters;
use crate::text::printable;

/// The greatest depth of values within values and references to references. What people write is
/// less than twenty deep.
const DEPTH_LIMIT: usize = 100;

/// The most values and bytes of text that the functions of one resource, or the loops of a
/// template, may resolve to. CloudFormation takes templates of up to 1 MB, as they are after the
/// loops.
const ALLOWANCE: usize = 1 << 20;

/// The most values and bytes of text that all functions and loops of a template may resolve to, so
/// that many resources that use up their allowances take no more than seconds.
const BUDGET: usize = 1 << 24;

/// The longest name of a metric with its placeholders, in bytes. AWS takes 255 characters.
const METRIC_NAME_LIMIT: usize = 4096;

/// The values that the functions of a template refer to.
pub(super) struct Resolver<'a> {
    pub(super) given: &'a GivenParameters,
    pub(super) parameters: Option<&'a Map<String, Value>>,
    pub(super) mappings: Option<&'a Map<String, Value>>,
    pub(super) conditions: Map<String, Value>,
    pub(super) resources: Map<String, Value>,
    /// The number of the stack among those whose names are not known.
    stack: OnceCell<usize>,
    budget: Cell<usize>,
    /// The part of the budget that is left for one resource.
    allowance: Cell<usize>,
    /// The names that are being followed, outermost first.
    followed: RefCell<Vec<String>>,
    /// The placeholders that no property has settled yet.
    unknown: RefCell<Vec<Unknown>>,
    /// A message for each placeholder that was kept in the resource.
    kept: RefCell<BTreeSet<String>>,
}

/// A resolved value, or the reason for which the template is wrong there.
pub(super) type ResolvedValue = Result<Value, String>;

impl<'a> Resolver<'a> {
    pub(super) fn new(template: &'a Value, given: &'a GivenParameters) -> Self {
        let section = |name: &str| template.get(name).and_then(Value::as_object);
        Self {
            given,
            parameters: section("Parameters"),
            mappings: section("Mappings"),
            conditions: section("Conditions").cloned().unwrap_or_default(),
            resources: section("Resources").cloned().unwrap_or_default(),
            stack: OnceCell::new(),
            budget: Cell::new(BUDGET),
            allowance: Cell::new(ALLOWANCE),
            followed: RefCell::default(),
            unknown: RefCell::default(),
            kept: RefCell::default(),
        }
    }

    /// Returns the resources of the template by their logical IDs.
    pub(super) fn resources(&self) -> &Map<String, Value> {
        &self.resources
    }

    /// Returns the number of the stack, counted from 1. It has one only where it is asked for, so
    /// that a single stack without a name is the first.
    pub(super) fn stack_number(&self) -> usize {
        *self.stack.get_or_init(|| self.given.next_stack())
    }

    /// Begins another resource, which has an allowance of its own.
    pub(super) fn begin_resource(&self) {
        self.unknown.borrow_mut().clear();
        self.allowance.set(ALLOWANCE);
    }

    /// Resolves the properties of a resource.
    pub(super) fn properties(&self, resource: &Value) -> Result<Map<String, Value>, String> {
        match resource.get("Properties").and_then(Value::as_object) {
            Some(properties) => self.members(properties, 0),
            None => Ok(Map::new()),
        }
    }

    /// Takes the messages about placeholders that were kept in a resource.
    pub(super) fn take_notes(&self, id: &str) -> Vec<String> {
        let kept = self.kept.take().into_iter();
        let id = printable(id);
        kept.map(|note| format!("resource `{id}`: {note}"))
            .collect()
    }

    pub(super) fn members(
        &self,
        members: &Map<String, Value>,
        depth: usize,
    ) -> Result<Map<String, Value>, String> {
        let mut resolved = Map::new();
        for (name, value) in self.with_loops_expanded(members, depth)?.iter() {
            // A macro may change every property beside it.
            if name == "Fn::Transform" {
                return Err("`Fn::Transform` is a macro, which only AWS runs".to_owned());
            }
            let value = self.member(name, value, depth)?;
            // A property that is `AWS::NoValue` does not exist.
            if !value.is_null() {
                resolved.insert(name.clone(), value);
            }
        }
        Ok(resolved)
    }

    fn member(&self, name: &str, value: &Value, depth: usize) -> ResolvedValue {
        let mark = self.mark();
        let role = Role::from_name(name);
        let resolved = self.resolve(value, depth);
        let settled = resolved.and_then(|resolved| self.settle(name, role, resolved, mark));
        match settled {
            Ok(value) => Ok(value),
            // A topic that the template creates has no ARN yet, but the alarm is the same for every
            // topic.
            Err(_) if role == Role::Indifferent => {
                self.forget(mark);
                Ok(as_written(value))
            }
            Err(detail) => Err(format!("`{}`: {detail}", printable(name))),
        }
    }

    /// Decides whether a property may keep the placeholders in it.
    fn settle(&self, name: &str, role: Role, mut value: Value, mark: usize) -> ResolvedValue {
        let unknown = self.forget(mark);
        let mut refused = unknown.iter().filter(|each| !is_kept(role, &value, each));
        if let Some(refused) = refused.next() {
            return Err(refused.reason.clone());
        }
        if role == Role::Indifferent {
            return Ok(value);
        }
        for unknown in unknown {
            if role == Role::Metric {
                replace(&mut value, &unknown);
            }
            let note = kept_note(name, &value, &unknown);
            self.kept.borrow_mut().insert(note);
        }
        Ok(value)
    }

    /// Returns the value with every function in it replaced by its result.
    pub(super) fn resolve(&self, value: &Value, depth: usize) -> ResolvedValue {
        if depth > DEPTH_LIMIT {
            return Err(format!(
                "values and references nest more than {DEPTH_LIMIT} deep"
            ));
        }
        // Even an empty value costs something, or lists of them could multiply without end.
        self.spend(1)?;
        match value {
            Value::Array(list) => self.list(list, depth + 1).map(Value::Array),
            Value::Object(members) => self.object(members, depth),
            Value::String(text) => {
                self.note_dynamic_reference(text);
                Ok(value.clone())
            }
            literal => Ok(literal.clone()),
        }
    }

    fn object(&self, members: &Map<String, Value>, depth: usize) -> ResolvedValue {
        match function_call(members) {
            Some((function, argument)) => self.call(function, argument, depth + 1),
            None => self.members(members, depth + 1).map(Value::Object),
        }
    }

    fn list(&self, list: &[Value], depth: usize) -> Result<Vec<Value>, String> {
        let mut resolved = Vec::new();
        for item in list {
            let item = self.resolve(item, depth)?;
            // `AWS::NoValue` removes an item of a list as it removes a property.
            if !item.is_null() {
                resolved.push(item);
            }
        }
        Ok(resolved)
    }

    fn call(&self, function: &str, argument: &Value, depth: usize) -> ResolvedValue {
        let resolved = match function {
            "Ref" => argument.as_str().map(|name| self.reference(name, depth)),
            "Fn::GetAtt" => Some(self.attribute(argument, depth)),
            "Fn::Sub" => self.sub(argument, depth),
            "Fn::Join" => self.join(argument, depth),
            "Fn::Select" => self.select(argument, depth),
            "Fn::Split" => self.split(argument, depth),
            "Fn::FindInMap" => self.find_in_map(argument, depth),
            "Fn::Length" => self.length(argument, depth),
            "Fn::ToJsonString" => Some(self.json_text(argument, depth)),
            "Fn::If" => self.choose(argument, depth),
            "Fn::Equals" | "Fn::And" | "Fn::Or" | "Fn::Not" => {
                Some(self.condition_value(function, argument, depth))
            }
            // A function that AWS adds later matters only where a property is essential.
            _ => Some(Ok(self.unresolved(function))),
        };
        resolved.unwrap_or_else(|| Err(unresolved_use(function)))
    }

    /// Returns the placeholder for a function whose result only AWS knows.
    fn unresolved(&self, function: &str) -> Value {
        let reason = format!("`{}` is known only after deployment", printable(function));
        self.note(Unknown::deployed(function, reason))
    }

    /// Notes a value that AWS looks up, such as `{{resolve:ssm:name}}`.
    fn note_dynamic_reference(&self, text: &str) {
        // The first one is enough, since one unknown part makes the whole text unknown.
        let Some((_, reference)) = text.split_once("{{resolve:") else {
            return;
        };
        let reference = reference.split("}}").next().unwrap_or(reference);
        let name = format!("resolve:{reference}");
        let shown = printable(&name);
        let reason = format!("`{{{{{shown}}}}}` is known only after deployment");
        self.note(Unknown::deployed(&name, reason));
    }

    /// Notes that a value is not known, and returns the placeholder in its place.
    pub(super) fn note(&self, unknown: Unknown) -> Value {
        let placeholder = unknown.placeholder();
        self.unknown.borrow_mut().push(unknown);
        placeholder.into()
    }

    /// Returns the number of placeholders so far, for [`Resolver::forget`].
    pub(super) fn mark(&self) -> usize {
        self.unknown.borrow().len()
    }

    /// Takes out the placeholders since a mark.
    pub(super) fn forget(&self, mark: usize) -> Vec<Unknown> {
        self.unknown.borrow_mut().split_off(mark)
    }

    /// Returns the placeholder since a mark, if there is exactly one.
    pub(super) fn only_unknown_since(&self, mark: usize) -> Option<Unknown> {
        match self.unknown.borrow().get(mark..)? {
            [only] => Some(only.clone()),
            _ => None,
        }
    }

    /// Notes that only parts of the placeholders since a mark are used, or what they decide.
    pub(super) fn note_as_parts(&self, mark: usize) {
        let parts = self.forget(mark).into_iter().map(Unknown::into_part);
        self.unknown.borrow_mut().extend(parts);
    }

    /// Returns true if there are placeholders since a mark.
    pub(super) fn is_unknown_since(&self, mark: usize) -> bool {
        self.mark() > mark
    }

    /// Does something while a name is being followed. A name that is followed already leads in a
    /// circle.
    pub(super) fn follow<T>(
        &self,
        name: &str,
        step: impl FnOnce() -> Result<T, String>,
    ) -> Result<T, String> {
        if let Some(circle) = self.circle(name) {
            return Err(circle);
        }
        self.followed.borrow_mut().push(name.to_owned());
        let result = step();
        // Also after an error, so that the next resource begins with nothing followed.
        self.followed.borrow_mut().pop();
        result
    }

    fn circle(&self, name: &str) -> Option<String> {
        let followed = self.followed.borrow();
        let start = followed.iter().position(|each| each == name)?;
        let names = followed.iter().skip(start).map(String::as_str);
        let names: Vec<String> = names.chain([name]).map(printable).collect();
        Some(format!(
            "references lead in a circle: {}",
            names.join(" -> ")
        ))
    }

    /// Takes bytes or values from the allowance and the budget.
    pub(super) fn spend(&self, amount: usize) -> Result<(), String> {
        for purse in [&self.allowance, &self.budget] {
            let rest = purse.get().checked_sub(amount);
            purse.set(rest.ok_or(TOO_MUCH)?);
        }
        Ok(())
    }
}

/// Returns whether a property that plays this part may keep a placeholder.
fn is_kept(role: Role, value: &Value, unknown: &Unknown) -> bool {
    match role {
        Role::Indifferent | Role::Name => true,
        // What is not in the name has decided between names, as a condition or the key of a mapping
        // does.
        Role::Metric => unknown.is_parameter && has_placeholder(value, unknown),
        Role::Essential => false,
    }
}

fn has_placeholder(value: &Value, unknown: &Unknown) -> bool {
    let text = value.as_str();
    text.is_some_and(|text| text.contains(&unknown.placeholder()))
}

const TOO_MUCH: &str = "the functions and loops of the template resolve to too much text";

/// Returns the message that a property is not known whole. A placeholder that decided between two
/// values is not in the one that was taken.
fn kept_note(property: &str, value: &Value, unknown: &Unknown) -> String {
    let placeholder = match Role::from_name(property) {
        Role::Metric => unknown.metric_placeholder(),
        _ => unknown.placeholder(),
    };
    let property = printable(property);
    let reason = &unknown.reason;
    match value.to_string().contains(&placeholder) {
        true => {
            let placeholder = printable(&placeholder);
            format!("`{property}` keeps the placeholder `{placeholder}`: {reason}")
        }
        false => format!("`{property}` may be another: {reason}"),
    }
}

/// Replaces the placeholder in the name of a metric by the one that such a name can have.
fn replace(value: &mut Value, unknown: &Unknown) {
    // A longer text is not the name of a metric, and is refused as such.
    if let Value::String(text) = value
        && text.len() <= METRIC_NAME_LIMIT
    {
        *text = text.replace(&unknown.placeholder(), &unknown.metric_placeholder());
    }
}

pub(super) fn unresolved_use(function: &str) -> String {
    format!(
        "`{}` is used in a way that is not resolved",
        printable(function)
    )
}

/// Returns the function and its argument if an object is a call: it has one member, which is named
/// like a function.
fn function_call(members: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, argument) = members.iter().next()?;
    // An object with a loop alone is not a call: the loop makes members of the object.
    let is_loop = name.starts_with("Fn::ForEach");
    let is_function = name == "Ref" || name.starts_with("Fn::");
    (members.len() == 1 && is_function && !is_loop).then_some((name.as_str(), argument))
}
