//! The objects around a place in JSON whose end is missing or wrong.

/// The objects and arrays that are open at a place, in a text that is JSON up to that place.
#[derive(Debug)]
pub struct OpenObjects<'t> {
    text: &'t str,
    at: usize,
    names: &'t [&'t str],
    /// For each open array or object, true if it has a member with one of the names.
    open: Vec<bool>,
    /// The number of those that have.
    named: usize,
}

impl<'t> OpenObjects<'t> {
    /// Begins at a place, where nothing is open. Objects with members of these names are counted.
    pub fn new(text: &'t str, at: usize, names: &'t [&'t str]) -> Self {
        Self {
            text,
            at,
            names,
            open: Vec::new(),
            named: 0,
        }
    }

    /// Goes on to a later place. Returns the place where the string ends that it is in, or that
    /// place itself.
    pub fn advance(&mut self, place: usize) -> usize {
        while self.at < place {
            let rest = self.text.as_bytes().get(self.at..place).unwrap_or_default();
            let sign = rest.iter().position(|byte| b"{}[]\"".contains(byte));
            let Some(sign) = sign else {
                self.at = place;
                break;
            };
            self.at += sign;
            self.pass_sign();
        }
        self.at
    }

    /// Returns true if an object that is open has a member with one of the names.
    pub fn are_named(&self) -> bool {
        self.named > 0
    }

    fn pass_sign(&mut self) {
        match self.text.as_bytes().get(self.at) {
            Some(b'"') => return self.pass_string(),
            Some(b'{' | b'[') => self.open.push(false),
            _ => {
                let was_named = self.open.pop().unwrap_or_default();
                self.named -= usize::from(was_named);
            }
        }
        self.at += 1;
    }

    fn pass_string(&mut self) {
        let start = self.at + 1;
        let end = string_end(self.text.as_bytes(), start);
        let name = self.text.get(start..end).unwrap_or_default();
        if self.names.contains(&name) && !self.open.last().copied().unwrap_or(true) {
            self.open.pop();
            self.open.push(true);
            self.named += 1;
        }
        self.at = end + 1;
    }
}

/// Returns the place of the quote that ends a string.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(rest) = bytes.get(at..) {
        match memchr::memchr2(b'"', b'\\', rest) {
            Some(place) if rest.get(place) == Some(&b'\\') => at += place + 2,
            Some(place) => return at + place,
            None => break,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_within_named_objects_and_strings_are_within() {
        let text = r#"[{"a":{"n":1,"b":[{"c":"n"}]},"d":{"e":[1]}},{"f":"{\"n\"","#;
        let mut within = Vec::new();
        let mut open = OpenObjects::new(text, 0, &["n"]);
        for (place, _) in text.match_indices('{') {
            let end = open.advance(place);
            within.push((end - place, open.are_named()));
        }
        let [outer, inner, string] = [(0, false), (0, true), (7, false)];
        assert_eq!(within, [outer, outer, inner, outer, outer, string]);
        let mut closed = OpenObjects::new("]}{", 0, &["n"]);
        assert_eq!((closed.advance(2), closed.are_named()), (2, false));
    }
}
