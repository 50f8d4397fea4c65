//! The heat map: how many attempts there were, by day and hour.

use super::scale::LinearScale;
use super::svg::{Anchor, Frame, Rect, Svg};
use super::{Caption, PICTURE_WIDTH};

/// The hours of a day.
pub const HOURS: usize = 24;

/// The height of a row.
const ROW_HEIGHT: f64 = 22.0;

/// The place of the hours above the rows.
const TOP: f64 = 22.0;

/// The place of the names beside the rows.
const LEFT: f64 = 96.0;

/// The number of shades beside that of no attempt.
const SHADES: f64 = 4.0;

/// The attempts of a day, or of all days with the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeatRow {
    /// The day.
    pub label: String,
    /// The number of attempts in each hour.
    pub counts: [u64; HOURS],
}

/// Draws the attempts of days by their hours.
pub fn heat_map(caption: &Caption<'_>, rows: &[HeatRow]) -> String {
    let height = TOP + ROW_HEIGHT * rows.len() as f64 + 2.0;
    let mut map = HeatMap {
        svg: Svg::new(&Frame::new(caption, "heat", (PICTURE_WIDTH, height))),
        hours: LinearScale::new((0.0, HOURS as f64), (LEFT, PICTURE_WIDTH)),
        largest: rows.iter().flat_map(|row| row.counts).max().unwrap_or(0),
    };
    map.draw_hours();
    for (number, row) in rows.iter().enumerate() {
        map.draw_row(TOP + ROW_HEIGHT * number as f64, row);
    }
    map.svg.finish()
}

struct HeatMap {
    svg: Svg,
    hours: LinearScale,
    largest: u64,
}

impl HeatMap {
    fn draw_hours(&mut self) {
        for hour in (0..HOURS).step_by(3) {
            let x = self.hours.place(hour as f64 + 0.5);
            let label = format!("{hour:02}");
            self.svg
                .label("tick", (x, TOP - 8.0), Anchor::Middle, &label);
        }
    }

    fn draw_row(&mut self, y: f64, row: &HeatRow) {
        let middle = y + ROW_HEIGHT / 2.0 + 4.0;
        self.svg
            .label("tick", (LEFT - 8.0, middle), Anchor::End, &row.label);
        for (hour, count) in row.counts.iter().enumerate() {
            self.draw_cell(y, hour, *count, &row.label);
        }
    }

    fn draw_cell(&mut self, y: f64, hour: usize, count: u64, day: &str) {
        let x = self.hours.place(hour as f64);
        let width = self.hours.place(hour as f64 + 1.0) - x;
        let shade = shade(count, self.largest);
        let rect = Rect {
            x: x + 1.0,
            y: y + 1.0,
            width: width - 2.0,
            height: ROW_HEIGHT - 2.0,
        };
        if count == 0 {
            return self.svg.rect("cell shade-0", rect, None);
        }
        let hint = format!("{day} {hour:02}:00: {count}");
        let class = format!("cell attempted shade-{shade}");
        self.svg.rect(&class, rect, Some(&hint));
        // The number is there for those who cannot tell the shades.
        let place = (x + width / 2.0, y + ROW_HEIGHT / 2.0 + 4.0);
        let class = format!("count on-shade-{shade}");
        self.svg.label(&class, place, Anchor::Middle, &short(count));
    }
}

/// Returns the shade of a number, on a logarithmic scale, since one busy hour must not make all
/// others look empty.
fn shade(count: u64, largest: u64) -> u64 {
    if count == 0 {
        return 0;
    }
    let part = (count as f64).ln_1p() / (largest.max(1) as f64).ln_1p();
    (part * SHADES).round().clamp(1.0, SHADES) as u64
}

/// Returns a number in at most four characters.
fn short(count: u64) -> String {
    match count {
        0..1_000 => count.to_string(),
        1_000..1_000_000 => format!("{}k", count / 1_000),
        1_000_000..1_000_000_000 => format!("{}M", count / 1_000_000),
        _ => "1G+".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hour_has_a_cell_and_each_attempt_a_number() {
        let mut counts = [0; HOURS];
        counts[9] = 2;
        counts[23] = 1_234;
        let rows = [HeatRow {
            label: "2026-03-03".to_owned(),
            counts,
        }];
        let svg = heat_map(&Caption::default(), &rows);
        assert_eq!(svg.matches("<rect class=\"cell").count(), HOURS);
        assert_eq!(svg.matches("cell attempted").count(), 2);
        assert!(svg.contains("<title>2026-03-03 09:00: 2</title>") && svg.contains(">1k<"));
    }

    #[test]
    fn shades_are_logarithmic() {
        let shades = [0, 1, 3, 30, 1_000].map(|count| shade(count, 1_000));
        assert_eq!(shades, [0, 1, 1, 2, 4]);
    }
}
