//! The identity of a metric.

use std::fmt;

/// The names and values of the dimensions of one metric, in the order of the names.
pub type DimensionSet = Vec<(String, String)>;

/// The identity of a metric. Another set of dimensions is another metric (user guide, "Metrics
/// concepts").
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MetricIdentity {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub metric_name: String,
    /// The names and values of the dimensions, in the order of the names.
    pub dimensions: DimensionSet,
}

/// The namespace and the name.
impl fmt::Display for MetricIdentity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.namespace, self.metric_name)
    }
}

/// Returns dimensions as `name=value`, separated by commas. Within a name or value, a backslash is
/// before each comma and backslash, and within a name before each `=`, so that different sets have
/// different texts. Values may be of a caller.
pub fn dimensions_text(dimensions: &[(String, String)]) -> String {
    let mut pairs = Vec::new();
    for (name, value) in dimensions {
        let (name, value) = (escaped(name, ",=\\"), escaped(value, ",\\"));
        pairs.push(format!("{name}={value}"));
    }
    pairs.join(",")
}

/// Returns a text with a backslash before each of some signs.
fn escaped(text: &str, signs: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if signs.contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_dimensions_have_different_texts() {
        let text = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter();
            let pairs = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            dimensions_text(&pairs.collect::<DimensionSet>())
        };
        assert_eq!(text(&[("A", "1,B=2"), ("B", "3")]), r"A=1\,B=2,B=3");
        assert_eq!(text(&[("A", "1"), ("B", "2,B=3")]), r"A=1,B=2\,B=3");
        assert_eq!(text(&[("A=1", "2")]), r"A\=1=2");
        assert_eq!(text(&[("A", r"1\"), ("B", "2")]), r"A=1\\,B=2");
        assert_eq!(text(&[("Region", "eu-west-1")]), "Region=eu-west-1");
    }
}
