//! The times that digests cover.

use super::window::Window;

/// Times without a gap, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cover {
    windows: Vec<Window>,
}

impl Cover {
    /// Joins windows of time that touch each other.
    pub(super) fn new(windows: impl IntoIterator<Item = Window>) -> Self {
        let mut sorted: Vec<Window> = windows.into_iter().collect();
        sorted.sort();
        let mut joined: Vec<Window> = Vec::new();
        for window in sorted {
            match joined.last_mut() {
                Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
                _ => joined.push(window),
            }
        }
        Self { windows: joined }
    }

    /// Returns the times, none of which touches another.
    pub(super) fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// Returns whether a window is covered whole.
    pub(super) fn contains(&self, window: Window) -> bool {
        let mut windows = self.windows.iter();
        windows.any(|cover| cover.start <= window.start && window.end <= cover.end)
    }
}
