//! The result of a verification.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Gap, Grade, IntegrityFinding, ObjectName};
use crate::problem::Problem;

/// The result of a verification.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Verification {
    /// The objects, in the order of their names.
    pub objects: Vec<GradedObject>,
    /// The gaps of the chains.
    pub gaps: Vec<Gap>,
    /// The contradictions beside the grades and the gaps.
    pub findings: Vec<IntegrityFinding>,
    /// The number of objects of each grade that there is.
    pub counts: Counts,
    /// Remarks that help to judge the result.
    pub notes: Vec<String>,
    /// The objects that could not be read, as messages.
    #[serde(serialize_with = "as_messages")]
    pub problems: Vec<Problem>,
}

/// The number of objects of each grade that there is.
pub type Counts = BTreeMap<Grade, u64>;

/// An object with its grade.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct GradedObject {
    /// The place where it lies, or should lie.
    #[serde(flatten)]
    pub name: ObjectName,
    /// The kind of object.
    pub kind: GradedKind,
    /// The grade.
    pub grade: Grade,
    /// The place that it was delivered to, if it lies elsewhere.
    #[serde(serialize_with = "as_text")]
    pub moved_from: Option<ObjectName>,
    /// The reason, where the grade alone does not say it.
    pub reason: Option<String>,
}

/// The kinds of objects that are verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GradedKind {
    /// A digest, or the signature of query results.
    Digest,
    /// A log file, or query results.
    Log,
}

impl GradedObject {
    /// Returns true if it is not as it was delivered, or lies elsewhere.
    pub fn is_wrong(&self) -> bool {
        self.grade.is_wrong() || self.moved_from.is_some()
    }
}

impl GradedKind {
    /// Returns the name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::Log => "log",
        }
    }
}

/// The outcome of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Everything that was checked is proven.
    Proven,
    /// Something is wrong.
    Wrong,
    /// Nothing is wrong, but not everything is proven.
    NotProven,
}

impl Verification {
    /// Returns the outcome.
    pub fn outcome(&self) -> Outcome {
        if self.is_wrong() {
            return Outcome::Wrong;
        }
        match self.is_proven() {
            true => Outcome::Proven,
            false => Outcome::NotProven,
        }
    }

    fn is_wrong(&self) -> bool {
        self.objects.iter().any(GradedObject::is_wrong)
            || self.gaps.iter().any(|gap| !gap.explained)
            || !self.findings.is_empty()
    }

    /// Returns the log files, or query results.
    pub fn log_files(&self) -> impl Iterator<Item = &GradedObject> + Clone {
        let objects = self.objects.iter();
        objects.filter(|object| object.kind == GradedKind::Log)
    }

    /// Returns whether something is proven, and everything that was checked.
    fn is_proven(&self) -> bool {
        let mut checked = self.checked().peekable();
        let is_any = checked.peek().is_some();
        is_any && self.problems.is_empty() && checked.all(|object| object.grade.is_proven())
    }

    fn checked(&self) -> impl Iterator<Item = &GradedObject> {
        let objects = self.objects.iter();
        objects.filter(|object| object.grade != Grade::NotChecked)
    }

    /// Puts everything into order, and counts.
    pub fn finish(mut self) -> Self {
        self.objects.sort();
        self.gaps.sort();
        self.findings.sort();
        self.counts.clear();
        for object in &self.objects {
            *self.counts.entry(object.grade).or_default() += 1;
        }
        self
    }
}

fn as_text<S: serde::Serializer>(
    name: &Option<ObjectName>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match name {
        Some(name) => serializer.collect_str(name),
        None => serializer.serialize_none(),
    }
}

fn as_messages<S: serde::Serializer>(
    problems: &[Problem],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(
        problems
            .iter()
            .map(|problem| format!("{}: {}", problem.origin.object, problem.detail)),
    )
}
