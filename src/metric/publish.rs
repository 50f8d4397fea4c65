//! Publishing: from an event to the sample that a metric filter makes of it.

use std::collections::BTreeSet;

use super::filter::MetricFilter;
use super::filter_error::{DIMENSION_VALUE_LIMIT, FilterError};
use super::identity::DimensionSet;
use super::measurement::{Measurement, NoSample};
use super::selection_criteria::{SelectionCriteria, SystemFields};
use super::source::{CompiledSource, CompiledValue, MatchedEvent};
use super::value::{Dimension, SystemDimension, ValueSource};
use crate::pattern::ast::{InteriorStars, Pattern, Syntax};
use crate::pattern::gate::Gate;
use crate::pattern::{Prefilter, Program, Projection, Slots, compile, compile_with_stars};

/// A metric filter that is ready to match many events.
#[derive(Clone, Debug)]
pub struct CompiledFilter {
    program: Program,
    /// The pattern with literal stars inside of its values, where that reading can differ.
    literal_stars: Option<Program>,
    /// The texts that content must hold for the pattern to match a record in it.
    prefilter: Prefilter,
    reads_text: bool,
    value: CompiledValue,
    /// The value of a match without one.
    default_value: Option<f64>,
    dimensions: Vec<CompiledDimension>,
    criteria: Option<CompiledCriteria>,
}

#[derive(Clone, Debug)]
struct CompiledDimension {
    name: String,
    source: CompiledSource,
}

/// Field selection criteria with the positions of the fields.
#[derive(Clone, Debug)]
struct CompiledCriteria {
    criteria: SelectionCriteria,
    account: CompiledSource,
    region: CompiledSource,
}

impl MetricFilter {
    /// Checks the filter against the limits of AWS, and prepares it for reading events through
    /// `projection`.
    ///
    /// # Errors
    ///
    /// Returns an error if AWS would refuse the filter.
    pub fn compile(&self, projection: &mut Projection) -> Result<CompiledFilter, FilterError> {
        let pattern = self.check()?;
        Ok(CompiledFilter::new(self, &pattern, projection))
    }
}

impl CompiledFilter {
    fn new(filter: &MetricFilter, pattern: &Pattern, projection: &mut Projection) -> Self {
        let program = compile(pattern, projection);
        // AWS does not document what such a star means. Both readings are compiled, so that a
        // report can say how many records depend on it.
        let literal_stars = pattern
            .has_interior_star()
            .then(|| compile_with_stars(pattern, InteriorStars::Literal, projection));
        let value = CompiledValue::new(&filter.metric_value, projection);
        let dimensions = CompiledDimension::all_of(filter, projection);
        let criteria = filter.field_selection_criteria.as_ref();
        Self {
            program,
            literal_stars,
            prefilter: Prefilter::new(pattern),
            // Terms and cells are those of the whole message; only JSON has fields.
            reads_text: pattern.syntax() != Syntax::Json,
            value,
            default_value: filter.default_value,
            dimensions,
            criteria: criteria.map(|criteria| CompiledCriteria::new(criteria, projection)),
        }
    }

    /// Returns true if the filter looks at the event: there are no field selection criteria, or
    /// they select it.
    #[inline]
    pub fn selects(&self, slots: &Slots<'_>) -> bool {
        let criteria = self.criteria.as_ref();
        criteria.is_none_or(|criteria| criteria.select(slots))
    }

    /// Returns true if the filter looks at the event and the pattern matches it.
    pub fn matches(&self, slots: &Slots<'_>) -> bool {
        self.program.matches(slots) && self.selects(slots)
    }

    /// Returns the texts that certain fields have in every event that the pattern matches, in
    /// both readings of the stars inside of values.
    pub fn gates(&self) -> Vec<Gate> {
        Gate::all_of(&self.program)
    }

    /// Returns the slots that are read to match and to measure an event.
    pub fn slots(&self) -> BTreeSet<usize> {
        let mut slots: BTreeSet<usize> = self.program.slots().into_iter().collect();
        if let Some(literal) = &self.literal_stars {
            slots.extend(literal.slots());
        }
        slots.extend(self.value.slot());
        for dimension in &self.dimensions {
            slots.extend(dimension.source.slot());
        }
        slots.extend(self.criteria.iter().flat_map(CompiledCriteria::slots));
        slots
    }

    /// Returns true if the pattern searches the whole text of every record, rather than some of
    /// its fields.
    pub fn reads_text(&self) -> bool {
        self.reads_text
    }

    /// Returns true if the pattern could match a record that `content` holds as it is or within a
    /// JSON string. `false` is certain, in both readings of the stars inside of values; `true` is
    /// returned unseen if a search would cost more than it saves.
    pub fn may_match(&self, content: &str) -> bool {
        !self.prefilter.is_worthwhile() || self.prefilter.may_match(content.as_bytes())
    }

    /// Returns true if an event that the filter looks at and the pattern does not match publishes
    /// the default value.
    pub fn has_default(&self) -> bool {
        self.default_value.is_some()
    }

    /// Returns true if a match depends on the meaning of a `*` inside of a value, which AWS does
    /// not document.
    pub fn is_ambiguous(&self, slots: &Slots<'_>) -> bool {
        let Some(literal) = &self.literal_stars else {
            return false;
        };
        literal.matches(slots) != self.program.matches(slots) && self.selects(slots)
    }

    /// Returns the number that a matching event adds to the metric, with its dimensions.
    ///
    /// # Errors
    ///
    /// Returns an error if the event adds nothing; the error is the reason.
    pub fn measure(&self, slots: &Slots<'_>) -> Result<Measurement, NoSample> {
        // Cells are extracted for matches only, which are rare. Keeping those of every record would
        // cost more.
        let cells = self.program.extract(slots.text());
        let event = MatchedEvent {
            slots,
            cells: &cells,
        };
        // The value comes first: an event without value and dimension counts as one without value.
        Ok(Measurement {
            value: self.read_value(event)?,
            dimensions: self.read_dimensions(event)?,
        })
    }

    /// Returns the value of a match: the default where the event has none, but not where it has a
    /// text that is not a number (sources, M5).
    fn read_value(&self, event: MatchedEvent<'_, '_>) -> Result<f64, NoSample> {
        match (self.value.read(event), self.default_value) {
            (Err(NoSample::ValueMissing), Some(default)) => Ok(default),
            (read, _) => read,
        }
    }

    /// Returns the dimensions of a match: all of them, or none where the event lacks any (sources,
    /// M11).
    fn read_dimensions(&self, event: MatchedEvent<'_, '_>) -> Result<DimensionSet, NoSample> {
        let mut dimensions = DimensionSet::new();
        for dimension in &self.dimensions {
            let Some(text) = dimension.read(event)? else {
                return Ok(DimensionSet::new());
            };
            dimensions.push((dimension.name.clone(), text));
        }
        // Dimensions have no order in CloudWatch. Sorted, equal sets are equal values.
        dimensions.sort();
        Ok(dimensions)
    }
}

impl CompiledCriteria {
    /// Prepares criteria for the fields that system dimensions have their values from.
    fn new(criteria: &SelectionCriteria, projection: &mut Projection) -> Self {
        let mut source = |field: SystemDimension| CompiledSource::new(&field.source(), projection);
        Self {
            criteria: criteria.clone(),
            account: source(SystemDimension::Account),
            region: source(SystemDimension::Region),
        }
    }

    fn slots(&self) -> impl Iterator<Item = usize> {
        let slots = [self.account.slot(), self.region.slot()];
        slots.into_iter().flatten()
    }

    fn select(&self, slots: &Slots<'_>) -> bool {
        let event = MatchedEvent { slots, cells: &[] };
        let (account, region) = (self.account.text(event), self.region.text(event));
        self.criteria.selects(SystemFields {
            account: account.as_deref(),
            region: region.as_deref(),
        })
    }
}

impl CompiledDimension {
    /// Prepares the dimensions of a filter, those of the system included.
    fn all_of(filter: &MetricFilter, projection: &mut Projection) -> Vec<Self> {
        let mut dimensions = Vec::new();
        for Dimension { name, value } in &filter.dimensions {
            dimensions.push(Self::new(name, value, projection));
        }
        for system in filter.added_dimensions() {
            dimensions.push(Self::new(system.name(), &system.source(), projection));
        }
        dimensions
    }

    fn new(name: &str, value: &ValueSource, projection: &mut Projection) -> Self {
        Self {
            name: name.to_owned(),
            source: CompiledSource::new(value, projection),
        }
    }

    /// Returns the text of the dimension, or `None` where the event has none.
    fn read(&self, event: MatchedEvent<'_, '_>) -> Result<Option<String>, NoSample> {
        let text = self.source.text(event);
        match text.as_deref().is_some_and(is_too_long) {
            true => Err(NoSample::DimensionTooLong),
            false => Ok(text),
        }
    }
}

fn is_too_long(dimension_value: &str) -> bool {
    dimension_value.chars().count() > DIMENSION_VALUE_LIMIT
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::SystemDimension;
    use crate::metric::filter_error::SAMPLE_LIMIT;

    fn filter(pattern: &str, value: &str) -> MetricFilter {
        MetricFilter {
            metric_value: value.parse().expect(value),
            ..MetricFilter::counting(pattern, "Test", "Metric")
        }
    }

    fn with_dimensions(filter: MetricFilter, dimensions: &[&str]) -> MetricFilter {
        let parse = |text: &&str| text.parse().expect(text);
        MetricFilter {
            dimensions: dimensions.iter().map(parse).collect(),
            ..filter
        }
    }

    fn compiled(filter: &MetricFilter) -> (CompiledFilter, Projection) {
        let mut projection = Projection::default();
        let compiled = filter.compile(&mut projection).expect("a filter");
        (compiled, projection)
    }

    /// Measures an event that is JSON; `None` if the filter does not match it.
    fn measured(filter: &MetricFilter, event: &str) -> Option<Result<Measurement, NoSample>> {
        let (compiled, projection) = compiled(filter);
        let slots = projection.read(event).expect("an object");
        compiled.matches(&slots).then(|| compiled.measure(&slots))
    }

    fn value(filter: &MetricFilter, event: &str) -> Option<Result<f64, NoSample>> {
        measured(filter, event).map(|measured| measured.map(|measurement| measurement.value))
    }

    fn dimensions(filter: &MetricFilter, event: &str) -> Result<DimensionSet, NoSample> {
        let measured = measured(filter, event).expect("a match");
        measured.map(|measurement| measurement.dimensions)
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
            (r#"{"a":1,"b":{"c":[0,null]}}"#, Err(NoSample::ValueMissing)),
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
    fn a_constant_is_published_whatever_the_event_holds() {
        let filter = filter("{ $.a = * }", "2.5");
        assert_eq!(value(&filter, r#"{"a":"x"}"#), Some(Ok(2.5)));
    }

    #[test]
    fn cells_give_values_and_dimensions() {
        let event = r#"{ 12 "x": 1 }"#;
        let filter = with_dimensions(filter("[open, size, ...]", "$size"), &["Fifth=$5"]);
        let expected = Measurement {
            value: 12.0,
            dimensions: vec![("Fifth".to_owned(), "1".to_owned())],
        };
        // The event is not JSON, so its slots are those of an empty object with its text.
        assert_eq!(measured_text(&filter, event), Ok(expected));
        let not_numeric = self::filter("[open, size, ...]", "$open");
        assert_eq!(
            measured_text(&not_numeric, event),
            Err(NoSample::ValueNotNumeric)
        );
        let missing = self::filter("[open, size, ...]", "$9");
        assert_eq!(measured_text(&missing, event), Err(NoSample::ValueMissing));
        let no_dimension = with_dimensions(self::filter("[open, ...]", "1"), &["Ninth=$9"]);
        let without = measured_text(&no_dimension, event).map(|found| found.dimensions);
        assert_eq!(without, Ok(DimensionSet::new()));
    }

    /// Measures a line of a log that is not JSON.
    fn measured_text(filter: &MetricFilter, line: &str) -> Result<Measurement, NoSample> {
        let (compiled, projection) = compiled(filter);
        let places = [];
        let members = crate::json::Members::new(line, &places);
        compiled.measure(&projection.read_members(line, members))
    }

    #[test]
    fn a_name_without_a_cell_is_refused() {
        let mut projection = Projection::default();
        assert!(filter("[a]", "$b").compile(&mut projection).is_err());
        assert!(filter("[a = {*]", "$a").compile(&mut projection).is_err());
    }

    #[test]
    fn dimensions_make_another_metric_and_are_sorted() {
        let filter = with_dimensions(filter("{ $.a = * }", "1"), &["Z=$.z", "B=$.b"]);
        let text = str::to_owned;
        let expected = vec![(text("B"), text("true")), (text("Z"), text("1.0"))];
        assert_eq!(
            dimensions(&filter, r#"{"a":1,"z":1.0,"b":true}"#),
            Ok(expected)
        );
        for event in [
            r#"{"a":1,"z":1}"#,
            r#"{"a":1,"z":1,"b":""}"#,
            r#"{"a":1,"z":1,"b":null}"#,
            r#"{"a":1,"z":1,"b":[]}"#,
            r#"{"a":1,"z":1,"b":{}}"#,
        ] {
            let found = dimensions(&filter, event);
            assert_eq!(found, Ok(DimensionSet::new()), "{event}");
        }
    }

    #[test]
    fn a_match_without_a_value_publishes_the_default() {
        let filter = MetricFilter {
            default_value: Some(7.0),
            ..filter("{ $.a = * }", "$.n")
        };
        for (event, expected) in [
            (r#"{"a":1}"#, Ok(7.0)),
            (r#"{"a":1,"n":null}"#, Ok(7.0)),
            (r#"{"a":1,"n":3}"#, Ok(3.0)),
            (r#"{"a":1,"n":"x"}"#, Err(NoSample::ValueNotNumeric)),
            (r#"{"a":1,"n":true}"#, Err(NoSample::ValueNotNumeric)),
            (r#"{"a":1,"n":[]}"#, Err(NoSample::ValueNotNumeric)),
            (r#"{"a":1,"n":1e200}"#, Err(NoSample::ValueOutOfRange)),
            (r#"{"a":1,"n":"-1.7e308"}"#, Err(NoSample::ValueOutOfRange)),
            (r#"{"a":1,"n":2.3e108}"#, Ok(2.3e108)),
        ] {
            assert_eq!(value(&filter, event), Some(expected), "{event}");
        }
    }

    #[test]
    fn the_limit_of_samples_is_a_sample_itself() {
        let filter = filter("{ $.a = * }", "$.n");
        let beyond = SAMPLE_LIMIT.next_up();
        for number in [SAMPLE_LIMIT, -SAMPLE_LIMIT] {
            let event = format!(r#"{{"a":1,"n":{number}}}"#);
            assert_eq!(value(&filter, &event), Some(Ok(number)), "{number}");
        }
        for number in [beyond, -beyond] {
            let event = format!(r#"{{"a":1,"n":{number}}}"#);
            let expected = Err(NoSample::ValueOutOfRange);
            assert_eq!(value(&filter, &event), Some(expected), "{number}");
        }
    }

    #[test]
    fn matches_have_the_dimensions_of_the_system() {
        let filter = MetricFilter {
            system_dimensions: SystemDimension::ALL.to_vec(),
            default_value: Some(7.0),
            ..filter("x", "3")
        };
        let event = r#"{"a":"x","recipientAccountId":"111122223333","awsRegion":"eu-west-1"}"#;
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let expected = vec![
            pair("@aws.account", "111122223333"),
            pair("@aws.region", "eu-west-1"),
        ];
        assert_eq!(dimensions(&filter, event), Ok(expected));
    }

    #[test]
    fn criteria_select_events_before_the_pattern() {
        let criteria = r#"@aws.account = "111122223333" AND @aws.region != "us-east-1""#;
        let filter = MetricFilter {
            field_selection_criteria: Some(criteria.parse().expect("criteria")),
            ..filter("{ $.a = x*y }", "1")
        };
        let (compiled, projection) = compiled(&filter);
        for (fields, selects) in [
            (
                r#","recipientAccountId":"111122223333","awsRegion":"eu-west-1""#,
                true,
            ),
            (
                r#","recipientAccountId":"111122223333","awsRegion":"us-east-1""#,
                false,
            ),
            (
                r#","recipientAccountId":"444455556666","awsRegion":"eu-west-1""#,
                false,
            ),
            (r#","recipientAccountId":"111122223333""#, false),
            (r#","awsRegion":"eu-west-1""#, false),
            ("", false),
        ] {
            for (value, matches) in [("x-y", true), ("z", false)] {
                let event = format!(r#"{{"a":"{value}"{fields}}}"#);
                let slots = projection.read(&event).expect("an object");
                assert_eq!(compiled.selects(&slots), selects, "{event}");
                assert_eq!(compiled.matches(&slots), selects && matches, "{event}");
                assert_eq!(compiled.is_ambiguous(&slots), selects && matches, "{event}");
            }
        }
    }

    #[test]
    fn the_value_of_a_dimension_has_up_to_1024_characters() {
        let filter = with_dimensions(filter("{ $.a = * }", "1"), &["B=$.b"]);
        let event = |length| format!(r#"{{"a":1,"b":"{}"}}"#, "é".repeat(length));
        assert!(dimensions(&filter, &event(1024)).is_ok());
        let too_long = dimensions(&filter, &event(1025));
        assert_eq!(too_long, Err(NoSample::DimensionTooLong));
    }

    #[test]
    fn the_slots_are_those_of_pattern_value_and_dimensions() {
        let filter = with_dimensions(filter("{ $.a = x*y && $.b = 1 }", "$.c"), &["D=$.d"]);
        let (compiled, projection) = compiled(&filter);
        let mut names = Vec::new();
        for slot in compiled.slots() {
            names.push(projection.path(slot).expect("a field").join("."));
        }
        names.sort();
        assert_eq!(names, ["a", "b", "c", "d"]);
    }

    #[test]
    fn only_json_patterns_read_fields() {
        let reads_text = |pattern| compiled(&filter(pattern, "1")).0.reads_text();
        assert!(!reads_text("{ $.a = 1 }"));
        assert!(reads_text("term"));
        assert!(reads_text("[a, b]"));
    }

    #[test]
    fn only_a_star_inside_of_a_value_is_ambiguous() {
        let is_ambiguous = |pattern, event| {
            let (compiled, projection) = compiled(&filter(pattern, "1"));
            compiled.is_ambiguous(&projection.read(event).expect("an object"))
        };
        assert!(is_ambiguous("{ $.a = x*y }", r#"{"a":"x-y"}"#));
        let two = "{ $.a = x*y || $.b = x*y }";
        assert!(is_ambiguous(two, r#"{"a":"x-y"}"#));
        assert!(!is_ambiguous("{ $.a = x*y }", r#"{"a":"x*y"}"#));
        assert!(!is_ambiguous("{ $.a = x*y }", r#"{"a":"z"}"#));
        assert!(!is_ambiguous("{ $.a = x* }", r#"{"a":"x-y"}"#));
    }

    #[test]
    fn only_a_filter_with_a_default_value_has_one() {
        let counting = filter("{ $.a = 1 }", "1");
        assert!(!compiled(&counting).0.has_default());
        let with_default = MetricFilter {
            default_value: Some(0.0),
            ..counting
        };
        assert!(compiled(&with_default).0.has_default());
    }

    #[test]
    fn content_without_the_texts_of_a_pattern_holds_no_match() {
        let (compiled, _) = compiled(&filter(r#"{ $.a = "GetSecretValue" }"#, "1"));
        assert!(compiled.may_match(r#"[{"a":"GetSecretValue"}]"#));
        assert!(!compiled.may_match(r#"[{"a":"PutObject"}]"#));
        let (without_texts, _) = self::compiled(&filter("{ $.a = * }", "1"));
        assert!(without_texts.may_match("[]"));
    }
}
