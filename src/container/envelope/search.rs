//! The search for records in a value, whatever wraps them.
//!
//! There is one mechanism for all services and tools: the members of objects, the elements of
//! arrays and the texts in strings are searched, in order, until an object is a record. Nothing
//! within a record is searched, since requests and answers may hold what resembles records.

use std::borrow::Cow;
use std::mem;

use super::columns::{self, RecordTable};
use super::copies::RecordCopies;
use super::line_start::SIGNS;
use super::log_event::{self, ResultRow};
use super::packed::{PackedContent, decompressed};
use super::record::{self, MemberTexts, member, unquoted};
use super::text_walk::{Context, RECORDS, TextOutcome, ValueVisitor, WalkResult, walk_text};
use crate::cloudtrail::key::ObjectKind;
use crate::container::damage::Damage;
use crate::container::limits::Limits;
use crate::container::record_text::{RecordText, TextDamage};
use crate::container::schema::record::{
    has_printed_structure, is_of_event, names_event, record_from_flattened, record_from_object,
    record_from_row, with_structures,
};
use crate::container::schema::standing::{Standing, is_of_caller, is_original, is_wrapper};
use crate::container::schema::unmapped;
use crate::container::unpack::{Piece, unpack};
use crate::json::{RawRecord, members_of_valid, unescaped, valid};
use crate::problem::ProblemKind;

/// The most values around a record, those around the strings that it was taken from included.
/// Known producers nest ten: records in messages of events in subscriptions in Kinesis records.
const DEPTH_LIMIT: u32 = 32;

/// The most values of a content that are looked at in search of records. A record of CloudTrail
/// counts as one, and the limits on content leave room for far fewer.
const VALUES_LIMIT: u64 = 1 << 27;

/// The longest text of a value that cannot have been a record.
const SHORT_BYTES: usize = 64;

/// Says what is wrong with a table whose rows have other numbers of values than it has columns.
const OTHER_COLUMNS: &str = "a table of records has rows with other numbers of values than it has \
                             columns; export the records as JSON, one in each line";

/// A search in the values of a content.
pub(super) struct ValueSearch<'a, 'v> {
    content: &'a str,
    limits: &'v Limits,
    visit: &'v mut dyn FnMut(RecordText<'a>),
    /// The number of values that may still be looked at.
    values_left: u64,
    /// The number of bytes that strings may still hold after decompression.
    unpacked_left: u64,
    /// True once a value was reported that is nested too deep.
    has_depth_damage: bool,
    copies: RecordCopies,
    /// The names of columns in the last array that has those of records.
    columns: Vec<String>,
    /// The result, but for what the walk over the content itself counts.
    pub(super) outcome: SearchOutcome,
}

/// The result of a search, beside the records that were visited.
#[derive(Debug, Default)]
pub(super) struct SearchOutcome {
    /// The kind of the documents if they are not events.
    pub(super) other_kind: Option<ObjectKind>,
    /// The places of values that hold no records where others do.
    pub(super) foreign: Vec<u64>,
    /// The damage within strings, and limits that ended the search.
    pub(super) damages: Vec<TextDamage>,
    /// The place of the first compressed string that could not be read.
    pub(super) unread: Option<u64>,
}

impl ValueVisitor for ValueSearch<'_, '_> {
    fn value(&mut self, raw: &str, context: Context<'_>) -> WalkResult {
        if context.depth > DEPTH_LIMIT {
            return self.too_deep(raw, context);
        }
        if !self.may_look(context) {
            return WalkResult::Unsearched;
        }
        match raw.as_bytes().first() {
            Some(b'{') => self.object(raw, context),
            Some(b'[') => self.array(raw, context),
            Some(b'"') => self.string(raw, context),
            _ => WalkResult::Nothing,
        }
    }

    fn no_record(&mut self, raw: &str, context: Context<'_>) {
        self.visit(raw, context);
    }
}

impl<'a, 'v> ValueSearch<'a, 'v> {
    pub(super) fn new(
        content: &'a str,
        limits: &'v Limits,
        visit: &'v mut dyn FnMut(RecordText<'a>),
    ) -> Self {
        Self {
            content,
            limits,
            visit,
            values_left: VALUES_LIMIT,
            unpacked_left: limits.content_bytes,
            has_depth_damage: false,
            copies: RecordCopies::default(),
            columns: Vec::new(),
            outcome: SearchOutcome::default(),
        }
    }

    /// Takes one from the values that may be looked at.
    fn may_look(&mut self, context: Context<'_>) -> bool {
        let Some(left) = self.values_left.checked_sub(1) else {
            return false;
        };
        self.values_left = left;
        if left == 0 {
            // No value is looked at afterwards, so this is reported once.
            let detail = format!("the search ended after {VALUES_LIMIT} values; more may follow");
            self.report(Damage::too_large(detail, Some(context.byte)));
        }
        left > 0
    }

    /// Passes over a value that is nested too deep. The first one that may hold a record is
    /// reported.
    fn too_deep(&mut self, raw: &str, context: Context<'_>) -> WalkResult {
        if !has_signs(raw) {
            return WalkResult::Nothing;
        }
        if !self.has_depth_damage {
            self.has_depth_damage = true;
            let byte = self.byte(raw, context);
            let detail = format!("records within more than {DEPTH_LIMIT} values are not read");
            self.report(Damage::too_large(detail, Some(byte)));
        }
        WalkResult::Unsearched
    }

    fn object(&mut self, raw: &str, context: Context<'_>) -> WalkResult {
        let members = members_of_valid(raw);
        let context = self.at(raw, context);
        if let Some(found) = self.itself(raw, &members, context) {
            return found;
        }
        if let Some(found) = columns::table(&members).and_then(|table| self.table(&table, context))
        {
            return found;
        }
        let found = self.members(&members, context);
        let is_answer = context.depth == 0 && log_event::is_empty_answer(&members);
        match found {
            WalkResult::Nothing if is_answer || log_event::is_empty_log_file(&members) => {
                WalkResult::Empty
            }
            found => found,
        }
    }

    /// Returns what an object is, if its members need not be searched.
    fn itself(
        &mut self,
        raw: &str,
        members: &MemberTexts<'_>,
        context: Context<'_>,
    ) -> Option<WalkResult> {
        if context.name == RECORDS && record::is_record_in_place(raw) {
            self.record(raw, members, context);
            return Some(WalkResult::Records);
        }
        if let Some(record) = record::of_logstash(raw, members) {
            self.mapped(RecordText::unwrapped(record), context);
            return Some(WalkResult::Records);
        }
        if record::is_record(members) {
            // The text is as CloudTrail wrote it, while the fields beside it are what a tool made
            // of it.
            if self.originals(members, context) != WalkResult::Records {
                self.record(raw, members, context);
            }
            return Some(WalkResult::Records);
        }
        self.other_document(members, context)
    }

    /// Returns what an object is that is not named as a record of CloudTrail is, if its members
    /// need not be searched.
    fn other_document(
        &mut self,
        members: &MemberTexts<'_>,
        context: Context<'_>,
    ) -> Option<WalkResult> {
        if record::is_digest(members) {
            self.outcome.other_kind = Some(ObjectKind::Digest);
            return Some(WalkResult::Digest);
        }
        if log_event::is_control_message(members) {
            return Some(WalkResult::Empty);
        }
        if record::resembles_record(members) {
            return None;
        }
        let mapped = record_from_object(members)?;
        self.mapped(mapped.into(), context);
        Some(WalkResult::Records)
    }

    /// Searches the texts that a record may have been made of. Those have the identifier of its
    /// event, which no caller can know in advance.
    fn originals(&mut self, members: &MemberTexts<'_>, context: Context<'_>) -> WalkResult {
        let identifier = member(members, "eventID").map(unquoted).unwrap_or_default();
        for (name, value) in members {
            if value.starts_with('"')
                && may_be_original(name, value, identifier)
                && self.value(value, inside(context, name)) == WalkResult::Records
            {
                return WalkResult::Records;
            }
        }
        WalkResult::Nothing
    }

    /// Searches all members that may hold records, since each may hold other ones. But what tools
    /// keep in two forms counts once.
    fn members(&mut self, members: &MemberTexts<'_>, context: Context<'_>) -> WalkResult {
        let log_time = log_event::time(members, context.name).or(context.log_time);
        let context = Context {
            log_time,
            ..context
        };
        let standing = standing(members);
        let mut is_beside_record = context.is_beside_record || standing != Standing::Other;
        let mut found = WalkResult::Nothing;
        let mut object = self.copies.enter();
        for members in in_order(members, standing) {
            for (name, value) in members {
                let context = Context {
                    is_beside_record,
                    ..inside(context, name)
                };
                found = found.max(self.value(value, context));
                self.copies.end_member(&mut object);
            }
            // Members beside a record were made of it, or by whoever wrapped it.
            is_beside_record |= found == WalkResult::Records;
        }
        self.pass_over_members(members, standing, context);
        self.copies.leave(&object);
        found
    }

    /// Passes over the members that are not searched because of their names. The text of a caller
    /// says nothing of an event, whatever it holds.
    fn pass_over_members(
        &mut self,
        members: &MemberTexts<'_>,
        standing: Standing,
        context: Context<'_>,
    ) {
        for (name, value) in members {
            let is_of_caller = is_of_caller(name) && !has_members_of_record(value);
            if !standing.may_hold_record(name) && !is_of_caller {
                self.pass_over(value, context);
            }
        }
    }

    /// Passes over a value. It is reported if it may hold another record than those that were
    /// found.
    fn pass_over(&mut self, raw: &str, context: Context<'_>) {
        if has_signs(raw) && !self.copies.are_in(raw) {
            let byte = self.byte(raw, context);
            self.outcome.foreign.push(byte);
        }
    }

    fn array(&mut self, raw: &str, context: Context<'_>) -> WalkResult {
        let context = self.at(raw, context);
        if let Some(found) = self.positional(raw, context) {
            return found;
        }
        match ResultRow::from_array(raw) {
            Some(row) => self.row(&row, context),
            None => self.elements(raw, context),
        }
    }

    /// Reads the rows of a table; returns nothing for one that has none.
    fn table(&mut self, table: &RecordTable<'_>, context: Context<'_>) -> Option<WalkResult> {
        let mut found = None;
        for cells in table.rows() {
            found = found.max(Some(self.row(&ResultRow { cells }, context)));
        }
        if !table.loses_records() {
            return found;
        }
        self.report(Damage {
            kind: ProblemKind::UnrecognizedRecords,
            detail: OTHER_COLUMNS.to_owned(),
            byte: Some(context.byte),
        });
        found.max(Some(WalkResult::Empty))
    }

    /// Reads an array that has the names of columns, or one with their values after it.
    fn positional(&mut self, raw: &str, context: Context<'_>) -> Option<WalkResult> {
        if let Some(names) = columns::first_row(raw) {
            self.columns = names.into_iter().map(Cow::into_owned).collect();
            // It is a row unless it is the value of a member.
            return context.name.is_empty().then_some(WalkResult::Empty);
        }
        if self.columns.is_empty() {
            return None;
        }
        let columns = mem::take(&mut self.columns);
        let cells = columns::row_below(&columns, raw);
        let found = cells.map(|cells| self.row(&ResultRow { cells }, context));
        self.columns = columns;
        found
    }

    /// Searches a row of query results, unless it is a record itself.
    fn row(&mut self, row: &ResultRow<'_>, context: Context<'_>) -> WalkResult {
        if standing(&row.cells) != Standing::Record {
            return self.members(&row.cells, context);
        }
        let Some(record) = record_from_row(row.columns()) else {
            return WalkResult::Nothing;
        };
        let log_time = log_event::time(&row.cells, context.name).or(context.log_time);
        let context = Context {
            log_time,
            ..context
        };
        self.mapped(record.into(), context);
        WalkResult::Records
    }

    /// Searches the elements of an array. One that holds no record beside others of its kind that
    /// do is reported.
    fn elements(&mut self, raw: &str, context: Context<'_>) -> WalkResult {
        let mut found = WalkResult::Nothing;
        let mut missed: Vec<(bool, u64)> = Vec::new();
        let mut has_records = [false; 2];
        for element in valid::elements(raw) {
            let is_object = element.starts_with('{');
            let one = self.value(element, inside(context, context.name));
            found = found.max(one);
            match one {
                WalkResult::Records => has_records[usize::from(is_object)] = true,
                WalkResult::Nothing if may_be_missed(element) => {
                    missed.push((is_object, self.byte(element, context)));
                }
                WalkResult::Nothing
                | WalkResult::Unsearched
                | WalkResult::Digest
                | WalkResult::Empty => {}
            }
        }
        let missed = missed.into_iter();
        let missed = missed.filter(|(is_object, _)| has_records[usize::from(*is_object)]);
        self.outcome.foreign.extend(missed.map(|(_, byte)| byte));
        found
    }

    /// Searches the text that a string of JSON holds.
    fn escaped(&mut self, raw: &str, context: Context<'_>) -> WalkResult {
        match unescaped(raw) {
            Some(text) => self.text(&text, context),
            None => WalkResult::Nothing,
        }
    }

    /// Searches the text in a string: as it is, or after decoding and decompression.
    fn string(&mut self, raw: &str, context: Context<'_>) -> WalkResult {
        let context = self.at(raw, context);
        let is_message = context.name.is_empty() || is_wrapper(context.name);
        if context.is_beside_record && !is_message {
            self.pass_over(raw, context);
            return WalkResult::Nothing;
        }
        match PackedContent::from_string(raw, is_message) {
            PackedContent::Nothing => WalkResult::Nothing,
            PackedContent::Text => self.escaped(raw, context),
            PackedContent::Bytes(bytes) => self.bytes(bytes, context),
            PackedContent::Zlib(bytes) => self.zlib(&bytes, context),
        }
    }

    fn text(&mut self, text: &str, context: Context<'_>) -> WalkResult {
        let context = Context {
            is_beside_record: false,
            ..context
        };
        let outcome = walk_text(text, inside(context, ""), self);
        self.conclude_text(outcome, context)
    }

    /// Keeps what is wrong in the text of a string, if the text holds records at all.
    fn conclude_text(&mut self, outcome: TextOutcome, context: Context<'_>) -> WalkResult {
        if outcome.found == WalkResult::Records {
            // A place in an unpacked text is none in the content, so that of the string counts.
            let foreign = outcome.foreign.iter().map(|_| context.byte);
            self.outcome.foreign.extend(foreign);
            for damage in outcome.damages {
                let damage = damage.damage;
                self.in_string(damage, context);
            }
        }
        outcome.found
    }

    fn in_string(&mut self, damage: Damage, context: Context<'_>) {
        self.report(Damage {
            detail: format!("in a string: {}", damage.detail),
            byte: Some(context.byte),
            ..damage
        });
    }

    /// Searches bytes, which may be compressed.
    fn bytes(&mut self, bytes: Vec<u8>, context: Context<'_>) -> WalkResult {
        let limits = Limits {
            content_bytes: self.unpacked_left,
            ..*self.limits
        };
        let mut found = WalkResult::Nothing;
        unpack(bytes, &limits, &mut |piece| {
            found = found.max(self.piece(piece, context));
        });
        found
    }

    // Two bytes are a weak sign, so what cannot be decompressed is not damage.
    fn zlib(&mut self, bytes: &[u8], context: Context<'_>) -> WalkResult {
        let content = decompressed(bytes, self.unpacked_left);
        content.map_or(WalkResult::Nothing, |content| self.bytes(content, context))
    }

    fn piece(&mut self, piece: &Piece, context: Context<'_>) -> WalkResult {
        self.unpacked_left = self.unpacked_left.saturating_sub(piece.bytes.len() as u64);
        let text = String::from_utf8_lossy(&piece.bytes);
        let found = self.text(&text, context);
        if let Some(damage) = &piece.damage {
            self.damaged_piece(damage.clone(), found, context);
        }
        found
    }

    fn damaged_piece(&mut self, damage: Damage, found: WalkResult, context: Context<'_>) {
        if damage.is_limit() || found == WalkResult::Records {
            self.in_string(damage, context);
        } else {
            // It may be anything, and it may be records.
            self.outcome.unread.get_or_insert(context.byte);
        }
    }

    /// Visits a record that is written in the content, or in a text that was taken out of it.
    fn record(&mut self, raw: &str, members: &MemberTexts<'_>, context: Context<'_>) {
        if let Some(record) = record_from_flattened(members) {
            return self.mapped(record.into(), context);
        }
        if !self.copies.is_new(members, raw) {
            return;
        }
        // Log files have no texts in place of structures, and are not searched for them. Tools that
        // write such files have texts for all structures.
        let identity = member(members, "userIdentity");
        let may_have_texts =
            context.name != RECORDS || identity.is_some_and(|raw| raw.starts_with('"'));
        if may_have_texts && has_printed_structure(members) {
            self.report_printed();
        }
        let structured = may_have_texts.then(|| with_structures(members)).flatten();
        let byte = self.place(raw);
        match structured {
            Some(text) => (self.visit)(RecordText {
                byte,
                log_time: context.log_time,
                ..RecordText::unwrapped(text)
            }),
            None => self.visit(raw, context),
        }
    }

    /// Visits a record that was made of an object or a row with other names.
    fn mapped(&mut self, record: RecordText<'a>, context: Context<'_>) {
        let remarks = record.remarks.as_deref();
        if remarks.is_some_and(|remarks| remarks.has_printed_structure) {
            self.report_printed();
        }
        if self
            .copies
            .is_new(&members_of_valid(&record.text), &record.text)
        {
            (self.visit)(RecordText {
                log_time: context.log_time,
                ..record
            });
        }
    }

    /// Reports structures that are texts and cannot be read, once for a content.
    fn report_printed(&mut self) {
        let damage = TextDamage::from(unmapped::printed_structures());
        if !self.outcome.damages.contains(&damage) {
            self.outcome.damages.push(damage);
        }
    }

    fn visit(&mut self, raw: &str, context: Context<'_>) {
        let place = self.place(raw);
        let record = match place.and_then(|byte| self.slice(byte, raw.len())) {
            Some(part) => RecordText::unwrapped(Cow::Borrowed(part)),
            None => RecordText::unwrapped(raw.to_owned()),
        };
        (self.visit)(RecordText {
            byte: place,
            log_time: context.log_time,
            ..record
        });
    }

    fn report(&mut self, damage: Damage) {
        self.outcome.damages.push(damage.into());
    }

    /// Returns the context of a value at its own place.
    fn at<'n>(&self, raw: &str, context: Context<'n>) -> Context<'n> {
        let byte = self.byte(raw, context);
        Context { byte, ..context }
    }

    /// Returns the place of a value, or that of the string that it was taken out of.
    fn byte(&self, raw: &str, context: Context<'_>) -> u64 {
        self.place(raw).unwrap_or(context.byte)
    }

    /// Returns the place of a text that is a part of the content; nothing for one that was taken
    /// out of a string.
    fn place(&self, part: &str) -> Option<u64> {
        // No other text is in the memory of the content, so an address there is a place in it.
        let RawRecord { byte, .. } = RawRecord::located(part, self.content);
        let is_before = part.as_ptr().addr() < self.content.as_ptr().addr();
        (!is_before && byte < self.content.len()).then_some(byte as u64)
    }

    fn slice(&self, byte: u64, length: usize) -> Option<&'a str> {
        let start = usize::try_from(byte).ok()?;
        self.content.get(start..start + length)
    }
}

/// Returns true if a value has the words that every record has.
fn has_signs(value: &str) -> bool {
    SIGNS.iter().all(|sign| value.contains(sign))
}

/// Returns true if a value has members with the names of those of a record. In a text, there are
/// backslashes before the quotes around them.
fn has_members_of_record(value: &str) -> bool {
    let mut names = SIGNS.iter().map(|sign| format!("\"{sign}\""));
    names.all(|name| value.contains(&name))
}

/// Returns true if a text may be that of the record beside it: by its name, or since it is a record
/// of the same event.
fn may_be_original(name: &str, raw: &str, identifier: &str) -> bool {
    if is_original(name) || is_of_caller(name) {
        return is_original(name) && names_event(raw, identifier);
    }
    raw.contains(identifier) && unescaped(raw).is_some_and(|text| is_of_event(&text, identifier))
}

/// Returns the members of an object that may hold records: first the texts that it may have been
/// made of, then what services and tools keep records in, then all others.
fn in_order<'m>(members: &'m MemberTexts<'_>, standing: Standing) -> [Vec<(&'m str, &'m str)>; 3] {
    let mut ordered = [const { Vec::new() }; 3];
    let [originals, wrappers, others] = &mut ordered;
    for (name, value) in members {
        // Other values hold no records.
        if !value.starts_with(['{', '[', '"']) || !standing.may_hold_record(name) {
            continue;
        }
        let of_kind = match (is_original(name), is_wrapper(name)) {
            (true, _) => &mut *originals,
            (false, true) => &mut *wrappers,
            (false, false) => &mut *others,
        };
        of_kind.push((name.as_ref(), *value));
    }
    ordered
}

/// Returns true if an element without records may have lost some, where others beside it have them.
fn may_be_missed(element: &str) -> bool {
    // A short string beside a record is its time or its tag.
    let is_large = element.starts_with('{') || element.len() > SHORT_BYTES;
    // The rows below the names of columns are the records.
    is_large && columns::first_row(element).is_none()
}

/// Returns what an object that is not a record itself is.
fn standing(members: &MemberTexts<'_>) -> Standing {
    if record::resembles_record(members) {
        return Standing::Other;
    }
    Standing::of_names(members.iter().map(|(name, _)| name.as_ref()))
}

/// Returns the surroundings of a value within a value.
fn inside<'n>(context: Context<'_>, name: &'n str) -> Context<'n> {
    Context {
        name,
        depth: context.depth + 1,
        log_time: context.log_time,
        byte: context.byte,
        is_beside_record: context.is_beside_record,
    }
}
