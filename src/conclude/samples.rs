//! The samples that the events of a rule add to its metrics.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::alarm::{AlarmGroup, AlarmScope};
use crate::cloudtrail::evidence::Evidence;
use crate::findings::{DefaultsByMinute, DefaultsOfMinute, KeptRecord, Match, MatchedRecord};
use crate::metric::{DimensionSet, MetricFilter, NoSample, Sample};
use crate::plan::clock::Times;
use crate::plan::{Clock, Rule};

/// The samples of each set of dimensions.
pub(super) type SamplesByDimensions = BTreeMap<DimensionSet, Vec<Sample>>;

/// The samples of all rules.
#[derive(Default)]
pub(super) struct AllSamples {
    /// Those of each rule, by its number.
    pub(super) by_rule: Vec<RuleSamples>,
    /// The accounts and regions of the events.
    pub(super) places: Vec<AlarmGroup>,
}

/// The samples that the events of one rule add to its metrics. An event takes little room here,
/// since all are gone through once for each clock.
#[derive(Default)]
pub(super) struct RuleSamples {
    /// The sets of dimensions that they have.
    dimensions: DimensionNumbers,
    /// Those of the requested range.
    inside: Vec<MeasuredEvent>,
    /// Those before it, which only the alarm sees.
    before: Vec<MeasuredEvent>,
    /// The number of events in the requested range without a sample, by the reason.
    pub(super) without_sample: BTreeMap<NoSample, u64>,
}

/// The sample of one event.
struct MeasuredEvent {
    event: Timestamp,
    /// The time of delivery, or else that of the event.
    delivered: Timestamp,
    /// The time at which a log group received the event, or else that of the event.
    logged: Timestamp,
    value: f64,
    /// The number of its set of dimensions.
    dimensions: usize,
    /// The number of its account and region.
    place: usize,
}

/// The sets of dimensions of the samples of a rule, by their numbers.
// Most rules have one set, and a sample keeps its number only.
#[derive(Default)]
struct DimensionNumbers(BTreeMap<DimensionSet, usize>);

/// The accounts and regions whose samples an alarm sees.
#[derive(Clone, Debug)]
pub(super) enum SeenPlaces {
    /// All of them.
    All,
    /// Those whose numbers are true here.
    Some(Vec<bool>),
}

/// The numbers of the accounts and regions of events.
// There are few places and may be millions of events, so an event keeps a number only.
struct PlaceNumbers<'e> {
    columns: [Option<usize>; 2],
    numbers: HashMap<[Option<&'e str>; 2], usize>,
}

impl AllSamples {
    /// Collects the samples of each rule: of the events in the requested range, and of those before
    /// it.
    pub(super) fn new(rules: usize, inside: &[MatchedRecord], before: &[MatchedRecord]) -> Self {
        let mut by_rule: Vec<RuleSamples> = (0..rules).map(|_| RuleSamples::default()).collect();
        let mut places = PlaceNumbers::new();
        for (found, matching) in matches(inside) {
            if let Some(of_rule) = by_rule.get_mut(matching.rule) {
                let place = places.number(&found.record);
                of_rule.add(found, matching, place);
            }
        }
        for (found, matching) in matches(before) {
            if let Some(of_rule) = by_rule.get_mut(matching.rule) {
                let place = places.number(&found.record);
                let measured = of_rule.measured(found, matching, place);
                of_rule.before.extend(measured);
            }
        }
        let places = places.into_places();
        Self { by_rule, places }
    }

    /// Returns the places that belong to a group.
    pub(super) fn places_of(&self, scope: AlarmScope, group: &AlarmGroup) -> SeenPlaces {
        // Most audits have one alarm for everything, and need not look up the place of each sample.
        if scope == AlarmScope::Archive {
            return SeenPlaces::All;
        }
        let is_of_group = |place: &AlarmGroup| group_of(scope, place) == *group;
        SeenPlaces::Some(self.places.iter().map(is_of_group).collect())
    }
}

/// Returns the group of a place.
pub(super) fn group_of(scope: AlarmScope, place: &AlarmGroup) -> AlarmGroup {
    scope.group(place.account.as_deref(), place.region.as_deref())
}

impl<'e> PlaceNumbers<'e> {
    fn new() -> Self {
        Self {
            // Alarms are divided by the fields that system dimensions are read from (sources, M20).
            columns: ["recipient_account_id", "aws_region"].map(Evidence::index_of),
            numbers: HashMap::new(),
        }
    }

    fn number(&mut self, record: &'e KeptRecord) -> usize {
        let text = |column: Option<usize>| record.evidence.text_at(column?);
        let next = self.numbers.len();
        *self.numbers.entry(self.columns.map(text)).or_insert(next)
    }

    fn into_places(self) -> Vec<AlarmGroup> {
        let mut places = vec![AlarmGroup::default(); self.numbers.len()];
        for ([account, region], number) in self.numbers {
            if let Some(place) = places.get_mut(number) {
                *place = AlarmScope::Region.group(account, region);
            }
        }
        places
    }
}

fn matches(records: &[MatchedRecord]) -> impl Iterator<Item = (&MatchedRecord, &Match)> {
    records.iter().flat_map(|found| {
        let matches = found.matches.iter();
        matches.map(move |matching| (found, matching))
    })
}

impl DimensionNumbers {
    fn number(&mut self, dimensions: &DimensionSet) -> usize {
        // `entry` would copy the dimensions for every sample.
        if let Some(number) = self.0.get(dimensions) {
            return *number;
        }
        let next = self.0.len();
        self.0.insert(dimensions.clone(), next);
        next
    }
}

impl RuleSamples {
    /// Adds an event in the requested range.
    fn add(&mut self, found: &MatchedRecord, matching: &Match, place: usize) {
        let measured = self.measured(found, matching, place);
        self.inside.extend(measured);
        if let Err(reason) = matching.measured {
            *self.without_sample.entry(reason).or_default() += 1;
        }
    }

    /// Returns the sample of an event. One without an event time counts in no period.
    fn measured(
        &mut self,
        found: &MatchedRecord,
        matching: &Match,
        place: usize,
    ) -> Option<MeasuredEvent> {
        let (record, measurement) = (&found.record, matching.measured.as_ref().ok()?);
        let event = record.event_time?;
        Some(MeasuredEvent {
            event,
            delivered: record.delivery_time.unwrap_or(event),
            logged: record.log_time.unwrap_or(event),
            value: measurement.value,
            dimensions: self.dimensions.number(&measurement.dimensions),
            place,
        })
    }

    /// Adds the samples of the events in the requested range to those of each set of dimensions.
    pub(super) fn add_inside(&self, clock: Clock, samples: &mut SamplesByDimensions) {
        let sets = &self.dimensions.0;
        // By number first, so that dimensions are compared once for each set and not each sample.
        let mut by_number: Vec<Vec<Sample>> = vec![Vec::new(); sets.len()];
        for measured in &self.inside {
            if let Some(samples) = by_number.get_mut(measured.dimensions) {
                samples.push(measured.sample(clock));
            }
        }
        for (dimensions, number) in sets {
            let own = by_number.get_mut(*number);
            if let Some(own) = own.filter(|own| !own.is_empty()) {
                let samples = samples.entry(dimensions.clone());
                samples.or_default().append(own);
            }
        }
    }

    /// Adds the samples of exactly these dimensions, except for defaults. An alarm without
    /// dimensions watches the metric without dimensions (sources, M12).
    pub(super) fn add_watched(
        &self,
        clock: Clock,
        dimensions: &DimensionSet,
        places: &SeenPlaces,
        samples: &mut Vec<Sample>,
    ) {
        let Some(number) = self.dimensions.0.get(dimensions) else {
            return;
        };
        for measured in self.before.iter().chain(&self.inside) {
            if measured.dimensions == *number && places.contain(measured.place) {
                samples.push(measured.sample(clock));
            }
        }
    }

    /// Returns the numbers of the places of the samples.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> {
        let measured = self.before.iter().chain(&self.inside);
        measured.map(|measured| measured.place)
    }
}

impl SeenPlaces {
    fn contain(&self, place: usize) -> bool {
        match self {
            Self::All => true,
            Self::Some(seen) => seen.get(place).is_some_and(|is_seen| *is_seen),
        }
    }
}

impl MeasuredEvent {
    fn sample(&self, clock: Clock) -> Sample {
        let minute = MetricFilter::minute(clock.time(self.times()));
        Sample::once(minute, self.value)
    }

    fn times(&self) -> Times {
        Times {
            event: self.event,
            delivered: Some(self.delivered),
            logged: Some(self.logged),
        }
    }
}

/// Returns the default value for each event that the rule did not select. Those of a group are
/// requested where an alarm does not see everything.
pub(super) fn default_samples<'d>(
    defaults: &'d DefaultsByMinute,
    number: usize,
    rule: &Rule,
    group: Option<&'d AlarmGroup>,
) -> impl Iterator<Item = Sample> + use<'d> {
    let value = rule.filter.default_value;
    let is_seen = move |of: &DefaultsOfMinute<'_>| group.is_none() || of.group == group;
    let defaults = defaults.of_rule(number).filter(is_seen);
    defaults.filter_map(move |of| Some(Sample::times(of.minute, value?, of.events as f64)))
}
