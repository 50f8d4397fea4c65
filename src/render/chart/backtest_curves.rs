//! The curves of a back-test: a measure against the threshold, one curve for each period.

use super::scale::LinearScale;
use super::svg::{Anchor, Frame, Shape, Svg};
use super::{Caption, HALF_WIDTH};
use crate::render::quantity::plain;

/// The place of the values beside the curves.
const LEFT: f64 = 52.0;

/// The room for the names at the ends of the curves.
const RIGHT: f64 = 64.0;

/// The room above the curves.
const TOP: f64 = 14.0;

/// The height of the picture.
const HEIGHT: f64 = 230.0;

/// The lower end of the curves.
const BOTTOM: f64 = 192.0;

/// The smallest distance between the names of two curves.
const NAME_HEIGHT: f64 = 13.0;

/// The number of ways in which curves are drawn.
const STYLES: usize = 5;

/// A curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The name, which is at its end.
    pub label: String,
    /// The thresholds with their values, in order.
    pub points: Vec<(f64, f64)>,
}

/// Draws the curves of a measure, with the name of the axis of thresholds.
pub fn backtest_curves(caption: &Caption<'_>, axis: &str, curves: &[Curve]) -> String {
    let points = curves.iter().flat_map(|curve| &curve.points);
    let (mut thresholds, mut values) = ((f64::MAX, f64::MIN), (0.0, 1.0));
    for (threshold, value) in points {
        thresholds = widened(thresholds, *threshold);
        values = widened(values, *value);
    }
    if thresholds.0 > thresholds.1 {
        thresholds = (0.0, 1.0);
    }
    let mut drawing = CurveDrawing {
        svg: Svg::new(&Frame::new(caption, "curves", (HALF_WIDTH, HEIGHT))),
        thresholds: LinearScale::new(thresholds, (LEFT + 8.0, HALF_WIDTH - RIGHT)),
        values: LinearScale::new(values, (BOTTOM, TOP)),
    };
    drawing.draw_axes(axis);
    drawing.draw_curves(curves);
    drawing.svg.finish()
}

fn widened((first, last): (f64, f64), value: f64) -> (f64, f64) {
    (first.min(value), last.max(value))
}

struct CurveDrawing {
    svg: Svg,
    thresholds: LinearScale,
    values: LinearScale,
}

impl CurveDrawing {
    fn draw_axes(&mut self, axis: &str) {
        let right = HALF_WIDTH - RIGHT + 8.0;
        for value in self.values.ticks(4) {
            let y = self.values.place(value);
            self.svg.line("grid", (LEFT, y), (right, y));
            let place = (LEFT - 6.0, y + 4.0);
            self.svg.label("tick", place, Anchor::End, &plain(value));
        }
        self.svg.line("axis", (LEFT, BOTTOM), (right, BOTTOM));
        for threshold in self.thresholds.ticks(6) {
            let x = self.thresholds.place(threshold);
            self.svg.line("axis", (x, BOTTOM), (x, BOTTOM + 4.0));
            let place = (x, BOTTOM + 16.0);
            self.svg
                .label("tick", place, Anchor::Middle, &plain(threshold));
        }
        let middle = f64::midpoint(LEFT, right);
        let place = (middle, HEIGHT - 6.0);
        self.svg.label("axis-name", place, Anchor::Middle, axis);
    }

    fn draw_curves(&mut self, curves: &[Curve]) {
        let names = self.name_places(curves);
        for (number, (curve, name)) in curves.iter().zip(names).enumerate() {
            self.draw_curve(number % STYLES, curve, name);
        }
    }

    /// Returns the heights of the names: those of the ends of the curves, moved apart.
    fn name_places(&self, curves: &[Curve]) -> Vec<f64> {
        let ends = curves.iter().map(|curve| curve.points.last());
        let mut places: Vec<(usize, f64)> = ends
            .map(|end| end.map_or(BOTTOM, |(_, value)| self.values.place(*value)))
            .enumerate()
            .collect();
        places.sort_by(|one, other| other.1.total_cmp(&one.1));
        let mut limit = f64::MAX;
        for (_, place) in &mut places {
            *place = place.min(limit);
            limit = *place - NAME_HEIGHT;
        }
        places.sort_by_key(|(number, _)| *number);
        places.into_iter().map(|(_, place)| place).collect()
    }

    fn draw_curve(&mut self, style: usize, curve: &Curve, name: f64) {
        let mut points = Vec::new();
        for (threshold, value) in &curve.points {
            points.push((self.thresholds.place(*threshold), self.values.place(*value)));
        }
        self.svg.polyline(&format!("curve curve-{style}"), &points);
        let shape = Shape::ALL.get(style).copied().unwrap_or(Shape::Circle);
        let class = format!("point point-{style}");
        for (point, (threshold, value)) in points.iter().zip(&curve.points) {
            let hint = format!("{}, {threshold}: {value}", curve.label);
            self.svg.shape(&class, shape, *point, Some(&hint));
        }
        let class = format!("curve-name name-{style}");
        let place = (HALF_WIDTH - RIGHT + 12.0, name + 4.0);
        self.svg.label(&class, place, Anchor::Start, &curve.label);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_combination_has_a_point_and_names_do_not_cover_each_other() {
        let curve = |label: &str| Curve {
            label: label.to_owned(),
            points: vec![(1.0, 10.0), (2.0, 5.0), (3.0, 0.0)],
        };
        let curves = [curve("60 s"), curve("300 s")];
        let svg = backtest_curves(&Caption::default(), "threshold", &curves);
        assert_eq!(svg.matches("<path class=\"point ").count(), 6);
        assert_eq!(svg.matches("<polyline").count(), 2);
        assert!(svg.contains("y=\"196\"") && svg.contains("y=\"183\""));
    }
}
