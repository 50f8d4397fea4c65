//! Explanations of terms.

use super::explanation::{Combinator, ConditionAnswer, Explanation};
use crate::pattern::ast::{Presence, Term, TermText};
use crate::pattern::compile::Needle;

/// Explains the terms of a pattern.
pub(super) fn explain(terms: &[Term], event: Option<&str>) -> Explanation {
    if !terms.is_empty() && terms.iter().all(Term::is_optional) {
        let parts = terms.iter().map(|term| alternative(term, event));
        return Explanation::any_of(parts.collect());
    }
    let parts: Vec<Explanation> = terms.iter().map(|term| part(term, event)).collect();
    if event.is_none() && parts.is_empty() {
        return nothing_required();
    }
    Explanation::all_of(parts)
}

/// Returns the explanation of a pattern without terms, where no event is given. Without a part that
/// lacks an answer, it would seem to hold.
fn nothing_required() -> Explanation {
    Explanation::Combined {
        combination: Combinator::All,
        holds: None,
        parts: Vec::new(),
    }
}

/// Explains one of several terms that are all optional.
fn alternative(term: &Term, event: Option<&str>) -> Explanation {
    Explanation::Single {
        requirement: format!("contains {}", text(term)),
        answer: event.map(|event| any_answer(term, event)),
    }
}

fn any_answer(term: &Term, event: &str) -> ConditionAnswer {
    let occurs = occurs(term, event);
    answer(occurs, occurs)
}

fn part(term: &Term, event: Option<&str>) -> Explanation {
    let text = text(term);
    let requirement = match term.presence {
        Presence::Required => format!("contains {text}"),
        Presence::Excluded => format!("does not contain {text}"),
        Presence::Optional => format!("may contain {text}: ignored beside terms without `?`"),
    };
    Explanation::Single {
        requirement,
        answer: event.map(|event| part_answer(term, event)),
    }
}

fn part_answer(term: &Term, event: &str) -> ConditionAnswer {
    let occurs = occurs(term, event);
    answer(is_met(term.presence, occurs), occurs)
}

fn is_met(presence: Presence, occurs: bool) -> bool {
    match presence {
        Presence::Required => occurs,
        Presence::Excluded => !occurs,
        Presence::Optional => true,
    }
}

fn answer(holds: bool, occurs: bool) -> ConditionAnswer {
    let saw = match occurs {
        true => "it in the event",
        false => "nothing like it in the event",
    };
    ConditionAnswer {
        holds,
        saw: saw.to_owned(),
    }
}

fn occurs(term: &Term, event: &str) -> bool {
    Needle::new(&term.text).is_in(event)
}

fn text(term: &Term) -> String {
    match &term.text {
        TermText::Literal(text) => format!("the text \"{text}\""),
        TermText::Regex(body) => format!("a match of %{body}%"),
    }
}
