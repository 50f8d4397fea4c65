//! Text: making it safe to print, pointing at parts of it, and values by name.

pub(crate) mod by_name;
mod counted;
pub mod encoding;
pub mod expected;
pub mod joined;
pub mod place;
pub mod printable;
pub mod shortened;
pub mod span;
pub mod underline;

pub use counted::counted;
pub use expected::expected_in_words;
pub use joined::joined;
pub use place::place;
pub use printable::{is_harmless, printable, printable_lines, printable_path};
pub use shortened::{cut, shortened};
pub use span::Span;
pub use underline::Underlined;
