//! From the tree and the datapoints of the metrics to the value of an expression.
//!
//! A missing datapoint counts as 0 beside one that exists, and a result that is no finite number is
//! dropped (user guide, "Using math expressions with CloudWatch metrics").

use super::error::{DEPTH_LIMIT, ExpressionError, ExpressionErrorKind as Kind};
use super::expression::{Node, NodeKind, Operator};
use super::function::{CalendarField, Function, Reduction, Step};
use super::{Datapoints, MetricMath, QuerySource, TimeGrid};
use crate::text::span::Span;
use crate::time::period::timestamp;

/// What a part of an expression comes to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Scalar(f64),
    Series(Datapoints),
    Array(Vec<Datapoints>),
}

/// The values of expressions over given slots.
pub(super) struct Evaluator<'a> {
    math: &'a MetricMath,
    slots: &'a TimeGrid,
    /// The datapoints of the metrics, in their order.
    metrics: &'a [Datapoints],
    /// The values of queries that are known.
    values: Vec<Option<Value>>,
    /// The queries that are being evaluated.
    active: Vec<usize>,
    depth: usize,
}

type Evaluated<T> = Result<T, Fault>;

/// What is wrong in an expression.
struct Fault {
    kind: Kind,
    span: Span,
    /// The expression, where it is another one than the evaluated.
    expression: Option<String>,
}

impl Fault {
    fn at(span: Span, kind: Kind) -> Self {
        Self {
            kind,
            span,
            expression: None,
        }
    }

    fn arguments(function: Function, span: Span) -> Self {
        Self::at(span, Kind::Arguments(function.name(), function.arguments()))
    }
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(
        math: &'a MetricMath,
        slots: &'a TimeGrid,
        metrics: &'a [Datapoints],
    ) -> Self {
        Self {
            math,
            slots,
            metrics,
            values: vec![None; math.queries().len()],
            active: Vec::new(),
            depth: 0,
        }
    }

    /// The value of a query.
    pub(super) fn query(&mut self, number: usize) -> Result<Value, ExpressionError> {
        self.value(number, Span::new(0, 0))
            .map_err(|fault| ExpressionError {
                kind: fault.kind,
                span: fault.span,
                expression: fault.expression.unwrap_or_default(),
            })
    }

    /// The value of a query that is asked for at this place.
    fn value(&mut self, number: usize, asked_at: Span) -> Evaluated<Value> {
        let Some(query) = self.math.queries().get(number) else {
            return Err(Fault::at(asked_at, Kind::UnknownId(String::new())));
        };
        if let Some(Some(known)) = self.values.get(number) {
            return Ok(known.clone());
        }
        if self.active.contains(&number) {
            return Err(Fault::at(asked_at, Kind::Circle(query.id.clone())));
        }
        let value = match &query.source {
            QuerySource::Metric(_) => Value::Series(self.metric(number)),
            QuerySource::Expression(expression) => {
                self.active.push(number);
                let value = self.node(&expression.node);
                self.active.pop();
                value.map_err(|fault| Fault {
                    expression: fault.expression.or_else(|| Some(expression.text.clone())),
                    ..fault
                })?
            }
        };
        if let Some(known) = self.values.get_mut(number) {
            *known = Some(value.clone());
        }
        Ok(value)
    }

    /// The datapoints of a query that is a metric.
    fn metric(&self, number: usize) -> Datapoints {
        let before = self.math.queries().iter().take(number);
        let place = before
            .filter(|query| matches!(query.source, QuerySource::Metric(_)))
            .count();
        self.metrics
            .get(place)
            .cloned()
            .unwrap_or_else(|| self.empty())
    }

    fn empty(&self) -> Datapoints {
        vec![None; self.slots.starts_seconds.len()]
    }

    fn constant(&self, value: f64) -> Datapoints {
        vec![Some(value).filter(|value| value.is_finite()); self.slots.starts_seconds.len()]
    }

    fn node(&mut self, node: &Node) -> Evaluated<Value> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(Fault::at(node.span, Kind::TooManyOperations));
        }
        let value = self.part(node);
        self.depth -= 1;
        value
    }

    fn part(&mut self, node: &Node) -> Evaluated<Value> {
        match &node.kind {
            NodeKind::Number(number) => Ok(Value::Scalar(*number)),
            NodeKind::Text(_) | NodeKind::Keyword(_) => {
                Err(Fault::at(node.span, Kind::ExpectedValue))
            }
            NodeKind::Id(id) => {
                match self.math.queries().iter().position(|query| query.id == *id) {
                    Some(number) => self.value(number, node.span),
                    None => Err(Fault::at(node.span, Kind::UnknownId(id.clone()))),
                }
            }
            NodeKind::Array(parts) => self.array(parts),
            NodeKind::Negated(inner) => {
                let value = self.node(inner)?;
                Ok(map(value, |value| Some(-value)))
            }
            NodeKind::Operation(operator, left, right) => {
                let (left, right) = (self.node(left)?, self.node(right)?);
                operation(*operator, left, right)
                    .ok_or_else(|| Fault::at(node.span, Kind::TwoArrays))
            }
            NodeKind::Call(function, arguments) => self.call(*function, arguments, node.span),
        }
    }

    fn array(&mut self, parts: &[Node]) -> Evaluated<Value> {
        let mut array = Vec::new();
        for part in parts {
            match self.node(part)? {
                Value::Series(series) => array.push(series),
                Value::Array(inner) => array.extend(inner),
                Value::Scalar(_) => return Err(Fault::at(part.span, Kind::NoSeries)),
            }
        }
        Ok(Value::Array(array))
    }

    fn call(&mut self, function: Function, arguments: &[Node], span: Span) -> Evaluated<Value> {
        let wrong = || Fault::arguments(function, span);
        match (function, arguments) {
            (Function::Metrics, []) => Ok(self.metrics_with("")),
            (
                Function::Metrics,
                [
                    Node {
                        kind: NodeKind::Text(part),
                        ..
                    },
                ],
            ) => Ok(self.metrics_with(part)),
            (Function::Period, [metric]) => self.period(metric).ok_or_else(wrong),
            (Function::If, [condition, positive, negative @ ..]) if negative.len() < 2 => self
                .condition(condition, positive, negative.first())?
                .ok_or_else(wrong),
            (Function::Fill, [series, filler]) => self.fill(series, filler)?.ok_or_else(wrong),
            (Function::Sort, [array, by, order, limit @ ..]) if limit.len() < 2 => self
                .sort(array, [by, order], limit.first())?
                .ok_or_else(wrong),
            (Function::Slice, [array, first, end @ ..]) if end.len() < 2 => {
                self.slice(array, first, end.first())?.ok_or_else(wrong)
            }
            (_, [argument]) => {
                let value = self.node(argument)?;
                self.of_one(function, value).ok_or_else(wrong)
            }
            _ => Err(wrong()),
        }
    }

    /// A function of a single value.
    fn of_one(&self, function: Function, value: Value) -> Option<Value> {
        let is_scalar = matches!(value, Value::Scalar(_));
        match (function, value) {
            (Function::TimeSeries, Value::Scalar(value)) => {
                Some(Value::Series(self.constant(value)))
            }
            (Function::Each(each), value) if !is_scalar => {
                Some(map(value, |value| Some(each.of(value))))
            }
            (Function::Step(step), value) if !is_scalar => {
                Some(map_series(value, |series| self.steps(step, series)))
            }
            (Function::Reduce(reduction), Value::Series(series)) => {
                let values: Vec<f64> = series.into_iter().flatten().collect();
                Some(Value::Scalar(reduction.of(&values)))
            }
            (Function::Reduce(reduction), Value::Array(array)) => {
                Some(Value::Series(self.reduced(reduction, &array)))
            }
            (Function::Calendar(field), Value::Series(_)) => {
                let times = self.slots.starts_seconds.iter();
                Some(Value::Series(
                    times.map(|second| Some(calendar(field, *second))).collect(),
                ))
            }
            (Function::RunningSum, Value::Series(series)) => {
                let running = series.into_iter().scan(0.0, |sum, value| {
                    *sum += value.unwrap_or(0.0);
                    Some(value.map(|_| *sum))
                });
                Some(Value::Series(running.collect()))
            }
            (Function::MetricCount, Value::Array(array)) => Some(Value::Scalar(array.len() as f64)),
            (Function::First, Value::Array(array)) => Some(Value::Series(
                array.into_iter().next().unwrap_or_else(|| self.empty()),
            )),
            (Function::Last, Value::Array(array)) => Some(Value::Series(
                array
                    .into_iter()
                    .next_back()
                    .unwrap_or_else(|| self.empty()),
            )),
            (Function::RemoveEmpty, Value::Array(array)) => Some(Value::Array(
                array
                    .into_iter()
                    .filter(|series| series.iter().any(Option::is_some))
                    .collect(),
            )),
            _ => None,
        }
    }

    fn metrics_with(&self, part: &str) -> Value {
        let queries = self.math.queries().iter().enumerate();
        let metrics = queries.filter(|(_, query)| matches!(query.source, QuerySource::Metric(_)));
        let named = metrics.filter(|(_, query)| query.id.contains(part));
        Value::Array(named.map(|(number, _)| self.metric(number)).collect())
    }

    fn period(&self, metric: &Node) -> Option<Value> {
        let NodeKind::Id(id) = &metric.kind else {
            return None;
        };
        let query = self.math.queries().iter().find(|query| query.id == *id)?;
        matches!(query.source, QuerySource::Metric(_))
            .then(|| Value::Scalar(f64::from(self.slots.period_seconds)))
    }

    /// The reduction of the datapoints of an array at each time. A missing one counts as 0 in an
    /// average.
    fn reduced(&self, reduction: Reduction, array: &[Datapoints]) -> Datapoints {
        let slots = 0..self.slots.starts_seconds.len();
        let at = |slot: usize| {
            let mut values: Vec<f64> = array
                .iter()
                .filter_map(|series| *series.get(slot)?)
                .collect();
            if values.is_empty() && reduction != Reduction::Count {
                return None;
            }
            if reduction == Reduction::Average {
                values.resize(array.len(), 0.0);
            }
            Some(reduction.of(&values)).filter(|value| value.is_finite())
        };
        slots.map(at).collect()
    }

    /// What each datapoint differs from the one before.
    fn steps(&self, step: Step, series: &Datapoints) -> Datapoints {
        let mut previous: Option<(f64, i64)> = None;
        let starts = self.slots.starts_seconds.iter();
        let stepped = series.iter().zip(starts).map(|(value, &second)| {
            let value = (*value)?;
            let (last, last_second) = previous.replace((value, second))?;
            let seconds = second.saturating_sub(last_second) as f64;
            Some(match step {
                Step::Difference => value - last,
                Step::TimeDifference => seconds,
                Step::Rate => (value - last) / seconds,
            })
            .filter(|value| value.is_finite())
        });
        stepped.collect()
    }

    fn fill(&mut self, series: &Node, filler: &Node) -> Evaluated<Option<Value>> {
        let value = self.node(series)?;
        if matches!(value, Value::Scalar(_)) {
            return Ok(None);
        }
        let filler = match &filler.kind {
            NodeKind::Keyword(word) if word == "REPEAT" => {
                return Ok(Some(map_series(value, repeated)));
            }
            NodeKind::Keyword(word) if word == "LINEAR" => {
                return Ok(Some(map_series(value, |series| self.interpolated(series))));
            }
            _ => match self.node(filler)? {
                Value::Scalar(number) => self.constant(number),
                Value::Series(series) => series,
                Value::Array(_) => return Ok(None),
            },
        };
        Ok(Some(map_series(value, |series| {
            series
                .iter()
                .zip(&filler)
                .map(|(value, filler)| value.or(*filler))
                .collect()
        })))
    }

    /// Missing datapoints on the line between those around them.
    fn interpolated(&self, series: &Datapoints) -> Datapoints {
        let starts = &self.slots.starts_seconds;
        let known: Vec<(i64, f64)> = starts
            .iter()
            .zip(series)
            .filter_map(|(second, value)| Some((*second, (*value)?)))
            .collect();
        let at = |(&second, value): (&i64, &Option<f64>)| {
            value.or_else(|| {
                let next = known.partition_point(|(known, _)| *known < second);
                let ((start, low), (end, high)) =
                    (known.get(next.checked_sub(1)?)?, known.get(next)?);
                Some(low + (high - low) * (second - start) as f64 / (end - start) as f64)
            })
        };
        starts.iter().zip(series).map(at).collect()
    }

    /// `IF`, of which the documented examples are tests. The result is a number only where all
    /// parts are.
    fn condition(
        &mut self,
        condition: &Node,
        positive: &Node,
        negative: Option<&Node>,
    ) -> Evaluated<Option<Value>> {
        let condition = self.node(condition)?;
        let positive = self.node(positive)?;
        let negative = negative.map(|negative| self.node(negative)).transpose()?;
        if let (Value::Scalar(condition), Value::Scalar(positive), Some(Value::Scalar(negative))) =
            (&condition, &positive, &negative)
        {
            return Ok(Some(Value::Scalar(if *condition != 0.0 {
                *positive
            } else {
                *negative
            })));
        }
        let is_number = |value: &Value| matches!(value, Value::Scalar(_));
        let (is_constant, fills_missing) = (
            is_number(&condition),
            negative.as_ref().is_some_and(is_number),
        );
        let negative = negative.unwrap_or_else(|| Value::Series(self.empty()));
        let series = [condition, positive, negative].map(|value| match value {
            Value::Scalar(number) => Some(self.constant(number)),
            Value::Series(series) => Some(series),
            Value::Array(_) => None,
        });
        let [Some(condition), Some(positive), Some(negative)] = series else {
            return Ok(None);
        };
        let chosen = condition.iter().zip(positive.iter().zip(negative));
        let chosen = chosen.map(|(condition, (positive, negative))| match condition {
            Some(condition) if *condition != 0.0 && is_constant => *positive,
            Some(condition) if *condition != 0.0 => Some(positive.unwrap_or(0.0)),
            Some(_) => negative,
            None => negative.filter(|_| fills_missing),
        });
        Ok(Some(Value::Series(chosen.collect())))
    }

    fn sort(
        &mut self,
        array: &Node,
        [by, order]: [&Node; 2],
        limit: Option<&Node>,
    ) -> Evaluated<Option<Value>> {
        let (NodeKind::Keyword(by), NodeKind::Keyword(order)) = (&by.kind, &order.kind) else {
            return Ok(None);
        };
        let is_descending = match order.as_str() {
            "ASC" => false,
            "DESC" => true,
            _ => return Ok(None),
        };
        let limit = limit.map(|limit| self.count(limit)).transpose()?;
        let (Some(by), Value::Array(array)) = (Reduction::for_sorting(by), self.node(array)?)
        else {
            return Ok(None);
        };
        let key =
            |series: &Datapoints| by.of(&series.iter().copied().flatten().collect::<Vec<f64>>());
        let mut keyed: Vec<(f64, Datapoints)> = array
            .into_iter()
            .map(|series| (key(&series), series))
            .collect();
        keyed.sort_by(|(a, _), (b, _)| {
            if is_descending {
                b.total_cmp(a)
            } else {
                a.total_cmp(b)
            }
        });
        let limit = limit.flatten().unwrap_or(usize::MAX);
        Ok(Some(Value::Array(
            keyed
                .into_iter()
                .map(|(_, series)| series)
                .take(limit)
                .collect(),
        )))
    }

    fn slice(
        &mut self,
        array: &Node,
        first: &Node,
        end: Option<&Node>,
    ) -> Evaluated<Option<Value>> {
        let first = self.count(first)?;
        let end = end.map(|end| self.count(end)).transpose()?;
        let (Some(first), Value::Array(array)) = (first, self.node(array)?) else {
            return Ok(None);
        };
        let length = end.flatten().unwrap_or(usize::MAX).saturating_sub(first);
        Ok(Some(Value::Array(
            array.into_iter().skip(first).take(length).collect(),
        )))
    }

    /// A whole number that is not negative.
    fn count(&mut self, node: &Node) -> Evaluated<Option<usize>> {
        Ok(match self.node(node)? {
            Value::Scalar(number) if number >= 0.0 => Some(number as usize),
            _ => None,
        })
    }
}

/// A function of each number.
fn map(value: Value, of: impl Fn(f64) -> Option<f64>) -> Value {
    match value {
        Value::Scalar(number) => Value::Scalar(of(number).unwrap_or(f64::NAN)),
        series => map_series(series, |series| {
            series
                .iter()
                .map(|value| value.and_then(&of).filter(|value| value.is_finite()))
                .collect()
        }),
    }
}

/// A function of each time series.
fn map_series(value: Value, of: impl Fn(&Datapoints) -> Datapoints) -> Value {
    match value {
        Value::Scalar(number) => Value::Scalar(number),
        Value::Series(series) => Value::Series(of(&series)),
        Value::Array(array) => Value::Array(array.iter().map(of).collect()),
    }
}

/// What stands between two values; nothing for two arrays.
fn operation(operator: Operator, left: Value, right: Value) -> Option<Value> {
    Some(match (left, right) {
        (Value::Array(_), Value::Array(_)) => return None,
        (Value::Array(array), other) => Value::Array(
            array
                .into_iter()
                .map(|series| with(operator, &Value::Series(series), &other))
                .collect(),
        ),
        (other, Value::Array(array)) => Value::Array(
            array
                .into_iter()
                .map(|series| with(operator, &other, &Value::Series(series)))
                .collect(),
        ),
        (Value::Scalar(left), Value::Scalar(right)) => {
            Value::Scalar(operator.of(left, right).unwrap_or(f64::NAN))
        }
        (left, right) => Value::Series(with(operator, &left, &right)),
    })
}

/// What stands between two values of which one is a time series and none is an array. Where one of
/// two datapoints is missing, it counts as 0.
fn with(operator: Operator, left: &Value, right: &Value) -> Datapoints {
    match (left, right) {
        (Value::Series(left), Value::Series(right)) => {
            let pairs = left.iter().zip(right);
            let either = pairs.map(|(left, right)| match (left, right) {
                (None, None) => None,
                (left, right) => operator.of(left.unwrap_or(0.0), right.unwrap_or(0.0)),
            });
            either.collect()
        }
        (Value::Series(left), Value::Scalar(right)) => left
            .iter()
            .map(|left| operator.of((*left)?, *right))
            .collect(),
        (Value::Scalar(left), Value::Series(right)) => right
            .iter()
            .map(|right| operator.of(*left, (*right)?))
            .collect(),
        _ => Vec::new(),
    }
}

/// Missing datapoints as the last one before them.
fn repeated(series: &Datapoints) -> Datapoints {
    let repeated = series.iter().scan(None, |last, value| {
        *last = value.or(*last);
        Some(*last)
    });
    repeated.collect()
}

fn calendar(field: CalendarField, second: i64) -> f64 {
    let time = jiff::tz::TimeZone::UTC.to_datetime(timestamp(second));
    match field {
        CalendarField::Minute => f64::from(time.minute()),
        CalendarField::Hour => f64::from(time.hour()),
        CalendarField::DayOfWeek => f64::from(time.weekday().to_monday_one_offset()),
        CalendarField::DayOfMonth => f64::from(time.day()),
        CalendarField::Month => f64::from(time.month()),
        CalendarField::Year => f64::from(time.year()),
        CalendarField::Epoch => second as f64,
    }
}
