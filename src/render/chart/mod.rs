//! Charts in SVG: one file a chart, on the scales of [`scale`] and the elements of [`svg`].
//!
//! A chart has no colours of its own: its elements have classes, for which the style of the page
//! has colours on light and dark. Marks that mean different things differ in shape, line or
//! pattern, too.

pub mod alarm_timeline;
pub mod backtest_curves;
pub mod coverage_calendar;
pub mod heat_map;
pub mod scale;
pub mod story_axis;
pub mod svg;

/// The width of a picture as wide as the page, in its own units.
pub const PICTURE_WIDTH: f64 = 960.0;

/// The width of a picture that is half as wide as the page.
pub const HALF_WIDTH: f64 = 470.0;

/// The texts about a chart.
#[derive(Clone, Copy, Debug, Default)]
pub struct Caption<'a> {
    /// The identifier in the page, which no other chart has.
    pub id: &'a str,
    /// The title.
    pub title: &'a str,
    /// The text alternative: the contents of the chart in words.
    pub description: &'a str,
}
