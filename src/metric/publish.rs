//! What a metric filter publishes for one event.

use std::collections::BTreeSet;

use super::filter::{DimensionSet, MetricFilter, MetricValue, NAME_LIMIT, ValueSource};
use crate::json::Shallow;
use crate::pattern::ast::{InteriorStars, Pattern, Syntax, number};
use crate::pattern::gate::Gate;
use crate::pattern::{
    Extracted, FieldReader, Prefilter, Program, Projection, Slots, compile, compile_with_stars,
};

/// A metric filter ready to be asked about many events.
#[derive(Clone, Debug)]
pub struct CompiledFilter {
    program: Program,
    /// The pattern with literal stars inside of its values, where that reading can differ.
    literal_stars: Option<Program>,
    /// What content must hold for the pattern to match a record in it.
    prefilter: Prefilter,
    /// Whether the pattern looks through the whole text of every record.
    reads_text: bool,
    value: CompiledValue,
    dimensions: Vec<CompiledDimension>,
}

#[derive(Clone, Debug)]
enum CompiledValue {
    Number(f64),
    Source(Source),
}

#[derive(Clone, Debug)]
enum Source {
    Field(FieldReader),
    Cell(String),
}

#[derive(Clone, Debug)]
struct CompiledDimension {
    name: String,
    source: Source,
}

/// What a matching event adds to a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// The number.
    pub value: f64,
    /// The metric it is added to.
    pub dimensions: DimensionSet,
}

/// The reason why a matching event adds nothing to the metric: neither zero nor the default
/// (sources, M5 and M11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoSample {
    /// The event has no such value.
    ValueMissing,
    /// The value is no number and does not read as one.
    ValueNotNumeric,
    /// The event has no text for a dimension.
    DimensionMissing,
    /// The text for a dimension is longer than AWS takes.
    DimensionTooLong,
    /// The event is larger than what CloudTrail sends to CloudWatch Logs.
    RecordTooLarge,
    /// The event is of network activity, which CloudTrail does not send to CloudWatch Logs.
    NetworkActivity,
}

impl NoSample {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::ValueMissing,
        Self::ValueNotNumeric,
        Self::DimensionMissing,
        Self::DimensionTooLong,
        Self::RecordTooLarge,
        Self::NetworkActivity,
    ];

    /// The name that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::ValueMissing => "value-missing",
            Self::ValueNotNumeric => "value-not-numeric",
            Self::DimensionMissing => "dimension-missing",
            Self::DimensionTooLong => "dimension-too-long",
            Self::RecordTooLarge => "record-too-large",
            Self::NetworkActivity => "network-activity",
        }
    }
}

impl CompiledFilter {
    pub(super) fn new(
        filter: &MetricFilter,
        pattern: &Pattern,
        projection: &mut Projection,
    ) -> Self {
        let literal = |projection: &mut Projection| {
            compile_with_stars(pattern, InteriorStars::Literal, projection)
        };
        Self {
            program: compile(pattern, projection),
            prefilter: Prefilter::new(pattern),
            reads_text: pattern.syntax() != Syntax::Json,
            literal_stars: pattern.has_interior_star().then(|| literal(projection)),
            value: match &filter.metric_value {
                MetricValue::Number(number) => CompiledValue::Number(*number),
                MetricValue::Source(source) => {
                    CompiledValue::Source(Source::new(source, projection))
                }
            },
            dimensions: filter
                .dimensions
                .iter()
                .map(|dimension| CompiledDimension {
                    name: dimension.name.clone(),
                    source: Source::new(&dimension.value, projection),
                })
                .collect(),
        }
    }

    /// Whether the pattern matches the event.
    pub fn matches(&self, slots: &Slots<'_>) -> bool {
        self.program.matches(slots)
    }

    /// The texts that fields of every event have that the pattern matches, in both readings of the
    /// stars inside of values.
    pub fn gates(&self) -> Vec<Gate> {
        Gate::all_of(&self.program)
    }

    /// The slots that are read to match and to measure an event.
    pub fn slots(&self) -> BTreeSet<usize> {
        let value = match &self.value {
            CompiledValue::Number(_) => None,
            CompiledValue::Source(source) => source.slot(),
        };
        let dimensions = self
            .dimensions
            .iter()
            .filter_map(|dimension| dimension.source.slot());
        let programs = [&self.program].into_iter().chain(&self.literal_stars);
        programs
            .flat_map(Program::slots)
            .chain(value)
            .chain(dimensions)
            .collect()
    }

    /// Whether the pattern looks through the whole text of every record, rather than at some of its
    /// fields.
    pub fn reads_text(&self) -> bool {
        self.reads_text
    }

    /// Whether the pattern could match a record that stands in `content` as it is or within a JSON
    /// string. `false` is certain, in both readings of the stars inside of values. Where looking
    /// would cost more than it spares, the answer is `true`.
    pub fn may_match(&self, content: &str) -> bool {
        !self.prefilter.is_worthwhile() || self.prefilter.may_match(content.as_bytes())
    }

    /// Whether a match depends on what a `*` inside of a value means, which AWS does not say.
    pub fn is_ambiguous(&self, slots: &Slots<'_>) -> bool {
        let Some(literal) = &self.literal_stars else {
            return false;
        };
        literal.matches(slots) != self.program.matches(slots)
    }

    /// What an event that matches adds to the metric.
    ///
    /// # Errors
    ///
    /// When it adds nothing; says why.
    pub fn measure(&self, slots: &Slots<'_>) -> Result<Measurement, NoSample> {
        let cells = self.program.extract(slots.text());
        let value = match &self.value {
            CompiledValue::Number(number) => *number,
            CompiledValue::Source(source) => source.number(slots, &cells)?,
        };
        let mut dimensions = DimensionSet::new();
        for dimension in &self.dimensions {
            let text = dimension
                .source
                .text(slots, &cells)
                .ok_or(NoSample::DimensionMissing)?;
            if text.chars().count() > NAME_LIMIT {
                return Err(NoSample::DimensionTooLong);
            }
            dimensions.push((dimension.name.clone(), text));
        }
        dimensions.sort();
        Ok(Measurement { value, dimensions })
    }
}

impl Source {
    fn new(source: &ValueSource, projection: &mut Projection) -> Self {
        match source {
            ValueSource::Field(selector) => Self::Field(FieldReader::new(selector, projection)),
            ValueSource::Cell(name) => Self::Cell(name.clone()),
        }
    }

    fn slot(&self) -> Option<usize> {
        match self {
            Self::Field(field) => Some(field.slot()),
            Self::Cell(_) => None,
        }
    }

    /// Returns the number in the field or cell. A string that reads as a number counts (sources,
    /// M4).
    fn number(&self, slots: &Slots<'_>, cells: &[Extracted]) -> Result<f64, NoSample> {
        let characters = match self {
            Self::Field(field) => {
                match Shallow::from_accepted(field.read(slots).ok_or(NoSample::ValueMissing)?) {
                    Shallow::Number(characters) => characters.to_owned(),
                    Shallow::Text(text) => text.into_owned(),
                    _ => return Err(NoSample::ValueNotNumeric),
                }
            }
            Self::Cell(name) => cell(cells, name).ok_or(NoSample::ValueMissing)?.to_owned(),
        };
        number(&characters).ok_or(NoSample::ValueNotNumeric)
    }

    /// The text that stands there; nothing for an empty one, for null and for what is no single
    /// value.
    fn text(&self, slots: &Slots<'_>, cells: &[Extracted]) -> Option<String> {
        let text = match self {
            Self::Field(field) => match Shallow::from_accepted(field.read(slots)?) {
                Shallow::Text(text) => text.into_owned(),
                Shallow::Number(characters) => characters.to_owned(),
                Shallow::Boolean(boolean) => boolean.to_string(),
                Shallow::Null | Shallow::Array(_) | Shallow::Object(_) => return None,
            },
            Self::Cell(name) => cell(cells, name)?.to_owned(),
        };
        Some(text).filter(|text| !text.is_empty())
    }
}

fn cell<'a>(cells: &'a [Extracted], name: &str) -> Option<&'a str> {
    cells
        .iter()
        .find(|cell| cell.name == name)
        .map(|cell| cell.value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::filter::{Dimension, FilterError};

    fn filter(pattern: &str, value: &str) -> MetricFilter {
        MetricFilter {
            metric_value: value.parse().expect(value),
            ..MetricFilter::counting(pattern, "Test", "Metric")
        }
    }

    fn with_dimensions(filter: MetricFilter, dimensions: &[(&str, &str)]) -> MetricFilter {
        let dimension = |&(name, value): &(&str, &str)| Dimension {
            name: name.to_owned(),
            value: value.parse().expect(value),
        };
        MetricFilter {
            dimensions: dimensions.iter().map(dimension).collect(),
            ..filter
        }
    }

    /// What a filter makes of an event: nothing where it does not match.
    fn measured(filter: &MetricFilter, event: &str) -> Option<Result<Measurement, NoSample>> {
        let mut projection = Projection::default();
        let compiled = filter.compile(&mut projection).expect("a filter");
        let slots = projection.read(event).expect("an object");
        compiled.matches(&slots).then(|| compiled.measure(&slots))
    }

    fn value(filter: &MetricFilter, event: &str) -> Option<Result<f64, NoSample>> {
        measured(filter, event).map(|measured| measured.map(|measurement| measurement.value))
    }

    #[test]
    fn values_are_numbers_or_numeric_strings_and_nothing_else_is_published() {
        let filter = filter("{ $.a = * }", "$.b.c[1]");
        let rows = [
            (r#"{"a":1,"b":{"c":[0,7]}}"#, Ok(7.0)),
            (r#"{"a":1,"b":{"c":[0,"11.5"]}}"#, Ok(11.5)),
            (
                r#"{"a":1,"b":{"c":[0,"banana"]}}"#,
                Err(NoSample::ValueNotNumeric),
            ),
            (
                r#"{"a":1,"b":{"c":[0,true]}}"#,
                Err(NoSample::ValueNotNumeric),
            ),
            (
                r#"{"a":1,"b":{"c":[0,null]}}"#,
                Err(NoSample::ValueNotNumeric),
            ),
            (r#"{"a":1,"b":{"c":[0]}}"#, Err(NoSample::ValueMissing)),
            (r#"{"a":1,"b":{"c":{"1":7}}}"#, Err(NoSample::ValueMissing)),
            (r#"{"a":1}"#, Err(NoSample::ValueMissing)),
        ];
        for (event, expected) in rows {
            assert_eq!(value(&filter, event), Some(expected), "{event}");
        }
        assert_eq!(value(&filter, r#"{"b":{"c":[0,7]}}"#), None);
    }

    #[test]
    fn cells_give_values_and_dimensions() {
        let filter = filter("[kind = {*, size, ...]", "$size");
        assert!(matches!(
            filter.compile(&mut Projection::default()),
            Err(FilterError::Pattern(_))
        ));
        let filter = with_dimensions(
            self::filter("[open, size, ...]", "$size"),
            &[("Fourth", "$4")],
        );
        let event = r#"{ 12 "x": 1 }"#;
        let mut projection = Projection::default();
        let compiled = filter.compile(&mut projection).expect("a filter");
        let cells = compiled.program.extract(event);
        assert_eq!(cell(&cells, "$size"), Some("12"));
        assert_eq!(cell(&cells, "$4"), Some("1"));
    }

    #[test]
    fn dimensions_make_another_metric_and_are_sorted() {
        let filter = with_dimensions(filter("{ $.a = * }", "1"), &[("Z", "$.z"), ("B", "$.b")]);
        let dimensions =
            |event| measured(&filter, event).map(|found| found.map(|found| found.dimensions));
        let text = str::to_owned;
        let expected = vec![(text("B"), text("true")), (text("Z"), text("1.0"))];
        assert_eq!(
            dimensions(r#"{"a":1,"z":1.0,"b":true}"#),
            Some(Ok(expected))
        );
        for event in [
            r#"{"a":1,"z":1}"#,
            r#"{"a":1,"z":1,"b":""}"#,
            r#"{"a":1,"z":1,"b":null}"#,
        ] {
            assert_eq!(
                dimensions(event),
                Some(Err(NoSample::DimensionMissing)),
                "{event}"
            );
        }
        let long = format!(r#"{{"a":1,"z":1,"b":"{}"}}"#, "x".repeat(NAME_LIMIT + 1));
        assert_eq!(dimensions(&long), Some(Err(NoSample::DimensionTooLong)));
    }

    #[test]
    fn what_aws_refuses_is_refused() {
        let compile = |filter: &MetricFilter| filter.compile(&mut Projection::default()).err();
        let json = || filter("{ $.a = 1 }", "1");
        assert!(
            "banana"
                .parse::<MetricValue>()
                .is_err_and(|error| error.to_string().contains("valid number"))
        );
        assert!(
            "$.a[*]"
                .parse::<MetricValue>()
                .is_err_and(|error| error.to_string().contains("wildcard"))
        );
        assert!("1".repeat(101).parse::<MetricValue>().is_err());
        assert_eq!(
            compile(&filter("{ $.a = 1 }", "$size")),
            Some(FilterError::NoCell("$size".to_owned()))
        );
        assert_eq!(
            compile(&filter("[a, b]", "$size")),
            Some(FilterError::NoCell("$size".to_owned()))
        );
        for (pattern, cell, is_there) in [
            ("[a, b]", "$2", false),
            ("[a, ]", "$2", true),
            ("[a, ]", "$3", false),
            ("[a, ...]", "$9", true),
            ("[]", "$1", true),
            ("[]", "$0", false),
        ] {
            assert_eq!(
                compile(&filter(pattern, cell)).is_none(),
                is_there,
                "{cell} of {pattern}"
            );
        }
        let many = [("A", "$.a"), ("B", "$.b"), ("C", "$.c"), ("D", "$.d")];
        assert_eq!(
            compile(&with_dimensions(json(), &many)),
            Some(FilterError::TooManyDimensions(4))
        );
        assert_eq!(compile(&with_dimensions(json(), &many[..3])), None);
        let twice = [("A", "$.a"), ("A", "$.b")];
        assert_eq!(
            compile(&with_dimensions(json(), &twice)),
            Some(FilterError::DuplicateDimension("A".to_owned()))
        );
        let terms = with_dimensions(filter("ERROR", "1"), &many[..1]);
        assert_eq!(compile(&terms), Some(FilterError::DimensionsOfTerms));
        let default = MetricFilter {
            default_value: Some(0.0),
            ..with_dimensions(json(), &many[..1])
        };
        assert_eq!(compile(&default), Some(FilterError::DefaultWithDimensions));
        let infinite = MetricFilter {
            default_value: Some(f64::INFINITY),
            ..json()
        };
        assert_eq!(compile(&infinite), Some(FilterError::Default));
        for metric_name in ["", "a:b", "a*", "$", &"x".repeat(256)] {
            let named = MetricFilter {
                metric_name: metric_name.to_owned(),
                ..json()
            };
            assert!(
                matches!(compile(&named), Some(FilterError::Name { .. })),
                "{metric_name}"
            );
        }
    }
}
