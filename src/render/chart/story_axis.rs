//! The time axis of a story: when a deletion was scheduled, until when it could be undone, who
//! asked in between, and how it ended.

use super::scale::TimeScale;
use super::svg::{Anchor, Frame, Rect, Shape, Svg};
use super::{Caption, PICTURE_WIDTH};

/// The place of the names of the lanes.
const LEFT: f64 = 150.0;

/// The room at the right.
const RIGHT: f64 = 20.0;

/// The height of a lane.
const LANE: f64 = 26.0;

/// The height of a line of labels above the lanes.
const LABEL: f64 = 15.0;

/// The room for the times below the lanes.
const BOTTOM: f64 = 22.0;

/// The average width of a character of a label.
// The font is that of the reader's system, so widths can only be estimated.
const CHARACTER: f64 = 6.6;

/// The distance below which two marks are one.
const NEAR: f64 = 5.0;

/// A story on a time axis.
#[derive(Clone, Debug)]
pub struct StoryAxis {
    /// The first and the last second that are shown.
    pub range: (i64, i64),
    /// The recovery window.
    pub window: Option<(i64, i64)>,
    /// The steps of the deletion.
    pub moments: Vec<Moment>,
    /// The lanes of calls.
    pub lanes: Vec<Lane>,
}

/// A step of the deletion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The second since the epoch.
    pub second: i64,
    /// The label.
    pub label: String,
    /// True if it is a limit and not an event.
    pub is_limit: bool,
}

/// Calls of one kind, in chronological order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// The name.
    pub label: String,
    /// The calls.
    pub calls: Vec<DrawnCalls>,
}

/// One call, or several from one time to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnCalls {
    /// The first second.
    pub first: i64,
    /// The last second.
    pub last: i64,
    /// The number of calls.
    pub count: u64,
    /// The phase of the deletion, which is their shape.
    pub phase: CallPhase,
    /// The hint for the mouse.
    pub hint: String,
}

/// The phase in which a call came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallPhase {
    /// Before the deletion was scheduled.
    Before,
    /// While the deletion was pending.
    Pending,
    /// After it was restored or deleted.
    After,
    /// The archive does not show it.
    Unknown,
}

impl CallPhase {
    /// Returns the shape of its marks.
    pub fn shape(self) -> Shape {
        match self {
            Self::Before => Shape::Circle,
            Self::Pending => Shape::Diamond,
            Self::After => Shape::Cross,
            Self::Unknown => Shape::Square,
        }
    }

    /// Returns the class of its marks.
    pub fn class(self) -> &'static str {
        match self {
            Self::Before => "call before",
            Self::Pending => "call pending",
            Self::After => "call after",
            Self::Unknown => "call unknown",
        }
    }
}

impl StoryAxis {
    /// Draws the story.
    pub fn draw(&self, caption: &Caption<'_>) -> String {
        let times = TimeScale::new(self.range, (LEFT, PICTURE_WIDTH - RIGHT));
        let labels = self.labels(&times);
        let lines = labels.iter().map(|label| label.line + 1).max().unwrap_or(0);
        let top = LABEL * lines as f64 + 8.0;
        let bottom = top + LANE * self.lanes.len() as f64;
        let mut drawing = StoryDrawing {
            svg: Svg::new(&Frame::new(
                caption,
                "story-axis",
                (PICTURE_WIDTH, bottom + BOTTOM),
            )),
            times,
            top,
            bottom,
        };
        drawing.draw_window(self.window);
        drawing.draw_times();
        for label in &labels {
            drawing.draw_moment(label);
        }
        for (number, lane) in self.lanes.iter().enumerate() {
            drawing.draw_lane(number, lane);
        }
        drawing.svg.finish()
    }

    /// Places the labels in as many lines as they need not to cover each other.
    fn labels(&self, times: &TimeScale) -> Vec<PlacedLabel<'_>> {
        let mut ends: Vec<f64> = Vec::new();
        let mut labels = Vec::new();
        for moment in &self.moments {
            let mut label = PlacedLabel::new(moment, times);
            let (left, right) = label.edges();
            label.line = ends
                .iter()
                .position(|end| *end < left)
                .unwrap_or(ends.len());
            match ends.get_mut(label.line) {
                Some(end) => *end = right,
                None => ends.push(right),
            }
            labels.push(label);
        }
        labels
    }
}

/// A label above the lanes.
struct PlacedLabel<'a> {
    moment: &'a Moment,
    x: f64,
    line: usize,
    anchor: Anchor,
}

impl<'a> PlacedLabel<'a> {
    fn new(moment: &'a Moment, times: &TimeScale) -> Self {
        let x = times.place(moment.second);
        // A label that begins too far to the right would leave the picture.
        let fits = x + width(&moment.label) + 4.0 < PICTURE_WIDTH;
        Self {
            moment,
            x,
            line: 0,
            anchor: if fits { Anchor::Start } else { Anchor::End },
        }
    }

    fn edges(&self) -> (f64, f64) {
        let width = width(&self.moment.label) + 10.0;
        match self.anchor {
            Anchor::End => (self.x - width, self.x),
            Anchor::Start | Anchor::Middle => (self.x, self.x + width),
        }
    }
}

/// Returns about how wide a label is. Letters of Korean are as wide as two of Latin.
fn width(label: &str) -> f64 {
    unicode_width::UnicodeWidthStr::width(label) as f64 * CHARACTER
}

struct StoryDrawing {
    svg: Svg,
    times: TimeScale,
    top: f64,
    bottom: f64,
}

impl StoryDrawing {
    fn draw_window(&mut self, window: Option<(i64, i64)>) {
        let Some((start, end)) = window else { return };
        let x = self.times.place(start);
        let rect = Rect {
            x,
            y: self.top,
            width: (self.times.place(end) - x).max(1.0),
            height: self.bottom - self.top,
        };
        self.svg.rect("window", rect, None);
    }

    fn draw_times(&mut self) {
        let (right, bottom) = (PICTURE_WIDTH - RIGHT, self.bottom);
        self.svg.line("axis", (LEFT, bottom), (right, bottom));
        for tick in self.times.ticks(8) {
            let place = (self.times.place(tick.second), bottom);
            self.svg.mark_below(place, 17.0, &tick.label);
        }
    }

    fn draw_moment(&mut self, label: &PlacedLabel<'_>) {
        let y = LABEL * (label.line as f64 + 1.0) - 2.0;
        let class = match label.moment.is_limit {
            true => "moment limit",
            false => "moment",
        };
        self.svg
            .line(class, (label.x, y - 9.0), (label.x, self.bottom));
        let x = match label.anchor {
            Anchor::End => label.x - 5.0,
            Anchor::Start | Anchor::Middle => label.x + 5.0,
        };
        let text = &label.moment.label;
        self.svg.label("moment-label", (x, y), label.anchor, text);
    }

    fn draw_lane(&mut self, number: usize, lane: &Lane) {
        let y = self.top + LANE * (number as f64 + 0.5);
        let place = (LEFT - 14.0, y + 4.0);
        self.svg
            .label("lane-label", place, Anchor::End, &lane.label);
        let right = PICTURE_WIDTH - RIGHT;
        self.svg.line("grid", (LEFT, y), (right, y));
        let merged = self.merged(&lane.calls);
        for (number, calls) in merged.iter().enumerate() {
            let next = merged.get(number + 1);
            let room = next.map_or(right, |next| self.times.place(next.first));
            self.draw_calls(y, calls, room);
        }
    }

    /// Joins calls of one phase that are too near to be told apart.
    fn merged(&self, calls: &[DrawnCalls]) -> Vec<DrawnCalls> {
        let mut merged: Vec<DrawnCalls> = Vec::new();
        for call in calls {
            let x = self.times.place(call.first);
            let near = merged
                .last_mut()
                .filter(|last| last.phase == call.phase && x < self.times.place(last.first) + NEAR);
            match near {
                Some(last) => {
                    last.last = last.last.max(call.last);
                    last.count += call.count;
                    last.hint.clone_from(&call.hint);
                }
                None => merged.push(call.clone()),
            }
        }
        merged
    }

    /// Draws calls, with their number if there is room for it before the next ones.
    fn draw_calls(&mut self, y: f64, calls: &DrawnCalls, room: f64) {
        let (first, last) = (self.times.place(calls.first), self.times.place(calls.last));
        if last > first + NEAR {
            self.svg.line("call-span", (first, y), (last, y));
        }
        let hint = match calls.count {
            1 => calls.hint.clone(),
            count => format!("{} ({count})", calls.hint),
        };
        let (class, shape) = (calls.phase.class(), calls.phase.shape());
        self.svg
            .counted_shape(class, shape, (first, y), (calls.count, &hint));
        let count = format!("×{}", calls.count);
        if calls.count > 1 && last + 12.0 + width(&count) < room {
            let place = (last + 7.0, y - 4.0);
            self.svg.label("call-count", place, Anchor::Start, &count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(second: i64, phase: CallPhase) -> DrawnCalls {
        DrawnCalls {
            first: second,
            last: second,
            count: 1,
            phase,
            hint: format!("at {second}"),
        }
    }

    fn axis() -> StoryAxis {
        let moment = |second, label: &str| Moment {
            second,
            label: label.to_owned(),
            is_limit: false,
        };
        StoryAxis {
            range: (0, 10_000),
            window: Some((1_000, 9_000)),
            moments: vec![moment(1_000, "scheduled"), moment(1_050, "restored")],
            lanes: vec![Lane {
                label: "attempts".to_owned(),
                calls: vec![
                    call(500, CallPhase::Before),
                    call(2_000, CallPhase::Pending),
                    call(2_010, CallPhase::Pending),
                    call(9_500, CallPhase::After),
                ],
            }],
        }
    }

    #[test]
    fn calls_of_each_phase_have_a_shape_and_near_ones_are_one() {
        let svg = axis().draw(&Caption::default());
        assert_eq!(svg.matches("<path class=\"call ").count(), 3);
        assert!(svg.contains("call pending\" data-count=\"2\"") && svg.contains(">×2<"));
    }

    #[test]
    fn labels_do_not_cover_each_other() {
        let axis = axis();
        let times = TimeScale::new(axis.range, (LEFT, PICTURE_WIDTH - RIGHT));
        let lines: Vec<usize> = axis.labels(&times).iter().map(|label| label.line).collect();
        assert_eq!(lines, [0, 1]);
    }
}
