//! The samples that the events of a rule add to its metrics.

use std::collections::{BTreeMap, HashMap};

use super::distinct::MatchedEvent;
use crate::alarm::{AlarmGroup, AlarmScope};
use crate::cloudtrail::evidence::Evidence;
use crate::findings::{DefaultsByMinute, DefaultsOfMinute, KeptRecord, Match, MatchedRecord};
use crate::metric::{DimensionSet, Measurement, MetricFilter, NoSample, Sample};
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
    /// Those of the requested range.
    inside: Vec<Measured>,
    /// Those before it, which only the alarm sees.
    before: Vec<Measured>,
    /// The number of events in the requested range without a sample, by the reason.
    pub(super) without_sample: BTreeMap<NoSample, u64>,
}

/// The sample of one event.
struct Measured {
    times: Times,
    measurement: Measurement,
    /// The number of its account and region.
    place: usize,
}

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
    pub(super) fn new(rules: usize, inside: &[MatchedEvent], before: &[MatchedEvent]) -> Self {
        let mut by_rule: Vec<RuleSamples> = (0..rules).map(|_| RuleSamples::default()).collect();
        let mut places = PlaceNumbers::new();
        for (found, matching) in matches(inside) {
            if let Some(of_rule) = by_rule.get_mut(matching.rule) {
                of_rule.add(found, matching, places.number(&found.record));
            }
        }
        for (found, matching) in matches(before) {
            if let Some(of_rule) = by_rule.get_mut(matching.rule) {
                let place = places.number(&found.record);
                of_rule.before.extend(measured(found, matching, place));
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

fn matches(events: &[MatchedEvent]) -> impl Iterator<Item = (&MatchedRecord, &Match)> {
    events.iter().flat_map(|event| {
        let matches = event.found.matches.iter();
        matches.map(move |matching| (&event.found, matching))
    })
}

/// Returns the sample of an event. One without an event time counts in no period.
fn measured(found: &MatchedRecord, matching: &Match, place: usize) -> Option<Measured> {
    let (record, measurement) = (&found.record, matching.measured.as_ref().ok()?);
    let times = Times {
        event: record.event_time?,
        delivered: record.delivery_time,
        logged: record.log_time,
    };
    Some(Measured {
        times,
        measurement: measurement.clone(),
        place,
    })
}

impl RuleSamples {
    /// Adds an event in the requested range.
    fn add(&mut self, found: &MatchedRecord, matching: &Match, place: usize) {
        self.inside.extend(measured(found, matching, place));
        if let Err(reason) = matching.measured {
            *self.without_sample.entry(reason).or_default() += 1;
        }
    }

    /// Adds the samples of the events in the requested range to those of each set of dimensions.
    pub(super) fn add_inside(&self, clock: Clock, samples: &mut SamplesByDimensions) {
        for measured in &self.inside {
            let sample = measured.sample(clock);
            let dimensions = &measured.measurement.dimensions;
            // `entry` would copy the dimensions for every sample.
            match samples.get_mut(dimensions) {
                Some(samples) => samples.push(sample),
                None => _ = samples.insert(dimensions.clone(), vec![sample]),
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
        for measured in self.before.iter().chain(&self.inside) {
            if measured.measurement.dimensions == *dimensions && places.contain(measured.place) {
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

impl Measured {
    fn sample(&self, clock: Clock) -> Sample {
        Sample::once(
            MetricFilter::minute(clock.time(self.times)),
            self.measurement.value,
        )
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
