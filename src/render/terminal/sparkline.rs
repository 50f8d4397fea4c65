//! Numbers as a line of bars.

/// The signs of bars, from the lowest to the highest. The first is for nothing at all.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The same for terminals that show only ASCII.
const ASCII_BARS: [char; 8] = ['_', '.', ':', '-', '=', '+', '*', '#'];

/// Returns numbers as a line of bars; the largest has the highest bar.
pub(super) fn sparkline(values: &[f64], is_unicode: bool) -> String {
    let bars = if is_unicode { BARS } else { ASCII_BARS };
    let maximum = values.iter().copied().fold(0.0, f64::max);
    let bar = |value: &f64| bars.get(height(*value, maximum)).copied();
    values.iter().filter_map(bar).collect()
}

/// Returns the number of a bar. Only zero or less has the first bar.
fn height(value: f64, maximum: f64) -> usize {
    if value <= 0.0 || maximum <= 0.0 {
        return 0;
    }
    let highest = BARS.len() - 1;
    let height = (value / maximum * highest as f64).ceil();
    (height as usize).clamp(1, highest)
}

#[cfg(test)]
mod tests {
    use super::sparkline;

    #[test]
    fn bars_are_as_high_as_numbers() {
        let values = [0.0, 0.1, 1.0, 3.5, 7.0, -1.0];
        assert_eq!(sparkline(&values, true), "▁▂▂▅█▁");
        assert_eq!(sparkline(&values, false), "_..=#_");
        assert_eq!(sparkline(&[0.0, 0.0], true), "▁▁");
    }
}
