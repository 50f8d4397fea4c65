//! Evidence: the contents of a record that an auditor needs. Who did what, from where, with which
//! result.

mod texts;

use std::sync::Arc;

pub use texts::CommonTexts;

use self::texts::RecordTexts;
use crate::cloudtrail::key::ObjectKey;
use crate::cloudtrail::lifecycle::target;
use crate::cloudtrail::place::{known_account, known_region};
use crate::cloudtrail::record::Record;

/// A column of the evidence.
struct EvidenceColumn {
    name: &'static str,
    value: ColumnSource,
    group: ColumnGroup,
}

/// The columns that change together from record to record.
#[derive(Clone, Copy)]
enum ColumnGroup {
    /// The caller and the address of the call.
    Caller,
    /// The call and its answer.
    Call,
    /// The texts that hardly two records have in common.
    Own,
}

/// The place of a column among those of its group.
#[derive(Clone, Copy)]
struct ColumnPlace {
    group: ColumnGroup,
    number: usize,
}

/// The source of the value of a column.
enum ColumnSource {
    /// The field at a path.
    Field(&'static [&'static str]),
    /// Several fields.
    Derived(fn(&Record<'_>) -> Option<String>),
}

impl EvidenceColumn {
    fn read(&self, record: &Record<'_>) -> Option<String> {
        match self.value {
            ColumnSource::Field(path) => record.text(path),
            ColumnSource::Derived(derive) => derive(record),
        }
    }
}

use ColumnGroup::{Call, Caller, Own};

const fn field(
    group: ColumnGroup,
    name: &'static str,
    path: &'static [&'static str],
) -> EvidenceColumn {
    EvidenceColumn {
        name,
        value: ColumnSource::Field(path),
        group,
    }
}

const fn derived(
    group: ColumnGroup,
    name: &'static str,
    value: fn(&Record<'_>) -> Option<String>,
) -> EvidenceColumn {
    EvidenceColumn {
        name,
        value: ColumnSource::Derived(value),
        group,
    }
}

/// The columns, in the order of the tables. They contain what PCI DSS 10.2.2 and NIST AU-3 require
/// of an audit record.
const COLUMNS: [EvidenceColumn; 27] = [
    field(Call, "recipient_account_id", &["recipientAccountId"]),
    field(Call, "aws_region", &["awsRegion"]),
    derived(Call, "target", target),
    derived(Caller, "principal", |record| record.principal()),
    field(Caller, "principal_type", &["userIdentity", "type"]),
    field(Caller, "principal_arn", &["userIdentity", "arn"]),
    field(
        Caller,
        "principal_account_id",
        &["userIdentity", "accountId"],
    ),
    field(Caller, "user_name", &["userIdentity", "userName"]),
    field(
        Caller,
        "session_issuer_arn",
        &["userIdentity", "sessionContext", "sessionIssuer", "arn"],
    ),
    derived(Caller, "session_name", |record| record.session_name()),
    field(
        Caller,
        "source_identity",
        &["userIdentity", "sessionContext", "sourceIdentity"],
    ),
    field(
        Caller,
        "on_behalf_of_user_id",
        &["userIdentity", "onBehalfOf", "userId"],
    ),
    field(Own, "access_key_id", &["userIdentity", "accessKeyId"]),
    field(Caller, "invoked_by", &["userIdentity", "invokedBy"]),
    field(Caller, "source_ip_address", &["sourceIPAddress"]),
    field(Caller, "vpc_endpoint_id", &["vpcEndpointId"]),
    field(Caller, "user_agent", &["userAgent"]),
    field(Call, "event_source", &["eventSource"]),
    field(Call, "event_name", &["eventName"]),
    field(Call, "event_type", &["eventType"]),
    field(Call, "event_category", &["eventCategory"]),
    field(Call, "error_code", &["errorCode"]),
    field(Call, "error_message", &["errorMessage"]),
    field(Own, "request_id", &["requestID"]),
    field(Own, "shared_event_id", &["sharedEventID"]),
    field(Call, "read_only", &["readOnly"]),
    field(Call, "event_version", &["eventVersion"]),
];

/// The columns of the account and region that recorded the event.
const PLACE: [&str; 2] = ["recipient_account_id", "aws_region"];

/// The place of each column.
const PLACES: [ColumnPlace; COLUMNS.len()] = places();

const fn places() -> [ColumnPlace; COLUMNS.len()] {
    let mut places = [ColumnPlace {
        group: Own,
        number: 0,
    }; COLUMNS.len()];
    let mut numbers = [0; 3];
    let mut column = 0;
    while column < COLUMNS.len() {
        let group = COLUMNS[column].group;
        let number = numbers[group as usize];
        places[column] = ColumnPlace { group, number };
        numbers[group as usize] += 1;
        column += 1;
    }
    places
}

/// The texts of the evidence of one record, in the order of [`Evidence::names`].
#[derive(Clone, Debug)]
pub struct Evidence {
    texts: Held,
}

/// The texts of the evidence, as they are held.
#[derive(Clone, Debug)]
enum Held {
    /// Each on its own, in the order of the columns.
    Apart(Vec<Option<String>>),
    /// In groups.
    Grouped(GroupedTexts),
}

/// The texts of the evidence in groups, of which some are shared with other records.
#[derive(Clone, Debug)]
struct GroupedTexts {
    caller: Arc<RecordTexts>,
    call: Arc<RecordTexts>,
    own: RecordTexts,
}

impl Evidence {
    /// Extracts the evidence from a record.
    pub fn from_record(record: &Record<'_>) -> Self {
        Self::from_texts(COLUMNS.iter().map(|column| column.read(record)).collect())
    }

    /// Adds the account and region that the record does not name, by the order of
    /// [`known_account`].
    pub fn add_place(&mut self, object: &str) {
        let [account, region] = PLACE.map(|name| self.text(name));
        if account.is_some() && region.is_some() {
            return;
        }
        let key = ObjectKey::parse(object);
        let caller = self.text("principal_account_id");
        let account = known_account(account, &key, caller).map(str::to_owned);
        let region = known_region(region, &key).map(str::to_owned);
        for (name, text) in PLACE.into_iter().zip([account, region]) {
            self.set_text(name, text);
        }
    }

    fn set_text(&mut self, name: &str, text: Option<String>) {
        if let Some(index) = Self::index_of(name) {
            self.set_text_at(index, text);
        }
    }

    /// Returns the evidence of a record without any of the fields.
    pub fn blank() -> Self {
        Self::from_texts(vec![None; COLUMNS.len()])
    }

    /// Returns the evidence with these texts, one for each of [`Evidence::names`].
    pub fn from_texts(texts: Vec<Option<String>>) -> Self {
        Self {
            texts: Held::Apart(texts),
        }
    }

    /// Returns the names of the columns, in order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        COLUMNS.iter().map(|column| column.name)
    }

    /// Returns the index of the column with this name.
    pub fn index_of(name: &str) -> Option<usize> {
        COLUMNS.iter().position(|column| column.name == name)
    }

    /// Returns the text in the column with this name.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.text_at(Self::index_of(name)?)
    }

    /// Returns the text in the column with this index.
    pub fn text_at(&self, index: usize) -> Option<&str> {
        match &self.texts {
            Held::Apart(texts) => texts.get(index)?.as_deref(),
            Held::Grouped(grouped) => grouped.text(*PLACES.get(index)?),
        }
    }

    /// Returns all texts.
    fn all(&self) -> impl Iterator<Item = Option<&str>> {
        (0..COLUMNS.len()).map(|index| self.text_at(index))
    }

    /// Returns the number of columns that have a text.
    pub fn known(&self) -> usize {
        self.all().flatten().count()
    }

    /// Replaces the text in the column with this index, if there is such a column.
    pub fn set_text_at(&mut self, index: usize, text: Option<String>) {
        self.take_apart();
        if let Held::Apart(texts) = &mut self.texts
            && let Some(place) = texts.get_mut(index)
        {
            *place = text;
        }
    }

    fn take_apart(&mut self) {
        if let Held::Grouped(_) = self.texts {
            let texts = self.all().map(|text| text.map(str::to_owned));
            self.texts = Held::Apart(texts.collect());
        }
    }

    /// Shares what other records have in common with this one. Such evidence takes a fraction of
    /// the memory.
    pub fn share(&mut self, common: &mut CommonTexts) {
        self.group();
        if let Held::Grouped(grouped) = &mut self.texts {
            common.share(&mut grouped.caller);
            common.share(&mut grouped.call);
        }
    }

    fn group(&mut self) {
        if let Held::Apart(texts) = &self.texts
            && let Some(grouped) = GroupedTexts::new(texts)
        {
            self.texts = Held::Grouped(grouped);
        }
    }
}

impl Default for Evidence {
    fn default() -> Self {
        Self::from_texts(Vec::new())
    }
}

impl PartialEq for Evidence {
    fn eq(&self, other: &Self) -> bool {
        self.all().eq(other.all())
    }
}

impl Eq for Evidence {}

/// Joins the texts of a group; `None` if one of them is too long.
fn joined(texts: &[Option<String>], group: ColumnGroup) -> Option<RecordTexts> {
    let places = PLACES.iter().zip(texts);
    let own = places.filter(move |(place, _)| place.group as u8 == group as u8);
    RecordTexts::join(own.map(|(_, text)| text.as_deref()))
}

impl GroupedTexts {
    /// Puts texts into their groups; `None` if one of them is too long.
    fn new(texts: &[Option<String>]) -> Option<Self> {
        Some(Self {
            caller: joined(texts, Caller)?.into(),
            call: joined(texts, Call)?.into(),
            own: joined(texts, Own)?,
        })
    }

    fn text(&self, place: ColumnPlace) -> Option<&str> {
        let texts = match place.group {
            Caller => &self.caller,
            Call => &self.call,
            Own => &self.own,
        };
        texts.text(place.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence() -> Evidence {
        let text = |index: usize| (!index.is_multiple_of(3)).then(|| format!("text {index}"));
        Evidence::from_texts((0..COLUMNS.len()).map(text).collect())
    }

    #[test]
    fn sharing_changes_no_text() {
        let (apart, mut shared) = (evidence(), evidence());
        shared.share(&mut CommonTexts::default());
        assert!(matches!(shared.texts, Held::Grouped(_)));
        for index in 0..=COLUMNS.len() {
            assert_eq!(shared.text_at(index), apart.text_at(index), "{index}");
        }
        assert_eq!(shared, apart);
    }

    #[test]
    fn a_shared_text_can_be_replaced() {
        let (mut apart, mut shared) = (evidence(), evidence());
        shared.share(&mut CommonTexts::default());
        for index in [0, COLUMNS.len() - 1, COLUMNS.len()] {
            apart.set_text_at(index, Some("new".to_owned()));
            shared.set_text_at(index, Some("new".to_owned()));
        }
        assert_ne!(shared, evidence());
        assert_eq!(shared, apart);
    }

    #[test]
    fn the_same_caller_is_kept_once() {
        let mut common = CommonTexts::default();
        let (mut one, mut other) = (evidence(), evidence());
        let request = Evidence::index_of("request_id").expect("a column");
        other.set_text_at(request, Some("another".to_owned()));
        one.share(&mut common);
        other.share(&mut common);
        let (Held::Grouped(one), Held::Grouped(other)) = (&one.texts, &other.texts) else {
            panic!("nothing is shared");
        };
        assert!(Arc::ptr_eq(&one.caller, &other.caller));
        assert!(Arc::ptr_eq(&one.call, &other.call));
        assert_ne!(one.own, other.own);
    }
}
