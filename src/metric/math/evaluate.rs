//! From the tree of an expression and the datapoints of the metrics to its value.
//!
//! A missing datapoint counts as 0 beside one that exists, and a result that is not a finite number
//! is dropped (user guide, "Using math expressions with CloudWatch metrics").

use std::cmp::Ordering;

use super::choice::Choice;
use super::error::{DEPTH_LIMIT, ExpressionError, ExpressionErrorKind as Kind};
use super::expression::{ExpressionNode, NodeKind};
use super::function::{Function, Reduction};
use super::grid::{Datapoints, TimeGrid, existing, fill, repeat, running_sum};
use super::query::{MathExpression, Query, QuerySource};
use super::value::MathValue;
use crate::text::span::Span;

/// The values of queries over a grid of periods.
pub(super) struct Evaluator<'a> {
    queries: &'a [Query],
    grid: &'a TimeGrid,
    /// The datapoints of the metrics, in their order.
    metrics: &'a [Datapoints],
    /// The values that are known, by query.
    values: Vec<Option<MathValue>>,
    /// The queries that are being evaluated.
    active: Vec<usize>,
    // Counted through all expressions, since evaluating an ID recurses into another one.
    depth: usize,
}

/// An error in an expression.
struct MathFault {
    kind: Kind,
    span: Span,
    /// The expression in which it is; `None` until the expression is left.
    expression: Option<String>,
}

impl MathFault {
    fn new(span: Span, kind: Kind) -> Self {
        Self {
            kind,
            span,
            expression: None,
        }
    }

    fn unknown_id(id: &str, span: Span) -> Self {
        Self::new(span, Kind::UnknownId(id.to_owned()))
    }

    fn arguments(function: Function, span: Span) -> Self {
        let kind = Kind::Arguments(function.name(), function.arguments());
        Self::new(span, kind)
    }

    /// Returns the fault with its expression, unless it is in another expression already.
    fn within(mut self, expression: &MathExpression) -> Self {
        let own = || expression.text().to_owned();
        self.expression.get_or_insert_with(own);
        self
    }

    fn into_error(self) -> ExpressionError {
        ExpressionError {
            kind: self.kind,
            span: self.span,
            expression: self.expression.unwrap_or_default(),
        }
    }
}

/// The value of a call, or `None` if the function does not take the arguments.
type Called = Result<Option<MathValue>, MathFault>;

impl<'a> Evaluator<'a> {
    pub(super) fn new(queries: &'a [Query], grid: &'a TimeGrid, metrics: &'a [Datapoints]) -> Self {
        Self {
            queries,
            grid,
            metrics,
            values: vec![None; queries.len()],
            active: Vec::new(),
            depth: 0,
        }
    }

    /// Returns the value of a query.
    pub(super) fn query(&mut self, number: usize) -> Result<MathValue, ExpressionError> {
        // Only an expression that refers to a query has a position for its errors.
        let nowhere = Span::new(0, 0);
        self.value(number, nowhere).map_err(MathFault::into_error)
    }

    /// Returns the value of a query that an expression refers to at this position.
    fn value(&mut self, number: usize, position: Span) -> Result<MathValue, MathFault> {
        let queries = self.queries;
        let Some(query) = queries.get(number) else {
            return Err(MathFault::unknown_id("", position));
        };
        if let Some(known) = self.known(number) {
            return Ok(known);
        }
        if self.active.contains(&number) {
            return Err(MathFault::new(position, Kind::Circle(query.id.clone())));
        }
        let value = match &query.source {
            QuerySource::Metric(_) => MathValue::Series(self.metric(number)),
            QuerySource::Expression(expression) => self.expression(number, expression)?,
        };
        self.remember(number, value.clone());
        Ok(value)
    }

    fn expression(
        &mut self,
        number: usize,
        expression: &MathExpression,
    ) -> Result<MathValue, MathFault> {
        self.active.push(number);
        let value = self.node(&expression.node);
        self.active.pop();
        value.map_err(|fault| fault.within(expression))
    }

    fn known(&self, number: usize) -> Option<MathValue> {
        self.values.get(number)?.clone()
    }

    /// Keeps the value of a query. Without that, expressions that refer to the ones before twice
    /// would take time that doubles with each.
    fn remember(&mut self, number: usize, value: MathValue) {
        if let Some(known) = self.values.get_mut(number) {
            *known = Some(value);
        }
    }

    /// Returns the datapoints of a query that is a metric.
    fn metric(&self, number: usize) -> Datapoints {
        let before = self.queries.iter().take(number);
        let metrics_before = before.filter(|query| query.is_metric()).count();
        self.series_or_empty(self.metrics.get(metrics_before))
    }

    fn series_or_empty(&self, series: Option<&Datapoints>) -> Datapoints {
        series.cloned().unwrap_or_else(|| self.grid.empty())
    }

    fn node(&mut self, node: &ExpressionNode) -> Result<MathValue, MathFault> {
        self.descend(node.span)?;
        let value = self.node_within_depth(node);
        self.depth -= 1;
        value
    }

    /// Increases the depth.
    fn descend(&mut self, span: Span) -> Result<(), MathFault> {
        self.depth += 1;
        match self.depth {
            ..=DEPTH_LIMIT => Ok(()),
            _ => Err(MathFault::new(span, Kind::TooManyOperations)),
        }
    }

    fn node_within_depth(&mut self, node: &ExpressionNode) -> Result<MathValue, MathFault> {
        match &node.kind {
            NodeKind::Number(number) => Ok(MathValue::Number(*number)),
            NodeKind::Text(_) | NodeKind::Keyword(_) => {
                Err(MathFault::new(node.span, Kind::ExpectedValue))
            }
            NodeKind::Id(id) => self.id(id, node.span),
            NodeKind::Array(items) => self.array(items),
            NodeKind::Negated(inner) => Ok(self.node(inner)?.negate()),
            NodeKind::Operation(operator, left, right) => {
                let value = MathValue::combine(*operator, self.node(left)?, self.node(right)?);
                value.ok_or_else(|| MathFault::new(node.span, Kind::TwoArrays))
            }
            NodeKind::Call(function, arguments) => {
                let value = self.call(*function, arguments)?;
                value.ok_or_else(|| MathFault::arguments(*function, node.span))
            }
        }
    }

    fn id(&mut self, id: &str, span: Span) -> Result<MathValue, MathFault> {
        match self.number(id) {
            Some(number) => self.value(number, span),
            None => Err(MathFault::unknown_id(id, span)),
        }
    }

    fn number(&self, id: &str) -> Option<usize> {
        self.queries.iter().position(|query| query.id == id)
    }

    fn array(&mut self, items: &[ExpressionNode]) -> Result<MathValue, MathFault> {
        let mut array = Vec::new();
        for item in items {
            match self.node(item)? {
                MathValue::Series(series) => array.push(series),
                MathValue::Array(inner) => array.extend(inner),
                MathValue::Number(_) => return Err(MathFault::new(item.span, Kind::NoSeries)),
            }
        }
        Ok(MathValue::Array(array))
    }

    fn call(&mut self, function: Function, arguments: &[ExpressionNode]) -> Called {
        match (function, arguments) {
            (Function::Metrics, []) => Ok(Some(self.metrics_containing(""))),
            (Function::Metrics, [part]) if part.text().is_some() => {
                Ok(part.text().map(|part| self.metrics_containing(part)))
            }
            // The argument is a name and not a value, since values do not know their period.
            (Function::Period, [metric]) => Ok(self.period(metric)),
            (Function::If, [condition, positive, negative @ ..]) if negative.len() < 2 => {
                self.choose(condition, positive, negative.first())
            }
            (Function::Fill, [series, filler]) => self.fill(series, filler),
            (Function::Sort, [array, by, order, limit @ ..]) if limit.len() < 2 => {
                self.sort(array, [by, order], limit.first())
            }
            (Function::Slice, [array, first, end @ ..]) if end.len() < 2 => {
                self.slice(array, first, end.first())
            }
            // A function of several arguments comes here only if it lacks some, and then takes no
            // value.
            (_, [argument]) => {
                let value = self.node(argument)?;
                Ok(self.call_on(function, value))
            }
            _ => Ok(None),
        }
    }

    /// Calls a function of a single value; `None` if it does not take it.
    fn call_on(&self, function: Function, value: MathValue) -> Option<MathValue> {
        match (function, value) {
            (Function::TimeSeries, MathValue::Number(number)) => {
                Some(MathValue::Series(self.grid.constant(number)))
            }
            (_, MathValue::Number(_)) => None,
            (Function::Each(each), value) => Some(value.map_values(|value| each.apply(value))),
            (Function::Delta(delta), value) => {
                Some(value.map_series(|series| self.grid.deltas(delta, series)))
            }
            (Function::RunningSum, value) => Some(value.map_series(running_sum)),
            (_, MathValue::Series(series)) => self.call_on_series(function, &series),
            (_, MathValue::Array(array)) => self.call_on_array(function, array),
        }
    }

    fn call_on_series(&self, function: Function, series: &Datapoints) -> Option<MathValue> {
        match function {
            Function::Calendar(field) => Some(MathValue::Series(self.grid.calendar(field))),
            Function::Reduce(reduction) => {
                Some(MathValue::Number(reduction.reduce(&existing(series))))
            }
            _ => None,
        }
    }

    fn call_on_array(&self, function: Function, array: Vec<Datapoints>) -> Option<MathValue> {
        Some(match function {
            Function::Reduce(reduction) => MathValue::Series(self.grid.reduce(reduction, &array)),
            Function::MetricCount => MathValue::Number(array.len() as f64),
            Function::First => MathValue::Series(self.series_or_empty(array.first())),
            Function::Last => MathValue::Series(self.series_or_empty(array.last())),
            Function::RemoveEmpty => MathValue::Array(without_empty(array)),
            _ => return None,
        })
    }

    /// Returns the metrics whose IDs contain a text.
    fn metrics_containing(&self, part: &str) -> MathValue {
        let mut array = Vec::new();
        for (number, query) in self.queries.iter().enumerate() {
            if query.is_metric() && query.id.contains(part) {
                array.push(self.metric(number));
            }
        }
        MathValue::Array(array)
    }

    fn period(&self, metric: &ExpressionNode) -> Option<MathValue> {
        let number = self.number(metric.id()?)?;
        let seconds = f64::from(self.grid.period_seconds);
        let is_metric = self.queries.get(number)?.is_metric();
        is_metric.then_some(MathValue::Number(seconds))
    }

    fn choose(
        &mut self,
        condition: &ExpressionNode,
        positive: &ExpressionNode,
        negative: Option<&ExpressionNode>,
    ) -> Called {
        let choice = Choice {
            condition: self.node(condition)?,
            positive: self.node(positive)?,
            negative: negative.map(|node| self.node(node)).transpose()?,
        };
        Ok(choice.choose(self.grid))
    }

    fn fill(&mut self, series: &ExpressionNode, filler: &ExpressionNode) -> Called {
        let value = self.node(series)?;
        if value.number().is_some() {
            return Ok(None);
        }
        match filler.keyword() {
            Some("REPEAT") => Ok(Some(value.map_series(repeat))),
            Some("LINEAR") => Ok(Some(self.fill_linear(value))),
            _ => {
                let filler = self.node(filler)?.into_series(self.grid);
                Ok(filler.map(|filler| value.map_series(|series| fill(series, &filler))))
            }
        }
    }

    fn fill_linear(&self, value: MathValue) -> MathValue {
        value.map_series(|series| self.grid.interpolate(series))
    }

    fn sort(
        &mut self,
        array: &ExpressionNode,
        [by, order]: [&ExpressionNode; 2],
        limit: Option<&ExpressionNode>,
    ) -> Called {
        let Some(sorting) = Sorting::new(by, order) else {
            return Ok(None);
        };
        let limit = self.limit(limit)?;
        let mut array = match self.node(array)? {
            MathValue::Array(array) => array,
            _ => return Ok(None),
        };
        array.sort_by(|a, b| sorting.compare(a, b));
        array.truncate(limit);
        Ok(Some(MathValue::Array(array)))
    }

    fn slice(
        &mut self,
        array: &ExpressionNode,
        first: &ExpressionNode,
        end: Option<&ExpressionNode>,
    ) -> Called {
        let first = self.count(first)?;
        let end = self.limit(end)?;
        let (Some(first), MathValue::Array(array)) = (first, self.node(array)?) else {
            return Ok(None);
        };
        // Both numbers count from the beginning of the array, so the end is cut off first.
        let slice = array.into_iter().take(end).skip(first);
        Ok(Some(MathValue::Array(slice.collect())))
    }

    /// Returns a number of series, or the greatest number if there is no limit.
    fn limit(&mut self, node: Option<&ExpressionNode>) -> Result<usize, MathFault> {
        let count = node.map(|node| self.count(node)).transpose()?;
        Ok(count.flatten().unwrap_or(usize::MAX))
    }

    /// Returns a whole number that is not negative.
    fn count(&mut self, node: &ExpressionNode) -> Result<Option<usize>, MathFault> {
        let number = self.node(node)?.number();
        Ok(number.and_then(count))
    }
}

/// Returns the whole part of a number that is not negative.
fn count(number: f64) -> Option<usize> {
    (number >= 0.0).then_some(number as usize)
}

fn without_empty(mut array: Vec<Datapoints>) -> Vec<Datapoints> {
    array.retain(|series| series.iter().any(Option::is_some));
    array
}

/// The order of `SORT`.
struct Sorting {
    by: Reduction,
    is_descending: bool,
}

impl Sorting {
    fn new(by: &ExpressionNode, order: &ExpressionNode) -> Option<Self> {
        let is_descending = match order.keyword()? {
            "ASC" => false,
            "DESC" => true,
            _ => return None,
        };
        let by = Reduction::for_sorting(by.keyword()?)?;
        Some(Self { by, is_descending })
    }

    fn compare(&self, a: &Datapoints, b: &Datapoints) -> Ordering {
        let ascending = self.key(a).total_cmp(&self.key(b));
        if self.is_descending {
            ascending.reverse()
        } else {
            ascending
        }
    }

    fn key(&self, series: &Datapoints) -> f64 {
        self.by.reduce(&existing(series))
    }
}
