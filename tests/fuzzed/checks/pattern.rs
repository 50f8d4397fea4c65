//! What must hold for patterns.

use backtrail::pattern::ast::InteriorStars;
use backtrail::pattern::{Matcher, Prefilter, explain, naive, parse as parse_pattern, warnings};

/// Takes any bytes as a pattern. The canonical text of a pattern is a pattern, too, and stays the
/// same. The error of any other text prints.
pub fn parse(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match parse_pattern(text) {
        Ok(pattern) => {
            let canonical = pattern.to_string();
            // The canonical text may be longer than a pattern may be.
            if let Ok(again) = parse_pattern(&canonical) {
                assert_eq!(again.to_string(), canonical);
            } else {
                assert!(canonical.chars().count() > 1024, "{canonical}");
            }
            warnings(&pattern, text)
                .iter()
                .for_each(|warning| drop(warning.to_string()));
            assert_eq!(explain(&pattern, None).holds(), None);
        }
        Err(error) => assert!(error.to_string().contains('^')),
    }
}

/// Takes what precedes the first zero as a pattern, and what follows it as an event. Every way to
/// an answer gives the same one.
pub fn evaluate(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Some((pattern, event)) = text.split_once('\0') else {
        return;
    };
    let Ok(parsed) = parse_pattern(pattern) else {
        return;
    };
    for stars in [InteriorStars::Wildcard, InteriorStars::Literal] {
        let plain = naive::extract(&parsed, stars, event);
        let matcher = Matcher::with_stars(&parsed, stars);
        assert_eq!(matcher.matches(event), plain.is_some());
        assert_eq!(matcher.extract(event), plain);
        if !Prefilter::new(&parsed).may_match(event.as_bytes()) {
            assert_eq!(plain, None);
        }
    }
    assert_eq!(
        explain(&parsed, Some(event)).holds(),
        Some(naive::matches(&parsed, event))
    );
}
