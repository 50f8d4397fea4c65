//! The alarms of the page: their timelines, from the whole archive down to minutes.

use jiff::Timestamp;
use minijinja::Value;
use serde::Serialize;

use super::bursts::bursts;
use super::input::PageInput;
use super::templates::markup;
use super::texts::{condition, span};
use crate::alarm::{AlarmConfiguration, Episode};
use crate::language::{Message, Words};
use crate::metric::Statistic;
use crate::render::chart::Caption;
use crate::render::chart::alarm_timeline::{AlarmTimeline, EpisodeBand, Threshold, TimelineSize};
use crate::render::quantity::{duration_message, short};
use crate::report::AlarmReport;
use crate::text::place;

/// The number of alarms with a small chart each.
const SMALL_LIMIT: usize = 60;

/// The number of alarms with charts of their bursts: those with most time in ALARM.
const DETAILED_LIMIT: usize = 6;

/// The alarms of the page.
#[derive(Debug, Serialize)]
pub(super) struct Alarms {
    total: u64,
    /// One small chart for each alarm, if there are several.
    small: Vec<SmallAlarm>,
    /// The number of alarms without a small chart.
    not_shown: u64,
    detailed: Vec<DetailedAlarm>,
}

/// An alarm among many.
#[derive(Debug, Serialize)]
struct SmallAlarm {
    name: String,
    place: String,
    in_alarm: String,
    chart: Value,
}

/// An alarm with its bursts.
#[derive(Debug, Serialize)]
struct DetailedAlarm {
    name: String,
    place: String,
    condition: String,
    in_alarm: String,
    is_proposed: bool,
    warnings: Vec<String>,
    /// The whole time, unless one burst is all of it.
    overview: Option<Value>,
    bursts: Vec<BurstChart>,
}

/// A chart of a burst.
#[derive(Debug, Serialize)]
struct BurstChart {
    title: String,
    chart: Value,
}

impl Alarms {
    pub(super) fn new(input: &PageInput<'_>) -> Self {
        let alarms: Vec<DrawnAlarm<'_>> = drawn_alarms(input);
        let small = match alarms.len() {
            0 | 1 => &[],
            _ => alarms.get(..SMALL_LIMIT).unwrap_or(&alarms),
        };
        let mut busiest: Vec<&DrawnAlarm<'_>> = alarms.iter().collect();
        // The sort is stable, so alarms with as much time stay in their order.
        busiest.sort_by_key(|alarm| std::cmp::Reverse(alarm.seconds_in_alarm()));
        let detailed = busiest.iter().take(DETAILED_LIMIT);
        Self {
            total: alarms.len() as u64,
            small: small.iter().map(DrawnAlarm::small).collect(),
            not_shown: alarms.len().saturating_sub(SMALL_LIMIT) as u64,
            detailed: detailed.map(|alarm| alarm.detailed()).collect(),
        }
    }
}

fn drawn_alarms<'a>(input: &'a PageInput<'a>) -> Vec<DrawnAlarm<'a>> {
    let alarms = input.report.alarms.iter().enumerate();
    let alarms = alarms.filter_map(|(number, alarm)| DrawnAlarm::new(input, number, alarm));
    alarms.collect()
}

/// An alarm with its datapoints.
struct DrawnAlarm<'a> {
    input: &'a PageInput<'a>,
    number: usize,
    alarm: &'a AlarmReport,
    range: (i64, i64),
    timeline: AlarmTimeline,
}

impl<'a> DrawnAlarm<'a> {
    /// Computes the datapoints of an alarm; `None` if it was not replayed, since no event has a
    /// time.
    fn new(input: &'a PageInput<'a>, number: usize, alarm: &'a AlarmReport) -> Option<Self> {
        let range = alarm.range?;
        let range = (range.start.as_second(), range.end.as_second());
        let metric = alarm.alarm.metric();
        let points = metric.map(|metric| points(metric, alarm));
        Some(Self {
            input,
            number: number + 1,
            alarm,
            range,
            timeline: AlarmTimeline {
                range,
                period_seconds: metric.map_or(60, |metric| metric.period_seconds.into()),
                points: points.unwrap_or_default(),
                threshold: metric.and_then(threshold),
                episodes: bands(&alarm.episodes, range.1, input.words),
            },
        })
    }

    fn seconds_in_alarm(&self) -> i64 {
        let episodes = self.alarm.episodes.iter();
        episodes.map(|episode| episode.duration_seconds).sum()
    }

    fn small(&self) -> SmallAlarm {
        let id = format!("alarm-{}-small", self.number);
        SmallAlarm {
            name: self.alarm.name().to_owned(),
            place: self.place(),
            in_alarm: self.in_alarm(),
            chart: self.draw(&id, self.range, TimelineSize::Small),
        }
    }

    fn detailed(&self) -> DetailedAlarm {
        let summary = self.input.summary.alarms.get(self.number - 1);
        let bursts = self.bursts();
        let is_one = bursts.len() == 1 && self.fills_half(bursts.first());
        let id = format!("alarm-{}", self.number);
        let overview = (!is_one).then(|| self.draw(&id, self.range, TimelineSize::Overview));
        let bursts = bursts.into_iter().enumerate();
        DetailedAlarm {
            name: self.alarm.name().to_owned(),
            place: self.place(),
            condition: summary.map_or_else(String::new, |alarm| alarm.condition.clone()),
            in_alarm: self.in_alarm(),
            is_proposed: summary.is_some_and(|alarm| alarm.is_proposed()),
            warnings: self.alarm.warnings.clone(),
            overview,
            bursts: bursts
                .map(|(burst, range)| self.burst(burst + 1, range))
                .collect(),
        }
    }

    fn bursts(&self) -> Vec<(i64, i64)> {
        let period = self.timeline.period_seconds;
        let points = self.timeline.points.iter();
        let points = points.map(|(start, _)| (*start, start.saturating_add(period)));
        let episodes = self.timeline.episodes.iter();
        let times = points.chain(episodes.map(|episode| (episode.start, episode.end)));
        bursts(times.collect(), period)
    }

    fn fills_half(&self, burst: Option<&(i64, i64)>) -> bool {
        let length = self.range.1 - self.range.0;
        burst.is_some_and(|(first, last)| (last - first) * 2 > length)
    }

    fn burst(&self, number: usize, range: (i64, i64)) -> BurstChart {
        let id = format!("alarm-{}-burst-{number}", self.number);
        BurstChart {
            title: span(range.0, range.1),
            chart: self.draw(&id, range, TimelineSize::Detail),
        }
    }

    fn draw(&self, id: &str, range: (i64, i64), size: TimelineSize) -> Value {
        let timeline = within(&self.timeline, range);
        let words = self.input.words;
        let title = Message::new("page-alarm-chart")
            .with("name", self.alarm.name())
            .with("span", span(range.0, range.1));
        let caption = Caption {
            id,
            title: &words.say(&title),
            description: &self.description(&timeline),
        };
        markup(timeline.draw(&caption, size))
    }

    /// Returns the contents of a chart in words.
    fn description(&self, timeline: &AlarmTimeline) -> String {
        let values = timeline.points.iter().map(|(_, value)| *value);
        let highest = values.fold(0.0, f64::max);
        let threshold = timeline.threshold.as_ref();
        let message = Message::new("page-alarm-description")
            .with("periods", timeline.points.len())
            .with("highest", short(highest))
            .with("threshold", threshold.map_or("–", |found| &found.label))
            .with("episodes", timeline.episodes.len());
        self.input.words.say(&message)
    }

    fn place(&self) -> String {
        let group = &self.alarm.group;
        place(group.account.as_deref(), group.region.as_deref())
    }

    fn in_alarm(&self) -> String {
        let message = Message::new("page-in-alarm")
            .with("count", self.alarm.episodes.len())
            .with("duration", duration_message(self.seconds_in_alarm()));
        self.input.words.say(&message)
    }
}

/// Returns the part of a timeline between two times.
fn within(timeline: &AlarmTimeline, range: (i64, i64)) -> AlarmTimeline {
    let (first, last) = range;
    let points = timeline.points.iter();
    // A datapoint is shown if any second of its period is.
    let points = points.filter(|(start, _)| {
        *start <= last && start.saturating_add(timeline.period_seconds) > first
    });
    let episodes = timeline.episodes.iter();
    let episodes = episodes.filter(|band| band.start <= last && band.end >= first);
    AlarmTimeline {
        range,
        period_seconds: timeline.period_seconds,
        points: points.copied().collect(),
        threshold: timeline.threshold.clone(),
        episodes: episodes.cloned().collect(),
    }
}

/// Returns the datapoints of the metric that an alarm watches: of metric math, the sums of the
/// first metric in it.
fn points(alarm: &AlarmConfiguration, report: &AlarmReport) -> Vec<(i64, f64)> {
    let Some(series) = report.series.first() else {
        return Vec::new();
    };
    let statistic = alarm.watched.statistic().unwrap_or(Statistic::Sum);
    let mut points = Vec::new();
    for period in series.periods(alarm.period_seconds) {
        if let Some(value) = statistic.compute(period.samples) {
            points.push((period.start.as_second(), value));
        }
    }
    points
}

/// Returns the threshold, unless an alarm compares the values of an expression with it.
fn threshold(alarm: &AlarmConfiguration) -> Option<Threshold> {
    alarm.watched.statistic()?;
    Some(Threshold {
        value: alarm.threshold,
        label: condition(alarm),
        operator: alarm.comparison_operator,
    })
}

fn bands(episodes: &[Episode], end_of_replay: i64, words: &Words) -> Vec<EpisodeBand> {
    let episodes = episodes.iter();
    let bands = episodes.map(|episode| {
        let start = episode.start.as_second();
        let end = episode.end.map_or(end_of_replay, Timestamp::as_second);
        EpisodeBand {
            start,
            end,
            hint: format!(
                "ALARM {} ({})",
                span(start, end),
                words.say(&duration_message(episode.duration_seconds))
            ),
        }
    });
    bands.collect()
}
