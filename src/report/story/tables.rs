//! The tables of stories and of the callers in them.

use super::{Missed, Story, StoryCaller, StoryEvent};
use crate::cloudtrail::lifecycle::{JoinReason, Resource};
use crate::table::schema::TableSchema;

/// A caller with the story that it is in.
#[derive(Clone)]
pub(in crate::report) struct CallerRow<'a> {
    story: &'a Story,
    caller: &'a StoryCaller,
}

/// Returns the callers of all stories.
pub(in crate::report) fn caller_rows(stories: &[Story]) -> Vec<CallerRow<'_>> {
    stories.iter().flat_map(callers).collect()
}

fn callers(story: &Story) -> impl Iterator<Item = CallerRow<'_>> {
    let callers = story.callers.iter();
    callers.map(move |caller| CallerRow { story, caller })
}

impl AsRef<Story> for Story {
    fn as_ref(&self) -> &Story {
        self
    }
}

impl AsRef<Story> for CallerRow<'_> {
    fn as_ref(&self) -> &Story {
        self.story
    }
}

/// Returns the columns of stories.
pub(in crate::report) fn story_schema() -> TableSchema<'static, Story> {
    TableSchema::<Story>::builder()
        .and([resource_schema()])
        .made_text("joined_by", |story| joined_by(&story.joins))
        .text("verdict", |story| Some(story.verdict.name()))
        .made_text("verdict_text", |story| Some(story.verdict.to_string()))
        .and([deletion_schema(), ending_schema(), use_schema()])
        .build()
}

/// Returns the columns of callers.
pub(in crate::report) fn caller_schema<'a>() -> TableSchema<'a, CallerRow<'a>> {
    TableSchema::<CallerRow<'_>>::builder()
        .and([resource_schema(), who_schema(), call_schema()])
        .time("first", |row| row.caller.first)
        .time("last", |row| row.caller.last)
        .integer("calls", |row| Some(row.caller.count))
        .build()
}

fn who_schema<'a>() -> TableSchema<'a, CallerRow<'a>> {
    TableSchema::<CallerRow<'_>>::builder()
        .text("principal", |row| row.caller.principal.as_deref())
        .text("source_ip_address", |row| {
            row.caller.source_ip_address.as_deref()
        })
        .text("user_agent", |row| row.caller.user_agent.as_deref())
        .build()
}

fn call_schema<'a>() -> TableSchema<'a, CallerRow<'a>> {
    TableSchema::<CallerRow<'_>>::builder()
        .text("event_name", |row| Some(&row.caller.event_name))
        .text("outcome", |row| Some(row.caller.outcome.name()))
        .text("missed", |row| Some(row.caller.missed?.name()))
        .text("phase", |row| Some(row.caller.phase.name()))
        .float("days_left", |row| row.caller.days_left)
        .build()
}

/// Returns the columns by which rows of both tables belong together.
fn resource_schema<'a, T: AsRef<Story> + 'a>() -> TableSchema<'a, T> {
    TableSchema::<T>::builder()
        .text("kind", |row| Some(row.as_ref().resource.kind.noun()))
        .text("account", |row| home(&row.as_ref().resource).0)
        .text("region", |row| home(&row.as_ref().resource).1)
        .text("resource", |row| Some(&row.as_ref().resource.id))
        .text("name", |row| Some(row.as_ref().resource.name()))
        .integer("episode", |row| Some(row.as_ref().episode))
        .build()
}

fn home(resource: &Resource) -> (Option<&str>, Option<&str>) {
    let home = &resource.home;
    (home.account.as_deref(), home.region.as_deref())
}

fn joined_by(joins: &[JoinReason]) -> Option<String> {
    let names: Vec<&str> = joins.iter().map(|reason| reason.name()).collect();
    (!names.is_empty()).then(|| names.join(" "))
}

fn deletion_schema() -> TableSchema<'static, Story> {
    TableSchema::<Story>::builder()
        .time("scheduled_at", |story| time(&story.scheduled))
        .text("scheduled_by", |story| principal(&story.scheduled))
        .text("scheduled_from", |story| address(&story.scheduled))
        .text("scheduled_with", |story| program(&story.scheduled))
        .text("scheduled_event_id", |story| event_id(&story.scheduled))
        .integer("recovery_window_days", |story| story.recovery_window_days)
        .time("undo_until", |story| story.until)
        .text("forced", |story| Some(boolean(story.is_forced)))
        .build()
}

fn ending_schema() -> TableSchema<'static, Story> {
    TableSchema::<Story>::builder()
        .time("restored_at", |story| time(&story.restored))
        .text("restored_by", |story| principal(&story.restored))
        .text("restored_event_id", |story| event_id(&story.restored))
        .time("deleted_at", |story| time(&story.deleted))
        .text("deleted_event_id", |story| event_id(&story.deleted))
        .build()
}

fn use_schema() -> TableSchema<'static, Story> {
    TableSchema::<Story>::builder()
        .time("last_good_use_at", |story| time(&story.last_good_use))
        .text("last_good_use_by", |story| principal(&story.last_good_use))
        .text("last_good_use", |story| event_name(&story.last_good_use))
        .integer("attempts", |story| Some(story.attempts()))
        .time("first_attempt", |story| story.attempt_times().0)
        .time("last_attempt", |story| story.attempt_times().1)
        .float("days_left", Story::days_left)
        .integer("callers", |story| Some(story.principals().len() as u64))
        .and(Missed::ALL.map(missed_schema))
        .build()
}

fn missed_schema(reason: Missed) -> TableSchema<'static, Story> {
    TableSchema::<Story>::builder()
        .integer(missed_name(reason), move |story| Some(story.missed(reason)))
        .build()
}

fn missed_name(reason: Missed) -> &'static str {
    match reason {
        Missed::AfterDeletion => "missed_after_deletion",
        Missed::AccessDenied => "missed_access_denied",
        Missed::OtherOperation => "missed_other_operation",
        Missed::OtherText => "missed_other_text",
        Missed::Batch => "missed_batch",
        Missed::OtherService => "missed_other_service",
        Missed::Succeeded => "missed_succeeded",
    }
}

fn time(event: &Option<StoryEvent>) -> Option<jiff::Timestamp> {
    event.as_ref()?.at
}

fn principal(event: &Option<StoryEvent>) -> Option<&str> {
    event.as_ref()?.principal.as_deref()
}

fn address(event: &Option<StoryEvent>) -> Option<&str> {
    event.as_ref()?.source_ip_address.as_deref()
}

fn program(event: &Option<StoryEvent>) -> Option<&str> {
    event.as_ref()?.user_agent.as_deref()
}

fn event_name(event: &Option<StoryEvent>) -> Option<&str> {
    event.as_ref()?.event_name.as_deref()
}

fn event_id(event: &Option<StoryEvent>) -> Option<&str> {
    event.as_ref()?.event_id.as_deref()
}

fn boolean(value: bool) -> &'static str {
    match value {
        true => "true",
        false => "false",
    }
}
