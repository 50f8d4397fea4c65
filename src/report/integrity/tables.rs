//! The table of graded objects.

use super::{GradedObject, ObjectName, Verification};
use crate::table::Table;
use crate::table::schema::TableSchema;

/// The name of the table.
const NAME: &str = "integrity";

impl Verification {
    /// Returns the graded objects as a table.
    pub fn table(&self) -> Table<'_> {
        graded_object_schema().table(NAME, &self.objects)
    }
}

/// Returns the schema of graded objects.
pub fn graded_object_schema() -> TableSchema<'static, GradedObject> {
    TableSchema::<GradedObject>::builder()
        .text("bucket", |object| Some(&object.name.bucket))
        .text("key", |object| Some(&object.name.key))
        .text("kind", |object| Some(object.kind.name()))
        .text("grade", |object| Some(object.grade.name()))
        .made_text("moved_from", |object| {
            object.moved_from.as_ref().map(ObjectName::to_string)
        })
        .text("reason", |object| object.reason.as_deref())
        .build()
}
