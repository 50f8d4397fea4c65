//! From the tree of an expression and the datapoints of the metrics to its value.
//!
//! A missing datapoint counts as 0 beside one that exists, and a result that is not a finite number
//! is dropped (user guide, "Using math expressions with CloudWatch metrics").

use super::error::{DEPTH_LIMIT, ExpressionError, ExpressionErrorKind as Kind};
use super::expression::{ExpressionNode, NodeKind};
use super::function::{Function, Reduction};
use super::grid::{Datapoints, TimeGrid, existing, fill, repeat, running_sum};
use super::query::{MathExpression, Query, QuerySource};
use super::value::{Choice, MathValue, map};
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
    depth: usize,
}

/// An error in an expression.
struct Fault {
    kind: Kind,
    span: Span,
    /// The expression in which it is; `None` until the expression is left.
    expression: Option<String>,
}

impl Fault {
    fn new(span: Span, kind: Kind) -> Self {
        Self {
            kind,
            span,
            expression: None,
        }
    }

    fn arguments(function: Function, span: Span) -> Self {
        let kind = Kind::Arguments(function.name(), function.arguments());
        Self::new(span, kind)
    }

    /// Returns the fault with its expression, unless it is in another expression already.
    fn within(self, expression: &MathExpression) -> Self {
        let own = || expression.text().to_owned();
        Self {
            expression: Some(self.expression.unwrap_or_else(own)),
            ..self
        }
    }
}

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
        self.value(number, Span::new(0, 0))
            .map_err(|fault| ExpressionError {
                kind: fault.kind,
                span: fault.span,
                expression: fault.expression.unwrap_or_default(),
            })
    }

    /// Returns the value of a query that an expression refers to at this position.
    fn value(&mut self, number: usize, position: Span) -> Result<MathValue, Fault> {
        let queries = self.queries;
        let Some(query) = queries.get(number) else {
            return Err(Fault::new(position, Kind::UnknownId(String::new())));
        };
        if let Some(Some(known)) = self.values.get(number) {
            return Ok(known.clone());
        }
        if self.active.contains(&number) {
            return Err(Fault::new(position, Kind::Circle(query.id.clone())));
        }
        let value = match &query.source {
            QuerySource::Metric(_) => MathValue::Series(self.metric(number)),
            QuerySource::Expression(expression) => {
                self.active.push(number);
                let value = self.node(&expression.node);
                self.active.pop();
                value.map_err(|fault| fault.within(expression))?
            }
        };
        if let Some(known) = self.values.get_mut(number) {
            *known = Some(value.clone());
        }
        Ok(value)
    }

    /// Returns the datapoints of a query that is a metric.
    fn metric(&self, number: usize) -> Datapoints {
        let before = self.queries.iter().take(number);
        let metrics_before = before.filter(|query| query.is_metric()).count();
        match self.metrics.get(metrics_before) {
            Some(datapoints) => datapoints.clone(),
            None => self.grid.empty(),
        }
    }

    fn node(&mut self, node: &ExpressionNode) -> Result<MathValue, Fault> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(Fault::new(node.span, Kind::TooManyOperations));
        }
        let value = self.node_within_depth(node);
        self.depth -= 1;
        value
    }

    fn node_within_depth(&mut self, node: &ExpressionNode) -> Result<MathValue, Fault> {
        match &node.kind {
            NodeKind::Number(number) => Ok(MathValue::Number(*number)),
            NodeKind::Text(_) | NodeKind::Keyword(_) => {
                Err(Fault::new(node.span, Kind::ExpectedValue))
            }
            NodeKind::Id(id) => self.id(id, node.span),
            NodeKind::Array(items) => self.array(items),
            NodeKind::Negated(inner) => Ok(self.node(inner)?.negate()),
            NodeKind::Operation(operator, left, right) => {
                let (left, right) = (self.node(left)?, self.node(right)?);
                MathValue::combine(*operator, left, right)
                    .ok_or_else(|| Fault::new(node.span, Kind::TwoArrays))
            }
            NodeKind::Call(function, arguments) => self
                .call(*function, arguments)?
                .ok_or_else(|| Fault::arguments(*function, node.span)),
        }
    }

    fn id(&mut self, id: &str, span: Span) -> Result<MathValue, Fault> {
        match self.queries.iter().position(|query| query.id == id) {
            Some(number) => self.value(number, span),
            None => Err(Fault::new(span, Kind::UnknownId(id.to_owned()))),
        }
    }

    fn array(&mut self, items: &[ExpressionNode]) -> Result<MathValue, Fault> {
        let mut array = Vec::new();
        for item in items {
            match self.node(item)? {
                MathValue::Series(series) => array.push(series),
                MathValue::Array(inner) => array.extend(inner),
                MathValue::Number(_) => return Err(Fault::new(item.span, Kind::NoSeries)),
            }
        }
        Ok(MathValue::Array(array))
    }

    /// Calls a function; `None` if it does not take the arguments.
    fn call(
        &mut self,
        function: Function,
        arguments: &[ExpressionNode],
    ) -> Result<Option<MathValue>, Fault> {
        match (function, arguments) {
            (Function::Metrics, []) => Ok(Some(self.metrics_containing(""))),
            (Function::Metrics, [part]) if matches!(part.kind, NodeKind::Text(_)) => {
                Ok(text(part).map(|part| self.metrics_containing(part)))
            }
            (Function::Period, [metric]) => Ok(self.period(metric)),
            (Function::If, [condition, positive]) => self.choose(condition, positive, None),
            (Function::If, [condition, positive, negative]) => {
                self.choose(condition, positive, Some(negative))
            }
            (Function::Fill, [series, filler]) => self.fill(series, filler),
            (Function::Sort, [array, by, order]) => self.sort(array, [by, order], None),
            (Function::Sort, [array, by, order, limit]) => {
                self.sort(array, [by, order], Some(limit))
            }
            (Function::Slice, [array, first]) => self.slice(array, first, None),
            (Function::Slice, [array, first, end]) => self.slice(array, first, Some(end)),
            (_, [argument]) => {
                let value = self.node(argument)?;
                Ok(self.call_on(function, value))
            }
            _ => Ok(None),
        }
    }

    /// Calls a function of a single value; `None` if it does not take it.
    fn call_on(&self, function: Function, value: MathValue) -> Option<MathValue> {
        match value {
            MathValue::Number(number) => {
                let is_constant = function == Function::TimeSeries;
                is_constant.then(|| MathValue::Series(self.grid.constant(number)))
            }
            MathValue::Series(series) => self.call_on_series(function, &series),
            MathValue::Array(array) => self.call_on_array(function, array),
        }
    }

    fn call_on_series(&self, function: Function, series: &Datapoints) -> Option<MathValue> {
        let result = match function {
            Function::Each(each) => map(series, |value| each.apply(value)),
            Function::Delta(delta) => self.grid.deltas(delta, series),
            Function::Calendar(field) => self.grid.calendar(field),
            Function::RunningSum => running_sum(series),
            Function::Reduce(reduction) => {
                let number = reduction.reduce(&existing(series));
                return Some(MathValue::Number(number));
            }
            _ => return None,
        };
        Some(MathValue::Series(result))
    }

    fn call_on_array(&self, function: Function, array: Vec<Datapoints>) -> Option<MathValue> {
        Some(match function {
            Function::Each(each) => {
                MathValue::Array(array).map_series(|series| map(series, |value| each.apply(value)))
            }
            Function::Delta(delta) => {
                MathValue::Array(array).map_series(|series| self.grid.deltas(delta, series))
            }
            Function::Reduce(reduction) => MathValue::Series(self.grid.reduce(reduction, &array)),
            Function::MetricCount => MathValue::Number(array.len() as f64),
            Function::First => self.series_or_empty(array.first()),
            Function::Last => self.series_or_empty(array.last()),
            Function::RemoveEmpty => {
                let has_datapoint = |series: &Datapoints| series.iter().any(Option::is_some);
                MathValue::Array(array.into_iter().filter(has_datapoint).collect())
            }
            _ => return None,
        })
    }

    fn series_or_empty(&self, series: Option<&Datapoints>) -> MathValue {
        MathValue::Series(series.cloned().unwrap_or_else(|| self.grid.empty()))
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
        let NodeKind::Id(id) = &metric.kind else {
            return None;
        };
        let query = self.queries.iter().find(|query| query.id == *id)?;
        let seconds = f64::from(self.grid.period_seconds);
        query.is_metric().then_some(MathValue::Number(seconds))
    }

    fn choose(
        &mut self,
        condition: &ExpressionNode,
        positive: &ExpressionNode,
        negative: Option<&ExpressionNode>,
    ) -> Result<Option<MathValue>, Fault> {
        let choice = Choice {
            condition: self.node(condition)?,
            positive: self.node(positive)?,
            negative: negative.map(|negative| self.node(negative)).transpose()?,
        };
        Ok(choice.choose(self.grid))
    }

    fn fill(
        &mut self,
        series: &ExpressionNode,
        filler: &ExpressionNode,
    ) -> Result<Option<MathValue>, Fault> {
        let value = self.node(series)?;
        if value.is_number() {
            return Ok(None);
        }
        let filled = match keyword(filler) {
            Some("REPEAT") => value.map_series(repeat),
            Some("LINEAR") => value.map_series(|series| self.grid.interpolate(series)),
            _ => {
                let Some(filler) = self.node(filler)?.into_series(self.grid) else {
                    return Ok(None);
                };
                value.map_series(|series| fill(series, &filler))
            }
        };
        Ok(Some(filled))
    }

    fn sort(
        &mut self,
        array: &ExpressionNode,
        [by, order]: [&ExpressionNode; 2],
        limit: Option<&ExpressionNode>,
    ) -> Result<Option<MathValue>, Fault> {
        let (Some(by), Some(order)) = (keyword(by), keyword(order)) else {
            return Ok(None);
        };
        let is_descending = match order {
            "ASC" => false,
            "DESC" => true,
            _ => return Ok(None),
        };
        let limit = limit.map(|limit| self.count(limit)).transpose()?.flatten();
        let (Some(by), MathValue::Array(mut array)) =
            (Reduction::for_sorting(by), self.node(array)?)
        else {
            return Ok(None);
        };
        let key = |series: &Datapoints| by.reduce(&existing(series));
        array.sort_by(|a, b| match is_descending {
            true => key(b).total_cmp(&key(a)),
            false => key(a).total_cmp(&key(b)),
        });
        array.truncate(limit.unwrap_or(usize::MAX));
        Ok(Some(MathValue::Array(array)))
    }

    fn slice(
        &mut self,
        array: &ExpressionNode,
        first: &ExpressionNode,
        end: Option<&ExpressionNode>,
    ) -> Result<Option<MathValue>, Fault> {
        let first = self.count(first)?;
        let end = end.map(|end| self.count(end)).transpose()?.flatten();
        let (Some(first), MathValue::Array(array)) = (first, self.node(array)?) else {
            return Ok(None);
        };
        let length = end.unwrap_or(usize::MAX).saturating_sub(first);
        let slice = array.into_iter().skip(first).take(length);
        Ok(Some(MathValue::Array(slice.collect())))
    }

    /// Returns a whole number that is not negative.
    fn count(&mut self, node: &ExpressionNode) -> Result<Option<usize>, Fault> {
        Ok(match self.node(node)? {
            MathValue::Number(number) if number >= 0.0 => Some(number as usize),
            _ => None,
        })
    }
}

fn keyword(node: &ExpressionNode) -> Option<&str> {
    match &node.kind {
        NodeKind::Keyword(word) => Some(word),
        _ => None,
    }
}

fn text(node: &ExpressionNode) -> Option<&str> {
    match &node.kind {
        NodeKind::Text(text) => Some(text),
        _ => None,
    }
}
