//! The timeline of an alarm: its metric for each period, the threshold, and the times in ALARM.

use super::scale::{LinearScale, TimeScale};
use super::svg::{Anchor, Frame, Rect, Svg};
use super::{Caption, HALF_WIDTH, PICTURE_WIDTH};
use crate::alarm::definition::vocabulary::ComparisonOperator;
use crate::render::quantity::{plain, short};

/// The place of the values beside the bars.
const LEFT: f64 = 40.0;

/// The room at the right, in which the last time may end.
const RIGHT: f64 = 14.0;

/// The room above the bars: the strip that marks ALARM, too, where a band is hard to see.
const TOP: f64 = 14.0;

/// The height of the strip above a time in ALARM.
const STRIP: f64 = 4.0;

/// The room for the times below the bars.
const BOTTOM: f64 = 20.0;

/// The narrowest bar that can be seen.
const NARROWEST: f64 = 1.5;

/// The size of a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimelineSize {
    /// As wide as the page, for a whole archive.
    Overview,
    /// Half as wide, for one burst of activity.
    Detail,
    /// Half as wide and low, for one of many alarms.
    Small,
}

/// A timeline of an alarm.
#[derive(Clone, Debug)]
pub struct AlarmTimeline {
    /// The first and the last second that are shown.
    pub range: (i64, i64),
    /// The length of a datapoint, in seconds.
    pub period_seconds: i64,
    /// The datapoints: when their period begins, and their value.
    pub points: Vec<(i64, f64)>,
    /// The threshold, if the values can be compared with one.
    pub threshold: Option<Threshold>,
    /// The times in ALARM.
    pub episodes: Vec<EpisodeBand>,
}

/// The threshold of an alarm.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// The value.
    pub value: f64,
    /// The label, as in `≥ 1`.
    pub label: String,
    /// The comparison of a value with it.
    pub operator: ComparisonOperator,
}

/// A time in ALARM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpisodeBand {
    /// Its first second.
    pub start: i64,
    /// Its end.
    pub end: i64,
    /// The hint for the mouse.
    pub hint: String,
}

impl TimelineSize {
    fn width(self) -> f64 {
        match self {
            Self::Overview => PICTURE_WIDTH,
            Self::Detail | Self::Small => HALF_WIDTH,
        }
    }

    fn height(self) -> f64 {
        match self {
            Self::Overview => 132.0,
            Self::Detail => 128.0,
            Self::Small => 84.0,
        }
    }

    fn time_ticks(self) -> i64 {
        match self {
            Self::Overview => 10,
            Self::Detail | Self::Small => 5,
        }
    }
}

impl AlarmTimeline {
    /// Draws the timeline.
    pub fn draw(&self, caption: &Caption<'_>, size: TimelineSize) -> String {
        let (width, height) = (size.width(), size.height());
        let bottom = height - BOTTOM;
        let mut drawing = AlarmDrawing {
            svg: Svg::new(&Frame::new(caption, "timeline", (width, height))),
            times: TimeScale::new(self.range, (LEFT, width - RIGHT)),
            values: LinearScale::new(self.values(), (bottom, TOP)),
            bottom,
            right: width - RIGHT,
        };
        // What is drawn later covers what is drawn before: the threshold must be seen over the
        // bars, and they over the bands.
        drawing.draw_bands(&self.episodes);
        drawing.draw_values(size);
        self.draw_bars(&mut drawing);
        drawing.draw_times(size.time_ticks());
        if let Some(threshold) = &self.threshold {
            drawing.draw_threshold(threshold);
        }
        drawing.svg.finish()
    }

    /// Returns the lowest and the highest value of the axis.
    fn values(&self) -> (f64, f64) {
        let points = self.points.iter().map(|(_, value)| *value);
        let threshold = self.threshold.iter().map(|threshold| threshold.value);
        let values: Vec<f64> = points.chain(threshold).collect();
        // Bars grow from zero, so it is always on the axis, with room above the highest of them.
        let lowest = values.iter().copied().fold(0.0, f64::min);
        let highest = values.iter().copied().fold(0.0, f64::max);
        match highest > lowest {
            true => (lowest, highest + (highest - lowest) * 0.08),
            false => (lowest, lowest + 1.0),
        }
    }

    fn draw_bars(&self, drawing: &mut AlarmDrawing) {
        for bar in self.bars(&drawing.times) {
            let breaches = self.breaches(bar.value);
            drawing.draw_bar(&bar, breaches);
        }
    }

    fn breaches(&self, value: f64) -> bool {
        let threshold = self.threshold.as_ref();
        threshold.is_some_and(|threshold| threshold.operator.holds(value, threshold.value))
    }

    /// Returns the bars: one for each datapoint, or for datapoints too near to be told apart, one
    /// with the value that is nearest to ALARM.
    fn bars(&self, times: &TimeScale) -> Vec<Bar> {
        let mut bars: Vec<Bar> = Vec::new();
        for (start, value) in &self.points {
            let (left, right) = self.edges(*start, times);
            match bars.last_mut() {
                Some(last) if left < last.left + NARROWEST => {
                    last.right = right.max(last.right);
                    last.value = self.nearer(last.value, *value);
                    last.points += 1;
                }
                _ => bars.push(Bar {
                    left,
                    right,
                    value: *value,
                    points: 1,
                }),
            }
        }
        bars
    }

    fn edges(&self, start: i64, times: &TimeScale) -> (f64, f64) {
        let left = times.place(start);
        let right = times.place(start.saturating_add(self.period_seconds));
        (left, right.max(left + NARROWEST))
    }

    fn nearer(&self, one: f64, other: f64) -> f64 {
        let threshold = self.threshold.as_ref();
        match threshold.is_none_or(|threshold| threshold.operator.is_rising()) {
            true => one.max(other),
            false => one.min(other),
        }
    }
}

/// A bar: one datapoint, or several that are too near to be told apart.
struct Bar {
    left: f64,
    right: f64,
    value: f64,
    points: u64,
}

/// The band of an episode, or of several that are too near to be told apart.
struct Band<'a> {
    left: f64,
    right: f64,
    hint: &'a str,
    episodes: u64,
}

struct AlarmDrawing {
    svg: Svg,
    times: TimeScale,
    values: LinearScale,
    bottom: f64,
    right: f64,
}

impl AlarmDrawing {
    fn draw_bands(&mut self, episodes: &[EpisodeBand]) {
        for band in self.bands(episodes) {
            self.draw_band(&band);
        }
    }

    /// Returns the bands: one for each episode, or for episodes too near to be told apart.
    fn bands<'a>(&self, episodes: &'a [EpisodeBand]) -> Vec<Band<'a>> {
        let mut bands: Vec<Band<'a>> = Vec::new();
        for episode in episodes {
            let left = self.times.place(episode.start);
            let right = self.times.place(episode.end).max(left + NARROWEST);
            match bands.last_mut() {
                Some(last) if left < last.right => {
                    last.right = right.max(last.right);
                    last.episodes += 1;
                }
                _ => bands.push(Band {
                    left,
                    right,
                    hint: &episode.hint,
                    episodes: 1,
                }),
            }
        }
        bands
    }

    fn draw_band(&mut self, band: &Band<'_>) {
        let (x, width) = (band.left, band.right - band.left);
        let strip = Rect {
            x,
            y: TOP - STRIP - 4.0,
            width,
            height: STRIP,
        };
        let rect = Rect {
            x,
            y: TOP - 4.0,
            width,
            height: self.bottom - TOP + 4.0,
        };
        let hint = match band.episodes {
            1 => band.hint.to_owned(),
            // The hint is that of the first one.
            episodes => format!("{} … ({episodes})", band.hint),
        };
        self.svg.rect("alarm-band", rect, None);
        self.svg.rect("alarm-strip", strip, Some(&hint));
    }

    fn draw_values(&mut self, size: TimelineSize) {
        let count = if size == TimelineSize::Small { 2 } else { 3 };
        for value in self.values.ticks(count) {
            self.draw_value(value);
        }
    }

    fn draw_value(&mut self, value: f64) {
        let y = self.values.place(value);
        self.svg.line("grid", (LEFT, y), (self.right, y));
        let (place, label) = ((LEFT - 6.0, y + 4.0), plain(value));
        self.svg.label("tick", place, Anchor::End, &label);
    }

    fn draw_bar(&mut self, bar: &Bar, breaches: bool) {
        let zero = self.values.place(0.0);
        let y = self.values.place(bar.value);
        let rect = Rect {
            x: bar.left,
            y: y.min(zero),
            width: (bar.right - bar.left - 0.5).max(NARROWEST),
            // A datapoint of zero is seen, too: it is not the same as none.
            height: (zero - y).abs().max(1.0),
        };
        let class = if breaches { "bar breaching" } else { "bar" };
        let hint = match bar.points {
            1 => short(bar.value),
            points => format!("{} ({points})", short(bar.value)),
        };
        self.svg.rect(class, rect, Some(&hint));
    }

    fn draw_times(&mut self, count: i64) {
        let bottom = self.bottom;
        self.svg.line("axis", (LEFT, bottom), (self.right, bottom));
        for tick in self.times.ticks(count) {
            let place = (self.times.place(tick.second), bottom);
            self.svg.mark_below(place, 16.0, &tick.label);
        }
    }

    fn draw_threshold(&mut self, threshold: &Threshold) {
        let y = self.values.place(threshold.value);
        self.svg.line("threshold", (LEFT, y), (self.right, y));
        let place = (self.right, y - 4.0);
        self.svg
            .label("threshold-label", place, Anchor::End, &threshold.label);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline(points: Vec<(i64, f64)>, range: (i64, i64)) -> AlarmTimeline {
        AlarmTimeline {
            range,
            period_seconds: 300,
            points,
            threshold: Some(Threshold {
                value: 2.0,
                label: "≥ 2".to_owned(),
                operator: ComparisonOperator::GreaterThanOrEqualToThreshold,
            }),
            episodes: vec![EpisodeBand {
                start: 600,
                end: 900,
                hint: "5 min".to_owned(),
            }],
        }
    }

    #[test]
    fn each_datapoint_has_a_bar_and_each_episode_a_band() {
        let timeline = timeline(vec![(0, 1.0), (300, 2.0), (900, 3.0)], (0, 1_800));
        let svg = timeline.draw(&Caption::default(), TimelineSize::Detail);
        assert_eq!(svg.matches("<rect class=\"bar").count(), 3);
        assert_eq!(svg.matches("bar breaching").count(), 2);
        assert_eq!(svg.matches("alarm-strip").count(), 1);
        assert_eq!(svg.matches("class=\"threshold\"").count(), 1);
    }

    #[test]
    fn a_bar_at_the_threshold_breaches_as_the_operator_says() {
        for (operator, breaching) in [
            (ComparisonOperator::GreaterThanOrEqualToThreshold, 2),
            (ComparisonOperator::GreaterThanThreshold, 1),
            (ComparisonOperator::LessThanThreshold, 1),
            (ComparisonOperator::LessThanOrEqualToThreshold, 2),
        ] {
            let points = vec![(0, 1.0), (300, 2.0), (900, 3.0)];
            let mut timeline = timeline(points, (0, 1_800));
            timeline.threshold = timeline.threshold.map(|threshold| Threshold {
                operator,
                ..threshold
            });
            let svg = timeline.draw(&Caption::default(), TimelineSize::Detail);
            assert_eq!(
                svg.matches("bar breaching").count(),
                breaching,
                "{operator}"
            );
        }
    }

    #[test]
    fn years_of_episodes_share_bands() {
        let mut timeline = timeline(Vec::new(), (0, 30_000_000));
        timeline.episodes = (0..50_000)
            .map(|number| EpisodeBand {
                start: number * 600,
                end: number * 600 + 300,
                hint: "5 min".to_owned(),
            })
            .collect();
        let svg = timeline.draw(&Caption::default(), TimelineSize::Overview);
        let bands = svg.matches("alarm-strip").count();
        assert!((1..700).contains(&bands), "{bands}");
    }

    #[test]
    fn years_of_datapoints_share_bars_with_the_highest_value() {
        let points = (0..100_000).map(|number| (number * 300, f64::from(number % 7 == 0)));
        let points: Vec<(i64, f64)> = points.map(|(second, one)| (second.into(), one)).collect();
        let timeline = timeline(points, (0, 30_000_000));
        let times = TimeScale::new(timeline.range, (LEFT, 946.0));
        let bars = timeline.bars(&times);
        assert!(bars.len() < 700, "{}", bars.len());
        assert_eq!(bars.iter().map(|bar| bar.points).sum::<u64>(), 100_000);
        assert!(bars.iter().all(|bar| bar.value == 1.0));
    }
}
