//! The members of an object, or the columns of a row, that may hold whole records.
//!
//! The values of a record are what its caller sent. Whoever writes the text of a record into a user
//! agent would forge one if such values were searched. So it is decided first what an object is,
//! and by that, which of its members may hold a record.

use super::ecs;
use super::names::{are_of_records, field, is_one_of, is_region_column, is_same, top_names};
use super::ocsf;

/// The names under which tools keep the text of a record beside the fields that they made of it.
const ORIGINALS: [&str; 21] = [
    "@message",
    "@rawstring",
    "cloudtrailevent",
    "cloudtraillog",
    "cloudtrailrecord",
    "event",
    "eventjson",
    "eventoriginal",
    "fulllog",
    "log",
    "message",
    "originalevent",
    "originalmessage",
    "raw",
    "rawdata",
    "rawevent",
    "rawjson",
    "rawlog",
    "rawmessage",
    "rawrecord",
    "record",
];

/// Other names under which services and tools keep records, or documents with records.
const WRAPPERS: [&str; 44] = [
    "attributes",
    "aws",
    "awslogs",
    "body",
    "bytesvalue",
    "cloudtrail",
    "content",
    "data",
    "detail",
    "details",
    "document",
    "eventmessage",
    "events",
    "fields",
    "fullmessage",
    "hits",
    "items",
    "json",
    "kinesis",
    "line",
    "logevents",
    "logmessage",
    "logs",
    "logtext",
    "messages",
    "msg",
    "object",
    "original",
    "payload",
    "queryresultrows",
    "rawmsg",
    "records",
    "response",
    "result",
    "results",
    "rows",
    "shortmessage",
    "sns",
    "source",
    "stringvalue",
    "syslogmessage",
    "textpayload",
    "value",
    "values",
];

/// The names of what a caller or any stranger writes, beside those of the fields of a record: in
/// copies of records, in access logs and in messages about errors.
const OF_CALLERS: [&str; 66] = [
    "actor",
    "agent",
    "args",
    "arguments",
    "comment",
    "cookie",
    "cookies",
    "csreferer",
    "csuseragent",
    "description",
    "dstuser",
    "duser",
    "err",
    "errmsg",
    "error",
    "errormsg",
    "errors",
    "exception",
    "forwarded",
    "header",
    "headers",
    "host",
    "httpheaders",
    "httpreferer",
    "httprequest",
    "httpuseragent",
    "httpxforwardedfor",
    "identity",
    "key",
    "labels",
    "matcheddata",
    "name",
    "origin",
    "parameters",
    "params",
    "path",
    "principal",
    "principalid",
    "query",
    "queryparameters",
    "querystring",
    "querystringparameters",
    "referer",
    "referrer",
    "remoteuser",
    "requestbody",
    "requestheaders",
    "requestline",
    "requestobject",
    "requestpath",
    "requesturi",
    "resource",
    "responseheaders",
    "responseobject",
    "rolesessionname",
    "sessionname",
    "srcuser",
    "suser",
    "tags",
    "uri",
    "url",
    "user",
    "userid",
    "username",
    "usr",
    "xforwardedfor",
];

/// The fields by one of which an object is a part of a record.
const PARTS: [&str; 3] = ["eventTime", "eventSource", "eventName"];

/// The kind of an object or a row, by the names of its members or columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It has the fields of a record.
    Record,
    /// It has some fields of a record, such as the result of a query.
    Part,
    /// Anything else.
    Other,
}

impl Standing {
    pub(crate) fn of_names<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Self {
        if are_mapped(names.clone()) {
            return Self::Record;
        }
        let mut names = names.filter_map(|name| field(last_word(name)));
        match names.any(|name| PARTS.contains(&name)) {
            true => Self::Part,
            false => Self::Other,
        }
    }

    /// Returns true if a member with this name may hold the record that a row or object is, or
    /// records beside it.
    pub(crate) fn may_hold_record(self, name: &str) -> bool {
        match self {
            Self::Record => is_original(name),
            Self::Part => !is_of_caller(name) && is_wrapper(name),
            Self::Other => !is_of_caller(name),
        }
    }
}

/// Returns true if columns or members with these names may be mapped to a record.
pub(super) fn are_mapped<'a>(names: impl Iterator<Item = &'a str> + Clone) -> bool {
    are_of_records(top_names(names.clone()))
        || ocsf::are_of_events(names.clone())
        || ecs::are_of_events(names)
}

/// Returns true if tools keep the text of a record under a name, beside fields that they made of
/// it.
pub(crate) fn is_original(name: &str) -> bool {
    let is_known = is_one_of(&ORIGINALS, last_word(name)) || is_same("event.original", name);
    is_known && !is_of_caller(name)
}

/// Returns true if services or tools keep records under a name, so that its value may also be a
/// text with a record after a prefix.
pub(crate) fn is_wrapper(name: &str) -> bool {
    is_original(name) || is_one_of(&WRAPPERS, last_word(name))
}

/// Returns true if a name is that of a field of a record, in any spelling.
pub(crate) fn is_field(name: &str) -> bool {
    field(name).is_some() && !is_region_column(name)
}

/// Returns true if a name is that of the source of an event, in any spelling or in ECS.
pub(crate) fn is_source(name: &str) -> bool {
    field(name) == Some("eventSource") || name == "event.provider"
}

/// Returns true if a caller or a stranger decides about the value of a member.
pub(crate) fn is_of_caller(name: &str) -> bool {
    let mut words = name.split('.');
    words.any(|word| field(word).is_some() || is_one_of(&OF_CALLERS, word))
}

/// Returns the name of a column without those of the structures around it.
fn last_word(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, last)| last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_decide_what_may_hold_a_record() {
        let of = |names: &[&str]| Standing::of_names(names.iter().copied());
        let record = of(&["eventTime", "event_source", "Event name", "agent"]);
        let part = of(&["@timestamp", "eventName", "userAgent"]);
        let other = of(&["@timestamp", "message"]);
        assert_eq!(
            [record, part, other],
            [Standing::Record, Standing::Part, Standing::Other]
        );
        for (name, expected) in [
            ("eventJson", [true, true, true]),
            ("cloud_trail_event", [true, true, true]),
            ("event.original", [true, true, true]),
            ("result._raw", [true, true, true]),
            ("detail", [false, true, true]),
            ("anything", [false, false, true]),
            ("user_agent.original", [false, false, false]),
            ("requestParameters.description", [false, false, false]),
            ("requestParameters.message", [false, false, false]),
            ("Username", [false, false, false]),
        ] {
            let found = [record, part, other].map(|standing| standing.may_hold_record(name));
            assert_eq!(found, expected, "{name}");
        }
    }
}
