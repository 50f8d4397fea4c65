//! The last use of a secret or key that succeeded before a time.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::findings::Use;
use crate::report::story::StoryEvent;

/// Returns the last good use before a time, or at all where nothing is known to follow.
pub(super) fn last_good_use(good: &[Use<'_>], before: Option<Timestamp>) -> Option<StoryEvent> {
    let timed = good.iter();
    let timed = timed.filter_map(|used| Some((time_before(used, before)?, used)));
    let latest = timed.max_by_key(|(at, used)| (*at, Reverse(order(used))));
    let (latest, used) = latest?;
    let unclear = good.iter();
    let unclear: Vec<&Use<'_>> = unclear.filter(|used| is_unclear(used, before)).collect();
    if unclear.is_empty() {
        return Some(event(latest, used));
    }
    // The last use may be any of those whose last time is not known, or the latest that is.
    let mut callers: BTreeSet<[Option<&str>; 4]> = unclear.iter().map(|used| order(used)).collect();
    callers.insert(order(used));
    let known = match callers.len() {
        1 => event(latest, used),
        _ => StoryEvent::default(),
    };
    Some(StoryEvent {
        at: None,
        not_before: Some(latest),
        ..known
    })
}

/// Returns the last time of uses that is known to be before another.
fn time_before(used: &Use<'_>, before: Option<Timestamp>) -> Option<Timestamp> {
    let mut times = [used.last, used.first].into_iter();
    times.find(|time| before.is_none_or(|before| *time <= before))
}

/// Returns true for uses before and after a time of which others may be next to it. Of two uses,
/// both have a time.
fn is_unclear(used: &Use<'_>, before: Option<Timestamp>) -> bool {
    let is_between = before.is_some_and(|before| used.first <= before && before < used.last);
    is_between && used.count > 2
}

/// The order of uses at one time, so that the order in which they were found does not matter.
fn order<'a>(used: &Use<'a>) -> [Option<&'a str>; 4] {
    [
        used.principal,
        Some(used.event_name),
        used.source_ip_address,
        used.user_agent,
    ]
}

fn event(at: Timestamp, used: &Use<'_>) -> StoryEvent {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    StoryEvent {
        at: Some(at),
        not_before: None,
        event_name: Some(used.event_name.to_owned()),
        event_id: None,
        principal: owned(used.principal),
        source_ip_address: owned(used.source_ip_address),
        user_agent: owned(used.user_agent),
    }
}
