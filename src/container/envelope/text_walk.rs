//! The walk over a text of JSON documents: the content of an object, or of a string within it.
//!
//! `{"Records":[…]}` and `[…]` are read element by element, so that the elements before an error
//! are found. After damage, the walk goes on at the next value that holds records.

use std::ops::Range;

use jiff::Timestamp;

use super::ahead::{Ahead, Follower, RECORD_BYTES};
use super::line_breaks::Joined;
use super::line_start::LineStart;
use super::record::is_notification;
use crate::container::damage::Damage;
use crate::container::record_text::TextDamage;
use crate::container::schema::standing::is_of_caller;
use crate::json::{
    BrokenDocument, DocumentKind, DocumentVisitor, OpenObjects, RawRecord, WholeDocument,
    beginnings, is_member_value, read_document, read_value,
};

/// The name of the member that holds the records of a log file.
pub(super) const RECORDS: &str = "Records";

/// The most damaged places of a text that are listed. There are more only in content that is not
/// JSON at all, or is damaged throughout.
const DAMAGE_LIMIT: usize = 100;

/// The first member of every record that CloudTrail writes.
const FIRST_MEMBER: &str = "\"eventVersion\"";

/// The members that show that an object is a record, and those in which callers may have written
/// the text of another one.
const EVENT_NAMES: [&str; 8] = [
    "additionalEventData",
    "eventName",
    "eventSource",
    "eventTime",
    "eventVersion",
    "requestParameters",
    "responseElements",
    "serviceEventDetails",
];

/// The bytes that may be read in search of a value after damage, for each byte of the text. Values
/// that nest are read once for each level, and those of CloudTrail nest less deep.
const RECOVERY_FACTOR: usize = 8;

/// The bytes that may be read after values to see what they are a part of, for each byte of the
/// text. After a whole value, that is mostly the distance to the next damage.
const AHEAD_FACTOR: usize = 32;

/// The most values of a text that are read over line breaks in their strings.
const JOINED_LIMIT: u32 = 1000;

/// The result of a search for records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum WalkResult {
    /// Something else.
    #[default]
    Nothing,
    /// Something that a limit kept from being searched, which is reported as damage.
    Unsearched,
    /// A digest of CloudTrail.
    Digest,
    /// A document for records that has none, such as an empty answer.
    Empty,
    /// At least one record.
    Records,
}

/// The surroundings of a value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context<'n> {
    /// The name of the member that holds the value, or the array that it is in.
    pub(super) name: &'n str,
    /// The number of values around it, those around the string that it was taken from included.
    pub(super) depth: u32,
    /// The time at which a log group received it.
    pub(super) log_time: Option<Timestamp>,
    /// The place in the content of the closest value around it that is part of the content itself.
    pub(super) byte: u64,
    /// True if a member beside it, or beside what is around it, is a record. Then texts hold others
    /// only under the names of wrappings.
    pub(super) is_beside_record: bool,
}

/// A receiver of the values of a text.
pub(super) trait ValueVisitor {
    /// Searches a value for records.
    fn value(&mut self, raw: &str, context: Context<'_>) -> WalkResult;

    /// Receives a value in the place of a record that cannot be one.
    fn no_record(&mut self, raw: &str, context: Context<'_>);
}

/// The result of a walk over a text. All places are places in this text.
#[derive(Debug, Default)]
pub(super) struct TextOutcome {
    /// The best that was found.
    pub(super) found: WalkResult,
    /// The number of documents that hold records, or could.
    pub(super) recognized: u64,
    /// The places of values that hold no records where others do.
    pub(super) foreign: Vec<u64>,
    /// The damaged places.
    pub(super) damages: Vec<TextDamage>,
    /// True if the last damage extends to the end.
    pub(super) ends_in_damage: bool,
}

/// Walks over the documents of a text.
pub(super) fn walk_text(
    text: &str,
    context: Context<'_>,
    values: &mut impl ValueVisitor,
) -> TextOutcome {
    let mut walk = TextWalk {
        text,
        values,
        context,
        outcome: TextOutcome::default(),
        list: ListElements::default(),
        log_time: context.log_time,
        start: 0,
        last_end: 0,
        pending: None,
        is_recovering: false,
        recovery_bytes: text.len().saturating_mul(RECOVERY_FACTOR),
        ahead_bytes: text.len().saturating_mul(AHEAD_FACTOR),
        joined_left: JOINED_LIMIT,
    };
    while walk.next_document().is_some() {}
    walk.finish()
}

struct TextWalk<'t, 'c, 'v, V> {
    text: &'t str,
    values: &'v mut V,
    context: Context<'c>,
    outcome: TextOutcome,
    /// The elements of the document that is read.
    list: ListElements,
    /// The time of the line of a log that is read.
    log_time: Option<Timestamp>,
    /// The place of the document that is read.
    start: usize,
    /// The end of the last whole value.
    last_end: usize,
    /// Damage whose place was not reached yet.
    pending: Option<Broken>,
    /// True after damage: values may follow that were elements of the damaged document.
    is_recovering: bool,
    /// The number of bytes that may still be read in search of whole values.
    recovery_bytes: usize,
    /// The number of bytes that may still be read after such values.
    ahead_bytes: usize,
    /// The number of values that may still be read over line breaks.
    joined_left: u32,
}

/// The elements of a document that is a list.
#[derive(Default)]
struct ListElements {
    found: WalkResult,
    count: u64,
    /// The elements without records.
    missed: Vec<Range<usize>>,
}

/// Damage of a document.
struct Broken {
    byte: usize,
    error: String,
    /// The bytes that were passed over first.
    passed: Range<usize>,
    /// True if the document is a list of records.
    is_list: bool,
}

impl<'t, V: ValueVisitor> DocumentVisitor<'t> for TextWalk<'t, '_, '_, V> {
    fn record(&mut self, record: RawRecord<'t>) {
        self.element(record, RECORDS);
    }

    fn element(&mut self, element: RawRecord<'t>) {
        self.element(element, "");
    }

    fn member(&mut self, name: &str, value: RawRecord<'t>) {
        // Beside its records, an answer may have others, such as rows or events of another region.
        self.last_end = self.start + value.byte + value.text.len();
        if !is_of_caller(name) {
            let found = self.search(value.text, name);
            self.list.found = self.list.found.max(found);
        }
    }
}

impl<V: ValueVisitor> TextWalk<'_, '_, '_, V> {
    /// Reads the next document; returns nothing at the end.
    fn next_document(&mut self) -> Option<()> {
        if self.is_recovering {
            self.skip_rest_of_document();
        }
        let rest = self.text.get(self.start..)?;
        let document = rest.trim_start_matches(is_blank);
        if document.is_empty() {
            return None;
        }
        self.start = self.text.len() - document.len();
        self.last_end = self.start;
        // A line of a log has one document, so its time does not hold for the next one.
        let line = LineStart::from_text(document);
        self.log_time = line.time.or(self.context.log_time);
        self.start += line.message;
        self.document()
    }

    fn document(&mut self) -> Option<()> {
        let text = self.text.get(self.start..)?;
        self.list = ListElements::default();
        if let Some(array) = self.array_after_damage(text).or_else(|| row(text)) {
            self.whole(array);
            self.start += array.len();
            return Some(());
        }
        match read_document(text, self) {
            Ok(whole) if self.is_other_text(&whole) => self.recover(Broken {
                byte: self.start + whole.end,
                error: "a value that other text follows".to_owned(),
                passed: 0..0,
                is_list: false,
            }),
            Ok(whole) => {
                match whole.kind {
                    DocumentKind::Records => self.end_list(),
                    DocumentKind::Object | DocumentKind::Scalar => {
                        self.whole(text.get(..whole.end)?.trim());
                    }
                }
                self.start += whole.end;
                self.last_end = self.start;
                Some(())
            }
            Err(broken) => self.broken(&broken),
        }
    }

    /// Returns the array that a text begins with, if it was an element of a document that is
    /// damaged, such as a row, and not a document itself.
    fn array_after_damage<'d>(&self, text: &'d str) -> Option<&'d str> {
        let is_element = self.is_recovering && text.starts_with('[');
        is_element.then(|| read_value(text).ok()).flatten()
    }

    /// Returns true if what looks like a document is the beginning of something else: the name of a
    /// member whose object is damaged, or a number at the beginning of a line of text.
    fn is_other_text(&self, document: &WholeDocument) -> bool {
        let after = self.text.get(self.start + document.end..);
        let after = after.unwrap_or_default().trim_start_matches([' ', '\t']);
        let is_end = after.is_empty() || after.starts_with(['\n', '\r', '{', '[', '"']);
        let is_literal = after.starts_with(|sign: char| sign == '-' || sign.is_ascii_digit());
        let is_word = ["true", "false", "null"]
            .iter()
            .any(|word| after.starts_with(word));
        let is_part_of_line = document.kind == DocumentKind::Scalar && !is_end;
        // Any white space between values is as good as a line break, but none is not.
        let has_space = self.text.as_bytes().get(self.start + document.end) == Some(&b' ');
        is_part_of_line && !(has_space && (is_literal || is_word))
    }

    /// Searches a document that is not a list.
    fn whole(&mut self, document: &str) {
        let found = self.search(document, "");
        self.count(found, self.start);
    }

    /// Searches an element of a document that is a list.
    fn element(&mut self, element: RawRecord<'_>, name: &str) {
        let start = self.start + element.byte;
        self.last_end = start + element.text.len();
        self.list.count += 1;
        let found = self.search(element.text, name);
        self.list.found = self.list.found.max(found);
        if found != WalkResult::Nothing {
            return;
        }
        if name == RECORDS && !element.text.starts_with('{') {
            // It keeps its number among the records, by which it is reported.
            self.values.no_record(element.text, self.context);
        } else {
            self.list.missed.push(start..self.last_end);
        }
    }

    fn search(&mut self, value: &str, name: &str) -> WalkResult {
        let context = Context {
            name,
            log_time: self.log_time,
            ..self.context
        };
        self.values.value(value, context)
    }

    /// Counts what was found in a document.
    fn count(&mut self, found: WalkResult, start: usize) {
        self.outcome.found = self.outcome.found.max(found);
        match found {
            WalkResult::Records | WalkResult::Empty => self.outcome.recognized += 1,
            WalkResult::Nothing => self.outcome.foreign.push(start as u64),
            WalkResult::Unsearched | WalkResult::Digest => {}
        }
    }

    /// Counts what was found in a document that is a list. Elements without records are reported if
    /// others have some, or if they are in the place of records.
    fn end_list(&mut self) {
        let list = std::mem::take(&mut self.list);
        let is_of_records = self.is_of_records();
        let is_for_records = match list.found {
            // An empty array is an answer, but within a string it may be anything.
            WalkResult::Nothing if list.count == 0 => is_of_records || self.context.depth == 0,
            WalkResult::Nothing => is_of_records && !self.is_of_notifications(&list),
            found => found == WalkResult::Records || is_of_records,
        };
        if !is_for_records {
            return self.count(list.found, self.start);
        }
        // The list is one for records, even if it holds none.
        self.count(list.found.max(WalkResult::Empty), self.start);
        let missed = list.missed.iter().map(|range| range.start as u64);
        self.outcome.foreign.extend(missed);
    }

    /// Returns true if the document is not an array itself, but has the array `Records`.
    fn is_of_records(&self) -> bool {
        let document = self.text.get(self.start..);
        document.is_some_and(|document| document.starts_with('{'))
    }

    /// Returns true if all elements are notifications of other services, whose array has the same
    /// name as CloudTrail's.
    fn is_of_notifications(&self, list: &ListElements) -> bool {
        let mut missed = list.missed.iter();
        list.missed.len() as u64 == list.count
            && missed.all(|range| self.text.get(range.clone()).is_some_and(is_notification))
    }

    /// Handles a document that ends early or is wrong.
    fn broken(&mut self, broken: &BrokenDocument) -> Option<()> {
        if broken.has_records {
            self.end_list();
        }
        self.recover(Broken {
            byte: self.start + broken.byte,
            error: broken.error.to_string(),
            passed: 0..0,
            is_list: broken.has_records,
        })
    }

    /// Returns the damage that was met: that of a whole document, once its elements are read up to
    /// it.
    fn unmet(&mut self, broken: Broken) -> Broken {
        match self.pending.take() {
            Some(pending) if self.last_end > pending.byte => {
                // A whole value reaches over the place where the first damage was noticed, so it
                // follows that damage.
                self.lose(&pending, pending.passed.clone());
                broken
            }
            Some(pending) => pending,
            None => broken,
        }
    }

    /// Goes on at the next value that holds records.
    fn recover(&mut self, broken: Broken) -> Option<()> {
        self.is_recovering = true;
        if let Some(joined) = self.next_joined(&broken) {
            self.go_on_after(&joined);
            return Some(());
        }
        let mut broken = self.unmet(broken);
        let lost_from = self.last_end;
        let Some(value) = self.next_value(lost_from.max(self.start + 1), broken.byte) else {
            self.lose(&broken, lost_from..self.text.len());
            self.start = self.text.len();
            return None;
        };
        let lost = lost_from..value.start;
        if value.start < broken.byte {
            // The values before the damage are read first, one by one.
            broken.passed = lost;
            self.pending = Some(broken);
        } else {
            self.lose(&broken, lost);
        }
        self.go_on_after(&value);
        Some(())
    }

    fn go_on_after(&mut self, value: &Range<usize>) {
        self.start = value.end;
        self.last_end = value.end;
    }

    /// Searches the value with the damage, if that is line breaks in its strings and nothing else.
    fn next_joined(&mut self, broken: &Broken) -> Option<Range<usize>> {
        let place = self.place_of_line_break(broken)?;
        self.joined_left = self.joined_left.checked_sub(1)?;
        let joined = Joined::new(self.text.get(place..)?)?;
        if !self.holds_records(&joined.text, place) {
            return None;
        }
        let detail = "strings hold line breaks that are not escaped; spaces were read in place of \
                      them";
        self.list_damage(detail, broken.byte, None);
        Some(place..place + joined.text.len())
    }

    /// Returns the place of the value in which the damage is a line break.
    fn place_of_line_break(&self, broken: &Broken) -> Option<usize> {
        // Errors point at the byte of the line break, or at one beside it.
        let near = broken.byte.saturating_sub(1)..self.text.len().min(broken.byte + 2);
        let near = self.text.as_bytes().get(near)?;
        if !near.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
            return None;
        }
        let places = beginnings(self.text, self.last_end.max(self.start));
        let mut places = places.take_while(|place| *place < broken.byte);
        // The list itself may be long, and have more damage.
        places.find(|place| !broken.is_list || self.is_element(*place))
    }

    fn is_element(&self, place: usize) -> bool {
        let before = self.text.get(..place).unwrap_or_default();
        before.trim_end().ends_with(['[', ','])
    }

    /// Searches for the next value that holds records, which are visited. The text is JSON up to
    /// the damage.
    fn next_value(&mut self, from: usize, damage: usize) -> Option<Range<usize>> {
        let text = self.text;
        let mut around = Around::new(text, self.start, damage);
        for place in beginnings(text, from) {
            // The members of a record that is cut itself may look like records.
            if around.is_in_record(place) || LineStart::is_in_value(text, place) {
                continue;
            }
            match read_value(text.get(place..)?) {
                Ok(value) => {
                    self.spend(value.len())?;
                    let is_part = self.is_part_of_record(place..place + value.len(), &around)?;
                    if !is_part && self.holds_records(value, place) {
                        return Some(place..place + value.len());
                    }
                }
                Err(bytes) => self.spend(bytes)?,
            }
        }
        None
    }

    /// Returns true if a value is a part of a record that is damaged, or may be. Returns nothing
    /// if too much was read to decide that.
    fn is_part_of_record(&mut self, value: Range<usize>, around: &Around<'_>) -> Option<bool> {
        if around.is_certain {
            return Some(false);
        }
        let ahead = Ahead::new(self.text.get(value.end..).unwrap_or_default());
        self.ahead_bytes = self.ahead_bytes.checked_sub(ahead.bytes)?;
        Some(match ahead.follower {
            Follower::Fields => true,
            Follower::Document => false,
            // If the text after it says nothing, the length decides.
            Follower::Other => around.is_joined && self.text.len() - value.start < RECORD_BYTES,
        })
    }

    /// Takes bytes from those that may be read in search of values.
    fn spend(&mut self, bytes: usize) -> Option<()> {
        self.recovery_bytes = self.recovery_bytes.checked_sub(bytes)?;
        Some(())
    }

    fn holds_records(&mut self, value: &str, place: usize) -> bool {
        self.log_time = self.time_at(place);
        if self.search(value, "") != WalkResult::Records {
            return false;
        }
        self.count(WalkResult::Records, place);
        true
    }

    fn time_at(&self, place: usize) -> Option<Timestamp> {
        let line = LineStart::around(self.text, place);
        line.and_then(|line| line.time).or(self.context.log_time)
    }

    /// Passes over what may follow an element of a damaged document: closing signs, commas and
    /// members.
    fn skip_rest_of_document(&mut self) {
        while let Some(length) = self.text.get(self.start..).and_then(rest_length) {
            self.start += length;
            self.last_end = self.start;
        }
    }

    /// Reports bytes that were lost.
    fn lose(&mut self, broken: &Broken, lost: Range<usize>) {
        self.outcome.ends_in_damage = lost.end == self.text.len();
        let detail = format!("the JSON ends early or is wrong ({})", broken.error);
        let lost = lost.start as u64..lost.end as u64;
        self.list_damage(&detail, broken.byte, Some(lost));
    }

    /// Lists a damaged place, up to a number of them.
    fn list_damage(&mut self, detail: &str, byte: usize, lost: Option<Range<u64>>) {
        let damages = &mut self.outcome.damages;
        if damages.len() > DAMAGE_LIMIT {
            return;
        }
        let (detail, lost) = match damages.len() == DAMAGE_LIMIT {
            true => (
                "there is more damage after this place, which is not listed",
                None,
            ),
            false => (detail, lost),
        };
        let damage = Damage::of_json(detail.to_owned(), byte as u64);
        damages.push(TextDamage { damage, lost });
    }

    fn finish(mut self) -> TextOutcome {
        if let Some(broken) = self.pending.take() {
            let lost = self.lost_before_end(&broken);
            self.lose(&broken, lost);
        }
        self.outcome
    }

    /// Returns the bytes that were lost by damage that no later value passed.
    fn lost_before_end(&self, broken: &Broken) -> Range<usize> {
        match broken.byte + 1 >= self.text.len() {
            true => self.last_end..self.text.len(),
            false => broken.passed.clone(),
        }
    }
}

/// Returns the array that a text begins with, if it is one of values rather than of records or of
/// texts with records. It may be a row of a table, so it is searched as a whole.
fn row(text: &str) -> Option<&str> {
    let first = text.strip_prefix('[')?.trim_start();
    let is_text_of_row = |text: &str| !text.trim_start().starts_with(['{', '[', '\\']);
    let is_row = match first.strip_prefix('"') {
        Some(text) => is_text_of_row(text),
        None => !first.starts_with(['{', '[', ']']),
    };
    is_row.then(|| read_value(text).ok()).flatten()
}

/// Returns true for what may be between documents: white space, byte order marks of files that were
/// joined, and the sign before each document of a sequence (RFC 7464).
fn is_blank(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{feff}' | '\u{1e}')
}

/// The surroundings of places in a document that is damaged.
struct Around<'t> {
    text: &'t str,
    /// The place of the damage.
    damage: usize,
    open: OpenObjects<'t>,
    /// The place up to which the text after the damage was looked at.
    checked: usize,
    has_names: bool,
    /// True if the end of the text is missing though it ends as documents do: then what follows a
    /// cut in the middle was read as a part of what is before it.
    is_cut_in_the_middle: bool,
    /// True if nothing after the present place can show that it is within a record.
    is_certain: bool,
    /// True if the present place is within a record by the brackets before it, and a record begins
    /// there that may be the one after a cut.
    is_joined: bool,
    is_at_line_start: bool,
}

impl<'t> Around<'t> {
    fn new(text: &'t str, start: usize, damage: usize) -> Self {
        let is_end_missing = damage + 1 >= text.trim_end().len();
        Self {
            is_cut_in_the_middle: is_end_missing && text.trim_end().ends_with(['}', ']']),
            text,
            damage,
            open: OpenObjects::new(text, start, &EVENT_NAMES),
            checked: start,
            has_names: false,
            is_certain: false,
            is_joined: false,
            is_at_line_start: false,
        }
    }

    /// Returns true if a place is within a record, as far as that can be known. The places come in
    /// their order.
    fn is_in_record(&mut self, place: usize) -> bool {
        let before = self.text.get(self.checked..place).unwrap_or_default();
        self.has_names |= names_event(before);
        self.checked = place;
        self.is_joined = false;
        // Nothing within a document begins at the beginning of a line, unless each value does.
        self.is_at_line_start = before.ends_with('\n');
        self.is_certain = is_start_of_line(before);
        // Nothing before the place shows that it is within a record whose beginning is missing, but
        // the fields after it do.
        if self.is_certain || place >= self.damage && !self.has_names {
            return false;
        }
        if place < self.damage {
            return self.is_within(place);
        }
        // After damage, brackets mean nothing any more, but values of members still follow colons.
        is_member_value(self.text, place)
    }

    /// Returns true if a place before the damage is within a record or a string.
    fn is_within(&mut self, place: usize) -> bool {
        let end = self.open.advance(place);
        if end == place {
            let is_within = self.open.are_named();
            let may_follow_cut = self.is_at_line_start
                || self.is_cut_in_the_middle && begins_record(self.text, place);
            self.is_joined = is_within && may_follow_cut;
            self.is_certain = !is_within;
            return is_within && !self.is_joined;
        }
        // A string that was cut reaches into the next value, up to a quote where the damage shows.
        let after = self.text.get(end..self.damage);
        after.is_some_and(|after| !after.trim_start().is_empty())
    }
}

/// Returns true if a text ends with a line that is not followed by a part of the same document.
fn is_start_of_line(before: &str) -> bool {
    let line = before.strip_suffix('\n');
    line.is_some_and(|line| !line.trim_end().ends_with([',', '[', '{', ':']))
}

/// Returns true if a record begins at a place, in the order in which CloudTrail writes its members.
fn begins_record(text: &str, place: usize) -> bool {
    let object = text.get(place + 1..).unwrap_or_default();
    object.trim_start().starts_with(FIRST_MEMBER)
}

/// Returns true if a text has the name of a member that every record has.
fn names_event(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut names = EVENT_NAMES.iter();
    names.any(|name| memchr::memmem::find(bytes, name.as_bytes()).is_some())
}

/// Returns the length of one part of the rest of a damaged document, and of the white space before
/// it; nothing where something else follows.
fn rest_length(text: &str) -> Option<usize> {
    let part = text.trim_start_matches(is_blank);
    let length = part_length(part)?;
    Some(text.len() - part.len() + length)
}

fn part_length(part: &str) -> Option<usize> {
    match part.as_bytes().first()? {
        b',' | b']' | b'}' => Some(1),
        b'"' => member_length(part),
        _ => None,
    }
}

/// Returns the length of the member of an object that a text begins with.
fn member_length(text: &str) -> Option<usize> {
    let value = after_member_name(text)?;
    let end = text.len() - value.len() + read_value(value).ok()?.len();
    is_after_member(text.get(end..)?).then_some(end)
}

/// Returns the text from the value of the member on that a text begins with.
fn after_member_name(text: &str) -> Option<&str> {
    let name = read_value(text).ok()?;
    let after = text.get(name.len()..)?;
    Some(after.trim_start().strip_prefix(':')?.trim_start())
}

fn is_after_member(text: &str) -> bool {
    // A number has no sign of its own that ends it, so it is whole only before one of these.
    text.trim_start().starts_with([',', '}', ']'])
}
