//! Documents of pipelines and search engines, which wrap a record as an object or as a string.

use super::wrapper::{Wrapped, Wrapper, string};
use crate::container::record_text::RecordText;

/// The members in which Elasticsearch, Filebeat and others keep a record.
const MEMBERS: [&str; 3] = ["_source", "cloudtrail", "message"];

/// Finds the record in a document of a pipeline or a search engine.
pub(super) fn find<'a>(wrapper: &Wrapper<'a>) -> Option<Wrapped<'a>> {
    logstash(wrapper)
        .or_else(|| member(wrapper))
        .or_else(|| original(wrapper))
        .or_else(|| opensearch(wrapper))
}

/// A record of Logstash, which moves the time of an event.
fn logstash<'a>(wrapper: &Wrapper<'a>) -> Option<Wrapped<'a>> {
    let time = wrapper.member("@timestamp")?;
    if !wrapper.has(&["eventSource", "eventName"]) {
        return None;
    }
    let members = wrapper.raw.strip_prefix('{').unwrap_or_default();
    let record = format!("{{\"eventTime\":{time},{members}");
    Some(Wrapped::Records(vec![RecordText::unwrapped(record)]))
}

fn member<'a>(wrapper: &Wrapper<'a>) -> Option<Wrapped<'a>> {
    // The record is an object, or JSON in a string.
    let raw = MEMBERS.iter().find_map(|name| wrapper.member(name))?;
    Some(string(raw).map_or(Wrapped::Value(raw), Wrapped::Text))
}

/// A record that is kept beside the fields that were made of it.
fn original<'a>(wrapper: &Wrapper<'a>) -> Option<Wrapped<'a>> {
    wrapper.inner_string("event", "original").map(Wrapped::Text)
}

fn opensearch<'a>(wrapper: &Wrapper<'a>) -> Option<Wrapped<'a>> {
    let aws = Wrapper::new(wrapper.member("aws")?)?;
    aws.member("cloudtrail").map(Wrapped::Value)
}
