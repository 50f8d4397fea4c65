//! Pictures in SVG: elements with classes, whose colours the style of the page decides.
//!
//! Every text goes through [`escaped`], whether or not it comes from a log, so that no chart can
//! forget it. Nothing else of an element comes from outside: classes are constants, and places are
//! numbers.

use std::fmt::Write;

use super::Caption;
use crate::text::printable;

/// The outside of a picture.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    /// The identifier in the page, which no other picture has.
    pub id: &'a str,
    /// The class, which names the kind of chart.
    pub class: &'static str,
    /// The width of the picture in its own units.
    pub width: f64,
    /// The height of the picture in its own units.
    pub height: f64,
    /// The title, for those who do not see the picture.
    pub title: &'a str,
    /// The text alternative: the contents of the picture in words.
    pub description: &'a str,
}

impl<'a> Frame<'a> {
    /// Returns the outside of a chart with these texts, width and height.
    pub fn new(caption: &Caption<'a>, class: &'static str, (width, height): (f64, f64)) -> Self {
        Self {
            id: caption.id,
            class,
            width,
            height,
            title: caption.title,
            description: caption.description,
        }
    }
}

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// The left edge.
    pub x: f64,
    /// The upper edge.
    pub y: f64,
    /// The width.
    pub width: f64,
    /// The height.
    pub height: f64,
}

/// The side of a text that its place is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The text begins at the place.
    Start,
    /// The text is around the place.
    Middle,
    /// The text ends at the place.
    End,
}

/// A picture while it is drawn.
#[derive(Debug)]
pub struct Svg {
    text: String,
}

impl Svg {
    /// Begins a picture.
    pub fn new(frame: &Frame<'_>) -> Self {
        let mut text = String::new();
        let Frame { id, class, .. } = frame;
        let id = escaped(id);
        let (width, height) = (number(frame.width), number(frame.height));
        push(
            &mut text,
            format_args!(
                "<svg class=\"chart {class}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
                 aria-labelledby=\"{id}-title {id}-text\">\
                 <title id=\"{id}-title\">{}</title><desc id=\"{id}-text\">{}</desc>",
                escaped(frame.title),
                escaped(frame.description)
            ),
        );
        Self { text }
    }

    /// Draws a rectangle, with a hint for the mouse if there is one.
    pub fn rect(&mut self, class: &str, rect: Rect, hint: Option<&str>) {
        let Rect { x, y, .. } = rect;
        let (x, y) = (number(x), number(y));
        let (width, height) = (number(rect.width), number(rect.height));
        let place = format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"");
        self.element("rect", class, &place, hint);
    }

    /// Draws a line.
    pub fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        let (x1, y1, x2, y2) = (number(x1), number(y1), number(x2), number(y2));
        let place = format!("x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"");
        self.element("line", class, &place, None);
    }

    /// Draws a line through several points.
    pub fn polyline(&mut self, class: &str, points: &[(f64, f64)]) {
        let points = points.iter();
        let points: Vec<String> = points
            .map(|(x, y)| format!("{},{}", number(*x), number(*y)))
            .collect();
        let place = format!("points=\"{}\"", points.join(" "));
        self.element("polyline", class, &place, None);
    }

    /// Draws one of the shapes around a place, with a hint for the mouse if there is one.
    pub fn shape(&mut self, class: &str, shape: Shape, (x, y): (f64, f64), hint: Option<&str>) {
        let place = format!(
            "transform=\"translate({} {})\" d=\"{}\"",
            number(x),
            number(y),
            shape.path()
        );
        self.element("path", class, &place, hint);
    }

    /// Draws one of the shapes for several things, whose number it carries.
    pub fn counted_shape(
        &mut self,
        class: &str,
        shape: Shape,
        place: (f64, f64),
        (count, hint): (u64, &str),
    ) {
        let (x, y, path) = (number(place.0), number(place.1), shape.path());
        let place = format!("data-count=\"{count}\" transform=\"translate({x} {y})\" d=\"{path}\"");
        self.element("path", class, &place, Some(hint));
    }

    /// Writes a text.
    pub fn label(&mut self, class: &str, (x, y): (f64, f64), anchor: Anchor, text: &str) {
        let (x, y, anchor) = (number(x), number(y), anchor.name());
        let text = escaped(text);
        push(
            &mut self.text,
            format_args!(
                "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>"
            ),
        );
    }

    /// Draws a mark below an axis at a place on it, and a label that is this far below.
    pub fn mark_below(&mut self, (x, axis): (f64, f64), distance: f64, label: &str) {
        self.line("axis", (x, axis), (x, axis + 4.0));
        self.label("tick", (x, axis + distance), Anchor::Middle, label);
    }

    fn element(&mut self, name: &str, class: &str, place: &str, hint: Option<&str>) {
        push(
            &mut self.text,
            format_args!("<{name} class=\"{class}\" {place}"),
        );
        match hint {
            None => self.text.push_str("/>"),
            Some(hint) => {
                let hint = escaped(hint);
                push(
                    &mut self.text,
                    format_args!("><title>{hint}</title></{name}>"),
                );
            }
        }
    }

    /// Returns the picture.
    pub fn finish(mut self) -> String {
        self.text.push_str("</svg>");
        self.text
    }
}

/// A shape, so that marks differ not only in their colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A circle.
    Circle,
    /// A diamond.
    Diamond,
    /// A cross.
    Cross,
    /// A square.
    Square,
    /// A triangle that points up.
    Triangle,
}

impl Shape {
    /// Every shape.
    pub const ALL: [Self; 5] = [
        Self::Circle,
        Self::Square,
        Self::Diamond,
        Self::Triangle,
        Self::Cross,
    ];

    fn path(self) -> &'static str {
        match self {
            Self::Circle => "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0Z",
            Self::Diamond => "M0 -5L4.5 0L0 5L-4.5 0Z",
            Self::Cross => "M-3.5 -3.5L3.5 3.5M-3.5 3.5L3.5 -3.5",
            Self::Square => "M-3.5 -3.5H3.5V3.5H-3.5Z",
            Self::Triangle => "M0 -4.5L4.5 3.5H-4.5Z",
        }
    }
}

impl Anchor {
    fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// Returns a text that is only a text in HTML and SVG, and shows what it holds.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in printable(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Returns a number with one decimal at most, which is finer than any screen.
fn number(value: f64) -> String {
    let tenths = (value * 10.0).round();
    // A place that cannot be computed must not break the picture.
    let tenths = if tenths.is_finite() { tenths } else { 0.0 };
    // Adding zero turns a negative zero into a positive one.
    format!("{}", tenths / 10.0 + 0.0)
}

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = text.write_fmt(arguments);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_only_texts() {
        let frame = Frame {
            id: "a",
            class: "test",
            width: 10.0,
            height: 5.0,
            title: "<script>",
            description: "\"'&\u{202e}",
        };
        let mut svg = Svg::new(&frame);
        svg.label("label", (1.0, 2.04), Anchor::End, "]]></text>");
        svg.shape("mark", Shape::Circle, (f64::NAN, -0.01), Some("<b>"));
        let text = svg.finish();
        assert!(text.contains("<title id=\"a-title\">&lt;script&gt;</title>"));
        assert!(text.contains(">&quot;&#39;&amp;\\u{202e}</desc>"));
        assert!(text.contains("x=\"1\" y=\"2\" text-anchor=\"end\">]]&gt;&lt;/text&gt;</text>"));
        assert!(text.contains("translate(0 0)") && text.contains("<title>&lt;b&gt;</title>"));
    }
}
