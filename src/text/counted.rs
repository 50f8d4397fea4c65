//! Counts of things.

use std::fmt;

/// Returns a number of things: `1 object`, `2 objects`.
pub fn counted<N>(number: N, one: &str, several: &str) -> String
where
    N: fmt::Display + PartialEq + From<u8>,
{
    let noun = match number == N::from(1) {
        true => one,
        false => several,
    };
    format!("{number} {noun}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_in_the_singular() {
        let counts = [0_u64, 1, 2].map(|number| counted(number, "object", "objects"));
        assert_eq!(counts, ["0 objects", "1 object", "2 objects"]);
        assert_eq!(counted(1_usize, "is", "are"), "1 is");
    }
}
